"""The steps of a scenario that concern the forløb, its people and their consents, by the actions of the pages."""

from collections.abc import Iterable
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from cases import actions as cases
from cases import collaboration
from cases.models import DepartmentCase, Family, Forloeb, Henvendelse, Participation
from consent import actions as consent
from consent.models import Topic
from insight.scenario.shape import Wrong
from insight.scenario.story import Story
from meetings.models import Meeting
from web.errors import Refused
from web.templatetags.ff import plural


class CaseActs(Story):
    # --- henvendelse and start ---------------------------------------------------------------------------------------
    def act_henvendelse(self, step: dict[str, Any]) -> str:
        sender = self.users[step["by"]]
        self.henvendelse = cases.send_henvendelse(
            by=sender,
            sender_department=self.departments[step["by"]],
            to_department=self.department(step["to"]),
            to_user=self.users[step["to_user"]] if "to_user" in step else None,
            family_text=step["about"],
            need=step["need"],
            family_knows=step.get("family_knows", True),
        )
        return f"{sender.name} sender en henvendelse til {step['to']}"

    def act_pass_on(self, step: dict[str, Any]) -> str:
        to = self.department(step["to"])
        cases.pass_on_henvendelse(
            by=self.users[step["by"]], henvendelse=self.sent(), to_department=to, note=step.get("note", "")
        )
        return f"henvendelsen er sendt videre til {to.name}"

    def act_decline(self, step: dict[str, Any]) -> str:
        cases.decline_henvendelse(by=self.users[step["by"]], henvendelse=self.sent(), reason=step["reason"])
        return "henvendelsen er afvist med en begrundelse"

    def act_accept(self, step: dict[str, Any]) -> str:
        cases.accept_henvendelse(by=self.users[step["by"]], henvendelse=self.sent())
        return f"{self.users[step['by']].name} tager imod henvendelsen"

    def sent(self) -> Henvendelse:
        if self.henvendelse is None:
            raise Wrong('der er ingen henvendelse endnu. Tilføj et trin med act = "henvendelse" før dette.')
        return self.henvendelse

    def act_start(self, step: dict[str, Any]) -> str:
        families = Family.objects.count()
        try:
            self.forloeb = cases.start_forloeb(
                by=self.users[step["by"]],
                department=self.departments[step["by"]],
                family_name=self.script.family,
                need=step["need"],
                model_key=self.script.model,
                board_key=step.get("board", ""),
                stopped_by=[question.key for question in collaboration.questions() if step.get(question.key)],
                henvendelse=self.henvendelse,
            )
        except Refused:
            if Family.objects.count() != families:
                raise Wrong("Startcheck gemte noget, selv om det stoppede.") from None
            raise
        self.participations[step["by"]] = Participation.objects.get(forloeb=self.forloeb, user=self.users[step["by"]])
        return f"forløb {self.forloeb.number} er startet, {self.users[step['by']].name} er tovholder"

    def act_family(self, step: dict[str, Any]) -> str:
        self._write_on(key for key, row in self.script.persons.items() if not row.get("later"))
        return f"{plural(len(self.persons), 'person,personer')} er skrevet på"

    def act_add(self, step: dict[str, Any]) -> str:
        """Somebody who comes later: in the file with `later = true`."""
        self._write_on(step["who"])
        return "skrevet på: " + ", ".join(self.persons[key].first_name for key in step["who"])

    def _write_on(self, keys: Iterable[str]) -> None:
        keys = list(keys)
        for key in keys:
            row = self.script.persons[key]
            self.persons[key] = cases.add_person(
                by=self.tovholder(),
                forloeb=self._forloeb(),
                first_name=row["first_name"],
                last_name=row.get("last_name", ""),
                cpr=row.get("cpr", ""),
                kind=row["kind"],
                relation=row.get("relation", ""),
                household=row.get("household", ""),
                in_forloeb=row.get("in_forloeb", True),
                is_focus=row.get("focus", False),
                phone=row.get("phone", ""),
                address=row.get("address", ""),
                protected_address=row.get("protected_address", False),
                protected_name=row.get("protected_name", ""),
                interpreter=row.get("interpreter", ""),
            )
        for key in keys:
            holders = [self.persons[holder] for holder in self.script.persons[key].get("custody", ())]
            if holders:
                cases.set_custody(
                    by=self.tovholder(), forloeb=self._forloeb(), child=self.persons[key], holders=holders
                )

    def act_cases(self, step: dict[str, Any]) -> str:
        for name, keys in step["in"].items():
            department = self.department(name)
            # A person known from another forløb (the demo's own) may have the case already.
            open_cases = DepartmentCase.objects.filter(department=department, to_date__isnull=True)
            for key in keys:
                person = self.persons[key]
                if not open_cases.filter(person=person).exists():
                    cases.record_department_case(
                        by=self.tovholder(), forloeb=self._forloeb(), person=person, department=department
                    )
        return "det er skrevet, hvem der har sag hvor"

    def act_participants(self, step: dict[str, Any]) -> str:
        for key in step["who"]:
            row = self.script.staff[key]
            if row.get("external"):
                external = self.external(row["external"])
                self.participations[key] = cases.add_external(
                    by=self.tovholder(),
                    forloeb=self._forloeb(),
                    external=external,
                    name=row["name"],
                    role=row.get("role", "professional"),
                    title=row.get("title", ""),
                    phone=row.get("phone", ""),
                )
                continue
            self.participations[key] = cases.add_participant(
                by=self.tovholder(),
                forloeb=self._forloeb(),
                user=self.users[key],
                department=self.departments[key],
                role=step.get("role") or row.get("role", "professional"),
                title=row.get("title", ""),
            )
        return "med i forløbet: " + ", ".join(self.participations[key].name for key in step["who"])

    def act_hand_over(self, step: dict[str, Any]) -> str:
        cases.hand_over(
            by=self._by(step),
            forloeb=self._forloeb(),
            to_user=self.users[step["to"]],
            to_department=self.departments[step["to"]],
            reason=step["reason"],
        )
        return f"tovholder er nu {self.users[step['to']].name}"

    def act_hand_over_all(self, step: dict[str, Any]) -> str:
        by = self.tovholder()
        led = list(Forloeb.objects.open().led_by(by))
        cases.hand_over_many(
            by=by,
            forloebs=led,
            to_user=self.users[step["to"]],
            to_department=self.departments[step["to"]],
            reason=step["reason"],
        )
        return f"{len(led)} forløb er overleveret på én gang til {self.users[step['to']].name}"

    def act_end(self, step: dict[str, Any]) -> str:
        held = Meeting.objects.filter(forloeb=self._forloeb()).held().count()
        cases.end_forloeb(
            by=self._by(step),
            forloeb=self._forloeb(),
            reason=step["reason"],
            text=step.get("text", ""),
            held_meetings=held,
        )
        return f"forløbet er afsluttet: {self._forloeb().get_end_reason_display()}"

    def act_erase(self, step: dict[str, Any]) -> str:
        """The nightly erasure, of everything that is due on this day. The file keeps it in the past: nobody loses early."""
        if step["day"] > 0:
            raise Wrong("»erase« kan kun spilles på en dag, der er gået.")
        told = StringIO()
        call_command("slet_udloebne", stdout=told)
        self.said += told.getvalue().splitlines()
        return "det udløbne er slettet"

    def act_pause(self, step: dict[str, Any]) -> str:
        cases.pause_forloeb(by=self._by(step), forloeb=self._forloeb())
        return "forløbet er på pause"

    def act_bar(self, step: dict[str, Any]) -> str:
        cases.bar(by=self._by(step), forloeb=self._forloeb(), user=self.users[step["who"]], reason=step["reason"])
        return "en kollega er spærret"

    # --- consent -----------------------------------------------------------------------------------------------------
    def act_guidance(self, step: dict[str, Any]) -> str:
        for key in step["who"]:
            consent.read_guidance(by=self.users[key])
        return "vejledningen om samtykke er læst"

    def act_consent(self, step: dict[str, Any]) -> str:
        person = self.persons[step["person"]]
        answers: dict[tuple[str, Topic], str] = {}
        topics = Topic.objects.filter(is_active=True).values_list("key", flat=True)
        for word in ("yes", "no"):
            for name, chosen in step.get(word, {}).items():
                for key in topics if chosen == "all" else chosen:
                    answers[self.recipient(name), self.topic(key)] = word
        signers = [self.persons[key] for key in step.get("signed_by", [step["person"]])]
        consent.register_declaration(
            by=self._by(step),
            forloeb=self._forloeb(),
            person=person,
            answers=answers,
            way=step.get("way", "paper"),
            oral_note=step.get("note", ""),
            informed_on=self.day_of(step["informed"]) if "informed" in step else None,
            leaflet_given_on=timezone.localdate() if step.get("leaflet", True) else None,
            expires_on=self.today + timedelta(days=step["expires"]) if "expires" in step else None,
            signatures=[(signer, timezone.localdate()) for signer in signers],
        )
        return f"samtykke fra {person.first_name}: {len(answers)} svar, underskrevet af {plural(len(signers), 'person,personer')}"

    def act_withdraw(self, step: dict[str, Any]) -> str:
        topics = [self.topic(key) for key in step["topics"]] if "topics" in step else None
        consent.withdraw(
            by=self._by(step),
            forloeb=self._forloeb(),
            person=self.persons[step["person"]],
            recipients=[self.recipient(name) for name in step["recipients"]] if "recipients" in step else None,
            topics=topics,
            way=step.get("way", "oral"),
        )
        return f"{self.persons[step['person']].first_name} har trukket samtykke tilbage"

    def act_activate(self, step: dict[str, Any]) -> str:
        consent.activate_forloeb(by=self._by(step), forloeb=self._forloeb())
        return "forløbet er aktivt"
