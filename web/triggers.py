"""Rows that the database itself refuses to change: triggers as migration operations, for PostgreSQL and SQLite.

A migration lists `forbid(...)` after its models. SQLite rebuilds a table when a migration alters one of its fields and
drops its triggers on the way: list `forbid(...)` again after such an alteration (`missing()` and a test tell).
Both databases answer a forbidden change with `django.db.IntegrityError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.migrations.operations.base import Operation

_PREFIX = "ff_forbid_"
EVENTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


class Statements(Operation):
    """Both ways are functions of the schema editor. Unlike RunPython it asks for no models: drawing up those of the whole
    house for each trigger would be a fifth of the time that migrating takes."""

    reversible = True

    def __init__(self, forwards: Callable[[Any], None], backwards: Callable[[Any], None]) -> None:
        self.forwards, self.backwards = forwards, backwards

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.forwards(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.backwards(schema_editor)

    def describe(self) -> str:
        return "Triggers"


def forbid(table: str, *events: str, when: str = "", message: str = "Rækken må ikke ændres.") -> Statements:
    """A migration operation that makes the database refuse `events` on `table`.

    events: of INSERT, UPDATE, DELETE and TRUNCATE (the last means nothing on SQLite, which has none).
    when: SQL over OLD and NEW that says which rows (all without it); may hold subqueries, and must be understood by
    both databases, e.g. "OLD.status = 'finished'". Use one call per event when it names only one of OLD and NEW.
    message: what the error says. Reversible.
    """
    if not events or not set(events) <= set(EVENTS):
        raise ValueError(f"Unknown events: {events}")

    def forwards(schema_editor: Any) -> None:
        for event in events:
            for statement in _create(schema_editor.connection.vendor, table, event, when, message):
                schema_editor.execute(statement, params=None)

    def backwards(schema_editor: Any) -> None:
        for event in events:
            for statement in _drop(schema_editor.connection.vendor, table, event):
                schema_editor.execute(statement, params=None)

    return Statements(forwards, backwards)


def allow(forbidden: Statements) -> Statements:
    """A migration operation that takes away again what `forbid` made: SQLite alters no table that the triggers of another
    one read. List it before such an alteration, and the `forbid` after it."""
    return Statements(forbidden.backwards, forbidden.forwards)


def _name(table: str, event: str) -> str:
    return f"{_PREFIX}{table}_{event.lower()}"


def _drop(vendor: str, table: str, event: str) -> list[str]:
    name = _name(table, event)
    if vendor == "postgresql":
        return [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"', f'DROP FUNCTION IF EXISTS "{name}"()']
    return [f'DROP TRIGGER IF EXISTS "{name}"']


def _create(vendor: str, table: str, event: str, when: str, message: str) -> list[str]:
    """The SQL of one trigger, after dropping one of the same name."""
    name, text = _name(table, event), message.replace("'", "''")
    drop = _drop(vendor, table, event)
    if vendor == "postgresql":
        row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(event, "NEW")
        test = "TRUE" if event == "TRUNCATE" or not when else when
        return [
            *drop,
            f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $ff$ BEGIN IF ({test}) THEN '
            f"RAISE EXCEPTION '{text.replace('%', '%%')}' USING ERRCODE = 'restrict_violation'; END IF; "
            f"RETURN {row}; END $ff$",
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" '
            f'FOR EACH {"STATEMENT" if event == "TRUNCATE" else "ROW"} EXECUTE FUNCTION "{name}"()',
        ]
    if event == "TRUNCATE":
        return []
    condition = f" WHEN ({when})" if when else ""
    return [
        *drop,
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"{condition} BEGIN SELECT RAISE(ABORT, \'{text}\'); END',
    ]


def missing(*expected: tuple[str, str], using: str = "default") -> list[str]:
    """Names of triggers that should stand and do not, or are switched off. expected: (table, event) pairs."""
    connection = connections[using]
    wanted = [
        _name(table, event) for table, event in expected if connection.vendor == "postgresql" or event != "TRUNCATE"
    ]
    standing = {name for name, _, enabled in _standing(connection) if enabled}
    return [name for name in wanted if name not in standing]


def _standing(connection: Any) -> list[tuple[str, str, Any]]:
    """(name, table, on PostgreSQL: enabled, on SQLite: its SQL) of each of our triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, c.relname, t.tgenabled <> 'D' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname LIKE %s AND c.relnamespace = current_schema()::regnamespace",
                [_PREFIX + "%"],
            )
        else:
            cursor.execute(
                "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [_PREFIX + "%"]
            )
        return [(name, table, extra) for name, table, extra in cursor.fetchall()]


@contextmanager
def lifted(*tables: str, using: str = "default") -> Iterator[None]:
    """Without the triggers of `tables` (of every table when none is named), and with them again afterwards.

    For three callers: the tests' flush, giving rows a new encryption key, and erasing what is due. The last two do it
    inside a transaction, so that no other connection ever sees the table unguarded.
    """
    connection = connections[using]
    chosen = [row for row in _standing(connection) if row[2] and (not tables or row[1] in tables)]
    if connection.vendor == "postgresql":
        off = [f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"' for name, table, _ in chosen]
        on = [f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"' for name, table, _ in chosen]
    else:
        off = [f'DROP TRIGGER "{name}"' for name, _, _ in chosen]
        on = [sql for _, _, sql in chosen]
    _run(connection, off)
    try:
        yield
    finally:
        # A broken transaction takes the change back by itself when it is rolled back.
        if not connection.needs_rollback:
            _run(connection, on)


def _run(connection: Any, statements: list[str]) -> None:
    # PostgreSQL alters no table while foreign keys of this transaction wait to be checked: they are checked now.
    waiting = bool(statements) and connection.vendor == "postgresql" and connection.in_atomic_block
    with connection.cursor() as cursor:
        if waiting:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)
        if waiting:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
