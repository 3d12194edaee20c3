"""A meeting for tests: Frejas familie with a planned meeting, its roles, and a short way to a note. Everybody is invented."""

import datetime
import itertools
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.utils import timezone

from cases.models import ForloebState, Participation, Person
from consent import actions as consent_actions
from consent.models import Topic
from meetings import actions
from meetings.models import Attendance, BoardNote, Meeting, Presence, RoleKind
from organisation.models import User
from tests.consent.factories import START, Case, case, consented
from tests.kept import kept
from tests.organisation.factories import DepartmentFactory, EmploymentFactory

NUMBERS = itertools.count(500)


@dataclass
class Sitting:
    """`s.tovholder`, `s.tavle` and `s.teacher` are users; `s.case.freja` is a person; `s.members[…]` participations."""

    case: Case
    meeting: Meeting
    members: dict[str, Participation]

    @property
    def tovholder(self) -> User:
        return self.case.tovholder

    @property
    def tavle(self) -> User:
        return self.members["job"].user

    @property
    def teacher(self) -> User:
        return self.members["teacher"].user

    def person(self, name: str) -> Person:
        return self.case.people[name]


@kept
def sitting(
    number: str = "",
    *,
    yes: Iterable[str] = ("anna", "bo", "carl", "freja", "viggo"),
    starts: datetime.timedelta = datetime.timedelta(minutes=-10),
    board_key: str = "",
) -> Sitting:
    """An active forløb whose meeting began ten minutes ago. yes: who has said yes to everybody on everything."""
    number = number or f"2026-{next(NUMBERS):04}"
    made = case(ForloebState.ACTIVE, number)
    school = EmploymentFactory(department=DepartmentFactory(school=True, name=f"Skole {number}"), title="Lærer")
    teacher = Participation.objects.create(
        forloeb=made.forloeb, user=school.user, department=school.department, from_date=START
    )
    members = {**made.members, "teacher": teacher}
    for name in yes:
        consented(made.forloeb, made.people[name], [*members.values(), *_adults(made, name)])
    for member in (made.tovholder, members["job"].user, school.user):
        consent_actions.read_guidance(by=member)
    begins = timezone.now() + starts
    # Without a yes nothing is planned (F4): then this meeting is one that was agreed while there was one.
    with nullcontext() if list(yes) else mock.patch("meetings.actions.planning.demand_may_meet"):
        meeting = _planned(made, members, begins, board_key)
    actions.set_role(by=made.tovholder, meeting=meeting, role=RoleKind.TAVLE, participation=members["job"])
    actions.set_role(by=made.tovholder, meeting=meeting, role=RoleKind.MOEDELEDER, participation=members["unge"])
    return Sitting(made, meeting, members)


def _planned(made: Case, members: dict[str, Participation], begins: datetime.datetime, board_key: str) -> Meeting:
    return actions.plan_meeting(
        by=made.tovholder,
        forloeb=made.forloeb,
        starts_at=begins,
        ends_at=begins + datetime.timedelta(minutes=90),
        pre_meeting_at=begins - datetime.timedelta(minutes=30),
        place="Skolen, lokale 12",
        participations=members.values(),
        persons=made.people.values(),
        board_key=board_key,
    )


def _adults(made: Case, but: str) -> list[Person]:
    return [made.people[name] for name in ("anna", "bo", "carl") if name != but]


def seat(s: Sitting, *names: str, presence: str = Presence.PRESENT) -> None:
    """Register these present; names are of persons or of members. All others invited stay away."""
    for row in Attendance.objects.filter(meeting=s.meeting).select_related("participation", "person"):
        key = _key(s, row)
        actions.set_presence(
            by=s.tovholder,
            meeting=s.meeting,
            participation=row.participation,
            person=row.person,
            presence=presence if key in names else Presence.ABSENT,
        )


def _key(s: Sitting, row: Attendance) -> str:
    everybody = {
        **{one.pk: name for name, one in s.members.items()},
        **{one.pk: name for name, one in s.case.people.items()},
    }
    return everybody[row.participation_id or row.person_id]


def attendance_of(s: Sitting, name: str) -> Attendance:
    rows = Attendance.objects.filter(meeting=s.meeting)
    return next(row for row in rows if _key(s, row) == name)


def note(s: Sitting, text: str, column: str = "fungerer", **kwargs: Any) -> BoardNote:
    """A note by the one at the board; names for said_by, about and kept_from, a key for the topic."""
    for name in ("about", "kept_from"):
        if name in kwargs:
            kwargs[name] = [s.person(one) for one in kwargs[name]]
    if kwargs.get("said_by"):
        kwargs["said_by"] = s.person(kwargs["said_by"])
    if isinstance(kwargs.get("topic"), str):
        kwargs["topic"] = Topic.objects.get(key=kwargs["topic"])
    return actions.add_note(by=s.tavle, meeting=s.meeting, column=column, text=text, **kwargs)


def refuse(s: Sitting, name: str, recipient: object, *topics: str, answer: str = "no") -> None:
    """A later declaration that says no (or yes) to one recipient."""
    consented(s.case.forloeb, s.person(name), [recipient], topics or None, answer=answer)
