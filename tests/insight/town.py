"""Many small forløb by rows, for the overview's counts. Everybody is invented."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from cases.models import Family, Forloeb, ForloebPerson, ForloebState, Participation, ParticipationRole, Person
from meetings.models import Attendance, Meeting, MeetingState, Presence, SmileyRating
from organisation.models import Employment
from plans.models import Plan, PlanVersion
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from web.dates import at
from web.dates import parse_time as clock

_numbers = count(1)


def department(name: str, **more: Any) -> Employment:
    """A department that may drive, with one who works there."""
    return EmploymentFactory(
        department=DepartmentFactory(may_drive=True, name=name, **more), user__name=f"Leder af {name}"
    )


def forloeb(job: Employment, active: date | None = None, state: str = ForloebState.ACTIVE) -> Forloeb:
    """A forløb led by the employee, with one person in it."""
    number = next(_numbers)
    day = active or timezone.localdate()
    made = Forloeb.objects.create(
        number=f"FF-{number:05}",
        family=Family.objects.create(name=f"Familie nummer {number}"),
        model_key="faelles_familier",
        state=state,
        need="Hemmeligt behov",
        start_checked_on=day,
        activated_on=None if state == ForloebState.CONSENT else day,
        ended_on=day if state == ForloebState.ENDED else None,
        end_reason="other" if state == ForloebState.ENDED else "",
    )
    person = Person.objects.create(first_name=f"Fornavn{number}", last_name="Efternavn", birth_date=date(1990, 1, 1))
    ForloebPerson.objects.create(forloeb=made, person=person, from_date=day, is_focus=True)
    Participation.objects.create(
        forloeb=made,
        user=job.user,
        department=job.department,
        role=ParticipationRole.TOVHOLDER,
        from_date=date(2020, 1, 1),
    )
    return made


def meeting(of: Forloeb, day: date, *, held: bool = True, present: bool = True) -> Meeting:
    made = Meeting.objects.create(
        forloeb=of,
        number=of.meetings.count() + 1,
        state=MeetingState.HELD if held else MeetingState.PLANNED,
        starts_at=at(day, clock("10.00")),
        ends_at=at(day, clock("11.00")),
        place="Rådhuset",
        board_key="ff",
        held_on=day if held else None,
    )
    Attendance.objects.create(
        meeting=made,
        person=of.persons.get().person,
        presence=Presence.PRESENT if present else Presence.ABSENT,
    )
    return made


def plan(of: Meeting, *, finished: bool = True) -> PlanVersion:
    made, _ = Plan.objects.get_or_create(forloeb=of.forloeb)
    by = of.forloeb.participations.get(role=ParticipationRole.TOVHOLDER).user
    return PlanVersion.objects.create(
        plan=made,
        number=made.versions.count() + 1,
        meeting=of,
        state="finished" if finished else "draft",
        finished_at=of.ends_at if finished else None,
        finished_by=by if finished else None,
        sha256="0" * 64 if finished else "",
    )


def smiley(of: Meeting, value: int, *, is_child: bool = False) -> None:
    SmileyRating.objects.create(meeting=of, person=of.forloeb.persons.get().person, value=value, is_child=is_child)


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)
