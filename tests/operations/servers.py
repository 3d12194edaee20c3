"""A house to be shaken: the app under gunicorn, its database and people who use it, on loopback and in folders of its own.

Everything is started and ended by the test that asks; nothing here waits without a bound.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.conf import settings

BASE = Path(settings.BASE_DIR)
SETUP = "organisation/demo/storebaelt.toml"
ADMIN = "aase.friis"
PATIENCE = 90


def is_root() -> bool:
    return os.geteuid() == 0


def demand_root(why: str) -> None:
    """Not skipped: a machine that cannot try this has not proven it."""
    if not is_root():
        pytest.fail(f"{why} needs root (a tmpfs is mounted). Run ./run slow as root.")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of that size, in memory."""
    demand_root("A full disk")
    place = Path(tempfile.mkdtemp(prefix="ff-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def fill(disk: Path) -> Path:
    """Take every free byte of `disk`; delete the file to give them back."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as filler:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue
    return file


# --- databases -----------------------------------------------------------------------------------------------------------
class Cluster:
    """A PostgreSQL of our own that keeps its promises (fsync on), in `place` or in a new folder under /tmp."""

    def __init__(self, place: Path | None = None, *options: str) -> None:
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not binaries:
            pytest.fail("PostgreSQL is not installed (apt install postgresql).")
        self.binaries = binaries[-1]
        self.place = Path(tempfile.mkdtemp(prefix="ff-pg-")) if place is None else place
        self.place.chmod(0o755)
        self.options = options
        if is_root():
            shutil.chown(self.place, "postgres")
        self._run("initdb", "-D", self.place / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--wal-segsize=1")  # fmt: skip
        self.start()

    def _run(self, program: str, *words: Any, check: bool = True) -> None:
        command = [self.binaries / program, *words]
        if is_root():
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd="/", check=check, stdout=subprocess.DEVNULL, timeout=PATIENCE)

    def start(self) -> None:
        options = f"-k {self.place} -c listen_addresses='' -c max_connections=40 {' '.join(self.options)}"
        log = Path(tempfile.gettempdir()) / f"{self.place.name}.log"
        self._run("pg_ctl", "-D", self.place / "data", "-l", log, "-s", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast", *, check: bool = True) -> None:
        self._run("pg_ctl", "-D", self.place / "data", "-m", mode, "-s", "-w", "stop", check=check)

    def connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.place), user="postgres", dbname=name, autocommit=True)

    def url(self, name: str) -> str:
        return f"postgres:///{str(self.place).strip('/')}/{name}".replace(":///", ":////", 1)

    def remove(self) -> None:
        self.stop("immediate", check=False)
        (Path(tempfile.gettempdir()) / f"{self.place.name}.log").unlink(missing_ok=True)
        shutil.rmtree(self.place, ignore_errors=True)


# --- the app -------------------------------------------------------------------------------------------------------------
class House:
    """The app with its own data folder. `start()` returns when it answers; `kill()` is a power cut for it."""

    def __init__(
        self, data: Path, static: Path, database: tuple[Cluster, str] | None = None, **environment: str
    ) -> None:
        self.data, self.database = data, database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.up = threading.Event()
        self.server: subprocess.Popen[str] | None = None
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "PGUSER": "postgres",
            "FF_DATA": str(data),
            "FF_STATIC": str(static),
            "FF_LISTEN": f"127.0.0.1:{self.port}",
            "FF_READY_TEXT": "ready",
            **(environment or {"DEMO": "1"}),
        }
        if database:
            self.environment["DATABASE_URL"] = database[0].url(database[1])

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE, env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn_conf.py", "fællesfamilier.wsgi"],
            cwd=BASE, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert self.server.stdout is not None
        assert self.server.stdout.readline() == "ready\n"
        self.up.set()

    def workers(self) -> list[int]:
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill(self) -> None:
        self.up.clear()
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(PATIENCE)
            assert self.server.stdout is not None
            self.server.stdout.close()
            self.server = None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if self.database:
            with self.database[0].connect(self.database[1]) as connection:
                return connection.execute(query).fetchall()  # type: ignore[arg-type]
        connection = sqlite3.connect(self.data / "db.sqlite3")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


class Person:
    """Somebody at a browser: signs in, and sends forms again with the same once-key as a browser would."""

    def __init__(self, house: House, username: str = ADMIN) -> None:
        self.house, self.session, self.interrupted = house, requests.Session(), 0
        self.token = self._token("/konto/log-ind/")
        answer = self.send("/konto/log-ind/", {"username": username})
        assert answer.status_code == 302, answer.text
        self.token = self._token("/drift/medarbejdere/ny/")

    def _token(self, path: str) -> str:
        page = self.session.get(self.house.address + path, timeout=PATIENCE)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found, page.text
        return found[1]

    def send(self, path: str, fields: dict[str, str]) -> requests.Response:
        data = {"csrfmiddlewaretoken": self.token, **fields}
        return self.session.post(self.house.address + path, data, timeout=PATIENCE, allow_redirects=False)

    def send_until_answered(self, path: str, fields: dict[str, str]) -> None:
        """The same form again and again, until the app says that it is saved."""
        for _ in range(200):
            self.house.up.wait(PATIENCE)
            try:
                answer = self.send(path, fields)
            except requests.RequestException:
                self.interrupted += 1
                continue
            if answer.status_code < 400:
                return
            assert answer.status_code >= 500, f"{answer.status_code}: {answer.text}"
            self.interrupted += 1
        pytest.fail("The app never said that it was saved.")
