"""Clues to a protected address in what a person is handed about themselves, found before it is made (C12).

A parent's own data may tell where the other is, and so may who has looked at them: a department or a function, where the
other works or goes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cases.models import Forloeb, Person
from consent import clues
from consent.clues import Found
from privacy.blocks import Block, Section
from privacy.lookups import Lookup
from privacy.voice import Listener


def clues_in(words: Callable[[], str], forloeb: Forloeb, person: Person) -> list[Found]:
    """The clues that would come into hands they are protected from: the person's own, or for a young child every
    custody holder's."""
    return clues.clues_in(words, forloeb, Listener(forloeb, person).hands or {person.pk})


def words_of(sections: Sequence[Section], lookups: Sequence[Lookup]) -> str:
    """What the file with the data would tell."""
    told = _words(block for section in sections for block in section.blocks)
    return " ".join([*told, *(word for one in lookups for word in (one.who, one.why, one.what))])


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield block.title
        yield from (word for line in block.lines for word in line)
        yield from _words(block.under)
