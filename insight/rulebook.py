"""Rule → where it is built → which tests prove it; read from the code itself, so that the list cannot lie.

A file builds a rule when it names its id in a docstring or comment; a test proves it by naming it.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ID = re.compile(r"(?<![A-Za-z0-9])([OFCMPUSTV]\d{1,2})(?![0-9A-Za-z])")
TEST = re.compile(r"^def (test_\w+)|^class (Test\w+)|^    def (test_\w+)", re.MULTILINE)
APPS = (
    "cases",
    "consent",
    "meetings",
    "plans",
    "desk",
    "insight",
    "privacy",
    "documents",
    "audit",
    "drafts",
    "organisation",
    "web",
)


def rules() -> dict[str, dict[str, str]]:
    """Group → id → text, from docs/rules.toml."""
    return tomllib.loads((settings.BASE_DIR / "docs" / "rules.toml").read_text(encoding="utf-8"))


def _files(root: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((root / folder).rglob("*.py")) if "migrations" not in path.parts)


def built() -> dict[str, list[str]]:
    """Rule id → files of the product that name it."""
    root = settings.BASE_DIR
    found: dict[str, list[str]] = {}
    for path in _files(root, APPS):
        name = path.relative_to(root).as_posix()
        if name == "insight/rulebook.py":
            continue
        for rule in sorted(set(ID.findall(path.read_text(encoding="utf-8")))):
            found.setdefault(rule, []).append(name)
    return found


def proven() -> dict[str, list[str]]:
    """Rule id → tests (file::test) that name it in their name or body's docstring."""
    root = settings.BASE_DIR
    found: dict[str, list[str]] = {}
    for path in _files(root, ("tests",)):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root / "tests").as_posix()
        marks = [match for match in TEST.finditer(text) if not (match[2])]
        for index, match in enumerate(marks):
            end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
            test = match[1] or match[3]
            named = set(ID.findall(text[match.start() : end])) | set(
                re.findall(r"(?<=_)([OFCMPUSTV]\d{1,2})(?=_|$)", test)
            )
            for rule in named:
                found.setdefault(rule, []).append(f"{name}::{test}")
    return found


def page() -> str:
    """The text of docs/rules.md. A rule without a place is not built yet, and says so."""
    where, tests = built(), proven()
    lines = [
        "# Rules",
        "",
        "Made by `manage.py regler` from the code and the tests; a test fails when it is out of date.",
        "A rule that is built has a test that names it.",
    ]
    for group in rules().values():
        lines += ["", "| rule | what must hold | where | tests |", "|---|---|---|---|"]
        for rule, text in group.items():
            places = ", ".join(where.get(rule, [])[:6]) or "not built yet"
            proofs = tests.get(rule, [])
            shown = ", ".join(proofs[:3]) + (f" and {len(proofs) - 3} more" if len(proofs) > 3 else "")
            lines.append(f"| {rule} | {text} | {places} | {shown or '–'} |")
    return "\n".join(lines) + "\n"


def unproven() -> list[str]:
    """Rules that are built but that no test names."""
    where, tests = built(), proven()
    known = [rule for group in rules().values() for rule in group]
    return [rule for rule in known if rule in where and rule not in tests]
