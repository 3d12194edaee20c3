"""Min dag and the forløb page in a browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.plans.factories import anton, first_plan


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.usefixtures("transactional_db")
def test_both_pages_are_accessible(width: int, signed_in_page: Callable, axe: Callable) -> None:
    """WCAG 2.2 AA, and no sideways scroll."""
    family = anton()
    first_plan(family)
    page = signed_in_page(family.user("mette"))
    page.set_viewport_size({"width": width, "height": 900})
    for url in (reverse("desk:my_day"), reverse("desk:forloeb", args=[family.forloeb.pk])):
        page.goto(url)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
