"""What the koordinator's board counts, and how (U1–U3): states and dates only, never texts.

Five statements for everything, whatever the number of forløb, and one more for each figure of a narrower scope.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import EndReason, Forloeb
from insight import overview_charts, overview_stuck
from insight.overview_scope import Period, Scope, in_progress
from meetings.models import Attendance, Meeting
from plans.models import PlanVersion


@dataclass(frozen=True, slots=True)
class Tally:
    """A figure: how many of how many, and whether it may be shown (U3)."""

    value: int
    of: int | None = None
    may_show: bool = True

    @property
    def percent(self) -> int:
        return round(100 * self.value / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database was asked for, and when. Plain numbers: what is shown is made of them at each look."""

    at: datetime
    started: Tally
    held: Tally
    followed_up: Tally
    running: Tally
    families: int
    at_a_stand: int
    waiting: list[overview_stuck.Tallied]
    months: dict[date, int]
    smileys: dict[int, tuple[int, int]]
    departments: dict[UUID, tuple[int, int]]

    @property
    def is_old(self) -> bool:
        return timezone.now() - self.at >= timedelta(seconds=settings.OVERVIEW_KEPT_SECONDS)


def counted() -> QuerySet[Meeting]:
    """Meetings that count (U3): held, somebody registered present, and led to a finished version of the plan."""
    return Meeting.objects.held().filter(
        Exists(Attendance.objects.present().filter(meeting=OuterRef("pk"))),
        Exists(PlanVersion.objects.finished().filter(meeting=OuterRef("pk"))),
    )


# --- one figure, for a target ------------------------------------------------------------------------------------------
def started(scope: Scope, period: Period) -> Tally:
    """Forløb that became active in the period: by the rules, with two departments and their consents in place (F1, F4)."""
    value = scope.within(Forloeb.objects.filter(_began(period))).count()
    return Tally(value, may_show=_may_show_started(scope, period))


def held(scope: Scope, period: Period) -> Tally:
    value = scope.within(counted().filter(held_on__range=(period.start, period.until)), "forloeb").count()
    return Tally(value, may_show=_may_show_held(scope, period))


def completed(scope: Scope, period: Period) -> Tally:
    ended = Forloeb.objects.filter(end_reason=EndReason.COMPLETED)
    rows = scope.everywhere(ended.filter(ended_on__year=period.year))
    value = scope.within(ended.filter(ended_on__range=(period.start, period.until))).count()
    return Tally(value, may_show=scope.may_show(rows, "", "ended_on"))


def followed_up(scope: Scope) -> Tally:
    """Of the forløb in progress that have held a meeting, how many have the next one in the calendar (F7). Today's state."""
    met, planned = _meetings()
    found = scope.within(Forloeb.objects.filter(in_progress(), met)).aggregate(
        of=Count("pk"), value=Count("pk", filter=planned)
    )
    return Tally(found["value"], found["of"], may_show=_may_show_followed_up(scope))


def _began(period: Period) -> Q:
    return Q(activated_on__range=(period.start, period.until))


def _meetings() -> tuple[Q, Q]:
    """(has held one, has one in the calendar), of a forløb."""
    same = Meeting.objects.filter(forloeb=OuterRef("pk"))
    return Q(Exists(same.held())), Q(Exists(same.planned()))


def _may_show_started(scope: Scope, period: Period) -> bool:
    rows = Forloeb.objects.filter(activated_on__year=period.year)
    return scope.may_show(scope.everywhere(rows), "", "activated_on")


def _may_show_held(scope: Scope, period: Period) -> bool:
    rows = counted().filter(held_on__year=period.year)
    return scope.may_show(scope.everywhere(rows, "forloeb"), "forloeb", "held_on")


def _may_show_followed_up(scope: Scope) -> bool:
    met, _ = _meetings()
    return scope.may_show(scope.everywhere(Forloeb.objects.filter(in_progress(), met)), "")


# --- all of the board ----------------------------------------------------------------------------------------------------
def count(scope: Scope) -> Counts:
    """Everything that the page counts."""
    forloeb = _forloeb(scope)
    months, held_now = _meetings_held(scope)
    running = scope.everywhere(Forloeb.objects.filter(in_progress()))
    return Counts(
        at=timezone.now(),
        started=Tally(forloeb["started"], may_show=_may_show_started(scope, scope.period)),
        held=Tally(held_now, may_show=_may_show_held(scope, scope.period)),
        followed_up=Tally(forloeb["planned"], forloeb["met"], may_show=_may_show_followed_up(scope)),
        running=Tally(forloeb["running"], may_show=scope.may_show(running, "")),
        families=forloeb["families"],
        at_a_stand=forloeb["at_a_stand"],
        waiting=overview_stuck.tallies(scope),
        months=months,
        smileys=overview_charts.count_smileys(scope),
        departments=overview_charts.count_departments(scope),
    )


def _forloeb(scope: Scope) -> dict[str, int]:
    """All that is counted in forløb. From them to their meetings: the other way round every meeting ever held is read."""
    began, running = _began(scope.period), in_progress()
    met, planned = _meetings()
    unwritten = Q(Exists(overview_stuck.unwritten(scope.today).filter(forloeb=OuterRef("pk"))))
    return scope.within(Forloeb.objects.filter(began | running)).aggregate(
        started=Count("pk", filter=began),
        running=Count("pk", filter=running),
        families=Count("family", filter=running, distinct=True),
        met=Count("pk", filter=running & met),
        planned=Count("pk", filter=running & met & planned),
        at_a_stand=Count("pk", filter=running & (met & ~planned | unwritten)),
    )


def _meetings_held(scope: Scope) -> tuple[dict[date, int], int]:
    """Meetings that count: by the first of each month in the whole municipality, and in the period for what is asked."""
    first = date(scope.period.year, 1, 1)
    rows = scope.everywhere(counted().filter(held_on__range=(first, scope.period.year_until)), "forloeb")
    here = Count("pk", filter=scope.inside("forloeb") or None)
    by_day = rows.order_by().values_list("held_on").annotate(everywhere=Count("pk"), here=here)
    months: Counter[date] = Counter()
    inside = 0
    for day, number, asked_for in by_day:
        months[day.replace(day=1)] += number
        inside += asked_for if scope.period.start <= day <= scope.period.until else 0
    return dict(months), inside
