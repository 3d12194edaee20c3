"""What the sharing check rests on, as it was said: consents, signatures, withdrawals, custody and ages (C1, C4, C5).

`load_basis` reads it for one forløb in two queries, `load_bases` for many in as many. Which answer of a cell stands, and
whether it is a yes, is settled here; what a reader may then see is `consent.sharing`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from cases.models import FamilyMember, Forloeb, ForloebPerson, Residence
from cases.sheltering import protected_homes, protected_households
from consent.models import Answer, Consent, Way
from consent.sharing import Basis, Cell, Paper, Reader, Scope, may_know_of, required_signers
from organisation.models import in_danish

Cells = dict[tuple[UUID, str, UUID], Cell]
Withdrawn = tuple[Scope, date]  # and the day it was said


def load_basis(forloeb: Forloeb, on: date | None = None) -> Basis:
    """The basis for one forløb on a day (default: today in Denmark), in two queries."""
    return load_bases([forloeb.pk], on)[forloeb.pk]


def knows_of(forloeb: Forloeb, recipient: str) -> Callable[[UUID], bool]:
    """`may_know_of` for one department or external party of a forløb, for the apps below this one. Two queries."""
    reader, basis = Reader(recipient), load_basis(forloeb)
    return lambda person: may_know_of(reader, person, basis)


def load_bases(forloeb_ids: Collection[UUID], on: date | None = None) -> dict[UUID, Basis]:
    """The basis of each forløb, in two queries for any number: for lists that cross forløb (Min dag, search)."""
    day = on or timezone.localdate()
    custody: dict[UUID, dict[UUID, set[UUID]]] = {pk: {} for pk in forloeb_ids}
    years: dict[UUID, dict[UUID, int | None]] = {pk: {} for pk in forloeb_ids}
    scopes: dict[UUID, dict[UUID, dict[UUID, Withdrawn]]] = {pk: {} for pk in forloeb_ids}
    family: dict[UUID, dict[UUID, ForloebPerson]] = {pk: {} for pk in forloeb_ids}
    everybody: dict[UUID, dict[UUID, FamilyMember]] = {pk: {} for pk in forloeb_ids}
    for row in _people(forloeb_ids):
        forloeb, person = row.of_forloeb, row.person_id
        years[forloeb][person] = whole_years(row.person.birth_date, day)
        if (
            row.holder
            and (row.held_from is None or row.held_from <= day)
            and (row.held_to is None or day <= row.held_to)
        ):
            custody[forloeb].setdefault(person, set()).add(row.holder)
        if row.withdrawn_in == forloeb:
            scopes[forloeb].setdefault(person, {})[row.withdrawal] = Scope.of(row.withdrawn_scope), row.withdrawn_on
        everybody[forloeb].setdefault(person, row)
        if row.part_of == forloeb and row.part_to is None:
            family[forloeb].setdefault(person, _part(row))
    held = {pk: {child: frozenset(holders) for child, holders in custody[pk].items()} for pk in forloeb_ids}
    withdrawn = {pk: {person: tuple(found.values()) for person, found in scopes[pk].items()} for pk in forloeb_ids}
    told = _told(forloeb_ids, day, held, years, withdrawn)
    return {
        pk: Basis(
            on=day,
            cells=told[pk].cells,
            custody=held[pk],
            ages=years[pk],
            withdrawn={person: tuple(scope for scope, _ in told) for person, told in withdrawn[pk].items()},
            family=list(family[pk].values()),
            everybody=list(everybody[pk].values()),
            papers=told[pk].papers(),
            until=told[pk].first_expiry(),
        )
        for pk in forloeb_ids
    }


def _people(forloeb_ids: Collection[UUID]) -> Iterable[Any]:
    """The family of each forløb, once for each custody holder, withdrawal and time in the forløb, in Danish order."""
    homes = Residence.objects.filter(
        person=OuterRef("person"), household__family=OuterRef("family"), to_date__isnull=True
    ).order_by("household__label")
    return (
        FamilyMember.objects.filter(family__forloeb__in=forloeb_ids)
        .select_related("person")
        .annotate(
            of_forloeb=F("family__forloeb"),
            part=FilteredRelation("person__in_forloeb", condition=Q(person__in_forloeb__forloeb__in=forloeb_ids)),
            part_pk=F("part__pk"),
            part_of=F("part__forloeb"),
            part_focus=F("part__is_focus"),
            part_from=F("part__from_date"),
            part_to=F("part__to_date"),
            holder=F("person__custody_held_by__holder"),
            held_from=F("person__custody_held_by__from_date"),
            held_to=F("person__custody_held_by__to_date"),
            withdrawal=F("person__withdrawals"),
            withdrawn_in=F("person__withdrawals__forloeb"),
            withdrawn_scope=F("person__withdrawals__scope"),
            withdrawn_on=F("person__withdrawals__told_on"),
            household=Subquery(homes.values("household__label")[:1]),
            hides_home=Subquery(homes.annotate(hides=protected_households()).values("hides")[:1]),
            sheltered=Exists(protected_homes(OuterRef("person"), OuterRef("family"))),
        )
        .order_by(in_danish("person__last_name"), in_danish("person__first_name"), "person_id")
    )


def _part(row: Any) -> ForloebPerson:
    """The person in the forløb, as fetched along with the place in the family."""
    part: Any = ForloebPerson(
        pk=row.part_pk,
        forloeb_id=row.part_of,
        person=row.person,
        is_focus=row.part_focus,
        from_date=row.part_from,
        to_date=row.part_to,
    )
    part.kind, part.relation, part.household = row.kind, row.relation, row.household
    part.sheltered = row.person.protected_address or row.sheltered
    part.hides_home = bool(row.hides_home)
    return part  # type: ignore[no-any-return]


def whole_years(born: date | None, on: date) -> int | None:
    """Age in whole years on a day; None when the birth date is unknown."""
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(slots=True)
class _Answer:
    """One answer with what decides over it. said_on: the day the declaration was explained. A signature that comes later
    makes it no newer: what one custody holder signs today does not lift the no that another said yesterday (C1, C5)."""

    declaration: UUID
    forloeb: UUID
    person: UUID
    recipient: str
    topic: UUID
    answer: str
    is_withdrawn: bool
    expires: date
    sequence: int
    said_on: date
    has_scan: bool
    signers: set[UUID] = field(default_factory=set)


def _answers(forloeb_ids: Collection[UUID]) -> list[_Answer]:
    """In the order in which they were said: a paper that is registered late is no newer for that (C4). One query."""
    found: dict[UUID, _Answer] = {}
    row: list[Any]
    consents = Consent.objects.filter(declaration__forloeb__in=forloeb_ids)
    for pk, signer, department, external, adult, withdrawn_at, *row in consents.values_list(
        "pk",
        "declaration__signatures__signer",
        "department_id",
        "external_id",
        "adult_id",
        "withdrawn_at",
        "declaration__forloeb_id",
        "declaration__person_id",
        "topic_id",
        "answer",
        "declaration__expires_on",
        "declaration__sequence",
        "declaration__informed_on",
        "declaration_id",
        "declaration__way",
        "declaration__evidence_id",
    ):
        forloeb, person, topic, answer, expires, sequence, informed_on, declaration, way, evidence = row
        recipient = f"d:{department}" if department else f"x:{external}" if external else f"p:{adult}"
        one = found.setdefault(
            pk,
            _Answer(
                declaration=declaration,
                forloeb=forloeb,
                person=person,
                recipient=recipient,
                topic=topic,
                answer=answer,
                is_withdrawn=withdrawn_at is not None,
                expires=expires,
                sequence=sequence,
                said_on=informed_on,
                has_scan=way != Way.PAPER or evidence is not None,
            ),
        )
        if signer:
            one.signers.add(signer)
    return sorted(found.values(), key=lambda one: (one.said_on, one.sequence))


@dataclass(slots=True)
class _Told:
    """What the answers of one forløb come to. gives: the answer that a cell's state rests on; newest: the last one said of
    it, a yes that stands or not."""

    cells: Cells = field(default_factory=dict)
    gives: dict[tuple[UUID, str, UUID], _Answer] = field(default_factory=dict)
    newest: dict[tuple[UUID, str, UUID], tuple[_Answer, bool]] = field(default_factory=dict)
    declarations: dict[UUID, _Answer] = field(default_factory=dict)

    def papers(self) -> list[Paper]:
        standing = {one.declaration for one, is_yes in self.newest.values() if is_yes}
        return [
            Paper(pk, one.person, one.sequence, frozenset(one.signers), pk in standing, one.has_scan)
            for pk, one in self.declarations.items()
        ]

    def first_expiry(self) -> dict[UUID, date]:
        found: dict[UUID, date] = {}
        for (person, _, _), one in ((key, one) for key, one in self.gives.items() if self.cells[key] is Cell.YES):
            found[person] = min(one.expires, found.get(person, one.expires))
        return found


def _told(
    forloeb_ids: Collection[UUID],
    day: date,
    custody: Mapping[UUID, Mapping[UUID, frozenset[UUID]]],
    years: Mapping[UUID, Mapping[UUID, int | None]],
    withdrawn: Mapping[UUID, Mapping[UUID, tuple[Withdrawn, ...]]],
) -> dict[UUID, _Told]:
    found = {pk: _Told() for pk in forloeb_ids}
    for one in _answers(forloeb_ids):
        told = found[one.forloeb]
        told.declarations.setdefault(one.declaration, one)
        holders = custody[one.forloeb].get(one.person, frozenset())
        needed = required_signers(one.person, years[one.forloeb].get(one.person), holders)
        signed = bool(needed) and needed <= one.signers
        later = [
            told_on
            for scope, told_on in withdrawn[one.forloeb].get(one.person, ())
            if scope.covers(one.recipient, one.topic)
        ]
        taken_back = one.is_withdrawn or any(told_on > one.said_on for told_on in later)
        state = _state(one.answer, taken_back, one.expires <= day, signed)
        key = (one.person, one.recipient, one.topic)
        told.newest[key] = one, state in (Cell.YES, Cell.UNSIGNED)
        if not signed and state in (Cell.UNSIGNED, Cell.EXPIRED):
            before = told.cells.get(key, Cell.WITHDRAWN if later else None)
            # A yes that is not signed by all is not given yet: it lifts no earlier no or withdrawal, ends no earlier yes.
            if before in (Cell.YES, Cell.NO, Cell.WITHDRAWN):
                told.cells[key] = before
                continue
        told.cells[key], told.gives[key] = state, one
    return found


def _state(answer: str, withdrawn: bool, expired: bool, signed: bool) -> Cell:
    """A no needs no signature to count; a yes needs all of them, and time left."""
    if answer == Answer.NO:
        return Cell.NO
    if withdrawn:
        return Cell.WITHDRAWN
    if expired:
        return Cell.EXPIRED
    return Cell.YES if signed else Cell.UNSIGNED
