"""/sundhed/ for machines: 200 when all is well, 503 and which part is not."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from audit import log
from documents import pdf
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db
WELL = {"database": True, "migrations": True, "keys": True, "pdf": True}


@pytest.fixture(autouse=True)
def _pango(monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: True)


def test_all_is_well(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        answer = client.get("/sundhed/")
    assert (answer.status_code, answer.json()) == (200, WELL)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_no_database(client, monkeypatch):
    def down(*args, **kwargs):
        raise OperationalError("secret details")

    monkeypatch.setattr(connections["default"], "ensure_connection", down)
    answer = client.get("/sundhed/")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "migrations": False, "keys": False, "pdf": True}


def test_no_database_for_a_browser_that_is_signed_in(client, monkeypatch):
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")

    def down(*args, **kwargs):
        raise OperationalError("secret details")

    monkeypatch.setattr(connections["default"], "ensure_connection", down)
    monkeypatch.setattr(connections["default"], "_cursor", down)
    assert client.get("/sundhed/").status_code == 503


def test_a_migration_is_missing(client):
    MigrationRecorder(connection).record_unapplied("audit", "0002_triggers")
    answer = client.get("/sundhed/")
    assert (answer.status_code, answer.json()) == (503, {**WELL, "migrations": False})


def test_keys_that_are_gone_broken_or_of_another_house(client, settings):
    log.delivered(by=None, kind="x", channel="page")
    first = settings.FIELD_KEYS
    for name, value in (("INDEX_KEY", ""), ("FIELD_KEYS", ["not a key"]), ("LOG_KEY", "another")):
        before = getattr(settings, name)
        setattr(settings, name, value)
        assert client.get("/sundhed/").json() == {**WELL, "keys": False}, name
        setattr(settings, name, before)
    assert first == settings.FIELD_KEYS
    assert client.get("/sundhed/").status_code == 200


def test_no_pango(client, monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: False)
    assert client.get("/sundhed/").status_code == 503


def test_it_answers_get_alone_and_says_nothing_about_who_asks(client):
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/sundhed/").json() == WELL
    assert client.post("/sundhed/").status_code == 405


def test_what_counts_attempts_is_shared_by_all_workers():
    """Several workers count in one place; tried with two of them in test_faults.py."""
    assert isinstance(caches["default"], DatabaseCache)
    caches["default"].set("tried", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM shared_cache")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.django_db(transaction=True)
def test_migrate_makes_the_shared_table():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE shared_cache")
    call_command("migrate", verbosity=0)
    caches["default"].set("tried", 1)
    assert caches["default"].get("tried") == 1
