"""What a withdrawal does to boards and agendas, told before it is done (C7): counts only, never a text."""

from collections.abc import Iterable

from cases.models import Forloeb, Participation, Person
from consent.consequences import CellKey, Consequence, Effect, counts
from consent.marking import topics_in_use
from consent.sharing import Reader, load_basis
from consent.unmarked import facts_of_text, may_hear, on_each_topic
from meetings.models import AgendaPoint, BoardNote, SmileyRating


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


def smiley_words_concerned(forloeb: Forloeb, person: Person, cells: frozenset[CellKey]) -> Iterable[Consequence]:
    """Words on the smiley ruler that the tovholder reads now, said by the person or naming them, on a topic that goes
    (M9). The face stays: who answered agreed to that."""
    lead = Participation.objects.open().tovholder().filter(forloeb=forloeb).select_related("department").first()
    rows = SmileyRating.objects.filter(meeting__forloeb=forloeb, may_be_named=True)
    if lead is None or not cells:
        return
    basis, topics, reader = load_basis(forloeb), topics_in_use(), Reader(lead.recipient)
    number = 0
    for row in rows:
        facts = facts_of_text(basis, row.words, topics, said_by=row.person_id) if row.words else None
        if facts is not None and person.pk in facts.about:
            goes = any((lead.recipient, one.topic) in cells for one in on_each_topic(facts, row.words, topics))
            number += goes and may_hear(reader, row.words, basis, row.person_id, topics)
    if number:
        told = counts([("svar på smiley-linealen", "svar på smiley-linealen")] * number)
        yield Consequence(Effect.HIDDEN, told, "Tovholderen kan ikke læse ordene mere. Ansigtet kan stadig ses.")
