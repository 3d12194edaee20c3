"""What must happen without anybody asking, one run at a time: `manage.py opgaver`."""

from __future__ import annotations

import fcntl
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection

from audit import events
from audit.models import Event

KIND = "operations.jobs"
# In this order: erase first, so that the backup no longer holds what was to go; the log is verified last, so that the
# run's last line is its anchor.
NAMES = (
    "slet_udloebne",
    "ryd_kladder",
    "ryd_engangsnoegler",
    "clearsessions",
    "opgoer_overblik",
    "sikkerhedskopi",
    "kontroller_samtykker",
    "kontroller_log",
)
# Any number will do, as long as nothing else in the database takes the same advisory lock.
_LOCK = 0x4646_4A4F_42


@dataclass(frozen=True)
class Job:
    """One command that was run: whether it went well, and what it said on one line."""

    name: str
    is_well: bool
    said: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """A run of all jobs, as it is remembered."""

    at: datetime
    jobs: list[tuple[str, bool]]
    backed_up_at: datetime | None


def wanted() -> list[str]:
    """The jobs of this installation: those whose command there is, and backups where a folder is set for them."""
    known = get_commands()
    return [name for name in NAMES if name in known and (name != "sikkerhedskopi" or settings.BACKUP_DIR)]


def run_all() -> Iterator[Job]:
    """Run each job and yield how it went; one that fails does not stop the rest. Remembers the run at the end."""
    done = []
    for name in wanted():
        done.append(_run(name))
        yield done[-1]
    text = "De faste opgaver er kørt." if all(job.is_well for job in done) else "En fast opgave fejlede."
    events.record(by=None, forloeb=None, kind=KIND, text=text, data={job.name: job.is_well for job in done})


def _run(name: str) -> Job:
    said, began = io.StringIO(), time.monotonic()
    arguments = [settings.BACKUP_DIR, f"--behold={settings.BACKUP_KEEP}"] if name == "sikkerhedskopi" else []
    try:
        call_command(name, *arguments, stdout=said, stderr=said, no_color=True)
        is_well = True
    except Exception as error:  # noqa: BLE001  whatever it is: the other jobs must run, and the run is told as failed
        said.write(f"{type(error).__name__}: {error}")
        is_well = False
    except SystemExit as stop:
        is_well = not stop.code
    line = " · ".join(part.strip() for part in said.getvalue().splitlines() if part.strip())
    return Job(name, is_well, line, time.monotonic() - began)


@contextmanager
def alone() -> Iterator[bool]:
    """True for the only run there is; False when another one is under way, on this machine or beside it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            taken = cursor.fetchone()[0]
        try:
            yield taken
        finally:
            if taken and connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    # An embedded database is used from one machine, so a lock on a file beside it is enough.
    handle = os.open(Path(settings.DATA_DIR) / "opgaver.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        yield False
        return
    try:
        yield True
    finally:
        os.close(handle)


def last_run() -> Run | None:
    """The newest run, and when a backup last went well; None before the first."""
    runs = Event.objects.filter(kind=KIND).order_by("-at")
    newest = runs.first()
    if newest is None:
        return None
    backed_up = runs.filter(data__sikkerhedskopi=True).first()
    done = sorted(newest.data.items(), key=lambda job: NAMES.index(job[0]) if job[0] in NAMES else len(NAMES))
    return Run(newest.at, done, backed_up.at if backed_up else None)
