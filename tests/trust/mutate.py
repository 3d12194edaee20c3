"""Take each consent and access check away, one at a time, and see whether the tests notice.

`./run mutate [--every N] [--list] [PART OF A NAME …]` works on a copy of the project in a temporary folder. First the whole
suite runs there once, unchanged, and writes down which test runs which line. Then each mutant (`mutants.py`) meets the
tests that run its line, likeliest and quickest first, until one fails: it is *killed*. One that passes all of them has
*survived*: a test is missing, or it stands in EQUIVALENT with its reason. What is inside a function is changed while it
runs (`mutate_judge.py`); for the rest the file is written and a pytest of its own started.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from coverage import CoverageData

from tests.trust.mutants import APPS, EQUIVALENT, ROOT, Mutant, mutants
from tests.trust.verdicts import READ_ANEW, Job, Verdict

COPIED = (
    *APPS,
    "audit",
    "documents",
    "drafts",
    "web",
    "fællesfamilier",
    "templates",
    "static",
    "tests",
    "docs",
    "deploy",
)
TABLE = "tests/trust/test_table.py::test_C5_C12_O6_F13_the_table_is_what_the_house_does"
KEPT_OUT = ("no_role", "unconsented", "tavle")  # of the table's personas, those whom a missing check would let in
VERBS = "tests/trust/test_verbs.py"
FIRST = 15.0  # seconds of tests in the first pytest; most mutants are killed there
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
PYTEST += ["-p", "tests.trust.mutate_plugin", "-p", "tests.trust.mutate_judge", "-m", "not slow and not browser"]


@dataclass(frozen=True)
class Known:
    """What the run with nothing changed showed. took: test → seconds. lines: file → line → tests."""

    took: dict[str, float]
    lines: dict[str, dict[int, set[str]]]
    sound: set[str] = field(default_factory=set)

    def of(self, path: str, first: int, last: int) -> set[str]:
        there = self.lines.get(path, {})
        return {test for line, tests in there.items() if first <= line <= last for test in tests} & self.took.keys()


# --- the copy, and what is known of it -------------------------------------------------------------------------------------
def copied(folder: Path) -> Path:
    """The project without its data; what is large is linked to."""
    copy = folder / "house"
    leave = shutil.ignore_patterns(
        ".git", ".data", ".venv", "node_modules", "__pycache__", "staticfiles", ".hypothesis"
    )
    shutil.copytree(ROOT, copy, ignore=leave)
    for heavy in (".venv", "node_modules"):
        (copy / heavy).symlink_to((ROOT / heavy).resolve())
    return copy


def known(copy: Path) -> Known:
    """Kept in the project's own data as long as no file changes, for the next run."""
    files = sorted(
        path for part in COPIED for path in (copy / part).rglob("*") if path.suffix in (".py", ".html", ".toml")
    )
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    kept = Path(os.environ.get("FF_DATA", ROOT / ".data")) / "mutate"
    database, seconds = kept / f"{stamp}.coverage", kept / f"{stamp}.json"
    if not seconds.exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        say("The whole suite, unchanged …")
        sources = [f"--cov={app}" for app in APPS]
        told = pytest(
            copy,
            [*sources, "--cov-context=test", "--cov-report=", "tests"],
            COVERAGE_FILE=database,
            MUTATE_TOOK=seconds,
        )
        if not seconds.exists():
            sys.exit(f"pytest could not run:\n{told[-3000:]}")
    return _read(copy, database, json.loads(seconds.read_text(encoding="utf-8")))


def _read(copy: Path, database: Path, told: dict[str, tuple[str, float]]) -> Known:
    failed = [test for test, (outcome, _) in told.items() if outcome == "failed"]
    if failed:
        say(f"{len(failed)} tests fail with nothing changed and prove nothing: {', '.join(failed)}")
    took = {test: seconds for test, (outcome, seconds) in told.items() if outcome == "passed"}
    data = CoverageData(str(database))
    data.read()
    lines: dict[str, dict[int, set[str]]] = {}
    for file in data.measured_files():
        path = file.split("/house/", 1)[-1]
        rows = data.contexts_by_lineno(file)
        lines[path] = {line: {one.rsplit("|", 1)[0] for one in tests} for line, tests in rows.items()}
    return Known(took, lines)


# --- which tests, in which order --------------------------------------------------------------------------------------------
@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def _views(app: str) -> set[str]:
    """The app's view functions, read from its urls.py."""
    file = ROOT / app / "urls.py"
    return set(re.findall(r"\.(\w+), name=\"\w+\"", file.read_text("utf-8") if file.exists() else ""))


def tests_for(mutant: Mutant, known: Known) -> list[str]:
    """The tests that run the changed lines, file by file: first the app's own that name the function, then the quickest.

    What runs when the file is read, as a decorator, belongs to no test: there it is the tests of the function it
    decorates, and of the whole file, and before them the table of access when the function is a view.
    """
    app = mutant.path.split("/")[0]
    tests = known.of(mutant.path, mutant.line, mutant.end)
    if not mutant.inside:
        tests = known.of(mutant.path, 1, 100_000)
    first = [f"{TABLE}[{persona}]" for persona in KEPT_OUT] if mutant.function in _views(app) else []
    by_file: dict[str, list[str]] = {}
    for test in sorted(tests, key=lambda test: known.took[test]):
        by_file.setdefault(test.split("::")[0], []).append(test)

    def rank(file: str) -> tuple[bool, bool, float]:
        names = bool(mutant.function) and re.search(rf"\b{re.escape(mutant.function)}\b", _text(file)) is not None
        near = file.startswith(f"tests/{app}/") or ("/actions" in mutant.path and file == VERBS)
        return not (near and names), not (near or names), sum(known.took[test] for test in by_file[file])

    ordered = [test for file in sorted(by_file, key=rank) for test in by_file[file]]
    return list(dict.fromkeys([*(one for one in first if one in known.took), *ordered]))


def batches(tests: list[str], known: Known) -> Iterable[list[str]]:
    """A short run first: to collect all the tests takes longer than to run the first of them."""
    spent, cut = 0.0, 0
    while cut < len(tests) and spent < FIRST:
        spent += known.took[tests[cut]]
        cut += 1
    return filter(None, (tests[:cut], tests[cut:]))


def _environment(**more: object) -> dict[str, str]:
    around = {key: it for key, it in os.environ.items() if key != "DATABASE_URL"}
    return {**around, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", **{key: str(it) for key, it in more.items()}}


# --- one mutant -------------------------------------------------------------------------------------------------------------
def pytest(copy: Path, more: list[str], timeout: float | None = None, **environment: object) -> str:
    """What it says. A group of its own, so that a mutant that hangs is ended with all that it started."""
    with subprocess.Popen(
        [*PYTEST, *more], cwd=copy, env=_environment(**environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            return f"{process.communicate(timeout=timeout)[0]}\nexit {process.returncode}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "exit timeout"


def verdict(copy: Path, mutant: Mutant, tests: list[str], seconds: float, *, only: bool = False) -> tuple[str, str]:
    """("killed", by which test and how), ("SURVIVED", ""), or ("hung", ""). The copy is as before afterwards."""
    target, chosen = copy / mutant.path, copy.parent / "tests"
    was, stamp = target.read_text(encoding="utf-8"), target.stat()
    chosen.write_text("\n".join(tests), encoding="utf-8")
    order = {} if only else {"MUTATE_TESTS": chosen}
    target.write_text(mutant.text, encoding="utf-8")
    try:
        files = tests if only else list(dict.fromkeys(test.split("::")[0] for test in tests))
        # nothing compiled is kept of what is changed; what is compiled of the rest holds
        told = pytest(copy, ["-x", *files], 120 + 10 * seconds, PYTHONDONTWRITEBYTECODE=1, **order)
    finally:
        target.write_text(was, encoding="utf-8")
        os.utime(target, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    ended = told.rsplit("exit ", 1)[-1]
    by = re.search(r"^(?:FAILED|ERROR) (.+)", told, re.MULTILINE)
    if ended == "timeout":
        return "hung", ""
    if ended not in ("0", "1", "2", "3", "4") or (ended != "0" and not by):
        sys.exit(f"{mutant.name}: pytest could not run\n{told[-3000:]}")
    return ("SURVIVED", "") if ended == "0" else ("killed", by[1] if by else "")


def running(copy: Path, chosen: list[Mutant], known: Known, only: list[str]) -> list[Verdict]:
    """Those that one pytest can judge, by forking; it says each as it comes."""
    jobs = []
    for mutant in chosen:
        tests = tests_for(mutant, known)
        if mutant.inside and mutant.name not in EQUIVALENT and (tests or only):
            seconds = sum(known.took[test] for test in tests) or 600
            jobs.append(Job(mutant.name, mutant.path, mutant.text, tuple(tests), seconds))
    file = copy.parent / "jobs"
    file.write_text(json.dumps(jobs), encoding="utf-8")
    subprocess.run([*PYTEST, *only], cwd=copy, env=_environment(MUTATE_JOBS=file), check=True)
    return [Verdict(*row) for row in json.loads(file.read_text(encoding="utf-8"))]


def judged(copy: Path, mutant: Mutant, known: Known, only: list[str]) -> tuple[str, str]:
    """In a pytest of its own."""
    if mutant.name in EQUIVALENT:
        return "equivalent", EQUIVALENT[mutant.name]
    if only:
        return verdict(copy, mutant, only, 600, only=True)
    tests = tests_for(mutant, known)
    state, by = "SURVIVED", "" if tests else "no test runs it"
    for batch in batches(tests, known):
        if state == "SURVIVED":
            state, by = verdict(copy, mutant, batch, sum(known.took[test] for test in batch))
    if state == "killed" and not is_sound(copy, mutant, known, by.split(" - ")[0]):
        return judged(copy, mutant, known, only)
    return state, by


def is_sound(copy: Path, mutant: Mutant, known: Known, test: str) -> bool:
    """A test that fails with nothing changed, now and then or at this hour, proves nothing: it is not asked again."""
    if test in known.sound or test not in known.took:  # what is not a test's name is an error of the whole file
        return True
    whole = replace(mutant, text=(copy / mutant.path).read_text(encoding="utf-8"))
    if verdict(copy, whole, [test], known.took[test])[0] != "SURVIVED":
        say(f"fails with nothing changed, and is not asked again: {test}")
        del known.took[test]
        return False
    known.sound.add(test)
    return True


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main(told: list[str] | None = None) -> int:
    reader = argparse.ArgumentParser(prog="./run mutate", description="Remove each consent and access check in turn.")
    reader.add_argument("parts", nargs="*", help="only mutants with one of these in their name")
    reader.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th of them")
    reader.add_argument("--list", action="store_true", help="only say which mutants there are")
    reader.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="TEST",
        help="by these tests only, and nothing unchanged first: a file, or one test of it",
    )
    given = reader.parse_args(told)
    everyone = mutants()
    chosen = [one for one in everyone if not given.parts or any(part in one.name for part in given.parts)]
    chosen = chosen[:: given.every]
    if given.list:
        say("\n".join([*(one.name for one in chosen), f"{len(chosen)} mutants"]))
        return 0
    began = time.monotonic()
    counted: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        found = Known({}, {}) if given.by else known(copy)
        verdicts = {one.name: one for one in running(copy, chosen, found, given.by) if one.state != READ_ANEW}
        for one in verdicts.values():
            counted.setdefault(one.state, []).append(one.name)
        alone = [mutant for mutant in chosen if mutant.name not in verdicts]
        for number, mutant in enumerate(alone, start=1):
            start = time.monotonic()
            state, by = judged(copy, mutant, found, given.by)
            counted.setdefault(state, []).append(mutant.name)
            say(f"{number}/{len(alone)} {state} {time.monotonic() - start:.0f} s  {mutant.name}  {by}".rstrip())
    for name in [*counted.get("SURVIVED", []), *counted.get("hung", [])]:
        say(f"  {name}")
    states = ", ".join(f"{len(names)} {state}" for state, names in sorted(counted.items()))
    say(f"{len(chosen)} of {len(everyone)} mutants in {(time.monotonic() - began) / 60:.0f} minutes: {states}")
    return bool(counted.get("SURVIVED"))


if __name__ == "__main__":
    sys.exit(main())
