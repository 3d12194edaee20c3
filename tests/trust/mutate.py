"""Take each consent and access check away, one at a time, and see whether the tests notice.

`python -m tests.trust.mutate [PART OF A NAME …]` works on a copy of the project in a temporary folder. A mutant is
*killed* when a test fails; what survives is printed. It takes an hour on two processors.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("cases", "consent", "meetings", "plans", "desk", "privacy", "insight")
# What a call is replaced with: everything is allowed.
OPEN = {
    "may_see": "True",
    "may_know_of": "True",
    "may_have_all": "True",
    "may_fetch": "True",
    "has_read_guidance": "True",
    "demand_tovholder": "None",
    "demand_participant": None,  # its answer is used: only where it stands alone
    "demand_guidance": "None",
    "demand_open": "None",
    "demand_worker": "None",
    "demand_framer": "None",
    "demand_writer": None,
    "demand_may_fetch": "None",
    "demand_hands_out": "None",
    "demand_koordinator": "None",
    "demand_reviewer": "None",
    "_may_have": "None",
    "_seen": "None",
    "_readable": None,
}
# Tests that speak of an app, fast ones first; a mutant meets them until one fails.
TESTS = {
    "consent/sharing.py": ["tests/consent/test_rule.py", "tests/trust/test_machine.py"],
    "cases": ["tests/cases/test_access.py", "tests/cases/test_actions.py", "tests/trust/test_table.py"],
    "consent": ["tests/consent", "tests/trust/test_table.py"],
    "meetings": ["tests/meetings", "tests/trust/test_table.py", "tests/trust/test_canaries.py"],
    "plans": ["tests/plans", "tests/trust/test_table.py", "tests/trust/test_canaries.py"],
    "desk": ["tests/desk", "tests/trust/test_canaries.py"],
    "privacy": ["tests/privacy", "tests/trust/test_table.py"],
    "insight": ["tests/insight/test_overview.py", "tests/trust/test_table.py"],
}
# The rule itself, sentence by sentence: what stands there, and what is put in its place.
RULE = (
    ("reader.person is not None and reader.person in facts.kept_from", "False"),
    ("not facts.kept_from and facts.meeting_of_board is not None", "facts.meeting_of_board is not None"),
    ("facts.meeting_of_board in reader.present_at", "True"),
    ("bool(facts.contributed_by) and facts.contributed_by == reader.recipient", "True"),
    ("bool(facts.contributed_by) and facts.contributed_by == reader.recipient", "False"),
    ("own or in_the_room)", "own)"),
    ("return all(_free_about", "return any(_free_about"),
    (
        "if person == reader.person or basis.has_custody_of_young(reader.person, person):\n        return True\n    cell",
        "cell",
    ),
    ("if cell is Cell.YES:", "if cell is not None:"),
    ("return known_already and cell not in (Cell.NO, Cell.WITHDRAWN)", "return known_already"),
    ("return known_already and cell not in (Cell.NO, Cell.WITHDRAWN)", "return known_already and cell is not Cell.NO"),
    ("return known_already and cell not in (Cell.NO, Cell.WITHDRAWN)", "return False"),
    ("state is Cell.YES\n", "state is not None\n"),
    ("age < ages().custody_sees_until", "True"),
    ("if age >= ages().signs_self else holders", "if age > ages().signs_self else holders"),
    ("if state is None and any(scope", "if False and any(scope"),
    ("elif reader.person is None or reader.person not in facts.kept_from:", "else:"),
    ("if may_see(reader, facts, basis):", "if True:"),
    ("needed <= signers.get(declaration, set())", "True"),
    ("bool(needed) and needed", "needed"),
    ("expires <= day", "expires < day"),
    ("withdrawn_at is not None, expires", "False, expires"),
    ("if withdrawn_in == forloeb:", "if True:"),
    ("(to_date is None or day <= to_date)", "True"),
    ("if before in (Cell.YES, Cell.NO, Cell.WITHDRAWN):", "if before in (Cell.YES,):"),
    ("    if answer == Answer.NO:\n        return Cell.NO\n", ""),
    ("- ((on.month, on.day) < (born.month, born.day))", ""),
    ('order_by("declaration__sequence")', 'order_by("-declaration__sequence")'),
)


@dataclass(frozen=True)
class Mutant:
    name: str
    path: str
    text: str


def mutants() -> Iterator[Mutant]:
    path = "consent/sharing.py"
    rule = (ROOT / path).read_text(encoding="utf-8")
    for number, (old, new) in enumerate(RULE):
        if rule.count(old) < 1:
            sys.exit(f"{path} says no more: {old}")
        yield Mutant(f"{path} #{number} {old.splitlines()[0][:60]} → {new[:40]}", path, rule.replace(old, new, 1))
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts and file.name != "sharing.py":
                yield from _calls(file)


def _calls(file: Path) -> Iterator[Mutant]:
    """One mutant for each call of a check, and one for each check that a loading decorator is given."""
    source = file.read_text(encoding="utf-8")
    path = file.relative_to(ROOT).as_posix()
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    raw = source.encode()
    place = lambda line, column: starts[line - 1] + column  # noqa: E731
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        spans = []
        if name in OPEN:
            put = OPEN[name] if OPEN[name] is not None else ("None" if id(node) in alone else None)
            if put is not None:
                spans.append((node, put))
        elif name in ("forloeb_view", "loads"):
            spans += [
                (one, "None")
                for one in node.args
                if isinstance(one, ast.Name) and one.id in OPEN | {"guidance_read": 0}
            ]
        elif name == "share" and node.args:
            spans.append(
                (
                    node,
                    f"__import__('consent.sharing', fromlist=['x']).SharedItems(list({ast.unparse(node.args[0])}), 0)",
                )
            )
        for found, put in spans:
            begin, end = place(found.lineno, found.col_offset), place(found.end_lineno, found.end_col_offset)  # type: ignore[arg-type]
            changed = raw[:begin] + put.encode() + raw[end:]
            yield Mutant(f"{path}:{found.lineno} {ast.unparse(found)[:70]}", path, changed.decode())


def tests_for(path: str) -> list[str]:
    return TESTS.get(path) or TESTS[path.split("/")[0]]


def killed(copy: Path, mutant: Mutant) -> bool:
    target = copy / mutant.path
    before = target.read_text(encoding="utf-8")
    target.write_text(mutant.text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-m",
        "not slow and not browser",
    ]
    try:
        for test in tests_for(mutant.path):
            done = subprocess.run(
                [*command, test], cwd=copy, capture_output=True, check=False, env=os.environ | {"PYTHONUTF8": "1"}
            )
            if done.returncode not in (0, 5):
                return True
        return False
    finally:
        target.write_text(before, encoding="utf-8")


def main(wanted: list[str]) -> int:
    chosen = [one for one in mutants() if not wanted or any(part in one.name for part in wanted)]
    alive: list[str] = []
    sound: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".data", ".venv", "node_modules", "__pycache__")
        )
        for heavy in (".venv", "node_modules"):
            (copy / heavy).symlink_to(ROOT / heavy)
        for path in sorted({one.path for one in chosen}):
            whole = (copy / path).read_text(encoding="utf-8")
            if tests_for(path) not in sound and killed(copy, Mutant("nothing changed", path, whole)):
                sys.exit(f"The tests of {path} fail with nothing changed; a mutant would prove nothing.")
            sound.append(tests_for(path))
        for number, mutant in enumerate(chosen, start=1):
            dead = killed(copy, mutant)
            if not dead:
                alive.append(mutant.name)
            print(f"{number}/{len(chosen)} {'killed  ' if dead else 'SURVIVED'} {mutant.name}", flush=True)  # noqa: T201
    print(f"{len(chosen) - len(alive)} of {len(chosen)} killed")  # noqa: T201
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
