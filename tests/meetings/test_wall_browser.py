"""The wall when there is more than fits: pages that stand still, that hands turn, and that open where the talk is (M6)."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.meetings.factories import note, seat, sitting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s():
    made = sitting()
    seat(made, "unge", "job", "anna", "freja")
    return made


def line(number):
    return f"Punkt nummer {number} med lidt flere ord i"


def say(s, text):
    return note(s, text, about=["freja"], topic="fritid")


@pytest.fixture
def wall(signed_in_page, s):
    page = signed_in_page(s.tovholder)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(reverse("meetings:wall", args=[s.meeting.pk]))
    return page


@pytest.fixture
def full(s):
    for number in range(9):
        say(s, line(number))


def shown(page):
    return page.locator(".wall__notes li:visible")


@pytest.mark.any_database
def test_M6_the_wall_turns_pages_by_hand_and_says_which_one_stands_there(s, full, wall, axe):
    expect(wall.locator("body")).to_have_class(re.compile("wall--mange"))
    pager = wall.get_by_role("group", name="Sider")
    expect(shown(wall).first).to_have_text(line(0))
    expect(pager).to_contain_text("Side 1 af 2")
    goes_on = wall.locator(".wall__more:visible")
    expect(goes_on).to_have_text("Mere på næste side")
    axe(wall)
    wall.keyboard.press("ArrowRight")
    expect(pager).to_contain_text("Side 2 af 2")
    expect(shown(wall).last).to_have_text(line(8))
    expect(goes_on).to_have_count(0)
    pager.get_by_role("button", name="Forrige side").click()
    expect(shown(wall).first).to_have_text(line(0))
    pager.get_by_role("button", name="Næste side").press("Enter")
    expect(shown(wall).last).to_have_text(line(8))
    wall.keyboard.press("PageUp")
    expect(pager).to_contain_text("Side 1 af 2")
    size = pager.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 30, "read at five metres"
    for one in (shown(wall).last, pager, goes_on):
        box = one.bounding_box()
        assert box["y"] + box["height"] <= 1080


@pytest.mark.any_database
def test_M6_the_pages_turn_by_themselves_only_when_asked_and_can_be_stopped(s, full, wall):
    """WCAG 2.2.2: what moves for more than five seconds can be stopped."""
    pager = wall.get_by_role("group", name="Sider")
    wall.clock.run_for(60_000)
    expect(pager).to_contain_text("Side 1 af 2")
    pager.get_by_role("button", name="Skift af sig selv").press("Enter")
    wall.clock.run_for(12_500)
    expect(pager).to_contain_text("Side 2 af 2")
    wall.clock.run_for(12_000)
    expect(pager).to_contain_text("Side 1 af 2")
    pager.get_by_role("button", name="Stop sideskift").press("Enter")
    wall.clock.run_for(60_000)
    expect(pager).to_contain_text("Side 1 af 2")
    expect(pager.get_by_role("button", name="Skift af sig selv")).to_be_focused()


@pytest.mark.any_database
def test_M6_a_new_line_opens_its_own_page_and_one_taken_away_opens_none(s, full, wall):
    pager = wall.get_by_role("group", name="Sider")
    expect(shown(wall).first).to_have_text(line(0))
    newest = say(s, "Det, der bliver sagt nu")
    wall.clock.run_for(2_500)
    expect(shown(wall).last).to_have_text("Det, der bliver sagt nu")
    expect(pager).to_contain_text("Side 2 af 2")
    wall.keyboard.press("ArrowLeft")
    newest.delete()
    wall.clock.run_for(2_500)
    expect(wall.locator(".wall__notes li")).to_have_count(9)
    expect(pager).to_contain_text("Side 1 af 2")


@pytest.mark.any_database
def test_M6_one_line_longer_than_a_page_can_be_read_to_its_end(s, wall):
    expect(wall.get_by_role("group", name="Sider")).to_be_hidden()
    say(s, "Først. " + "Og så en hel masse mere om det samme. " * 24 + "Til sidst.")
    wall.clock.run_for(2_500)
    pager = wall.get_by_role("group", name="Sider")
    expect(pager).to_contain_text("Side 1 af ")
    pages = int(re.search(r"af (\d+)", pager.inner_text())[1])
    assert pages > 1
    tops, whole = [], shown(wall).bounding_box()["height"]
    for _ in range(pages):
        window = wall.locator(".wall__notes--cut").bounding_box()
        tops.append(window["y"] - shown(wall).bounding_box()["y"])
        wall.keyboard.press("ArrowRight")
    assert tops == [pytest.approx(number * window["height"], abs=1) for number in range(pages)]
    assert tops[-1] + window["height"] >= whole


@pytest.mark.any_database
def test_M6_at_a_narrow_screen_everything_stands_on_one_page(s, full, wall):
    wall.set_viewport_size({"width": 1024, "height": 768})
    expect(wall.get_by_role("group", name="Sider")).to_be_hidden()
    expect(shown(wall)).to_have_count(9)
