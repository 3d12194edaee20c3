"""The overview's counts, kept for some minutes: in a large municipality they take a second, and nobody needs them newer.

The page says when it was counted. Numbers only, no person; kept per what is asked and per forløb the asker is barred
from (F13). The lists behind the figures, and everything about a family, are never kept.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

from cases.models import Barred
from insight import overview_charts, overview_stuck
from insight.overview_scope import Scope


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database was asked for, and when."""

    at: datetime
    stuck: list[overview_stuck.Tallied]
    figures: tuple[Any, ...]
    lead: str
    months: dict[Any, int]
    smileys: list[overview_charts.Bar]
    departments: dict[str, Any]


def counts(scope: Scope, count: Callable[[Scope], Counts]) -> Counts:
    """The counts of a scope: as kept, or counted now. Two queries when they are kept."""
    seconds = settings.OVERVIEW_KEPT_SECONDS
    if not seconds:
        return count(scope)
    key = _key(scope)
    found: Counts | None = cache.get(key)
    if found is None:
        found = count(scope)
        cache.set(key, found, seconds)
    return found


def _key(scope: Scope) -> str:
    barred = Barred.objects.filter(user=scope.user).order_by("forloeb").values_list("forloeb", flat=True)
    asked = [scope.today.isoformat(), *sorted(scope.asked.items()), *map(str, barred)]
    return f"overview:{hashlib.sha256(repr(asked).encode()).hexdigest()}"
