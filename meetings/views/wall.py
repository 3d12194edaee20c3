"""The board on the wall: what everyone in the room may have, and no hint of the rest (M6)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from consent.access import guided
from meetings.access import MeetingRequest, board_view
from meetings.board import reader_here, wall_of
from meetings.models import Meeting, MeetingState
from meetings.stamp import stamp_of
from web.access import route

STOP_POLLING = 286


def _shown(request: MeetingRequest, meeting: Meeting) -> dict[str, Any]:
    wall = wall_of(meeting, reader_here(request.standing))
    context = {"meeting": meeting, "wall": wall, "is_live": meeting.state == MeetingState.PLANNED, "stamp": ""}
    lines = [line for column in wall.columns for line in column.lines]
    request.told_about = {person for line in lines for person in line.note.about_ids}
    return context | {"stamp": stamp_of(render_to_string("meetings/wall.html#notes", context))}


@route("board")
@guided
@board_view
def wall(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """The wall, 1920×1080, readable at five metres."""
    return render(request, "meetings/wall.html", _shown(request, meeting))


@route("board")
@board_view
def wall_state(request: MeetingRequest, meeting: Meeting, stamp: str) -> HttpResponse:
    """The wall's poll: 204 while nothing is new, 286 when the meeting is over."""
    context = _shown(request, meeting)
    if not context["is_live"]:
        return render(request, "meetings/wall.html#notes", context, status=STOP_POLLING)
    if context["stamp"] == stamp:
        return HttpResponse(status=204)
    return render(request, "meetings/wall.html#notes", context)
