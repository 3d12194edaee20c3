"""What a withdrawal does to boards and agendas, told before it is done (C7): counts only, never a text."""

from collections.abc import Iterable

from cases.models import Forloeb, Person
from consent.consequences import CellKey, Consequence, Effect, counts
from meetings.models import AgendaPoint, BoardNote


def board_notes_concerned(forloeb: Forloeb, person: Person, cells: frozenset[CellKey]) -> Iterable[Consequence]:
    """Notes about the person on the topics that go. With no valid yes left to lose, what presence gave is lost (C5)."""
    notes = BoardNote.objects.filter(meeting__forloeb=forloeb, about=person)
    if cells:
        notes = notes.filter(topic__in={topic for _, topic in cells})
    number = notes.distinct().count()
    if not number:
        return
    told = counts([("punkt på tavlen", "punkter på tavlen")] * number)
    yield Consequence(Effect.HIDDEN, told, "De lukkes for dem, du har valgt, også for dem, der var med til mødet.")


def agenda_points_concerned(forloeb: Forloeb, person: Person, cells: frozenset[CellKey]) -> Iterable[Consequence]:
    """Points about the person on the topics that go: who loses the yes does not see them on the agenda any more."""
    points = AgendaPoint.objects.filter(meeting__forloeb=forloeb, about=person, topic__in={topic for _, topic in cells})
    if number := points.distinct().count():
        told = counts([("punkt på en dagsorden", "punkter på dagsordener")] * number)
        yield Consequence(Effect.HIDDEN, told, "De, der mister adgang, kan ikke se dem mere.")
