"""SQLite taught Danish, so that a search or a sorted list answers as it does on PostgreSQL.

Its own LOWER, UPPER and LIKE know ASCII only, and it has no Danish order. Each new connection gets deterministic
`lower`, `upper` and `like`, and a collation with PostgreSQL's name: `Collate("name", DANISH)` then works on both.
"""

import re
import sqlite3
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from web.danish import danish_key

DANISH = "da-x-icu"


def compare_danish(left: str, right: str) -> int:
    """-1, 0 or 1, as SQLite asks of a collation."""
    first, second = danish_key(left), danish_key(right)
    return (first > second) - (first < second)


@lru_cache(maxsize=256)
def _pattern(like: str, escape: str | None) -> re.Pattern[str]:
    parts: list[str] = []
    marks = iter(like.casefold())
    for mark in marks:
        if escape and mark == escape:
            parts.append(re.escape(next(marks, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(mark) or re.escape(mark))
    return re.compile("".join(parts), re.DOTALL)


def like(pattern: Any, value: Any, escape: str | None = None) -> bool | None:
    """`value LIKE pattern ESCAPE escape`, blind to case in every language."""
    if pattern is None or value is None:
        return None
    return _pattern(str(pattern), escape).fullmatch(str(value).casefold()) is not None


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


@receiver(connection_created, dispatch_uid="web.sqlite.teach_danish")
def teach_danish(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give a fresh SQLite connection the functions and the collation; other databases are left alone."""
    if connection.vendor != "sqlite":
        return
    raw: sqlite3.Connection = connection.connection
    raw.create_function("lower", 1, _lower, deterministic=True)
    raw.create_function("upper", 1, _upper, deterministic=True)
    raw.create_function("like", 2, like, deterministic=True)
    raw.create_function("like", 3, like, deterministic=True)
    raw.create_collation(DANISH, compare_danish)


def let_go(connection: BaseDatabaseWrapper) -> bool:
    """Empty SQLite's write-ahead file, where what was deleted still stands as long as somebody has the database open; the
    pages themselves are wiped by `secure_delete` (settings). Waits for readers. False: one read for longer than that.

    Other databases are left alone, and so is one inside a transaction: there is nothing to let go of before it ends.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
