"""The board under the hand: Enter, keys, a failed save, two screens (M6), and axe on every page of a meeting."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from meetings import actions
from meetings.models import BoardNote, Presence
from tests.meetings.factories import note, refuse, seat, sitting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s():
    made = sitting()
    seat(made, "unge", "job", "anna", "freja")
    return made


def board(s):
    return reverse("meetings:board", args=[s.meeting.pk])


def notes(page: Page, column: str):
    return page.locator(f"[data-list={column}] > .note > p")


@pytest.mark.any_database
def test_M6_three_lines_by_enter_moved_by_keys_mended_and_undone(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    field = page.locator("#kolonne-fungerer textarea")
    field.click()
    for text in ("Et", "To", "Tre"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(notes(page, "fungerer")).to_have_text(["Et", "To", "Tre"])
    expect(field).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(notes(page, "fungerer")).to_have_text(["Et", "Tre", "To"])
    page.keyboard.press("Alt+Shift+Digit3")
    expect(notes(page, "maal")).to_have_text(["Tre"])
    page.keyboard.press("Control+z")
    expect(notes(page, "fungerer")).to_have_text(["Et", "Tre", "To"])
    page.locator("#kolonne-fungerer [data-more]").first.click()
    panel = page.locator(".note__panel")
    panel.get_by_label("Tekst").fill("Et og et halvt")
    panel.get_by_text("Freja", exact=True).first.click()
    panel.get_by_role("button", name="Gem").click()
    expect(notes(page, "fungerer").first).to_have_text(re.compile("»Et og et halvt« Freja"))
    page.reload()
    expect(notes(page, "fungerer")).to_have_count(3)


@pytest.mark.any_database
def test_M6_a_number_goes_to_a_column_also_from_a_line_and_moves_nothing(signed_in_page, s):
    note(s, "Bliv her")
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.locator("#kolonne-fungerer textarea").press("ArrowUp")
    expect(page.locator("#kolonne-fungerer [data-more]")).to_be_focused()
    page.keyboard.press("Alt+2")
    expect(page.locator("#kolonne-udfordrer textarea")).to_be_focused()
    page.keyboard.type("Alt og et tal")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+Shift+Digit3")
    page.keyboard.press("Enter")
    expect(notes(page, "udfordrer")).to_have_text(["Alt og et tal"])
    expect(notes(page, "fungerer")).to_have_text(["Bliv her"])
    expect(notes(page, "maal")).to_have_count(0)
    keys = page.get_by_role("list", name="Genveje")
    expect(keys).to_contain_text("Alt 1 2 3 gå til en kolonne og skriv")
    expect(keys).to_contain_text("Alt Shift 1 2 3 flyt det til en kolonne")


@pytest.mark.any_database
def test_C5_a_guessed_topic_is_one_click_from_its_choice(signed_in_page, axe, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.locator("#kolonne-fungerer textarea").fill("Carl er bange for at falde i igen, når det bliver jul")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Emne: Familie og netværk (gættet)").click()
    topic = page.locator(".note__panel").get_by_label("Emne")
    expect(topic).to_be_focused()
    axe(page)
    topic.select_option(label="Misbrug")
    page.locator(".note__panel").get_by_role("button", name="Gem").click()
    expect(page.locator(".note__panel")).to_have_count(0)
    expect(page.get_by_text("(gættet)")).to_have_count(0)


@pytest.mark.any_database
def test_M6_who_said_it_is_chosen_by_keys(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.keyboard.press("Alt+2")
    page.keyboard.type("Skolevejen er lang")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(notes(page, "udfordrer")).to_have_text(re.compile("»Skolevejen er lang« Freja"))


def test_M6_a_line_that_is_not_saved_is_seen_kept_and_sent_once(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.route("**/tavle/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    field = page.locator("#kolonne-udfordrer textarea")
    field.fill("Mange samtaler ligger tidligt")
    field.press("Enter")
    field.fill("Endnu en linje")
    field.press("Enter")
    waiting = page.locator(".note--unsaved")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("Mange samtaler ligger tidligt")
    expect(waiting.first).to_contain_text("Ikke gemt endnu")
    expect(page.locator("#board-state")).to_have_text("2 punkter er ikke gemt endnu. Vi prøver igen.", timeout=2000)
    expect(page.locator("#board-state")).to_have_attribute("role", "status")
    assert not BoardNote.objects.exists()
    page.unroute("**/tavle/")
    waiting.first.get_by_role("button", name="Prøv igen nu").click()
    expect(notes(page, "udfordrer")).to_have_text(["Mange samtaler ligger tidligt", "Endnu en linje"])
    expect(waiting).to_have_count(0)
    expect(page.locator("#board-state")).to_be_empty()
    assert BoardNote.objects.count() == 2


def test_M6_an_answer_that_is_lost_does_not_make_the_line_twice(signed_in_page, s):
    page = signed_in_page(s.tavle)
    page.goto(board(s))

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/tavle/", lose)
    page.locator("#kolonne-maal textarea").fill("Kun én gang")
    page.locator("#kolonne-maal textarea").press("Enter")
    expect(page.locator(".note--unsaved")).to_contain_text("Ikke gemt endnu")
    page.unroute("**/tavle/")
    expect(notes(page, "maal")).to_have_text(["Kun én gang"], timeout=15000)
    expect(page.locator(".note--unsaved")).to_have_count(0)
    assert BoardNote.objects.count() == 1


@pytest.mark.any_database
def test_M6_a_note_is_dragged_to_another_column(signed_in_page, s):
    note(s, "Flyt mig")
    note(s, "Bliv her", "maal")
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    source, target = page.locator(".note", has_text="Flyt mig"), page.locator(".note", has_text="Bliv her")
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 40, steps=12)
    page.mouse.move(end["x"] + 60, end["y"] + 10, steps=4)
    page.mouse.up()
    expect(notes(page, "maal")).to_have_count(2)
    expect(page.locator("#ff-alert")).to_be_empty()
    page.reload()
    expect(notes(page, "maal")).to_have_count(2)


def test_M6_what_is_being_mended_stays_while_another_line_is_saved(signed_in_page, s):
    """The answer to a save draws the lists anew: an open panel goes along, and one on its way still opens."""
    note(s, "Skolevejen er lang")
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    held = []
    page.route("**/moeder/note/*/", lambda route: held.append(route))
    page.locator("[data-more]").first.click()
    write = page.locator("#kolonne-maal textarea")
    write.fill("Skole hver dag")
    write.press("Enter")
    expect(notes(page, "maal")).to_have_text(["Skole hver dag"])
    held[0].continue_()
    page.unroute("**/moeder/note/*/")
    words = page.locator(".note__panel").get_by_label("Tekst")
    words.fill("Skolevejen er 3 km")
    write.fill("Cykel til Viggo")
    write.press("Enter")
    expect(notes(page, "maal")).to_have_text(["Skole hver dag", "Cykel til Viggo"])
    expect(words).to_have_value("Skolevejen er 3 km")
    page.locator(".note__panel").get_by_role("button", name="Gem").click()
    expect(notes(page, "fungerer")).to_have_text(["Skolevejen er 3 km"])
    expect(page.locator(".note__panel")).to_have_count(0)


@pytest.mark.any_database
def test_M6_what_is_too_long_is_told_and_kept_whole(signed_in_page, s):
    """A field that stops at its limit cuts the end off without a word."""
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    field = page.locator("#kolonne-fungerer textarea")
    field.fill("Ord " * 600 + "til sidst")
    field.press("Enter")
    waiting = page.locator(".note--unsaved")
    expect(waiting).to_contain_text("Teksten er for lang: 2409 tegn. Der er plads til 2000.")
    waiting.get_by_role("button", name="Ret teksten").click()
    expect(field).to_have_value(re.compile("til sidst$"))
    field.fill("Kort")
    field.press("Enter")
    expect(notes(page, "fungerer")).to_have_text(["Kort"])
    assert BoardNote.objects.count() == 1


@pytest.mark.any_database
def test_M6_escape_closes_a_panel_in_which_nothing_was_changed(signed_in_page, s):
    note(s, "Skolevejen er lang")
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    more = page.locator("[data-more]").first
    more.press("Enter")
    words = page.locator(".note__panel").get_by_label("Tekst")
    expect(words).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".note__panel")).to_have_count(0)
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    words.fill("Skolevejen er 3 km")
    page.keyboard.press("Escape")
    expect(words).to_have_value("Skolevejen er 3 km")


def test_M6_two_editors_each_see_the_others_line_and_both_texts(signed_in_page, s):
    made = note(s, "Skolevejen er lang")
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.locator("[data-more]").first.click()
    page.get_by_label("Tekst").fill("Skolevejen er 3 km")
    actions.change_note(
        by=s.tovholder, note=made, row_version=None, text="Skolevejen er for lang", said_by=None, about=None,
        topic=None, kept_from=(), column="fungerer",
    )  # fmt: skip
    page.locator(".note__panel").get_by_role("button", name="Gem").click()
    expect(page.locator(".ff-both")).to_contain_text("Skolevejen er 3 km")
    expect(page.locator(".ff-both")).to_contain_text("Skolevejen er for lang")
    page.get_by_role("button", name="Gem mit i stedet").click()
    expect(notes(page, "fungerer")).to_have_text(["Skolevejen er 3 km"])


@pytest.mark.any_database
def test_M6_the_wall_follows_and_one_key_hides_both(signed_in_page, s):
    wall = signed_in_page(s.tovholder)
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(reverse("meetings:wall", args=[s.meeting.pk]))
    note(s, "Klasselæreren ringer")
    expect(wall.locator(".wall__notes li")).to_have_text(["Klasselæreren ringer"])
    size = wall.locator(".wall__notes li").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 40
    wall.keyboard.press("F2")
    expect(wall.get_by_role("heading", name="Tavlen er skjult")).to_be_visible()
    expect(wall.locator("#live")).to_be_hidden()
    wall.keyboard.press("F2")
    expect(wall.locator(".wall__notes li")).to_be_visible()
    page = signed_in_page(s.tavle)
    page.goto(board(s))
    page.keyboard.press("F2")
    expect(page.get_by_text("Tavlen er skjult")).to_be_visible()
    member = s.members["unge"]
    member.forloeb.barred.create(user=s.tovholder, reason="Nabo", by=s.tavle)
    expect(wall.locator(".wall__notes li")).to_have_count(0)
    expect(wall.get_by_text("Tavlen er lukket")).to_be_visible()


@pytest.mark.any_database
def test_M6_without_javascript_a_line_is_written_and_moved(signed_in_page, s):
    page = signed_in_page(s.tavle, java_script_enabled=False)
    page.goto(board(s))
    page.locator("#kolonne-fungerer textarea").fill("Uden script")
    page.locator("#kolonne-fungerer").get_by_role("button", name="Gem").click()
    expect(notes(page, "fungerer")).to_have_text(["Uden script"])
    page.locator("[data-more]").click()
    page.get_by_role("button", name="Flyt til »Familiens mål«").click()
    expect(notes(page, "maal")).to_have_text(["Uden script"])
    page.get_by_role("button", name="Fortryd").click()
    expect(notes(page, "fungerer")).to_have_text(["Uden script"])


def meeting(s):
    return reverse("meetings:page", args=[s.meeting.pk])


def tap(page: Page, word: str, name: str):
    return page.get_by_role("button", name=re.compile(rf"^{word} ?: {name}$"))


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 390])
def test_M10_the_tap_stays_under_the_pointer_and_so_do_the_others(signed_in_page, s, width):
    """One tap for each: the next press at the same place must not fall on another's button."""
    for row in s.meeting.attendance.all():
        row.presence = Presence.INVITED
        row.save()
    page = signed_in_page(s.tovholder)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(meeting(s))
    rows = page.locator(".meet-came .meet-taps")
    for place, word in ((3, "Til stede"), (0, "Meldt afbud"), (5, "Noget af tiden"), (3, "Udeblevet")):
        pressed = rows.nth(place).get_by_role("button", name=word)
        pressed.scroll_into_view_if_needed()
        before = [one.bounding_box() for one in page.locator(".meet-tap").all()]
        box, top = pressed.bounding_box(), page.evaluate("scrollY")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(pressed).to_have_attribute("aria-pressed", "true")
        after = [one.bounding_box() for one in page.locator(".meet-tap").all()]
        assert page.evaluate("scrollY") == pytest.approx(top, abs=2)
        for was, now in zip(before, after, strict=True):
            assert now == pytest.approx(was, abs=2)
        expect(pressed).to_be_focused()
    assert page.url.endswith(meeting(s)), "no fragment that the page would jump to"


@pytest.mark.any_database
def test_M10_what_follows_from_the_taps_follows_at_once(signed_in_page, s):
    """Two presses before the first answer are both kept; who came is asked for a smiley; a held meeting keeps one of them."""
    page = signed_in_page(s.tovholder)
    page.goto(meeting(s))
    smileys = page.locator("section[aria-labelledby=smileys]")
    expect(smileys).not_to_contain_text("Viggo")
    tap(page, "Til stede", s.person("viggo").name).click()
    tap(page, "Noget af tiden", s.person("bo").name).click()
    expect(smileys).to_contain_text("Viggo")
    expect(smileys).to_contain_text("Bo")
    for name in ("viggo", "bo"):
        expect(tap(page, "Til stede" if name == "viggo" else "Noget af tiden", s.person(name).name)).to_have_attribute(
            "aria-pressed", "true"
        )
    seat(s, "unge", "anna")
    actions.hold(by=s.tovholder, meeting=s.meeting)
    page.goto(meeting(s))
    tap(page, "Udeblevet", s.person("anna").name).click()
    expect(page.get_by_role("alert")).to_contain_text("mindst én fra familien var med")
    expect(tap(page, "Til stede", s.person("anna").name)).to_have_attribute("aria-pressed", "true")


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_what_is_pasted_in_or_long_does_not_push_a_page_sideways(signed_in_page, s, width):
    note(s, "https://kort.example/" + "aflang" * 60)
    s.meeting.refresh_from_db()
    s.meeting.place = "https://kort.example/" + "aflang" * 20
    s.meeting.save()
    for name in ("anna", "bo", "carl"):
        for member in s.members.values():
            refuse(s, name, member, "beskaeftigelse", "oekonomi", "misbrug")
    page = signed_in_page(s.tovholder)
    page.set_viewport_size({"width": width, "height": 900})
    for name in ("board", "wall", "may_it_be_said", "page"):
        page.goto(reverse(f"meetings:{name}", args=[s.meeting.pk]))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_no_fault_on_any_page_of_a_meeting(signed_in_page, axe, s, width):
    made = note(s, "Bo henter om onsdagen", about=["freja"], topic="familie")
    note(s, "Madkundskab er sjovt", said_by="freja")
    page = signed_in_page(s.tovholder)
    page.set_viewport_size({"width": width, "height": 900})
    keys = [("new", s.case.forloeb.pk), ("note", made.pk), ("point", s.meeting.agenda.first().pk)]
    keys += [(name, s.meeting.pk) for name in ("page", "change", "cancel", "board", "wall", "smileys", "smiley_thanks")]
    for name, pk in keys:
        page.goto(reverse(f"meetings:{name}", args=[pk]))
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
    page.goto(reverse("meetings:smiley", args=[s.meeting.pk, s.person("anna").pk]))
    axe(page)
    page = signed_in_page(s.tovholder)  # the other screen is the family's now
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(board(s))
    page.locator("#kolonne-maal textarea").fill("Noget, der skrives")
    page.locator("[data-more]").first.click()
    expect(page.locator(".note__panel")).to_be_visible()
    axe(page)
    page.locator("#kolonne-maal textarea").fill("")
