"""The agenda: anyone who takes part may raise a point, also on behalf of the family (M1). Each carries its marks (C5)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from cases.access import Standing, demand_open, demand_participant
from cases.models import Forloeb, Participation, Person
from consent.marking import Named, people_of, topics_in_use
from consent.models import Topic
from meetings.access import demand_framer, demand_planned
from meetings.actions.marks import demand_marks, distinct
from meetings.actions.planning import is_in_forloeb
from meetings.marks import Marks, followed, named_anew, phases_of, suggested
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
    about: Iterable[Person] | None = None,
    topic: Topic | None = None,
    kept_from: Iterable[Person] = (),
) -> AgendaPoint:
    """A point at the end of the agenda; the family's own (`raised_by_person`) as well as the staff's.

    What is not marked (None) is marked as the words say. Raises Refused, ValidationError.
    """
    standing = demand_participant(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    demand_planned(row)
    last = row.agenda.aggregate(last=Max("position"))["last"] or 0
    point = AgendaPoint(meeting=row, position=last + 1, contributed_by=standing.recipient)
    people = people_of(row.forloeb)
    said = _reading(row.forloeb, people)(text, raised_by_person)
    point.topic, marked = topic or said.topic, said.about if about is None else about
    _fill(point, people, standing, text, raised_by, raised_by_person, minutes, marked, kept_from)
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
    about: Iterable[Person] | None = None,
    topic: Topic | None = None,
    kept_from: Iterable[Person] | None = None,
    row_version: int | None = None,
) -> AgendaPoint:
    """Mend a point and its marks: its raiser, the mødeleder or the tovholder.

    None: the mark as it stands. A mark that is left as the old words had it follows the new ones (`marks.followed`).
    Raises Refused, Stale, ValidationError.
    """
    row, standing = _taken(by, point, row_version)
    people = people_of(row.meeting.forloeb)
    says = _reading(row.meeting.forloeb, people)
    was, now = says(row.text, row.raised_by_person), says(text, raised_by_person)
    stored = Marks(frozenset(row.about.all()), row.topic)
    given = Marks(stored.about if about is None else frozenset(about), topic or stored.topic)
    marks = followed(was, now, stored, given, named_anew(people, row.text, text))
    row.topic, hidden_from = marks.topic, row.kept_from.all() if kept_from is None else kept_from
    _fill(row, people, standing, text, raised_by, raised_by_person, minutes, marks.about, hidden_from)
    return row


@transaction.atomic
def remove_agenda_point(*, by: User, point: AgendaPoint, row_version: int | None = None) -> None:
    """Take a point off the agenda. Raises Refused, Stale."""
    row, _ = _taken(by, point, row_version)
    row.delete()


@transaction.atomic
def move_agenda_point(*, by: User, point: AgendaPoint, step: int, seen: Collection[UUID] | None = None) -> AgendaPoint:
    """One place up (-1) or down (+1) among the points that the mover sees (None: all); at the end nothing happens.

    Raises Refused.
    """
    demand_framer(by, point.meeting)
    demand_planned(take(Meeting.objects.all(), point.meeting_id, None))
    points = list(AgendaPoint.objects.filter(meeting=point.meeting_id).select_for_update(of=("self",)))
    here = next(index for index, one in enumerate(points) if one.pk == point.pk)
    ahead = range(here - 1, -1, -1) if step < 0 else range(here + 1, len(points))
    there = next((index for index in ahead if seen is None or points[index].pk in seen), here)
    points.insert(there, points.pop(here))
    for position, one in enumerate(points, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    return points[there]


def _taken(by: User, point: AgendaPoint, row_version: int | None) -> tuple[AgendaPoint, Standing]:
    row = take(AgendaPoint.objects.select_related("meeting__forloeb", "topic"), point.pk, row_version)
    standing = demand_participant(by, row.meeting.forloeb)
    demand_open(row.meeting.forloeb)
    if row.raised_by_id != standing.participation.pk:
        demand_framer(by, row.meeting)
    demand_planned(row.meeting)
    return row, standing


def _reading(forloeb: Forloeb, people: Sequence[Named]) -> Callable[[str, Person | None], Marks]:
    """What words, raised by one of the family or not, say here."""
    phases, topics = phases_of(forloeb), topics_in_use()
    return lambda text, raised_by: suggested(people, text, raised_by=raised_by, phases=phases, topics=topics)


def _fill(
    point: AgendaPoint,
    people: Sequence[Named],
    standing: Standing,
    text: str,
    raised_by: Participation | None,
    raised_by_person: Person | None,
    minutes: int | None,
    about: Iterable[Person],
    kept_from: Iterable[Person],
) -> None:
    forloeb = point.meeting.forloeb
    if not text.strip():
        raise ValidationError({"text": "Skriv, hvad punktet handler om."})
    if raised_by is not None and raised_by.forloeb_id != forloeb.pk:
        raise ValidationError({"raised_by": "Vælg en, der er med i forløbet."})
    if raised_by_person is not None and not is_in_forloeb(forloeb, raised_by_person):
        raise ValidationError({"raised_by_person": "Vælg en fra familien, som er med i forløbet nu."})
    concerned = distinct([*about, *([raised_by_person] if raised_by_person else [])])
    hidden_from = distinct(kept_from)
    demand_marks(point, people, about=concerned, kept_from=hidden_from, voice=raised_by_person)
    point.contributed_by = _contributor(point, standing, raised_by, raised_by_person)
    point.text, point.minutes = text.strip(), minutes
    point.raised_by, point.raised_by_person = raised_by, raised_by_person
    point.full_clean()
    point.save()
    point.about.set(concerned)
    point.kept_from.set(hidden_from)


def _contributor(
    point: AgendaPoint, standing: Standing, raised_by: Participation | None, raised_by_person: Person | None
) -> str:
    """Whose department contributed it (C5): that of who raised it; nobody's when the family did. A point that nobody in
    particular raises is from the department that wrote it down, whoever mends it later."""
    if raised_by is not None:
        return raised_by.recipient
    if raised_by_person is not None:
        return ""
    unchanged = point.raised_by_id is None and point.raised_by_person_id is None
    return point.contributed_by if unchanged else standing.recipient
