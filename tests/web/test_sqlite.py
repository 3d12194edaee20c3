"""What is erased stands nowhere in the embedded database's files, also while somebody has it open."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import ConnectionHandler

from web.sqlite import let_go

NAME = "Canary Kanariefugl"


@pytest.fixture
def served(tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own, opened as the app opens its: as it is set for those without a DATABASE_URL."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.2}
    options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;"
    ours = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3", "OPTIONS": options}
    connection = ConnectionHandler({"default": ours})["default"]
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE person (name text)")
            cursor.execute("INSERT INTO person VALUES (%s)", [NAME])
        yield connection
        connection.close()


def stands(folder: Path) -> set[str]:
    """The files that the name stands in."""
    return {file.suffix for file in folder.iterdir() if NAME.encode() in file.read_bytes()}


@pytest.mark.any_database
def test_what_is_deleted_stands_in_no_file_while_another_has_it_open(served: Any, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)
    assert other.execute("SELECT count(*) FROM person").fetchone() == (1,)
    with served.cursor() as cursor:
        cursor.execute("DELETE FROM person")
    assert stands(tmp_path), "without letting go it stands there as long as the other has the database open"
    assert let_go(served)
    assert stands(tmp_path) == set()
    other.close()


@pytest.mark.any_database
def test_one_who_reads_all_the_while_is_told_of(served: Any, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM person").fetchone()
    with served.cursor() as cursor:
        cursor.execute("DELETE FROM person")
    assert not let_go(served)
    other.execute("COMMIT")
    assert let_go(served)
    assert stands(tmp_path) == set()
    other.close()


@pytest.mark.any_database
def test_the_embedded_database_wipes_what_is_deleted() -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        assert "secure_delete=ON" in settings.DATABASES["default"]["OPTIONS"]["init_command"]
