"""Power cuts: no acknowledged write is lost, none is half done, and people are told what was not saved (trust.md "Integrity").

Slow: each test runs a gunicorn and a database of its own. `./run slow`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.operations.servers import BASE, PATIENCE, SETUP, Cluster, House, Person, fill, small_disk

pytestmark = pytest.mark.slow
NEW = "/drift/medarbejdere/ny/"
TOLD = re.compile("[Ii]ntet er gemt|ikke gemt")
KEYS = {
    "SECRET_KEY": "s" * 40 + "0123456789abcdef",
    "FIELD_KEYS": "dGVzdC1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    "INDEX_KEY": "i" * 60,
    "LOG_KEY": "l" * 60,
}


# --- houses --------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", autouse=True)
def _ends_its_servers_when_it_is_ended() -> Iterator[None]:
    """A run that is stopped from outside cleans up as after Ctrl+C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def static(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("static")
    House(tmp_path_factory.mktemp("keys"), place).manage("collectstatic", "--noinput", "-v0")
    return place


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory, static) -> Path:
    """A municipality without families on SQLite; each test takes a copy."""
    data = tmp_path_factory.mktemp("sqlite")
    house = House(data, static)
    house.manage("migrate", "-v0")
    house.manage("indlaes_kommune", SETUP, "-v0")
    return data


def build_on(cluster: Cluster, data: Path, static: Path, name: str = "template_house") -> House:
    with cluster.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    house = House(data, static, (cluster, name))
    house.manage("migrate", "-v0")
    house.manage("indlaes_kommune", SETUP, "-v0")
    return house


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory, static) -> Iterator[tuple[Cluster, Path]]:
    cluster = Cluster()
    try:
        data = tmp_path_factory.mktemp("postgresql")
        build_on(cluster, data, static)
        yield cluster, data
    finally:
        cluster.remove()


@pytest.fixture
def on_sqlite(sqlite_template, static, tmp_path) -> House:
    shutil.copytree(sqlite_template, tmp_path / "data")
    return House(tmp_path / "data", static)


@pytest.fixture
def on_postgresql(postgresql, static) -> House:
    cluster, data = postgresql
    name = f"house_{uuid4().hex[:8]}"
    with cluster.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_house")
    return House(data, static, (cluster, name))


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def house(request) -> Iterator[House]:
    house = request.getfixturevalue("on_sqlite" if request.param == "SQLite" else "on_postgresql")
    house.start()
    try:
        yield house
    finally:
        house.kill()


# --- writing and looking after -------------------------------------------------------------------------------------------
def new_user(username: str) -> dict[str, str]:
    """The form that makes an employee: a row, its history and a once-key, in one transaction."""
    return {"_once": uuid4().hex, "name": f"Navn {username}", "username": username, "row_version": "1"}


class Crowd:
    """Several people who each make employees, all at once, while something is done to the house."""

    def __init__(self, house: House, people: int = 4, each: int = 25) -> None:
        self.house, self.each = house, each
        self.saved: list[str] = []
        self.failures: list[BaseException] = []
        self.changed = threading.Condition()
        self.people = [Person(house) for _ in range(people)]
        self.threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(people)]

    def _write(self, number: int) -> None:
        try:
            for turn in range(self.each):
                name = f"ny-{number}-{turn}"
                self.people[number].send_until_answered(NEW, new_user(name))
                with self.changed:
                    self.saved.append(name)
                    self.changed.notify_all()
        except BaseException as failure:  # noqa: BLE001 - a thread hands its failure to the test
            with self.changed:
                self.failures.append(failure)
                self.changed.notify_all()

    def work_while(self, shake: Callable[[], None], times: int) -> None:
        """Shake the house each time a share of the work has been saved."""
        for thread in self.threads:
            thread.start()
        total = len(self.people) * self.each
        for turn in range(1, times + 1):
            with self.changed:
                share = total * turn // (times + 1)
                assert self.changed.wait_for(lambda share=share: len(self.saved) >= share or self.failures, PATIENCE)
            assert not self.failures, self.failures
            shake()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not self.failures, self.failures
        assert len(self.saved) == total
        assert sum(person.interrupted for person in self.people) > 0, "nobody noticed: nothing was tried"


def demand_whole(house: House, saved: list[str]) -> None:
    """Each saved employee once, with one row of history; one settled once-key for each, and the log unbroken."""
    made = house.rows("SELECT username FROM organisation_user WHERE username LIKE 'ny-%'")
    assert sorted(name for (name,) in made) == sorted(saved)
    history = house.rows("SELECT username FROM organisation_historicaluser WHERE username LIKE 'ny-%'")
    assert sorted(history) == sorted(made)
    keys = house.rows("SELECT location FROM audit_oncekey WHERE location LIKE '/drift/medarbejdere/%'")
    assert len(keys) == len(set(keys)) == len(saved)
    assert "Adgangsloggen er hel" in house.manage("kontroller_log")


# --- the faults ----------------------------------------------------------------------------------------------------------
def test_a_killed_worker_loses_no_saved_write_and_leaves_none_half_done(house):
    crowd = Crowd(house)
    crowd.work_while(lambda: os.kill(house.workers()[0], signal.SIGKILL), times=6)
    demand_whole(house, crowd.saved)


def test_a_killed_server_loses_no_saved_write_and_leaves_none_half_done(house):
    crowd = Crowd(house)

    def cut() -> None:
        house.kill()
        house.start()

    crowd.work_while(cut, times=3)
    demand_whole(house, crowd.saved)


def test_a_restarted_database_is_not_noticed_between_requests_and_told_during_them(on_postgresql, postgresql):
    house, (cluster, _) = on_postgresql, postgresql
    house.start()
    try:
        person = Person(house)
        saved = []
        for turn in range(6):
            assert person.send(NEW, new_user(f"ny-{turn}")).status_code == 302
            saved.append(f"ny-{turn}")
            cluster.stop()
            cluster.start()
        form = {**new_user("ny-nede"), "name": "En lang tekst, som nogen har skrevet"}
        cluster.stop()
        try:
            told = person.send(NEW, form)
            health = requests.get(house.address + "/sundhed/", timeout=PATIENCE)
        finally:
            cluster.start()
        assert told.status_code in (500, 503)
        assert TOLD.search(told.text), told.text
        assert health.status_code == 503
        assert health.json()["database"] is False
        assert person.send(NEW, form).status_code == 302
        demand_whole(house, [*saved, "ny-nede"])
    finally:
        house.kill()


def test_a_database_killed_in_the_middle_loses_no_saved_write(on_postgresql, postgresql):
    house, (cluster, _) = on_postgresql, postgresql
    house.start()
    try:
        crowd = Crowd(house)

        def cut() -> None:
            house.up.clear()
            cluster.stop("immediate")
            cluster.start()
            house.up.set()

        crowd.work_while(cut, times=3)
        demand_whole(house, crowd.saved)
    finally:
        house.kill()


def write_until_refused(person: Person) -> tuple[list[str], dict[str, str], requests.Response]:
    """Employees until the disk is full: those saved, the form that was refused, and what was answered."""
    saved = []
    for turn in range(2000):
        form = new_user(f"ny-{turn}")
        answer = person.send(NEW, form)
        if answer.status_code >= 500:
            return saved, form, answer
        assert answer.status_code == 302, answer.text
        saved.append(form["username"])
    return pytest.fail("The disk never became full.")


def test_a_full_disk_is_told_and_loses_nothing_on_sqlite(sqlite_template, static, tmp_path):
    with small_disk(12) as disk:
        shutil.copytree(sqlite_template, disk / "data")
        house = House(disk / "data", static)
        house.start()
        try:
            person = Person(house)
            filler = fill(disk)
            saved, form, told = write_until_refused(person)
            assert TOLD.search(told.text), told.text
            assert form["name"] in told.text, "what was written stands on the page"
            draft = person.send("/kladder/henvendelse/", {"text": "x" * 500_000})
            assert draft.status_code >= 500
            filler.unlink()
            assert person.session.get(house.address + "/afdelinger/", timeout=PATIENCE).status_code == 200
            assert person.send(NEW, form).status_code == 302
            demand_whole(house, [*saved, form["username"]])
            house.manage("sikkerhedskopi", str(tmp_path))  # which refuses a damaged database
            assert house.rows("SELECT COUNT(*) FROM drafts_draft") == [(0,)]
        finally:
            house.kill()


def test_a_full_disk_is_told_and_loses_nothing_on_postgresql(static, tmp_path):
    with small_disk(160) as disk:
        (disk / "pg").mkdir()
        cluster = Cluster(disk / "pg", "-c min_wal_size=2MB", "-c max_wal_size=8MB")
        try:
            house = build_on(cluster, tmp_path, static, "house")
            house.start()
            try:
                person = Person(house)
                filler = fill(disk)
                saved, form, told = write_until_refused(person)
                assert TOLD.search(told.text), told.text
                filler.unlink()
                cluster.stop("immediate", check=False)  # what a full disk left of it, if anything
                cluster.start()
                assert person.send(NEW, form).status_code == 302
                demand_whole(house, [*saved, form["username"]])
            finally:
                house.kill()
        finally:
            cluster.stop("immediate", check=False)


def test_migrations_killed_in_the_middle_are_carried_on_by_a_rerun(sqlite_template, static, tmp_path):
    shutil.copytree(sqlite_template / "keys", tmp_path / "data" / "keys")
    house = House(tmp_path / "data", static)
    last = house.manage("showmigrations", "--plan").split()[-1]
    points = ("organisation.0001", "audit.0002", "cases.0001", last)
    for point in points:
        assert migrate_until(house, point), f"{point} was never reached"
    house.manage("migrate", "-v0")
    house.manage("migrate", "--check")
    assert structure(tmp_path / "data") == structure(sqlite_template)
    house.manage("indlaes_kommune", SETUP, "-v0")
    house.manage("sikkerhedskopi", str(tmp_path))  # which refuses a damaged database


def migrate_until(house: House, point: str) -> bool:
    """Run migrate and kill it while it applies `point`; False when it never came to it."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "migrate"], cwd=BASE, env=house.environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        said = b""
        while letter := process.stdout.read(1):
            said += letter
            if said.endswith(f"Applying {point}".encode()):
                process.send_signal(signal.SIGKILL)
                return True
    return False


def structure(data: Path) -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(data / "db.sqlite3")
    try:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        return {row for row in found if not row[1].startswith("sqlite_")}
    finally:
        connection.close()


def test_the_limit_on_guessing_outlives_the_worker_that_counted(sqlite_template, static, tmp_path):
    """Counted in one worker's memory, each worker would give a guesser five attempts more."""
    shutil.copytree(sqlite_template, tmp_path / "data")
    production = {**KEYS, "ALLOWED_HOSTS": "familier.example", "FF_MUNICIPALITY": "Lillekommune", "FF_WORKERS": "2"}
    house = House(tmp_path / "data", static, None, **production)
    headers = {"Host": "familier.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    house.start()
    try:
        page = requests.get(house.address + "/konto/log-ind/", headers=headers, timeout=PATIENCE)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token
        headers |= {"Origin": "https://familier.example", "Cookie": f"__Host-csrf={page.cookies['__Host-csrf']}"}
        answers = []
        for attempt in range(6):
            if attempt == 3:
                house.kill()
                house.start()
            data = {"csrfmiddlewaretoken": token[1], "login": "ida", "password": f"gæt {attempt}"}
            answer = requests.post(house.address + "/konto/log-ind/", data, headers=headers, timeout=PATIENCE)
            answers.append("prøvet for mange gange" in answer.text)
        assert answers == [False] * 5 + [True]
    finally:
        house.kill()
