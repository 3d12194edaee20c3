"""Anton bliver væk fra skole, the whole way, clicked as a person does it (insight/scenarios/anton.toml tells the story)."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Family, Forloeb, Person
from tests.e2e.acts import (
    NO_TO_THE_REST,
    adds_a_colleague,
    answers_the_start_check,
    declares_by_keyboard,
    gives_a_role,
    marks_a_note,
    plans_a_meeting,
    reads_the_guidance,
    writes_on_a_case,
    writes_on_a_person,
    writes_on_the_board,
)
from tests.e2e.conftest import Town
from tests.e2e.hands import button, fill, follow, paper, pick, press, reads, reads_nothing_of, section, tick

MOR, FAR, ANTON, IDA = "Sofie Østergård-Åkjær", "Jens Mikkelsen", "Anton Østergård Mikkelsen", "Ida Østergård-Åkjær"
METTE, THOMAS, KAREN, HENRIK, LOUISE, BIRGIT = (
    "Mette Lindskov",
    "Thomas Ravn",
    "Karen Ullerup",
    "Henrik Sejr Bang",
    "Louise Aagaard",
    "Birgit Ørsted",
)
FAMILY: list[dict[str, Any]] = [
    {
        "first_name": "Sofie",
        "last_name": "Østergård-Åkjær",
        "cpr": "711089-1122",
        "kind": "parent",
        "relation": "mor til Anton og Ida",
        "household": "Hos Sofie",
        "phone": "09 31 44 07",
    },
    {
        "first_name": "Jens",
        "last_name": "Mikkelsen",
        "cpr": "640385-3345",
        "kind": "parent",
        "relation": "far til Anton",
        "household": "Hos Jens",
    },
    {
        "first_name": "Anton",
        "last_name": "Østergård Mikkelsen",
        "cpr": "740316-4567",
        "kind": "child",
        "household": "Hos Sofie",
        "custody": [MOR, FAR],
        "focus": True,
    },
    {
        "first_name": "Ida",
        "last_name": "Østergård-Åkjær",
        "cpr": "890521-6788",
        "kind": "child",
        "household": "Hos Sofie",
        "custody": [MOR],
    },
]
HEALTH_OF_MOR = ["læge", "psykiater", "PTSD", "Afklaring", "Flytter samtaler", "få ham op"]
SCHOOL = ["Skole og dagtilbud", "Familie og netværk", NO_TO_THE_REST]
# Who: what each recipient may have, and who signs. Each was asked about all topics.
DECLARATIONS: dict[str, tuple[dict[str, str | list[str]], list[str]]] = {
    "Sofie": (
        {
            "Job og Fastholdelse": ["Helbred", "Beskæftigelse og uddannelse", "Familie og netværk", NO_TO_THE_REST],
            "Myndighed børn": "Ja til alt",
            "PPR": "Ja til alt",
            "Skole": "Ja til alt",
            f"Må {FAR} få noget at vide om Sofie?": "Nej",
        },
        [MOR],
    ),
    "Jens": ({"Myndighed børn": SCHOOL, "Skole": SCHOOL}, [FAR]),
    "Anton": ({"Myndighed børn": "Ja til alt", "PPR": "Ja til alt", "Skole": "Ja til alt"}, [FAR, MOR]),
    "Ida": ({"Myndighed børn": ["Familie og netværk", NO_TO_THE_REST]}, [MOR]),
}
SUB_GOAL = "Tre formiddage om ugen inden jul"
WITHOUT_A_DAY = "Følger Anton om onsdagen"
AGREEMENTS = [
    ("Møder Anton ved døren kl. 8.15", KAREN, "22.9.2026"),
    (WITHOUT_A_DAY, "Jens", ""),
    ("Bestiller tid hos egen læge", "Sofie", "29.9.2026"),
    ("Flytter samtaler til efter kl. 10", THOMAS, "21.9.2026"),
    ("Søger job med start efter kl. 9", "Jens", "20.10.2026"),
]
MARKS = {
    "Afklaring, der passer til Antons morgener": (["Sofie"], "Beskæftigelse og uddannelse"),
    "Flytter samtaler til efter kl. 10": (["Sofie"], "Beskæftigelse og uddannelse"),
    "Møder Anton ved døren kl. 8.15": (["Anton"], "Skole og dagtilbud"),
}
HINTS = ["udeladt", "samtykke mangler", "skjult", "må ikke se"]


@pytest.mark.any_database
@pytest.mark.real_papers
def test_anton(town: Town) -> None:
    """O4 F1 F2 F3 F4 F7 F9 F11 C1 C5 C6 C8 M3 M6 M9 M10 P3 P5 P6 P7 U6: from a teacher's henvendelse to the second meeting."""
    town.day("2026-09-01T09:00")
    karen_writes_a_henvendelse(town)
    mette_accepts_and_starts(town)
    mette_writes_the_family_on(town)
    mette_adds_the_colleagues_and_is_told_what_is_missing(town)
    for name in (METTE, THOMAS, KAREN, LOUISE):
        reads_the_guidance(town, name)
    all_four_declare_and_the_forloeb_is_active(town)
    the_first_meeting_is_planned(town)
    town.day("2026-09-15T14:00")
    the_first_meeting_is_held(town)
    the_family_answers_on_the_smiley_ruler(town)
    no_next_meeting_is_told(town)
    town.day("2026-09-16T09:00")
    louise_writes_the_plan(town)
    every_copy_holds_what_its_reader_may_have(town)
    mette_journalises(town)
    town.day("2026-09-22T09:00")
    karen_follows_up(town)
    the_second_meeting_is_booked(town)


def karen_writes_a_henvendelse(town: Town) -> None:
    page = town.sits_down(KAREN)
    follow(page, "Skriv en henvendelse")
    town.reads(page, "Det tager to minutter")
    fill(
        page,
        {
            "Hvem drejer det sig om?": "Anton i 4. klasse og hans mor Sofie",
            "Hvad er der brug for?": "Anton har ikke været i skole i ti uger. Hans mor er sygemeldt.",
        },
    )
    tick(page, "Familien ved, at jeg sender henvendelsen")
    pick(page, "Send til", "Myndighed børn")
    pick(page, "Eller en bestemt kollega", METTE)
    press(page, "Send henvendelsen")
    town.reads(page, f"Den ligger hos {METTE}")


def mette_accepts_and_starts(town: Town) -> None:
    page = town.sits_down(METTE)
    reads(page, "Svar på en henvendelse")
    follow(page, "Læs og svar", exact=False)
    town.reads(page, "Den ligger hos", "Anton i 4. klasse")
    press(page, "Tag imod, og gå til startcheck")
    town.reads(page, "Kan Fælles Familier bruges her?")
    answers_the_start_check(page, "Ja", "Nej")
    press(page, "Videre til familien")
    reads(page, "Stop her, og lav underretningen", "Ud over den har vi ikke gemt noget om familien.")
    town.look(page, "stopped")
    assert not Family.objects.exists()
    assert not Person.objects.exists()
    answers_the_start_check(page, "Nej", "Nej")
    press(page, "Tjek svarene igen")
    town.reads(page, "Er familien kendt i forvejen?")
    fill(page, {"CPR-nummer": "740316-4567"})
    press(page, "Søg")
    reads(page, "Personen kendes ikke i Fælles Familier.")
    town.look(page, "searched")
    fill(page, {"Hvad kalder I familien?": "Antons familie"})
    press(page, "Videre til behovet")
    town.reads(page, "Hvad har familien brug for?")
    press(page, "Se efter, før du starter")
    town.reads(page, "Start Antons familie", "ti uger")
    assert not Forloeb.objects.exists()
    press(page, "Start forløbet")
    reads(page, "Antons familie")
    town.look(page)


def mette_writes_the_family_on(town: Town) -> None:
    page = town.pages[METTE]
    follow(page, "Tilføj en person")
    for person in FAMILY:
        writes_on_a_person(town, page, person, is_last=person is FAMILY[-1])
    town.reads(page, "Hvem er i Antons familie?", "10 år Forløbet handler især om Anton")
    expect(section(page, "Hos Sofie")).to_contain_text(re.compile("Forældremyndighed: (Jens og Sofie|Sofie og Jens)"))
    for name, department in ((ANTON, "Myndighed børn"), (IDA, "Myndighed børn"), (MOR, "Job og Fastholdelse")):
        writes_on_a_case(town, page, name, department)


def mette_adds_the_colleagues_and_is_told_what_is_missing(town: Town) -> None:
    page = town.pages[METTE]
    follow(page, "Videre: hvem er med i forløbet?")
    town.reads(page, "Hvad mangler, før forløbet kan blive aktivt?")
    expect(section(page, "Hvad mangler, før forløbet kan blive aktivt?")).to_contain_text("Mangler.")
    for search, label, role in (
        ("Ravn", f"{THOMAS}, sagsbehandler, Job og Fastholdelse", "Myndighedsrepræsentant"),
        ("klasselærer", f"{KAREN}, klasselærer, Skole", "Fagperson"),
        ("Sejr", f"{HENRIK}, afdelingsleder, Skole", "Ledelse for Børn og Skole"),
        ("PPR", f"{LOUISE}, psykolog, PPR", "Fagperson"),
    ):
        adds_a_colleague(town, page, search, label, role)
    reads(page, "Samtykke.")


def all_four_declare_and_the_forloeb_is_active(town: Town) -> None:
    """C1 C2 C3: without a mouse."""
    page = town.sits_down(METTE)
    follow(page, "Antons familie")
    town.reads(page, "Hvor er vi?")
    follow(page, "Se alle samtykker")
    town.reads(page, "Hvem må dele hvad?")
    follow(page, "Skriv Jens' svar")
    left = dict(DECLARATIONS)
    while left:
        heading = page.get_by_role("heading", level=1)
        name = next(name for name in left if name in heading.inner_text())
        answers, signers = left.pop(name)
        declares_by_keyboard(town, page, answers, signers, "Gem, og tag den næste" if left else f"Gem {name}s svar")
        expect(page.get_by_role("status").filter(has_text=name)).to_be_visible()
    town.reads(page, "Der er et gyldigt ja til mindst to afdelinger.")
    press(page, "Gør forløbet aktivt")
    reads(page, "Forløbet er aktivt")
    assert Forloeb.objects.get().state == "active"


def the_first_meeting_is_planned(town: Town) -> None:
    page = town.sits_down(METTE)
    follow(page, "Antons familie")
    reads(page, "Intet møde er aftalt")
    follow(page, "Planlæg et møde")
    plans_a_meeting(
        town,
        page,
        {
            "Dato": "15.9.2026",
            "Begynder": "14.00",
            "Slutter": "15.30",
            "Formøde for medarbejdere": "13.30",
            "Sted": "Skolen, lokale 12",
            "Formål": "Hvordan kommer Anton tilbage i sin klasse?",
        },
    )
    gives_a_role(page, "Mødeleder", METTE)
    gives_a_role(page, "Referent", LOUISE)
    gives_a_role(page, "Tavle", THOMAS)
    reads(page, "Mødeleder, referent og tavle er valgt.")


def the_first_meeting_is_held(town: Town) -> None:
    page = town.sits_down(THOMAS)
    reads(page, "Næste i dag")
    follow(page, "Åbn mødet")
    follow(page, "Skriv på tavlen")
    expect(page.get_by_role("heading", level=1, name="Tavlen")).to_be_visible()
    town.look(page)
    writes_on_the_board(page, 1, "Anton er glad for sin morfar", "Sofie")
    writes_on_the_board(page, 1, "Klasselæreren ringer hver fredag")
    writes_on_the_board(page, 2, "Jeg kan ikke få ham op om morgenen", "Sofie")
    writes_on_the_board(page, 2, "Skolevejen er lang")
    writes_on_the_board(page, 2, "Mors PTSD er værst om vinteren", "Sofie")
    writes_on_the_board(page, 2, "Huslejen er for høj", "Sofie", is_seen=False)
    writes_on_the_board(page, 3, "Anton i skole tre formiddage om ugen inden jul")
    writes_on_the_board(page, 3, "Mor i gang med forløb hos psykiater")
    marks_a_note(page, "Jeg kan ikke få ham op om morgenen", ["Sofie"], "Helbred")
    marks_a_note(page, "Mor i gang med forløb hos psykiater", ["Sofie"], "Helbred")
    town.look(page, "written")
    page = town.sits_down(METTE)
    follow(page, "Åbn mødet")
    for name in (MOR, FAR, ANTON, IDA, METTE, THOMAS, KAREN, LOUISE):
        press(page, f"Til stede: {name}")
        expect(button(page, f"Til stede: {name}")).to_have_attribute("aria-pressed", "true")
    press(page, f"Meldt afbud: {HENRIK}")
    expect(button(page, f"Meldt afbud: {HENRIK}")).to_have_attribute("aria-pressed", "true")
    press(page, "Mødet er holdt")
    reads(page, "Mødet er holdt", "Ledelsen fra Børn og Skole var ikke med", "Intet næste møde er aftalt")
    town.look(page, "held")


def the_family_answers_on_the_smiley_ruler(town: Town) -> None:
    page = town.pages[METTE]
    follow(page, "Giv skærmen til familien")
    for name, word in (("Sofie", "Godt"), ("Jens", "Midt imellem"), ("Anton", "Rigtig godt")):
        town.reads(page, "Hvem svarer nu?")
        follow(page, name)
        expect(page.get_by_text(word, exact=True)).to_be_visible()
        town.look(page)
        page.get_by_text(word, exact=True).click()
        press(page, "Send mit svar")
        town.reads(page, "Tak")
        follow(page, "Næste")
    reads_nothing_of(page, "Sofie", "Jens", "Anton")
    page.goto("/")
    reads(page, "Hvem svarer nu?", "Ida")  # the screen is not a way into the house
    press(page, "Lås op (medarbejder logger ind)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prøv Fælles Familier")
    town.leaves(METTE)


def no_next_meeting_is_told(town: Town) -> None:
    """F7: on the tovholder's day and on the koordinator's board, where it is not called stuck on the day itself."""
    page = town.sits_down(METTE)
    expect(section(page, "Mine forløb")).to_contain_text("Intet møde er aftalt")
    page = town.sits_down(BIRGIT)
    follow(page, "Overblik")
    town.reads(page, "Alle forløb har aftalt det næste møde i tide.")
    line = page.get_by_role("paragraph").filter(has_text="Intet næste møde endnu")
    expect(line).to_contain_text("1 forløb")


def louise_writes_the_plan(town: Town) -> None:
    """P1 P3: from the board's lines to agreements that each have a person and a day; a gap is told where it is."""
    page = town.sits_down(LOUISE)
    reads(page, "Skriv Én Plan")
    follow(page, "Begynd planen", exact=False)
    town.reads(page, "Begynd Én Plan")
    press(page, "Begynd planen")
    town.reads(page, "Fra tavlen", "Planen har intet mål endnu. Skriv det første.")
    press(page, "Mål: brug »Anton i skole tre formiddage om ugen inden jul«")
    rewrites(page, "Overordnet mål 1", "Anton er en del af sin klasse igen")
    adds(page, "Delmål under Anton er en del af sin klasse igen", SUB_GOAL)
    press(page, "Gem")
    adds(page, f"Indsats under {SUB_GOAL}", "Samtaler med Anton hver 14. dag", LOUISE)
    adds(page, f"Indsats under {SUB_GOAL}", "Afklaring, der passer til Antons morgener", THOMAS)
    for text, who, day in AGREEMENTS:
        adds(page, f"Aftale under {SUB_GOAL}", text, who, day)
    for text, (about, topic) in MARKS.items():
        marks_an_item(town, page, text, about, topic)
    press(page, "Gør planen færdig")
    reads(page, "Planen er ikke færdig endnu")
    town.look(page, "not finished")
    follow(page.get_by_role("alert"), f"{WITHOUT_A_DAY}: hvornår?")
    expect(page.get_by_label(f"Hvornår? {WITHOUT_A_DAY}")).to_be_focused()
    page.keyboard.type("23.9.2026")
    page.keyboard.press("Tab")
    reads(page, "Intet mangler")
    town.look(page, "complete")
    press(page, "Gør planen færdig")
    town.reads(page, "Nævner Anton. Linjen er ikke mærket med Anton. Den ville komme til Job og Fastholdelse")
    town.look(page, "names asked about")
    page.get_by_text("Gør planen færdig alligevel").click()
    press(page, "Ja, gør den færdig med de ord")
    town.reads(page, "Planen er færdig.")


def rewrites(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.wait_for()
    page.wait_for_load_state()  # the page's scripts hear what is written from here on
    field.fill(text)
    page.keyboard.press("Tab")
    saved(page)


def adds(page: Page, button: str, text: str, who: str = "", day: str = "") -> None:
    """A press on the plus, and the new line is ready to be written in."""
    press(page, button)
    line = page.locator("textarea:focus")
    expect(line).to_have_value("")
    page.wait_for_load_state()
    key = line.get_attribute("id")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    row = page.get_by_role("listitem").filter(has=page.locator(f"#{key}"))
    if who:
        choice = row.get_by_role("combobox")
        choice.select_option(choice.locator("option", has_text=who).get_attribute("value"))
    if day:
        row.get_by_label("Hvornår?").fill(day)
        page.keyboard.press("Tab")
    saved(page)


def saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Alt er gemt")).to_be_visible()


def marks_an_item(town: Town, page: Page, text: str, about: list[str], topic: str) -> None:
    """Whom a line of the plan concerns, and what it is about (C5)."""
    follow(page, f"Ret mærkningen af: {text}", exact=False)
    town.reads(page, "Hvem handler punktet om?")
    who = page.get_by_role("group", name="Hvem handler det om?")
    for name in ("Anton", "Ida", "Jens", "Sofie"):
        box = who.get_by_label(name, exact=True)
        if box.count():
            box.set_checked(name in about)
    pick(page, "Hvad handler det om?", topic)
    press(page, "Gem")
    reads(page, "Fra tavlen")


def every_copy_holds_what_its_reader_may_have(town: Town) -> None:
    """C5 C6 P6: the papers, and what staff are told."""
    page = town.pages[LOUISE]
    far = paper(page, f"Hent PDF til {FAR}")
    for text in ("Anton er en del af sin klasse igen", "Følger Anton om onsdagen", "Søger job"):
        assert text in far, f"far's paper lacks {text}"
    for text in [*HEALTH_OF_MOR, *HINTS]:
        assert text.lower() not in far.lower(), f"far's paper holds {text}"
    page = town.sits_down(KAREN)
    follow(page, "Antons familie")
    follow(page, "Version 1")
    town.reads(page, "udeladt: samtykke mangler", "Møder Anton ved døren kl. 8.15")
    reads_nothing_of(page, "Søger job")
    school = paper(page, "Hent PDF til Skole")
    assert "Møder Anton ved døren kl. 8.15" in school
    assert "Søger job" not in school


def mette_journalises(town: Town) -> None:
    """P7: DUBU for Anton and Ida; nothing for far."""
    page = town.sits_down(METTE)
    page.get_by_role("link", name="Journalisér").first.click()
    town.reads(page, "Journalisering", f"{ANTON} i DUBU", f"{IDA} i DUBU")
    reads_nothing_of(page, FAR)
    for number, name in enumerate((ANTON, IDA), 1):
        line = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=f"{name} i DUBU"))
        fill(line, {"Dokumentnummer": f"2026-{number:06}"})
        press(line, f"Journaliseret: {name}")
        reads(page, f"Journaliseret i DUBU for {name}.")
    reads(page, "Intet venter på dig", "2026-000001")
    town.look(page, "done")


def karen_follows_up(town: Town) -> None:
    page = town.sits_down(KAREN)
    reads(page, "Du: Møder Anton ved døren kl. 8.15")
    follow(page, "Følg op: Du: Møder Anton ved døren kl. 8.15")
    town.reads(page, "Følg op på en aftale")
    tick(page, "Udført")
    press(page, "Gem opfølgningen")
    reads(page, "Opfølgningen er gemt.", f"Udført, {KAREN}")


def the_second_meeting_is_booked(town: Town) -> None:
    """F7 M12: a week after the first it is stuck; and then the warning is gone."""
    page = town.sits_down(BIRGIT)
    follow(page, "Overblik")
    line = page.get_by_role("listitem").filter(has_text="Intet næste møde")
    expect(line).to_contain_text("1")
    page = town.sits_down(METTE)
    reads(page, "Aftal det næste møde")
    follow(page, "Planlæg mødet", exact=False)
    reads(page, "Datoen er foreslået 6 uger efter jeres sidste møde")
    plans_a_meeting(town, page, {"Dato": "13.10.2026", "Sted": "Skolen, lokale 12"})
    reads(page, "Møde 2 med Antons familie")
    page = town.sits_down(METTE)
    reads_nothing_of(page, "Aftal det næste møde", "Intet møde er aftalt")
    page = town.sits_down(BIRGIT)
    follow(page, "Overblik")
    reads_nothing_of(page, "Intet næste møde")
