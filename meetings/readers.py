"""From a participant or a family member to the `Reader` of the sharing check: here presence is known (C5)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from cases.models import Forloeb, Participation, Person
from consent.consequences import Loss
from consent.sharing import Basis, Reader
from meetings.models import Attendance

PARTS = ("forloeb", "user", "department")  # of a participation: who somebody is


def is_the_same(one: Participation, other: Participation) -> bool:
    """Is it the same external, or the same employee of the same department? A hand-over, and being taken in again, give
    an employee a new row; what they heard at the table they have heard."""
    return _who(one) == _who(other)


def _who(one: Participation) -> tuple[UUID | None, ...]:
    return (one.forloeb_id, one.user_id, one.department_id) if one.user_id else (one.pk,)


def reader_of(participation: Participation) -> Reader:
    """The reader an employee or external is in this forløb: department or party, and where they were present."""
    return readers_of([participation])[participation.pk]


def reader_of_person(person: Person, forloeb_id: UUID) -> Reader:
    """The reader a family member is in one forløb."""
    present = Attendance.objects.present().filter(person=person, meeting__forloeb_id=forloeb_id)
    return Reader.of_person(person.pk, present.values_list("meeting_id", flat=True))


def hands_of(reader: Reader, basis: Basis, forloeb_id: UUID) -> list[Reader]:
    """Those into whose hands a young child's paper comes, as the readers they are (M8). One query for a child, else none.

    A custody holder reads what the child brings home: it must hold no more than they may have themselves.
    """
    return _of_people(basis.hands(reader.person) if reader.person else (), forloeb_id)


def reader_of_department(department_id: UUID) -> Reader:
    """The reader a whole department is, for papers to its system of record: consent only, nobody's presence."""
    return Reader(recipient=f"d:{department_id}")


def readers_losing(forloeb: Forloeb, person: Person, loss: Loss) -> list[Reader]:
    """Everybody whom a person's withdrawal is about, each with the meetings where they were present (C7). Two queries, and
    one more when it is about somebody of the family."""
    staff = readers_of(Participation.objects.open(loss.before.on).filter(forloeb=forloeb)).values()
    people = [row.person_id for row in loss.before.family if row.person_id != person.pk]
    touched = [pk for pk in people if loss.touches(f"p:{pk}")]
    return [one for one in staff if loss.touches(one.recipient)] + _of_people(touched, forloeb.pk)


def _of_people(people: Collection[UUID], forloeb_id: UUID) -> list[Reader]:
    present: dict[UUID, set[UUID]] = {one: set() for one in people}
    rows = Attendance.objects.present().filter(person__in=people, meeting__forloeb_id=forloeb_id)
    for one, meeting in rows.values_list("person_id", "meeting_id") if people else ():
        present[one].add(meeting)
    return [Reader.of_person(one, there) for one, there in present.items()]


def readers_of(participations: Iterable[Participation]) -> dict[UUID, Reader]:
    """Readers for many participations, by participation id, in one query (lists that cross forløb)."""
    mine = list(participations)
    employees = Q(
        participation__forloeb__in={one.forloeb_id for one in mine if one.user_id},
        participation__user__in={one.user_id for one in mine if one.user_id},
    )
    rows = Attendance.objects.present().filter(
        employees | Q(participation__in=[one for one in mine if not one.user_id])
    )
    present: dict[tuple[UUID | None, ...], set[UUID]] = {}
    for row in rows.select_related("participation").only("meeting", *(f"participation__{name}" for name in PARTS)):
        if row.participation is not None:
            present.setdefault(_who(row.participation), set()).add(row.meeting_id)
    return {one.pk: Reader(recipient=one.recipient, present_at=frozenset(present.get(_who(one), ()))) for one in mine}
