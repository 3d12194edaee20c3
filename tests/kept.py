"""Worlds that many tests begin with are built once for each worker; afterwards the statements that built them lay them.

What the ORM, the rules and the history work out again each time is nine tenths of the work. A world is laid only upon what
it was first built upon: the database as migrated, or another kept world and nothing written since. Anything else, and
a test with a clock of its own, builds it anew.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import time_machine
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone

import documents.pdf
import plans.pdf

Given = ParamSpec("Given")
World = TypeVar("World")
HALF_AN_HOUR = 30 * 60  # seconds
PLAIN = (str, int, bool, tuple, timedelta, type(None))


@dataclass
class Kept:
    """One world: the statements that lay it, where its tables count from, and what its builder gave back."""

    given: Any = None
    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    counters: dict[str, int | None] = field(default_factory=dict)
    script: str = ""  # on PostgreSQL: the statements in one text


class Ground:
    """What the test's database holds: the worlds upon the migrated one, or None when anything else was written."""

    def __init__(self) -> None:
        self.holds: tuple[str, ...] | None = None
        self.is_lasting = False  # a module's own world stands: what is upon it is not known here
        self.heard: list[tuple[str, Any, bool]] | None = None
        self.worlds: dict[tuple[str, ...], Kept] = {}

    def begin(self) -> None:
        """A test begins, with a database as `migrate` leaves it."""
        self.holds = None if self.is_lasting or time_machine.escape_hatch.is_travelling() else ()

    def hear(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Every statement of every connection passes here."""
        verb = str(sql).lstrip()[:8].upper()
        if verb == "ROLLBACK":  # what was written is gone, and with it the knowledge of what is there
            self.holds = self.heard = None
        elif verb.startswith(("INSERT", "UPDATE", "DELETE")):
            if self.heard is None:
                self.holds = None
            else:
                self.heard.append((sql, params, many))
        return execute(sql, params, many, context)


ground = Ground()


def listen(connection: Any, **kwargs: Any) -> None:
    if ground.hear not in connection.execute_wrappers:
        connection.execute_wrappers.append(ground.hear)


connection_created.connect(listen)


def kept(build: Callable[Given, World]) -> Callable[Given, World]:
    """For a builder of a world. It takes plain values, and worlds (with a `forloeb`) that it leaves as they are; its caller
    has the copy of what it gives back to itself."""

    @wraps(build)
    def built(*args: Given.args, **kwargs: Given.kwargs) -> World:
        if ground.holds is None or ground.heard is not None:
            return build(*args, **kwargs)
        key = (*ground.holds, _name(build, args, kwargs))
        if key not in ground.worlds:
            world = _record(build, deepcopy(args), deepcopy(kwargs))
            if world is None:
                raise RuntimeError(f"{build.__name__} takes something back: it cannot be kept")
            ground.worlds[key] = world
        else:
            _lay(ground.worlds[key])
        ground.holds = key
        return deepcopy(ground.worlds[key].given)

    return built


def _name(build: Callable[..., Any], args: Any, kwargs: Any) -> str:
    """What the world hangs on: the builder, what it was given, the half hour, for a browser in it that was signed in
    longer ago than that may be signed out by now, and whether papers are real ones."""
    papers = (plans.pdf.pdf.render.__qualname__, documents.pdf._write.__qualname__)
    told = [repr(one) if isinstance(one, PLAIN) else str(one.forloeb.pk) for one in (*args, *kwargs.values())]
    return " ".join(
        (
            build.__qualname__,
            *told,
            *kwargs,
            timezone.localdate().isoformat(),
            str(time.time() // HALF_AN_HOUR),
            *papers,
        )
    )


def _record(build: Callable[..., Any], args: Any, kwargs: Any) -> Kept | None:
    before = _counters()
    ground.heard = heard = []
    try:
        given = build(*args, **kwargs)
        if ground.heard is None:
            return None
    finally:
        ground.heard = None
    counters = {name: before.get(name) for name, value in _counters().items() if before.get(name) != value}
    return Kept(given, heard, counters)


def _lay(world: Kept) -> None:
    ground.heard = []
    try:
        with connection.cursor() as cursor:
            _count_from(cursor, world.counters)
            if connection.vendor == "postgresql" and _may_all(cursor):
                _lay_at_once(cursor, world)
                return
            for sql, params, many in world.statements:
                (cursor.executemany if many else cursor.execute)(sql, params)
    finally:
        ground.heard = None


def _may_all(cursor: Any) -> bool:
    cursor.execute("SELECT current_setting('is_superuser')")
    return bool(cursor.fetchone()[0] == "on")


def _lay_at_once(cursor: Any, world: Kept) -> None:
    """All in one message, keys and triggers asleep: they had their say when the world was built."""
    if not world.script:
        plain = cursor.cursor  # psycopg's: it puts the values where they belong
        world.script = ";\n".join(
            plain.mogrify(sql, values)
            for sql, params, many in world.statements
            for values in (params if many else [params])
        )
    cursor.execute("SET session_replication_role = replica")
    cursor.cursor.execute(world.script)
    cursor.execute("SET session_replication_role = DEFAULT")


# --- the numbers that tables give their rows: a history's rows are numbered, and others name them -------------------------------
def _counters() -> dict[str, int | None]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
        else:
            cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'")
        return dict(cursor.fetchall())


def _count_from(cursor: Any, counters: dict[str, int | None]) -> None:
    for name, value in counters.items():
        if connection.vendor != "sqlite":
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])
            continue
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
        if value is not None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, value])
