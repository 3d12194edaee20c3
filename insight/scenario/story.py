"""What one playing of a scenario keeps: who and what by the file's keys, and how they are looked up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.utils import timezone

from cases.models import Forloeb, Henvendelse, Participation, Person
from consent.models import Topic
from insight.scenario.script import BadScript, Script
from meetings.models import Attendance, Meeting
from organisation.models import Department, Employment, ExternalParty, User
from plans.models import PlanVersion
from web import dates


@dataclass
class Story:
    """One playing of one scenario so far."""

    script: Script
    say: Callable[[str], None]
    today: date = field(default_factory=timezone.localdate)
    on_working_days: bool = False
    users: dict[str, User] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    participations: dict[str, Participation] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    versions: dict[int, PlanVersion] = field(default_factory=dict)
    henvendelse: Henvendelse | None = None
    forloeb: Forloeb | None = None
    said: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    @contextmanager
    def at(self, day: int, clock: str) -> Iterator[None]:
        """As if it were that day (counted from today) and hour."""
        moment = dates.at(self.today + timedelta(days=day), dates.parse_time(clock))
        with time_machine.travel(moment, tick=False):
            yield

    # --- looking up by key -------------------------------------------------------------------------------------------
    def _employee(self, key: str, row: dict[str, Any]) -> None:
        if row.get("external"):
            return
        employment = Employment.objects.current().select_related("user", "department__area")
        if row.get("name"):
            employment = employment.filter(user__name=row["name"])
        if row.get("department"):
            employment = employment.filter(department__name=row["department"])
        found = employment.order_by("user__name").first()
        if found is None:
            raise BadScript(f"{self.script.name}: »{key}« passer ikke på nogen ansat i kommunen.")
        self.users[key] = found.user
        self.departments[key] = found.department

    def _by(self, step: dict[str, Any]) -> User:
        return self.users[step["by"]] if "by" in step else self.tovholder()

    def tovholder(self) -> User:
        """Who leads the forløb now. Raises BadScript when nobody does."""
        found = Participation.objects.open().tovholder().filter(forloeb=self._forloeb()).select_related("user").first()
        if found is None or found.user is None:
            raise BadScript(f"{self.script.name}: forløbet har ingen tovholder.")
        return found.user

    def _forloeb(self) -> Forloeb:
        self._started().refresh_from_db()
        return self._started()

    @property
    def forloeb_pk(self) -> UUID:
        """Its key, also when it is erased."""
        return self._started().pk

    def _started(self) -> Forloeb:
        if self.forloeb is None:
            raise BadScript(f"{self.script.name}: forløbet er ikke startet endnu.")
        return self.forloeb

    def attendance(self, meeting: Meeting, key: str) -> Attendance:
        """The row of one who was invited, from the family or among the staff."""
        if key in self.persons:
            return Attendance.objects.get(meeting=meeting, person=self.persons[key])
        return Attendance.objects.get(meeting=meeting, participation=self.participations[key])

    def recipient(self, name: str) -> str:
        """The recipient key of a department, an external party or a person of the family, by name or key."""
        if name in self.persons:
            return f"p:{self.persons[name].pk}"
        department = Department.objects.filter(name=name).first()
        if department is not None:
            return f"d:{department.pk}"
        return f"x:{ExternalParty.objects.get(name=name).pk}"

    def _who(self, key: str | None) -> dict[str, Any]:
        """The responsible of an effort or agreement, from the family or among the staff."""
        if key is None:
            return {}
        if key in self.persons:
            return {"responsible_person": self.persons[key]}
        return {"responsible": self.participations[key]}

    def _marks(self, row: dict[str, Any]) -> dict[str, Any]:
        marks: dict[str, Any] = {
            mark: [self.persons[key] for key in row[mark]] for mark in ("about", "kept_from") if mark in row
        }
        if "topic" in row:
            marks["topic"] = Topic.objects.get(key=row["topic"])
        if "said_by" in row:
            marks["said_by"] = self.persons[row["said_by"]]
        return marks
