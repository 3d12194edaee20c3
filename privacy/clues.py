"""Clues to a protected address in an Indsigt, found before it is made (C12): a parent's own data may tell where the other is."""

from collections.abc import Iterable, Iterator, Sequence

from cases.models import Forloeb, Person
from consent.clues import Found, against, found_in, guards_of
from consent.sharing import Reader
from privacy.blocks import Block, Section
from privacy.voice import Listener


def clues_in(sections: Sequence[Section], forloeb: Forloeb, person: Person) -> list[Found]:
    """The clues to an address that would come into hands it is protected from.

    Whose hands: the person's own, or for a young child every custody holder's. One query when nobody is protected.
    """
    guards = guards_of(forloeb)
    if not guards:
        return []
    text = " ".join(_words(block for section in sections for block in section.blocks))
    hands = Person.objects.filter(pk__in=Listener(forloeb, person).hands or {person.pk}).in_danish_order()
    return [
        Found(clue, reader.name)
        for reader in hands
        for clue in found_in(text, against(guards, Reader.of_person(reader.pk)))
    ]


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield block.title
        yield from (word for line in block.lines for word in line)
        yield from _words(block.under)
