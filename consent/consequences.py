"""What a withdrawal does, told before it is done (C7).

Meetings and plans stand above this app, so they tell their part themselves. One line in their `AppConfig.ready`:

    from consent import consequences; consequences.register(board_notes_concerned)

where `board_notes_concerned(forloeb, person, loss) -> list[Consequence]` answers for what lies in its own tables: what
somebody whom the withdrawal is about sees before it and not after (`rows.lost_by`). The tovholder who reads it may not be
allowed to read the items: tell counts and kinds (`counts`), and the meeting or version they lie in, never an item's text.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from cases.models import Forloeb, Participation, ParticipationRole, Person
from consent.basis import load_basis
from consent.models import Answer, Consent, Exchange, NetworkContact, Topic, Withdrawal
from consent.recipients import Recipient, recipients_of, split
from consent.sharing import Basis, Cell, Reader, Scope
from web import dates
from web.danish import danish_key, danish_sorted, genitive, listed

CellKey = tuple[str, UUID]


class Effect(StrEnum):
    """The parts of the page, in its order."""

    HIDDEN = "hidden"
    STAYS = "stays"
    TOLD = "told"
    CONTINUES = "continues"


HEADINGS = {
    Effect.HIDDEN: "Bliver skjult",
    Effect.STAYS: "Bliver, hvor det er",
    Effect.TOLD: "Skal have besked",
    Effect.CONTINUES: "Fortsætter som før",
}
STAFF_TOLD = "Sig, at der ikke må deles mere. Det står på deres Min dag, til de har læst det."
EXTERNAL_TOLD = "Sig, at der ikke må deles mere. Det står på din Min dag, til de har fået besked."


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that happens.

    title: short and bold; text: one or two plain sentences; phone: of whom to call; lines: (who or what, how) pairs.
    """

    effect: Effect
    title: str
    text: str = ""
    phone: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What a withdrawal takes away. scope: from whom, on what. cells: the valid yes that goes. before, after: what is
    consented to as it stands, and as it will."""

    scope: Scope
    cells: frozenset[CellKey]
    before: Basis
    after: Basis

    def touches(self, recipient: str) -> bool:
        return not self.scope.recipients or recipient in self.scope.recipients


Source = Callable[[Forloeb, Person, Loss], Iterable[Consequence]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let an app above tell its part. Registering twice counts once."""
    if source not in _sources:
        _sources.append(source)


def counts(kinds: Iterable[tuple[str, str]]) -> str:
    """»2 punkter og 1 aftale« from (singular, plural) of each item; empty when there are none."""
    tally = Counter(kinds)
    return listed(f"{number} {one if number == 1 else many}" for (one, many), number in tally.items())


@dataclass(frozen=True, slots=True)
class Preview:
    """What the page shows before the person confirms. Nothing is changed by making one."""

    headline: str
    consequences: tuple[Consequence, ...]
    cells: frozenset[CellKey]
    may_continue: bool

    def groups(self) -> list[tuple[str, list[Consequence]]]:
        found = {effect: [one for one in self.consequences if one.effect is effect] for effect in Effect}
        return [(HEADINGS[effect], rows) for effect, rows in found.items() if rows]


def preview(
    forloeb: Forloeb,
    person: Person,
    basis: Basis,
    *,
    recipients: Collection[str] | None = None,
    topics: Collection[Topic] | None = None,
) -> Preview:
    """The real consequences of a withdrawal, in whole (None) or in part."""
    from consent.readiness import carries, departments_of

    loss = loss_of(person, basis, recipients=recipients, topics=topics)
    lost = loss.cells
    left = lost_cells(person, basis) - lost
    names = {one.key: one for one in recipients_of(forloeb, basis)}
    told = [
        *_hidden(person, lost, names),
        *_around(forloeb, person, loss, names),
        *_told(forloeb, person, lost, names, basis),
        *(row for source in _sources for row in source(forloeb, person, loss)),
        *_continues(person, left, names),
    ]
    return Preview(
        headline=_headline(person, recipients, topics, names, basis),
        consequences=tuple(told),
        cells=lost,
        may_continue=carries(loss.after, departments_of(forloeb, basis)),
    )


def loss_of(
    person: Person,
    basis: Basis,
    *,
    recipients: Collection[str] | None = None,
    topics: Collection[Topic] | None = None,
) -> Loss:
    """What goes when a person withdraws in whole (None) or in part. No query."""
    scope = Scope(frozenset(recipients or ()), frozenset(topic.pk for topic in topics or ()))
    cells = {
        key: Cell.WITHDRAWN if key[0] == person.pk and scope.covers(*key[1:]) and state is not Cell.NO else state
        for key, state in basis.cells.items()
    }
    told = {**basis.withdrawn, person.pk: (*basis.withdrawn.get(person.pk, ()), scope)}
    after = replace(basis, cells=cells, withdrawn=told)
    return Loss(scope, lost_cells(person, basis, recipients=recipients, topics=topics), basis, after)


def lost_cells(
    person: Person,
    basis: Basis,
    *,
    recipients: Collection[str] | None = None,
    topics: Collection[Topic] | None = None,
) -> frozenset[CellKey]:
    """The valid yes that goes when a person withdraws in whole (None) or in part."""
    scope = Scope(frozenset(recipients or ()), frozenset(topic.pk for topic in topics or ()))
    mine = {(key, topic): state for (who, key, topic), state in basis.cells.items() if who == person.pk}
    return frozenset(cell for cell, state in mine.items() if state is Cell.YES and scope.covers(*cell))


def must_be_told(forloeb: Forloeb, lost: Collection[CellKey], on: date) -> list[Participation]:
    """Who takes part for a department or an external party that loses something, and must be told not to use it.

    Not the tovholder, who writes the withdrawal down. The preview and what is left to do afterwards rest on this alike.
    """
    keys = {key for key, _ in lost}
    others = Participation.objects.open(on).filter(forloeb=forloeb).exclude(role=ParticipationRole.TOVHOLDER)
    return [row for row in others.select_related("user", "department", "external") if row.recipient in keys]


def journalised(withdrawal: Withdrawal) -> list[Consequence]:
    """What stays where it is, for the receipt: told by the apps above."""
    rows = Consent.objects.filter(withdrawal=withdrawal, answer=Answer.YES)
    cells = frozenset((row.recipient, row.topic_id) for row in rows)
    now = load_basis(withdrawal.forloeb)  # what it closed is closed: nothing is lost any more
    loss = Loss(Scope.of(withdrawal.scope), cells, now, now)
    told = (row for source in _sources for row in source(withdrawal.forloeb, withdrawal.person, loss))
    return [row for row in told if row.effect is Effect.STAYS]


def _headline(
    person: Person,
    recipients: Collection[str] | None,
    topics: Collection[Topic] | None,
    names: dict[str, Recipient],
    basis: Basis,
) -> str:
    who = listed(names[key].name for key in recipients if key in names) if recipients else "Ingen"
    what = f"om {person.first_name}"
    if topics:
        what = f"om {person.first_name}, når det gælder {', '.join(topic.name.lower() for topic in topics)}"
    if recipients:
        return f"{who} kan ikke længere få noget at vide {what}"
    parents = [row.person.first_name for row in basis.everybody if basis.has_custody_of_young(row.person_id, person.pk)]
    if parents:  # what concerns their young child they see by custody, whatever is withdrawn (C5)
        return f"Ud over {listed(danish_sorted(parents))} kan ingen længere få noget at vide {what}"
    return f"{who} kan længere få noget at vide {what}"


def _hidden(person: Person, lost: frozenset[CellKey], names: dict[str, Recipient]) -> list[Consequence]:
    if not lost:
        text = "Det, der blev sagt på et møde, bliver også lukket for dem, der var med."
        return [Consequence(Effect.HIDDEN, f"{person.first_name} har ikke noget gyldigt ja her", text)]
    topics = {topic.pk: topic for topic in Topic.objects.all()}
    by_recipient: dict[str, list[Topic]] = {}
    for key, topic in lost:
        by_recipient.setdefault(key, []).append(topics[topic])
    lines = []
    for key, found in by_recipient.items():
        ordered = sorted(found, key=lambda topic: topic.position)
        what = "alle emner" if len(ordered) == len(topics) else ", ".join(topic.name.lower() for topic in ordered)
        lines.append((names[key].name, what.capitalize()))
    text = "Det forsvinder med det samme: på sider, i søgning, i nye dokumenter og i statistik."
    title = f"{len(lines)} {'modtager' if len(lines) == 1 else 'modtagere'} mister adgang"
    return [Consequence(Effect.HIDDEN, title, text, lines=tuple(sorted(lines, key=lambda line: danish_key(line[0]))))]


def _around(forloeb: Forloeb, person: Person, loss: Loss, names: dict[str, Recipient]) -> list[Consequence]:
    """Contacts in the network, and what was talked about without the family. Nobody has them for having been present."""
    readers = [
        Reader.of_person(split(one.key)[1]) if one.is_adult else Reader(one.key)
        for one in names.values()
        if one.takes_part and loss.touches(one.key)
    ]
    others = [one for one in readers if one.person != person.pk]
    concerned: dict[str, Any] = {"forloeb": forloeb, "about": person}
    contacts = NetworkContact.objects.in_use().filter(**concerned).lost_by(others, loss.before, loss.after)
    exchanges = Exchange.objects.filter(**concerned).lost_by(others, loss.before, loss.after)
    # That an exchange happened is no secret to the staff; with whom, and who the contacts are, may be.
    lines = [
        (f"Udveksling {dates.long_date(one.on)}", f"Skrevet af {one.by.name}")
        for one in exchanges.select_related("by").order_by("on", "pk")
    ]
    number = contacts.count()
    told = counts(
        [("kontakt i netværket", "kontakter i netværket")] * number + [("udveksling", "udvekslinger")] * len(lines)
    )
    text = "De, der mister adgang, kan ikke se det mere."
    return [Consequence(Effect.HIDDEN, told, text, lines=tuple(lines))] if told else []


def _told(
    forloeb: Forloeb, person: Person, lost: frozenset[CellKey], names: dict[str, Recipient], basis: Basis
) -> list[Consequence]:
    """Employees and externals of the recipients that lose. Other adults are not told: the person decides that."""
    keys = {key for key, _ in lost}
    told = [
        Consequence(
            Effect.TOLD, f"{row.name}, {row.home}", STAFF_TOLD if row.department_id else EXTERNAL_TOLD, row.phone
        )
        for row in must_be_told(forloeb, lost, basis.on)
    ]
    adults: Sequence[str] = danish_sorted(names[key].name for key in keys if key in names and names[key].is_adult)
    if adults:
        text = f"{person.first_name} bestemmer selv, om andre i familien skal vide det."
        told.append(Consequence(Effect.TOLD, f"{listed(adults)} får ikke besked", text))
    return told


def _continues(person: Person, left: Collection[CellKey], names: dict[str, Recipient]) -> list[Consequence]:
    if not left:
        text = "Der er ikke mere, der må deles. Det almindelige arbejde i hver afdeling fortsætter."
        return [Consequence(Effect.CONTINUES, f"Intet af {genitive(person.first_name)} samtykke er tilbage", text)]
    keys = danish_sorted({names[key].name for key, _ in left if key in names})
    text = f"Det gælder stadig til {listed(keys)}."
    return [Consequence(Effect.CONTINUES, f"Resten af {genitive(person.first_name)} samtykke", text)]
