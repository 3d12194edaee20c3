"""C12: no verb takes a CPR number in a free text, whoever calls it: a form, an import, a scenario."""

import datetime
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import actions as cases
from cases.models import Forloeb
from consent import actions as consent
from consent.models import Topic
from meetings import actions as meetings
from plans import actions as plans
from tests.meetings.factories import Sitting, seat, sitting
from web.cpr import NO_CPR_HELP
from web.fields import EncryptedTextField, TypedTexts

pytestmark = pytest.mark.django_db
TEXT = "Anna 711089-1122"
NUMBERS_MAY_STAND = {
    "cases.Person.cpr",  # the number itself
    "drafts.Draft.content",  # what is being typed, also into the field for the number
    "plans.PlanVersion.front_page",  # put together by the app, as the day was
    "plans.PlanCopy.beside",
}


@pytest.fixture(scope="module")
def lasting_sitting(lasting: None) -> Sitting:
    return sitting()


@pytest.fixture
def s(db: None, lasting_sitting: Sitting) -> Sitting:
    return deepcopy(lasting_sitting)


def _tovholders(s: Sitting) -> Any:
    return s.case.forloeb.participations.get(user=s.tovholder).department


def _plan(s: Sitting, **more: Any) -> Any:
    begins = timezone.now() + datetime.timedelta(days=9)
    given = {"starts_at": begins, "ends_at": begins + datetime.timedelta(hours=1), "place": "Skolen"}
    return meetings.plan_meeting(by=s.tovholder, forloeb=s.case.forloeb, **{**given, **more})


def _item(s: Sitting) -> Any:
    seat(s, "unge", "anna")
    meetings.hold(by=s.tovholder, meeting=s.meeting)
    s.meeting.refresh_from_db()
    draft = plans.start_version(by=s.tovholder, meeting=s.meeting)
    return plans.add_item(by=s.tovholder, version=draft, kind="goal", text=TEXT)


ACTS: dict[str, Callable[[Sitting], Any]] = {
    "henvendelse": lambda s: cases.send_henvendelse(
        by=s.teacher, sender_department=s.members["teacher"].department, to_department=_tovholders(s), to_user=s.tovholder, family_text=TEXT, need="x"
    ),
    "henvendelsens behov": lambda s: cases.send_henvendelse(
        by=s.teacher, sender_department=s.members["teacher"].department, to_department=_tovholders(s), to_user=s.tovholder, family_text="x", need=TEXT
    ),
    "familiens navn": lambda s: cases.start_forloeb(
        by=s.tovholder, department=_tovholders(s), family_name=TEXT, need="x"
    ),
    "behov": lambda s: cases.start_forloeb(by=s.tovholder, department=_tovholders(s), family_name="x", need=TEXT),
    "personens navn": lambda s: cases.add_person(by=s.tovholder, forloeb=s.case.forloeb, first_name=TEXT, kind="other"),
    "husstand": lambda s: cases.add_person(
        by=s.tovholder, forloeb=s.case.forloeb, first_name="Ny", kind="other", household=TEXT
    ),
    "afslutning": lambda s: cases.end_forloeb(by=s.tovholder, forloeb=s.case.forloeb, reason="other", text=TEXT),
    "uenighed": lambda s: cases.log_escalation(
        by=s.tovholder, forloeb=s.case.forloeb, what=TEXT, involved=[s.members["job"]]
    ),
    "sted": lambda s: _plan(s, place=TEXT),
    "formål": lambda s: _plan(s, purpose=TEXT),
    "nyt sted": lambda s: meetings.change_meeting(by=s.tovholder, meeting=s.meeting, place=TEXT),
    "dagsorden": lambda s: meetings.add_agenda_point(by=s.tovholder, meeting=s.meeting, text=TEXT),
    "tavle": lambda s: meetings.add_note(by=s.tavle, meeting=s.meeting, column="fungerer", text=TEXT),
    "fremmøde": lambda s: meetings.set_presence(
        by=s.tovholder, meeting=s.meeting, person=s.person("anna"), presence="partly", note=TEXT
    ),
    "aflysning": lambda s: meetings.cancel_meeting(by=s.tovholder, meeting=s.meeting, reason=TEXT),
    "Én Plan": _item,
    "udveksling": lambda s: consent.log_exchange(
        by=s.teacher, forloeb=s.case.forloeb, what=TEXT, with_participation=s.members["job"]
    ),
    "udvekslet med": lambda s: consent.log_exchange(by=s.teacher, forloeb=s.case.forloeb, what="x", with_name=TEXT),
    "netværk": lambda s: consent.add_contact(
        by=s.tovholder, forloeb=s.case.forloeb, about=[s.person("anna")], name=TEXT, relation="nabo",
        topics=Topic.objects.filter(key="skole"), said_by=s.person("anna"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_C12_a_verb_refuses_a_cpr_number_in_a_free_text(s: Sitting, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ACTS[name](s)
    assert NO_CPR_HELP in refused.value.messages


def test_C12_every_text_that_somebody_types_asks() -> None:
    """Encrypted is what tells of people; a new one asks without anybody thinking of it."""
    asked = {
        f"{model._meta.label}.{field.name}": field.may_hold_cpr
        for model in apps.get_models()
        if "Historical" not in model.__name__
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    assert {name for name, may in asked.items() if may} == NUMBERS_MAY_STAND
    assert len(asked) > 25
    short = {f"{model._meta.label}.{name}" for model in TypedTexts.__subclasses__() for name in model.typed}
    assert {"cases.Family.name", "cases.Household.label", "cases.Person.first_name", "meetings.Meeting.place"} <= short


def test_C12_an_old_text_does_not_shut_its_row(s: Sitting) -> None:
    forloeb = s.case.forloeb
    Forloeb.objects.filter(pk=forloeb.pk).update(need=TEXT)
    forloeb = Forloeb.objects.get(pk=forloeb.pk)
    assert cases.pause_forloeb(by=s.tovholder, forloeb=forloeb).state == "paused"
    row = Forloeb.objects.get(pk=forloeb.pk)
    row.need = f"{TEXT} igen"
    with pytest.raises(ValidationError):
        row.full_clean()


def test_C12_a_page_whose_form_does_not_ask_says_it_and_loses_nothing(s: Sitting, client: Client) -> None:
    client.force_login(s.tovholder)
    data = {"what": f"Uenige om {TEXT}", "involved": [str(s.members["job"].pk)], "on": timezone.localdate().isoformat()}
    answer = client.post(reverse("cases:escalations", args=[s.case.forloeb.pk]), data)
    assert answer.status_code == 422
    assert NO_CPR_HELP in answer.content.decode()
    assert "Uenige om Anna" in answer.content.decode()
