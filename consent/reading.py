"""What a participant who is not tovholder sees of the consents: what the own department may know, of whom (C5, C6)."""

from collections.abc import Callable
from dataclasses import dataclass

from cases.access import Standing
from cases.models import Forloeb, ForloebPerson, Person, oldest_first
from consent.basis import load_basis
from consent.marking import topics_in_use
from consent.models import Topic
from consent.sharing import Basis, Cell, Reader, may_know_of
from consent.states import Shown, shown
from consent.unmarked import may_read


@dataclass(frozen=True, slots=True)
class OwnRow:
    person: Person
    topics: tuple[tuple[Topic, Shown], ...]


def own_rows(forloeb: Forloeb, standing: Standing, basis: Basis | None = None) -> list[OwnRow]:
    """The persons this participant may know of, with the answers to the own department only.

    What a person answered others is the person's own affair; the tovholder, who gathers the consents, sees the rest.
    """
    basis = basis or load_basis(forloeb)
    reader = Reader(recipient=standing.recipient)
    people = (
        ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True)
        .select_related("person")
        .order_by(oldest_first(), "pk")
    )
    topics = list(Topic.objects.in_use())
    return [
        OwnRow(entry.person, tuple((topic, _shown(basis, entry.person, reader, topic)) for topic in topics))
        for entry in people
        if may_know_of(reader, entry.person_id, basis)
    ]


def _shown(basis: Basis, person: Person, reader: Reader, topic: Topic) -> Shown:
    """Only whether it may be shared. Why not (no, withdrawn, never asked) is not told."""
    may = basis.cell(person.pk, reader.recipient, topic.pk) is Cell.YES
    return shown(Cell.YES) if may else Shown(None, "none", "close", "Må ikke deles")


def reads_texts_in(forloeb: Forloeb, recipient: str) -> Callable[[str, str], bool]:
    """`may_read` for one department or external party of a forløb, for the apps below this one. Three queries."""
    reader, basis, topics = Reader(recipient), load_basis(forloeb), topics_in_use()
    return lambda text, written_by: may_read(reader, text, basis, contributed_by=written_by, topics=topics)
