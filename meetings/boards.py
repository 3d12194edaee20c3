"""The board of a meeting as its collaboration model draws it (M6), and the agenda the model begins with (M5)."""

from cases import collaboration
from meetings.models import BoardNote, Meeting


def board_of(meeting: Meeting) -> collaboration.Board:
    """The variant that was chosen when the meeting was planned; the model's first when that one is gone since."""
    boards = collaboration.model_for(meeting.forloeb).boards
    return next((board for board in boards if board.key == meeting.board_key), boards[0])


def column_of(note: BoardNote, board: collaboration.Board) -> str:
    """The key of the column a note stands in: the first when the municipality has taken its own out of the model since."""
    return note.column if note.column in {column.key for column in board.columns} else board.columns[0].key


def draft_key(meeting: Meeting, column: str) -> str:
    """Where the line being written in one column saves itself while it is written (drafts.actions)."""
    return f"tavle:{meeting.pk}:{column.replace('_', '-')}"
