"""Min dag: what is next, nothing that may not be seen, a constant number of queries."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Barred
from consent import actions as consent
from insight.bench import STATEMENTS
from meetings.models import Meeting
from plans import actions as plans
from plans.models import PlanItem
from tests.cases.factories import ForloebFactory, HenvendelseFactory, receiver_of
from tests.desk.reading import BACKEND, queries, read
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, UserFactory
from tests.plans.factories import Anton, first_plan

pytestmark = pytest.mark.django_db


def test_U6_everything_done_says_so_and_what_one_can_do(client: Client) -> None:
    user = EmploymentFactory().user
    page = read(client, user, reverse("desk:my_day"))
    assert "Intet venter på dig" in page
    assert reverse("cases:henvendelse_new") in page


def test_O4_a_teacher_with_things_waiting_still_finds_where_to_write_a_henvendelse(client: Client) -> None:
    teacher = EmploymentFactory(department=DepartmentFactory())
    HenvendelseFactory(sender=teacher.user, sender_department=teacher.department)
    page = read(client, teacher.user, reverse("desk:my_day"))
    assert "Venter på andre" in page
    assert reverse("cases:henvendelse_new") in page


def test_F7_a_held_meeting_without_a_next_one_is_overdue_on_the_tovholders_day(client: Client, family: Anton) -> None:
    assert "intet møde er aftalt" in read(client, family.user("mette"), reverse("desk:my_day"))
    assert "intet møde er aftalt" not in read(client, family.user("karen"), reverse("desk:my_day"))


def test_F7_a_booked_meeting_takes_the_warning_away(client: Client, family: Anton) -> None:
    Meeting.objects.create(
        forloeb=family.forloeb, number=2, starts_at=timezone.now() + datetime.timedelta(days=9),
        ends_at=timezone.now() + datetime.timedelta(days=9, hours=1), place="Skolen", board_key="ff",
    )  # fmt: skip
    assert "intet møde er aftalt" not in read(client, family.user("mette"), reverse("desk:my_day"))


def test_P2_the_referent_is_told_to_write_the_plan_and_the_tovholder_waits(client: Client, family: Anton) -> None:
    assert "Skriv Én Plan" in read(client, family.user("louise"), reverse("desk:my_day"))
    assert "Én Plan er ikke færdig" in read(client, family.user("mette"), reverse("desk:my_day"))


def test_U6_an_overdue_agreement_stands_with_its_owner_and_the_tovholder(client: Client, family: Anton) -> None:
    version = first_plan(family)
    later = timezone.localdate() + datetime.timedelta(days=9)
    with time_machine.travel(datetime.datetime.combine(later, datetime.time(9)), tick=False):
        assert "Du: Møder Anton ved døren" in read(client, family.user("karen"), reverse("desk:my_day"))
        assert "Karen Ullerup" in read(client, family.user("mette"), reverse("desk:my_day"))
        assert "Møder Anton" not in read(client, family.user("thomas"), reverse("desk:my_day"))
        agreement = next(item for item in PlanItem.objects.filter(version=version) if item.text.startswith("Møder"))
        plans.follow_up(by=family.user("karen"), agreement=agreement, state="done")
        assert "Møder Anton" not in read(client, family.user("karen"), reverse("desk:my_day"))


def test_C5_min_dag_shows_no_agreement_the_reader_may_not_have(client: Client, family: Anton) -> None:
    """Mor's health is free to Mette's department; when mor withdraws, it is gone from Mette's day at once."""
    first_plan(family)
    later = timezone.localdate() + datetime.timedelta(days=9)
    with time_machine.travel(datetime.datetime.combine(later, datetime.time(9)), tick=False):
        assert "egen læge" in read(client, family.user("mette"), reverse("desk:my_day"))
        consent.withdraw(by=family.user("mette"), forloeb=family.forloeb, person=family.mor)
        assert "egen læge" not in read(client, family.user("mette"), reverse("desk:my_day"))


def test_P7_a_missing_line_is_the_departments_own_and_waits_for_the_tovholder(client: Client, family: Anton) -> None:
    first_plan(family)
    assert "Journalisér Én Plan i Fasit" in read(client, family.user("thomas"), reverse("desk:my_day"))
    assert "Én Plan mangler i Fasit" in read(client, family.user("mette"), reverse("desk:my_day"))


def test_O4_a_henvendelse_waits_for_its_receiver_and_stands_with_its_sender(client: Client) -> None:
    henvendelse = HenvendelseFactory()
    assert "Svar på en henvendelse" in read(client, receiver_of(henvendelse), reverse("desk:my_day"))
    page = read(client, henvendelse.sender, reverse("desk:my_day"))
    assert "Din henvendelse venter på svar" in page
    assert f"{henvendelse.family_text}. " in page, "which of several"
    assert "henvendelse venter" not in read(client, EmploymentFactory().user, reverse("desk:my_day"))


def test_min_dag_asks_the_same_number_of_questions_for_one_and_for_ten_forloeb(client: Client, family: Anton) -> None:
    first_plan(family)
    mette = family.user("mette")
    one = queries(client, mette, reverse("desk:my_day"))
    for _ in range(9):
        ForloebFactory(active=True, tovholder=mette)
    assert queries(client, mette, reverse("desk:my_day")) == one


def test_O6_a_koordinator_reads_on_min_dag_where_it_is_stuck_in_numbers(client: Client, family: Anton) -> None:
    """Also without a forløb of their own; nobody else gets the numbers. Fifteen statements at most."""
    family.forloeb.meetings.update(held_on=timezone.localdate() - datetime.timedelta(days=20))
    koordinator = UserFactory(koordinator=True)
    page = read(client, koordinator, reverse("desk:my_day"))
    assert "1: Intet næste møde" in page
    assert reverse("insight:stuck", args=["naeste-moede"]) in page
    assert reverse("insight:overview") in page
    assert "Antons familie" not in page
    assert "sidder det fast i kommunen" not in read(client, family.user("mette"), reverse("desk:my_day"))
    client.force_login(koordinator, backend=BACKEND)
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("desk:my_day"))
    asked = [one["sql"] for one in seen.captured_queries if one["sql"].lstrip(" (").upper().startswith(STATEMENTS)]
    assert len(asked) <= 15, asked


def test_a_koordinator_who_is_a_tovholder_too_gets_min_dag_in_fifteen_statements(client: Client, family: Anton) -> None:
    first_plan(family)
    mette = family.user("mette")
    mette.is_koordinator = True
    mette.save()
    assert "Her sidder det fast i kommunen" in read(client, mette, reverse("desk:my_day"))
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("desk:my_day"))
    asked = [one["sql"] for one in seen.captured_queries if one["sql"].lstrip(" (").upper().startswith(STATEMENTS)]
    assert len(asked) <= 15, asked


def test_F13_what_a_koordinator_is_barred_from_is_in_no_number_on_min_dag(client: Client, family: Anton) -> None:
    family.forloeb.meetings.update(held_on=timezone.localdate() - datetime.timedelta(days=20))
    koordinator = UserFactory(koordinator=True)
    Barred.objects.create(forloeb=family.forloeb, user=koordinator, reason="nabo", by=family.user("mette"))
    assert "Intet næste møde" not in read(client, koordinator, reverse("desk:my_day"))
