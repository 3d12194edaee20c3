"""The pages in a browser: whole, accessible, without sideways scrolling (C13)."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from audit.log import delivered
from tests.organisation.factories import EmploymentFactory, UserFactory
from tests.plans.factories import anton

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.any_database
def test_the_pages_have_no_fault_and_fit_a_phone(signed_in_page: Callable, axe: Callable) -> None:
    family = anton()
    at = [family.forloeb.pk, family.mor.pk]
    delivered(
        by=family.user("mette"), kind="desk:forloeb", channel="page", role="tovholder", forloeb=family.forloeb,
        persons=[family.mor],
    )  # fmt: skip
    page = signed_in_page(family.user("mette"))
    for name, args in (("people", at[:1]), ("subject_access", at), ("lookups", at)):
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(reverse(f"privacy:{name}", args=args))
        axe(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.goto(reverse("privacy:people", args=at[:1]))
    page.get_by_role("link", name="Hvem har set oplysningerne? Sofie").click()
    expect(page.get_by_text("Tovholder for familien").first).to_be_visible()


def test_the_reviewer_marks_a_look_up(signed_in_page: Callable, axe: Callable) -> None:
    family = anton()
    jens = EmploymentFactory(user__name="Jens Mikkelsen").user
    delivered(by=jens, kind="desk:forloeb", channel="page", forloeb=family.forloeb, persons=[family.far])
    page = signed_in_page(UserFactory(koordinator=True))
    page.goto(reverse("privacy:review"))
    axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Bemærkning").fill("Har talt med Jens")
    page.get_by_role("button", name="Gennemset").click()
    expect(page.get_by_text("Der er ingen opslag at se igennem.")).to_be_visible()
