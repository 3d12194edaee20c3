"""Setting targets (U2): the koordinator's."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from insight.access import demand_koordinator
from insight.models import Measure, Target, Unit
from organisation.models import User
from web.locking import take

FIELDS = ("key", "name", "period", "unit", "value", "reached", "from_date")
UNIT_OF = {
    Measure.STARTED: Unit.COUNT,
    Measure.MEETINGS: Unit.COUNT,
    Measure.NEXT_MEETING: Unit.PERCENT,
    Measure.COMPLETED: Unit.COUNT,
}


@transaction.atomic
def set_target(*, by: User, values: Mapping[str, Any]) -> Target:
    """A new target. Raises Refused for all but the koordinator, ValidationError."""
    demand_koordinator(by)
    return _save(Target(), values)


@transaction.atomic
def change_target(*, by: User, target: Target, values: Mapping[str, Any], row_version: int | None = None) -> Target:
    """Raises Refused, Stale, ValidationError."""
    demand_koordinator(by)
    return _save(take(Target.objects.all(), target.pk, row_version), values)


@transaction.atomic
def remove_target(*, by: User, target: Target) -> None:
    """Take a target away; its history stays. Raises Refused."""
    demand_koordinator(by)
    take(Target.objects.all(), target.pk, None).delete()


def _save(target: Target, values: Mapping[str, Any]) -> Target:
    for field in FIELDS:
        if field in values:
            setattr(target, field, values[field])
    # What the app counts has one unit, and nobody writes how far it is.
    if target.key != Measure.OWN:
        target.unit, target.reached = UNIT_OF[Measure(target.key)], None
    target.full_clean()
    target.save()
    return target
