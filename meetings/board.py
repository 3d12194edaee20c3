"""The board as one reader may have it: for who writes, for the wall, and on paper. Everything goes through the one check."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cases.access import Standing
from cases.models import FamilyMember, FamilyRelation, ForloebPerson, Person, oldest_first
from consent.basis import load_basis
from consent.labels import Labels
from consent.marking import Named, guarded_in, unmarked
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see, share
from meetings.boards import board_of, column_of
from meetings.models import Attendance, BoardNote, Meeting, Presence
from meetings.readers import hands_of, is_the_same, reader_of, reader_of_person


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the forløb with the word for the relation: »Sofie, mor«; a child is only »Anton«."""

    person: Person
    relation: str = ""
    is_adult: bool = False

    @property
    def name(self) -> str:
        return self.person.first_name

    @property
    def key(self) -> str:
        """The id as a form posts it."""
        return str(self.person.pk)

    @property
    def label(self) -> str:
        return f"{self.name}, {self.relation}" if self.is_adult and self.relation else self.name


@dataclass(frozen=True, slots=True)
class Line:
    """One note as it is shown. held_back: why it is not on the wall, without naming whose consent (M6); empty = on it."""

    note: BoardNote
    who: str = ""
    held_back: str = ""
    unmarked: tuple[str, ...] = ()

    @property
    def is_voice(self) -> bool:
        return self.note.said_by_id is not None


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    is_goal: bool
    number: int
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WrittenBoard:
    """What the writer sees, and how many notes the writer may not (C6)."""

    columns: list[Column]
    left_out: int


def members_of(meeting: Meeting) -> list[Member]:
    """Everybody of the forløb now, focus persons first. Two queries."""
    forloeb = meeting.forloeb
    members = {row.person_id: row for row in FamilyMember.objects.filter(family=forloeb.family_id)}
    rows = ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True).select_related("person")
    ordered = rows.order_by("-is_focus", oldest_first(), "pk")
    return [
        _member(row.person, one.kind if one else None, one.relation if one else None)
        for row in ordered
        for one in [members.get(row.person_id)]
    ]


def members_in(basis: Basis) -> list[Member]:
    """`members_of` for a page that has the basis already: no query. A person without a birth date comes last."""
    rows: list[Any] = sorted(
        basis.family, key=lambda row: (not row.is_focus, row.person.birth_date or date.max, row.pk)
    )
    return [_member(row.person, row.kind, row.relation) for row in rows]


def _member(person: Person, kind: str | None, relation: str | None) -> Member:
    if kind is None:
        return Member(person)
    return Member(person, (relation or "").split(" til ")[0].split(",")[0].strip(), kind != FamilyRelation.CHILD)


def known_members(members: Iterable[Member], reader: Reader, basis: Basis, *, keeps_all: bool) -> list[Member]:
    """Those whom the reader may know of; the tovholder, who gathers the consents, knows all (C5)."""
    return [one for one in members if keeps_all or may_know_of(reader, one.person.pk, basis)]


def reader_here(standing: Standing) -> Reader:
    return reader_of(standing.participation)


@dataclass(frozen=True, slots=True)
class Table:
    """What every part of a board's page stands on, fetched once: the consents, and who is at the table.

    reader: the employee who asks, as present at this meeting or not; other meetings do not matter to its board.
    """

    meeting: Meeting
    standing: Standing
    basis: Basis
    rows: list[Attendance]

    @classmethod
    def load(cls, meeting: Meeting, standing: Standing) -> "Table":
        """Three queries, and one more when an external is called after somebody of the family."""
        basis, rows = load_basis(meeting.forloeb), list(meeting.attendance.for_list().with_scaling())
        table = cls(meeting, standing, basis, rows)
        labels = Labels([table.reader], basis, keeps_all=standing.is_tovholder)
        labels.told(row.participation for row in rows if row.participation)
        return table

    @property
    def reader(self) -> Reader:
        mine = self.standing.participation
        is_here = any(
            row.participation is not None and row.is_present and is_the_same(row.participation, mine)
            for row in self.rows
        )
        return Reader(mine.recipient, present_at=frozenset({self.meeting.pk} if is_here else ()))

    @property
    def room(self) -> list[Reader]:
        return _room(self.meeting, (row for row in self.rows if row.is_in_the_room))

    @property
    def waiting(self) -> int:
        """Invited, and nobody has said yet whether they came."""
        return sum(row.presence == Presence.INVITED for row in self.rows)

    @property
    def known(self) -> list[Member]:
        """Those of the family whom the asker may know of."""
        return known_members(members_in(self.basis), self.reader, self.basis, keeps_all=self.standing.is_tovholder)


def _notes(meeting: Meeting) -> list[BoardNote]:
    return list(BoardNote.objects.filter(meeting=meeting).for_sharing().with_mark_ids())


def _who(note: BoardNote, members: dict[UUID, Member], readers: Iterable[Reader], basis: Basis) -> str:
    """Who said it: when each reader may know of that person, or the note is about them and so theirs to see."""
    if note.said_by is None or note.said_by_id is None:
        return ""
    if note.said_by_id not in note.about_ids and not all(may_know_of(one, note.said_by_id, basis) for one in readers):
        return ""
    member = members.get(note.said_by_id)
    return member.label if member else note.said_by.first_name


# --- for who writes ----------------------------------------------------------------------------------------------------------
def written_board(table: Table) -> WrittenBoard:
    """The board for one employee; each note says whether it is on the wall. One query beside the table's."""
    meeting, basis, reader = table.meeting, table.basis, table.reader
    people = guarded_in(basis)
    members = {one.person.pk: one for one in members_in(basis)}
    shared = share(_notes(meeting), reader, basis)
    lines = [_written_line(note, members, reader, table.room, basis, people) for note in shared.visible]
    return WrittenBoard(_in_columns(meeting, lines), shared.left_out)


def _written_line(
    note: BoardNote,
    members: dict[UUID, Member],
    reader: Reader,
    room: list[Reader],
    basis: Basis,
    people: list[Named],
) -> Line:
    names = unmarked(note.text, note.about_ids, people)
    known = {one.person.first_name for one in people if may_know_of(reader, one.person.pk, basis)}
    told = tuple(name for name in names if name in known)
    facts = Facts.of(note)
    held_back = ""
    if facts.kept_from:
        held_back = "Det er ikke sagt til alle i rummet."
    elif names:
        held_back = "Punktet nævner en, det ikke er mærket med."
    elif not all(may_see(one, facts, basis) for one in room):
        held_back = f"Punktet handler om {note.topic.name.lower()}. Ikke alle i rummet må få det at vide."
    return Line(note, _who(note, members, [reader], basis), held_back, told)


def _in_columns(meeting: Meeting, lines: list[Line]) -> list[Column]:
    by_key: dict[str, list[Line]] = {}
    board = board_of(meeting)
    for line in lines:
        by_key.setdefault(column_of(line.note, board), []).append(line)
    return [
        Column(column.key, column.title, column.is_goal, number, by_key.get(column.key, []))
        for number, column in enumerate(board.columns, start=1)
    ]


# --- for the wall ------------------------------------------------------------------------------------------------------------
def readers_in_the_room(meeting: Meeting) -> list[Reader]:
    """Everybody who may be looking at the wall, as readers who are present at this meeting (C5, M6). One query.

    Who is invited and not yet registered counts as present: the wall must not show a thing to somebody because nobody
    has ticked that they came.
    """
    return _room(meeting, Attendance.objects.filter(meeting=meeting).in_the_room().select_related("participation"))


def _room(meeting: Meeting, rows: Iterable[Attendance]) -> list[Reader]:
    here = frozenset({meeting.pk})
    return [
        Reader.of_person(row.person_id, here)
        if row.person_id
        else Reader(recipient=row.participation.recipient, present_at=here)  # type: ignore[union-attr]
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Wall:
    """What everyone in the room may have; no count and no gap for the rest (M6). names: the whole family there, or none."""

    names: list[str]
    columns: list[Column]
    is_crowded: bool


def wall_of(meeting: Meeting, reader: Reader) -> Wall:
    """The wall of a meeting for all in the room, opened by `reader`, who gets no more than their own. Constant queries."""
    basis = load_basis(meeting.forloeb)
    room = [*readers_in_the_room(meeting), reader]
    people = guarded_in(basis)
    members = {one.person.pk: one for one in members_in(basis)}
    shown = [
        Line(note, _who(note, members, room, basis))
        for note in _notes(meeting)
        if _is_for_all(note, room, basis) and not unmarked(note.text, note.about_ids, people)
    ]
    columns = _in_columns(meeting, shown)
    return Wall(_names(meeting, members, room, basis), columns, any(len(column.lines) >= 6 for column in columns))


def _is_for_all(note: BoardNote, room: list[Reader], basis: Basis) -> bool:
    facts = Facts.of(note)
    return not facts.kept_from and all(may_see(one, facts, basis) for one in room)


def _names(meeting: Meeting, members: dict[UUID, Member], room: list[Reader], basis: Basis) -> list[str]:
    """First names of the family at the table, or none when not all in the room may know of each of them.

    A father who sits there and is not named beside the others would be a hint (M6): all are named or nobody.
    """
    there = {one.person for one in room if one.person is not None}
    told = [
        member.name
        for pk, member in members.items()
        if pk in there and all(one.person is not None or may_know_of(one, pk, basis) for one in room)
    ]
    return told if len(told) == len(there) else []


# --- on paper ----------------------------------------------------------------------------------------------------------------
def board_for(meeting: Meeting, reader: Reader, handed_by: Reader) -> WrittenBoard:
    """The board for one reader's paper (Tavlen): what that reader may have, no more (C5).

    handed_by: the employee who makes the paper, and who by making it gets no more than their own either; nor does who
    has custody of a young child (M8).
    """
    basis = load_basis(meeting.forloeb)
    members = {one.person.pk: one for one in members_in(basis)}
    readers = [reader, handed_by, *hands_of(reader, basis, meeting.forloeb_id)]
    theirs = share(_notes(meeting), reader, basis)
    shown = theirs.visible
    for one in readers[1:]:
        shown = share(shown, one, basis).visible
    lines = [Line(note, _who(note, members, readers, basis)) for note in shown]
    return WrittenBoard(_in_columns(meeting, lines), theirs.left_out)


def reader_of_attendance(row: Attendance) -> Reader:
    """The reader behind one invitation, as a reader of this forløb."""
    if row.person is None:
        return reader_of(row.participation)  # type: ignore[arg-type]  # one of the two stands there
    return reader_of_person(row.person, row.meeting.forloeb_id)
