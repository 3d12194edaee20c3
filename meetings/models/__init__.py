"""Meetings: time, place, people, roles, the board and the smileys (M1–M12)."""

from meetings.models.board import AgendaPoint, AgendaPointQuerySet, BoardNote, BoardNoteQuerySet
from meetings.models.coming import Attendance, AttendanceQuerySet, Presence, ScalingAnswer, SmileyRating
from meetings.models.meetings import TRANSITIONS, Meeting, MeetingQuerySet, MeetingRole, MeetingState, RoleKind

__all__ = [
    "AgendaPoint",
    "AgendaPointQuerySet",
    "Attendance",
    "AttendanceQuerySet",
    "BoardNote",
    "BoardNoteQuerySet",
    "Meeting",
    "MeetingQuerySet",
    "MeetingRole",
    "MeetingState",
    "Presence",
    "RoleKind",
    "ScalingAnswer",
    "SmileyRating",
    "TRANSITIONS",
]
