"""Writing on the board (M6). Each change raises the board's version, which the wall and the other writers poll.

The meeting is locked before the note, everywhere: two who move notes in one column must not wait for each other.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from cases.models import Person
from consent.basis import load_basis
from consent.kept import is_young, parents_for
from consent.marking import people_of, suggest, topic_for
from consent.models import Topic
from consent.sharing import Facts
from drafts.actions import drop_draft
from meetings import followers
from meetings.access import demand_planned, demand_worker
from meetings.actions.marks import demand_marks, distinct
from meetings.actions.version import raise_board_version
from meetings.boards import board_of, draft_key
from meetings.models import Attendance, BoardNote, Meeting, MeetingState, Presence, ScalingAnswer
from organisation.models import User
from web.cpr import NO_CPR_HELP, holds_cpr
from web.errors import Refused
from web.locking import take

GAP = 1024  # between neighbours in a column, so that a move saves one row only


@transaction.atomic
def add_note(
    *,
    by: User,
    meeting: Meeting,
    column: str,
    text: str,
    said_by: Person | None = None,
    about: Iterable[Person] | None = None,
    topic: Topic | None = None,
    kept_from: Iterable[Person] = (),
    kept_from_parents: bool = False,
) -> BoardNote:
    """A note at the foot of a column. What is not marked (None) is marked as `consent.marking` suggests.

    kept_from_parents: a child's words that the parents must not see, so from the first moment on no wall (M8).
    Who writes on the board is in the room and is registered so: that is what lets the writer see what was written (C5).
    Raises Refused, ValidationError.
    """
    row = _open_board(by, meeting)
    if kept_from_parents:
        kept_from = [*kept_from, *_parents_of(row, said_by)]
    note = BoardNote(meeting=row, column=_column(row, column), author=by, position=_slot(row, column, None))
    _write(note, text=text, said_by=said_by, about=about, topic=topic, kept_from=kept_from)
    _writer_is_here(by, row)
    raise_board_version(row)
    drop_draft(by=by, key=draft_key(row, column))
    return note


@transaction.atomic
def change_note(
    *,
    by: User,
    note: BoardNote,
    row_version: int | None,
    text: str,
    said_by: Person | None,
    about: Iterable[Person] | None,
    topic: Topic | None,
    kept_from: Iterable[Person],
    column: str,
    stays_guess: bool = False,
) -> BoardNote:
    """Mend a note and its marks. After the meeting only the marks may change: the words stand as they were said.

    A topic that was left as the old words gave it follows the new words. stays_guess: nobody has chosen the topic.
    Raises Refused, Stale (carrying the note as it is now), ValidationError.
    """
    demand_worker(by, note.meeting)
    board = take(Meeting.objects.select_related("forloeb"), note.meeting_id, None)
    row = take(BoardNote.objects.select_related("meeting__forloeb"), note.pk, row_version)
    only_marks = row.text == text.strip() and row.column == column
    if not (board.state == MeetingState.HELD and only_marks):
        demand_planned(board)
    if row.column != column:
        row.column, row.position = _column(board, column), _slot(board, column, None)
    if row.text != text.strip() and topic == row.topic == topic_for(row.text):
        topic = None
    is_guess = stays_guess and row.topic_is_guess
    _write(row, text=text, said_by=said_by, about=about, topic=topic, is_guess=is_guess, kept_from=kept_from)
    raise_board_version(board)
    return row


@transaction.atomic
def move_note(
    *, by: User, note: BoardNote, column: str, position: int | None, row_version: int | None = None
) -> BoardNote:
    """Put a note into a column, before the note that has this place among the others there (0 first; None last).

    Raises Refused, Stale, ValidationError.
    """
    board = _open_board(by, note.meeting)
    row = take(BoardNote.objects.select_related("meeting__forloeb"), note.pk, row_version)
    row.position = _slot(board, _column(board, column), position, apart_from=row)
    row.column = column
    row.full_clean()
    row.save()
    raise_board_version(board)
    return row


@transaction.atomic
def remove_note(*, by: User, note: BoardNote, row_version: int | None = None) -> None:
    """Take a note off the board; its history stays and `restore_note` brings it back. Raises Refused, Stale."""
    board = _open_board(by, note.meeting)
    row = take(BoardNote.objects.select_related("meeting__forloeb"), note.pk, row_version)
    try:
        row.delete()
    except ProtectedError as held:
        raise Refused("Punktet er brugt i Én Plan og bliver stående. Ret teksten, hvis den er forkert.") from held
    raise_board_version(board)


@transaction.atomic
def restore_note(*, by: User, meeting: Meeting, was: Any, row_version: int | None = None) -> BoardNote:
    """Undo: the note as it stood in one of its history records (`was`), brought back if it was removed.

    Raises Refused, Stale when somebody else has changed it since.
    """
    board = _open_board(by, meeting)
    if was.meeting_id != board.pk:
        raise Refused("Punktet står ikke på denne tavle.")
    if BoardNote.objects.filter(pk=was.id).exists():
        note = take(BoardNote.objects.select_related("meeting__forloeb"), was.id, row_version)
    else:
        note = BoardNote(pk=was.id, meeting=board, author_id=was.author_id)
    note.column, note.position = _column(board, was.column), was.position
    _write(
        note,
        text=was.text,
        said_by=was.said_by,
        about=[entry.person for entry in was.about.all()],
        topic=was.topic,
        is_guess=was.topic_is_guess,
        kept_from=[entry.person for entry in was.kept_from.all()],
    )
    raise_board_version(board)
    return note


@transaction.atomic
def set_scaling(
    *, by: User, meeting: Meeting, person: Person, start: int | None = None, end: int | None = None
) -> ScalingAnswer:
    """0–10 at the start and the end (M6): what is None stays. Raises Refused, ValidationError."""
    board = _open_board(by, meeting)
    if not board.attendance.filter(person=person).exists():
        raise ValidationError({"person": "Vælg en fra familien, som er inviteret til mødet."})
    answer = ScalingAnswer.objects.filter(meeting=board, person=person).first()
    answer = answer or ScalingAnswer(meeting=board, person=person)
    answer.start = answer.start if start is None else start
    answer.end = answer.end if end is None else end
    answer.full_clean()
    answer.save()
    raise_board_version(board)
    return answer


def forget_scaling(*, by: User, meeting: Meeting, person: Person) -> None:
    """Take a person's numbers away, to ask anew: one was pressed by mistake (M6). Raises Refused."""
    board = _open_board(by, meeting)
    for answer in ScalingAnswer.objects.filter(meeting=board, person=person):
        answer.delete()
        raise_board_version(board)


def _parents_of(meeting: Meeting, child: Person | None) -> list[Person]:
    """From whom the words are kept. Never nobody: the line would go to the wall, and the writer believe it does not."""
    basis = load_basis(meeting.forloeb)
    if child is None or not is_young(child.pk, basis):
        told = "Vælg det barn eller den unge, der sagde det. Så kan det holdes fra forældrene."
        raise ValidationError({"kept_from_parents": told})
    found = parents_for(child.pk, basis)
    if not found:
        told = "Ingen forælder er med i forløbet, så der er ingen at holde det fra. Fjern fluebenet."
        raise ValidationError({"kept_from_parents": told})
    return found


# --- shared --------------------------------------------------------------------------------------------------------------
def _open_board(by: User, meeting: Meeting) -> Meeting:
    """The meeting, locked for writing on its board by somebody who may."""
    demand_worker(by, meeting)
    board = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    demand_planned(board)
    return board


def _column(meeting: Meeting, key: str) -> str:
    if key not in {column.key for column in board_of(meeting).columns}:
        raise ValidationError({"column": "Vælg en af tavlens kolonner."})
    return key


def _slot(meeting: Meeting, column: str, place: int | None, apart_from: BoardNote | None = None) -> int:
    """A position between the neighbours of a place; when there is no room, the column is spread out again."""
    others = list(
        BoardNote.objects.filter(meeting=meeting, column=column)
        .exclude(pk__in=[apart_from.pk] if apart_from else [])
        .order_by("position", "created_at", "pk")
    )
    if place is None or place >= len(others):
        return (others[-1].position if others else 0) + GAP
    before = others[place - 1].position if place > 0 else 0
    if others[place].position - before > 1:
        return (before + others[place].position) // 2
    for index, one in enumerate(others, start=1):
        one.position = index * GAP
        one.save(update_fields=["position"])
    return max(place, 0) * GAP + GAP // 2


def _write(
    note: BoardNote,
    *,
    text: str,
    said_by: Person | None,
    about: Iterable[Person] | None,
    topic: Topic | None,
    kept_from: Iterable[Person],
    is_guess: bool = False,
) -> None:
    """is_guess: of the topic that is given; of one that is not, the words tell."""
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Skriv, hvad der skal stå på tavlen."})
    if holds_cpr(text):  # the whole room reads the board (C12)
        raise ValidationError({"text": NO_CPR_HELP})
    people = people_of(note.meeting.forloeb)
    if about is None or topic is None:
        suggested = suggest(people, text, said_by)
        about = suggested.about if about is None else about
        if topic is None:
            topic, is_guess = suggested.topic, suggested.is_guess
    concerned, hidden_from = distinct(about), distinct(kept_from)
    if not concerned:
        raise ValidationError({"about": "Vælg, hvem punktet handler om."})
    demand_marks(note, people, about=concerned, kept_from=hidden_from, voice=said_by)
    before = None if note._state.adding else Facts.of(note)
    note.text, note.said_by, note.topic, note.topic_is_guess = text, said_by, topic, is_guess
    note.full_clean()
    note.save()
    note.about.set(concerned)
    note.kept_from.set(hidden_from)
    if before is not None:
        followers.follow(note, before)


def _writer_is_here(by: User, meeting: Meeting) -> None:
    """Who writes on the day is there. A line written ahead makes nobody present: presence opens the whole board (C5)."""
    standing = demand_worker(by, meeting)
    if not meeting.has_begun:
        return
    here = Attendance.objects.filter(meeting=meeting, participation=standing.participation).first()
    here = here or Attendance(meeting=meeting, participation=standing.participation)
    if here._state.adding or here.presence == Presence.INVITED:
        here.presence = Presence.PRESENT
        here.full_clean()
        here.save()
