"""A line on the board on its way: kept for the one who writes it, until it is on the board and no longer (M6)."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from drafts.actions import load, save_draft
from drafts.models import Draft
from meetings import actions
from meetings.boards import draft_key
from meetings.models import BoardNote
from tests.meetings.factories import seat, sitting
from web.cpr import NO_CPR_HELP

pytestmark = pytest.mark.django_db(transaction=True)
LINE = "Skolevejen er lang"


@pytest.fixture
def s():
    made = sitting()
    seat(made, "unge", "job", "anna", "freja")
    return made


def board(s):
    return reverse("meetings:board", args=[s.meeting.pk])


def field(page: Page):
    return page.locator("#kolonne-fungerer textarea")


def kept(s) -> str:
    return str(load(s.tavle, draft_key(s.meeting, "fungerer")).get("text", ""))


def until(told, page: Page, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def held_back(page: Page, where: str) -> list[Route]:
    """What is posted there from now on, which the test sends on."""
    held: list[Route] = []
    page.route(where, lambda asked: held.append(asked) if asked.request.method == "POST" else asked.continue_())
    return held


def slowly(asked: Route) -> None:
    if asked.request.method == "GET":
        time.sleep(1.5)
    asked.continue_()


def down(asked: Route) -> None:
    asked.abort() if asked.request.method == "POST" else asked.continue_()


@pytest.mark.any_database
def test_M6_the_words_just_typed_stand_there_when_the_page_is_loaded_anew(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    field(page).press_sequentially(LINE)
    page.route("**/tavle/", slowly)
    page.reload()
    expect(field(page)).to_have_value(LINE)


@pytest.mark.any_database
def test_M6_a_line_that_the_server_has_not_taken_yet_stands_there_when_the_page_is_loaded_anew(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.route("**/tavle/", down)
    for text in (LINE, "Cykel til Viggo"):
        field(page).fill(text)
        field(page).press("Enter")
    expect(page.locator(".note--unsaved")).to_have_count(2)
    field(page).press_sequentially("Og mere")
    until(lambda: kept(s).endswith("Og mere"), page)
    page.on("dialog", lambda dialog: dialog.accept())
    for _ in range(2):
        page.reload()
        expect(field(page)).to_have_value(f"{LINE}\nCykel til Viggo\nOg mere")
    page.unroute("**/tavle/")
    field(page).press("Enter")
    expect(page.locator("[data-list=fungerer] > .note")).to_have_count(1)
    assert not Draft.objects.exists()
    page.reload()
    expect(field(page)).to_have_value("")


@pytest.mark.any_database
def test_C12_a_line_with_a_cpr_number_is_said_to_be_wrong_and_not_to_be_tried_again(signed_in_page, s):
    text = "Annas nummer er 010161-1234"
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    field(page).fill(text)
    field(page).press("Enter")
    waiting, state = page.locator(".note--unsaved"), page.locator("#board-state")
    expect(waiting).to_contain_text(NO_CPR_HELP)
    expect(state).to_have_text(f"1 punkt er ikke gemt. {NO_CPR_HELP}")
    page.route("**/tavle/", down)
    field(page).fill(LINE)
    field(page).press("Enter")
    expect(state).to_have_text(f"1 punkt er ikke gemt endnu. Vi prøver igen. 1 punkt er ikke gemt. {NO_CPR_HELP}")
    page.unroute("**/tavle/")
    expect(page.locator("[data-list=fungerer] > .note")).to_have_count(1, timeout=15000)
    expect(state).to_have_text(f"1 punkt er ikke gemt. {NO_CPR_HELP}")
    until(lambda: kept(s) == text, page)
    waiting.get_by_role("button", name="Ret teksten").click()
    expect(field(page)).to_have_value(text)
    expect(state).to_be_empty()


@pytest.mark.any_database
def test_M6_the_next_line_outlives_the_one_before_being_saved_late(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    held = held_back(page, "**/tavle/")
    field(page).fill(LINE)
    field(page).press("Enter")
    field(page).press_sequentially("Den næste")
    until(lambda: kept(s).endswith("Den næste"), page)
    held[0].continue_()
    expect(page.locator("[data-list=fungerer] > .note")).to_have_count(1)
    until(lambda: kept(s) == "Den næste", page)
    page.unroute("**/tavle/")
    page.reload()
    expect(field(page)).to_have_value("Den næste")


@pytest.mark.any_database
def test_M6_a_draft_on_its_way_does_not_bring_back_what_is_on_the_board(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    held = held_back(page, "**/kladder/**")
    with page.expect_request("**/kladder/**"):
        field(page).press_sequentially(LINE)
    field(page).press("Enter")
    expect(page.locator("[data-list=fungerer] > .note")).to_have_count(1)
    held[0].continue_()
    until(lambda: len(held) == 2, page)
    assert kept(s) == LINE, "it came after the line"
    held[1].continue_()
    until(lambda: kept(s) == "", page)
    page.reload()
    expect(field(page)).to_have_value("")


@pytest.mark.any_database
@pytest.mark.parametrize("written", ["draft", "line"])
def test_M6_the_line_is_saved_when_its_writer_has_signed_in_again_elsewhere(signed_in_page, s, live_server, written):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    Session.objects.all().delete()
    field(page).press_sequentially(LINE)
    if written == "line":
        field(page).press("Enter")
        expect(page.locator(".note--unsaved")).to_contain_text("Log ind i et nyt vindue")
    else:
        expect(page.locator("#kolonne-fungerer [data-draft-state]")).to_contain_text("Log ind i et nyt vindue")
    signed_in_elsewhere(page, s.tavle, live_server)
    if written == "line":
        expect(page.locator("[data-list=fungerer] > .note")).to_have_count(1, timeout=20000)
        assert BoardNote.objects.get().author == s.tavle
    else:
        until(lambda: kept(s) == LINE, page, 20)


@pytest.mark.any_database
def test_C5_the_line_is_not_saved_by_somebody_else_who_has_signed_in_there(signed_in_page, s, live_server):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    Session.objects.all().delete()
    field(page).fill(LINE)
    field(page).press("Enter")
    expect(page.locator(".note--unsaved")).to_contain_text("Log ind i et nyt vindue")
    signed_in_elsewhere(page, s.tovholder, live_server)
    expect(page.locator(".note--unsaved")).to_contain_text("Siden var for gammel", timeout=20000)
    assert not BoardNote.objects.exists()
    assert not Draft.objects.exists()


def signed_in_elsewhere(page: Page, user, live_server) -> None:
    """A new session, and with it a new proof for the forms, as signing in gives."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url},
            {"name": settings.CSRF_COOKIE_NAME, "value": "n" * 32, "url": live_server.url},
        ]
    )


def test_M6_what_did_not_come_on_the_board_before_the_meeting_ended_stands_there_for_its_writer_alone(s):
    save_draft(by=s.tavle, key=draft_key(s.meeting, "fungerer"), fields={"text": LINE, "said_by": ""})
    actions.hold(by=s.tovholder, meeting=s.meeting)
    shown = {}
    for user in (s.tavle, s.tovholder):
        client = Client()
        client.force_login(user)
        shown[user] = client.get(board(s)).content.decode()
    assert LINE in shown[s.tavle]
    assert "før mødet sluttede" in shown[s.tavle]
    assert LINE not in shown[s.tovholder]


@pytest.mark.any_database
def test_M6_a_meeting_that_ends_meanwhile_leaves_the_line_to_its_writer(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    actions.hold(by=s.tovholder, meeting=s.meeting)
    field(page).press_sequentially(LINE)
    expect(page.get_by_text("Mødet er slut.")).to_be_visible(timeout=10000)
    expect(page.locator("#kolonne-fungerer .note--unsaved")).to_contain_text(LINE)


def test_a_draft_on_the_board_is_shown_to_nobody_else(s):
    save_draft(by=s.tavle, key=draft_key(s.meeting, "fungerer"), fields={"text": LINE, "said_by": ""})
    client = Client()
    client.force_login(s.tovholder)
    assert LINE not in client.get(board(s)).content.decode()
