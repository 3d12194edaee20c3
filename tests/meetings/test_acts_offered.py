"""What only the tovholder does is offered to the tovholder only, whatever became of the meeting (F6, M3, M10)."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Forloeb, ForloebState
from meetings.models import Meeting, MeetingState, SmileyRating
from tests.meetings.factories import Sitting, seat, sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()


def page(s: Sitting, user: object, route: str = "meetings:page") -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    pk = s.meeting.pk if route == "meetings:page" else s.case.forloeb.pk
    return client.get(reverse(route, args=[pk])).content.decode()


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.HELD])
def test_F6_the_next_meeting_is_planned_by_the_tovholder(s: Sitting, state: str) -> None:
    held = {"held_on": s.meeting.starts_at.date()} if state == MeetingState.HELD else {}
    Meeting.objects.filter(pk=s.meeting.pk).update(state=state, **held)
    new = reverse("meetings:new", args=[s.case.forloeb.pk])
    assert new in page(s, s.tovholder)
    assert new not in page(s, s.teacher)


def test_M1_one_more_is_invited_by_the_tovholder(s: Sitting) -> None:
    s.meeting.attendance.filter(person=s.person("bo")).delete()
    assert 'name="hvem"' in page(s, s.tovholder)
    assert 'name="hvem"' not in page(s, s.teacher)


def test_M9_only_the_tovholder_reads_who_gave_which_face(s: Sitting) -> None:
    seat(s, "unge", "job", "teacher", "anna")
    Meeting.objects.filter(pk=s.meeting.pk).update(state=MeetingState.HELD, held_on=s.meeting.starts_at.date())
    SmileyRating.objects.create(
        meeting=s.meeting, person=s.person("anna"), value=1, words="Det gik for stærkt", may_be_named=True
    )
    assert "Det gik for stærkt" in page(s, s.tovholder)
    assert "Det gik for stærkt" not in page(s, s.teacher)


@pytest.mark.parametrize(
    ("state", "told"),
    [(ForloebState.ENDED, "Er tovholderen stoppet"), (ForloebState.CONSENT, "Samtykkerne bliver indhentet")],
)
def test_F4_F8_the_next_step_is_said_to_the_others_as_what_they_wait_for(s: Sitting, state: str, told: str) -> None:
    ended = {"ended_on": s.meeting.starts_at.date(), "end_reason": "completed"}
    more = ended if state == ForloebState.ENDED else {"activated_on": None}
    Forloeb.objects.filter(pk=s.case.forloeb.pk).update(state=state, **more)
    assert told in page(s, s.teacher, "desk:forloeb")
    assert told not in page(s, s.tovholder, "desk:forloeb")
