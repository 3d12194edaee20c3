"""What the people of a story do on the pages, told once for every story."""

from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Town
from tests.e2e.hands import (
    choose_by_arrows,
    field,
    fill,
    follow,
    pick,
    press,
    reads,
    section,
    tab_to,
    tick,
    tick_by_space,
)

NO_TO_THE_REST = "Nej til resten"


def answers_the_start_check(page: Page, *answers: str) -> None:
    """Ja or Nej to each question, in order."""
    for number, answer in enumerate(answers):
        page.get_by_label(answer, exact=True).nth(number).check()


def writes_on_a_person(town: Town, page: Page, person: Mapping[str, Any], *, is_last: bool) -> None:
    """One person of the family, with household, custody and focus."""
    fill(page, {"Fornavn": person["first_name"], "Efternavn": person["last_name"], "CPR-nummer": person["cpr"]})
    tick(page, {"parent": "Forælder", "child": "Barn"}[person["kind"]])
    if person.get("relation"):
        fill(page, {"Relation": person["relation"]})
    tick(page, *person.get("custody", ()))
    home = page.get_by_label(person["household"], exact=True)
    if home.count():
        home.check()
    else:
        fill(page, {"Ny husstand": person["household"]})
    if person.get("focus"):
        tick(page, "Forløbet handler især om denne person")
    if person.get("phone"):
        page.get_by_text("Kontakt, tolk og hensyn").click()
        fill(page, {"Telefon": person["phone"]})
    town.look(page)
    press(page, "Gem" if is_last else "Gem, og tilføj en til")
    reads(page, f"{person['first_name']} {person['last_name']} er skrevet på.")


def writes_on_a_case(town: Town, page: Page, name: str, department: str) -> None:
    """From the family's page and back to it."""
    follow(page, f"Sager for {name}")
    town.reads(page, "Hvor har")
    pick(page, "Afdeling", department)
    press(page, "Skriv sagen på")
    town.reads(page, "Hvem er i")


def adds_a_colleague(town: Town, page: Page, search: str, label: str, role: str) -> None:
    """From the page of participants and back to it."""
    follow(page, "Tilføj en kollega")
    fill(page, {"Navn, funktion eller afdeling": search})
    press(page, "Find")
    tick(page, label)
    pick(page, "Rolle i forløbet", role)
    town.look(page)
    press(page, "Tilføj kollegaen")
    town.reads(page, "Hvem er med i forløbet?")
    expect(section(page, "Med nu")).to_contain_text(label.split(",")[0])


def reads_the_guidance(town: Town, name: str) -> None:
    page = town.sits_down(name)
    follow(page, "Læs den: Læs vejledningen om samtykke")
    town.reads(page, "Vejledning om samtykke")
    press(page, "Jeg har læst vejledningen")
    expect(page.get_by_role("button", name="Jeg har læst vejledningen")).to_have_count(0)


def declares_by_keyboard(
    town: Town, page: Page, answers: Mapping[str, str | list[str]], signers: Sequence[str], button: str
) -> None:
    """A whole declaration without a mouse.

    answers: recipient → »Ja til alt«, »Nej« or the topics with a yes; the others were not spoken of, unless the last
    of them is NO_TO_THE_REST.
    """
    town.look(page)
    for recipient, said in answers.items():
        group = page.get_by_role("group", name=recipient, exact=True)
        choose_by_arrows(group, said if isinstance(said, str) else "Ja til noget")
        if not isinstance(said, str):
            for topic in (one for one in said if one != NO_TO_THE_REST):
                choose_by_arrows(group.get_by_role("group", name=topic, exact=True), "Ja")
            tick_by_space(group, *(one for one in said if one == NO_TO_THE_REST))
    tick_by_space(page.get_by_role("group", name="Hvem har skrevet under?"), *signers)
    tick_by_space(page.locator("form.ff-form"), "Sedlen »Sådan behandler vi dine oplysninger« er givet")
    town.look(page, "filled")
    tab_to(page.get_by_role("button", name=button, exact=True))
    page.keyboard.press("Enter")


def writes_on_the_board(page: Page, column: int, text: str, said_by: str = "", *, is_seen: bool = True) -> None:
    """A line and Enter; who said it by Tab and arrows. is_seen: the writer's own department may have it."""
    page.keyboard.press(f"Alt+{column}")
    page.keyboard.type(text)
    if said_by:
        page.keyboard.press("Tab")
        while not page.get_by_role("radio", name=said_by, exact=True).is_checked():
            page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    if is_seen:
        expect(page.get_by_role("link", name=f"Mere om: {text}")).to_be_visible()
        return
    told = page.get_by_role("alert").filter(has_text=f"»{text}« er gemt. Du må ikke selv se det igen")
    expect(told).to_be_visible()
    press(told, "Luk beskeden")


def marks_a_note(page: Page, text: str, about: Sequence[str], topic: str) -> None:
    """Whom the line concerns, and what it is about."""
    follow(page, f"Mere om: {text}")
    who = page.get_by_role("group", name="Hvem handler det om?")
    for name in who.get_by_role("checkbox").locator("..").all_inner_texts():
        who.get_by_label(name, exact=True).set_checked(name in about, force=True)
    pick(page, "Emne", topic)
    press(page, "Gem")
    expect(who).to_have_count(0)


def plans_a_meeting(town: Town, page: Page, when: Mapping[str, str]) -> None:
    """Everybody is invited from the start; the page of the meeting comes up."""
    town.reads(page, "Planlæg et møde")
    fill(page, dict(when))
    press(page, "Planlæg mødet")
    town.reads(page, "Roller")


def gives_a_role(page: Page, role: str, name: str) -> None:
    pick(page, role, name)
    press(page, f"Gem: {role.lower()}")
    expect(field(page, role).locator("option:checked")).to_contain_text(name)
