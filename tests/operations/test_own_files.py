"""The web server does not start on a municipality's file with a fault: it says what to mend, not page by page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def start(tmp_path: Path, **own: str) -> "subprocess.CompletedProcess[str]":
    """What the web server does first, in a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FF_", "DJANGO_", "DATABASE_"))}
    env |= {"DEMO": "1", "FF_DATA": str(tmp_path / "data"), "PYTHONUTF8": "1", **own}
    command = [sys.executable, "-c", "from fællesfamilier.wsgi import application; print(bool(application))"]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("setting", "text", "told"),
    [
        ("FF_AGES", "adult = 180", "egen.toml: adult: skriv et helt tal mellem 15 og 21."),
        ("FF_PERIODS", "forloeb = 1", "egen.toml: forloeb: skriv et antal dage mellem 365 og 10958."),
        ("FF_COLLABORATION", 'key = "vores"', "egen.toml: name: mangler."),
    ],
)
def test_a_fault_stops_the_web_server_with_what_to_mend(tmp_path: Path, setting: str, text: str, told: str) -> None:
    folder = tmp_path / "egne"
    folder.mkdir()
    (folder / "egen.toml").write_text(text, encoding="utf-8")
    path = folder if setting == "FF_COLLABORATION" else folder / "egen.toml"
    ended = start(tmp_path, **{setting: str(path)})
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_with_files_in_order_it_starts(tmp_path: Path) -> None:
    (tmp_path / "aldre.toml").write_text("signs_self = 14", encoding="utf-8")
    ended = start(tmp_path, FF_AGES=str(tmp_path / "aldre.toml"))
    assert (ended.returncode, ended.stdout.strip()) == (0, "True"), ended.stderr
