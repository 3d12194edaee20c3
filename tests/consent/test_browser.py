"""The way through in a browser, by keyboard, with axe on each page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consent import actions
from consent.models import Consent, Declaration, Withdrawal
from tests.consent.factories import case

pytestmark = pytest.mark.django_db(transaction=True)


def test_guidance_declaration_matrix_and_withdrawal(signed_in_page, axe):
    family = case()
    page = signed_in_page(family.tovholder)
    page.goto(reverse("consent:matrix", args=[family.forloeb.pk]))
    axe(page)
    page.get_by_role("button", name="Jeg har læst vejledningen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hvem må dele hvad?")
    axe(page)
    page.get_by_role("link", name="Skriv Bos svar").click()
    page.get_by_role("group", name=family.departments[0].name).wait_for()
    axe(page)
    choices = page.get_by_role("group", name=family.departments[0].name)
    choices.get_by_label("Ja til noget").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    health = choices.get_by_role("group", name="Helbred")
    expect(health.get_by_label("Ikke spurgt")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(health.get_by_label("Ja")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(choices.get_by_role("group", name="Beskæftigelse og uddannelse").get_by_label("Nej")).to_be_checked()
    page.get_by_label(family.bo.name, exact=True).check()
    axe(page)
    page.get_by_role("button", name="Gem Bos svar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bos samtykke")
    axe(page)
    assert list(Declaration.objects.get().consents.order_by("topic__position").values_list("topic__key", "answer")) == [
        ("helbred", "yes"),
        ("beskaeftigelse", "no"),
    ]

    page.goto(reverse("consent:matrix", args=[family.forloeb.pk]))
    page.locator("td a.ff-state").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.ff-person").first).to_have_attribute("open", "")
    axe(page)

    page.get_by_role("link", name="Tilbagekald for Bo").click()
    page.get_by_role("heading", name="Hvad vil Bo tilbagekalde?").wait_for()
    axe(page)
    page.get_by_label("Det hele").check()
    page.get_by_role("button", name="Se, hvad der sker").click()
    page.get_by_role("heading", name="Bo tilbagekalder hele sit samtykke").wait_for()
    axe(page)
    assert not Withdrawal.objects.exists()
    page.get_by_role("button", name="Tilbagekald og lav kvittering").click()
    expect(page.get_by_text("Bos samtykke er tilbagekaldt. Det gælder nu.")).to_be_visible()
    axe(page)
    assert Withdrawal.objects.get().receipt_id


def test_everything_works_without_a_script(signed_in_page):
    family = case()
    page = signed_in_page(family.tovholder, java_script_enabled=False)
    page.goto(reverse("consent:guidance"))
    page.get_by_role("button", name="Jeg har læst vejledningen").click()
    page.goto(reverse("consent:declare", args=[family.forloeb.pk, family.anna.pk]))
    page.get_by_role("group", name=family.departments[0].name).get_by_label("Nej", exact=True).first.check()
    page.get_by_role("button", name="Gem Annas svar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Annas samtykke")


@pytest.mark.any_database
def test_C2_C5_an_adult_is_named_and_answered_about_by_keyboard(signed_in_page, axe):
    family = case()
    actions.read_guidance(by=family.tovholder)
    page = signed_in_page(family.tovholder)
    page.goto(reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk]))
    expect(page.get_by_text("Carl")).to_have_count(0)
    page.keyboard.press("j")
    page.locator("summary", has_text="Må en anden voksen i familien").focus()
    page.keyboard.press("Enter")
    axe(page)
    page.keyboard.press("Tab")
    page.keyboard.type("Carl")
    page.keyboard.press("Enter")
    asked = page.get_by_role("group", name="Må Carl Ærø få noget at vide om Bo?")
    expect(asked.get_by_label("Spørg ikke nu")).to_be_focused()
    expect(page.locator(".ff-ask").first.get_by_label("Ja til alt")).to_be_checked()
    axe(page)
    page.keyboard.press("n")
    expect(page.get_by_label("På papir")).to_be_focused()
    page.get_by_label(family.bo.name, exact=True).check()
    page.get_by_role("button", name="Gem Bos svar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bos samtykke")
    assert {row.answer for row in Consent.objects.filter(adult=family.carl)} == {"no"}
