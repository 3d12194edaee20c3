"""That somebody has a case in a department is known by the tovholder, the department, and by consent to social støtte (C5)."""

import pytest
from django.urls import reverse

from cases.models import DepartmentCase
from consent.models import Topic
from plans.actions import file_more
from plans.models import JournalEntry
from tests.consent.factories import consented
from tests.organisation.factories import DepartmentFactory, RecordSystemFactory
from tests.plans import factories

JOB = "Har sag i Job og Fastholdelse 2026-0147"
CHILDREN = "Har sag i Myndighed børn 2026-0147"
pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    """Anton and Ida have a case in Myndighed børn (Mette, tovholder), mor in Job og Fastholdelse (Thomas)."""
    made = factories.anton()
    DepartmentCase.objects.filter(person=made.mor).update(case_number="F-4")
    DepartmentCase.objects.filter(person=made.anton).update(case_number="D-1")
    return made


def page(client, family, name, view="cases:people"):
    client.force_login(family.user(name))
    return client.get(reverse(view, args=[family.forloeb.pk])).content.decode()


def test_C5_the_tovholder_and_the_department_itself_see_a_case(client, family):
    shown = page(client, family, "mette")
    assert "D-1" in shown
    assert "F-4" in shown
    shown = page(client, family, "thomas")
    assert "F-4" in shown, "the department's own"
    assert "D-1" not in shown


def test_C5_others_see_it_by_a_valid_yes_to_social_stoette_only(client, family):
    """Karen has a yes from mor about everything, about Anton for school and health."""
    shown = page(client, family, "karen")
    assert "Anton" in shown
    assert JOB in shown
    assert CHILDREN not in shown
    consented(family.forloeb, family.anton, [family.karen], ["social"])
    assert CHILDREN in page(client, family, "karen")
    consented(family.forloeb, family.mor, [family.karen], ["social"], answer="no")
    shown = page(client, family, "karen")
    assert JOB not in shown
    assert "Sofie" in shown
    Topic.objects.filter(key="social").update(is_active=False)
    assert CHILDREN not in page(client, family, "karen"), "a municipality without the topic: nobody is told"


def test_C5_the_number_of_a_case_is_the_departments_own_and_the_tovholders(client, family):
    shown = page(client, family, "karen")
    assert JOB in shown
    assert "F-4" not in shown
    assert f"{JOB} (F-4)" in page(client, family, "thomas")
    assert f"{JOB} (F-4)" in page(client, family, "mette")


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("Rusmiddelcenter", "misbrug"),
        ("Psykiatrien", "helbred"),
        ("Jobcenter Nord", "beskaeftigelse"),
        ("Økonomi og ydelse", "oekonomi"),
    ],
)
def test_C5_a_yes_to_social_stoette_does_not_tell_of_a_case_whose_department_tells_of_something_else(
    client, family, name, topic
):
    """»Har sag i Rusmiddelcenter« tells of misbrug: it stands for whoever may have that too. On every page."""
    home = DepartmentFactory(name=name, record_system=RecordSystemFactory(name="Novax"))
    DepartmentCase.objects.create(person=family.ida, department=home)
    consented(family.forloeb, family.ida, [family.karen], ["social", "skole"])
    version = factories.first_plan(family)
    JournalEntry.objects.create(version=version, person=family.ida, department=home, system=home.record_system)

    views = (("cases:people", family.forloeb.pk), ("desk:forloeb", family.forloeb.pk), ("plans:page", version.pk))

    def pages():
        client.force_login(family.user("karen"))
        texts = [client.get(reverse(view, args=[pk])).content.decode() for view, pk in views]
        return [name in text or "Novax" in text for text in texts]

    assert pages() == [False, False, False]
    consented(family.forloeb, family.ida, [family.karen], [topic])
    assert pages() == [True, True, True]
    consented(family.forloeb, family.ida, [family.karen], [topic], answer="no")
    assert pages() == [False, False, False], "an explicit no wins"


def test_C5_the_history_tells_of_more_cases_to_the_tovholder_only(client, family):
    version = factories.first_plan(family)
    DepartmentCase.objects.create(person=family.far, department=family.mette.department)
    file_more(by=family.user("mette"), version=version)
    assert "lagt til journalisering for flere sager" in page(client, family, "mette", "desk:forloeb")
    assert "flere sager" not in page(client, family, "karen", "desk:forloeb")


def test_C5_where_the_plan_is_journalised_tells_no_more_than_that(client, family):
    version = factories.first_plan(family)
    dubu, fasit = (family.staff[name].department.record_system.name for name in ("mette", "thomas"))
    for name, seen in (("mette", {dubu, fasit}), ("thomas", {fasit}), ("karen", {fasit})):
        forloeb = page(client, family, name, "desk:forloeb")
        assert {one for one in (dubu, fasit) if one in forloeb} == seen, name
        plan = client.get(reverse("plans:page", args=[version.pk])).content.decode()
        assert {one for one in (dubu, fasit) if one in plan} == seen, name
    consented(family.forloeb, family.anton, [family.karen], ["social"])
    client.force_login(family.user("karen"))
    assert dubu in client.get(reverse("plans:page", args=[version.pk])).content.decode()
