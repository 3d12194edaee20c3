"""The agenda: anyone who takes part may raise a point, also on behalf of the family (M1)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from cases.access import demand_open, demand_participant
from cases.models import Participation, Person
from meetings.access import demand_framer, demand_planned
from meetings.actions.planning import is_in_forloeb
from meetings.models import AgendaPoint, Meeting
from organisation.models import User
from web.locking import take


@transaction.atomic
def add_agenda_point(
    *,
    by: User,
    meeting: Meeting,
    text: str,
    raised_by: Participation | None = None,
    raised_by_person: Person | None = None,
    minutes: int | None = None,
) -> AgendaPoint:
    """A point at the end of the agenda; the family's own (`raised_by_person`) as well as the staff's. Raises Refused."""
    demand_participant(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    demand_planned(row)
    last = row.agenda.aggregate(last=Max("position"))["last"] or 0
    point = AgendaPoint(meeting=row, position=last + 1)
    _fill(point, text=text, raised_by=raised_by, raised_by_person=raised_by_person, minutes=minutes)
    return point


@transaction.atomic
def change_agenda_point(
    *,
    by: User,
    point: AgendaPoint,
    text: str,
    raised_by: Participation | None = None,
    raised_by_person: Person | None = None,
    minutes: int | None = None,
    row_version: int | None = None,
) -> AgendaPoint:
    """Mend a point: its raiser, the mødeleder or the tovholder. Raises Refused, Stale, ValidationError."""
    row = _taken(by, point, row_version)
    _fill(row, text=text, raised_by=raised_by, raised_by_person=raised_by_person, minutes=minutes)
    return row


@transaction.atomic
def remove_agenda_point(*, by: User, point: AgendaPoint, row_version: int | None = None) -> None:
    """Take a point off the agenda. Raises Refused, Stale."""
    _taken(by, point, row_version).delete()


@transaction.atomic
def move_agenda_point(*, by: User, point: AgendaPoint, step: int) -> AgendaPoint:
    """One place up (-1) or down (+1); at the end nothing happens. Raises Refused."""
    demand_framer(by, point.meeting)
    demand_planned(take(Meeting.objects.all(), point.meeting_id, None))
    points = list(AgendaPoint.objects.filter(meeting=point.meeting_id).select_for_update(of=("self",)))
    here = next(index for index, one in enumerate(points) if one.pk == point.pk)
    there = min(max(here + step, 0), len(points) - 1)
    points.insert(there, points.pop(here))
    for position, one in enumerate(points, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    return points[there]


def _taken(by: User, point: AgendaPoint, row_version: int | None) -> AgendaPoint:
    row = take(AgendaPoint.objects.select_related("meeting__forloeb"), point.pk, row_version)
    standing = demand_participant(by, row.meeting.forloeb)
    demand_open(row.meeting.forloeb)
    if row.raised_by_id != standing.participation.pk:
        demand_framer(by, row.meeting)
    demand_planned(row.meeting)
    return row


def _fill(
    point: AgendaPoint,
    *,
    text: str,
    raised_by: Participation | None,
    raised_by_person: Person | None,
    minutes: int | None,
) -> None:
    forloeb = point.meeting.forloeb
    if not text.strip():
        raise ValidationError({"text": "Skriv, hvad punktet handler om."})
    if raised_by is not None and raised_by.forloeb_id != forloeb.pk:
        raise ValidationError({"raised_by": "Vælg en, der er med i forløbet."})
    if raised_by_person is not None and not is_in_forloeb(forloeb, raised_by_person):
        raise ValidationError({"raised_by_person": "Vælg en fra familien, som er med i forløbet nu."})
    point.text, point.minutes = text.strip(), minutes
    point.raised_by, point.raised_by_person = raised_by, raised_by_person
    point.full_clean()
    point.save()
