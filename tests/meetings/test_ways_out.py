"""A meeting that the day overtakes: roles of who has left, undo, two at once, a forløb that ended (M3, M6, F8)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from audit.models import Event
from cases import actions as cases
from meetings import actions
from meetings.actions import board
from meetings.models import Attendance, BoardNote, Presence
from meetings.views import notes
from tests.meetings.factories import attendance_of, note, seat, sitting
from web.errors import Refused
from web.locking import take

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_M3_M4_a_role_of_somebody_who_has_left_is_a_role_that_is_free(s) -> None:
    actions.set_role(by=s.tovholder, meeting=s.meeting, role="referent", participation=s.members["teacher"])
    page = reverse("meetings:page", args=[s.meeting.pk])
    assert "Mødeleder, referent og tavle er valgt." in browser_of(s.tovholder).get(page).content.decode()
    cases.end_participation(by=s.tovholder, participation=s.members["teacher"])
    shown = browser_of(s.tovholder).get(page).content.decode()
    assert "Mødeleder, referent og tavle er valgt." not in shown
    assert f"{s.teacher.name} er ikke med i forløbet mere" in shown


def test_M6_undo_of_a_note_about_somebody_who_has_left_is_told(s) -> None:
    seat(s, "job", "freja", "anna")
    made = note(s, "Viggo hjælper til", about=["viggo"])
    browser = browser_of(s.tavle)
    gone = browser.post(reverse("meetings:note_remove", args=[made.pk]), {"row_version": made.row_version})
    assert gone.status_code in (200, 302)
    cases.leave_forloeb_person(by=s.tovholder, forloeb=s.case.forloeb, person=s.person("viggo"))
    answer = browser.post(reverse("meetings:undo", args=[s.meeting.pk]))
    assert answer.status_code == 403
    assert "med i forløbet nu" in answer.content.decode()


def test_M6_one_tap_marks_no_old_words_over_a_colleagues(monkeypatch, s) -> None:
    seat(s, "job", "freja", "anna")
    made = note(s, "Freja er glad", about=["freja"])

    def meanwhile(people, text):
        """A colleague saves between the view's reading and its writing."""
        actions.change_note(
            by=s.tovholder, note=BoardNote.objects.get(pk=made.pk), row_version=None, text="Freja er glad for sin lærer",
            said_by=None, about=[s.person("freja")], topic=made.topic, kept_from=[], column=made.column,
        )  # fmt: skip
        return []

    monkeypatch.setattr(notes, "mentioned", meanwhile)
    answer = browser_of(s.tavle).post(reverse("meetings:note_mark", args=[made.pk]))
    assert answer.status_code == 409


def test_M6_everybody_locks_the_meeting_before_the_note(monkeypatch, s) -> None:
    seat(s, "job", "freja", "anna")
    made = note(s, "Freja er glad", about=["freja"])
    locked: list[str] = []
    monkeypatch.setattr(board, "take", lambda rows, *rest: locked.append(rows.model.__name__) or take(rows, *rest))
    given = {"by": s.tavle, "note": made, "row_version": None}
    actions.move_note(**given, column="udfordrer", position=None)
    actions.change_note(
        **given, text="Freja er her", said_by=None, about=[s.person("freja")], topic=made.topic, kept_from=[],
        column="udfordrer",
    )  # fmt: skip
    was = made.history.first()
    actions.restore_note(by=s.tavle, meeting=s.meeting, was=was)
    actions.remove_note(**given)
    assert locked == ["Meeting", "BoardNote"] * 4


def test_M10_an_invitation_is_not_taken_back_from_who_was_registered_meanwhile(s) -> None:
    row = attendance_of(s, "freja")
    actions.set_presence(by=s.tovholder, meeting=s.meeting, person=s.person("freja"), presence=Presence.PRESENT)
    assert row.presence == Presence.INVITED
    with pytest.raises(Refused, match="Fremmødet er registreret"):
        actions.uninvite(by=s.tovholder, attendance=row)
    assert Attendance.objects.filter(pk=row.pk).exists()


def test_F8_the_page_to_move_a_meeting_of_an_ended_forloeb_says_so_at_once() -> None:
    s = sitting(starts=datetime.timedelta(days=3))
    cases.end_forloeb(by=s.tovholder, forloeb=s.case.forloeb, reason="moved", text="Familien er flyttet.")
    for name in ("meetings:change", "meetings:cancel"):
        answer = browser_of(s.tovholder).get(reverse(name, args=[s.meeting.pk]))
        assert answer.status_code == 403
        assert "Forløbet er afsluttet" in answer.content.decode()


def test_C5_M10_who_came_is_told_on_the_day_and_an_excuse_before(client, s):
    """Presence opens the board: nobody is made present at a meeting that has not been."""
    s.meeting.starts_at += datetime.timedelta(days=9)
    s.meeting.ends_at += datetime.timedelta(days=9)
    s.meeting.save()
    for presence in (Presence.PRESENT, Presence.PARTLY, Presence.ABSENT):
        with pytest.raises(ValidationError, match="Skriv på dagen, hvem der kom"):
            actions.set_presence(by=s.tovholder, meeting=s.meeting, person=s.person("anna"), presence=presence)
    given = {"by": s.tovholder, "meeting": s.meeting, "person": s.person("anna")}
    assert actions.set_presence(**given, presence=Presence.ABSENT_NOTIFIED).presence == Presence.ABSENT_NOTIFIED
    client.force_login(s.tovholder)
    page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    assert 'value="absent_notified"' in page
    assert 'value="present"' not in page


def test_M10_C5_who_came_is_mended_by_those_who_led_the_meeting_and_the_history_tells_it(client, s):
    """Presence opens the board: when the meeting is held, who only wrote on the board makes nobody present any more."""
    seat(s, "anna", "unge", "job")
    actions.hold(by=s.tavle, meeting=s.meeting)
    given = {"meeting": s.meeting, "participation": s.members["teacher"], "presence": Presence.PRESENT}
    with pytest.raises(Refused, match="rettes af tovholderen, mødelederen eller referenten. Tovholder er"):
        actions.set_presence(by=s.tavle, **given)
    url = reverse("meetings:page", args=[s.meeting.pk])
    for user, may in ((s.tavle, False), (s.tovholder, True)):
        client.force_login(user)
        assert ('value="present"' in client.get(url).content.decode()) is may
    actions.set_presence(by=s.tovholder, **given)
    actions.set_presence(by=s.tovholder, **given)
    actions.set_presence(by=s.tovholder, meeting=s.meeting, person=s.person("bo"), presence=Presence.PARTLY)
    told = Event.objects.filter(kind="meeting.presence_mended").order_by("at")
    name = s.members["teacher"].name
    assert [event.text for event in told] == [
        f"Fremmødet på møde 1 er rettet: {name}, fra udeblevet til til stede.",
        "Fremmødet på møde 1 er rettet: en fra familien, fra udeblevet til med noget af tiden.",
    ]
    assert told[1].data["attendance"] == str(attendance_of(s, "bo").pk)
    assert {event.by for event in told} == {s.tovholder}


def test_C5_M9_M10_a_line_written_ahead_makes_nobody_present_and_no_smiley_is_given_before_the_day(client, s):
    ahead = sitting(starts=datetime.timedelta(days=9))
    note(ahead, "Skrevet på forhånd")
    assert not Attendance.objects.filter(meeting=ahead.meeting, presence=Presence.PRESENT).exists()
    Attendance.objects.filter(meeting=ahead.meeting, person=ahead.person("anna")).update(presence=Presence.PRESENT)
    with pytest.raises(ValidationError, match="Spørg på dagen"):
        actions.give_smiley(by=ahead.tovholder, meeting=ahead.meeting, person=ahead.person("anna"), value=4)
    client.force_login(ahead.tovholder)
    page = client.get(reverse("meetings:page", args=[ahead.meeting.pk])).content.decode()
    assert "Giv skærmen til familien" not in page
    note(s, "Skrevet på dagen")
    assert Attendance.objects.filter(meeting=s.meeting, participation__user=s.tavle).get().presence == Presence.PRESENT


def test_C5_the_interpreters_language_is_told_only_to_who_may_know_of_somebody_who_speaks_it(client):
    s = sitting(yes=("anna", "carl", "freja", "viggo"))
    bo = s.person("bo")
    bo.interpreter = "tyrkisk"
    bo.save()
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, interpreter="tyrkisk")
    url = reverse("meetings:page", args=[s.meeting.pk])
    client.force_login(s.members["job"].user)
    assert "Tolk: er bestilt." in client.get(url).content.decode()
    assert "tyrkisk" not in client.get(url).content.decode()
    client.force_login(s.tovholder)
    assert "Tolk: tyrkisk." in client.get(url).content.decode()
