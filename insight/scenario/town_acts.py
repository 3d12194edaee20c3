"""The steps of a scenario in which the municipality itself changes: departments, employments and the texts in use."""

from typing import Any

from django.utils import timezone

from consent import actions as consent
from consent.models import ConsentText
from insight.scenario.later_acts import LaterActs
from insight.scenario.shape import Wrong
from organisation import actions as organisation
from organisation.models import Employment, User
from plans import actions as plans
from plans.models import JournalEntry


class TownActs(LaterActs):
    def act_close_department(self, step: dict[str, Any]) -> str:
        department = self.department(step["department"])
        organisation.close_department(by=self._admin(), department=department, on=timezone.localdate())
        return f"{department.name} er lukket"

    def act_rename_department(self, step: dict[str, Any]) -> str:
        """From here on the file names it by its new name. What was finished before keeps the old (P5)."""
        department = self.department(step["department"])
        organisation.change_department(
            by=self._admin(), department=department, row_version=department.row_version, values={"name": step["to"]}
        )
        return f"{step['department']} hedder nu {step['to']}"

    def act_end_employment(self, step: dict[str, Any]) -> str:
        user = self.users[step["who"]]
        job = Employment.objects.current().get(user=user, department=self.departments[step["who"]])
        organisation.end_employment(by=self._admin(), employment=job)
        return f"{user.name} er ikke ansat i {job.department.name} mere"

    def act_new_text(self, step: dict[str, Any]) -> str:
        """A new version of the consent text, in use at once: what was signed before stays on the old one (C3)."""
        by = self._koordinator()
        old = ConsentText.objects.order_by("number").last()
        assert old is not None
        text = consent.write_text(
            by=by,
            title=step.get("title", old.title),
            purpose=step.get("purpose", old.purpose),
            body=step.get("body", old.body),
            months_valid=step.get("months", old.months_valid),
        )
        consent.publish_text(by=by, text=text)
        return f"samtykketekst nr. {text.number} er i brug"

    def act_new_guidance(self, step: dict[str, Any]) -> str:
        """Everybody reads it anew (C8)."""
        consent.write_guidance(by=self._koordinator(), body=step["body"], published_on=timezone.localdate())
        return "der er en ny vejledning om samtykke"

    def act_take_back(self, step: dict[str, Any]) -> str:
        """A line that was journalised by mistake stands as missing again (P7)."""
        found = JournalEntry.objects.filter(
            version=self.versions[step["version"]],
            department=self.departments[step["by"]],
            person=self.persons[step["person"]],
            journalised_on__isnull=False,
        ).first()
        if found is None:
            raise Wrong(f"»{step['person']}« er ikke journaliseret af »{step['by']}« i version {step['version']}.")
        plans.take_back(by=self.users[step["by"]], entry=found, reason=step["reason"])
        return "en journalisering er taget tilbage"

    def _admin(self) -> User:
        return self._one("is_system_admin", "systemadministrator")

    def _koordinator(self) -> User:
        return self._one("is_koordinator", "koordinator")

    def _one(self, flag: str, what: str) -> User:
        found = User.objects.active().filter(**{flag: True}).by_name().first()
        if found is None:
            raise Wrong(f"kommunen har ingen {what}.")
        return found
