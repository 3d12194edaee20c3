"""The whole database as values, to compare one with another row by row."""

from __future__ import annotations

from typing import Any

from django.db import connection


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Each table's rows, all columns, in an order of their own; bytes as bytes. django_migrations included."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
            found[name] = sorted(rows, key=repr)
    return found


def structure() -> set[str]:
    """The names of triggers, indexes and constraints: what a copy of rows alone would lose."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master")
        else:
            cursor.execute(
                "SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal"
                " UNION SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'"
                " UNION SELECT 'constraint ' || conname FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace"
            )
        return {row[0] for row in cursor.fetchall()}


def raze() -> None:
    """A new, empty machine: no table is left."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}")
        cursor.execute("PRAGMA foreign_keys = ON")
