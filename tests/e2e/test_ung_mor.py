"""Ung mor uden uddannelse: two departments, who can be tovholder, and a tovholder who leaves (insight/scenarios/ung-mor.toml)."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Forloeb
from tests.e2e.acts import (
    adds_a_colleague,
    answers_the_start_check,
    declares_by_keyboard,
    reads_the_guidance,
    writes_on_a_case,
    writes_on_a_person,
)
from tests.e2e.conftest import Town
from tests.e2e.hands import button, field, fill, follow, pick, press, reads, reads_nothing_of, section

SANNE, MIKKEL, JONAS, PIA = "Sanne Østrup", "Mikkel Zimmer", "Jonas Hvid", "Pia Holst"
LAILA, NOAH = "Laila Sjøgreen", "Noah Sjøgreen"
FAMILY: list[dict[str, Any]] = [
    {
        "first_name": "Laila",
        "last_name": "Sjøgreen",
        "cpr": "850407-4122",
        "kind": "parent",
        "relation": "mor til Noah",
        "household": "Hos Laila",
        "focus": True,
    },
    {
        "first_name": "Noah",
        "last_name": "Sjøgreen",
        "cpr": "691225-4313",
        "kind": "child",
        "household": "Hos Laila",
        "custody": [LAILA],
    },
]
ALONE = "Mindst to forskellige afdelinger. Kun KUI er med nu."


@pytest.mark.real_papers
def test_ung_mor(town: Town) -> None:
    """F1 F5 C1 O4: KUI alone is not enough; a sundhedsplejerske cannot lead; all forløb are handed over at once."""
    town.day("2026-09-01T09:00")
    page = town.sits_down(SANNE)
    starts(page, "Lailas familie", "Laila vil i gang med en uddannelse, og Noah skal have en god hverdag imens.")
    the_family_and_kui_alone(town)
    with_two_departments_it_becomes_active(town)
    a_sundhedsplejerske_cannot_be_tovholder(town)
    page = town.sits_down(SANNE)
    starts(page, "Asgers familie", "Asger er 19 år, bor alene og har gæld.")
    town.day("2026-10-05T09:00")
    sanne_hands_everything_over_at_once(town)


def starts(page: Page, name: str, need: str) -> None:
    """The four steps, with nothing in the way."""
    follow(page, "Start et nyt forløb")
    answers_the_start_check(page, "Nej", "Nej")
    press(page, "Videre til familien")
    fill(page, {"Hvad kalder I familien?": name})
    press(page, "Videre til behovet")
    fill(page, {"Hvad skal koordineres?": need})
    press(page, "Se efter, før du starter")
    press(page, "Start forløbet")
    reads(page, f"Hvem er i {name}?")


def the_family_and_kui_alone(town: Town) -> None:
    """F1: said in plain words, wherever one looks, and there is nothing to press."""
    page = town.pages[SANNE]
    follow(page, "Tilføj en person")
    for person in FAMILY:
        writes_on_a_person(town, page, person, is_last=person is FAMILY[-1])
    for name, department in ((LAILA, "KUI"), (NOAH, "Myndighed børn")):
        writes_on_a_case(town, page, name, department)
    expect(section(page, "Hvad mangler, før forløbet kan blive aktivt?")).to_contain_text(ALONE)
    reads_the_guidance(town, SANNE)
    page = town.sits_down(SANNE)
    follow(page, "Lailas familie")
    reads(page, ALONE)
    follow(page, "Se alle samtykker")
    follow(page, "Skriv Lailas svar")
    declares_by_keyboard(town, page, {"KUI": "Ja til alt"}, [LAILA], "Gem, og tag den næste")
    reads(page, "Lailas svar er gemt.")
    declares_by_keyboard(town, page, {"KUI": ["Familie og netværk"]}, [LAILA], "Gem Noahs svar")
    reads(page, "Noahs svar er gemt.", ALONE)
    expect(button(page, "Gør forløbet aktivt")).to_have_count(0)
    assert Forloeb.objects.get().state == "consent"


def with_two_departments_it_becomes_active(town: Town) -> None:
    page = town.sits_down(SANNE)
    follow(page, "Lailas familie")
    follow(page, "Tilføj eller ret deltagere")
    adds_a_colleague(town, page, "Hvid", f"{JONAS}, socialrådgiver, Myndighed børn", "Myndighedsrepræsentant")
    adds_a_colleague(town, page, "Holst", f"{PIA}, sundhedsplejerske, Sundhedsplejen", "Fagperson")
    page = town.sits_down(SANNE)
    follow(page, "Lailas familie")
    follow(page, "Se alle samtykker")
    section(page, "Person for person").get_by_text(LAILA, exact=True).click()
    follow(page, "Skriv nye svar for Laila")
    declares_by_keyboard(
        town, page, {"Myndighed børn": "Ja til alt", "Sundhedsplejen": "Nej"}, [LAILA], "Gem Lailas svar"
    )
    press(page, "Gør forløbet aktivt")
    reads(page, "Forløbet er aktivt.")
    assert Forloeb.objects.get().state == "active"


def a_sundhedsplejerske_cannot_be_tovholder(town: Town) -> None:
    """F5 O4: she is not on the list, and the page says who can; her own try is told the same."""
    page = town.sits_down(SANNE)
    follow(page, "Lailas familie")
    follow(page, "Flere handlinger")
    page.get_by_text("Overlevér forløbet", exact=True).first.click()
    expect(page.get_by_text("Kun medarbejdere i en myndighed kan være tovholder.")).to_be_visible()
    town.look(page)
    choices = field(page, "Ny tovholder")
    expect(choices).to_contain_text(MIKKEL)
    expect(choices).not_to_contain_text(PIA)
    page = town.sits_down(PIA)
    expect(page.get_by_role("link", name="Start et nyt forløb")).to_have_count(0)
    page.goto("/forloeb/start/")
    reads(page, "myndighed")


def sanne_hands_everything_over_at_once(town: Town) -> None:
    """F5: one act for both, and the history shows both tovholdere with their days."""
    page = town.sits_down(SANNE)
    follow(page, "Forløb")
    town.reads(page, "De forløb, du er med i.")
    follow(page, "Overlevér flere forløb")
    town.reads(page, "Du er tovholder i 2 forløb")
    pick(page, "Ny tovholder", MIKKEL)
    fill(page, {"Hvorfor?": "Sanne skifter job"})
    press(page, "Overlevér 2 forløb")
    reads_nothing_of(page, "Lailas familie", "Asgers familie")
    page = town.sits_down(MIKKEL)
    reads(page, "Asgers familie")
    follow(page, "Lailas familie")
    follow(page, "Tilføj eller ret deltagere")
    reads(page, "5. oktober 2026: fra Sanne Østrup til Mikkel Zimmer.", "Sanne skifter job")
    expect(section(page, "Har været med")).to_contain_text("tovholder, 1. september 2026 til 5. oktober 2026")
    expect(section(page, "Med nu")).to_contain_text(MIKKEL)
