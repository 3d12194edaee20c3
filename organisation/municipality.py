"""A municipality's set-up as one TOML file: read, checked with readable errors, and loaded again and again.

Rows are matched on their name (departments, areas, record systems, external parties) or user name (employees); what is
to have a new one says its old one with `was`. Loading changes what differs and never deletes: a department, an area or a
record system is closed with `active = false`, an employment ends with `to`. Format and an example: `organisation/demo/storebaelt.toml`.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import Truncator

from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User, in_danish
from web.toml import BadToml, parse_toml, read_text

RowT = TypeVar("RowT", bound=models.Model)


class SetupError(Exception):
    """What is wrong with the file: one Danish line per fault, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Key:
    kind: type
    required: bool = False
    choices: frozenset[str] | None = None


TEXT, NEEDED, FLAG, DAY = Key(str), Key(str, required=True), Key(bool), Key(datetime.date)
TABLES: dict[str, dict[str, Key]] = {
    "area": {
        "name": NEEDED, "was": TEXT, "short_name": NEEDED, "may_start": FLAG, "may_send": FLAG, "needs_management": FLAG,
        "active": FLAG,
    },
    "record_system": {"name": NEEDED, "was": TEXT, "active": FLAG},
    "department": {
        "name": NEEDED, "was": TEXT, "area": NEEDED, "authority": FLAG, "always_assesses": FLAG, "record_system": TEXT,
        "phone": TEXT, "call_about": TEXT, "active": FLAG,
    },
    "employee": {
        "username": NEEDED, "was": TEXT, "name": NEEDED, "email": TEXT, "phone": TEXT, "system_admin": FLAG, "koordinator": FLAG,
        "active": FLAG, "issuer": TEXT, "subject": TEXT, "employment": Key(list),
    },
    "employee.employment": {
        "department": NEEDED, "title": NEEDED, "leader": FLAG, "management": FLAG,
        "from": Key(datetime.date, required=True), "to": DAY,
    },
    "external": {
        "name": NEEDED, "was": TEXT, "kind": Key(str, choices=frozenset(ExternalParty.Kind.values)), "contact": TEXT, "phone": TEXT,
        "email": TEXT,
    },
    "demo_group": {"title": NEEDED, "hint": TEXT, "user": Key(list)},
    "demo_group.user": {"username": NEEDED, "shown_as": NEEDED, "try": NEEDED},
}  # fmt: skip
KIND_NAMES = {
    str: "en tekst i anførselstegn",
    bool: "true eller false",
    datetime.date: "en dato som 2026-11-05",
    list: "en liste",
}


@dataclass
class Row:
    """One `[[table]]` of the file, with where it stands."""

    table: str
    line: int
    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    children: list[Row] = field(default_factory=list)

    def place(self, key: str | None = None) -> str:
        """A row that stands in no table header has no line; its name must do."""
        line = self.lines.get(key or "", self.line)
        named = self.values.get("name") or self.values.get("username") or self.values.get("department")
        told = (f"Linje {line}, " if line else "") + f"[[{self.table}]]"
        if isinstance(named, str):
            told += f" {Truncator(' '.join(named.split())).chars(60)}"
        return f"{told}, {key}" if key else told


@dataclass
class Municipality:
    """A checked file: every reference in it leads somewhere."""

    name: str
    rows: dict[str, list[Row]]


def read(path: Path) -> Municipality:
    """In: the file. Out: the checked set-up. Raises SetupError with every fault found, not only the first."""
    try:
        text = read_text(path)
        data = parse_toml(text)
    except BadToml as bad:
        raise SetupError([f"{path.name}: {bad}."]) from bad
    faults: list[str] = []
    rows = _rows(data, _lines(text), faults)
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        faults.append('Øverst i filen mangler kommunens navn: name = "…".')
    if not faults:
        _check_references(rows, faults)
    if faults:
        raise SetupError(faults)
    return Municipality(str(name), rows)


def _lines(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """Line of every `[[table]]` header, and of each key under it, in file order."""
    found: dict[str, list[tuple[int, dict[str, int]]]] = {}
    keys: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[\s*([\w.]+)\s*\]\]", line):
            keys = {}
            found.setdefault(header[1], []).append((number, keys))
        elif key := re.match(r"\s*([\w-]+)\s*=", line):
            keys.setdefault(key[1], number)
    return found


def _rows(data: dict[str, Any], lines: dict[str, Any], faults: list[str]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {table: [] for table in TABLES if "." not in table}
    for table, entries in data.items():
        if table == "name":
            continue
        if table not in rows:
            faults.append(f"Filen har et ukendt afsnit: {table}. Kendte afsnit: {', '.join(rows)}.")
        elif not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            faults.append(f"Afsnittet {table} skal skrives med to kantede parenteser: [[{table}]].")
        else:
            rows[table] = [_row(table, entry, lines, faults) for entry in entries]
    return rows


def _row(table: str, entry: dict[str, Any], lines: dict[str, Any], faults: list[str]) -> Row:
    line, key_lines = lines[table].pop(0) if lines.get(table) else (0, {})
    row = Row(table, line, entry, key_lines)
    for key, value in entry.items():
        known = TABLES[table].get(key)
        if known is None:
            faults.append(f"{row.place(key)}: ukendt nøgle. Kendte nøgler: {', '.join(TABLES[table])}.")
        elif not isinstance(value, known.kind) or isinstance(value, datetime.datetime):
            faults.append(f"{row.place(key)}: skriv {KIND_NAMES[known.kind]}.")
        elif known.choices is not None and value not in known.choices:
            faults.append(f"{row.place(key)}: “{value}” kendes ikke. Vælg {', '.join(sorted(known.choices))}.")
        elif isinstance(value, list):
            if not all(isinstance(child, dict) for child in value):
                faults.append(f"{row.place(key)}: skriv hver som [[{table}.{key}]].")
            row.children = [_row(f"{table}.{key}", child, lines, faults) for child in value if isinstance(child, dict)]
        elif isinstance(value, str) and (fault := _not_a_line(value)):
            faults.append(f"{row.place(key)}: {fault}")
    for key, known in TABLES[table].items():
        if known.required and key not in entry:
            faults.append(f"{row.place()}: nøglen {key} mangler.")
        elif known.required and known.kind is str and isinstance(entry.get(key), str) and not entry[key].strip():
            faults.append(f"{row.place(key)}: må ikke være tom.")
    return row


def _not_a_line(value: str) -> str:
    """Names are looked for as they stand: a space nobody sees would make two of one."""
    if "\n" in value or "\t" in value:
        return "skriv det på én linje."
    if value.strip() and value != value.strip():
        return "der er et mellemrum for meget, først eller sidst."
    return ""


def _check_references(rows: dict[str, list[Row]], faults: list[str]) -> None:
    def names(table: str, key: str = "name") -> set[str]:
        seen: dict[str, str] = {}
        for row in rows[table]:
            value = row.values[key]
            if first := seen.get(value.casefold()):
                hint = "" if first == value else " Store og små bogstaver er det samme."
                faults.append(f"{row.place(key)}: “{value}” står to gange.{hint}")
            seen.setdefault(value.casefold(), value)
        return set(seen.values())

    names("area"), names("external")
    areas = names("area", "short_name")
    systems, departments, employees = names("record_system"), names("department"), names("employee", "username")

    def check(row: Row, key: str, known: set[str], what: str) -> None:
        value = row.values.get(key)
        if value is not None and value not in known:
            faults.append(f"{row.place(key)}: {what} “{value}” findes ikke i filen.")

    for row in rows["department"]:
        check(row, "area", areas, "området")
        check(row, "record_system", systems, "fagsystemet")
    for row in rows["employee"]:
        begun: set[tuple[str, datetime.date]] = set()
        for job in row.children:
            check(job, "department", departments, "afdelingen")
            one = (job.values["department"], job.values["from"])
            if one in begun:
                faults.append(f"{job.place('from')}: ansættelsen fra den dag står to gange.")
            begun.add(one)
        for key, other in (("issuer", "subject"), ("subject", "issuer")):
            if row.values.get(key) and not row.values.get(other):
                faults.append(f"{row.place(key)}: issuer og subject skal stå begge to.")
    for group in rows["demo_group"]:
        for person in group.children:
            check(person, "username", employees, "brugeren")


# --- loading -----------------------------------------------------------------------------------------------------


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    same: int = 0

    def lines(self) -> list[str]:
        """elsewhere: in use, but not in the file: made on the pages, or known by a name that the file has changed."""
        told = [f"Ny: {text}" for text in self.created] + [f"Ændret: {text}" for text in self.changed]
        told += [f"Står ikke i filen, men er i brug: {text}" for text in self.elsewhere]
        return [*told, f"{len(self.created)} nye, {len(self.changed)} ændrede, {self.same} uændrede."]


# Key of the file -> field of the model. A key the file does not hold is left as it is: loading again never gives back
# an access that was taken away in the app.
FIELDS: dict[str, dict[str, str]] = {
    "area": {
        "short_name": "short_name", "may_start": "is_start_allowed", "may_send": "can_send",
        "needs_management": "needs_management",
    },
    "record_system": {},
    "department": {
        "authority": "is_authority", "always_assesses": "always_assesses", "phone": "phone",
        "call_about": "what_to_call_about",
    },
    "employee": {
        "name": "name", "email": "email", "phone": "phone", "system_admin": "is_system_admin",
        "koordinator": "is_koordinator", "active": "is_active", "issuer": "external_issuer",
        "subject": "external_subject",
    },
    "employee.employment": {"title": "title", "leader": "is_leader", "management": "is_management", "to": "to_date"},
    "external": {"kind": "kind", "contact": "contact_name", "phone": "phone", "email": "email"},
}  # fmt: skip


@transaction.atomic
def load(municipality: Municipality) -> Report:
    """All or nothing. Raises SetupError with the file's place when a rule of the models is broken."""
    report, rows = Report(), municipality.rows
    areas: dict[str, Area] = {}
    for order, row in enumerate(rows["area"], start=1):
        areas[row.values["short_name"]] = _put(report, row, Area, _named(row), {"order": order} | _opened(row))
    systems = {
        row.values["name"]: _put(report, row, RecordSystem, _named(row), _opened(row)) for row in rows["record_system"]
    }
    departments: dict[str, Department] = {}
    for row in rows["department"]:
        links: dict[str, Any] = {"area": areas[row.values["area"]]}
        if "record_system" in row.values:
            links["record_system"] = systems[row.values["record_system"]]
        if "active" in row.values:
            links["is_active"] = row.values["active"]
        departments[row.values["name"]] = _put(report, row, Department, _named(row), links)
    for row in rows["external"]:
        _put(report, row, ExternalParty, _named(row))
    for row in rows["employee"]:
        user = _put(report, row, User, {"username": row.values["username"]})
        for job in row.children:
            department = departments[job.values["department"]]
            match = {"user": user, "department": department, "from_date": job.values["from"]}
            _put(report, job, Employment, match)
    # Last: what closes is not used by a department any more, when the file closes or moves that one too.
    for table, found in (("area", areas.values()), ("record_system", systems.values())):
        for row, target in zip(rows[table], found, strict=True):
            if row.values.get("active") is False and not target.is_closed:
                _save(report, row, target, {"closed_on": timezone.localdate()})
    report.elsewhere = _elsewhere(areas, departments, systems)
    return report


def _opened(row: Row) -> dict[str, Any]:
    return {"closed_on": None} if row.values.get("active") else {}


def _elsewhere(
    areas: dict[str, Area], departments: dict[str, Department], systems: dict[str, RecordSystem]
) -> list[str]:
    asked: tuple[tuple[Any, Any], ...] = (
        (Area.objects.open(), areas), (Department.objects.active(), departments), (RecordSystem.objects.open(), systems),
    )  # fmt: skip
    return [
        f"{rows.model._meta.verbose_name} {row}"
        for rows, known in asked
        for row in rows.exclude(pk__in=[one.pk for one in known.values()]).order_by(in_danish("name"))
    ]


def _named(row: Row) -> dict[str, Any]:
    return {"name": row.values["name"]}


def _put(
    report: Report, row: Row, model: type[RowT], match: dict[str, Any], links: dict[str, Any] | None = None
) -> RowT:
    """Create the row, or change what differs. A row that already says the same is not saved: no empty history."""
    values = {field: row.values[key] for key, field in FIELDS[row.table].items() if key in row.values}
    values.update(links or {})
    found = model._default_manager.filter(**match).first() or _by_its_old_name(row, model, match)
    if found is not None:
        return _save(report, row, found, match | values)
    new = model(**match)
    if isinstance(new, User):
        new.password = make_password(None)
    return _save(report, row, new, values)


def _by_its_old_name(row: Row, model: type[RowT], match: dict[str, Any]) -> RowT | None:
    """The row that the file calls by a new name. Without one it is simply new: the file may be loaded anywhere."""
    if not (was := row.values.get("was")):
        return None
    (key,) = match
    return model._default_manager.filter(**{key: was}).first()


def _told(error: ValidationError, row: Row, is_new: bool) -> list[str]:
    """The model's own words, each with the key of the file that it is about."""
    keys = {field: key for key, field in FIELDS[row.table].items()} | {"name": "name", "username": "username"}
    hint = ' Har det fået et nyt navn, så skriv det gamle: was = "…".' if is_new and row.table == "area" else ""
    return [
        f"{row.place(keys.get(field))}: {message}{hint}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]


def _save(report: Report, row: Row, target: RowT, values: dict[str, Any]) -> RowT:
    is_new = target._state.adding
    differs = [key for key, value in values.items() if is_new or getattr(target, key) != value]
    for key in differs:
        setattr(target, key, values[key])
    if isinstance(target, Department) and "is_active" in differs:
        target.closed_on = None if target.is_active else timezone.localdate()
    if not is_new and not differs:
        report.same += 1
        return target
    try:
        target.full_clean()
    except ValidationError as error:
        raise SetupError(_told(error, row, is_new)) from error
    target.save()
    told = f"{target._meta.verbose_name} {target}"
    if is_new:
        report.created.append(told)
    else:
        names = ", ".join(str(target._meta.get_field(key).verbose_name) for key in differs)  # type: ignore[union-attr]
        report.changed.append(f"{told} ({names})")
    return target
