"""Real situations, played through the same actions as the pages; each scenario's musts hold (scenarios of the field)."""

import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.models import Forloeb
from insight.scenario import musts, script, shape
from insight.scenario.later_acts import LaterActs
from insight.scenario.papers import papers
from insight.scenario.player import Player
from insight.scenario.town_acts import TownActs
from organisation import demo_users
from organisation.models import User
from privacy.models import Pattern
from privacy.patterns import findings

MUNICIPALITY = settings.BASE_DIR / "organisation" / "demo" / "storebaelt.toml"


@pytest.fixture
def municipality(db: None) -> None:
    call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0, stdout=StringIO())


@pytest.mark.real_papers
@pytest.mark.parametrize(
    "name",
    # the second database plays the one with the most in it; the demo plays there what the others do
    [pytest.param(one, marks=[] if one == "sammensat" else pytest.mark.any_database) for one in script.names()],
)
def test_every_must_of_the_scenario_holds(
    name: str, municipality: None, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    """F1 F3 F4 F5 F7 F11 C1 C5 C6 C7 M6 M8 P5 P7: the musts stand in the scenario's own file."""
    out = StringIO()
    call_command("gennemspil", name, stdout=out)
    assert "FEJL" not in out.getvalue()
    assert re.findall(r"\b1 (?:personer|punkter|aftaler|linjer)\b", out.getvalue()) == []
    assert caplog.messages == [], "a page that refuses on purpose is no warning"
    assert [str(one.message) for one in recwarn if "No directory" in str(one.message)] == []
    assert not Forloeb.objects.exists(), "a play leaves nothing behind"


@pytest.mark.any_database
def test_every_paper_of_a_play_is_written_with_its_reader(municipality: None) -> None:
    """Each invited, each adult and each person: the same papers that the pages offer, by the same addresses."""
    player = Player(script.read(script.find("ung-mor")), lambda line: None)
    player.play(until=10_000)
    with player.at(30, "18.00"):
        made = {(paper.title.split(" - ")[0], paper.reader): paper.content for paper in papers(player)}
    assert all(made.values())
    assert ("Kontaktliste, møde 1", "Laila Sjøgreen") in made
    assert ("Kontaktliste, møde 1", "Noah Sjøgreen") not in made
    kinds = {title.split(",")[0] for title, _ in made}
    assert kinds == {
        "Fælles Familier", "Sådan behandler vi dine oplysninger", "Tom samtykkeerklæring", "Samtykkeerklæring",
        "Indsigt", "Opslag", "Må det siges her", "Dagsorden", "Tavlen", "Kontaktliste",
    }  # fmt: skip


def test_on_a_machine_without_employees_the_demo_municipality_plays(db: None) -> None:
    out = StringIO()
    call_command("gennemspil", "uden-samtykke", stdout=out)
    assert "Alle 4 krav holder" in out.getvalue()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_play_goes_on_beside_somebody_who_writes() -> None:
    """And so nobody waits for it: the app is served meanwhile, and the embedded database lets one write at a time."""
    beside, out = connection.copy(), StringIO()
    beside.set_autocommit(False)
    with beside.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
    call_command("gennemspil", "uden-samtykke", stdout=out)
    beside.close()
    assert "Alle 4 krav holder" in out.getvalue()
    assert not User.objects.exists()


@pytest.mark.any_database
def test_a_must_that_does_not_hold_ends_with_an_error(municipality: None, tmp_path: Path) -> None:
    """A check that cannot fail proves nothing: turn one must around, and the play fails."""
    text = (script.FOLDER / "uden-samtykke.toml").read_text(encoding="utf-8")
    turned = tmp_path / "vendt.toml"
    turned.write_text(text.replace('state = "ended"', 'state = "active"'), encoding="utf-8")
    with pytest.raises(CommandError, match="holder ikke"):
        call_command("gennemspil", str(turned), stdout=StringIO())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = ", "daarlig.toml: filen er ikke gyldig TOML: den slutter midt i noget i linje 1"),
        ('title = "x"', "mangler"),
        (
            'title="x"\nfamily="y"\nmodel="faelles_familier"\n[[person]]\nfirst_name="a"\n[[staff]]\nkey="s"\n[[step]]\nact="start"\nday=0',
            "key",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "daarlig.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(script.BadScript, match=says):
        script.read(path)


def test_a_file_that_windows_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notesblok.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert script.read(path).title == "Prøve"


WHOLE = """
title = "Prøve"
family = "Astas familie"
model = "faelles_familier"
person = [{ key = "mor", first_name = "Pia", cpr = "711188-1124", kind = "parent", focus = true }]
staff = [{ key = "sr", name = "Mette Lindskov" }, { key = "job", department = "Job og Fastholdelse" }]
[[step]]
act = "start"
day = -20
by = "sr"
need = "Vi skal tale sammen."
[[step]]
act = "family"
day = -20
[[step]]
act = "participants"
day = -19
who = ["job"]
[[step]]
act = "guidance"
day = -19
who = ["sr"]
[[step]]
act = "consent"
day = -18
person = "mor"
yes = { "Myndighed børn" = ["familie"], "Job og Fastholdelse" = "all" }
[[step]]
act = "activate"
day = -18
[[step]]
act = "plan_meeting"
day = -17
on = -16
place = "Rådhuset"
[[step]]
act = "hold"
day = -16
at = "16.00"
meeting = 1
[[step.note]]
column = "fungerer"
text = "Pia er glad"
[[step]]
act = "must"
id = "m1"
day = -15
[[must]]
id = "m1"
text = "Der står noget"
check = "page"
as = "sr"
page = "desk:forloeb"
holds = ["Pia"]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('model = "faelles_familier"', 'model = "min"', "»min« er ikke en samarbejdsmodel. Der er: faelles_familier, "),
        ('title = "Prøve"', 'titel = "x"\ntitle = "y"', "filen: »titel« kendes ikke. Mente du »title«"),
        (', kind = "parent"', "", "person »mor«: »kind« mangler"),
        (
            'kind = "parent"',
            'kind = "mor"',
            "»mor« er ikke en rolle i familien. Der er: parent, step_parent, child, other",
        ),
        ("711188-1124", "991188-1124", "person »mor«: »cpr«: "),
        (
            'kind = "parent"',
            'kind = "parent", custody = ["far"]',
            "»custody«: »far« er ikke en person i filen. Der er: mor",
        ),
        ('act = "activate"', 'act = "aktiver"', "trin 6: »aktiver« er ikke noget, et trin kan"),
        ('act = "activate"', 'akt = "activate"', "trin 6: »act« mangler. Vælg mellem: accept, activate"),
        ('place = "Rådhuset"', "", "trin 7 (plan_meeting): »place« mangler"),
        ("on = -16", 'on = "i morgen"', "trin 7 (plan_meeting): »on« skal være et helt tal"),
        (
            "on = -16",
            "on = -16\npeople = []",
            "trin 7 (plan_meeting): »people« kendes ikke. Nøglerne er: act, agenda, at, by",
        ),
        ('at = "16.00"', 'at = "fire"', "trin 8 (hold): »at«: »fire« er ikke et klokkeslæt"),
        ('by = "sr"', 'by = "leder"', "trin 1 (start): »by«: »leder« er ikke en medarbejder i filen. Der er: sr, job"),
        (
            'person = "mor"',
            'person = "far"',
            "trin 5 (consent): »person«: »far« er ikke en person i filen. Der er: mor",
        ),
        ('holds = ["Pia"]', 'holds = [" "]', "krav m1 (page): »holds« har en tom tekst"),
        ("on = -16", "on = 99999999999", "trin 7 (plan_meeting): »on«: 99999999999 er for stort"),
        ('holds = ["Pia"]', 'hold = ["Pia"]', "krav m1 (page): »hold« kendes ikke. Mente du »holds«"),
        ('check = "page"', 'check = "mail"', "krav m1: »mail« er ikke en måde at kontrollere på. Der er: board, "),
        (
            'check = "page"\nas = "sr"\npage = "desk:forloeb"\nholds = ["Pia"]',
            'check = "said"',
            "Ellers kan kravet ikke fejle",
        ),
        (
            'act = "must"\nid = "m1"',
            'act = "must"\nid = "m2"',
            "trin 9 (must): »m2« er ikke et krav i filen. Der er: m1",
        ),
        ('[[step]]\nact = "must"\nid = "m1"\nday = -15', "", "krav m1 bliver aldrig kontrolleret. Tilføj et trin"),
    ],
)
def test_a_fault_in_a_file_is_told_with_its_step_its_key_and_what_is_known(
    right: str, wrong: str, says: str, tmp_path: Path
) -> None:
    assert right in WHOLE
    path = tmp_path / "ny.toml"
    path.write_text(WHOLE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(script.BadScript) as told:
        script.read(path)
    assert str(told.value).startswith("ny.toml: ")
    assert says in str(told.value)


# What only the municipality and the story know.
WHEN_PLAYED = [
    ("Mette Lindskov", "Mette Linskov", "»Mette Linskov« er ikke ansat i kommunen. Mente du »Mette Lindskov«"),
    (
        'department = "Job og Fastholdelse"',
        'department = "Jobcenter"',
        "staff »job«: »Jobcenter« er ikke en afdeling",
    ),
    (
        'yes = { "Myndighed børn"',
        'yes = { "Myndighed boern"',
        "trin 5 (consent): »Myndighed boern« er ikke en afdeling",
    ),
    ('= ["familie"]', '= ["sundhed"]', "trin 5 (consent): »sundhed« er ikke et emne. Der er: helbred, "),
    ("meeting = 1", "meeting = 2", "trin 8 (hold): »2« er ikke et møde, der er aftalt endnu. Der er: 1"),
    (
        'column = "fungerer"',
        'column = "godt"',
        "trin 8 (hold): »column«: »godt« er ikke en kolonne på tavlen. Der er: fungerer, ",
    ),
    ('page = "desk:forloeb"', 'page = "desk:min_dag"', "trin 9 (must m1): »desk:min_dag« er ikke en side"),
    (
        'page = "desk:forloeb"',
        'page = "forloeb"',
        "trin 9 (must m1): »forloeb« er ikke en side. Den hedder fx desk:forloeb",
    ),
    (
        'page = "desk:forloeb"',
        'page = "plans:page"',
        "»1« er ikke en version af Én Plan, der er begyndt endnu. Der er: ingen",
    ),
    ('page = "desk:forloeb"', 'page = "cases:case_end"', "trin 9 (must m1): siden cases:case_end kan ikke nås her"),
    ('page = "desk:forloeb"', 'page = "consent:person"', "siden consent:person skal have nøglen »person«"),
]


@pytest.mark.any_database
@pytest.mark.usefixtures("municipality")
def test_what_the_municipality_or_the_story_does_not_have_is_told_with_its_step(tmp_path: Path) -> None:
    path = tmp_path / "ny.toml"
    for right, wrong, says in WHEN_PLAYED:
        assert right in WHOLE
        path.write_text(WHOLE.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(CommandError) as told:
            call_command("gennemspil", str(path), stdout=StringIO())
        assert str(told.value).startswith("ny: ")
        assert says in str(told.value), str(told.value)


@pytest.mark.any_database
@pytest.mark.usefixtures("municipality")
def test_a_file_without_a_must_proves_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ny.toml"
    path.write_text(WHOLE, encoding="utf-8")
    out = StringIO()
    call_command("gennemspil", str(path), stdout=out)
    assert "Alle 1 krav holder" in out.getvalue()
    path.write_text(WHOLE.split('[[step]]\nact = "must"')[0], encoding="utf-8")
    with pytest.raises(CommandError, match="har ingen krav, så intet kunne fejle"):
        call_command("gennemspil", str(path), stdout=StringIO())


def test_what_a_file_may_hold_is_what_can_be_played_and_checked() -> None:
    acts = {name.removeprefix("act_") for name in dir(Player) if name.startswith("act_")}
    assert acts == set(shape.ACTS)
    told = (settings.BASE_DIR / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert [name for name in [*shape.ACTS, *shape.CHECKS] if f"`{name}`" not in told] == []
    assert set(musts.CHECKS) == set(shape.CHECKS)


ON_THE_WAY = {"undervejs.toml": 10, "spor.toml": 7}  # a file beside this one → its musts


def test_every_act_that_comes_on_the_way_stands_in_a_file() -> None:
    acts = {**vars(LaterActs), **vars(TownActs)}
    on_the_way = {name.removeprefix("act_") for name in acts if name.startswith("act_")}
    assert on_the_way <= {
        step["act"] for name in ON_THE_WAY for step in script.read(Path(__file__).parent / name).steps
    }


@pytest.mark.any_database
@pytest.mark.real_papers
@pytest.mark.usefixtures("municipality")
@pytest.mark.parametrize(("name", "musts"), ON_THE_WAY.items())
def test_every_act_that_comes_on_the_way_is_played(name: str, musts: int) -> None:
    """C1 C3 C7 C8 C9 C10 C11 C12 F7 F8 F10 F12 F13 M8 M10 P5 P6 P7: each act stands in a file, and its musts hold."""
    out = StringIO()
    call_command("gennemspil", str(Path(__file__).parent / name), stdout=out)
    assert f"Alle {musts} krav holder" in out.getvalue()


def test_a_database_without_tables_is_told_in_a_sentence(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="Databasen er ikke klar. Kør først: manage.py migrate"):
        call_command("gennemspil", "anton", stdout=StringIO())


def test_a_demo_is_played_on_working_days_and_a_play_on_those_of_its_file() -> None:
    friday = date(2026, 11, 27)
    demo = Player(script.read(script.find("ung-mor")), lambda line: None, today=friday, on_working_days=True)
    days = (-13, -12, -6, -5, -4, 0, 1, 2, 3)
    assert [(demo.day_of(day) - friday).days for day in days] == [-14, -14, -7, -7, -4, 0, 3, 3, 3]
    demo.on_working_days = False
    assert demo.day_of(1) == date(2026, 11, 28)


def test_a_demos_clock_is_never_put_back_and_goes_on_while_something_is_done() -> None:
    demo = Player(script.read(script.find("ung-mor")), lambda line: None, on_working_days=True)
    moments = []
    for day, clock in ((-30, "15.00"), (-30, "10.00"), (-29, "09.00")):
        with demo.at(day, clock):
            moments += [timezone.now(), timezone.now()]
    assert moments == sorted(set(moments))


def test_the_demo_fills_an_empty_database_once(db: None) -> None:
    """Six to ten families at different stages, dates relative to today; a second run refuses."""
    call_command("demo", stdout=StringIO())
    assert 6 <= Forloeb.objects.count() <= 10
    assert set(Forloeb.objects.values_list("state", flat=True)) == {"consent", "active", "paused", "ended"}
    told = {one.what_to_try: one.user for group in demo_users.groups() for one in group.people}
    hands_over = told["Overlevér et forløb til en kollega"]
    assert Forloeb.objects.open().led_by(hands_over).exists(), "what the sign-in page says one can try"
    found = {(one.pattern, one.actor.name, one.forloeb.family.name) for one in findings(User.objects.koordinators()[0])}
    assert found == {
        (Pattern.OWN_FAMILY, "Hanne Lykke", "Mads' familie"),
        (Pattern.ENDED, "Karen Ullerup", "Mads' familie"),
    }, "look-ups for the koordinator to ask about (C13)"
    assert not Session.objects.exists(), "whoever looked has signed off again"
    with pytest.raises(CommandError, match="tom database"):
        call_command("demo", stdout=StringIO())
