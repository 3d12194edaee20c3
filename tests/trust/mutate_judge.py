"""One pytest that has read everything and then forks for each mutant: a child changes the running functions, asks the tests
and ends with the first failure.

To start a pytest and to collect takes longer than most mutants live. A child has all of that from its parent, and a copy of
the empty database to itself. What cannot be changed while it runs (a decorator, what happens when a module is read)
is left to a pytest of its own (`mutate.py`), and told back as READ_ANEW.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from django.db import connection

from tests.trust.verdicts import READ_ANEW, Job, Verdict

JOBS = os.environ.get("MUTATE_JOBS")
AT_ONCE = len(os.sched_getaffinity(0))
LONG = ("test_canaries", "test_machine", "test_scenarios")
LIST = "tests/trust/test_mutants.py"  # reads the list of mutants, not the house
PASSED, FAILED, CANNOT = 0, 1, 2  # what a child ends with


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if not JOBS:
        return None
    jobs = [Job(*row) for row in json.loads(Path(JOBS).read_text(encoding="utf-8"))]
    judge = Judge(session)
    with session.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        Path(JOBS).write_text(json.dumps(list(judge.judged(jobs))), encoding="utf-8")
    return True


class Judge:
    def __init__(self, session: pytest.Session) -> None:
        self.root, self.hook = session.config.rootpath, session.config.hook
        self.items = {item.nodeid: item for item in session.items if not item.nodeid.startswith(LIST)}
        self.failed = ""
        self.plugins = session.config.pluginmanager
        self.plugins.register(self)
        self._warm()
        connection.close()
        self.database = Path(connection.settings_dict["NAME"])
        gc.unfreeze()  # the functions are looked for among all that is there
        # by type(): a lazy object answers isinstance() for what it stands for
        self.functions = [one for one in gc.get_objects() if type(one) is FunctionType]
        gc.freeze()

    def _warm(self) -> None:
        """One test of each file, with nothing changed: then the database is made, the templates are read, and the worlds
        that tests begin with are kept (`tests.kept`) before the first child."""
        of_file = {item.path: item for item in reversed(self.items.values()) if item.get_closest_marker("django_db")}
        warm = [item for item in of_file.values() if not item.path.name.startswith(LONG)]
        # the last is followed by one that stands far from it, so that only what all tests share is left standing
        last = set(warm[-1].listchain())
        elsewhere = min(self.items.values(), key=lambda item: len(last.intersection(item.listchain())))
        for item, following in zip(warm, [*warm[1:], elsewhere], strict=True):
            self.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if self.failed:
            raise pytest.UsageError(f"{self.failed} fails with nothing changed")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    # --- the parent --------------------------------------------------------------------------------------------------------
    def judged(self, jobs: list[Job]) -> Iterator[Verdict]:
        """A test that fails with nothing changed, now and then or at this hour, proves nothing: its mutants are asked again
        without it."""
        weak: set[str] = set()
        sound: set[str] = set()
        while jobs:
            verdicts = list(
                self._each([job._replace(tests=tuple(t for t in job.tests if t not in weak)) for job in jobs])
            )
            asked = {one.by for one in verdicts if one.state == "killed"} - sound
            whole = [Job(test, "", "", (test,), 30) for test in sorted(asked)]
            for one in self._each(whole, aloud=False):
                (sound if one.state == "SURVIVED" else weak).add(one.name)
                if one.name in weak:
                    say(f"fails with nothing changed, and is not asked again: {one.name}")
            again = {one.name for one in verdicts if one.by in weak}
            yield from (one for one in verdicts if one.name not in again)
            jobs = [job for job in jobs if job.name in again]

    def _each(self, jobs: list[Job], aloud: bool = True) -> Iterator[Verdict]:
        waiting, running = iter(enumerate(jobs, start=1)), {}
        next_one = next(waiting, None)
        while next_one or running:
            if next_one and len(running) < AT_ONCE:
                number, job = next_one
                next_one = next(waiting, None)
                if pid := os.fork():
                    running[pid] = number, job, time.monotonic()
                    continue
                self._child(job)
            pid, status = os.wait()
            number, job, began = running.pop(pid)
            verdict = Verdict(job.name, *self._outcome(pid, status), time.monotonic() - began)
            if aloud:
                say(f"{number}/{len(jobs)} {verdict.state} {verdict.took:.0f} s  {job.name}  {verdict.by}".rstrip())
            yield verdict

    def _outcome(self, pid: int, status: int) -> tuple[str, str]:
        own = self._own(pid)
        by = own.with_suffix(".by").read_text(encoding="utf-8") if own.with_suffix(".by").exists() else ""
        for file in own.parent.glob(f"{own.stem}.*"):
            file.unlink()
        if os.WIFSIGNALED(status):
            if os.WTERMSIG(status) == signal.SIGALRM:
                return "hung", ""
            raise RuntimeError(f"a child ended by signal {os.WTERMSIG(status)}")
        return {PASSED: "SURVIVED", FAILED: "killed", CANNOT: READ_ANEW}[os.WEXITSTATUS(status)], by

    def _own(self, pid: int) -> Path:
        return self.database.with_name(f"mutant-{pid}.sqlite3")

    # --- the child ---------------------------------------------------------------------------------------------------------
    def _child(self, job: Job) -> None:
        """Never comes back: what its parent has begun is the parent's to end."""
        ended = CANNOT
        try:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            self.plugins.unregister(name="terminalreporter")  # no dots between the verdicts
            signal.alarm(int(120 + 10 * job.seconds))
            if not job.text or self._change(job):
                ended = self._ask(job)
        finally:
            os._exit(ended)

    def _ask(self, job: Job) -> int:
        own = self._own(os.getpid())
        shutil.copyfile(self.database, own)
        connection.settings_dict["NAME"] = str(own)
        items = [self.items[test] for test in job.tests if test in self.items] or list(self.items.values())
        for item, following in zip(items, [*items[1:], None], strict=True):
            self.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                own.with_suffix(".by").write_text(self.failed, encoding="utf-8")
                return FAILED
        return PASSED

    def _change(self, job: Job) -> bool:
        """Gives the running functions the mutant's code. False when something else than a function's inside differs."""
        file = str(self.root / job.path)
        was = compile(Path(file).read_text(encoding="utf-8"), file, "exec", dont_inherit=True)
        now = compile(job.text, file, "exec", dont_inherit=True)
        before, after = list(_codes(was)), list(_codes(now))
        if [one.co_qualname for one in before] != [one.co_qualname for one in after]:
            return False
        pairs = {
            (old.co_qualname, old.co_firstlineno): new for old, new in zip(before, after, strict=True) if old != new
        }
        changed = False
        for function in self.functions:
            code = function.__code__
            if code.co_filename == file and (new := pairs.get((code.co_qualname, code.co_firstlineno))):
                try:
                    function.__code__ = new
                except ValueError:  # it closes over other names
                    return False
                changed = True
        return changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Those of the functions in it, and in these; not what is run on the way (a class, a comprehension)."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
