"""From whom a child's words are kept before they are written down (M8). Pure: it reads the basis, no query."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cases.ages import ages
from cases.models import FamilyRelation, Person
from consent.sharing import Basis

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
