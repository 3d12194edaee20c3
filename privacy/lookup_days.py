"""The look-ups of a person day by day: one line for each employee and purpose, with how many, when, and of what (C13)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from audit.models import AccessLog
from cases.models import Forloeb
from privacy.lookups import Lookup, told
from web.danish import listed
from web.dates import clock

FEW = 4  # moments that are told one by one; of more, the first and the last


@dataclass(frozen=True, slots=True)
class Seen:
    """One kind of page or paper, and when it was opened."""

    what: str
    when: str


@dataclass(frozen=True, slots=True)
class Visit:
    """All that one employee looked up for one purpose on one day."""

    who: str
    why: str
    count: int
    when: str
    seen: list[Seen]

    @property
    def what(self) -> str:
        return ", ".join(one.what for one in self.seen)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    visits: list[Visit]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.visits)


def groups(rows: QuerySet[AccessLog]) -> QuerySet[Any]:
    """The lines that the rows make: one for each day, employee and role, newest first. To be paged."""
    days = rows.order_by().annotate(day=TruncDate("at")).values("day", "actor", "role")
    return days.annotate(first=Min("at"), last=Max("at")).order_by("-day", "-last", "actor", "role")


def by_day(
    chosen: Sequence[dict[str, Any]],
    rows: QuerySet[AccessLog],
    forloeb: Forloeb,
    label: Callable[[str], str] = lambda text: text,
) -> list[Day]:
    """The chosen lines of `groups` in words: three queries for any number.

    rows: the same that the lines were made of. label: as in `lookups.told`.
    """
    if not chosen:
        return []
    wanted = {(one["day"], one["actor"], one["role"]) for one in chosen}
    span = (min(one["first"] for one in chosen), max(one["last"] for one in chosen))
    here = [
        row
        for row in rows.filter(at__range=span).order_by("-at", "-seq")
        if (timezone.localdate(row.at), row.actor_id, row.role) in wanted
    ]
    days: dict[date, dict[tuple[UUID | None, str], list[Lookup]]] = {}
    for row, one in zip(here, told(here, forloeb, label), strict=True):
        visits = days.setdefault(timezone.localdate(row.at), {})
        visits.setdefault((row.actor_id, one.why), []).append(one)  # two roles may have the same words
    return [Day(day, [_visit(lookups) for lookups in visits.values()]) for day, visits in days.items()]


def _visit(lookups: Sequence[Lookup]) -> Visit:
    kinds: dict[str, list[Lookup]] = {}
    for one in lookups:
        kinds.setdefault(one.what, []).append(one)
    seen = [Seen(what, _when(some)) for what, some in kinds.items()]
    return Visit(lookups[0].who, lookups[0].why, len(lookups), _when(lookups), seen)


def _when(lookups: Sequence[Lookup]) -> str:
    """»kl. 9.02«, »kl. 9.02, 10.15 og 14.30«, »kl. 8.05–15.40« of many."""
    moments = list(dict.fromkeys(clock(one.at) for one in sorted(lookups, key=lambda one: one.at)))
    return f"kl. {listed(moments) if len(moments) <= FEW else f'{moments[0]}–{moments[-1]}'}"
