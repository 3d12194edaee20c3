"""What one playing of a scenario keeps: who and what by the file's keys, and how they are looked up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import time_machine
from django.utils import timezone

from cases.models import Forloeb, Henvendelse, Participation, Person
from consent.models import Declaration, Exchange, Topic
from insight.scenario.script import Script
from insight.scenario.shape import Wrong, listed, nearest
from meetings.models import Attendance, Meeting
from organisation.models import Department, Employment, ExternalParty, User
from plans.models import PlanVersion
from web import dates

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Known(dict[KeyT, ValueT]):
    """What the story has so far by the file's keys. A key that is not there says so, and which there are."""

    def __init__(self, lacking: str) -> None:
        super().__init__()
        self.lacking = lacking

    def __missing__(self, key: KeyT) -> ValueT:
        raise Wrong(f"»{key}« {self.lacking}. Der er: {listed(self)}.")


def known(lacking: str) -> Any:
    return field(default_factory=lambda: Known(lacking))


@dataclass
class Story:
    """One playing of one scenario so far. What it lacks is raised as `Wrong`; the player says in which step."""

    script: Script
    say: Callable[[str], None]
    today: date = field(default_factory=timezone.localdate)
    on_working_days: bool = False
    latest: datetime | None = None
    users: Known[str, User] = known("er ikke en ansat, der kan gøre noget i appen")
    departments: Known[str, Department] = known("er ikke en ansat i en afdeling")
    persons: Known[str, Person] = known("er ikke skrevet på familien endnu")
    participations: Known[str, Participation] = known("er ikke med i forløbet endnu")
    meetings: Known[int, Meeting] = known("er ikke et møde, der er aftalt endnu")
    versions: Known[int, PlanVersion] = known("er ikke en version af Én Plan, der er begyndt endnu")
    exchanges: Known[int, Exchange] = known("er ikke en samtale uden familien, der er skrevet endnu")
    henvendelse: Henvendelse | None = None
    forloeb: Forloeb | None = None
    said: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    @contextmanager
    def at(self, day: int, clock: str) -> Iterator[None]:
        """As if it were that day (counted from today) and hour.

        In a demo the clock goes on while something is done, and is never put back: what was done on a Saturday was done
        on the Friday, after what was done then, and the timeline tells it in that order.
        """
        moment = dates.at(self.day_of(day), dates.parse_time(clock))
        if self.on_working_days and self.latest:
            moment = max(moment, self.latest)
        with time_machine.travel(moment, tick=self.on_working_days):
            yield
            self.latest = timezone.now()

    def day_of(self, day: int) -> date:
        """Counted from today. In a demo no day before today is a Saturday or a Sunday, and none after it."""
        found = self.today + timedelta(days=day)
        weekend = max(found.weekday() - 4, 0) if self.on_working_days else 0
        if not weekend or not day:
            return found
        return found - timedelta(days=weekend) if day < 0 else found + timedelta(days=3 - weekend)

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
            raise Wrong(f"staff »{key}«: {_nobody(row)}")
        self.users[key] = found.user
        self.departments[key] = found.department

    def _by(self, step: dict[str, Any]) -> User:
        return self.users[step["by"]] if "by" in step else self.tovholder()

    def tovholder(self) -> User:
        """Who leads the forløb now. Raises BadScript when nobody does."""
        found = Participation.objects.open().tovholder().filter(forloeb=self._forloeb()).select_related("user").first()
        if found is None or found.user is None:
            raise Wrong("forløbet har ingen tovholder.")
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
            raise Wrong('forløbet er ikke startet endnu. Tilføj et trin med act = "start" før dette.')
        return self.forloeb

    def attendance(self, meeting: Meeting, key: str) -> Attendance:
        """The row of one who was invited, from the family or among the staff."""
        who = {"person": self.persons[key]} if key in self.persons else {"participation": self.participations[key]}
        found = Attendance.objects.filter(meeting=meeting, **who).first()
        if found is None:
            raise Wrong(f"»{key}« er ikke inviteret til møde {meeting.number}.")
        return found

    def declaration(self, key: str) -> Declaration:
        """The newest declaration of one of the family."""
        given = (
            Declaration.objects.filter(forloeb=self._forloeb(), person=self.persons[key]).order_by("sequence").last()
        )
        if given is None:
            raise Wrong(f"»{key}« har ikke svaret på noget samtykke endnu.")
        return given

    def recipient(self, name: str) -> str:
        """The recipient key of a department, an external party or a person of the family, by name or key."""
        if name in self.persons:
            return f"p:{self.persons[name].pk}"
        for kind, rows in (("d", Department.objects.all()), ("x", ExternalParty.objects.all())):
            found = rows.filter(name=name).first()
            if found is not None:
                return f"{kind}:{found.pk}"
        names = [*self.persons, *_names(Department), *_names(ExternalParty)]
        raise Wrong(
            f"»{name}« er ikke en afdeling, en ekstern eller en i familien.{nearest(name, names)} Der er: {listed(names)}."
        )

    def department(self, name: str) -> Department:
        """A department by its name. Raises Wrong."""
        found = Department.objects.filter(name=name).first()
        if found is None:
            names = _names(Department)
            raise Wrong(f"»{name}« er ikke en afdeling.{nearest(name, names)} Der er: {listed(names)}.")
        return found

    def external(self, name: str) -> ExternalParty:
        """An external party by its name. Raises Wrong."""
        found = ExternalParty.objects.filter(name=name).first()
        if found is None:
            names = _names(ExternalParty)
            raise Wrong(f"»{name}« er ikke en ekstern.{nearest(name, names)} Der er: {listed(names)}.")
        return found

    def topic(self, key: str) -> Topic:
        """A topic in use by its key. Raises Wrong."""
        topics = {topic.key: topic for topic in Topic.objects.filter(is_active=True)}
        if key not in topics:
            raise Wrong(f"»{key}« er ikke et emne.{nearest(key, topics)} Der er: {listed(topics)}.")
        return topics[key]

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
            marks["topic"] = self.topic(row["topic"])
        if "said_by" in row:
            marks["said_by"] = self.persons[row["said_by"]]
        return marks


def _names(model: Any) -> list[str]:
    return list(model.objects.order_by("name").values_list("name", flat=True))


def _nobody(row: dict[str, Any]) -> str:
    """Why a row of [[staff]] fits nobody who is employed now."""
    if row.get("department") and row["department"] not in (homes := _names(Department)):
        return f"»{row['department']}« er ikke en afdeling.{nearest(row['department'], homes)} Der er: {listed(homes)}."
    names = list(Employment.objects.current().values_list("user__name", flat=True))
    if row.get("name") and row["name"] not in names:
        return f"»{row['name']}« er ikke ansat i kommunen.{nearest(row['name'], names)}"
    where = f" i {row['department']}" if row.get("department") else ""
    return f"{row.get('name', 'ingen')} er{' ikke' if row.get('name') else ''} ansat{where}."
