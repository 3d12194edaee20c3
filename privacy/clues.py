"""Clues to a protected address in what a person is handed about themselves, found before it is made (C12).

A parent's own data may tell where the other is, and so may who has looked at them: a department or a function, where the
other works or goes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cases.models import Forloeb, Person
from consent.clues import Found, against, found_in, guards_of
from consent.sharing import Reader
from privacy.blocks import Block, Section
from privacy.lookups import Lookup
from privacy.voice import Listener


def clues_in(words: Callable[[], str], forloeb: Forloeb, person: Person) -> list[Found]:
    """The clues to an address that would come into hands it is protected from.

    words: everything that would be told; asked for only when somebody is protected. Whose hands: the person's own, or
    for a young child every custody holder's. One query when nobody is protected.
    """
    guards = guards_of(forloeb)
    if not guards:
        return []
    text = words()
    hands = Person.objects.filter(pk__in=Listener(forloeb, person).hands or {person.pk}).in_danish_order()
    return [
        Found(clue, reader.name)
        for reader in hands
        for clue in found_in(text, against(guards, Reader.of_person(reader.pk)))
    ]


def words_of(sections: Sequence[Section], lookups: Sequence[Lookup]) -> str:
    """What the file with the data would tell."""
    told = _words(block for section in sections for block in section.blocks)
    return " ".join([*told, *(word for one in lookups for word in (one.who, one.why, one.what))])


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield block.title
        yield from (word for line in block.lines for word in line)
        yield from _words(block.under)
