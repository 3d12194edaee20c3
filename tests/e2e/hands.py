"""A person's hands and eyes on the pages: everything is found by its role, its label or its words, never by its markup."""

import io
import re

from django.urls import resolve
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

MAY_BE_LEFT_OUT = r"( \(kan udelades\))?"
FAR_ENOUGH = 200


def field(where: Page | Locator, label: str) -> Locator:
    """The field with exactly this label."""
    return where.get_by_label(re.compile(f"^{re.escape(label)}{MAY_BE_LEFT_OUT}$"))


def fill(where: Page | Locator, texts: dict[str, str]) -> None:
    """Write in the fields with these labels."""
    for label, text in texts.items():
        field(where, label).fill(text)


def tick(where: Page | Locator, *labels: str) -> None:
    for label in labels:
        where.get_by_label(label, exact=True).check()


def pick(where: Page | Locator, label: str, words: str) -> None:
    """Choose in a list, by (a part of) what the choice says."""
    choice = field(where, label)
    value = choice.locator("option", has_text=words).first.get_attribute("value")
    choice.select_option(value)


def named(name: str) -> re.Pattern[str]:
    """Exactly this name; words for screen readers only may stand after a space."""
    return re.compile(f"^{re.escape(name).replace(':', ' ?:')}$")


def button(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=named(name))


def press(where: Page | Locator, name: str) -> None:
    button(where, name).click()


def follow(where: Page | Locator, name: str, *, exact: bool = True) -> None:
    where.get_by_role("link", name=named(name) if exact else name).first.click()


def section(page: Page, heading: str) -> Locator:
    """The part of the page with this heading."""
    return page.get_by_role("region", name=heading, exact=True)


def reads(page: Page, *words: str) -> None:
    """The words stand on the page, in its main part."""
    for text in words:
        expect(page.get_by_role("main")).to_contain_text(text)


def reads_nothing_of(page: Page, *words: str) -> None:
    for text in words:
        expect(page.get_by_role("main")).not_to_contain_text(text, ignore_case=True)


def tab_to(target: Locator) -> None:
    """Go to the target with Tab alone, as one without a mouse must be able to."""
    keyboard = target.page.keyboard
    for _ in range(FAR_ENOUGH):
        if target.evaluate("element => element === document.activeElement"):
            return
        keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {target}")


def choose_by_arrows(group: Locator, label: str) -> None:
    """Choose in a group of radio buttons (the first in reading order): Tab to the group, then arrows to the answer."""
    wanted = group.get_by_role("radio", name=label, exact=True).first
    tab_to(group.get_by_role("radio", checked=True).first)
    for _ in range(FAR_ENOUGH):
        if wanted.is_checked():
            return
        group.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never come to {label}")


def tick_by_space(group: Locator, *labels: str) -> None:
    for label in labels:
        box = group.get_by_label(label, exact=True)
        tab_to(box)
        if not box.is_checked():
            group.page.keyboard.press("Space")


def paper(page: Page, link: str) -> str:
    """Fetch a PDF by its link; gives the words on it, white space folded."""
    with page.expect_download() as fetched:
        follow(page, link)
    return words_of(fetched.value.path().read_bytes())


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() or "" for page in pages).split())


def name_of(page: Page) -> str:
    """The name of the view that made the page."""
    path = re.sub(r"^https?://[^/]+", "", page.url).split("?")[0].split("#")[0]
    return resolve(path).view_name
