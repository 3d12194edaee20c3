"""Min dag forgets nothing that still waits for somebody (U6, O4, P7)."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import actions as cases
from cases.models import Henvendelse
from meetings.models import Meeting
from tests.cases.factories import HenvendelseFactory, receiver_of
from tests.desk.reading import read
from tests.plans.factories import anton, first_plan, item, meeting_of

pytestmark = pytest.mark.django_db
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def test_O4_a_henvendelse_taken_on_without_a_forloeb_stays_with_who_took_it(client: Client) -> None:
    row = HenvendelseFactory(sent_at=timezone.now() - 9 * DAY)
    receiver = receiver_of(row)
    cases.accept_henvendelse(by=receiver, henvendelse=row)
    page = read(client, receiver, reverse("desk:my_day"))
    assert "Start forløbet, eller afvis henvendelsen" in page
    assert reverse("cases:henvendelse", args=[row.pk]) in page
    assert "Start forløbet, eller afvis" not in read(client, row.sender, reverse("desk:my_day"))
    forloeb = cases.start_forloeb(by=receiver, department=row.to_department, family_name="A", need="B", henvendelse=row)
    assert forloeb.henvendelse == row
    assert "Start forløbet, eller afvis" not in read(client, receiver, reverse("desk:my_day"))


def test_U6_every_meeting_of_today_is_there(client: Client) -> None:
    families = [anton("2026-0147"), anton("2026-0148")]
    user = families[0].user("mette")
    now = timezone.now()
    second = families[1].mette
    second.user = user
    second.department = families[0].mette.department
    second.save()
    for place, family in zip(("Den lille sal", "Biblioteket"), families, strict=True):
        made = meeting_of(family.forloeb, 2, timezone.localdate(), family.staff, family.people, held=False)
        Meeting.objects.filter(pk=made.pk).update(place=place, starts_at=now, ends_at=now + HOUR)
    page = read(client, user, reverse("desk:my_day"))
    assert "Den lille sal" in page
    assert "Biblioteket" in page


def test_P7_what_is_not_journalised_waits_also_when_the_forloeb_has_ended(client: Client) -> None:
    family = anton()
    first_plan(family)
    lead = family.user("mette")
    cases.end_forloeb(by=lead, forloeb=family.forloeb, reason="moved", text="Flyttet til Odense.")
    mine = read(client, family.user("thomas"), reverse("desk:my_day"))
    assert "Forløbet er afsluttet" in mine
    assert reverse("plans:journal") in mine
    assert "Journalisér Én Plan" not in read(client, family.user("karen"), reverse("desk:my_day"))


def test_F6_following_up_is_one_press_away_for_whoever_has_the_agreement_or_leads(client: Client) -> None:
    family = anton()
    plan = first_plan(family)
    ours = item(plan, "Møder Anton")
    act, sight = reverse("plans:follow_up", args=[ours.pk]), f"#aftale-{ours.pk}"
    holder = ours.responsible.user
    for user in (holder, family.user("mette")):
        with time_machine.travel(timezone.now() + 8 * DAY):
            assert act in read(client, user, reverse("desk:my_day")), "its day has passed"
        assert act in read(client, user, reverse("desk:forloeb", args=[family.forloeb.pk]))
    page = read(client, family.user("louise"), reverse("desk:forloeb", args=[family.forloeb.pk]))
    assert act not in page, "neither the agreement's nor the tovholder's"
    assert sight in page
    assert "Se aftalen" in page


def test_O4_the_receiver_can_tell_two_henvendelser_from_the_same_colleague_apart(client: Client) -> None:
    first = HenvendelseFactory(family_text="Tobias i 6. klasse")
    sender = {"sender": first.sender, "sender_department": first.sender_department}
    HenvendelseFactory(**sender, to_department=first.to_department, family_text="Vilja og hendes mor")
    page = read(client, receiver_of(first), reverse("desk:my_day"))
    assert "Tobias i 6. klasse. Fra " in page
    assert "Vilja og hendes mor. Fra " in page


def test_O4_the_sender_is_told_on_min_dag_who_took_it_on_and_for_a_week_who_said_no(client: Client) -> None:
    taken, refused = HenvendelseFactory(), HenvendelseFactory(family_text="Tobias i 6. klasse")
    receiver, nay = receiver_of(taken), receiver_of(refused)
    cases.accept_henvendelse(by=receiver, henvendelse=taken)
    cases.decline_henvendelse(by=nay, henvendelse=refused, reason="Ring til PPR først.")
    page = read(client, taken.sender, reverse("desk:my_day"))
    assert f"{receiver.name} har taget imod din henvendelse" in page
    page = read(client, refused.sender, reverse("desk:my_day"))
    assert f"{nay.name} har sagt nej til din henvendelse" in page
    assert "Tobias i 6. klasse. Læs hvorfor" in page
    assert "har sagt nej" not in read(client, nay, reverse("desk:my_day")), "who answered knows it"
    Henvendelse.objects.filter(pk=refused.pk).update(answered_at=timezone.now() - 8 * DAY)
    assert "har sagt nej" not in read(client, refused.sender, reverse("desk:my_day"))
