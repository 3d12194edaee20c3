"""The sheet in a browser: what the script does with a line while it is written."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from plans import actions
from plans.models import ItemKind
from tests.consent.factories import consented
from tests.plans import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.any_database
def test_C5_a_line_out_of_the_writers_sight_makes_way_for_its_words_and_what_to_do(signed_in_page, axe):
    family = factories.anton()
    consented(family.forloeb, family.mor, [family.louise], ["beskaeftigelse"], answer="no")
    draft = actions.start_version(by=family.referent, meeting=family.meeting)
    goal = actions.add_item(by=family.referent, version=draft, kind=ItemKind.GOAL)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    field = page.locator(f"#text-{goal.pk}")
    field.fill("Sofie kommer i praktik")
    page.keyboard.press("Tab")
    told = page.get_by_role("alert").filter(has_text="»Sofie kommer i praktik« er gemt. Du må ikke selv se det igen")
    expect(told).to_be_visible()
    expect(field).to_have_count(0)
    axe(page)


@pytest.mark.any_database
def test_a_new_lines_fields_are_named_by_its_words_as_soon_as_they_are_written(signed_in_page):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    below = draft.items.get(kind=ItemKind.SUB_GOAL)
    line = actions.add_item(by=family.referent, version=draft, kind=ItemKind.AGREEMENT, parent=below)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    page.locator(f"#text-{line.pk}").fill("Ringer til skolen")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Hvem? Ringer til skolen", exact=True)).to_have_id(f"who-{line.pk}")
    expect(page.get_by_label("Hvornår? Ringer til skolen", exact=True)).to_have_id(f"due_on-{line.pk}")
    page.locator(f"#text-{below.pk}").fill("To formiddage i skolen")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Aftale under To formiddage i skolen")).to_be_visible()


@pytest.mark.any_database
def test_the_tab_key_goes_on_from_a_line_that_is_saved_meanwhile(signed_in_page):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    line = factories.item(draft, "Møder")
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    page.locator(f"#due_on-{line.pk}").fill("1. juni 2027")
    page.keyboard.press("Tab")
    expect(page.locator(f"#v-{line.pk}")).not_to_have_value(str(line.row_version))
    expect(page.locator(f"#say-{line.pk}").get_by_role("link")).to_be_focused()


@pytest.mark.any_database
def test_a_date_that_is_refused_is_not_told_to_be_saved(signed_in_page, axe):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    line, other = factories.item(draft, "Møder"), factories.item(draft, "Bestiller")
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    state, told = page.locator("[data-saved]"), f"Ikke alt er gemt: datoen i »{line.text}«."
    when = page.locator(f"#due_on-{line.pk}")
    when.fill("32. juni")
    when.blur()
    expect(state).to_have_text(told)
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    axe(page)
    words = page.locator(f"#text-{other.pk}")
    words.fill("Bestiller tid hos læge i dag")
    words.blur()
    expect(page.locator(f"#v-{other.pk}")).not_to_have_value(str(other.row_version))
    expect(state).to_have_text(told)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.evaluate(
        "window.asked = false; addEventListener('beforeunload', (event) => { asked = event.defaultPrevented; })"
    )
    page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    assert page.evaluate("asked"), "the date that stands there would be lost"
    when.fill("1. juni 2027")
    when.blur()
    expect(state).to_contain_text("Alt er gemt kl.")
    when.fill("32. juni")
    page.get_by_role("button", name="Nyt mål").click()
    expect(page.get_by_role("heading", name="Der er problemer")).to_be_visible()
    expect(state).to_have_text(told)


@pytest.mark.any_database
def test_P4_what_became_of_it_is_seen_on_the_sheet_at_once(signed_in_page, axe):
    """What is over leaves, what is open after all comes back; a line that is being written meanwhile is left alone."""
    family = factories.anton()
    factories.first_plan(family)
    draft = factories.second_plan(family)
    done, other = factories.item(draft, "Møder"), factories.item(draft, "Følger")
    page = signed_in_page(family.referent)
    faults = []
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(reverse("plans:edit", args=[draft.pk]))
    line, words = page.locator(f"#punkt-{done.pk}"), page.locator(f"#text-{other.pk}")
    expect(line).to_be_visible()
    words.fill("Følger Anton hver dag")  # typed and not left: not saved yet
    page.locator(f"#outcome-{done.pk}").evaluate(
        "field => { field.value = 'done'; field.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(line).to_have_count(0)
    expect(words).to_have_value("Følger Anton hver dag")
    expect(words).to_be_focused()
    page.keyboard.type(" i skole")
    expect(words).to_have_value("Følger Anton hver dag i skole")
    page.keyboard.press("Tab")
    expect(page.locator(f"#v-{other.pk}")).not_to_have_value(str(other.row_version))
    axe(page)
    page.locator(f"#outcome-{done.pk}").select_option("carried")
    expect(line.get_by_label("Gør hvad?")).to_have_value(done.text)
    line.get_by_label("Gør hvad?").fill("Møder til tiden")
    page.keyboard.press("Tab")
    expect(page.locator("[data-saved]")).to_contain_text("Alt er gemt")
    expect(line.get_by_label("Hvem? Møder til tiden", exact=True)).to_be_visible()
    done.refresh_from_db()
    other.refresh_from_db()
    assert (done.text, other.text) == ("Møder til tiden", "Følger Anton hver dag i skole")
    page.reload()
    expect(line.get_by_label("Gør hvad?")).to_have_value("Møder til tiden")
    assert not faults


@pytest.mark.any_database
def test_P4_a_goal_that_is_over_takes_its_number_with_it(signed_in_page):
    family = factories.anton()
    first = factories.first_plan(family, finished=False)
    second = actions.add_item(by=family.referent, version=first, kind=ItemKind.GOAL)
    actions.change_item(by=family.referent, item=second, text="Sofie sover om natten")
    actions.finish(by=family.referent, version=first)
    draft = factories.second_plan(family)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    expect(page.get_by_label("Overordnet mål 2")).to_have_value("Sofie sover om natten")
    for row in draft.items.all():
        if row.text == "Sofie sover om natten":
            continue
        page.locator(f"#outcome-{row.pk}").select_option("done")
        expect(page.locator(f"#w-{row.pk}")).not_to_have_value(str(row.row_version))
    expect(page.get_by_label("Overordnet mål 1")).to_have_value("Sofie sover om natten")
    expect(page.get_by_role("heading", name="Mål 1")).to_be_visible()
    expect(page.get_by_label("Overordnet mål 2")).to_have_count(0)


@pytest.mark.any_database
@pytest.mark.parametrize(("width", "beside"), [(1440, True), (1024, True), (390, False)])
def test_P1_the_goal_is_read_first_and_the_board_stands_beside_the_plan(signed_in_page, axe, width, beside):
    family = factories.anton()
    factories.first_plan(family)
    draft = factories.second_plan(family)
    for column, words in (("fungerer", "Anton sover bedre"), ("maal", "Anton i skole hver dag")):
        factories.note(family, words, column)
    page = signed_in_page(family.referent)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("plans:edit", args=[draft.pk]))
    aims = page.get_by_role("list", name="Mål", exact=True)
    goal = factories.item(draft, "Anton er en del")
    expect(aims).to_contain_text(f"Mål 1 {goal.text}")
    assert aims.bounding_box()["y"] < page.get_by_role("heading", name="Siden sidst").bounding_box()["y"]
    board = page.get_by_role("complementary", name="Fra tavlen")
    assert board.get_by_role("heading", level=3).all_inner_texts() == ["Familiens mål", "Hvad fungerer?"]
    sheet = page.locator(".sheet").bounding_box()
    assert (board.bounding_box()["y"] < sheet["y"] + sheet["height"]) is beside
    expect(page.get_by_role("link", name="Se, hvad der mangler")).to_be_visible(visible=not beside)
    words = page.get_by_label("Overordnet mål 1")
    words.fill("Anton er glad i skolen")
    page.keyboard.press("Tab")
    expect(aims).to_contain_text("Mål 1 Anton er glad i skolen")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(page)


@pytest.mark.any_database
def test_a_line_written_while_signed_out_is_saved_after_signing_in_in_another_window(signed_in_page):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    line = factories.item(draft, "Møder")
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    field = page.locator(f"#text-{line.pk}")
    field.fill("Møder Anton ved døren")
    page.keyboard.press("Tab")
    told = page.get_by_role("alert").filter(has_text="Du er logget af")
    expect(told.get_by_role("link", name="Log ind i et nyt vindue")).to_have_attribute("target", "_blank")
    other = signed_in_page(family.referent)
    other.goto(reverse("desk:my_day"))
    page.context.add_cookies(other.context.cookies())  # a new session and a new proof, as from a window beside this one
    field.fill("Møder Anton ved døren kl. 8")
    page.keyboard.press("Tab")
    expect(page.locator("[data-saved]")).to_contain_text("Alt er gemt")
    expect(told).to_have_count(0)
    line.refresh_from_db()
    assert line.text == "Møder Anton ved døren kl. 8"


@pytest.mark.any_database
def test_a_line_written_without_a_net_is_saved_when_the_net_is_there_again(signed_in_page):
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    line = factories.item(draft, "Møder")
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[draft.pk]))
    page.context.set_offline(True)
    page.locator(f"#text-{line.pk}").fill("Møder Anton ved døren kl. 8")
    page.keyboard.press("Tab")
    told = page.get_by_role("alert").filter(has_text="Der er ingen forbindelse til nettet")
    expect(told.get_by_role("button", name="Prøv igen")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_contain_text("Alt er gemt")
    expect(told).to_have_count(0)
    line.refresh_from_db()
    assert line.text == "Møder Anton ved døren kl. 8"
