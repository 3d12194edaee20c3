"""Erasing what is due by privacy/fields.toml, whole trees at a time, history and frozen files included.

`due` only reads: it names every row that must go, by rule. `erase` takes exactly those rows away and leaves a receipt.
So a trial run and a real run cannot differ: both are the same plan. Source: issue B10, trust.md "Data".
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from audit import events
from audit.models import OnceKey
from cases.models import EndReason, Family, Forloeb, ForloebState, Henvendelse, HenvendelseState, Person
from documents import actions as documents
from documents.models import FrozenFile
from drafts.models import Draft
from plans.models import JournalEntry
from privacy.models import ErasureReceipt
from privacy.register import (
    Entry,
    Register,
    history_of,
    history_of_marks,
    is_history,
    register,
    through_tables,
)
from web import triggers

RULES = ("forloeb_no_consent", "forloeb", "henvendelse", "family", "person", "draft", "once", "session")
WORDS = {
    "forloeb_no_consent": "Samtykke ikke opnået",
    "forloeb": "Forløb, der er afsluttet",
    "henvendelse": "Henvendelser, der er afvist",
    "family": "Familier uden forløb",
    "person": "Personer uden forløb",
    "draft": "Kladder",
    "once": "Engangsnøgler",
    "session": "Sessioner",
}
_CHUNK = 500  # SQLite takes a limited number of values in one question

Keys = set[Any]
Tree = dict[str, Keys]  # model label → keys of every row there ever was, those deleted before included


@dataclass(slots=True)
class Due:
    """What must go. trees: rule → rows of family tables. alone: rule → rows that belong to nobody's tree.

    held: number of forløb that are due, but not journalised: the law wants that first.
    """

    trees: dict[str, Tree] = field(default_factory=dict)
    alone: dict[str, tuple[str, Keys]] = field(default_factory=dict)
    held: int = 0

    def everything(self) -> dict[str, Keys]:
        """Model label → keys, over all rules."""
        found: dict[str, Keys] = {}
        for tree in self.trees.values():
            for label, keys in tree.items():
                found.setdefault(label, set()).update(keys)
        return found


@dataclass(frozen=True, slots=True)
class Count:
    """One line of the receipt: rows and history rows of one table under one rule."""

    rule: str
    table: str
    rows: int
    history: int


def due(now: datetime | None = None) -> Due:
    """What is due at a moment (now). Reads only."""
    now = now or timezone.now()
    known = register()
    found = Due()
    today = timezone.localdate(now)
    for rule, chosen in (("forloeb_no_consent", _no_consent), ("forloeb", _ended)):
        ended = set(chosen(today - timedelta(days=known.days(rule))).values_list("pk", flat=True))
        waiting = set(
            JournalEntry.objects.missing()
            .filter(version__plan__forloeb__in=ended)
            .values_list("version__plan__forloeb", flat=True)
        )
        found.held += len(waiting)
        found.trees[rule] = _tree(known, {"cases.Forloeb": ended - waiting})
    declined = Henvendelse.objects.filter(
        forloeb=None,
        state=HenvendelseState.DECLINED,
        answered_at__lt=now - timedelta(days=known.days("henvendelse")),
    )
    found.trees["henvendelse"] = _tree(known, {"cases.Henvendelse": set(declined.values_list("pk", flat=True))})
    found.trees["family"] = _tree(known, {"cases.Family": _families(found)})
    found.trees["person"] = _people(known, found)
    found.alone = {
        "draft": _older(Draft, "updated_at", now - timedelta(days=known.days("draft"))),
        "once": _older(OnceKey, "at", now - timedelta(days=known.days("once"))),
        "session": _older(Session, "expire_date", now - timedelta(days=known.days("session"))),
    }
    return found


def _no_consent(before: date) -> models.QuerySet[Forloeb]:
    """Forløb that never got going: samtykke ikke opnået (F4)."""
    return Forloeb.objects.filter(
        state=ForloebState.ENDED, end_reason=EndReason.NO_CONSENT, activated_on=None, ended_on__lt=before
    )


def _ended(before: date) -> models.QuerySet[Forloeb]:
    return Forloeb.objects.filter(state=ForloebState.ENDED, ended_on__lt=before).exclude(
        end_reason=EndReason.NO_CONSENT, activated_on=None
    )


def _older(model: type[models.Model], field_name: str, before: datetime) -> tuple[str, Keys]:
    return model._meta.label, set(
        model._default_manager.filter(**{f"{field_name}__lt": before}).values_list("pk", flat=True)
    )


def _families(found: Due) -> Keys:
    """Families whose every forløb is gone or going."""
    going = found.everything().get("cases.Forloeb", set())
    pairs = Family.objects.values_list("pk", "forloeb")
    kept = {family for family, forloeb in pairs if forloeb is not None and forloeb not in going}
    return {family for family, _ in pairs} - kept


def _people(known: Register, found: Due) -> Tree:
    """Persons that nothing points at but what goes with them: again and again, until no one more is kept."""
    going = found.everything()
    candidates: Keys = set(Person.objects.values_list("pk", flat=True))
    for label, table in (("cases.Forloeb", "in_forloeb__forloeb"), ("cases.Family", "memberships__family")):
        pairs = Person.objects.exclude(**{table: None}).values_list("pk", table)
        candidates -= {person for person, there in pairs if there not in going.get(label, set())}
    while True:
        tree = _tree(known, {"cases.Person": candidates})
        gone = {label: going.get(label, set()) | tree.get(label, set()) for label in {*going, *tree}}
        kept = _pointed_at(candidates, gone)
        if not kept:
            return tree
        candidates -= kept


def _pointed_at(persons: Keys, gone: dict[str, Keys]) -> Keys:
    """Those of the persons at whom a row points that is to stay."""
    found: Keys = set()
    for relation in Person._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        table: type[models.Model] = relation.related_model  # type: ignore[assignment]
        name = relation.field.name  # type: ignore[union-attr]
        if is_history(table):
            continue
        owner = _owner(table)
        for chunk in _chunks(persons):
            rows = table._default_manager.filter(**{f"{name}__in": chunk}).values_list(name, owner[1])
            found |= {person for person, row in rows if row not in gone.get(owner[0], set())}
    return found


def _owner(table: type[models.Model]) -> tuple[str, str]:
    """(label, attribute) of the row that decides over a row: itself, or for many-to-many rows the row they mark."""
    if not table._meta.auto_created:
        return table._meta.label, "pk"
    owner: type[models.Model] = table._meta.auto_created  # type: ignore[assignment]
    back = next(column for through, column in through_tables(owner) if through is table)
    return owner._meta.label, back


def _tree(known: Register, seeds: Tree) -> Tree:
    """The seeds and every row below them, those that only history still knows included."""
    found: Tree = {label: set(keys) for label, keys in seeds.items() if keys}
    if not found:
        return {}
    for entry in known.tree():
        above = found.get(entry.parent) if entry.of else None
        if above:
            found.setdefault(entry.label, set()).update(_below(entry, above))
    return {label: keys for label, keys in found.items() if keys}


def _below(entry: Entry, above: Keys) -> Keys:
    found: Keys = set()
    history = history_of(entry.model)
    for chunk in _chunks(above):
        found |= set(entry.model._base_manager.filter(**{f"{entry.column}__in": chunk}).values_list("pk", flat=True))
        if history is not None:
            found |= set(history._base_manager.filter(**{f"{entry.column}__in": chunk}).values_list("id", flat=True))
    return found


def _chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    row = list(keys)
    for at in range(0, len(row), _CHUNK):
        yield row[at : at + _CHUNK]


# --- counting and taking away ----------------------------------------------------------------------------------------------
def counts(found: Due) -> list[Count]:
    """What the plan would take, line by line, as the receipt will say it."""
    return list(_lines(found, take=False))


def erase(found: Due, *, now: datetime | None = None) -> list[Count]:
    """Take away what the plan names, in the current transaction, and leave a receipt. Returns its lines.

    The rows that a trigger guards are let go by lifting the guard inside the transaction (web.triggers), the frozen
    files by `documents.actions.erase`. Nothing is written to history on the way. The access log is not touched.
    """
    now = now or timezone.now()
    entries = [register().entries[label] for label in found.everything()]
    guarded = {entry.model._meta.db_table for entry in entries if entry.how == "delete"}
    guarded |= {table._meta.db_table for entry in entries for table, _ in through_tables(entry.model)}
    with transaction.atomic():
        with triggers.lifted(*guarded) if guarded else nullcontext():
            lines = list(_lines(found, take=True))
        _leave_receipt(lines, now)
    return lines


def _leave_receipt(lines: list[Count], now: datetime) -> None:
    run = uuid.uuid4()
    for line in lines:
        ErasureReceipt.objects.create(
            run=run, at=now, rule=line.rule, table=line.table, rows=line.rows, history=line.history
        )
    for rule in ("forloeb_no_consent", "forloeb"):
        number = sum(line.rows for line in lines if line.rule == rule and line.table == "cases.Forloeb")
        if number:
            events.record(
                by=None,
                forloeb=None,
                kind="privacy.erased",
                text=f"{number} forløb er slettet. {WORDS[rule]}.",
                data={"forloeb": number},
            )


def _lines(found: Due, *, take: bool) -> Iterator[Count]:
    for rule in RULES:
        if rule in found.alone:
            label, keys = found.alone[rule]
            rows = _each(apps.get_model(label), "pk", keys, take=take)
            if rows:
                yield Count(rule, label, rows, 0)
        for label, keys in sorted(found.trees.get(rule, {}).items(), reverse=True):
            entry = register().entries[label]
            rows, history = _of_table(entry, keys, take=take)
            if rows or history:
                yield Count(rule, label, rows, history)


def _of_table(entry: Entry, keys: Keys, *, take: bool) -> tuple[int, int]:
    """(rows, history rows) of one table; the rows of its many-to-many fields go along and are not counted apart."""
    if entry.how == "empty":
        return _empty(keys, take=take), 0
    history = history_of(entry.model)
    past = 0
    if history is not None:
        if take:
            for table in history_of_marks(entry.model):
                for chunk in _chunks(keys):
                    _gone(table._base_manager.filter(history__id__in=chunk))
        past = _each(history, "id", keys, take=take)
    if take:
        for table, back in through_tables(entry.model):
            _each(table, back, keys, take=True)
    return _each(entry.model, "pk", keys, take=take), past


def _each(model: type[models.Model], name: str, keys: Keys, *, take: bool) -> int:
    number = 0
    for chunk in _chunks(keys):
        rows = model._base_manager.filter(Q(**{f"{name}__in": chunk}))
        number += _gone(rows) if take else rows.count()
    return number


def _gone(rows: models.QuerySet[Any]) -> int:
    """Delete without signals, which would write the row into history once more, and without asking for children."""
    return rows._raw_delete(rows.db)  # type: ignore[attr-defined,no-any-return]


def _empty(keys: Keys, *, take: bool) -> int:
    number = 0
    for chunk in _chunks(keys):
        for frozen in FrozenFile.objects.filter(pk__in=chunk, erased_at=None).defer("sealed"):
            number += 1
            if take:
                documents.erase(by=None, frozen=frozen)
    return number
