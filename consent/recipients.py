"""The recipients of a forløb: its departments, its externals, and the adults of the family who are in it (C2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cases.ages import ages
from cases.models import FamilyMember, FamilyRelation, Forloeb, Participation, Person, Residence
from consent.sharing import Basis, Reader, may_know_of
from organisation.models import Department, ExternalParty
from web.danish import danish_key


class RecipientKind(StrEnum):
    DEPARTMENT = "d"
    EXTERNAL = "x"
    ADULT = "p"


@dataclass(frozen=True, slots=True)
class Recipient:
    """key: `d:<id>`, `x:<id>` or `p:<id>`. takes_part: still in the forløb (else only old answers name it)."""

    key: str
    name: str
    takes_part: bool = True

    @property
    def kind(self) -> RecipientKind:
        return RecipientKind(self.key[0])

    @property
    def is_adult(self) -> bool:
        return self.kind is RecipientKind.ADULT

    @property
    def title(self) -> str:
        is_told = self.kind is not RecipientKind.EXTERNAL or "ekstern" in self.name.lower()
        return self.name if is_told else f"{self.name}, ekstern"


def split(key: str) -> tuple[RecipientKind, UUID]:
    """Read a recipient key. Raises ValidationError for anything else."""
    kind, _, text = str(key).partition(":")
    try:
        return RecipientKind(kind), UUID(text)
    except ValueError:
        raise ValidationError("Vælg en modtager fra listen.") from None


def is_adult(person: Person, kind: str, on: date) -> bool:
    """Of age on the day; without a birth date, the place in the family tells."""
    years = person.age_on(on)
    return kind != FamilyRelation.CHILD if years is None else years >= ages().adult


def recipients_of(forloeb: Forloeb, basis: Basis) -> list[Recipient]:
    """Everybody who can be asked about in a forløb, in the order of the matrix: four queries at most.

    Departments and externals that take part today, the adults of the family who are in the forløb, and those who take
    part no more but still stand in somebody's answers, so that no yes is out of sight. An adult outside the forløb, as
    a new spouse in the other home, gets nothing from it and stands on no paper.
    """
    taking_part = Participation.objects.open(basis.on).filter(forloeb=forloeb).select_related("department", "external")
    found = {row.recipient: Recipient(row.recipient, row.home) for row in taking_part}
    here = forloeb.persons.filter(to_date__isnull=True).values("person_id")
    members = FamilyMember.objects.filter(family=forloeb.family_id, person__in=here).select_related("person")
    for member in members:
        if is_adult(member.person, member.kind, basis.on):
            found[f"p:{member.person_id}"] = Recipient(f"p:{member.person_id}", member.person.name)
    for key, name in _names(key for _, key, _ in basis.cells if key not in found):
        found[key] = Recipient(key, name, takes_part=False)
    return in_order(found.values())


def in_order(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Departments, externals, adults; those who take part first, in Danish order."""
    return sorted(recipients, key=lambda one: ("dxp".index(one.kind), not one.takes_part, danish_key(one.name)))


def is_asked(recipient: Recipient, person: UUID, basis: Basis) -> bool:
    """Can the person be asked about the recipient? Not oneself, and no custody holder of a young child: they see it as
    parents (C5)."""
    if not recipient.is_adult:
        return True
    _, adult = split(recipient.key)
    return adult != person and not basis.has_custody_of_young(adult, person)


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Which adults stand on whose paper by themselves. A declaration goes home with whoever it is made with, and a name on
    it tells that its bearer is part of the forløb, which is theirs to tell (C5).

    homes: person → the households they live in today. An adult who is not on a paper is put there when the person
    themselves names them, by whoever fills it in with them.
    """

    basis: Basis
    homes: Mapping[UUID, frozenset[UUID]]

    def stands(self, recipient: Recipient, person: UUID) -> bool:
        """Is the person asked about the recipient without having named them? No query.

        An adult is known when they live together, have custody together or one of the other, when the adult has said yes
        to the person knowing of them, or when the person has answered about them before. A young child's paper comes
        into the hands of all who have custody: each of them must know the adult.
        """
        if not is_asked(recipient, person, self.basis):
            return False
        if not recipient.is_adult:
            return True
        if any(who == person and key == recipient.key for who, key, _ in self.basis.cells):
            return True
        _, adult = split(recipient.key)
        return all(self._knows(one, adult) for one in self.basis.hands(person) or {person})

    def _knows(self, person: UUID, adult: UUID) -> bool:
        together = self.homes.get(person, frozenset()) & self.homes.get(adult, frozenset())
        custody = any({person, adult} <= {child, *holders} for child, holders in self.basis.custody.items())
        own_answer = any(who == person and key == f"p:{adult}" for who, key, _ in self.basis.cells)
        yes = may_know_of(Reader.of_person(person), adult, self.basis)
        return person == adult or bool(together) or custody or own_answer or yes


def acquaintance_of(forloeb: Forloeb, basis: Basis) -> Acquaintance:
    """One query."""
    rows = Residence.objects.filter(household__family=forloeb.family_id, to_date__isnull=True)
    homes: dict[UUID, set[UUID]] = {}
    for person, household in rows.values_list("person_id", "household_id"):
        homes.setdefault(person, set()).add(household)
    return Acquaintance(basis, {person: frozenset(found) for person, found in homes.items()})


def _names(keys: Iterable[str]) -> list[tuple[str, str]]:
    by_kind: dict[RecipientKind, set[UUID]] = {}
    for kind, pk in map(split, set(keys)):
        by_kind.setdefault(kind, set()).add(pk)
    sources: dict[RecipientKind, QuerySet[Any]] = {
        RecipientKind.DEPARTMENT: Department.objects.all(),
        RecipientKind.EXTERNAL: ExternalParty.objects.all(),
        RecipientKind.ADULT: Person.objects.all(),
    }
    return [(f"{kind}:{row.pk}", row.name) for kind, pks in by_kind.items() for row in sources[kind].filter(pk__in=pks)]
