"""The one sharing check (C5). Pages, fragments, PDFs, mails, exports, search and statistics all go through here.

`may_see` is the rule, pure: no query, no clock. `rows_seen` is the same rule for the database, and a test proves the two
equal. `load_basis` fetches what they need for one forløb in two queries; `share` sorts a list of items into what a reader
gets and how many are left out.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from cases.ages import ages
from cases.models import FamilyMember, Forloeb, ForloebPerson, Residence
from cases.sheltering import protected_homes, protected_households
from consent.models import Answer, Consent, Links, Shared, Way, links_of
from organisation.models import in_danish

ItemT = TypeVar("ItemT", bound=Shared)


class Cell(StrEnum):
    """The state of one cell person × recipient × topic. A cell that is not there was not asked (C2)."""

    YES = "yes"
    NO = "no"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who receives: a department, an external party or a person of the family.

    recipient: `d:<id>`, `x:<id>` or `p:<id>`, as in `Participation.recipient` and `Consent.recipient`.
    person: the person's id when the reader is of the family, else None.
    present_at: ids of the meetings where this very reader was registered present.
    """

    recipient: str
    person: UUID | None = None
    present_at: frozenset[UUID] = frozenset()

    @classmethod
    def of_person(cls, person_id: UUID, present_at: Iterable[UUID] = ()) -> "Reader":
        return cls(recipient=f"p:{person_id}", person=person_id, present_at=frozenset(present_at))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule needs to know of an item; never its text."""

    about: frozenset[UUID]
    topic: UUID
    contributed_by: str = ""
    meeting_of_board: UUID | None = None
    kept_from: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, item: Shared) -> "Facts":
        """The facts of a row fetched with its marks (`SharedQuerySet`); else two queries each."""
        return cls(
            about=item.about_ids,
            topic=item.topic_id,
            contributed_by=item.contributed_by,
            meeting_of_board=item.meeting_of_board,  # type: ignore[arg-type]
            kept_from=item.kept_from_ids,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What one withdrawal covers. An empty set means all: every recipient, every topic."""

    recipients: frozenset[str] = frozenset()
    topics: frozenset[UUID] = frozenset()

    def covers(self, recipient: str, topic: UUID) -> bool:
        return (not self.recipients or recipient in self.recipients) and (not self.topics or topic in self.topics)

    @classmethod
    def of(cls, stored: Mapping[str, list[str]]) -> "Scope":
        return cls(frozenset(stored.get("recipients", ())), frozenset(map(UUID, stored.get("topics", ()))))


@dataclass(frozen=True, slots=True)
class Paper:
    """One declaration with answers, as it stands on the day of its basis; the rule itself never looks at it.

    has_yes: a yes of it is the newest answer of its cell, and has neither run out nor been taken back: what somebody who
    has not signed yet must sign for. has_scan: the signed paper is kept, or there is none.
    """

    pk: UUID
    person: UUID
    sequence: int
    signers: frozenset[UUID]
    has_yes: bool
    has_scan: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """What was consented to in one forløb, as it stands on one day.

    cells: (person, recipient, topic) → state: the newest answer, but a yes that still lacks a signature changes nothing
        of what stood before it.
    custody: child → its custody holders that day.
    ages: person → whole years that day, None when unknown.
    withdrawn: person → what was withdrawn, also of cells nobody had asked about; a later answer goes before it.
    family: the persons of the forløb now, in Danish order, as they were fetched with the rest: each with `.kind` and
        `.relation` of the family, `.household` (None without), `.hides_home` (somebody there has a protected
        address) and `.sheltered` (somebody in any of the person's homes has). The rule itself never looks at them.
    everybody: each member of the family once, whether in the forløb, once in it or never: whom a text may not tell of.
    papers: the declarations in the order in which they were said. until: person → the day the first valid yes runs out.
    """

    on: date
    cells: Mapping[tuple[UUID, str, UUID], Cell] = field(default_factory=dict)
    custody: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    ages: Mapping[UUID, int | None] = field(default_factory=dict)
    withdrawn: Mapping[UUID, tuple[Scope, ...]] = field(default_factory=dict)
    family: Sequence[ForloebPerson] = field(default=(), compare=False)
    everybody: Sequence[FamilyMember] = field(default=(), compare=False)
    papers: Sequence[Paper] = field(default=(), compare=False)
    until: Mapping[UUID, date] = field(default_factory=dict, compare=False)

    def cell(self, person: UUID, recipient: str, topic: UUID) -> Cell | None:
        """The state of a cell; None = not asked."""
        state = self.cells.get((person, recipient, topic))
        if state is None and any(scope.covers(recipient, topic) for scope in self.withdrawn.get(person, ())):
            return Cell.WITHDRAWN
        return state

    def required_signers(self, person: UUID) -> frozenset[UUID]:
        """Who must sign for a person on the day (C1): self from 15, else every custody holder; empty = nobody can yet."""
        return required_signers(person, self.ages.get(person), self.custody.get(person, frozenset()))

    def has_custody_of_young(self, holder: UUID | None, child: UUID) -> bool:
        """Is the holder a custody holder who, by age, still sees what concerns the child?"""
        age = self.ages.get(child)
        young = age is not None and age < ages().custody_sees_until
        return holder is not None and young and holder in self.custody.get(child, frozenset())

    def hands(self, person: UUID) -> frozenset[UUID]:
        """Into whose hands a paper for the person comes besides their own: for a young child every custody holder's (M8).

        Without a birth date, custody tells a child.
        """
        age = self.ages.get(person)
        return frozenset() if age is not None and age >= ages().signs_self else self.custody.get(person, frozenset())


def required_signers(person: UUID, age: int | None, holders: frozenset[UUID]) -> frozenset[UUID]:
    """Who must sign a declaration for a person (C1).

    In: id, whole years (None = unknown), custody holders. Out: ids. Empty for a child without a registered custody
    holder: nobody can sign, so nothing is valid. Without a birth date, custody tells a child from an adult.
    """
    if age is None:
        return holders or frozenset({person})
    return frozenset({person}) if age >= ages().signs_self else holders


def may_see(reader: Reader, facts: Facts, basis: Basis) -> bool:
    """May this reader have this item? (C5, with C6 and M8; the policy in prose)

    Nothing kept from a person reaches that person (M8), nor does having been in the room count for anybody: what is
    kept from someone was not said in the open.

    Otherwise the reader must be free to know it about *each* person the item concerns. About one person the reader is
    free to know it when
    - it is the reader;
    - or the reader has custody of that child, who is younger than the limit;
    - or a valid yes stands for that person, this recipient and this topic;
    - or that person has not said no or withdrawn there, and either the reader's own department contributed it, or it
      was written on the board of a meeting where the reader was registered present.
    A no, and a withdrawn yes, always win over contribution and presence. An expired or unsigned yes gives nothing, but
    is no no. An item that concerns no person is free to every participant.
    """
    if reader.person is not None and reader.person in facts.kept_from:
        return False
    in_the_room = (
        not facts.kept_from and facts.meeting_of_board is not None and facts.meeting_of_board in reader.present_at
    )
    own = bool(facts.contributed_by) and facts.contributed_by == reader.recipient
    return all(_free_about(person, reader, facts, basis, own or in_the_room) for person in facts.about)


def _free_about(person: UUID, reader: Reader, facts: Facts, basis: Basis, known_already: bool) -> bool:
    if person == reader.person or basis.has_custody_of_young(reader.person, person):
        return True
    cell = basis.cell(person, reader.recipient, facts.topic)
    if cell is Cell.YES:
        return True
    return known_already and cell not in (Cell.NO, Cell.WITHDRAWN)


def rows_seen(kind: type[Shared], reader: Reader, basis: Basis) -> Q:
    """`may_see` as the database asks it of the rows of one forløb (C5): `rows.seen_by(reader, basis)`.

    The same rule over the rows that link a row to whom it is about. A link is free (self, custody, a valid yes), shut (a
    no, or withdrawn), or neither: nobody has answered, which contribution and presence open. So a row is seen when none
    of its links is anything but free; or when it is the reader's own or was said in the room, and none is shut. What is
    kept from the reader is not seen, and what is kept from anybody was not said in the room (M8).
    """
    about, kept = links_of(kind, "about"), links_of(kind, "kept_from")
    free, shut = _links_free(about, reader, basis), _links_shut(about, reader, basis)
    in_the_room = kind.written_at(reader.present_at) & Q(~Exists(kept.rows))
    known = in_the_room | Q(contributed_by=reader.recipient) if reader.recipient else in_the_room
    seen = Q(~Exists(about.rows.exclude(free)))
    seen |= known & Q(~Exists(about.rows.filter(shut))) if shut else known
    return seen & Q(~Exists(kept.rows.filter(**{kept.person: reader.person}))) if reader.person else seen


def rows_lost(kind: type[Shared], readers: Iterable[Reader], before: Basis, after: Basis) -> Q:
    """Rows that somebody of the readers sees before and not after: `rows.lost_by(readers, before, after)` (C7)."""
    found = Q(pk__in=[])
    for reader in readers:
        found |= rows_seen(kind, reader, before) & ~rows_seen(kind, reader, after)
    return found


def _links_free(links: Links, reader: Reader, basis: Basis) -> Q:
    found = Q(**{f"{links.person}__in": _always_free(reader, basis)})
    for person, topics in _topics_by_person(reader, basis, {Cell.YES}).items():
        found |= Q(**{links.person: person, f"{links.topic}__in": topics})
    return found


def _links_shut(links: Links, reader: Reader, basis: Basis) -> Q:
    """Empty when nobody has said no to this reader: then no link is shut."""
    free = _always_free(reader, basis)
    answered = _topics_by_person(reader, basis, set(Cell))
    found = Q()
    for person, topics in _topics_by_person(reader, basis, {Cell.NO, Cell.WITHDRAWN}).items():
        if person not in free:
            found |= Q(**{links.person: person, f"{links.topic}__in": topics})
    for person, scopes in basis.withdrawn.items():
        for scope in scopes if person not in free else ():
            if scope.recipients and reader.recipient not in scope.recipients:
                continue
            gone = Q(**{links.person: person}) & ~Q(**{f"{links.topic}__in": answered.get(person, set())})
            found |= gone & Q(**{f"{links.topic}__in": scope.topics}) if scope.topics else gone
    return found


def _always_free(reader: Reader, basis: Basis) -> set[UUID]:
    if reader.person is None:
        return set()
    return {reader.person} | {child for child in basis.custody if basis.has_custody_of_young(reader.person, child)}


def _topics_by_person(reader: Reader, basis: Basis, states: Collection[Cell]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for (person, recipient, topic), state in basis.cells.items():
        if recipient == reader.recipient and state in states:
            found.setdefault(person, set()).add(topic)
    return found


def may_know_of(reader: Reader, person: UUID, basis: Basis) -> bool:
    """May this reader know that the person is part of the forløb (name and relation)?

    Yes for oneself, for a custody holder's young child, and for a recipient with a valid yes on any topic (C5). The
    tovholder, who gathers the consents, is let through by `cases.access`, not here.
    """
    if person == reader.person or basis.has_custody_of_young(reader.person, person):
        return True
    return any(
        state is Cell.YES
        for (who, recipient, _), state in basis.cells.items()
        if who == person and recipient == reader.recipient
    )


def knows_of(forloeb: Forloeb, recipient: str) -> Callable[[UUID], bool]:
    """`may_know_of` for one department or external party of a forløb, for the apps below this one. Two queries."""
    reader, basis = Reader(recipient), load_basis(forloeb)
    return lambda person: may_know_of(reader, person, basis)


@dataclass(frozen=True, slots=True)
class SharedItems(Generic[ItemT]):
    """What a reader gets, in the order given, and how many items were left out (told to staff only, C6)."""

    visible: list[ItemT]
    left_out: int


def share(items: Iterable[ItemT], reader: Reader, basis: Basis) -> SharedItems[ItemT]:
    """Sort items into what the reader may have and a count of the rest.

    In: rows fetched with their marks. An item kept from a person is not even counted for that person
    (M8): no gap, no hint.
    """
    visible: list[ItemT] = []
    left_out = 0
    for item in items:
        facts = Facts.of(item)
        if may_see(reader, facts, basis):
            visible.append(item)
        elif reader.person is None or reader.person not in facts.kept_from:
            left_out += 1
    return SharedItems(visible, left_out)


def load_basis(forloeb: Forloeb, on: date | None = None) -> Basis:
    """The basis for one forløb on a day (default: today in Denmark), in two queries."""
    return load_bases([forloeb.pk], on)[forloeb.pk]


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


Cells = dict[tuple[UUID, str, UUID], Cell]
Withdrawn = tuple[Scope, date]  # and the day it was said


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
