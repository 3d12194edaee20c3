"""Lists of names: joined and sorted in one way everywhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from web.danish import danish_sorted, genitive, listed

ROOT = Path(settings.BASE_DIR)
APPS = ("web", "organisation", "documents", "audit", "drafts", "cases", "consent", "meetings", "plans", "desk", "insight", "privacy")  # fmt: skip
# A name of a person, a home, a department or a thing: what people look up in a list.
NAMED = re.compile(r"\bname\b|_name\b|\bnames?\(|\bnamed?\b|\bnames\b|\bhomes?\b|\blanguages\b|\bparents\b")
# Sorted for the machine, not for a reader: the same file order or key order every time.
FOR_THE_MACHINE = {
    "cases/collaboration/reading.py",
    "insight/rulebook.py",
    "insight/scenario/musts.py",
    "insight/synthetic.py",
}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ""),
        (["Anna"], "Anna"),
        (["Anna", "Bo"], "Anna og Bo"),
        (["Anna", "Bo", "Carl"], "Anna, Bo og Carl"),
        (("Anna", "Bo", "Carl", "Ditte"), "Anna, Bo, Carl og Ditte"),
    ],
)
def test_a_list_has_commas_and_one_og(words: list[str], told: str) -> None:
    assert listed(words) == listed(iter(words)) == told
    assert Template("{% load ff %}{{ words|listed }}").render(Context({"words": words})) == told


def test_names_stand_as_a_dane_looks_for_them() -> None:
    names = ["Ågård", "Ærø", "Zenia", "Aage", "Østen", "anna", "Åge", "Bo"]
    assert danish_sorted(names) == ["anna", "Bo", "Zenia", "Ærø", "Østen", "Åge", "Aage", "Ågård"]


@pytest.mark.parametrize(("name", "whose"), [("Anna", "Annas"), ("Jens", "Jens'"), ("Alex", "Alex'"), ("", "s")])
def test_whose_a_thing_is(name: str, whose: str) -> None:
    assert genitive(name) == whose


def sources() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_nobody_joins_with_og_by_hand() -> None:
    by_hand = re.compile(r""""\s*og "\.join|' og '\.join|" og "\.join|\} og \{(?:last|names\[-1\]|words\[-1\])""")
    found = [path for path, text in sources() if path != "web/danish.py" and by_hand.search(text)]
    pages = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "templates").rglob("*.html"))]
    found += [page for page in pages if re.search(r'join:" og "', (ROOT / page).read_text(encoding="utf-8"))]
    assert found == []


def test_no_list_of_the_database_stands_in_its_own_order_of_names() -> None:
    """The default collation of SQLite and of many PostgreSQL clusters puts æ, ø and å anywhere: `in_danish`."""
    plain = re.compile(r"""order_by\([^\n]*?(?<!in_danish\()(?<!Collate\()"-?(?:\w+__)?(?:first_|last_)?name\"""")
    machine = {
        "insight/models.py",
        "insight/target_page.py",
        "insight/scenario/story.py",
    }  # sorted again, or only the first
    assert [path for path, text in sources() if path not in machine and plain.search(text)] == []


def test_names_are_never_sorted_by_code_points() -> None:
    """`sorted()` puts Øster before Aage and »anna« after »Zenia«: names go through `danish_sorted` or `danish_key`."""
    found = []
    for path, text in sources():
        for call in ast.walk(ast.parse(text)) if path not in FOR_THE_MACHINE else ():
            if not isinstance(call, ast.Call) or "sort" not in ast.unparse(call.func):
                continue
            key = next((ast.unparse(one.value) for one in call.keywords if one.arg == "key"), None)
            if ast.unparse(call.func) == "sorted" and key is None and NAMED.search(ast.unparse(call.args[0])):
                found.append(f"{path}: {ast.unparse(call)}")
            if key is not None and "danish_key" not in key and re.search(r"casefold|\.(?:\w+_)?name\b", key):
                found.append(f"{path}: {ast.unparse(call)}")
    assert found == []
