"""The wall shows what everyone in the room may have, and no hint of the rest (M6, C5, C6, M8)."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from consent import actions as consent_actions
from meetings import actions
from meetings.models import Attendance, Presence
from tests.consent.factories import key_of
from tests.meetings.factories import attendance_of, note, refuse, seat, sitting

pytestmark = pytest.mark.django_db


def wall(client, s):
    return client.get(reverse("meetings:wall", args=[s.meeting.pk])).content.decode()


def state(s, stamp):
    return reverse("meetings:wall_state", args=[s.meeting.pk, stamp])


def stamp_in(page):
    return re.search(r'data-stamp="(\w+)"', page)[1]


def test_M6_one_present_who_may_not_have_it_takes_it_off_the_wall(client, s):
    note(s, "Klasselæreren ringer hver fredag", about=["freja"], topic="skole")
    note(s, "Kanarie om helbred", about=["anna"], topic="helbred")
    seat(s, "unge", "job", "teacher", "anna", "freja")
    client.force_login(s.tavle)
    assert "Kanarie" in wall(client, s)
    refuse(s, "anna", s.members["teacher"], "helbred")
    page = wall(client, s)
    assert "Kanarie" not in page
    assert "Klasselæreren" in page
    for hint in ("udeladt", "helbred", "Ikke på væggen", "samtykke", "skjult for"):
        assert hint not in page


def test_M6_who_stays_away_takes_nothing_off_the_wall(client, s):
    note(s, "Kanarie om helbred", about=["anna"], topic="helbred")
    refuse(s, "anna", s.members["teacher"], "helbred")
    seat(s, "unge", "job", "anna", "freja")
    client.force_login(s.tavle)
    assert "Kanarie" in wall(client, s)


def test_M6_who_is_invited_and_not_yet_registered_counts_as_in_the_room(client, s):
    note(s, "Kanarie om helbred", about=["anna"], topic="helbred")
    refuse(s, "anna", s.members["teacher"], "helbred")
    client.force_login(s.tavle)
    assert attendance_of(s, "teacher").presence == Presence.INVITED
    assert "Kanarie" not in wall(client, s)


def test_C5_presence_counts_for_those_nobody_asked(client):
    s = sitting(yes=("anna",))
    note(s, "Freja går i skole", about=["freja"], topic="skole")
    seat(s, "unge", "job", "teacher", "anna", "freja")
    client.force_login(s.tavle)
    assert "Freja går i skole" in wall(client, s)


def test_C5_who_opens_the_wall_from_outside_the_room_gets_no_more_than_their_own(client):
    s = sitting(yes=("anna",))
    note(s, "Freja går i skole", about=["freja"], topic="skole")
    seat(s, "unge", "job", "anna", "freja")
    client.force_login(s.teacher)
    assert "Freja går i skole" not in wall(client, s)


def test_M8_what_is_kept_from_somebody_is_never_on_the_wall(client, s):
    note(s, "Kanarie fra barnet", said_by="viggo", kept_from=["carl"])
    seat(s, "unge", "job", "anna", "viggo")
    client.force_login(s.tavle)
    assert "Kanarie" not in wall(client, s)


def test_C5_an_other_parent_in_the_room_sees_only_with_consent_or_presence(client, s):
    refuse(s, "anna", s.person("bo"), "oekonomi")
    note(s, "Kanarie om gæld", about=["anna"], topic="oekonomi")
    seat(s, "unge", "job", "anna", "bo")
    client.force_login(s.tavle)
    assert "Kanarie" not in wall(client, s)
    seat(s, "unge", "job", "anna")
    assert "Kanarie" in wall(client, s)


def test_M6_no_staff_names_surnames_or_scaling_on_the_wall(client, s):
    actions.set_scaling(by=s.tavle, meeting=s.meeting, person=s.person("freja"), start=7)
    note(s, "Anna henter", said_by="anna")
    seat(s, "unge", "job", "teacher", "anna", "freja")
    client.force_login(s.tavle)
    page = wall(client, s)
    assert "Freja og Anna" in page
    for name in (s.tavle.name, s.tovholder.name, "Bæk", "Aagaard", "0 til 10"):
        assert name not in page


def heading(page):
    return re.search(r"<h1>(.*?)</h1>", page)[1]


def test_M6_C5_the_heading_names_everybody_of_the_family_at_the_table_or_nobody(client):
    """Bo sits there and the teacher may not know of him: named beside an unnamed Bo, Freja would give him away."""
    s = sitting(yes=("anna", "freja"))
    seat(s, "unge", "job", "teacher", "anna", "freja")
    client.force_login(s.tavle)
    assert heading(wall(client, s)) == "Freja og Anna"
    seat(s, "unge", "job", "teacher", "anna", "bo", "freja")
    page = wall(client, s)
    assert heading(page) == "Familiens tavle"
    assert not [name for name in ("Anna", "Bo", "Freja") if re.search(rf"\b{name}\b", page)]


def test_M6_C5_the_heading_names_nobody_when_one_at_the_table_is_no_longer_of_the_forloeb(client, s):
    seat(s, "unge", "job", "anna", "freja", "viggo")
    client.force_login(s.tavle)
    assert heading(wall(client, s)) == "Freja, Anna og Viggo"
    s.case.forloeb.persons.filter(person=s.person("viggo")).update(to_date=timezone.localdate())
    assert heading(wall(client, s)) == "Familiens tavle"


def test_the_poll_answers_204_until_something_is_new_and_286_when_the_meeting_is_over(client, s):
    note(s, "Første")
    seat(s, "unge", "job", "anna")
    client.force_login(s.tavle)
    stamp = stamp_in(wall(client, s))
    logged = AccessLog.objects.count()
    answer = client.get(state(s, stamp), HTTP_X_FF_POLL="1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert AccessLog.objects.count() == logged
    note(s, "Anden")
    news = client.get(state(s, stamp), HTTP_X_FF_POLL="1")
    assert "Anden" in news.content.decode()
    assert "<html" not in news.content.decode()
    assert AccessLog.objects.count() == logged + 1
    actions.hold(by=s.tovholder, meeting=s.meeting)
    assert client.get(state(s, stamp_in(news.content.decode()))).status_code == 286


def test_C7_a_withdrawal_reaches_the_wall_at_the_next_poll(client, s):
    note(s, "Kanarie om skole", about=["freja"], topic="skole")
    seat(s, "unge", "job", "teacher", "freja")
    client.force_login(s.tavle)
    page = wall(client, s)
    assert "Kanarie" in page
    consent_actions.withdraw(
        by=s.tovholder, forloeb=s.case.forloeb, person=s.person("freja"), recipients=[key_of(s.members["teacher"])]
    )
    answer = client.get(state(s, stamp_in(page)), HTTP_X_FF_POLL="1")
    assert answer.status_code == 200
    assert "Kanarie" not in answer.content.decode()


def test_F10_the_poll_is_404_when_access_is_gone(client, s):
    seat(s, "unge", "job", "anna")
    client.force_login(s.tavle)
    stamp = stamp_in(wall(client, s))
    member = s.members["job"]
    member.to_date = Attendance.objects.first().meeting.starts_at.date()
    member.save()
    assert client.get(state(s, stamp), HTTP_X_FF_POLL="1").status_code == 404


def test_a_poll_does_not_keep_the_session_alive(client, s):
    client.force_login(s.tavle)
    stamp = stamp_in(wall(client, s))
    session = client.session
    session["last_act"] = 1_000_000
    session.save()
    client.get(state(s, stamp), HTTP_X_FF_POLL="1")
    assert client.get(reverse("meetings:page", args=[s.meeting.pk])).status_code == 302
