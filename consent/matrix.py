"""The matrix page: who may share what about whom, at one look. Reading only; a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from cases.ages import ages
from cases.models import FamilyMember, Forloeb, ForloebPerson, ForloebState, Person, oldest_first
from consent import readiness
from consent.basis import load_basis
from consent.models import Answer, Consent, Declaration, Topic, Withdrawal
from consent.next_step import Ground
from consent.recipients import Recipient, acquaintance_of, is_adult, recipients_of
from consent.renewal import birthdays_ahead, turns
from consent.sharing import Basis, Cell, required_signers
from consent.states import NOBODY, Shown, of_adults, shown, summed
from web import dates
from web.danish import danish_key, genitive, listed

CellId = tuple[UUID, str, UUID]
NUMBERS = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")


@dataclass(slots=True)
class Given:
    """A declaration with what the page tells of it. waits_for: who must still sign, as of today."""

    declaration: Declaration
    waits_for: list[Person]
    signed_by: list[Person]
    standing: int = 0  # how many of its answers are the newest of their cell and a yes
    has_yes: bool = False
    scans: int = 0  # how many signed papers are kept with it; counted for the page of one person

    @property
    def signed_names(self) -> str:
        return listed(one.first_name for one in self.signed_by)

    @property
    def scan_numbers(self) -> range:
        return range(1, self.scans + 1)

    @property
    def waiting_names(self) -> str:
        return listed(one.first_name for one in self.waits_for)


@dataclass(slots=True)
class Row:
    """One person: the summed cells, the topics behind them, and who signs."""

    person: Person
    is_focus: bool
    age: int | None
    signers: list[Person]
    signing: str
    line: str = ""
    cells: list[tuple[Recipient, Shown]] = field(default_factory=list)
    adults: Shown | None = None
    columns: list[Recipient] = field(default_factory=list)
    topics: list[tuple[Topic, list[tuple[Recipient, Shown]]]] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    withdrawals: list[tuple[Withdrawal, str]] = field(default_factory=list)  # each with what was withdrawn, in words
    latest: Given | None = None
    expires_on: date | None = None
    any_answer: bool = False
    has_yes: bool = False

    @property
    def waiting(self) -> Given | None:
        """The newest declaration that still lacks a signature and has a yes that needs it."""
        return next((one for one in reversed(self.given) if one.waits_for and one.standing and one.has_yes), None)


@dataclass(slots=True)
class Matrix:
    """Everything the page needs."""

    forloeb: Forloeb
    basis: Basis
    topics: list[Topic]
    recipients: list[Recipient]
    rows: list[Row]

    def ground(self) -> Ground:
        """What the next step rests on, from what the matrix has read."""
        return Ground(
            forloeb=self.forloeb,
            basis=self.basis,
            recipients=[one for one in self.columns if one.takes_part],
            topics=[topic.pk for topic in self.topics],
            missing=readiness.missing(self.forloeb, self.basis) if self.forloeb.state == ForloebState.CONSENT else [],
            others={one for row in self.rows for one in row.signers},
        )

    @property
    def columns(self) -> list[Recipient]:
        return [one for one in self.recipients if not one.is_adult]

    @property
    def heading(self) -> str:
        number = len(self.rows)
        if number == 1:
            return "Den, det handler om"
        return f"De {NUMBERS[number] if number < len(NUMBERS) else number}, det handler om"

    @property
    def has_adults(self) -> bool:
        return any(one.is_adult for one in self.recipients)

    def tallies(self) -> list[tuple[int, str, str, str]]:
        """(number, words, kind, icon): what stands in the way, most urgent first; zeros are left out."""
        shown_cells = [
            one
            for row in self.rows
            for one in [*(cell for _, cell in row.cells), *([row.adults] if row.adults else [])]
        ]
        words = (
            (Cell.UNSIGNED, "mangler underskrift", "mangler underskrift", "late", "edit"),
            (Cell.EXPIRED, "er udløbet", "er udløbet", "late", "hourglass"),
            (Cell.WITHDRAWN, "er tilbagekaldt", "er tilbagekaldt", "soon", "reply"),
            (None, "er ikke spurgt", "er ikke spurgt", "none", "help"),
            (Cell.YES, "har et ja", "har et ja", "ok", "check"),
        )
        return [
            (number, f"{number} {one if number == 1 else many}", kind, icon)
            for state, one, many, kind, icon in words
            if (number := sum(cell.state is state for cell in shown_cells if cell is not NOBODY))
        ]


def build(forloeb: Forloeb, *, only: Iterable[UUID] | None = None, basis: Basis | None = None) -> Matrix:
    """The matrix of a forløb today. only: ids of the persons to show (None = all): who may see is decided by the view."""
    basis = basis or load_basis(forloeb)
    recipients = recipients_of(forloeb, basis)
    facts = _Facts(forloeb, basis)
    told = {topic for _, _, topic in basis.cells} | {UUID(pk) for one in facts.withdrawals for pk in one.topics}
    known = list(Topic.objects.in_use_or_answered(told))
    topics = [topic for topic in known if topic.is_active]
    wanted = None if only is None else set(only)
    rows = [
        _row(facts, entry, recipients, known)
        for entry in ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True)
        .select_related("person")
        .order_by(oldest_first(), "pk")
        if wanted is None or entry.person_id in wanted
    ]
    return Matrix(forloeb, basis, topics, recipients, rows)


class _Facts:
    """What the rows are made of, read once: declarations, answers, withdrawals, names, who knows whom. Seven queries."""

    def __init__(self, forloeb: Forloeb, basis: Basis) -> None:
        self.basis = basis
        self.acquaintance = acquaintance_of(forloeb, basis)
        self.members = {
            member.person_id: member
            for member in FamilyMember.objects.filter(family=forloeb.family_id).select_related("person")
        }
        holders = {holder for held in basis.custody.values() for holder in held} - set(self.members)
        self.people = {pk: member.person for pk, member in self.members.items()}
        self.people |= {person.pk: person for person in Person.objects.filter(pk__in=holders)}
        self.declarations = list(
            Declaration.objects.filter(forloeb=forloeb)
            .select_related("person", "text", "informed_by", "evidence")
            .prefetch_related("signatures__signer")
            .defer("evidence__sealed")
            .order_by("sequence")
        )
        self.withdrawals = list(
            Withdrawal.objects.filter(forloeb=forloeb).select_related("receipt").defer("receipt__sealed").order_by("at")
        )
        newest: dict[CellId, Consent] = {}
        said = {paper.pk: place for place, paper in enumerate(basis.papers)}  # a paper registered late is no newer (C4)
        rows = Consent.objects.filter(declaration__forloeb=forloeb)
        for row in sorted(rows, key=lambda one: said[one.declaration_id]):
            newest[self._person_of(row), row.recipient, row.topic_id] = row
        self.newest = newest

    def _person_of(self, row: Consent) -> UUID:
        if not hasattr(self, "_owner"):
            self._owner = {one.pk: one.person_id for one in self.declarations}
            self.by_pk = {one.pk: one for one in self.declarations}
        return self._owner[row.declaration_id]

    def date_of(self, cell: CellId, state: Cell | None) -> str:
        """The day a cell expired or was withdrawn, in words."""
        row = self.newest.get(cell)
        if state is Cell.EXPIRED and row is not None:
            return dates.long_date(self.by_pk[row.declaration_id].expires_on)
        if state is Cell.WITHDRAWN:
            if row is not None and row.withdrawn_at is not None:
                return dates.long_date(timezone.localtime(row.withdrawn_at))
            last = [one for one in self.withdrawals if one.person_id == cell[0]]
            return dates.long_date(timezone.localtime(last[-1].at)) if last else ""
        return ""

    def required(self, person: Person) -> list[Person]:
        """Who must sign today, by name. Empty: a child without custody written down."""
        pks = required_signers(
            person.pk, self.basis.ages.get(person.pk), self.basis.custody.get(person.pk, frozenset())
        )
        found = [self.people.get(pk, person) for pk in pks]
        return sorted(found, key=lambda one: danish_key(one.name))


def _row(facts: _Facts, entry: ForloebPerson, recipients: list[Recipient], known: list[Topic]) -> Row:
    """known: the topics in use, and those that somebody has answered about: a yes holds when its topic goes out of use."""
    person, basis = entry.person, facts.basis
    told = {topic for who, _, topic in basis.cells if who == person.pk}
    topics = [topic for topic in known if topic.is_active or topic.pk in told]
    signers = facts.required(person)
    row = Row(person, entry.is_focus, basis.ages.get(person.pk), signers, "")
    row.given = [_given(facts, one, signers) for one in facts.declarations if one.person_id == person.pk]
    row.latest = row.given[-1] if row.given else None
    row.withdrawals = [
        (one, _taken_back(one, known, recipients)) for one in facts.withdrawals if one.person_id == person.pk
    ]
    row.columns = [one for one in recipients if facts.acquaintance.stands(one, person.pk)]
    waiting = row.waiting
    missing = listed(one.first_name for one in waiting.waits_for) if waiting else ""
    adults: list[tuple[str, Shown]] = []
    table: dict[UUID, list[tuple[Recipient, Shown]]] = {topic.pk: [] for topic in topics}
    for one in row.columns:
        states = {topic.pk: basis.cell(person.pk, one.key, topic.pk) for topic in topics}
        notes = {state: _note(facts, person, one.key, topics, state, missing) for state in set(states.values())}
        summary = summed(states, topics, notes)
        for topic in topics:
            table[topic.pk].append((one, shown(states[topic.pk])))
        if one.is_adult:
            adults.append(
                (facts.people[UUID(one.key[2:])].first_name if UUID(one.key[2:]) in facts.people else one.name, summary)
            )
        else:
            row.cells.append((one, summary))
        row.any_answer |= any(states.values())
        row.has_yes |= Cell.YES in states.values()
    row.adults = of_adults(adults) if any(one.is_adult for one in recipients) else None
    row.topics = [(topic, table[topic.pk]) for topic in topics]
    row.expires_on = basis.until.get(person.pk)
    row.signing = _signing(row, waiting)
    for years, day in birthdays_ahead(person, basis.on):
        row.signing += f". Fylder {years} år {dates.long_date(day)}"
    row.line = _line(row, waiting)
    return row


def _taken_back(withdrawal: Withdrawal, topics: list[Topic], recipients: list[Recipient]) -> str:
    """»Misbrug, til Job og Udvikling.«"""
    if not (withdrawal.topics or withdrawal.recipients):
        return "Det hele."
    about = listed(topic.name.lower() for topic in topics if str(topic.pk) in withdrawal.topics).capitalize()
    to = listed(one.name for one in recipients if one.key in withdrawal.recipients)
    return f"{about or 'Alle emner'}, til {to or 'alle modtagere'}."


def _given(facts: _Facts, declaration: Declaration, required: list[Person]) -> Given:
    signed = [one.signer for one in declaration.signatures.all()]
    expired = declaration.expires_on <= facts.basis.on
    newest = [
        row
        for row in facts.newest.values()
        if row.declaration_id == declaration.pk and row.withdrawn_at is None and not expired
    ]
    return Given(
        declaration,
        [one for one in required if one not in signed],
        signed,
        standing=len(newest),
        has_yes=any(row.answer == Answer.YES for row in newest),
    )


def _note(facts: _Facts, person: Person, key: str, topics: list[Topic], state: Cell | None, missing: str) -> str:
    if state is Cell.UNSIGNED:
        return missing
    days = (facts.date_of((person.pk, key, topic.pk), state) for topic in topics)
    return next((day for day in days if day), "")


def _signing(row: Row, waiting: Given | None) -> str:
    """»15 år. Skriver selv under«, »4 år. Anna har skrevet under, Carl mangler«."""
    limits = ages()
    years = f"{row.age} år. " if row.age is not None and row.age < limits.adult else ""
    if not row.signers:
        return f"{years}Mangler forældremyndighed"
    if row.signers == [row.person]:
        return f"{years}Skriver selv under"
    if waiting:
        signed = [one.first_name for one in waiting.signed_by if one in row.signers]
        missing = listed(one.first_name for one in waiting.waits_for)
        return (
            f"{years}{listed(signed)} har skrevet under, {missing} mangler" if signed else f"{years}{missing} mangler"
        )
    return f"{years}{listed(one.first_name for one in row.signers)} skriver under"


def _line(row: Row, waiting: Given | None) -> str:
    """The one line beside the name over the person's topics."""
    if not row.signers:
        return "Ingen forældremyndighed er skrevet på"
    if waiting:
        return f"Mangler {listed(genitive(one.first_name) for one in waiting.waits_for)} underskrift"
    states = {one.state for _, cells in row.topics for _, one in cells}
    if Cell.EXPIRED in states:
        return "Noget er udløbet"
    if row.expires_on:
        withdrawn = "Noget er tilbagekaldt. " if Cell.WITHDRAWN in states else ""
        return f"{withdrawn}Udløber {dates.long_date(row.expires_on)}"
    if Cell.WITHDRAWN in states:
        return "Tilbagekaldt"
    return "Har sagt nej" if row.any_answer else "Ikke spurgt endnu"


def _signs_soon(child: Person, on: date) -> str:
    """A warning before the day comes, where the consent is written and not only on Min dag (C1)."""
    limit, name = ages().signs_self, child.first_name
    day = dict(birthdays_ahead(child, on)).get(limit)
    if day is None:
        return ""
    return (
        f" {name} fylder {limit} år den {dates.long_date(day)}. Så skriver {name} selv under, og det skal gives på ny."
    )


def who_signs(matrix: Matrix) -> list[tuple[str, str]]:
    """The law's ages in this family's own names: (group, what holds)."""
    limits = ages()
    adults = [row for row in matrix.rows if is_adult(row.person, "", matrix.basis.on) and row.signers == [row.person]]
    told = [("Voksne", "Skriver selv under. Ingen kan gøre det for dem.")] if adults else []
    young = [row for row in matrix.rows if row not in adults and row.signers == [row.person]]
    if young:
        words = [
            f"{row.person.first_name} er {row.age} år og skriver selv under."
            + (
                f" {row.person.first_name} fyldte {limits.signs_self} år den {dates.long_date(day)}."
                if (day := turns(row.person, limits.signs_self))
                else ""
            )
            for row in young
        ]
        told.append((f"Unge fra {limits.signs_self} år", " ".join(words)))
    children = [row for row in matrix.rows if row.signers and row.signers != [row.person]]
    if children:
        words = [
            f"For {row.person.first_name} er det {listed(one.first_name for one in row.signers)}."
            + _signs_soon(row.person, matrix.basis.on)
            for row in children
        ]
        text = " ".join(["Alle med forældremyndighed skriver under.", *words])
        told.append((f"Børn under {limits.signs_self} år", text))
    unknown = [row.person.first_name for row in matrix.rows if not row.signers]
    if unknown:
        told.append(
            (
                "Mangler",
                f"Skriv, hvem der har forældremyndighed over {listed(unknown)}. Indtil da kan ingen skrive under.",
            )
        )
    return told
