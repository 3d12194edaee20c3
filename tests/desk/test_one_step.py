"""One next step: the page of the forløb and that of its consents are decided by one rule and never say two things."""

import datetime
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from cases.models import Custody, Forloeb, ForloebState, Participation
from consent import actions as consent
from consent.next_step import Step
from insight.bench import STATEMENTS
from meetings.models import Meeting, MeetingState
from organisation.models import User
from tests.cases.factories import PersonFactory, tovholder_of
from tests.consent.factories import Case, case, consented
from tests.organisation.factories import EmploymentFactory

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT_REST = ("Følg aftalerne", "Alt er på plads")
# What the forløb page says after the consents have had their turn.
LATER = ("Følg op på", "Forbered møde", "Følg aftalerne")


@pytest.fixture(scope="module")
def demo(lasting: None) -> None:
    call_command("demo", stdout=StringIO())


def steps(client: Client, forloeb: Forloeb, tovholder: User) -> tuple[Step, Step]:
    """What the page of the forløb and the page of its consents each name as the next step."""
    client.force_login(tovholder, backend=BACKEND)
    pages = [client.get(reverse(name, args=[forloeb.pk])) for name in ("desk:forloeb", "consent:matrix")]
    assert [page.status_code for page in pages] == [200, 200]
    return pages[0].context["step"], pages[1].context["step"]


def agree(forloeb_step: Step, consent_step: Step) -> None:
    """Both name the same, but where a meeting or a plan comes first; and where nothing is left to do."""
    if forloeb_step == consent_step:
        return
    if forloeb_step.url:
        assert resolve(forloeb_step.url.split("#")[0]).app_name != "consent", (forloeb_step, consent_step)
    if forloeb_step.text.startswith(LATER):
        # The consents have had their turn: nothing is hindered. What comes in good time waits for what is overdue.
        is_early = consent_step.text.startswith(("Forny", "Få en erklæring klar", "Scan"))
        assert consent_step.text in AT_REST or (is_early and forloeb_step.text.startswith("Følg op på"))


@pytest.mark.any_database
def test_F6_C2_both_pages_agree_for_every_family_of_the_demo(client: Client, demo: None) -> None:
    found = {}
    for forloeb in Forloeb.objects.all():
        tovholder = Participation.objects.open().tovholder().get(forloeb=forloeb).user
        consent.read_guidance(by=tovholder)
        first, second = steps(client, forloeb, tovholder)
        agree(first, second)
        found[forloeb.pk] = first.text
    assert len(set(found.values())) >= 4, "the families stand at different steps"


def active(bo: int = 0, way: str = "oral") -> Case:
    """The family with a forløb that runs, a meeting to come, and everybody's answers. bo: days since his were given."""
    family = case()
    everyone = [*family.departments, family.external]
    for name, person in family.people.items():
        on = timezone.localdate() - datetime.timedelta(days=bo if name == "bo" else 0)
        given = consented(family.forloeb, person, everyone, on=on)
        given.way, given.oral_note = way if name == "bo" else "oral", "Sagt i telefonen."
        given.save()
    consent.activate_forloeb(by=family.tovholder, forloeb=family.forloeb)
    family.forloeb.refresh_from_db()
    day = timezone.now() + datetime.timedelta(days=9)
    Meeting.objects.create(
        forloeb=family.forloeb, number=1, state=MeetingState.PLANNED, starts_at=day, place="Skolen",
        ends_at=day + datetime.timedelta(hours=1), board_key="ff",
    )  # fmt: skip
    return family


def nothing(family: Case) -> None:
    pass


def unsigned(family: Case) -> None:
    consented(family.forloeb, family.viggo, family.departments, signed=False)


def birthday(family: Case) -> None:
    day = timezone.localdate() + datetime.timedelta(days=20)
    family.viggo.birth_date = day.replace(year=day.year - 15, day=min(day.day, 28))
    family.viggo.save()


def no_holder(family: Case) -> None:
    Custody.objects.filter(child=family.viggo).delete()


def holder_outside(family: Case) -> None:
    no_holder(family)
    Custody.objects.create(child=family.viggo, holder=PersonFactory(), from_date=datetime.date(2026, 1, 1))


def one_more_department(family: Case) -> None:
    new = EmploymentFactory()
    Participation.objects.create(
        forloeb=family.forloeb, user=new.user, department=new.department, from_date=timezone.localdate()
    )


def unasked(family: Case) -> None:
    family.forloeb.declarations.filter(person=family.freja).delete()


def said_no(family: Case) -> None:
    consented(family.forloeb, family.bo, family.departments, answer="no")


def all_gone(family: Case) -> None:
    for person in family.people.values():
        consent.withdraw(by=family.tovholder, forloeb=family.forloeb, person=person, receipt=False)


def left_over(family: Case) -> None:
    Participation.objects.filter(pk=family.members["psyk"].pk).update(to_date=timezone.localdate())


def paused(family: Case) -> None:
    Forloeb.objects.filter(pk=family.forloeb.pk).update(state=ForloebState.PAUSED, paused_on=timezone.localdate())


@pytest.mark.parametrize(
    ("change", "world", "told"),
    [
        (nothing, {}, "Forbered møde 1"),
        (unsigned, {}, "Få Annas og Carls underskrift på Viggos erklæring"),
        (unsigned, {"bo": 400}, "Få Annas og Carls underskrift på Viggos erklæring"),
        (nothing, {"bo": 400}, "Spørg Bo igen"),
        (left_over, {"bo": 400}, "Spørg Bo igen"),
        (nothing, {"bo": 355}, "Forny Bos samtykke"),
        (nothing, {"way": "paper"}, "Scan Bos underskrevne erklæring"),
        (birthday, {}, "Få en erklæring klar til Viggo"),
        (no_holder, {}, "Skriv, hvem der har forældremyndighed over Viggo"),
        (unasked, {}, "Spørg Freja om samtykke"),
        (said_no, {}, "Forbered møde 1"),
        (all_gone, {}, "Samtykke er ikke opnået"),
        (paused, {}, "Tag fat igen, når familien er klar"),
    ],
)
def test_C2_C4_both_pages_agree_in_every_state(
    client: Client, change: Callable[[Case], None], world: dict[str, Any], told: str
) -> None:
    family = active(**world)
    change(family)
    first, second = steps(client, family.forloeb, family.tovholder)
    assert first.text == told
    agree(first, second)


@pytest.mark.parametrize("state", [holder_outside, one_more_department], ids=lambda state: state.__name__)
def test_C1_C2_both_pages_agree_when_somebody_new_must_sign_or_be_asked_about(
    client: Client, state: Callable[[Case], None]
) -> None:
    family = active()
    state(family)
    first, second = steps(client, family.forloeb, family.tovholder)
    assert first == second


def statements(client: Client, url: str) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return [one["sql"] for one in seen.captured_queries if one["sql"].lstrip(" (").upper().startswith(STATEMENTS)]


@pytest.mark.parametrize("state", [nothing, unsigned, all_gone, paused], ids=lambda state: state.__name__)
def test_the_forloeb_page_is_fifteen_statements_at_most_in_each_state(
    client: Client, state: Callable[[Case], None]
) -> None:
    family = active()
    state(family)
    client.force_login(family.tovholder, backend=BACKEND)
    asked = statements(client, reverse("desk:forloeb", args=[family.forloeb.pk]))
    assert len(asked) <= 15, asked


def test_the_forloeb_page_is_fifteen_statements_at_most_while_consent_is_gathered(client: Client) -> None:
    family = case()
    consented(family.forloeb, family.viggo, family.departments, signed=False)
    client.force_login(tovholder_of(family.forloeb), backend=BACKEND)
    asked = statements(client, reverse("desk:forloeb", args=[family.forloeb.pk]))
    assert len(asked) <= 15, asked
