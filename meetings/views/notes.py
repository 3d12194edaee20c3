"""One note on the board: mend, move, mark, take off. Answers as the board's own views do."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render

from consent.basis import load_basis
from consent.marking import mentioned, people_of
from consent.models import Topic
from consent.sharing import Facts, may_see
from meetings import actions
from meetings.access import MeetingRequest, demand_worker, note_view
from meetings.board import reader_here
from meetings.boards import board_of
from meetings.forms import ChangeNoteForm, MoveForm, RemoveForm
from meetings.models import BoardNote, MeetingState
from meetings.views.answers import is_board_script, tell, with_unseen
from meetings.views.board import done, people_here, persons_of, refused
from web.access import route
from web.errors import Stale


def _seen(request: MeetingRequest, note: BoardNote) -> None:
    """A note that the employee may not have does not exist for them, nor for their acts (C5)."""
    demand_worker(request.user, note.meeting)
    reader = reader_here(request.standing)
    request.told_about = [person.pk for person in note.about.all()]
    if not may_see(reader, Facts.of(note), load_basis(note.meeting.forloeb)):
        raise Http404


def _last_record(note: BoardNote) -> Any:
    return note.history.order_by("-history_id").first()


def _note_form(request: MeetingRequest, note: BoardNote) -> ChangeNoteForm:
    members = people_here(request, note.meeting)
    known = {one.person.pk for one in members}
    about, kept_from = list(note.about.all()), list(note.kept_from.all())
    return ChangeNoteForm(
        request.POST or None,
        people=persons_of(members),
        topics=Topic.objects.in_use_or(note.topic_id),
        columns=[(column.key, column.title) for column in board_of(note.meeting).columns],
        hidden={person.pk for person in [*about, *kept_from, *([note.said_by] if note.said_by else [])]} - known,
        initial={
            "text": note.text,
            "said_by": note.said_by_id,
            "about": about,
            "topic": note.topic_id,
            "kept_from": kept_from,
            "column": note.column,
            "row_version": note.row_version,
        },
    )


@route("board", methods=("GET", "POST"))
@note_view
def note(request: MeetingRequest, note: BoardNote) -> HttpResponse:
    """Mend one note: its words, who said it, and its marks. Two editors: both texts are shown."""
    _seen(request, note)
    form = _note_form(request, note)
    if form.is_bound and form.is_valid():
        chosen = _with_unseen(note, form)
        before = _last_record(note)
        try:
            changed = actions.change_note(by=request.user, note=note, **chosen)
        except Stale:
            return _note_page(request, note, form, 409)
        except ValidationError as error:
            tell(form, error)
        else:
            return done(request, note.meeting, changed, "changed", before)
    return _note_page(request, note, form, 422 if form.is_bound else 200)


def _with_unseen(note: BoardNote, form: ChangeNoteForm) -> dict[str, Any]:
    """What was chosen, with the marks and the voice that the writer could not see."""
    chosen = with_unseen(note, form.hidden, form.cleaned_data)
    if chosen["said_by"] is None and note.said_by_id in form.hidden:
        chosen["said_by"] = note.said_by
    return chosen


def _note_page(request: MeetingRequest, note: BoardNote, form: ChangeNoteForm, status: int) -> HttpResponse:
    columns = list(board_of(note.meeting).columns)
    context = {
        "form": form,
        "note": note,
        "meeting": note.meeting,
        "forloeb": note.meeting.forloeb,
        "is_open": note.meeting.state == MeetingState.PLANNED,
        "is_stale": status == 409,
        "others": [column for column in columns if column.key != note.column],
    }
    template = "meetings/note.html#panel" if is_board_script(request) else "meetings/note.html"
    return render(request, template, context, status=status)


@route("board", methods=("POST",))
@note_view
def note_move(request: MeetingRequest, note: BoardNote) -> HttpResponse:
    """Move a note: to a column, before another note, or one step."""
    _seen(request, note)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return refused(request, note.meeting, form)
    column = form.cleaned_data["column"] or note.column
    before, place = _last_record(note), _place(request, note, column, form.cleaned_data)
    try:
        version = form.cleaned_data["row_version"]
        moved = actions.move_note(by=request.user, note=note, column=column, position=place, row_version=version)
    except ValidationError as error:
        tell(form, error)
        return refused(request, note.meeting, form)
    return done(request, note.meeting, moved, "moved", before)


def _place(request: MeetingRequest, note: BoardNote, column: str, chosen: dict[str, Any]) -> int | None:
    """The place among all the column's other notes; a step counts only notes that the writer sees."""
    rows = BoardNote.objects.filter(meeting=note.meeting, column=column).exclude(pk=note.pk)
    others = list(rows.order_by("position", "created_at", "pk"))
    if chosen["step"]:
        basis, reader = load_basis(note.meeting.forloeb), reader_here(request.standing)
        key = (note.position, note.created_at)
        known = set(rows.seen_by(reader, basis).values_list("pk", flat=True))
        seen = [index for index, one in enumerate(others) if one.pk in known]
        above = [index for index in seen if (others[index].position, others[index].created_at) < key]
        below = [index for index in seen if (others[index].position, others[index].created_at) > key]
        if chosen["step"] < 0:
            return above[-1] if above else 0
        return below[0] + 1 if below else None
    before: UUID | None = chosen["before"]
    return next((index for index, one in enumerate(others) if one.pk == before), None)


@route("board", methods=("POST",))
@note_view
def note_remove(request: MeetingRequest, note: BoardNote) -> HttpResponse:
    """Take a note off the board; »Fortryd« brings it back."""
    _seen(request, note)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return refused(request, note.meeting, form)
    before, pk = _last_record(note), note.pk
    actions.remove_note(by=request.user, note=note, **form.cleaned_data)
    note.pk = pk
    return done(request, note.meeting, note, "removed", before)


@route("board", methods=("POST",))
@note_view
def note_mark(request: MeetingRequest, note: BoardNote) -> HttpResponse:
    """One tap: mark a note with those whom its text names."""
    _seen(request, note)
    before = _last_record(note)
    named = mentioned(people_of(note.meeting.forloeb), note.text)
    about = list(dict.fromkeys([*note.about.all(), *named]))
    marked = actions.change_note(
        by=request.user,
        note=note,
        row_version=note.row_version,
        text=note.text,
        said_by=note.said_by,
        about=about,
        topic=note.topic,
        kept_from=list(note.kept_from.all()),
        column=note.column,
        stays_guess=True,
    )
    return done(request, note.meeting, marked, "changed", before)
