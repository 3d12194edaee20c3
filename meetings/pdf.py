"""The papers of a meeting: Dagsorden and Tavlen, each for one reader and no more than that reader may have (C5)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cases.access import Standing
from cases.models import UNNAMED, Participation
from consent.basis import load_basis
from consent.clues import Clue, Found, against, found_in, guards_of
from consent.labels import Labels
from consent.sharing import Basis, Reader, may_know_of
from consent.unmarked import may_read, names_only_known
from documents.actions import filename_for
from documents.pdf import render, words
from meetings.agenda import agenda_for, interpreter_for
from meetings.board import board_for, members_in, members_of, reader_here, reader_of_attendance
from meetings.models import Attendance, Meeting, MeetingRole, RoleKind
from meetings.readers import hands_of, reader_of
from meetings.readiness import expected
from web.dates import as_date


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets a paper. is_family: it gives no hint of what others have held back (C6)."""

    reader: Reader
    name: str
    is_family: bool = False
    is_employee: bool = False

    @classmethod
    def of(cls, row: Attendance) -> "Addressee":
        """One of the invited; the row as `Attendance.for_list` fetches it, with its meeting."""
        if row.participation is not None:
            return cls.of_participation(row.participation)
        return cls(reader_of_attendance(row), row.person.name if row.person else "", is_family=True)

    @classmethod
    def of_participation(cls, one: Participation) -> "Addressee":
        return cls(reader_of(one), one.name, is_employee=one.user_id is not None)


class AgendaPaper:
    """Dagsorden for one reader, made by an employee who by making it gets no more than their own (C5, C12).

    The tovholder, who gathers the consents, may name whom the reader may know of.
    """

    template = "meetings/print_agenda.html"

    def __init__(self, meeting: Meeting, to: Addressee, made_by: Standing) -> None:
        self.meeting, self.to = meeting, to
        self.maker, self.knows_all = reader_here(made_by), made_by.is_tovholder
        self.basis = load_basis(meeting.forloeb)
        self.hands = hands_of(to.reader, self.basis, meeting.forloeb_id)
        labels = Labels(self._readers(), self.basis)
        if not (to.is_family or to.is_employee or labels.may_have_name(to.name)):
            self.to = replace(to, name=UNNAMED)
        members = {one.person.pk: one for one in members_in(self.basis)}
        self.agenda = agenda_for(meeting, to.reader, self.basis, members, [self.maker, *self.hands])
        rows = expected(meeting, list(Attendance.objects.filter(meeting=meeting).for_list()))
        self.family = [row.person for row in rows if row.person and self._may_be_named(row.person.pk)]
        self.staff = labels.told(row.participation for row in rows if row.participation)
        self.unnamed = len(rows) - len(self.family) - len(self.staff)

    def _may_be_named(self, person: UUID) -> bool:
        return all(may_know_of(one, person, self.basis) for one in self._readers())

    def _readers(self) -> list[Reader]:
        """Who must be free to know whom the paper names."""
        return [self.to.reader, *self.hands, *([] if self.knows_all else [self.maker])]

    @property
    def persons(self) -> set[UUID]:
        """Whom the paper tells about, for the log."""
        return {one.pk for one in self.family}.union(*(line.point.about_ids for line in self.agenda.lines))

    def clues(self) -> list[Found]:
        """The clues to a protected address that it would carry to somebody it is protected from (C12)."""
        clues = _clues(self.meeting, [self.to.reader, *self.hands])
        found = found_in(words(self.template, self._context(), **self._facts()), clues) if clues else []
        return _told(found, _or_a_holder(self.to.name, self.hands), self.maker, self.basis, knows_all=self.knows_all)

    def pdf(self) -> tuple[str, bytes]:
        """(file name, PDF). Raises PdfError."""
        return _name(self.meeting, "Dagsorden"), render(self.template, self._context(), **self._facts())

    def _context(self) -> dict[str, Any]:
        return {
            "meeting": self.meeting,
            "forloeb": self.meeting.forloeb,
            "to": self.to,
            "family_name": self._family_name(),
            "purpose": self._purpose(),
            "interpreter": interpreter_for(self.meeting, self._readers(), self.basis),
            "lines": self.agenda.lines,
            "is_raised": any(line.who for line in self.agenda.lines),
            "roles": _roles(self.meeting),
            "family": self.family,
            "staff": self.staff,
            "is_cut": not self.to.is_family and bool(self.unnamed or self.agenda.left_out),
        }

    def _family_name(self) -> str:
        """»Antons familie« names Anton."""
        name = self.meeting.forloeb.family.name
        return name if all(names_only_known(one, name, self.basis) for one in self._readers()) else "familien"

    def _purpose(self) -> str:
        text, by = self.meeting.purpose, self.meeting.purpose_by
        readers = [self.to.reader, *self.hands, self.maker]
        return text if all(may_read(one, text, self.basis, contributed_by=by) for one in readers) else ""

    def _facts(self) -> dict[str, Any]:
        return _facts(self.meeting, "Dagsorden")


def _roles(meeting: Meeting) -> list[tuple[str, Participation | None]]:
    rows = MeetingRole.objects.filter(meeting=meeting)
    held = {
        row.role: row.participation for row in rows.select_related("participation__user", "participation__department")
    }
    return [(str(RoleKind(kind).label), held.get(kind)) for kind in RoleKind.values]


# --- Tavlen ------------------------------------------------------------------------------------------------------------------
def board(meeting: Meeting, row: Attendance, handed_by: Reader) -> tuple[str, bytes]:
    """(file name, PDF) of Tavlen for one of the invited. A family member's paper never hints at what is left out (C6)."""
    content = render("meetings/print_board.html", _board(meeting, row, handed_by), **_facts(meeting, "Tavlen"))
    return _name(meeting, "Tavlen"), content


def board_clues(meeting: Meeting, row: Attendance, made_by: Standing) -> list[Found]:
    """The clues to a protected address that this paper would carry to somebody it is protected from (C12)."""
    reader, maker, basis = reader_of_attendance(row), reader_here(made_by), load_basis(meeting.forloeb)
    hands = hands_of(reader, basis, meeting.forloeb_id)
    clues = _clues(meeting, [reader, *hands])
    if not clues:
        return []
    context = _board(meeting, row, maker)
    found = found_in(words("meetings/print_board.html", context, **_facts(meeting, "Tavlen")), clues)
    return _told(found, _or_a_holder(context["reader"], hands), maker, basis, knows_all=made_by.is_tovholder)


def _board(meeting: Meeting, row: Attendance, handed_by: Reader) -> dict[str, Any]:
    reader = reader_of_attendance(row)
    written = board_for(meeting, reader, handed_by)
    names = [one.name for one in members_of(meeting) if row.person_id == one.person.pk]
    if row.participation and row.participation.external_id:
        Labels([reader, handed_by], load_basis(meeting.forloeb)).told([row.participation])
    return {
        "meeting": meeting,
        "columns": written.columns,
        "left_out": 0 if row.person_id else written.left_out,
        "reader": names[0] if names else row.participation.name if row.participation else "",
    }


# --- both ----------------------------------------------------------------------------------------------------------------------
def _clues(meeting: Meeting, readers: Iterable[Reader]) -> list[Clue]:
    """The clues that must not come into any of these hands (C12), each once."""
    guards = guards_of(meeting.forloeb)
    return list(dict.fromkeys(clue for one in readers for clue in against(guards, one)))


def _or_a_holder(name: str, hands: Collection[Reader]) -> str:
    """Else it is no warning: a child who lives behind the protected address knows the place."""
    return f"{name} eller en, der har forældremyndigheden" if hands else name


def _told(found: Iterable[Clue], name: str, maker: Reader, basis: Basis, *, knows_all: bool) -> list[Found]:
    """The clues as the warning tells them: whose they are only to a maker who may know of the person (C5)."""
    return [Found(one, name, tells=knows_all or may_know_of(maker, one.person, basis)) for one in found]


def _facts(meeting: Meeting, document: str) -> dict[str, Any]:
    return {
        "title": f"Fælles Familier – {document}",
        "version_label": f"Møde {meeting.number}",
        "on": as_date(meeting.starts_at),
        "reference": f"Forløb {meeting.forloeb.number}",
    }


def _name(meeting: Meeting, document: str) -> str:
    return filename_for(document, meeting.forloeb.number, as_date(meeting.starts_at), meeting.number)
