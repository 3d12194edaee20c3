"""The board's version: what the wall and the writers poll."""

from django.db.models import Model

from meetings.models import Meeting


def raise_board_version(meeting: Meeting) -> None:
    """Count up, on the locked row. The counter is no content: it makes no history and no open form about the meeting stale."""
    meeting.board_version += 1
    meeting.skip_history_when_saving = True  # type: ignore[attr-defined]
    Model.save(meeting, update_fields=["board_version"])
    del meeting.skip_history_when_saving  # type: ignore[attr-defined]
