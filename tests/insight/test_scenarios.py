"""Real situations, played through the same actions as the pages; each scenario's musts hold (scenarios of the field)."""

import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from cases.models import Forloeb
from insight.scenario import script
from insight.scenario.papers import papers
from insight.scenario.player import Player
from organisation import demo_users
from organisation.models import User
from privacy.models import Pattern
from privacy.patterns import findings

MUNICIPALITY = settings.BASE_DIR / "organisation" / "demo" / "storebaelt.toml"


@pytest.fixture
def municipality(db: None) -> None:
    call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0, stdout=StringIO())


@pytest.mark.parametrize("name", script.names())
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


def test_every_paper_of_a_play_is_written_with_its_reader(municipality: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each invited, each adult and each person: the same papers that the pages offer, by the same addresses."""
    monkeypatch.setattr("documents.pdf._write", lambda html, code: b"%PDF-1.7\n" + html.encode())
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
        ("title = ", "kan ikke læses"),
        ('title = "x"', "mangler"),
        (
            'title="x"\nfamily="y"\nmodel="z"\n[[person]]\nfirst_name="a"\n[[staff]]\nkey="s"\n[[step]]\nact="start"\nday=0',
            "key",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "daarlig.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(script.BadScript, match=says):
        script.read(path)


def test_a_meeting_to_come_lies_on_a_working_day_in_a_demo_and_where_the_file_says_in_a_play() -> None:
    friday = date(2026, 11, 27)
    demo = Player(script.read(script.find("ung-mor")), lambda line: None, today=friday, on_working_days=True)
    assert [demo.meeting_day(day) - friday for day in (-6, -5, 1, 2, 3)] == [timedelta(n) for n in (-6, -5, 3, 3, 3)]
    demo.on_working_days = False
    assert demo.meeting_day(1) == date(2026, 11, 28)


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
