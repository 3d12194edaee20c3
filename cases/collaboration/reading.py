"""Read one model from TOML. Each fault is a line: the file, the key, and what is expected there."""

import re
import types
import typing
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from cases.collaboration.shape import (
    Board,
    BoardColumn,
    Check,
    CollaborationModel,
    Document,
    GoalHelp,
    Phase,
    Question,
    Role,
    Situation,
    Step,
)
from cases.collaboration.watching import WATCHED
from web.toml import BadToml, read_toml

# The tables of a file and what each row is; the names stand in the file in the singular, as TOML's [[step]] does.
TABLES: dict[str, type] = {
    "step": Step,
    "phase": Phase,
    "role": Role,
    "situation": Situation,
    "start_check": Question,
    "check": Check,
    "document": Document,
    "goal_help": GoalHelp,
}
BECOMES = ("", "goal", "sub_goal", "effort", "agreement")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")  # as long as the database keeps the key of a column
ONE_LINE = ("name", "title", "word", "letter")  # these stand in headings and on the wall
SHORT, LONG = 80, 600
TYPES = {str: "en tekst i anførselstegn", int: "et helt tal", bool: "true eller false", tuple: "en liste af tekster"}


class BadModel(Exception):
    """What is wrong: one Danish line per fault, each with its file and key."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_model(file: Path) -> CollaborationModel:
    """Raises BadModel with every fault of the file at once."""
    try:
        data = read_toml(file)
    except BadToml as bad:
        raise BadModel([f"{file.name}: {bad}."]) from bad
    return _Reader(file.name, data).model()


class _Reader:
    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self.name, self.data = name, data
        self.faults: list[str] = []

    def fault(self, place: str, expected: str) -> None:
        self.faults.append(f"{self.name}: {place}: {expected}")

    def model(self) -> CollaborationModel:
        known = {"key", "name", "summary", "order", "cadence_weeks", "board", *TABLES}
        for extra in sorted(self.data.keys() - known):
            self.fault(extra, f"kendes ikke. Brug en af: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {
            "key": self.text("key"),
            "name": self.text("name"),
            "summary": self.text("summary"),
            "order": self.number("order", 0, 999, default=100),
            "cadence_weeks": self.number("cadence_weeks", 1, 52),
            "boards": self.boards(),
        }
        if values["key"] and not KEY.fullmatch(values["key"]):
            self.fault("key", "skriv højst 40 små bogstaver a-z, tal og _, fx »faelles_familier«.")
        for table, kind in TABLES.items():
            name = table if table in ("goal_help", "start_check") else f"{table}s"
            values[name] = self.rows(table, kind, self.data.get(table, []))
        for place, check in enumerate(values["checks"], 1):
            if check.key not in WATCHED:
                self.fault(f"check nr. {place}: key", f"»{check.key}« kendes ikke. Vælg en af: {', '.join(WATCHED)}.")
        if self.faults:
            raise BadModel(self.faults)
        return CollaborationModel(**values)

    def text(self, key: str) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "mangler. Skriv en tekst i anførselstegn.")
            return ""
        self.length(key, key, value)
        return value

    def length(self, place: str, name: str, value: str) -> None:
        most = SHORT if name in ONE_LINE else LONG
        if len(value) > most:
            self.fault(place, f"er på {len(value)} tegn. Skriv højst {most}.")
        elif name in ONE_LINE and not value.isprintable():
            self.fault(place, "skal stå på én linje.")

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(key, f"skriv et helt tal mellem {low} og {high}.")
            return low
        return value

    def boards(self) -> tuple[Board, ...]:
        found = []
        rows = self.data.get("board", [])
        if not isinstance(rows, list) or not rows:
            self.fault("board", "mangler. Skriv mindst en tavle: [[board]] med key, name og [[board.column]].")
            return ()
        for number, row in enumerate(rows, 1):
            place = f"board nr. {number}"
            if not isinstance(row, dict):
                self.fault(place, "skriv tavlen som [[board]].")
                continue
            columns = self.rows(f"{place}: column", BoardColumn, row.get("column", []))
            if not 2 <= len(columns) <= 5:
                self.fault(f"{place}: column", "en tavle har fra 2 til 5 kolonner.")
            for column in columns:
                if column.becomes not in BECOMES:
                    self.fault(
                        f"{place}: {column.key}: becomes", f"vælg en af: {', '.join(BECOMES[1:])}, eller udelad."
                    )
            plain = {key: value for key, value in row.items() if key != "column"}
            found += [
                Board(board["key"], board["name"], columns)
                for board in self.checked(place, {"key": str, "name": str}, {"key", "name"}, plain)
            ]
        self.once("board", found)
        return tuple(found)

    def rows(self, table: str, kind: type, rows: Any) -> tuple[Any, ...]:
        if not isinstance(rows, list):
            self.fault(table, f"skriv hver som [[{table}]].")
            return ()
        hints = typing.get_type_hints(kind)
        expected = {name: _plain(hint) for name, hint in hints.items()}
        required = {row.name for row in fields(kind) if row.default is MISSING}
        found = [
            kind(**values)
            for number, row in enumerate(rows, 1)
            for values in self.checked(f"{table} nr. {number}", expected, required, row)
        ]
        self.once(table, found)
        return tuple(found)

    def checked(self, place: str, expected: dict[str, type], required: set[str], row: Any) -> list[dict[str, Any]]:
        """The row as values in a list, or an empty list and its faults."""
        before = len(self.faults)
        if not isinstance(row, dict):
            self.fault(place, "skriv rækken som en tabel med navne og værdier.")
            return []
        for name in sorted(required - row.keys()):
            self.fault(f"{place}: {name}", f"mangler. Skriv {TYPES[expected[name]]}.")
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name not in expected:
                self.fault(f"{place}: {name}", f"kendes ikke. Brug en af: {', '.join(sorted(expected))}.")
            elif not _fits(value, expected[name]):
                self.fault(f"{place}: {name}", f"skriv {TYPES[expected[name]]}.")
            elif name in required and value in ("", []) or isinstance(value, str) and value and not value.strip():
                self.fault(f"{place}: {name}", f"er tom. Skriv {TYPES[expected[name]]}.")
            else:
                for text in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
                    self.length(f"{place}: {name}", name, text)
                values[name] = tuple(value) if expected[name] is tuple else value
        key = values.get("key")
        if isinstance(key, str) and not KEY.fullmatch(key):
            self.fault(f"{place}: key", "skriv højst 40 små bogstaver a-z, tal og _.")
        minutes = values.get("minutes")
        if minutes is not None and not 1 <= minutes <= 480:
            self.fault(f"{place}: minutes", "skriv et helt tal mellem 1 og 480.")
        return [values] if len(self.faults) == before else []

    def once(self, table: str, rows: list[Any]) -> None:
        seen: set[str] = set()
        for row in rows:
            key = getattr(row, "key", None)
            if key in seen:
                self.fault(table, f"»{key}« står to gange. Giv hver sin egen key.")
            if key:
                seen.add(key)


def _plain(hint: Any) -> type:
    """`int | None` is written as an int, `tuple[str, ...]` as a list of texts."""
    if isinstance(hint, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not types.NoneType)
    return typing.get_origin(hint) or hint


def _fits(value: Any, expected: type) -> bool:
    if expected is tuple:
        return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if expected is str:
        return isinstance(value, str)
    return isinstance(value, expected)
