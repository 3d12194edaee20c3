"""What every test may lean on: fast defaults, a browser, the axe check, and a database that empties in spite of triggers."""

import fcntl
import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.signals import request_finished, request_started
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import BrowserContext, Page, Playwright

import documents.pdf
from tests import paper
from tests.kept import ground
from web import triggers

# Playwright runs an event loop in the test's thread, beside the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("house")

# What takes longer than ten seconds for one test.
LONG = ("tests/e2e/", "test_canaries.py", "test_machine.py", "test_scenarios.py")

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
# wcag22aa must be named, or axe hides target-size.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# A test with neither the mark nor one of these is the same on every database.
TOUCHES_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}

# What `migrate` writes for itself and no test changes.
LAID = {"django_migrations", "django_content_type", "auth_permission"}


def pytest_configure() -> None:
    """Between tests with a live server the tables are emptied, in spite of the append-only triggers, and what the
    migrations laid is laid again: each test meets a database as `migrate` leaves it, whatever ran before.

    Django's own flush truncates a hundred tables, of which few hold a row, and makes every permission anew: on
    PostgreSQL half a second each time.
    """

    request_started.connect(answering.begins)
    request_finished.connect(answering.ends)

    def as_migrated(self: TransactionTestCase) -> None:
        answering.wait()
        with triggers.lifted():
            empty_tables()
        lay_again()

    TransactionTestCase._fixture_teardown = as_migrated


class Answering:
    """How many requests the live server is answering. A browser that is closed takes none of them back: one that still
    writes while the tables are emptied locks the two against each other."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.now = 0

    def begins(self, **kwargs: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self.changed:
                self.now += 1

    def ends(self, **kwargs: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self.changed:
                self.now -= 1
                self.changed.notify_all()

    def wait(self) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.now <= 0, timeout=20), "The live server never answers."


answering = Answering()


def empty_tables() -> None:
    names = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - LAID)
    quoted = {name: connection.ops.quote_name(name) for name in names}
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at when it ends
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted[name]})" for name in names)
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted[name]}")


def rows_there() -> dict[str, tuple[list[str], list[tuple[object, ...]]]]:
    """What the migrations laid: for each table that holds anything, its columns and its rows."""
    laid = {}
    with connection.cursor() as cursor:
        for name in sorted(set(connection.introspection.django_table_names(only_existing=True)) - LAID):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            if rows := cursor.fetchall():
                laid[name] = ([column[0] for column in cursor.description], rows)
    return laid


def lay_again() -> None:
    """The very rows, with the keys they had: `tests.kept` builds upon them."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (columns, rows) in migrated_rows.items():
            into = f"{quote(name)} ({', '.join(map(quote, columns))})"
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", rows)


migrated_rows: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {}


def pytest_runtest_setup(item: pytest.Item) -> None:
    ground.begin()
    documents.pdf._write = paper.laid_out if item.get_closest_marker("real_papers") else paper.words_only


def pytest_collection_finish() -> None:
    """What the tests are made of stays until they end: looking it through for garbage took a fifth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "page" in item.fixturenames or "signed_in_page" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        if not (item.get_closest_marker("django_db") or TOUCHES_DATABASE & set(item.fixturenames)):
            item.add_marker(pytest.mark.any_database)
    # the longest first (within the random order): at the end no worker waits for the other's last minute
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))


# --- the database ----------------------------------------------------------------------------------------------------
def migrated() -> Path:
    """A migrated, empty SQLite database, named after all it was made from: making one takes half a minute, copying none.

    The first worker makes it, the others wait for it.
    """
    base, folder = Path(settings.BASE_DIR), Path(settings.DATA_DIR)
    sources = [base / "requirements.txt", base / "fællesfamilier" / "settings.py"]
    for pattern in ("*/migrations/**/*.*", "*/triggers.py", "*/apps.py", "web/*.py"):
        sources += sorted(path for path in base.glob(pattern) if path.suffix != ".pyc")
    made_from = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    kept = folder / f"migrated-{made_from[:16]}.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _migrate_into(kept)
    return kept


def _migrate_into(kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        # tests.settings has put the tests' keys into the environment
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "fællesfamilier.settings", "FF_DATA": folder},
            check=True,
        )
        for old in kept.parent.glob("migrated-*.sqlite3"):
            old.unlink()
        (Path(folder) / "db.sqlite3").replace(kept)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_modify_db_settings: None) -> bool:
    """True on SQLite: a copy of the migrated database lies ready, and `migrate` only sees that nothing is missing.

    On PostgreSQL `./run test` has made a template, which tests.settings names, in a cluster that goes as a whole.
    """
    if connection.vendor != "sqlite":
        return django_db_keepdb or "FF_TEST_TEMPLATE" in os.environ
    shutil.copyfile(migrated(), connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        migrated_rows.update(rows_there())
    yield
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            connection.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{end}").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """What a module's fixture builds on this stands until the module ends; what a test writes goes back with the test.

    For worlds that take half a second to build. A test gets a copy of its own of the objects (`deepcopy`). Not for modules
    with a live server: it would wait for the end of the transaction.
    """
    ground.is_lasting, ground.holds = (
        True,
        (),
    )  # the module's own worlds may be kept ones; what a test writes is not known
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    ground.is_lasting = False


@pytest.fixture(scope="module", autouse=True)
def on_the_day() -> Iterator[None]:
    """FF_TODAY=2027-02-28T23:30 runs every test file as if it began at that moment, Danish time: nothing may hang on the
    day it is tested. A test that sets its own clock keeps it. (The browser's own clock stays; the server's follows.)"""
    if not (moment := os.environ.get("FF_TODAY")):
        yield
        return
    began = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    # a number of seconds: a time with a zone would change the zone of the process too
    with time_machine.travel(began.timestamp(), tick=True):
        yield


# --- the browser ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium without its windows (half the work of the whole browser), quiet: it calls nobody."""
    return {
        "executable_path": os.environ.get("FF_CHROMIUM", "/usr/bin/chromium-headless-shell"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def playwright(playwright: Playwright, django_db_blocker) -> Iterator[Playwright]:
    """While its event loop runs, Django gives this thread connections of their own. They are closed before the loop ends,
    after which nobody can reach them; PostgreSQL drops no database that somebody is still connected to."""
    yield playwright
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {
        "locale": "da-DK",
        "timezone_id": "Europe/Copenhagen",
        "viewport": {"width": 1440, "height": 1000},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def signed_in_page(
    live_server, new_context: Callable[..., BrowserContext]
) -> Iterator[Callable[[AbstractBaseUser], Page]]:
    """`page = signed_in_page(user)`: a browser of that person's own; `page.goto("/…")` is enough.

    At the end no page may have had a script error or broken the content security policy.
    """
    complaints: list[str] = []

    def open_page(user: AbstractBaseUser, **context_args: object) -> Page:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context = new_context(base_url=live_server.url, **context_args)
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                "Content Security Policy" in message.text and complaints.append(f"{page.url}: {message.text}")
            ),
        )
        return page

    yield open_page
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: the page as it stands has no fault that axe can find.

    `./run test` asks axe on the first database only (FF_LOOKED): the markup is the same on the second.
    """

    def run(page: Page) -> None:
        page.wait_for_load_state()  # its style sheets too: without them nothing has its size
        if os.environ.get("FF_LOOKED"):
            return
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", AXE_TAGS
        )
        found = [
            f"{fault['id']}: {fault['help']}\n" + "\n".join(f"    {node['html'][:200]}" for node in fault["nodes"])
            for fault in result["violations"]
        ]
        assert not found, f"{page.url}\n" + "\n".join(found)

    return run
