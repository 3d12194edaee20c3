"""Writing in the staff's log of disagreement (F12). It leaves no event: the timeline may be read by others."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases.access import demand_participant
from cases.models import Escalation, Forloeb, Participation
from organisation.models import User


@transaction.atomic
def log_escalation(
    *,
    by: User,
    forloeb: Forloeb,
    what: str,
    involved: Iterable[Participation],
    settled: str = "",
    leaders: str = "",
    on: date | None = None,
) -> Escalation:
    """Log a disagreement and what was settled. Raises Refused, or ValidationError keyed by field."""
    demand_participant(by, forloeb)
    people = list(involved)
    if not people or any(one.forloeb_id != forloeb.pk for one in people):
        raise ValidationError({"involved": "Vælg, hvem af dem i forløbet der var med."})
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"on": "Datoen kan ikke ligge i fremtiden."})
    row = Escalation(
        forloeb=forloeb, what=what.strip(), settled=settled.strip(), leaders=leaders.strip(), on=day, by=by
    )
    row.full_clean()
    row.save()
    row.involved.set(people)
    return row
