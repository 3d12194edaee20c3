"""The papers of a meeting: Dagsorden and Tavlen, each for one reader and no more than that reader may have (C5)."""

from typing import Any

from consent.clues import Found, against, found_in, guards_of
from consent.sharing import Reader
from documents.actions import filename_for
from documents.pdf import render, words
from meetings.board import board_for, members_of, reader_of_attendance
from meetings.models import Attendance, Meeting
from web.dates import as_date


def agenda(meeting: Meeting, page: dict[str, Any]) -> tuple[str, bytes]:
    """(file name, PDF) of Dagsorden. page: `meetings.page.page_of` for the one who reads it."""
    title = "Fælles Familier – Dagsorden"
    content = render(
        "meetings/print_agenda.html",
        page,
        title=title,
        version_label=f"Møde {meeting.number}",
        on=as_date(meeting.starts_at),
        reference=f"Forløb {meeting.forloeb.number}",
    )
    return _name(meeting, "Dagsorden"), content


def board(meeting: Meeting, row: Attendance, handed_by: Reader) -> tuple[str, bytes]:
    """(file name, PDF) of Tavlen for one of the invited. A family member's paper never hints at what is left out (C6)."""
    content = render("meetings/print_board.html", _board(meeting, row, handed_by), **_board_facts(meeting))
    return _name(meeting, "Tavlen"), content


def board_clues(meeting: Meeting, row: Attendance, handed_by: Reader) -> list[Found]:
    """The clues to a protected address that this paper would carry to somebody it is protected from (C12)."""
    reader = reader_of_attendance(row)
    clues = against(guards_of(meeting.forloeb), reader)
    if not clues:
        return []
    context = _board(meeting, row, handed_by)
    text = words("meetings/print_board.html", context, **_board_facts(meeting))
    return [Found(clue, context["reader"]) for clue in found_in(text, clues)]


def _board(meeting: Meeting, row: Attendance, handed_by: Reader) -> dict[str, Any]:
    written = board_for(meeting, reader_of_attendance(row), handed_by)
    names = [one.name for one in members_of(meeting) if row.person_id == one.person.pk]
    return {
        "meeting": meeting,
        "columns": written.columns,
        "left_out": 0 if row.person_id else written.left_out,
        "reader": names[0] if names else row.participation.name if row.participation else "",
    }


def _board_facts(meeting: Meeting) -> dict[str, Any]:
    return {
        "title": "Fælles Familier – Tavlen",
        "version_label": f"Møde {meeting.number}",
        "on": as_date(meeting.starts_at),
        "reference": f"Forløb {meeting.forloeb.number}",
    }


def _name(meeting: Meeting, document: str) -> str:
    return filename_for(document, meeting.forloeb.number, as_date(meeting.starts_at), meeting.number)
