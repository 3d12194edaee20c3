"""What a withdrawal does to boards and agendas, told before it is done (C7): counts only, never a text."""

from collections.abc import Iterable

from cases.models import Forloeb, Participation, Person
from consent.consequences import Consequence, Effect, Loss, counts
from consent.marking import topics_in_use
from consent.sharing import Reader
from consent.unmarked import may_hear
from meetings.models import AgendaPoint, BoardNote, SmileyRating
from meetings.readers import readers_losing


def board_notes_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Notes about the person that close, by a yes that goes or because having been present gives them no more (C5)."""
    notes = BoardNote.objects.filter(meeting__forloeb=forloeb, about=person)
    if number := notes.lost_by(readers_losing(forloeb, person, loss), loss.before, loss.after).count():
        told = counts([("punkt på tavlen", "punkter på tavlen")] * number)
        yield Consequence(Effect.HIDDEN, told, "Det lukkes for dem, du har valgt, også for dem, der var med til mødet.")


def agenda_points_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Points about the person that close: who loses the yes does not see them on the agenda any more."""
    points = AgendaPoint.objects.filter(meeting__forloeb=forloeb, about=person)
    if number := points.lost_by(readers_losing(forloeb, person, loss), loss.before, loss.after).count():
        told = counts([("punkt på en dagsorden", "punkter på dagsordener")] * number)
        yield Consequence(Effect.HIDDEN, told, "De, der mister adgang, kan ikke se det mere.")


def smiley_words_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Words on the smiley ruler that the tovholder reads now and does not after it (M9). The face stays: who answered
    agreed to that."""
    said = [row for row in SmileyRating.objects.filter(meeting__forloeb=forloeb, may_be_named=True) if row.words]
    lead = Participation.objects.open().tovholder().filter(forloeb=forloeb).first() if said else None
    if lead is None:
        return
    reader, topics = Reader(lead.recipient), topics_in_use()
    hears = lambda row, basis: may_hear(reader, row.words, basis, row.person_id, topics)  # noqa: E731
    if number := sum(hears(row, loss.before) and not hears(row, loss.after) for row in said):
        told = counts([("svar på smiley-linealen", "svar på smiley-linealen")] * number)
        yield Consequence(Effect.HIDDEN, told, "Tovholderen kan ikke læse ordene mere. Ansigtet kan stadig ses.")
