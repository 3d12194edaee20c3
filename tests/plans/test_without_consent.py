"""F1, F4, C4, C7: what may still be planned and written when the consent a forløb stands on has gone."""

import datetime
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from consent import actions as consent_actions
from consent.models import Declaration
from meetings import actions
from meetings.models import Meeting, MeetingState, RoleKind
from plans import actions as plans
from plans.models import PlanVersion
from tests.meetings.factories import Sitting, seat, sitting
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lasting_sitting(lasting: None) -> Sitting:
    made = sitting()
    actions.set_role(
        by=made.tovholder, meeting=made.meeting, role=RoleKind.REFERENT, participation=made.members["unge"]
    )
    return made


@pytest.fixture
def s(db: None, lasting_sitting: Sitting) -> Sitting:
    return deepcopy(lasting_sitting)


def book(s: Sitting) -> Meeting:
    begins = timezone.now() + datetime.timedelta(days=20)
    return actions.plan_meeting(
        by=s.tovholder,
        forloeb=s.case.forloeb,
        starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=1),
        place="Skolen",
    )


def withdrawn(s: Sitting, _: Any = None) -> None:
    for person in s.case.people.values():
        if Declaration.objects.filter(forloeb=s.case.forloeb, person=person).exists():
            consent_actions.withdraw(by=s.tovholder, forloeb=s.case.forloeb, person=person)


def expired(s: Sitting, clock: Any) -> None:
    clock.move_to(timezone.now() + datetime.timedelta(days=800), tick=False)


def alone(s: Sitting, _: Any = None) -> None:
    own = Participation.objects.get(forloeb=s.case.forloeb, user=s.tovholder, to_date__isnull=True)
    others = Participation.objects.filter(forloeb=s.case.forloeb, department__isnull=False)
    others.exclude(department=own.department).update(to_date=timezone.localdate() - datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("gone", "told"), [(withdrawn, "samtykke"), (expired, "udløbet"), (alone, "to forskellige afdelinger")]
)
def test_F1_F4_C4_C7_no_new_meeting_when_what_it_stands_on_has_gone(
    s: Sitting, client: Client, time_machine: Any, gone: Callable[..., None], told: str
) -> None:
    assert book(s).number == 2
    gone(s, time_machine)
    with pytest.raises(Refused, match=told) as refused:
        book(s)
    assert "Spørg familien igen" in refused.value.message
    client.force_login(s.tovholder)
    url = reverse("meetings:new", args=[s.case.forloeb.pk])
    answer = client.get(url)
    assert answer["Location"] == reverse("consent:matrix", args=[s.case.forloeb.pk])
    assert "I kan ikke planlægge et møde nu" in client.get(answer["Location"]).content.decode()
    posted = {"day": "5.11.2030", "starts": "14", "ends": "15.30", "pre_meeting": "13.30", "board_key": "ff"}
    kept = client.post(url, posted | {"place": "Biblioteket"})
    assert (kept.status_code, Meeting.objects.count()) == (422, 2)
    assert "Biblioteket" in kept.content.decode()
    assert "I kan ikke planlægge et møde nu" in kept.content.decode()


def test_C7_what_was_planned_is_held_or_called_off_and_its_plan_written(s: Sitting) -> None:
    later = book(s)
    withdrawn(s)
    actions.cancel_meeting(by=s.tovholder, meeting=later, reason="Familien vil ikke mere")
    with pytest.raises(Refused, match="når mødet er holdt"):
        plans.start_version(by=s.tovholder, meeting=s.meeting)
    seat(s, "unge", "anna")
    actions.hold(by=s.tovholder, meeting=s.meeting)
    s.meeting.refresh_from_db()
    assert s.meeting.state == MeetingState.HELD
    draft = plans.start_version(by=s.tovholder, meeting=s.meeting)
    assert plans.add_item(by=s.tovholder, version=draft, kind="goal", text="Ro i hverdagen").pk


def test_P5_C7_a_finished_plan_is_corrected_but_nothing_new_is_agreed_in_it(s: Sitting) -> None:
    seat(s, "unge", "anna")
    actions.hold(by=s.tovholder, meeting=s.meeting)
    draft = plans.start_version(by=s.tovholder, meeting=Meeting.objects.get(pk=s.meeting.pk))
    plans.add_item(by=s.tovholder, version=draft, kind="goal", text="Ro i hverdagen", about=[s.person("anna")])
    version = plans.finish(by=s.tovholder, version=draft) or PlanVersion.objects.get(pk=draft.pk)
    first = plans.start_correction(by=s.tovholder, version=PlanVersion.objects.get(pk=draft.pk), correction="Et ord")
    assert plans.add_item(by=s.tovholder, version=first, kind="goal", text="Mere ro").pk, "the consent stands"
    alone(s)
    with pytest.raises(Refused, match="noget nyt"):
        plans.add_item(by=s.tovholder, version=first, kind="goal", text="Et nyt mål")
    plans.remove_item(by=s.tovholder, item=next(one for one in first.items.all() if one.text == "Mere ro"))
    assert version
    assert first.items.count() == 1
