"""The targets with their progress today (U2)."""

from dataclasses import dataclass

from insight import overview_counts
from insight.models import Measure, Per, Target, Unit
from insight.overview import Figure
from insight.overview_counts import Tally
from insight.overview_scope import Period, Scope
from insight.targets import goal_of
from web.danish import danish_key
from web.dates import long_date


@dataclass(frozen=True, slots=True)
class Progress:
    """A target beside what is reached. `figure` is None when it has not begun, or nobody has written how far it is."""

    target: Target
    figure: Figure | None
    is_replaced: bool
    is_coming: bool = False

    @property
    def words(self) -> str:
        """»40 på et år, fra 1. januar 2026«."""
        return f"{self.target.shown}, fra {long_date(self.target.from_date)}"


def progress(scope: Scope) -> list[Progress]:
    """All targets, those that count first."""
    rows = []
    seen: set[tuple[str, str]] = set()
    for target in Target.objects.order_by("-from_date", "name", "pk"):
        name = target.name if target.key == Measure.OWN else ""
        begun = target.from_date <= scope.today
        replaced = begun and (target.key, name) in seen
        if begun:
            seen.add((target.key, name))
        rows.append(Progress(target, _figure(target, scope) if begun and not replaced else None, replaced, not begun))
    return sorted(rows, key=lambda row: (row.is_replaced, danish_key(row.target.name)))


def _figure(target: Target, scope: Scope) -> Figure | None:
    quarter = (scope.today.month + 2) // 3 if target.period == Per.QUARTER else None
    period = Period(scope.today.year, quarter, scope.today)
    tally = _tally(target, scope, period)
    if tally is None:
        return None
    return Figure(target.key, target.name, "", tally, goal_of(target, period), target.unit == Unit.PERCENT)


def _tally(target: Target, scope: Scope, period: Period) -> Tally | None:
    if target.key == Measure.STARTED:
        return overview_counts.started(scope, period)
    if target.key == Measure.MEETINGS:
        return overview_counts.held(scope, period)
    if target.key == Measure.NEXT_MEETING:
        return overview_counts.followed_up(scope)
    if target.key == Measure.COMPLETED:
        return overview_counts.completed(scope, period)
    if target.reached is None:
        return None
    return Tally(round(target.reached), 100 if target.unit == Unit.PERCENT else None)
