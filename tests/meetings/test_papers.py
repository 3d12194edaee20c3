"""Tavlen as PDF, by its reader's rights; and the board's part of a withdrawal (C5, C6, C7)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.basis import load_basis
from consent.consequences import Effect, loss_of
from consent.models import Topic
from meetings import actions as meetings
from meetings.consequences import board_notes_concerned, invited_concerned
from meetings.pdf import board
from meetings.readers import reader_of
from tests.meetings.factories import attendance_of, note, refuse, seat, sitting
from web.dates import long_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(monkeypatch):
    """The words of the last paper, from the context that the printer got."""
    said = {}

    def keep(template, context, **facts):
        from django.template.loader import render_to_string

        said["html"] = render_to_string(template, {**context, "pdf": _facts()})
        return b"%PDF-"

    monkeypatch.setattr("meetings.pdf.render", keep)
    return said


def _facts():
    names = ("title", "lang", "author", "subject", "created", "municipality", "date", "footer_first", "footer_second")
    return dict.fromkeys(names, "x")


def test_C6_a_family_members_paper_holds_theirs_and_gives_no_hint(shown, s):
    note(s, "Skolen går godt", about=["freja"], topic="skole")
    note(s, "Kanarie om gæld", about=["anna"], topic="oekonomi")
    refuse(s, "anna", s.person("bo"), "oekonomi")
    seat(s, "unge", "job", "anna", "bo", "freja")
    board(s.meeting, attendance_of(s, "bo"), reader_of(s.members["job"]))
    assert "Skolen går godt" in shown["html"]
    assert "Kanarie" not in shown["html"]
    assert "udeladt" not in shown["html"]
    refuse(s, "anna", s.members["teacher"], "oekonomi")
    board(s.meeting, attendance_of(s, "teacher"), reader_of(s.members["job"]))
    assert "Kanarie" not in shown["html"]
    assert "1 punkt er udeladt" in shown["html"]


def test_C5_who_makes_anothers_paper_gets_no_more_than_their_own(shown, s):
    note(s, "Kanarie om gæld", about=["anna"], topic="oekonomi")
    refuse(s, "anna", s.members["job"], "oekonomi")
    seat(s, "unge", "job", "anna")
    board(s.meeting, attendance_of(s, "anna"), reader_of(s.members["job"]))
    assert "Kanarie" not in shown["html"]


def test_C5_only_who_has_a_role_makes_another_ones_paper(client, s):
    seat(s, "unge", "job", "teacher", "anna")
    client.force_login(s.teacher)
    url = reverse("meetings:board_pdf", args=[s.meeting.pk, attendance_of(s, "anna").pk])
    assert client.get(url).status_code == 403
    own = reverse("meetings:board_pdf", args=[s.meeting.pk, attendance_of(s, "teacher").pk])
    assert client.get(own).status_code == 200


def test_C7_a_withdrawal_is_told_how_many_notes_close_and_never_which(s):
    note(s, "Kanarie om skole", about=["freja"], topic="skole")
    note(s, "Kanarie om Bo og Freja", about=["freja", "bo"], topic="skole")
    teacher = s.members["teacher"].recipient

    def told(name, **scope):
        loss = loss_of(s.person(name), load_basis(s.case.forloeb), recipients=[teacher], **scope)
        return [one.title for one in board_notes_concerned(s.case.forloeb, s.person(name), loss)]

    (whole,) = board_notes_concerned(
        s.case.forloeb, s.person("freja"), loss_of(s.person("freja"), load_basis(s.case.forloeb))
    )
    assert whole.effect == Effect.HIDDEN
    assert "Kanarie" not in whole.text
    ((where, many),) = whole.lines
    assert where.startswith(f"Møde {s.meeting.number}, ")
    assert many == "2 punkter"
    assert told("freja") == ["2 punkter på tavlen"]
    assert told("freja", topics=[Topic.objects.get(key="fritid")]) == []
    refuse(s, "bo", s.members["teacher"], "skole")
    assert told("freja") == ["1 punkt på tavlen"], "the teacher never got the other one"
    assert told("bo") == []


def test_C7_a_withdrawal_tells_who_loses_and_is_invited_to_a_meeting_still_to_come(s):
    """M1: the family says whether they shall still be there."""
    meetings.plan_meeting(
        by=s.case.tovholder,
        forloeb=s.case.forloeb,
        starts_at=timezone.now() + timedelta(days=7),
        ends_at=timezone.now() + timedelta(days=7, hours=1),
        place="Rådhuset",
        participations=[s.members["teacher"], s.members["unge"]],
        persons=[s.person("freja")],
    )
    teacher = s.members["teacher"]

    def told(name, **scope):
        loss = loss_of(s.person(name), load_basis(s.case.forloeb), **scope)
        return list(invited_concerned(s.case.forloeb, s.person(name), loss))

    (line,) = told("freja", recipients=[teacher.recipient])
    assert line.effect is Effect.TOLD
    assert line.title == f"Møde 2, {long_date(timezone.localdate() + timedelta(days=7))}"
    assert line.text.startswith(f"{teacher.name} er inviteret.")
    assert told("freja", recipients=[s.members["job"].recipient]) == [], "not invited"
    refuse(s, "freja", teacher, "fritid")
    assert told("freja", recipients=[teacher.recipient], topics=[Topic.objects.get(key="fritid")]) == [], (
        "loses nothing"
    )


def test_C7_what_having_been_present_gave_is_told_too(s):
    """Nobody has answered anything: the teacher reads it because they sat there, and after a withdrawal no more."""
    quiet = sitting(yes=())
    seat(quiet, "unge", "job", "teacher")
    note(quiet, "Kanarie om fritid", about=["carl"], topic="fritid")
    forloeb, carl = quiet.case.forloeb, quiet.person("carl")
    for name, told in (("teacher", ["1 punkt på tavlen"]), ("psyk", [])):
        loss = loss_of(carl, load_basis(forloeb), recipients=[quiet.members[name].recipient])
        assert [one.title for one in board_notes_concerned(forloeb, carl, loss)] == told, name
