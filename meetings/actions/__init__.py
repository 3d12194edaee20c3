"""What can be done with a meeting; split by noun."""

from meetings.actions.agenda import add_agenda_point, change_agenda_point, move_agenda_point, remove_agenda_point
from meetings.actions.board import (
    add_note,
    change_note,
    forget_scaling,
    move_note,
    remove_note,
    restore_note,
    set_scaling,
)
from meetings.actions.planning import cancel_meeting, change_meeting, invite, plan_meeting, set_role, uninvite
from meetings.actions.sitting import give_smiley, hold, set_presence

__all__ = [
    "add_agenda_point",
    "add_note",
    "cancel_meeting",
    "change_agenda_point",
    "change_meeting",
    "change_note",
    "forget_scaling",
    "give_smiley",
    "hold",
    "invite",
    "move_agenda_point",
    "move_note",
    "plan_meeting",
    "remove_agenda_point",
    "remove_note",
    "restore_note",
    "set_presence",
    "set_role",
    "set_scaling",
    "uninvite",
]
