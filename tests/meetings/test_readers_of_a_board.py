"""Whose eyes a line of the board, its paper and the agenda are measured by: each of them, the last one too (C5, M6)."""

import pytest
from django.urls import reverse

from cases.access import standing_of
from consent.basis import load_basis
from consent.sharing import Reader
from meetings import actions
from meetings.access import demand_worker
from meetings.agenda import agenda_for
from meetings.board import Line, Table, board_for, members_in, written_board
from meetings.models import Meeting, MeetingState, Presence
from meetings.readers import reader_of
from tests.meetings.factories import Sitting, note, refuse, seat, sitting
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()


def written(s: Sitting) -> list[Line]:
    """The board as the one who writes on it has it."""
    table = Table.load(s.meeting, standing_of(s.tavle, s.case.forloeb))
    return [line for column in written_board(table).columns for line in column.lines]


def test_M6_who_is_invited_and_not_registered_holds_a_line_back(s: Sitting) -> None:
    note(s, "Frejas medicin", about=["freja"], topic="helbred")
    refuse(s, "freja", s.members["teacher"], "helbred")
    seat(s, "job", "freja")
    assert [line.held_back for line in written(s)] == [""], "the teacher stayed away"
    s.meeting.attendance.filter(participation=s.members["teacher"]).update(presence=Presence.INVITED)
    (line,) = written(s)
    assert "Ikke alle i rummet må få det at vide" in line.held_back


def test_C5_a_name_the_writer_may_not_know_is_not_named_in_the_warning(s: Sitting) -> None:
    note(s, "Carl henter Freja", about=["freja"])
    (line,) = written(s)
    assert line.unmarked == ("Carl",)
    refuse(s, "carl", s.members["job"])
    (line,) = written(s)
    assert (line.unmarked, line.held_back) == ((), "Punktet nævner en, det ikke er mærket med.")


def test_C5_the_paper_says_who_said_it_only_when_all_hands_may_know_of_them(s: Sitting) -> None:
    note(s, "Freja sover bedre", said_by="carl", about=["freja"])
    reader, hands = (reader_of(s.members[name]) for name in ("teacher", "job"))

    def who() -> list[str]:
        board = board_for(s.meeting, reader, hands)
        return [line.who for column in board.columns for line in column.lines]

    assert [name.split(",")[0] for name in who()] == ["Carl"]
    refuse(s, "carl", s.members["job"])
    assert who() == [""]


def test_C5_who_raised_a_point_is_told_only_to_who_may_know_of_them(s: Sitting) -> None:
    point = actions.add_agenda_point(
        by=s.tovholder, meeting=s.meeting, text="Frejas søvn", raised_by_person=s.person("carl")
    )
    point.about.set([s.person("freja")])

    def who() -> str:
        basis = load_basis(s.case.forloeb)
        members = {one.person.pk: one for one in members_in(basis)}
        lines = agenda_for(s.meeting, Reader(s.members["teacher"].recipient), basis, members).lines
        return next(line.who for line in lines if line.point == point)

    assert "Carl" in who()
    refuse(s, "carl", s.members["teacher"])
    assert who() == ""


def test_M6_F8_nobody_works_at_a_meeting_of_an_ended_forloeb(s: Sitting) -> None:
    """Also when the page has found out already who asks."""
    standing = standing_of(s.tavle, s.case.forloeb)
    assert demand_worker(s.tavle, s.meeting, standing) == standing
    s.meeting.forloeb.state = "ended"
    with pytest.raises(Refused):
        demand_worker(s.tavle, s.meeting, standing)


def test_M1_nobody_is_invited_to_a_cancelled_meeting(s: Sitting) -> None:
    Meeting.objects.filter(pk=s.meeting.pk).update(state=MeetingState.CANCELLED)
    s.meeting.refresh_from_db()
    with pytest.raises(Refused, match="aflyst"):
        actions.invite(by=s.tovholder, meeting=s.meeting, person=s.person("anna"))


def test_C5_a_step_by_keyboard_counts_only_lines_that_the_writer_sees(s: Sitting, client) -> None:
    first = note(s, "Freja er glad for musik", about=["freja"])
    hidden = note(s, "Anna har gæld", about=["anna"], topic="oekonomi")
    last = note(s, "Freja går til fodbold", about=["freja"])
    refuse(s, "anna", s.members["teacher"], "oekonomi")
    refuse(s, "anna", s.members["job"], "oekonomi")
    type(hidden).objects.filter(pk=hidden.pk).update(contributed_by="")
    client.force_login(s.tavle, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("meetings:note_move", args=[last.pk]), {"row_version": last.row_version, "step": "-1"})
    order = list(s.meeting.notes.order_by("position", "created_at").values_list("text", flat=True))
    assert order.index(last.text) < order.index(first.text), "one step up passes the hidden line and the one above it"
