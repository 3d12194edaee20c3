"""The one sharing check (C5). Pages, fragments, PDFs, mails, exports, search and statistics all go through here.

`may_see` is the rule, pure: no query, no clock. `rows_seen` is the same rule for the database, and a test proves the two
equal. What they rest on is read by `consent.basis.load_basis`; `share` sorts a list of items into what a reader gets and
how many are left out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, Q

from cases.ages import ages
from cases.models import FamilyMember, ForloebPerson
from consent.models import Links, Shared, links_of

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
