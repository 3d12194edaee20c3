"""Domain events: the timeline of a forløb."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from .models import Event, identifier

_KIND = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def record(*, by: Any, forloeb: Any, kind: str, text: str, data: dict[str, Any] | None = None) -> Event:
    """Add an event to a forløb's timeline, in the current transaction.

    by: the user who did it, or None for the system. forloeb: object with `.id`, a UUID, or None.
    kind: dotted ASCII, e.g. "plan.finished". text: a short Danish sentence without the family's names.
    data: ids only, e.g. {"version": version.id}; each value a UUID, number, truth value or None.
    Returns the event. Raises ValueError when kind, text or data is not of that form: a fault in the caller.
    """
    if not _KIND.fullmatch(kind):
        raise ValueError(f"Not a dotted kind: {kind}")
    if not text or len(text) > 250:
        raise ValueError("An event's text is one short sentence.")
    return Event.objects.create(
        at=timezone.now(),
        by=by if getattr(by, "pk", None) else None,
        forloeb_id=identifier(forloeb),
        kind=kind,
        text=text,
        data={key: _reference(value) for key, value in (data or {}).items()},
    )


def _reference(value: Any) -> str | int | bool | None:
    """`value` as it may stand in an event: an id or a number, never text that someone wrote."""
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(identifier(value))
