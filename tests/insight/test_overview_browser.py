"""The koordinator's pages in a browser: nothing that axe can find, nothing wider than the screen, filters by the form."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from insight import actions
from tests.insight import town
from tests.organisation.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def koordinator():
    user = UserFactory(koordinator=True, name="Birgit Ørsted")
    job = town.department("Myndighed børn")
    for place in range(6):
        held = town.meeting(town.forloeb(job), town.ago(place + 7))
        town.plan(held)
        town.smiley(held, 5)
    year = timezone.localdate().replace(month=1, day=1)
    values = {"key": "meetings", "name": "Møder holdt", "period": "year", "value": Decimal(80), "from_date": year}
    actions.set_target(by=user, values=values)
    return user


@pytest.mark.any_database
def test_U2_U3_the_koordinators_pages_are_accessible_and_fit(signed_in_page, axe, koordinator):
    page = signed_in_page(koordinator)
    paths = ["overview", "targets", "target_new"]
    addresses = [reverse(f"insight:{name}") for name in paths] + [reverse("insight:stuck", args=["naeste-moede"])]
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.any_database
def test_U1_the_board_is_filtered_by_its_address(signed_in_page, koordinator):
    """The form needs no script; the choice stands in the address and is kept on the way to a list and back."""
    page = signed_in_page(koordinator)
    page.goto(reverse("insight:overview"))
    page.get_by_label("Afdeling", exact=True).select_option(label="Myndighed børn")
    page.get_by_role("button", name="Vis").click()
    page.wait_for_url("**/*afdeling=*")
    page.get_by_role("link", name="Se de 6 forløb").click()
    page.get_by_role("heading", name="Intet næste møde").wait_for()
    expect(page.locator(".ff-aim")).to_contain_text("6 forløb i Myndighed børn")
    page.get_by_role("link", name="Overblik", exact=True).last.click()
    expect(page.get_by_label("Afdeling", exact=True).locator("option:checked")).to_have_text("Myndighed børn")
