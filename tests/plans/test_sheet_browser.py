"""The sheet in a browser: what the script does with a line while it is written."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from plans import actions
from plans.models import ItemKind
from tests.consent.factories import consented
from tests.plans import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.any_database
def test_C5_a_line_out_of_the_writers_sight_makes_way_for_its_words_and_what_to_do(signed_in_page, axe):
    family = factories.anton()
    consented(family.forloeb, family.mor, [family.louise], ["beskaeftigelse"], answer="no")
    draft = actions.start_version(by=family.referent, meeting=family.meeting)
    goal = actions.add_item(by=family.referent, version=draft, kind=ItemKind.GOAL)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    field = page.locator(f"#text-{goal.pk}")
    field.fill("Sofie kommer i praktik")
    page.keyboard.press("Tab")
    told = page.get_by_role("alert").filter(has_text="»Sofie kommer i praktik« er gemt. Du må ikke selv se det igen")
    expect(told).to_be_visible()
    expect(field).to_have_count(0)
    axe(page)


@pytest.mark.any_database
def test_a_new_lines_fields_are_named_by_its_words_as_soon_as_they_are_written(signed_in_page):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    below = draft.items.get(kind=ItemKind.SUB_GOAL)
    line = actions.add_item(by=family.referent, version=draft, kind=ItemKind.AGREEMENT, parent=below)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    page.locator(f"#text-{line.pk}").fill("Ringer til skolen")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Hvem? Ringer til skolen", exact=True)).to_have_id(f"who-{line.pk}")
    expect(page.get_by_label("Hvornår? Ringer til skolen", exact=True)).to_have_id(f"due_on-{line.pk}")
    page.locator(f"#text-{below.pk}").fill("To formiddage i skolen")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Aftale under To formiddage i skolen")).to_be_visible()
