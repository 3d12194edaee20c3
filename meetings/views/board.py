"""Writing on the board. Each view answers board.js with the lists of notes, and a browser without it with the page."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.models import Person
from consent.access import guided
from consent.basis import load_basis
from consent.kept import can_be_kept
from consent.sharing import Facts, may_see
from drafts.actions import Fields, load_many
from meetings import actions, may_it_be_said
from meetings.access import MeetingRequest, board_view, demand_planned, demand_worker, meeting_view
from meetings.board import Column, Table, reader_here, written_board
from meetings.boards import draft_key
from meetings.forms import NoteForm, ScalingForm
from meetings.models import BoardNote, Meeting, MeetingState
from meetings.stamp import stamp_of
from meetings.views.answers import is_board_script, tell
from organisation.models import in_danish
from web.access import route
from web.errors import Refused, Stale
from web.forms import FFForm

LAST_ACT = "tavle_sidst"  # in the session: ids and versions only, what »Fortryd« undoes


def people_here(request: MeetingRequest, meeting: Meeting) -> list[Any]:
    return Table.load(meeting, request.standing).known


def persons_of(members: list[Any]) -> Any:
    return Person.objects.filter(pk__in=[one.person.pk for one in members]).order_by(in_danish("first_name"), "pk")


def _lists(request: MeetingRequest, table: Table) -> dict[str, Any]:
    """The part of the page that changes: the notes, the count left out, the version to poll with."""
    meeting = table.meeting
    board = written_board(table)
    context = {
        "meeting": meeting,
        "columns": board.columns,
        "left_out": board.left_out,
        "is_open": meeting.state == MeetingState.PLANNED,
        "last_act": request.session.get(LAST_ACT, {}).get("meeting") == str(meeting.pk),
    }
    request.told_about = {person for column in board.columns for line in column.lines for person in line.note.about_ids}
    shown = [
        (column.key, line.note.pk, line.note.row_version, line.who, line.held_back, line.unmarked)
        for column in board.columns
        for line in column.lines
    ]
    return context | {"stamp": stamp_of(repr((shown, board.left_out, meeting.state)))}


def _page(request: MeetingRequest, meeting: Meeting, *, form: FFForm | None = None, status: int = 200) -> HttpResponse:
    if request.method != "GET":
        meeting.refresh_from_db(fields=["board_version", "state"])
    table = Table.load(meeting, request.standing)
    context = _lists(request, table)
    if is_board_script(request):
        return render(request, "meetings/board.html#lists", context, status=status)
    members = table.known
    drafts = load_many(request.user, [draft_key(meeting, column.key) for column in context["columns"]])
    context |= {
        "forloeb": meeting.forloeb,
        "members": members,
        "can_be_kept": can_be_kept((one.person.pk for one in members), table.basis),
        "scales": _scales(table, members),
        "numbers": range(11),
        "problem": form,
        "now": may_it_be_said.now_at(table),
        "slots": [
            (
                column,
                reverse("drafts:save", args=[draft_key(meeting, column.key)]),
                Typed.of(column, form, drafts.get(draft_key(meeting, column.key), {})),
            )
            for column in context["columns"]
        ],
    }
    return render(request, "meetings/board.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a column's form: the line that was just refused, else the draft from last time.

    Its marks come back with the words: a child's line must not lose what keeps it off the wall (M8).
    """

    text: str = ""
    said_by: str = ""
    is_kept: bool = False

    @classmethod
    def of(cls, column: Column, form: FFForm | None, saved: Fields) -> "Typed":
        given: Any = saved
        if isinstance(form, NoteForm) and form.data.get("column") == column.key:
            given = form.data
        text, said_by = (given.get(name, "") for name in ("text", "said_by"))
        if not text or not isinstance(text, str) or not isinstance(said_by, str):
            return cls()
        return cls(text, said_by, bool(given.get("kept_from_parents")))


def _scales(table: Table, members: list[Any]) -> list[dict[str, Any]]:
    """A line for each of the family who is invited."""
    asked: dict[Any, Any] = {row.person_id: row for row in table.rows if row.person_id}
    return [
        {
            "person": one.person,
            "name": one.name,
            "start": row.scale_start,
            "end": row.scale_end,
            "next": "start" if row.scale_start is None else "end",
        }
        for one in members
        if (row := asked.get(one.person.pk))
    ]


@route("board", methods=("GET", "POST"))
@guided  # has asked for the guidance, so the loader need not ask again
@meeting_view
def board(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """The board for who writes; POST adds a line at the foot of a column."""
    demand_worker(request.user, meeting, request.standing)
    if request.method == "GET":
        return _page(request, meeting)
    form = NoteForm(request.POST, people=persons_of(people_here(request, meeting)))
    if form.is_valid():
        try:
            note = actions.add_note(by=request.user, meeting=meeting, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            return done(request, meeting, note, "added")
    return refused(request, meeting, form)


def refused(request: MeetingRequest, meeting: Meeting, form: FFForm) -> HttpResponse:
    if is_board_script(request):
        text = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return render(request, "web/_error.html", {"text": text}, status=422)
    return _page(request, meeting, form=form, status=422)


def done(request: MeetingRequest, meeting: Meeting, note: BoardNote, act: str, before: Any = None) -> HttpResponse:
    """Remember what »Fortryd« undoes; tell when the writer may not see what was just written (C5, C6)."""
    request.session[LAST_ACT] = {
        "meeting": str(meeting.pk),
        "note": str(note.pk),
        "act": act,
        "before": getattr(before, "history_id", None),
        "row_version": BoardNote.objects.filter(pk=note.pk).values_list("row_version", flat=True).first(),
    }
    reader = reader_here(request.standing)
    hidden = act == "added" and not may_see(reader, Facts.of(note), load_basis(meeting.forloeb))
    if hidden and not is_board_script(request):
        messages.warning(request, "Punktet er gemt. Du må ikke selv se det igen: samtykke mangler.")
    response = _answer(request, meeting, note.column)
    if hidden:
        response["X-FF-Unseen"] = "1"
    return response


def _answer(request: MeetingRequest, meeting: Meeting, column: str = "") -> HttpResponse:
    if is_board_script(request):
        return _page(request, meeting)
    return redirect(f"{reverse('meetings:board', args=[meeting.pk])}{'#kolonne-' + column if column else ''}")


@route("board")
@board_view
def board_state(request: MeetingRequest, meeting: Meeting, stamp: str) -> HttpResponse:
    """The poll of the other writers: 204 while nothing is new."""
    demand_worker(request.user, meeting)
    context = _lists(request, Table.load(meeting, request.standing))
    if context["stamp"] == stamp:
        return HttpResponse(status=204)
    return render(request, "meetings/board.html#lists", context)


@route("board", methods=("POST",))
@board_view
def undo(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Take back the last thing this person did on the board, unless somebody else has changed it since."""
    last = request.session.pop(LAST_ACT, None)
    if not last or last["meeting"] != str(meeting.pk):
        raise Refused("Der er ikke mere at fortryde.")
    demand_planned(meeting)
    note = BoardNote.objects.filter(pk=last["note"]).first()
    try:
        if last["act"] == "added" and note is not None:
            actions.remove_note(by=request.user, note=note, row_version=last["row_version"])
        elif last["before"] is not None:
            was = BoardNote.history.filter(id=last["note"]).get(history_id=last["before"])
            actions.restore_note(by=request.user, meeting=meeting, was=was, row_version=last["row_version"])
    except (Stale, BoardNote.DoesNotExist) as changed:
        raise Refused("En anden har rettet punktet imens, så det kan ikke fortrydes.") from changed
    except ValidationError as wrong:
        raise Refused(f"Det kan ikke fortrydes. {' '.join(wrong.messages)}") from wrong
    return _answer(request, meeting)


@route("board", methods=("POST",))
@board_view
def scaling(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """A person's number from 0 to 10, at the start or now; or none, to be asked anew (M6)."""
    demand_worker(request.user, meeting)
    form = ScalingForm(request.POST, people=persons_of(people_here(request, meeting)))
    if form.is_valid():
        when = form.cleaned_data["when"] or "end"
        if when == "anew":
            actions.forget_scaling(by=request.user, meeting=meeting, person=form.cleaned_data["person"])
            return redirect(f"{reverse('meetings:board', args=[meeting.pk])}#skala")
        try:
            actions.set_scaling(
                by=request.user,
                meeting=meeting,
                person=form.cleaned_data["person"],
                **{when: form.cleaned_data["value"]},
            )
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('meetings:board', args=[meeting.pk])}#skala")
    return refused(request, meeting, form)
