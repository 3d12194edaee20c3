"""A child's line under the hand: ticked before it is saved, never on the wall, not lost on the way (M8)."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from meetings.models import BoardNote
from tests.meetings.factories import note, seat, sitting

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Jeg tør ikke gå hjem"
TICK = "Må forældrene ikke se det"


@pytest.fixture
def s():
    made = sitting()
    seat(made, "unge", "job", "anna", "freja")
    return made


def board(s):
    return reverse("meetings:board", args=[s.meeting.pk])


def column(page: Page):
    return page.locator("#kolonne-fungerer")


def kept(text: str = SECRET) -> set[str]:
    (made,) = [one for one in BoardNote.objects.all() if one.text == text]  # encrypted: no query finds it
    return {one.first_name for one in made.kept_from.all()}


@pytest.mark.any_database
def test_M8_by_keys_alone_and_the_wall_never_shows_it(signed_in_page, s):
    wall = signed_in_page(s.tovholder)
    wall.goto(reverse("meetings:wall", args=[s.meeting.pk]))
    wall.evaluate(
        """() => { window.seen = document.body.innerText;
            new MutationObserver(() => { window.seen += document.body.textContent; })
              .observe(document.body, { childList: true, subtree: true, characterData: true }); }"""
    )
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    column(page).locator("textarea").click()
    page.keyboard.type(SECRET)
    expect(page.get_by_label(TICK)).to_have_count(3)
    expect(column(page).get_by_label(TICK)).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(column(page).get_by_label("Freja")).to_be_checked()
    page.keyboard.press("Tab")
    expect(column(page).get_by_label(TICK)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    line = column(page).locator("[data-list] > .note")
    expect(line).to_contain_text(SECRET)
    expect(line).to_contain_text("Ikke på væggen")
    expect(column(page).locator("[name=kept_from_parents]")).not_to_be_checked()
    assert kept() == {"Anna", "Bo", "Carl"}
    note(s, "Det er godt i skolen")  # what the wall gets next, several polls after
    expect(wall.locator(".wall__notes")).to_contain_text(["Det er godt i skolen"], timeout=15000)
    wall.wait_for_timeout(5000)
    assert SECRET not in wall.evaluate("window.seen + document.body.textContent")
    # the next line is an ordinary one
    page.keyboard.type("Skolevejen er lang")
    page.keyboard.press("Enter")
    expect(wall.locator(".wall__notes li", has_text="Skolevejen er lang")).to_be_visible(timeout=15000)
    assert kept("Skolevejen er lang") == set()


@pytest.mark.any_database
def test_M8_a_line_that_waits_keeps_its_tick_and_is_sent_with_it(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.route("**/tavle/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    column(page).locator("textarea").fill(SECRET)
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_label(TICK).check()
    column(page).locator("textarea").press("Enter")
    waiting = page.locator(".note--unsaved")
    expect(waiting).to_contain_text("Ikke på væggen")
    expect(waiting).to_contain_text("Ikke gemt endnu")
    expect(column(page).locator("[name=kept_from_parents]")).not_to_be_checked()
    page.unroute("**/tavle/")
    waiting.get_by_role("button", name="Prøv igen nu").click()
    expect(waiting).to_have_count(0)
    assert kept() == {"Anna", "Bo", "Carl"}


@pytest.mark.any_database
def test_M8_a_refused_line_comes_back_to_the_field_with_its_tick(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    column(page).locator("textarea").fill(SECRET)
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_label(TICK).check()
    column(page).get_by_text("Anna", exact=True).click()
    expect(column(page).get_by_label(TICK)).to_be_visible()
    column(page).locator("textarea").press("Enter")
    waiting = page.locator(".note--unsaved")
    expect(waiting).to_contain_text("Vælg det barn eller den unge")
    waiting.get_by_role("button", name="Ret teksten").click()
    expect(column(page).locator("textarea")).to_have_value(SECRET)
    expect(column(page).get_by_label(TICK)).to_be_checked()
    expect(column(page).get_by_label("Anna")).to_be_checked()
    assert not BoardNote.objects.exists()
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_role("button", name="Gem").click()
    expect(column(page).locator("[data-list] > .note")).to_contain_text(SECRET)
    assert kept() == {"Anna", "Bo", "Carl"}


@pytest.mark.any_database
def test_M8_the_draft_of_a_childs_line_brings_its_tick_back(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    column(page).locator("textarea").fill(SECRET)
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_label(TICK).check()
    expect(column(page).locator("[data-draft-state]")).to_contain_text("Gemt som kladde")
    page.reload()
    expect(column(page).locator("textarea")).to_have_value(SECRET)
    expect(column(page).get_by_label(TICK)).to_be_checked()
    expect(column(page).get_by_label("Freja")).to_be_checked()


def test_M8_without_javascript(signed_in_page, s):
    page = signed_in_page(s.tavle, java_script_enabled=False)
    page.goto(board(s))
    column(page).locator("textarea").fill(SECRET)
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_label(TICK).check()
    column(page).get_by_role("button", name="Gem").click()
    expect(column(page).locator("[data-list] > .note")).to_contain_text("Ikke på væggen")
    assert kept() == {"Anna", "Bo", "Carl"}
    expect(column(page).locator("[name=kept_from_parents]")).not_to_be_checked()


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_no_fault_on_the_board_with_the_tick(signed_in_page, axe, s, width):
    page = signed_in_page(s.tavle)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(board(s))
    column(page).locator("textarea").fill("Noget")
    column(page).get_by_text("Freja", exact=True).click()
    column(page).get_by_label(TICK).check()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
