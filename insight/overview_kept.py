"""The overview's counts, kept: in a large municipality they take half a second, and nobody needs them newer by the minute.

Why a look does not wait for them, and what may be kept: docs/decisions/0010. Numbers only, no person; kept per what is
asked and per forløb the asker is barred from (F13). The lists behind the figures are never kept.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from functools import partial

from django.conf import settings
from django.core.cache import cache

from cases.models import Barred
from insight import overview_stuck
from insight.overview_counts import Counts, Tally, count
from insight.overview_scope import Scope, choices, read
from organisation.models import User

LASTS = 24 * 60 * 60  # seconds; the key holds the day, so yesterday's are never shown
LONGEST = 60  # seconds before a count is taken for dead, and another worker may begin one


def counts(scope: Scope) -> tuple[Counts, Callable[[], None] | None]:
    """The counts, and what is to be done when the page has been sent.

    As they are kept, however old; old ones are counted again afterwards. Counted now only where none are kept: two filters
    at once, or an earlier period, that nobody has asked for today; somebody newly barred; a night without its jobs.
    """
    if not settings.OVERVIEW_KEPT_SECONDS:
        return count(scope), None
    key = _key(scope)
    kept: Counts | None = cache.get(key)
    if kept is None:
        found = count(scope)
        return found, partial(_keep, key, scope, found)
    # What rests on a consent is counted at every look: a withdrawal acts at once (C7).
    waiting = [*kept.waiting, *overview_stuck.tallies(scope, rests_on_consent=True)]
    return replace(kept, waiting=waiting), partial(_renew, key, scope) if kept.is_old else None


def waiting(scope: Scope) -> list[overview_stuck.Tallied]:
    """How much waits in each list: as it is kept for the overview, else asked for; nothing is kept by this."""
    kept: Counts | None = cache.get(_key(scope)) if settings.OVERVIEW_KEPT_SECONDS else None
    if kept is None:
        return overview_stuck.tallies(scope)
    return [*kept.waiting, *overview_stuck.tallies(scope, rests_on_consent=True)]


def count_ahead(today: date) -> int:
    """Count and keep what the koordinators' first looks of the day ask for: the year, for the whole municipality and for
    each area, department and model. Out: how many counts were made.

    Koordinators who are barred from the same forløb, mostly from none, share one.
    """
    if not settings.OVERVIEW_KEPT_SECONDS:
        return 0
    made: set[str] = set()
    for user in User.objects.koordinators().by_name():
        everything = read(user, today, {})
        asked = [
            {name: value} for name, _, options in choices(everything) if name != "periode" for value, _, _ in options
        ]
        for scope in [everything, *(read(user, today, one) for one in asked)]:
            if (key := _key(scope)) not in made:
                made.add(key)
                _renew(key, scope)
    return len(made)


def _renew(key: str, scope: Scope) -> None:
    """Count again; one worker at a time."""
    if cache.add(f"{key}:counting", True, LONGEST):
        try:
            _keep(key, scope, count(scope))
        finally:
            cache.delete(f"{key}:counting")


def _keep(key: str, scope: Scope, found: Counts) -> None:
    """Unless the asker was barred, or let in again, while it was counted: the key would promise too much (F13)."""
    if _key(scope) == key:
        cache.set(key, replace(found, waiting=overview_stuck.without_consents(found.waiting)), LASTS)


def _key(scope: Scope) -> str:
    barred = Barred.objects.filter(user=scope.user).order_by("forloeb").values_list("forloeb", flat=True)
    shape = [
        one.name for kind in (Counts, Tally) for one in fields(kind)
    ]  # a new version of the app reads none of these
    asked = [*shape, scope.today.isoformat(), *sorted(scope.asked.items()), *map(str, barred)]
    return f"overview:{hashlib.sha256(repr(asked).encode()).hexdigest()}"
