"""Tre husstande, to sæt forældre: what each must see, clicked (insight/scenarios/sammensat.toml tells the story).

What test_anton clicks already is laid by the scenario's own player; everything that the musts are about is clicked.
"""

import pytest
from playwright.sync_api import Page, expect

from insight.scenario import script
from insight.scenario.player import Player
from tests.e2e.acts import declares_by_keyboard, writes_on_the_board
from tests.e2e.conftest import Town
from tests.e2e.hands import follow, paper, pick, press, reads, reads_nothing_of, section, tick

DITTE, ANDERS = "Ditte Kragh", "Anders Ibsen"
ANNA, BO, FREJA = "Anna Bæk", "Bo Aagaard", "Freja Bæk Aagaard"
FAMILY = "Frejas familie"
ADDRESS, PHONES = "Kanariehøj", ["09 31 61 01", "09 31 61 03"]
GRANDMOTHER = "Jeg vil helst bo hos mormor"
ADDICTION = ["ædru", "falde i igen", "hver torsdag"]
JOB = "Anna finder et job med faste dage."
HINTS = ["udeladt", "samtykke mangler", "skjult", "må ikke se"]
# Days of the story, counted from the day the ground is laid.
CONSENTS, MEETING, PLAN, SECOND = -46, -38, -36, 9


@pytest.mark.real_papers
@pytest.mark.any_database
def test_sammensat(town: Town) -> None:
    """C1 C2 C5 C6 C7 C12 C13 M8 P5 P6 F9: address, grandmother, withdrawal, Dorit, contact list, two at once."""
    town.day("2026-09-30T08:00")
    player = the_family_is_there(town)
    town.day("2026-08-15T09:00")
    freja_signs_herself(town, player)
    town.day("2026-08-23T13:30")
    freja_speaks_of_her_grandmother(town, player)
    town.day("2026-08-25T11:00")
    the_papers_hold_no_address(town, player)
    staff_see_it_on_one_more_click(town)
    the_contact_list_has_functions_and_nothing_protected(town)
    town.day("2026-10-01T09:00")
    carl_withdraws(town)
    nothing_of_it_is_seen(town, player)
    town.day("2026-10-10T09:00")
    two_edit_the_plan_at_once(town, player)


def acts_of(player: Player, act: str) -> list[dict]:
    return [step for step in player.script.steps if step["act"] == act]


def plays(player: Player, step: dict) -> None:
    """One step of the scenario, today."""
    getattr(player, f"act_{step['act']}")(step)


def the_family_is_there(town: Town) -> Player:
    """Start, family, cases, participants and guidance: no must is about how they are made."""
    player = Player(script.read(script.find("sammensat")), lambda line: None)
    player.play(until=CONSENTS - 1)
    return player


def freja_signs_herself(town: Town, player: Player) -> None:
    """m2 m4: her name alone stands under the declaration; Dorit is nobody Anna is asked about."""
    for step in acts_of(player, "consent"):
        if step["person"] != "freja":
            plays(player, step)
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    follow(page, "Se alle samtykker")
    reads(page, "15 år. Skriver selv under")
    reads_nothing_of(page, "Dorit")
    opens(page, FREJA)
    follow(page, "Skriv svar for Freja")
    signers = page.get_by_role("group", name="Hvem har skrevet under?").get_by_role("checkbox")
    expect(signers).to_have_count(1)
    answers = {
        "Myndighed unge og handicap": "Ja til alt",
        "Rusmiddelcenter": "Nej",
        f"Må {ANNA} få noget at vide om Freja?": ["Skole og dagtilbud"],
        f"Må {BO} få noget at vide om Freja?": ["Skole og dagtilbud"],
    }
    declares_by_keyboard(town, page, answers, [FREJA], "Gem Frejas svar")
    reads(page, "Frejas svar er gemt.")
    page.goto(f"/forloeb/{player.forloeb_pk}/")
    press(page, "Gør forløbet aktivt")
    reads(page, "Forløbet er aktivt")
    follow(page, "Se alle samtykker")
    opens(page, ANNA)
    follow(page, "Skriv nye svar for Anna")
    town.reads(page, "Hvad siger Anna ja til?")
    asked = paper(page, "Print en tom erklæring")
    assert "Carl Ærø" in asked
    assert "Dorit" not in asked
    reads_nothing_of(page, "Dorit")


def freja_speaks_of_her_grandmother(town: Town, player: Player) -> None:
    """m2 M8: kept from both parents with two ticks, and gone from every board but Myndighed unge's."""
    plays(player, acts_of(player, "plan_meeting")[0] | {"on": MEETING})
    page = town.sits_down(DITTE)
    follow(page, "Åbn mødet")
    follow(page, "Skriv på tavlen")
    expect(page.get_by_role("heading", level=1, name="Tavlen")).to_be_visible()
    town.look(page)
    for column, text, who in (
        (1, "Carl har været ædru i fire måneder", ""),
        (2, "Carl er bange for at falde i igen ved jul", "Carl"),
        (2, GRANDMOTHER, "Freja"),
    ):
        writes_on_the_board(page, column, text, who)
    for text in ("Carl har været ædru i fire måneder", "Carl er bange for at falde i igen ved jul"):
        marks(page, text, "Carl", "Misbrug")
    marks(page, GRANDMOTHER, "Freja", "Familie og netværk", kept_from=["Anna", "Bo"])
    reads(page, "Ikke på væggen")
    hold = acts_of(player, "hold")[0] | {"note": [], "absent": {}}
    plays(player, hold)
    page = town.sits_down(DITTE)
    opens_the_meeting(page, player)
    assert GRANDMOTHER in paper(page, f"Tavlen (PDF) til {DITTE}")
    for name in (ANNA, BO):
        board = paper(page, f"Tavlen (PDF) til {name}")
        assert "mormor" not in board, name
        for hint in HINTS:
            assert hint not in board, name
    page = town.sits_down(ANDERS)
    follow(page, FAMILY)
    reads_nothing_of(page, "mormor")
    opens_the_meeting(page, player)
    assert "mormor" not in paper(page, f"Tavlen (PDF) til {ANDERS}")
    town.clock.move_to("2026-08-25T10:00+02:00")
    plays(player, acts_of(player, "plan")[0])
    plays(player, acts_of(player, "journal")[0])
    plays(player, acts_of(player, "plan_meeting")[1] | {"on": SECOND})


def opens_the_meeting(page: Page, player: Player) -> None:
    page.goto(f"/moeder/{player.meetings[1].pk}/")
    reads(page, "Mødet er holdt")


def opens(page: Page, name: str) -> None:
    """One person's answers on the page of the matrix."""
    section(page, "Person for person").locator("summary").filter(has_text=name).click()


def marks(page: Page, text: str, about: str, topic: str, kept_from: list[str] | None = None) -> None:
    follow(page, f"Mere om: {text}")
    who = page.get_by_role("group", name="Hvem handler det om?")
    for name in ("Anna", "Bo", "Carl", "Freja", "Viggo"):
        box = who.get_by_label(name, exact=True)
        if box.count():
            box.set_checked(name == about, force=True)
    pick(page, "Emne", topic)
    if kept_from:
        page.get_by_text("Hold det fra nogen").click()
        kept = page.locator("details[open] fieldset")
        for name in kept_from:
            kept.get_by_label(name, exact=True).set_checked(True, force=True)
    press(page, "Gem")
    expect(who).to_have_count(0)


def the_papers_hold_no_address(town: Town, player: Player) -> None:
    """m1 m4: Én Plan, Tavlen, Dagsorden and Indsigt that Bo, an external or Anna gets."""
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    reads_nothing_of(page, ADDRESS, *PHONES, "Dorit")
    follow(page, "Version 1")
    for reader in (BO, "Psykiatrien (ekstern)", ANNA):
        words = paper(page, f"Hent PDF til {reader}")
        for secret in (ADDRESS, *PHONES, "Dorit", "mormor"):
            assert secret not in words, f"{reader}: {secret}"
    page = town.sits_down(DITTE)
    opens_the_meeting(page, player)
    for link in (f"Dagsorden (PDF) til {BO}", f"Tavlen (PDF) til {BO}"):
        assert ADDRESS not in paper(page, link), link


def staff_see_it_on_one_more_click(town: Town) -> None:
    """m1 C12 C13: not on the family's page nor in its form; on a click, which Anna can read of."""
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    follow(page, "Familien og husstande")
    town.reads(page, "I familien, men ikke med i forløbet", "De står ikke på lister og papirer.")
    assert ADDRESS not in page.content()
    follow(page, f"Ret {ANNA}")
    town.reads(page, f"Ret {ANNA}")
    assert ADDRESS not in page.content()
    page.go_back()
    follow(page, f"Vis beskyttet adresse for {ANNA}")
    town.reads(page, f"{ADDRESS} 17", "Det er skrevet i loggen")
    page = town.sits_down("Birgit Ørsted")
    assert ADDRESS not in page.content()


def the_contact_list_has_functions_and_nothing_protected(town: Town) -> None:
    """m5: the list of the second meeting, as staff fetch their own and as Bo gets his."""
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    follow(page, "Forbered mødet")
    own = paper(page, "Kontaktliste (PDF)")
    for words in (DITTE, ANDERS, "Vibeke Strøm", "09 31 70 11", "Job, ressourceforløb og fleksjob", "Ring her først"):
        assert words in own
    assert ADDRESS not in own
    assert "Dorit" not in own
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    follow(page, "Netværk og kontaktliste")
    town.reads(page, "Beskyttede telefoner og adresser står der aldrig.")
    reads_nothing_of(page, "Dorit")
    for reader in (BO, "Psykiatrien (ekstern)"):
        theirs = paper(page, f"Til {reader}")
        assert "09 31 70 11" in theirs
        for secret in (ADDRESS, *PHONES, "Dorit"):
            assert secret not in theirs, f"{reader}: {secret}"


def carl_withdraws(town: Town) -> None:
    """m3: first what happens, by name and number; then one press, and a receipt."""
    page = town.sits_down(DITTE)
    follow(page, FAMILY)
    follow(page, "Se alle samtykker")
    opens(page, "Carl Ærø")
    follow(page, "Tilbagekald for Carl")
    town.reads(page, "Hvad vil Carl tilbagekalde?")
    tick(page, "Noget af det", "Misbrug")
    press(page, "Se, hvad der sker")
    town.reads(
        page,
        "Rusmiddelcenter",
        "2 punkter på tavlen",
        "I Én Plan: 1 aftale",
        "Én Plan, version 1, i DUBU",
        "Intet er ændret endnu",
    )
    reads_nothing_of(page, *ADDICTION)
    press(page, "Tilbagekald og lav kvittering")
    town.reads(page, "Noget af Carls samtykke er tilbagekaldt. Det gælder nu.")
    receipt = paper(page, "Hent kvitteringen")
    for words in ("Carl Ærø", "Misbrug", "1. oktober 2026", "DUBU"):
        assert words in receipt
    for secret in ADDICTION:
        assert secret not in receipt


def nothing_of_it_is_seen(town: Town, player: Player) -> None:
    """m3: not by Rusmiddelcenter, not by Job og Udvikling, not by Anna; and the copies are shut."""
    for name in (player.users["rus"].name, ANDERS):
        page = town.sits_down(name)
        reads_nothing_of(page, *ADDICTION)
        follow(page, FAMILY)
        reads_nothing_of(page, *ADDICTION)
        follow(page, "Version 1")
        reads_nothing_of(page, *ADDICTION)
        reads(page, "Lukket: et samtykke er tilbagekaldt")
    page = town.sits_down(DITTE)
    opens_the_meeting(page, player)
    board = paper(page, f"Tavlen (PDF) til {ANNA}")
    for secret in ADDICTION:
        assert secret not in board


def two_edit_the_plan_at_once(town: Town, player: Player) -> None:
    """m6: the second to save is told, sees both texts, and chooses; the first one's text is in the history."""
    town.clock.move_to("2026-10-09T15:30+02:00")
    plays(player, acts_of(player, "hold")[1])
    town.clock.move_to("2026-10-10T09:00+02:00")
    plays(player, acts_of(player, "plan")[1])
    ditte, anders = (town.sits_down(name) for name in (DITTE, ANDERS))
    for page in (ditte, anders):
        follow(page, FAMILY)
        follow(page, "Kladde til version 2")
    town.look(ditte)
    item = player.item(player.versions[2], JOB)
    for page, text in ((ditte, "Dittes ord"), (anders, "Anders' ord")):
        line = page.locator(f"#text-{item.pk}")
        expect(line).to_have_value(JOB)
        line.fill(text)
        line.blur()
        if page is ditte:
            expect(page.get_by_role("status").filter(has_text="Alt er gemt")).to_be_visible()
    reads(anders, "Her er begge tekster. Intet er tabt.", "Dittes ord")
    expect(anders.locator(f"#text-{item.pk}")).to_have_value("Anders' ord")
    town.look(anders, "two texts")
    press(anders, "Behold min")
    expect(anders.locator(f"#text-{item.pk}")).to_have_value("Anders' ord")
    item.refresh_from_db()
    assert item.text == "Anders' ord"
    assert "Dittes ord" in item.history.values_list("text", flat=True)
