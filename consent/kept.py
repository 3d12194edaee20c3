"""From whom a child's words are kept (M8), and who is told of what was said without them (C11). Pure: it reads the
basis, no query."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from cases.ages import ages
from cases.models import FamilyRelation, Person
from consent.marking import Named, needs_capital, telling
from consent.sharing import Basis, Facts
from web.danish import danish_sorted, listed

PARENTS = (FamilyRelation.PARENT, FamilyRelation.STEP_PARENT)


def is_young(person: UUID, basis: Basis) -> bool:
    """A child of the family, or a young mother or father under age: somebody has custody of them."""
    row: Any = next((one for one in basis.family if one.person_id == person), None)
    age = basis.ages.get(person)
    return row is not None and (
        row.kind == FamilyRelation.CHILD or (person in basis.custody and age is not None and age < ages().adult)
    )


def parents_for(child: UUID, basis: Basis) -> list[Person]:
    """The parents from whom the words of a child or young person can be kept; nobody for an adult.

    All of the forløb who have custody, and every parent and step-parent: who shares a home or a table with a parent is
    not made to carry the secret. The writer can open it for one of them afterwards.
    """
    if not is_young(child, basis):
        return []
    holders = basis.custody.get(child, frozenset())
    rows: Iterable[Any] = basis.family
    return [row.person for row in rows if row.person_id != child and (row.person_id in holders or row.kind in PARENTS)]


def can_be_kept(people: Iterable[UUID], basis: Basis) -> set[UUID]:
    """Those of the people whose words can be kept from a parent."""
    return {one for one in people if parents_for(one, basis)}


# --- what staff write that a child has told -------------------------------------------------------------------------------
def told_by(people: Sequence[Named], text: str, about: Collection[UUID], basis: Basis) -> set[UUID]:
    """The children whose own words a text of the staff brings on: »Asta fortalte, at …«, »ifølge Asta«, »hun siger«.

    about: whom the text is about; a pronoun without a name before it is a child of them. The one who tells is the nearest
    before the verb, so »mor fortalte, at Asta …« is mother's, and »Astas lærer fortalte« the teacher's.
    """
    children = {one.person.pk for one in people if is_young(one.person.pk, basis)}
    found: set[UUID] = set()
    last: set[UUID] = children & set(about)
    for sentence in re.split(r"[.!?;\n]+", text):
        words = [_who(people, word, last) for word in re.findall(r"[\w'’]+|:", sentence)]
        for at, (word, _) in enumerate(words):
            if word in telling("verbs"):
                found |= _teller(words, at)
            elif word == ":":  # »Asta: …«
                found |= _first(words[max(at - 1, 0) : at])
            elif word in telling("sources"):
                found |= _first(words[at + 1 : at + 2])
        named = [who for word, who in words if who and word not in telling("pronouns")]
        last = named[-1] if named else last
    return found & children


Word = tuple[str, set[UUID] | None]  # folded, and whom it points at; an empty set: at somebody who is not named


def _who(people: Sequence[Named], written: str, last: set[UUID]) -> Word:
    word = written.casefold()
    if word in telling("pronouns"):
        return word, last
    if word in telling("others"):
        return word, set()
    named = {one.person.pk for one in people if word in one.words}
    if named and (written[:1].isupper() or not needs_capital(word)):
        return word, named
    whose = {word.removesuffix("s"), word.rstrip("s").rstrip("'’")}
    return word, set() if any(whose & one.words for one in people) else None


def _teller(words: Sequence[Word], at: int) -> set[UUID]:
    before = [who for _, who in words[:at] if who is not None]
    if before:
        return before[-1]
    after = [one for one in words[at + 1 : at + 3] if one[0] != "af"]
    return _first(after[:1])


def _first(words: Sequence[Word]) -> set[UUID]:
    return next((who for _, who in words if who), set())


def kept_as_told(people: Sequence[Named], text: str, about: Collection[UUID], basis: Basis) -> list[Person]:
    """From whom a text is kept unless somebody chooses otherwise: the parents of the child whose words it brings (M8)."""
    found = [one for child in sorted(told_by(people, text, about, basis)) for one in parents_for(child, basis)]
    return list(dict.fromkeys(found))


# --- who is told of it afterwards -----------------------------------------------------------------------------------------
def to_tell(facts: Facts, basis: Basis) -> frozenset[UUID]:
    """Who must have told what was said without them (C11): whom it is about and who has custody of a young child of them,
    but nobody it is kept from (M8)."""
    hands = [basis.hands(one) for one in facts.about]
    return facts.about.union(*hands) - facts.kept_from


def kept_in_words(kept: Iterable[Person], knows: Callable[[UUID], bool]) -> str:
    """»Ove og Pia«, »Pia og andre«, »nogen i familien«: by name those whom the reader may know of (C5)."""
    rows = list(kept)
    names = danish_sorted(one.first_name for one in rows if knows(one.pk))
    if not names:
        return "nogen i familien" if rows else ""
    return listed(names if len(names) == len(rows) else [*names, "andre"])
