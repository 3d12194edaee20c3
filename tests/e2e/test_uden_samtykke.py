"""Samtykke kan ikke opnås: the start that stops, one signature of two, a no, and what is erased (insight/scenarios/uden-samtykke.toml)."""

from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from audit.models import AccessLog
from cases.models import Family, Forloeb, Person
from insight.scenario import script
from insight.scenario.player import Player
from meetings.models import Meeting
from privacy.models import ErasureReceipt
from tests.e2e.acts import answers_the_start_check, declares_by_keyboard
from tests.e2e.conftest import Town
from tests.e2e.hands import button, fill, follow, press, reads, reads_nothing_of, section, tick

RASMUS, JONAS, KAREN = "Rasmus Thorsen", "Jonas Hvid", "Karen Ullerup"
BIRTHE, MIKKEL = "Birthe Falk", "Mikkel Falk"
FAMILY = "Mikkels familie"
# The days of the story, counted from the day its ground is laid: until then there is a family, and nobody has been asked.
GUIDANCE = -73


@pytest.mark.real_papers
@pytest.mark.any_database
def test_uden_samtykke(town: Town) -> None:
    """F1 F3 F4 C1 C2 C5: nothing stored after an underretning; a child that waits; a no; erased, and the log says so."""
    town.day("2026-07-01T09:00")
    an_underretning_stops_the_start(town)
    town.day("2026-09-13T09:00")
    player = Player(script.read(script.find("uden-samtykke")), lambda line: None)
    player.play(until=GUIDANCE)
    town.day("2026-07-03T09:00")
    one_of_two_signs_for_mikkel(town)
    nothing_of_him_reaches_anybody(town)
    birthe_says_no(town)
    the_forloeb_ends_and_nothing_can_be_made(town, player)
    town.day("2026-08-04T03:00")
    it_is_erased_and_the_log_says_so(town, player)


def an_underretning_stops_the_start(town: Town) -> None:
    """m1 F3: the guidance is shown, and there is no family afterwards."""
    page = town.sits_down(RASMUS)
    follow(page, "Start et nyt forløb")
    answers_the_start_check(page, "Ja", "Nej")
    press(page, "Videre til familien")
    town.reads(page, "Stop her, og lav underretningen", "Vi har ikke gemt noget om familien.")
    assert not Family.objects.exists()
    assert not Person.objects.exists()
    assert not Forloeb.objects.exists()


def one_of_two_signs_for_mikkel(town: Town) -> None:
    """m3 C1: both have custody; Birthe alone signs. Her own yes is enough for the forløb to go on without him."""
    page = town.sits_down(RASMUS)
    follow(page, FAMILY)
    follow(page, "Se alle samtykker")
    section(page, "Person for person").locator("summary").filter(has_text=MIKKEL).click()
    follow(page, "Skriv svar for Mikkel")
    signers = page.get_by_role("group", name="Hvem har skrevet under?").get_by_role("checkbox")
    expect(signers).to_have_count(2)
    answers: dict[str, str | list[str]] = dict.fromkeys(("Myndighed voksen", "Myndighed børn", "Skole"), "Ja til alt")
    declares_by_keyboard(town, page, answers, [BIRTHE], "Gem, og tag den næste")
    reads(page, "Mikkels svar er gemt.", "Hvad siger Birthe ja til?")
    declares_by_keyboard(town, page, answers, [BIRTHE], "Gem Birthes svar")
    town.reads(page, "Birthes svar er gemt.")
    expect(section(page, "Næste skridt")).to_contain_text("Få Ivans underskrift på Mikkels erklæring")
    row = page.get_by_role("row").filter(has_text=MIKKEL).first
    expect(row).to_contain_text("10 år. Birthe har skrevet under, Ivan mangler")
    expect(row).to_contain_text("Mangler underskrift")
    page = town.sits_down(RASMUS)
    follow(page, FAMILY)
    expect(button(page, "Gør forløbet aktivt")).to_be_visible()


def nothing_of_him_reaches_anybody(town: Town) -> None:
    """m3 C5: his teacher and Myndighed børn know of Birthe, and of nobody called Mikkel Falk."""
    for name in (KAREN, JONAS):
        page = town.sits_down(name)
        follow(page, FAMILY)
        reads(page, BIRTHE)
        reads_nothing_of(page, MIKKEL)
        follow(page, "Se deltagere")
        reads_nothing_of(page, MIKKEL)
        page.go_back()
        follow(page, "Netværk og kontaktliste")
        reads_nothing_of(page, MIKKEL)


def birthe_says_no(town: Town) -> None:
    """m2 F4: she thinks it over. With her no there is nothing to make active."""
    page = town.sits_down(RASMUS)
    follow(page, FAMILY)
    follow(page, "Se alle samtykker")
    section(page, "Person for person").locator("summary").filter(has_text=BIRTHE).click()
    follow(page, "Skriv nye svar for Birthe")
    answers: dict[str, str | list[str]] = dict.fromkeys(("Myndighed voksen", "Myndighed børn", "Skole"), "Nej")
    declares_by_keyboard(town, page, answers, [BIRTHE], "Gem Birthes svar")
    reads(page, "Birthes svar er gemt.")
    page = town.sits_down(RASMUS)
    follow(page, FAMILY)
    expect(button(page, "Gør forløbet aktivt")).to_have_count(0)
    reads(page, "Før forløbet kan blive aktivt")
    page = town.sits_down(KAREN)
    follow(page, FAMILY)
    reads_nothing_of(page, BIRTHE, MIKKEL)


def the_forloeb_ends_and_nothing_can_be_made(town: Town, player: Player) -> None:
    """m2 F4: no meeting, so no board and no plan; whoever tries is told why."""
    page = town.sits_down(RASMUS)
    follow(page, FAMILY)
    follow(page, "Flere handlinger")
    page.locator("summary").filter(has_text="Afslut forløbet").click()
    tick(page, "Samtykke ikke opnået")
    fill(page, {"Om afslutningen": "Familien vil gerne have hjælp, men ikke dele på tværs."})
    press(page, "Afslut forløbet")
    town.reads(page, "samtykke ikke opnået")
    page.goto(f"/forloeb/{player.forloeb_pk}/")
    town.look(page, "ended")
    for link in ("Planlæg et møde", "Skriv på tavlen"):
        expect(page.get_by_role("link", name=link)).to_have_count(0)
    page.goto(f"/forloeb/{player.forloeb_pk}/moeder/nyt/")
    town.reads(page, "Forløbet er afsluttet.")
    expect(button(page, "Planlæg mødet")).to_have_count(0)
    assert not Meeting.objects.exists()


def it_is_erased_and_the_log_says_so(town: Town, player: Player) -> None:
    """m2: thirty days on, the night's erasure has taken it all, and left a receipt without a name and the log of looks."""
    persons = [one.pk for one in player.persons.values()]
    told = StringIO()
    call_command("slet_udloebne", stdout=told)
    assert "Samtykke ikke opnået: 1 cases.Forloeb" in told.getvalue()
    assert ErasureReceipt.objects.filter(rule="forloeb_no_consent", table="cases.Forloeb", rows=1).exists()
    assert not Person.objects.filter(pk__in=persons).exists()
    assert not Person.history.filter(id__in=persons).exists()
    assert AccessLog.objects.in_forloeb(player.forloeb_pk).exists()
    page = town.sits_down(RASMUS)
    follow(page, "Forløb")
    reads_nothing_of(page, FAMILY, BIRTHE)
    page.goto(f"/forloeb/{player.forloeb_pk}/")
    reads_nothing_of(page, FAMILY)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Mikkel")
