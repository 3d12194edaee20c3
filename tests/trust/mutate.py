"""Take each consent and access check away, one at a time, and see whether the tests notice.

`./run mutate [--every N] [PART OF A NAME …]` works on a copy of the project in a temporary folder. A mutant is *killed*
when a test fails; what survives is printed, and is either a test that is missing or stands in EQUIVALENT with its reason.

One mutant costs seconds: a warm process is forked for each, and the tests come most likely first (the route's own line
in the table of access, then the files that name the function, then the app's, then those that see the whole house) and
end with the first that fails. A test that kills must pass with nothing changed, or the run ends.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
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
# Tests that speak of an app; those that name the function come first, a mutant meets them until one fails.
TESTS = {
    "consent/sharing.py": [
        "tests/consent/test_rule.py",
        "tests/consent/test_families.py",
        "tests/trust/test_machine.py",
    ],
    "cases": ["tests/cases/", "tests/consent/"],
    "consent": ["tests/consent/", "tests/meetings/"],
    "meetings": ["tests/meetings/", "tests/consent/", "tests/plans/"],
    "plans": ["tests/plans/", "tests/consent/"],
    "desk": ["tests/desk/", "tests/plans/"],
    "privacy": ["tests/privacy/"],
    "insight": ["tests/insight/test_overview", "tests/insight/test_scenarios.py"],
}
TABLE = "tests/trust/test_table.py"
# What sees the whole house comes last: it is slow, and stops what the others let through.
LAST = ["tests/trust/test_machine.py", "tests/trust/test_canaries.py", TABLE]
# Mutants that change nothing anybody could notice, by the beginning of their name: why.
EQUIVALENT: dict[str, str] = {}
PATIENCE = 420  # seconds; a mutant that makes the tests hang is noticed
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
    ("if row.withdrawn_in == forloeb:", "if row.withdrawal:"),
    ("(row.held_to is None or day <= row.held_to)", "True"),
    ("if before in (Cell.YES, Cell.NO, Cell.WITHDRAWN):", "if before in (Cell.YES,):"),
    ("    if answer == Answer.NO:\n        return Cell.NO\n", ""),
    ("- ((on.month, on.day) < (born.month, born.day))", ""),
    ('order_by("declaration__sequence")', 'order_by("-declaration__sequence")'),
)


@dataclass(frozen=True)
class Mutant:
    """name: file, line and what is taken away. function: the one it stands in, or which is given the check."""

    name: str
    path: str
    text: str
    function: str = ""


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
            yield Mutant(
                f"{path}:{found.lineno} {ast.unparse(found)[:70]}", path, changed.decode(), _around(tree, found.lineno)
            )


def _around(tree: ast.Module, line: int) -> str:
    """The function a line stands in, or the decorators of which it belongs to."""
    inner = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if first <= line <= (node.end_lineno or line):
                inner = node.name
    return inner


# --- which tests, in which order ------------------------------------------------------------------------------------------
@cache
def _files() -> dict[str, str]:
    """Test files that can run without a browser: path → text."""
    found = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
    }
    return {path: text for path, text in found.items() if not path.startswith("tests/e2e/") and "browser" not in path}


@cache
def _routes(app: str) -> dict[str, list[str]]:
    """View function → names of its routes, read from the app's urls.py."""
    urls = (ROOT / app / "urls.py").read_text(encoding="utf-8") if (ROOT / app / "urls.py").exists() else ""
    found: dict[str, list[str]] = {}
    for function, name in re.findall(r"\.(\w+), name=\"(\w+)\"", urls):
        found.setdefault(function, []).append(f"{app}:{name}")
    return found


def tests_for(mutant: Mutant) -> list[list[str]]:
    """Arguments for pytest, most likely killer first; what sees the whole house is a run of its own."""
    app = mutant.path.split("/")[0]
    homes = TESTS.get(mutant.path) or TESTS[app]
    stem = Path(mutant.path).stem
    files = [path for home in homes for path in sorted(_files()) if path.startswith(home)]
    # Files of the house that name the function go before those that do not; the order is kept otherwise.
    files.sort(
        key=lambda path: (
            not (mutant.function and re.search(rf"\b{mutant.function}\b", _files()[path])),
            stem not in path,
        )
    )
    routes = _routes(app).get(mutant.function, []) if "view" in mutant.path else []
    table = [f"{TABLE}::test_C5_O6_F13_the_table_is_what_the_house_does[{name}]" for name in routes]
    return [[*table, *dict.fromkeys(files)], LAST]


# --- one mutant ------------------------------------------------------------------------------------------------------------
QUIET = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "-m", "not slow and not browser"]


class FailsFast:
    """A plugin: the first counterexample is enough, nobody reads a smaller one."""

    def pytest_collection(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("fails-fast", parent=settings(), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("fails-fast")


def _child(copy: Path, tests: list[str], log: Path) -> None:
    """In the forked process: run pytest in the copy. Never returns. conftest keeps a migrated database for the next."""
    code = 3
    try:
        os.chdir(copy)
        sys.path[:] = [
            str(copy),
            *(path for path in sys.path if Path(path).resolve() not in (ROOT, ROOT / "tests/trust")),
        ]
        for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
            del sys.modules[name]  # this file's own package, as it stands in the project
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ |= {"PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        os.environ.pop("DATABASE_URL", None)
        import pytest

        code = int(pytest.main([*QUIET, *tests], plugins=[FailsFast()]))
    except BaseException:  # noqa: BLE001 - this process is a fork: it must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(copy: Path, mutant: Mutant, tests: list[str]) -> tuple[str, str]:
    """("killed", by which test), ("SURVIVED", "") or ("hung", ""). The copy is as before afterwards."""
    target = copy / mutant.path
    before = target.read_text(encoding="utf-8")
    log = copy.parent / "log"
    _write(target, mutant.text)
    try:
        pid = os.fork()
        if pid == 0:
            signal.alarm(PATIENCE)  # ends the child
            _child(copy, tests, log)
        _, status = os.waitpid(pid, 0)
    finally:
        _write(target, before)
    text = log.read_text(encoding="utf-8", errors="replace")
    by = re.search(r"^(?:FAILED|ERROR) (\S+)", text, re.MULTILINE)
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGALRM:
        return "hung", ""
    if code not in (0, 1, 2, 5) or (code == 2 and not by):
        sys.exit(f"{mutant.name}: pytest could not run\n{text[-3000:]}")
    return ("killed", by[1] if by else "") if code in (1, 2) else ("SURVIVED", "")


def _write(target: Path, text: str) -> None:
    """A changed file, and no compiled form of it that could be taken for the other."""
    target.write_text(text, encoding="utf-8")
    for compiled in target.parent.glob(f"__pycache__/{target.stem}.*.pyc"):
        compiled.unlink()


# No plugins of pytest: it wants to see them first.
WARM = ("django.db.models", "django.test", "pypdf", "weasyprint")


def main(told: list[str] | None = None) -> int:
    reader = argparse.ArgumentParser(prog="./run mutate", description="Remove each consent and access check in turn.")
    reader.add_argument("parts", nargs="*", help="only mutants with one of these in their name")
    reader.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th of them")
    reader.add_argument("--list", action="store_true", help="only say which mutants there are")
    given = reader.parse_args(told)
    everyone = list(mutants())
    chosen = [one for one in everyone if not given.parts or any(part in one.name for part in given.parts)][
        :: given.every
    ]
    if given.list:
        print(*(one.name for one in chosen), f"{len(chosen)} mutants", sep="\n")  # noqa: T201
        return 0
    for name in WARM:  # what every test needs and no mutant changes, imported once for all the forks
        import_module(name)
    counted: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(".git", ".data", ".venv", "node_modules", "__pycache__", "staticfiles"),
        )
        for heavy in (".venv", "node_modules"):
            (copy / heavy).symlink_to(ROOT / heavy)
        sound: set[str] = set()
        for number, mutant in enumerate(chosen, start=1):
            began = time.monotonic()
            why = next((why for name, why in EQUIVALENT.items() if mutant.name.startswith(name)), "")
            state, by = ("equivalent", why) if why else ("SURVIVED", "")
            for tests in tests_for(mutant) if not why else ():
                if state == "SURVIVED":
                    state, by = run(copy, mutant, tests)
            if state == "killed" and by not in sound:
                # A test that fails with nothing changed proves nothing.
                whole = replace(mutant, text=(copy / mutant.path).read_text(encoding="utf-8"))
                if run(copy, whole, [by])[0] != "SURVIVED":
                    sys.exit(f"{by} fails with nothing changed.")
                sound.add(by)
            counted.setdefault(state, []).append(mutant.name)
            took = time.monotonic() - began
            print(f"{number}/{len(chosen)} {state:10} {took:4.0f} s {mutant.name}  {by}", flush=True)  # noqa: T201
    told_of = ", ".join(f"{len(names)} {state}" for state, names in sorted(counted.items()))
    print(f"{told_of}, {len(everyone) - len(chosen)} not run, of {len(everyone)}")  # noqa: T201
    return bool(counted.get("SURVIVED"))


if __name__ == "__main__":
    sys.exit(main())
