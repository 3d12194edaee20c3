"""»Må det siges her?« (M4): who at the meeting may hear what about whom, before it begins and while people come and go.

Asked is consent alone: that somebody will be in the room gives no leave to say a thing to them. Children are no
recipients (C2); what may be said while they listen is for the adults to judge. Persons whom the reader may not know of
are counted, never named (C6). Why something may not be said (a no, never asked, withdrawn) is told to the tovholder and
the mødeleder, who act on it; the others get only that it may not.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cases.access import Standing
from cases.ages import ages
from consent.models import Topic
from consent.recipients import is_adult
from consent.sharing import Basis, Cell, Facts, Reader, may_see
from consent.states import LOOK, short
from documents.actions import filename_for
from documents.pdf import render
from meetings.access import may_frame, roles_of
from meetings.board import Member, Table
from meetings.models import Attendance, Meeting, Presence
from meetings.stamp import stamp_of
from web.danish import listed
from web.dates import as_date

TITLE = "Fælles Familier – Må det siges her?"
WIDEST = 7
UNKNOWN = "En voksen i familien"  # in the room, but not one the reader may know of (C5)
NOT_SIGNED_SELF = "15+ ikke underskrevet"
HERE = (Presence.PRESENT, Presence.PARTLY)
# What to act on first, in words.
ORDER: tuple[Cell | None, ...] = (Cell.NO, Cell.WITHDRAWN, Cell.UNSIGNED, Cell.EXPIRED, None)


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody at the table who may hear or not: an invited department, external party or adult of the family."""

    reader: Reader
    name: str
    people: tuple[str, ...] = ()
    presence: str = Presence.INVITED
    people_here: tuple[str, ...] = ()
    """Of a department's people those who are there: one who sent word that they cannot come is named nowhere as present."""

    @property
    def is_here(self) -> bool:
        return self.presence in HERE


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason, with the topics it holds for. icon and word first, so that no colour is needed.

    kind: red (»late«) is what somebody can still get; a no is grey, and whoever is not told why sees one grey for all.
    """

    icon: str
    word: str
    topics: str
    kind: str = "none"


@dataclass(frozen=True, slots=True)
class Said:
    """One person and one listener. missing is empty when everything may be said; hears_nothing: on no topic at all."""

    listener: Listener
    missing: tuple[Missing, ...] = ()
    is_self: bool = False
    hears_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One person: what each listener may hear, and in one line what may not be said when all of them listen."""

    member: Member
    cells: list[Said]
    together: str

    @property
    def because(self) -> str:
        """Who it must not be said to: those who may hear nothing, when there are any; else all who lack something."""
        lacking = [cell for cell in self.cells if cell.missing]
        names = (cell.listener.name for cell in [one for one in lacking if one.hears_nothing] or lacking)
        return listed(name.lower() if name == UNKNOWN else name for name in names)  # in the middle of a sentence


@dataclass(frozen=True, slots=True)
class Sheet:
    listeners: list[Listener]
    rows: list[Row]
    left_out: int
    persons: frozenset[UUID] = field(default_factory=frozenset)
    tells_why: bool = False

    @property
    def open_cells(self) -> int:
        return sum(bool(cell.missing) for row in self.rows for cell in row.cells)

    @property
    def tables(self) -> list[tuple[list[Listener], list[tuple[Row, list[Said]]]]]:
        """At most seven listeners side by side, evenly, so that the columns stay wide enough to read on paper."""
        wide = math.ceil(len(self.listeners) / max(1, math.ceil(len(self.listeners) / WIDEST)))
        return [
            (self.listeners[at : at + wide], [(row, row.cells[at : at + wide]) for row in self.rows])
            for at in range(0, len(self.listeners), wide or 1)
        ]


def sheet(meeting: Meeting, standing: Standing) -> Sheet:
    """The whole sheet: everybody invited × the persons of the forløb × the topics. A constant number of queries."""
    table = Table.load(meeting, standing)
    tells_why = may_frame(standing, roles_of(standing, meeting))
    return _sheet(table, listeners_at(table), tells_why)


def _sheet(table: Table, listeners: list[Listener], tells_why: bool) -> Sheet:
    basis, known = table.basis, table.known
    named = {one.person.pk for one in known}
    listeners = [
        one if one.reader.person is None or one.reader.person in named else replace(one, name=UNKNOWN)
        for one in listeners
    ]
    topics = list(Topic.objects.in_use())
    rows = []
    for member in known:
        cells = [_said(member, one, topics, basis, tells_why) for one in listeners]
        rows.append(Row(member, cells, _together(member, listeners, topics, basis)))
    return Sheet(listeners, rows, len(basis.family) - len(known), frozenset(one.person.pk for one in known), tells_why)


def listeners_of(meeting: Meeting, basis: Basis) -> list[Listener]:
    """The invited as those who hear: each department and external party once, and each adult of the family."""
    return _listeners(Attendance.objects.filter(meeting=meeting).for_list(), basis, _kinds(meeting))


def listeners_at(table: Table) -> list[Listener]:
    """`listeners_of` for a page that has the table already. A query only when one is asked who left the forløb since."""
    kinds: dict[UUID, str] = {row.person_id: row.kind or "" for row in table.basis.family}  # type: ignore[attr-defined]
    if any(row.person_id and row.person_id not in kinds for row in table.rows):
        kinds = _kinds(table.meeting)
    return _listeners(table.rows, table.basis, kinds)


def _listeners(rows: Iterable[Attendance], basis: Basis, kinds: dict[UUID, str]) -> list[Listener]:
    found: dict[str, Listener] = {}
    for row in rows:
        who: tuple[str, ...] = ()
        if row.participation:
            key, name, who = row.participation.recipient, row.participation.home, (row.participation.name,)
            reader = Reader(key)
        elif row.person and is_adult(row.person, kinds.get(row.person.pk, ""), basis.on):
            reader = Reader.of_person(row.person.pk)
            key, name = reader.recipient, row.person.first_name
        else:
            continue
        before = found.get(key)
        found[key] = Listener(
            reader,
            name,
            (*before.people, *who) if before else who,
            _nearest(before.presence, row.presence) if before else row.presence,
            (*(before.people_here if before else ()), *(who if row.presence in HERE else ())),
        )
    return list(found.values())


def _nearest(one: str, other: str) -> str:
    """Of two people from one department, the one who is there counts."""
    here = (Presence.PRESENT, Presence.PARTLY, Presence.INVITED)
    return min(one, other, key=lambda value: here.index(value) if value in here else len(here))


def _kinds(meeting: Meeting) -> dict[UUID, str]:
    family = meeting.forloeb.family.members.all()
    return {row.person_id: row.kind for row in family}


def _said(member: Member, listener: Listener, topics: Sequence[Topic], basis: Basis, tells_why: bool) -> Said:
    person = member.person.pk
    by_state: dict[Cell | None, list[Topic]] = {}
    for topic in topics:
        if not _may_hear(person, listener.reader, topic, basis):
            by_state.setdefault(basis.cell(person, listener.reader.recipient, topic.pk), []).append(topic)
    hears_nothing = sum(map(len, by_state.values())) == len(topics)
    if not tells_why and by_state:
        closed = [topic for topic in topics if any(topic in found for found in by_state.values())]
        missing = [Missing("close", "Må ikke siges", _in_words(closed, topics))]
        return Said(listener, tuple(missing), hears_nothing=hears_nothing)
    missing = [
        Missing(
            LOOK[state][1],
            _word(state, person, basis),
            _in_words(by_state[state], topics, is_all=len(by_state) == 1),
            _kind(state),
        )
        for state in ORDER
        if state in by_state
    ]
    return Said(listener, tuple(missing), listener.reader.person == person, hears_nothing)


def _may_hear(person: UUID, reader: Reader, topic: Topic, basis: Basis) -> bool:
    """The one rule (C5), for a thing about this person alone that nobody has said here before."""
    return may_see(reader, Facts(about=frozenset({person}), topic=topic.pk), basis)


def _word(state: Cell | None, person: UUID, basis: Basis) -> str:
    age = basis.ages.get(person)
    if state is Cell.UNSIGNED and age is not None and ages().signs_self <= age < ages().adult:
        return NOT_SIGNED_SELF
    return LOOK[state][2]


def _kind(state: Cell | None) -> str:
    """A no and a withdrawal are a right, shown as in the matrix; the rest is a consent that is missing (M4)."""
    return LOOK[state][0] if state in (Cell.NO, Cell.WITHDRAWN) else "late"


def _in_words(found: Sequence[Topic], topics: Sequence[Topic], *, is_all: bool = True) -> str:
    """The topics that may not be said; when they are most of them, shorter by those that may.

    is_all: nothing else is closed between the two, so that every topic but these may be said.
    """
    if len(found) == len(topics):
        return "alle emner"
    closed = {topic.pk for topic in found}
    rest = [topic for topic in topics if topic.pk not in closed]
    if is_all and len(rest) < len(found):
        return f"alt undtagen {listed(short(topic).lower() for topic in rest)}"
    return ", ".join(short(topic).lower() for topic in found)


def _together(member: Member, listeners: Iterable[Listener], topics: Sequence[Topic], basis: Basis) -> str:
    """The topics that somebody of the listeners may not hear about the person; empty = everything may be said."""
    closed = [
        topic for topic in topics if not all(_may_hear(member.person.pk, one.reader, topic, basis) for one in listeners)
    ]
    return _in_words(closed, topics) if closed else ""


# --- beside the board ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Now:
    """Who is there, and per person what must not be said now and because of whom."""

    here: list[str]
    waiting: int
    lines: list[tuple[str, str, str]]
    left_out: int
    stamp: str
    persons: frozenset[UUID]


def now(meeting: Meeting, standing: Standing) -> Now:
    """The same rule for those who are registered present; before anybody is, for everybody who is invited."""
    return now_at(Table.load(meeting, standing))


def now_at(table: Table) -> Now:
    """`now` for a page that has the table already."""
    everybody = listeners_at(table)
    here = [one for one in everybody if one.is_here]
    listening = here or [one for one in everybody if one.presence == Presence.INVITED]
    found = _sheet(table, listening, tells_why=False)
    lines = [(row.member.label, row.together, row.because) for row in found.rows if row.together]
    # As the sheet calls them: an adult whom the reader may not know of is there without a name (C5).
    names = [name for one in found.listeners if one.is_here for name in (one.people_here or (one.name,))]
    # A child hears nothing that a consent decides, and sits at the table all the same: named to who may know of them.
    known = {member.person.pk: member.name for member in table.known}
    heard = {one.reader.person for one in everybody}
    names += [known[row.person_id] for row in table.rows if row.is_present and row.person_id in known.keys() - heard]
    told: Any = (names, table.waiting, lines, found.left_out, str(table.meeting.state))
    return Now(names, table.waiting, lines, found.left_out, stamp_of(repr(told)), found.persons)


# --- the sheet on paper ----------------------------------------------------------------------------------------------------
def paper(meeting: Meeting, found: Sheet) -> tuple[str, bytes]:
    """(file name, PDF) of the sheet. Raises documents.pdf.PdfError."""
    day = as_date(meeting.starts_at)
    content = render(
        "meetings/print_may_it_be_said.html",
        {"meeting": meeting, "sheet": found},
        title=TITLE,
        version_label=f"Møde {meeting.number}",
        on=day,
        reference=f"Forløb {meeting.forloeb.number}",
    )
    return filename_for("Må det siges her", meeting.forloeb.number, day, meeting.number), content
