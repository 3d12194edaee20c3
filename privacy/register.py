"""The register of fields: privacy/fields.toml, read once, and the models it speaks of.

A municipality sets days of its own by a file that `settings.PERIODS_FILE` (FF_PERIODS) points at.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from web.toml import BadToml, read_toml

FILE = Path(__file__).parent / "fields.toml"
ROOT = "cases.Forloeb"  # what a bare `forloeb_id` (no foreign key) points at


@dataclass(frozen=True, slots=True)
class Period:
    """after, days: rows go so many days after that; or never, with why (both told in Danish).

    between: the least and the most days that a municipality may set instead; None = it may not.
    """

    name: str
    after: str = ""
    days: int | None = None
    never: str = ""
    between: tuple[int, int] | None = None


class BadPeriods(Exception):
    """What is wrong with the municipality's own days: one Danish line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Entry:
    """One model's part of the register.

    label: "cases.Person". keep: the name of its period. of: the field by which a row belongs to a row of a tree that is
    erased whole; "" for the top of a tree and for what stands alone. how: "delete", or "empty" for frozen files.
    classes: field → class. encrypted: names of the fields that are.
    """

    label: str
    keep: str
    of: str
    how: str
    classes: dict[str, str]
    encrypted: frozenset[str]
    twice: tuple[str, ...]

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def parent(self) -> str:
        """Label of the model that `of` points at; "" without one."""
        if not self.of:
            return ""
        field = self.model._meta.get_field(self.of)
        return field.related_model._meta.label if field.is_relation else ROOT  # type: ignore[union-attr]

    @property
    def column(self) -> str:
        """The attribute that holds the parent's key."""
        return self.model._meta.get_field(self.of).attname  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Register:
    entries: dict[str, Entry]
    periods: dict[str, Period]
    classes: dict[str, bool]
    left_out: dict[str, str]

    def days(self, period: str) -> int:
        """How many days a period lasts. Raises LookupError for one that never ends."""
        days = self.periods[period].days
        if days is None:
            raise LookupError(f"{period} never ends")
        return days

    def tree(self) -> list[Entry]:
        """The models that are erased as trees, each after the one it belongs to."""
        waiting = [entry for entry in self.entries.values() if entry.of or entry.label in self.tops]
        found: list[Entry] = []
        while waiting:
            known = {entry.label for entry in found}
            ready = [entry for entry in waiting if not entry.of or entry.parent in known]
            if not ready:
                raise ValueError(f"Not in any tree: {', '.join(entry.label for entry in waiting)}")
            found += ready
            waiting = [entry for entry in waiting if entry not in ready]
        return found

    @property
    def tops(self) -> frozenset[str]:
        return frozenset({ROOT, "cases.Family", "cases.Person"})


def parse(text: str) -> Register:
    """The register in a TOML text. Raises TypeError or KeyError when it is not of the form that the file describes."""
    raw = tomllib.loads(text)
    classes = {name: bool(row["encrypted"]) for name, row in raw["classes"].items()}
    periods = {name: _period(name, row) for name, row in raw["periods"].items()}
    return Register(
        entries={label: _entry(label, row) for label, row in raw["model"].items()},
        periods=periods,
        classes=classes,
        left_out=raw["left_out"],
    )


def _period(name: str, row: dict[str, Any]) -> Period:
    between = row.get("between")
    return Period(name, **{**row, "between": tuple(between) if between else None})


def own_days(file: Path, periods: Mapping[str, Period]) -> dict[str, Period]:
    """The periods with the days that a municipality's file sets: `forloeb = 3653`. What it leaves out is ours.

    Raises BadPeriods with every fault at once.
    """
    try:
        data = read_toml(file)
    except BadToml as bad:
        raise BadPeriods([f"{file.name}: {bad}."]) from bad
    limits = {name: one.between for name, one in periods.items() if one.between}
    faults = []
    for name, days in data.items():
        if name not in limits:
            faults.append(f"{file.name}: {name}: kendes ikke. Brug en af: {', '.join(limits)}.")
        elif isinstance(days, bool) or not isinstance(days, int) or not limits[name][0] <= days <= limits[name][1]:
            low, high = limits[name]
            faults.append(f"{file.name}: {name}: skriv et antal dage mellem {low} og {high}.")
    if faults:
        raise BadPeriods(faults)
    return {name: replace(one, days=data.get(name, one.days)) for name, one in periods.items()}


def _entry(label: str, row: dict[str, object]) -> Entry:
    named = dict(row)
    keep, of, how = str(named.pop("keep")), str(named.pop("of", "")), str(named.pop("how", "delete"))
    encrypted = frozenset(named.pop("encrypted", ()))  # type: ignore[call-overload]
    classes: dict[str, str] = {}
    twice: list[str] = []
    for kind, fields in named.items():
        for field in fields:  # type: ignore[attr-defined]
            twice += [field] if field in classes else []
            classes[field] = kind
    return Entry(label, keep, of, how, classes, encrypted, tuple(twice))


def register() -> Register:
    """The register as the file says, with the municipality's own days. Raises BadPeriods (the check tells it at start)."""
    return _register(settings.PERIODS_FILE)


@lru_cache(maxsize=4)
def _register(own: str) -> Register:
    known = parse(FILE.read_text(encoding="utf-8"))
    return replace(known, periods=own_days(Path(own), known.periods)) if own else known


def is_history(model: type[models.Model]) -> bool:
    """A table of django-simple-history: it follows its base (`base_of`)."""
    return hasattr(model, "instance_type")


def models_with_lines() -> list[type[models.Model]]:
    """Every model that must stand in the file: all but history tables and the rows of many-to-many fields."""
    return [model for model in apps.get_models() if not is_history(model) and not model._meta.auto_created]


def fields_of(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    """The fields that must have a class, many-to-many included."""
    return [*model._meta.local_concrete_fields, *model._meta.local_many_to_many] or [*model._meta.concrete_fields]  # type: ignore[list-item]


def history_of(model: type[models.Model]) -> type[models.Model] | None:
    """The history table of a model, or None."""
    return getattr(getattr(model, "history", None), "model", None)


def through_tables(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """(rows of a many-to-many field, the attribute there that points back) for the model's own such fields."""
    found = []
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through._meta.auto_created:  # type: ignore[union-attr]
            found.append((through, f"{field.m2m_field_name()}_id"))
    return found  # type: ignore[return-value]


def history_of_marks(model: type[models.Model]) -> list[type[models.Model]]:
    """The history tables of a model's many-to-many rows; each row points at its history row by `history`."""
    through = {table for table, _ in through_tables(model)}
    return [one for one in apps.get_models() if is_history(one) and getattr(one, "instance_type", None) in through]
