"""Nothing of Én Plan gets stuck or lost on the way: called-off meetings, corrections, old pages (P2–P5)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import actions as meetings
from meetings.models import Attendance, Meeting, MeetingState, Presence
from plans import actions
from plans.models import FollowUpState, ItemKind, PlanItem
from tests.plans import factories
from web.errors import Refused

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def family(db: None) -> factories.Anton:
    return factories.anton()


def planned(family: factories.Anton, number: int, days: int = 0) -> object:
    day = timezone.localdate() + datetime.timedelta(days=days)
    return factories.meeting_of(family.forloeb, number, day, family.staff, family.people, held=False)


def browser_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_P2_the_draft_of_a_called_off_meeting_goes_along_to_the_next(family) -> None:
    factories.first_plan(family)
    second, third = planned(family, 2), planned(family, 3)
    draft = actions.start_version(by=family.referent, meeting=second)
    goal = actions.add_item(by=family.referent, version=draft, kind=ItemKind.GOAL, text="Anton sover om natten")
    meetings.cancel_meeting(by=family.user("mette"), meeting=second, reason="Sygdom")
    went = actions.start_version(by=family.referent, meeting=third)
    assert (went.pk, went.meeting_id, went.number) == (draft.pk, third.pk, draft.number)
    assert goal in went.items.all()


def test_P2_a_plan_is_not_finished_before_its_meeting_nor_when_it_was_called_off(family) -> None:
    family.meeting = planned(family, 2, days=1)
    version = factories.first_plan(family, finished=False)
    with pytest.raises(ValidationError, match="ikke begyndt endnu"):
        actions.finish(by=family.referent, version=version)
    meetings.cancel_meeting(by=family.user("mette"), meeting=family.meeting, reason="Sygdom")
    with pytest.raises(ValidationError, match="aflyst"):
        actions.finish(by=family.referent, version=version)


def test_P2_a_meeting_that_is_called_off_while_its_page_is_open_gets_no_plan(family) -> None:
    open_page = planned(family, 2, days=1)
    meetings.cancel_meeting(by=family.user("mette"), meeting=Meeting.objects.get(pk=open_page.pk), reason="Sygdom")
    with pytest.raises(Refused, match="Mødet er aflyst"):
        actions.start_version(by=family.referent, meeting=open_page)


def test_P2_M9_a_plan_is_finished_at_the_table_and_its_meeting_not_called_off_then(family) -> None:
    family.meeting = planned(family, 2)
    Meeting.objects.filter(pk=family.meeting.pk).update(starts_at=timezone.now(), ends_at=timezone.now() + HOUR)
    assert not factories.first_plan(family).is_draft
    with pytest.raises(Refused, match="færdig Én Plan"):
        meetings.cancel_meeting(by=family.user("mette"), meeting=family.meeting, reason="Sygdom")


def test_P5_a_correction_keeps_what_was_told_of_the_agreements(family) -> None:
    version = factories.first_plan(family)
    done, partly = factories.item(version, "Møder"), factories.item(version, "Følger")
    actions.follow_up(by=family.user("mette"), agreement=done, state=FollowUpState.NOT_YET)
    actions.follow_up(by=family.user("mette"), agreement=done, state=FollowUpState.DONE, note="Hver dag.")
    actions.follow_up(by=family.user("mette"), agreement=partly, state=FollowUpState.PARTLY)
    draft = actions.start_correction(by=family.referent, version=version, correction="Dørens klokkeslæt")
    actions.finish(by=family.referent, version=draft)
    opened = {item.text for item in PlanItem.objects.open_agreements()}
    assert partly.text in opened
    assert done.text not in opened
    told = factories.item(draft, "Møder").follow_ups.order_by("at")
    assert [(one.state, one.note, one.by) for one in told] == [
        ("not_yet", "", family.user("mette")),
        ("done", "Hver dag.", family.user("mette")),
    ]
    assert [one.at for one in told] == list(done.follow_ups.order_by("at").values_list("at", flat=True))


def test_P3_a_follow_up_belongs_to_the_plan_that_counts(family) -> None:
    version = factories.first_plan(family)
    draft = actions.start_correction(by=family.referent, version=version, correction="En dato")
    old = factories.item(version, "Møder")
    actions.finish(by=family.referent, version=draft)
    with pytest.raises(Refused, match="nyere"):
        actions.follow_up(by=family.user("mette"), agreement=old, state=FollowUpState.DONE)
    shown = browser_of(family.user("mette")).get(reverse("plans:page", args=[version.pk])).content.decode()
    assert reverse("plans:follow_up", args=[old.pk]) not in shown


def test_C5_the_writer_of_a_follow_up_is_told_that_its_note_names_another(family) -> None:
    line = factories.item(factories.first_plan(family), "Møder")
    url = reverse("plans:follow_up", args=[line.pk])
    mette = browser_of(family.user("mette"))
    told = mette.post(url, {"state": "partly", "note": "Far fulgte Anton"}, follow=True).content.decode()
    assert "Teksten nævner Jens. Den vises kun for dem, der også må vide det om Jens." in told
    assert "Teksten nævner" not in mette.post(url, {"state": "done", "note": "Hver dag"}, follow=True).content.decode()


def test_P5_what_is_written_when_the_plan_was_just_finished_is_shown_again(family) -> None:
    version = factories.first_plan(family)
    goal = version.items.get(kind=ItemKind.GOAL)
    text = "Anton er med i klassen hver eneste formiddag"
    answer = browser_of(family.referent).post(
        reverse("plans:edit", args=[version.pk]), {f"text-{goal.pk}": text, f"v-{goal.pk}": "1", "do": "save"}
    )
    assert answer.status_code == 403
    assert "er færdig og kan ikke ændres" in answer.content.decode()
    assert text in answer.content.decode()


def test_P7_a_second_number_for_a_ticked_line_is_told(family) -> None:
    version = factories.first_plan(family)
    entry = version.journal.filter(department=family.mette.department).first()
    by = family.user("mette")
    actions.journalise(by=by, entry=entry, document_number="A-1")
    assert actions.journalise(by=by, entry=entry, document_number="A-1").document_number == "A-1"
    with pytest.raises(Refused, match="A-1"):
        actions.journalise(by=by, entry=entry, document_number="B-2")


def test_F7_U3_a_held_meeting_keeps_somebody_of_the_family(family) -> None:
    by = family.user("mette")
    for name in ("mor", "far"):
        meetings.set_presence(by=by, meeting=family.meeting, person=family.people[name], presence=Presence.ABSENT)
    with pytest.raises(ValidationError, match="fra familien"):
        meetings.set_presence(by=by, meeting=family.meeting, person=family.anton, presence=Presence.ABSENT)
    meetings.set_presence(by=by, meeting=family.meeting, person=family.anton, presence=Presence.PARTLY)
    assert Attendance.objects.get(meeting=family.meeting, person=family.anton).presence == Presence.PARTLY


def test_F7_a_meeting_is_not_held_before_the_forloeb_began(family) -> None:
    meeting = planned(family, 2)
    with pytest.raises(ValidationError, match="før forløbet begyndte"):
        meetings.hold(
            by=family.user("mette"), meeting=meeting, on=family.forloeb.start_checked_on - datetime.timedelta(days=1)
        )
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED
