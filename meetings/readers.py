"""From a participant or a family member to the `Reader` of the sharing check: here presence is known (C5)."""

from collections.abc import Iterable
from uuid import UUID

from cases.models import Participation, Person
from consent.sharing import Basis, Reader
from meetings.models import Attendance


def reader_of(participation: Participation) -> Reader:
    """The reader an employee or external is in this forløb: department or party, and where they were present."""
    present = Attendance.objects.present().filter(participation=participation).values_list("meeting_id", flat=True)
    return Reader(recipient=participation.recipient, present_at=frozenset(present))


def reader_of_person(person: Person, forloeb_id: UUID) -> Reader:
    """The reader a family member is in one forløb."""
    present = Attendance.objects.present().filter(person=person, meeting__forloeb_id=forloeb_id)
    return Reader.of_person(person.pk, present.values_list("meeting_id", flat=True))


def hands_of(reader: Reader, basis: Basis, forloeb_id: UUID) -> list[Reader]:
    """Those into whose hands a young child's paper comes, as the readers they are (M8). One query for a child, else none.

    A custody holder reads what the child brings home: it must hold no more than they may have themselves.
    """
    holders = basis.hands(reader.person) if reader.person else frozenset()
    if not holders:
        return []
    present: dict[UUID, set[UUID]] = {holder: set() for holder in holders}
    rows = Attendance.objects.present().filter(person__in=holders, meeting__forloeb_id=forloeb_id)
    for holder, meeting in rows.values_list("person_id", "meeting_id"):
        present[holder].add(meeting)
    return [Reader.of_person(holder, there) for holder, there in present.items()]


def reader_of_department(department_id: UUID) -> Reader:
    """The reader a whole department is, for papers to its system of record: consent only, nobody's presence."""
    return Reader(recipient=f"d:{department_id}")


def readers_of(participations: Iterable[Participation]) -> dict[UUID, Reader]:
    """Readers for many participations, by participation id, in one query (lists that cross forløb)."""
    mine = {participation.pk: participation for participation in participations}
    present: dict[UUID, set[UUID]] = {pk: set() for pk in mine}
    for participation_id, meeting_id in (
        Attendance.objects.present().filter(participation__in=mine).values_list("participation_id", "meeting_id")
    ):
        present[participation_id].add(meeting_id)
    return {
        pk: Reader(recipient=participation.recipient, present_at=frozenset(present[pk]))
        for pk, participation in mine.items()
    }
