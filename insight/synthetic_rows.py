"""Rows on their way into the database in great number: plain values instead of model objects, a whole table at a time.

Django's `bulk_create` takes a tenth of a millisecond of Python for each row, and a forløb is 260 rows. Here equal values
of a column are prepared (and encrypted) once, and PostgreSQL is fed by COPY.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

_UNSAID = object()
# kB of memory for SQLite. With its usual 2 MB a large transaction goes out to the disk and in again.
_ROOM = 256 * 1024


def new_id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


class Rows:
    """Rows that wait, each under its model. Nothing is checked but by the database, and no action is run."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._waiting: dict[type[models.Model], list[SimpleNamespace]] = {}

    def add(self, kind: type[models.Model], /, **values: Any) -> SimpleNamespace:
        """values: by column (`person_id`); what is not said gets the field's default, and an opaque id of its own."""
        if "id" not in values and isinstance(kind._meta.pk, models.UUIDField):
            values["id"] = new_id(self.chance)
        row = SimpleNamespace(**values)
        self._waiting.setdefault(kind, []).append(row)
        return row

    def write(self, *kinds: type[models.Model], with_history: bool = False) -> None:
        """Write what waits of these tables, in this order."""
        for kind in kinds:
            rows = [vars(row) for row in self._waiting.pop(kind, [])]
            if not rows:
                continue
            columns = dict(_columns(kind, rows))
            _insert(kind._meta.db_table, columns)
            if with_history:
                now, made = [_now()] * len(rows), ["+"] * len(rows)
                table = kind.history.model._meta.db_table  # type: ignore[attr-defined]
                _insert(table, {**columns, "history_date": now, "history_type": made})


def _columns(kind: type[models.Model], rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    for field in kind._meta.local_concrete_fields:
        if not isinstance(field, models.AutoField):
            yield str(field.column), _prepared(field, [row.get(field.attname, _UNSAID) for row in rows])


def _prepared(field: Any, values: list[Any]) -> list[Any]:
    """The values as the database takes them. Equal values are prepared once."""
    is_now = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    known = {_UNSAID: _now() if is_now else field.get_db_prep_save(field.get_default(), connection)}
    for value in set(values) - known.keys():
        known[value] = field.get_db_prep_save(value.value if isinstance(value, Enum) else value, connection)
    return [known[value] for value in values]


def _now() -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now())


def _insert(table: str, columns: dict[str, list[Any]]) -> None:
    name = connection.ops.quote_name
    names = ", ".join(name(column) for column in columns)
    rows = list(zip(*columns.values(), strict=True))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name(table)} ({names}) VALUES ({places})", rows)  # noqa: S608  own names


@contextmanager
def roomy() -> Iterator[None]:
    """SQLite with memory enough for the batches, while they last."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        was = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{_ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {was}")
