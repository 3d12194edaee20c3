"""Storebælt Kommune with its people at their screens, on days that the test decides."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from organisation.models import User
from tests.e2e.hands import name_of, reads

MUNICIPALITY = settings.BASE_DIR / "organisation" / "demo" / "storebaelt.toml"


@dataclass
class Town:
    """Who sits where. Each page that is met for the first time is checked by axe as it stands then."""

    clock: Any
    sign_in: Callable[[User], Page]
    axe: Callable[[Page], None]
    pages: dict[str, Page] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def day(self, moment: str) -> None:
        """It is now another day; everybody has logged off in the meantime."""
        self.clock.move_to(f"{moment}+02:00")
        for page in self.pages.values():
            page.context.close()
        self.pages.clear()

    def leaves(self, name: str) -> None:
        """Signed out; the next time they sit down they sign in anew."""
        self.pages.pop(name).context.close()

    def sits_down(self, name: str) -> Page:
        """The person's own browser, on Min dag."""
        if name not in self.pages:
            self.pages[name] = self.sign_in(User.objects.get(name=name))
        page = self.pages[name]
        page.goto("/")
        self.reads(page, "Min dag")
        return page

    def reads(self, page: Page, *words: str) -> None:
        """The words stand there; and nothing on the page is in the way of anybody."""
        reads(page, *words)
        self.look(page)

    def look(self, page: Page, state: str = "") -> None:
        """Check a page the first time it is met. state: the same page again, in another state."""
        seen = f"{name_of(page)} {state}".strip()
        if seen in self.seen:
            return
        self.seen.add(seen)
        self.axe(page)
        if folder := os.environ.get("FF_SHOTS"):
            file = f"{len(self.seen):02} {seen.replace(':', '-')}.png"
            page.screenshot(path=Path(folder) / file, full_page=True, caret="initial")


@pytest.fixture
def town(
    transactional_db: None,
    time_machine: Any,
    signed_in_page: Callable[[User], Page],
    axe: Callable[[Page], None],
) -> Town:
    """FF_SHOTS=FOLDER: a picture of every page that is met."""
    expect.set_options(timeout=20_000)
    call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0, stdout=StringIO())
    return Town(time_machine, signed_in_page, axe)
