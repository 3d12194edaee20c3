"""A family of five at their kitchen table: how many keys their declarations take, told in docs/operations.md (C1, C2)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from cases.models import (
    Custody,
    Family,
    FamilyMember,
    FamilyRelation,
    Forloeb,
    ForloebPerson,
    ForloebState,
    Participation,
    ParticipationRole,
    Person,
)
from consent import actions
from consent.models import Consent, Declaration
from organisation.models import User
from tests.consent.factories import START, born, ground, person
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory

pytestmark = pytest.mark.django_db(transaction=True)

# What a working hand can do in three minutes, with room for talking.
MOST = 150
SCHOOL = {"skole", "familie", "fritid"}
TOPICS = ("helbred", "beskaeftigelse", "oekonomi", "skole", "social", "misbrug", "familie", "fritid")


class Hand:
    """Counts each key it presses. It never touches the mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def tab_to(self, target: Locator) -> None:
        for _ in range(50):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never comes to {target}")

    def tick(self, box: Locator) -> None:
        self.tab_to(box)
        self.press("Space")


def five() -> tuple[Forloeb, User, dict[str, Person]]:
    """Mor and far, Maja of 16, Noah of 12 and Liv of 4; three departments and an external party."""
    ground()
    years = {"Ellen": 41, "Jonas": 43, "Maja": 16, "Noah": 12, "Liv": 4}
    people = {name: person(name, born(age), "Krog") for name, age in years.items()}
    family = Family.objects.create(name="Majas familie")
    forloeb = Forloeb.objects.create(
        number="2026-0777",
        family=family,
        model_key="faelles_familier",
        state=ForloebState.CONSENT,
        need="Familien har mange aftaler.",
        start_checked_on=START,
    )
    for name, one in people.items():
        kind = FamilyRelation.PARENT if name in ("Ellen", "Jonas") else FamilyRelation.CHILD
        FamilyMember.objects.create(family=family, person=one, kind=kind)
        ForloebPerson.objects.create(forloeb=forloeb, person=one, is_focus=name == "Maja", from_date=START)
    for child in ("Maja", "Noah", "Liv"):
        for holder in ("Ellen", "Jonas"):
            Custody.objects.create(child=people[child], holder=people[holder])
    for name in ("Job og Udvikling", "Myndighed børn", "Skole"):
        hired = EmploymentFactory(department=DepartmentFactory(may_drive=True, name=name))
        role = ParticipationRole.TOVHOLDER if name == "Myndighed børn" else ParticipationRole.PROFESSIONAL
        Participation.objects.create(
            forloeb=forloeb, user=hired.user, department=hired.department, role=role, from_date=START
        )
    external = ExternalPartyFactory(name="Psykiatrien")
    Participation.objects.create(forloeb=forloeb, external=external, external_name="Signe Holm", from_date=START)
    tovholder = forloeb.participations.get(role=ParticipationRole.TOVHOLDER).user
    actions.read_guidance(by=tovholder)
    return forloeb, tovholder, people


def answers(hand: Hand, page: Page) -> None:
    """Yes to two departments and to the other adults, three topics to the school, no to the psychiatry."""
    for question in page.locator("fieldset.ff-ask > legend").all_inner_texts():
        if question == "Skole":
            hand.press("d")
            for topic in TOPICS:
                hand.press("j" if topic in SCHOOL else "n")
        else:
            hand.press("n" if question.startswith("Psykiatrien") else "j")


@pytest.mark.any_database
def test_C2_a_family_of_five_is_asked_in_fewer_keys_than_three_minutes_hold(signed_in_page):
    forloeb, tovholder, people = five()
    page = signed_in_page(tovholder)
    page.goto(reverse("consent:matrix", args=[forloeb.pk]))
    hand = Hand(page)
    hand.tab_to(page.get_by_role("main").get_by_role("link", name=re.compile("^Skriv .* svar$")).first)
    hand.press("Enter")
    for number in range(5):
        expect(page.get_by_role("heading", level=1)).to_contain_text("siger")
        name = page.get_by_role("heading", level=1).inner_text().split()[2]
        expect(page.locator(".ff-ask").first.get_by_label("Spørg ikke nu")).to_be_focused()
        answers(hand, page)
        expect(page.get_by_label("På papir")).to_be_focused()
        for box in page.get_by_role("group", name="Hvem har skrevet under?").get_by_role("checkbox").all():
            hand.tick(box)
        hand.tick(page.get_by_label("Sedlen »Sådan behandler vi dine oplysninger« er givet"))
        hand.tab_to(page.get_by_role("button", name="Gem, og tag den næste" if number < 4 else f"Gem {name}s svar"))
        hand.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("svar er gemt")

    assert Declaration.objects.count() == 5
    assert all(one.leaflet_given_on for one in Declaration.objects.all())
    assert sorted(Declaration.objects.values_list("signatures__signer__first_name", flat=True)) == sorted(
        ["Ellen", "Jonas", "Maja", "Ellen", "Jonas", "Ellen", "Jonas"]
    )
    school = Consent.objects.filter(declaration__person=people["Liv"], department__name="Skole")
    assert dict(school.values_list("topic__key", "answer")) == {
        topic: "yes" if topic in SCHOOL else "no" for topic in TOPICS
    }
    assert not Consent.objects.filter(external__isnull=False, answer="yes").exists()
    assert Consent.objects.filter(adult__isnull=False, answer="yes").count() == 4 * len(TOPICS)

    assert hand.keys <= MOST
    told = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"{hand.keys} keys and no click" in told


@pytest.mark.any_database
def test_a_key_answers_only_where_a_question_has_the_focus(signed_in_page):
    """C2: »ikke nu« leaves an earlier answer as it is, and a letter in a field is a letter."""
    forloeb, tovholder, people = five()
    page = signed_in_page(tovholder)
    page.goto(reverse("consent:declare", args=[forloeb.pk, people["Liv"].pk]))
    job = page.get_by_role("group", name="Job og Udvikling", exact=True)
    page.keyboard.press("j")
    expect(job.get_by_label("Ja til alt")).to_be_checked()
    day = page.get_by_label("Hvornår fik personen det forklaret?")
    day.fill("")
    day.press_sequentially("n")
    expect(day).to_have_value("n")
    expect(job.get_by_label("Ja til alt")).to_be_checked()
    page.get_by_role("button", name="Gem Livs svar").click()
    expect(page.locator("[data-ff-errors]")).to_be_focused()
