"""The people of a forløb as one reader may know them: by household, in Danish order."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cases.ages import ages
from cases.models import Person
from cases.reading import NOWHERE, home_names
from cases.relations import relation_told
from consent.sharing import Basis, Reader, may_know_of
from consent.unmarked import names_only_known
from web.danish import danish_key, danish_sorted, listed


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """One person with what stands under the name: age, relation, who has custody.

    contact: whether phone and interpreter may be shown. sheltered: the address is a protected one, by the person or by
    somebody they live with (C12).
    """

    person: Person
    household: str
    is_focus: bool
    facts: str
    contact: bool
    sheltered: bool


@dataclass(frozen=True, slots=True)
class FamilyList:
    """Households in the order they are first met, and how many persons the reader may not know of (C6)."""

    households: list[tuple[str, list[FamilyLine]]] = field(default_factory=list)
    left_out: int = 0

    @property
    def lines(self) -> list[FamilyLine]:
        return [line for _, lines in self.households for line in lines]


def family_of(reader: Reader, basis: Basis, *, keeps_all: bool, contact: Collection[UUID] = ()) -> FamilyList:
    """The family as the reader may know it: from the basis, no query.

    keeps_all: the tovholder, who gathers the consents, knows everybody of the forløb (F4). contact: of whom phone and
    interpreter may be shown.
    """
    rows: list[Any] = sorted(basis.family, key=lambda row: (row.household is None, danish_key(row.household or "")))
    known = [row for row in rows if keeps_all or may_know_of(reader, row.person_id, basis)]
    names = {row.person_id: row.person.first_name for row in known}
    labels = [row.household for row in known if row.household]
    hidden = {row.household for row in known if row.hides_home}  # its name tells where it is, as the address does (C12)
    called = home_names(
        labels, lambda label: label not in hidden and (keeps_all or names_only_known(reader, label, basis))
    )
    homes: dict[str, list[FamilyLine]] = {}
    for row in known:
        label = called.get(row.household, NOWHERE)
        what = row.relation if keeps_all else relation_told(row.relation or "", names.values())
        facts = _facts(row.person, what or "", basis, names)
        line = FamilyLine(row.person, label, row.is_focus, facts, row.person_id in contact, row.sheltered)
        homes.setdefault(label, []).append(line)
    # Adults stand first in their home, then the children by age.
    for lines in homes.values():
        lines.sort(key=lambda line: line.person.birth_date or date.min)
    return FamilyList(list(homes.items()), len(rows) - len(known))


def _facts(person: Person, relation: str, basis: Basis, names: dict[UUID, str]) -> str:
    age = basis.ages.get(person.pk)
    words = ", ".join(word for word in (f"{age} år" if age is not None else "", relation) if word)
    custody = basis.custody.get(person.pk, frozenset())
    # One of two named as the holder would be untrue.
    holders = danish_sorted(names[holder] for holder in custody) if custody <= names.keys() else []
    if holders and age is not None and age < ages().adult:
        words += f". {listed(holders)} har forældremyndigheden"
    return words
