"""What the koordinator meets on Min dag: where it is stuck in the municipality, in numbers, and the way to the rest (O6)."""

from datetime import date

from django.urls import reverse

from desk.day import Elsewhere, Lookout
from insight import overview_kept, overview_stuck
from insight.overview_scope import Period, Scope
from organisation.access import is_koordinator
from organisation.models import User


def stuck(user: User, today: date, counts: bool) -> Elsewhere | None:
    """The lists that have rows, as on the overview; None for everybody else. Two statements at most; nothing is counted anew
    where the overview's counts are kept. counts: else only the way there."""
    if not is_koordinator(user):
        return None
    scope = Scope(user, today, Period(today.year, None, today), departments={})
    lines = overview_stuck.waiting(scope, overview_kept.waiting(scope)) if counts else []
    return Elsewhere(
        heading="Her sidder det fast i kommunen",
        calm="Intet sidder fast i kommunen lige nu." if counts else "",
        lines=[
            Lookout(one.count, one.kind.title, one.age, reverse("insight:stuck", args=[one.kind.slug]), one.link)
            for one in lines
            if one.count
        ],
        label="Se hele overblikket",
        url=reverse("insight:overview"),
    )
