"""SQLite taught Danish, so that a search or a sorted list answers as it does on PostgreSQL.

Its own LOWER, UPPER and LIKE know ASCII only, and it has no Danish order. Each new connection gets deterministic
`lower`, `upper` and `like`, and a collation with PostgreSQL's name: `Collate("name", DANISH)` then works on both.
"""

import re
import sqlite3
import unicodedata
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

DANISH = "da-x-icu"

# After z come æ, ø, å; what only looks different sorts beside its Danish letter.
_AFTER_Z = {"æ": 0, "ä": 0, "ø": 1, "ö": 1, "ő": 1, "å": 2}
_SAME_AS = {"ü": "y", "ű": "y", "ð": "d", "đ": "d", "ł": "l"}


@lru_cache(maxsize=4096)
def danish_key(text: str) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...], tuple[bool, ...], str]:
    """A sort key: letters first (aa = å), then accents, then capitals before small letters, then the code points."""
    letters: list[tuple[int, str]] = []
    accents: list[str] = []
    smalls: list[bool] = []
    plain = unicodedata.normalize("NFC", text)
    place = 0
    while place < len(plain):
        step = 2 if plain[place : place + 2].lower() == "aa" else 1
        part = plain[place : place + step]
        place += step
        low = "å" if step == 2 else part.lower()
        smalls.extend(not mark.isupper() for mark in part)
        if low in _AFTER_Z:
            letters.append((3, str(_AFTER_Z[low])))
            accents.append("" if low in "æøå" else low)
            continue
        base = _SAME_AS.get(low) or unicodedata.normalize("NFD", low)[:1]
        kind = 2 if base.isalpha() else 1 if base.isdigit() else 0
        letters.append((kind, base))
        accents.append("" if base == low else low)
    return tuple(letters), tuple(accents), tuple(smalls), plain


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
