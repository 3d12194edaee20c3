"""Gennemset: the one write of the reviewer (C13)."""

from django.db import transaction
from django.utils import timezone

from organisation.models import User
from privacy.access import demand_reviewer
from privacy.models import LookupReview
from privacy.patterns import Finding
from web.errors import Refused


def review(*, by: User, finding: Finding, through: int, note: str = "") -> LookupReview:
    """Say that somebody has looked at these look-ups, up to the row that was shown; later ones ask anew.

    Raises `Refused` when `by` may not, or when the look-ups are their own.
    """
    demand_reviewer(by)
    if finding.actor.pk == by.pk:
        raise Refused("Dine egne opslag skal gennemses af en anden.")
    made = LookupReview(
        pattern=finding.pattern.value,
        actor=finding.actor,
        forloeb_id=finding.forloeb.pk if finding.forloeb else None,
        day=finding.day,
        through=min(through, finding.through),
        note=note.strip(),
        at=timezone.now(),
        by=by,
    )
    with transaction.atomic():
        made.full_clean()
        made.save(force_insert=True)
    return made
