"""A clear way back: each page below the main menu says where it belongs."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.organisation.factories import UserFactory

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# The places of the main menu, which nothing lies above.
MENU = {
    "desk/my_day.html", "cases/forloeb_list.html", "cases/henvendelse_list.html", "organisation/departments.html",
    "insight/overview.html", "organisation/admin.html",
}  # fmt: skip
# Before anybody is signed in, and what stands in the place of a page that did not go well.
OUTSIDE = {
    "account/login.html", "account/logged_out.html", "account/account_inactive.html", "account/choose_password.html",
    "account/link_used.html", "organisation/demo_login.html", "socialaccount/login_failed.html", "socialaccount/unknown.html",
    "web/error.html", "web/kept.html",
}  # fmt: skip


def test_each_page_below_the_menu_has_a_way_back() -> None:
    without = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if '{% extends "base.html" %}' in text and not re.search(r"{% block (back|shell) %}", text):
            without.add(path.relative_to(TEMPLATES).as_posix())
    assert without == MENU | OUTSIDE


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["web:accessibility", "web:privacy", "mfa_index", "consent:guidance"])
def test_the_pages_of_the_foot_lead_back_to_ones_own_place(client: Client, name: str) -> None:
    for user, word, url in ((UserFactory(), "Min dag", "/"), (UserFactory(system_admin=True), "Drift", "/drift/")):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        page = " ".join(client.get(reverse(name)).content.decode().split())
        assert re.search(rf'<a href="{url}" class="back-link">.{{0,200}}{word}</a>', page)


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_home_by_the_menus_own_word(client: Client) -> None:
    for user, word, other in (
        (UserFactory(), "Min dag", "Drift"),
        (UserFactory(system_admin=True), "Drift", "Min dag"),
    ):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get("/findes-ikke/").content.decode()
        assert f"Gå til {word}</a>" in page
        assert f"Gå til {other}" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["web:accessibility", "web:privacy"])
def test_before_signing_in_they_lead_to_the_sign_in(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    if answer.status_code == 200:
        assert "Log ind</a>" in answer.content.decode()
    else:
        assert answer.status_code == 302
