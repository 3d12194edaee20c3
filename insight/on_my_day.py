"""What the koordinator meets on Min dag: where it is stuck in the municipality, in numbers, and the way to the rest (O6)."""

from datetime import date

from django.urls import reverse

from desk.my_day import Elsewhere, Lookout
from insight import overview_kept, overview_stuck
from insight.overview_scope import read
from organisation.access import is_koordinator
from organisation.models import User


def stuck(user: User, today: date) -> Elsewhere | None:
    """The lists that have rows, as on the overview; None for everybody else. Four statements; nothing is counted anew where
    the overview's counts are kept."""
    if not is_koordinator(user):
        return None
    scope = read(user, today, {})
    lines = overview_stuck.waiting(scope, overview_kept.waiting(scope))
    return Elsewhere(
        heading="Her sidder det fast i kommunen",
        calm="Intet sidder fast i kommunen lige nu.",
        lines=[
            Lookout(one.count, one.kind.title, one.age, reverse("insight:stuck", args=[one.kind.slug]), one.link)
            for one in lines
            if one.count
        ],
        label="Se hele overblikket",
        url=reverse("insight:overview"),
    )
