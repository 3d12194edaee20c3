"""What leaves the house by no route: a mail, a paper, a command. Each is in the oracle's list, or a test here fails (C5)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands
from django.test import RequestFactory

from cases.forms.participants import FindForm
from documents import pdf
from tests.trust import channels
from tests.trust.canary import canaries
from tests.trust.heard import ANYTHING, Heard, hearing
from tests.trust.scan import words_of

BASE = Path(settings.BASE_DIR)
NOT_OURS = {"node_modules", "static", "staticfiles", "tests"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(BASE.glob("*/**/*.py")):
        place = path.relative_to(BASE)
        if place.parts[0] not in NOT_OURS and not place.parts[0].startswith("."):
            yield str(place), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_C5_C12_nothing_can_carry_anything_out_of_the_house_that_is_not_listed() -> None:
    """A mail, a feed or a call to another system that later work adds is a channel: it is listed, and scanned, first."""
    carriers = {
        place
        for place, tree in modules()
        if any(name == one or name.startswith(f"{one}.") for name in imported(tree) for one in channels.CARRIERS)
    }
    assert carriers == set(channels.CARRIED), carriers ^ set(channels.CARRIED)


def test_C5_every_command_is_listed() -> None:
    ours = {path.name for path in BASE.iterdir() if (path / "management").is_dir()}
    there = {name for name, app in get_commands().items() if str(app) in ours}
    assert there == {*channels.QUIET, *channels.COMMANDS}, there ^ {*channels.QUIET, *channels.COMMANDS}
    assert not channels.QUIET.keys() & channels.COMMANDS.keys()


def test_C5_every_paper_is_listed() -> None:
    """A new paper is a channel: it is listed, and made in the scan, first."""
    made = {}
    for path in (BASE / "templates").glob("**/*.html"):
        if found := re.search(r'{% extends "(documents/print\w*\.html)" %}', path.read_text(encoding="utf-8")):
            made[path.relative_to(BASE / "templates").as_posix()] = found[1]
    papers = set(made) - set(made.values()) - {name for name in made if name.startswith("documents/print")}
    assert papers == channels.PAPERS, papers ^ channels.PAPERS


def test_C5_what_a_page_reads_of_its_address_is_heard() -> None:
    """However it reads it: a list, a filter's form, or only whether anything was asked."""
    for read, names in (
        (lambda get: get.get("q"), {"q"}),
        (lambda get: "vis" in get, {"vis"}),
        (lambda get: get.getlist("emne"), {"emne"}),
        (lambda get: FindForm(get).is_valid(), {"q"}),
        (lambda get: FindForm(get or None), {ANYTHING}),
    ):
        Heard.names = set()
        with hearing():
            read(RequestFactory().get("/").GET)
        assert Heard.names == names


def test_C12_a_word_in_a_papers_properties_is_seen_by_the_scan() -> None:
    """The title, the subject and the author of a PDF stand on none of its pages."""
    context = {"leaflet": {"title": "Folder"}, "parts": [], "contact": ""}
    facts = {"title": "Folder", "subject": "Om Zqnavn001q", "author": "Zqtlf002q, Nyborg – æøå"}
    paper = pdf.render("consent/pdf/leaflet.html", context, **facts)
    assert canaries(words_of(paper)) == {"Zqnavn001q", "Zqtlf002q"}
