"""What the koordinator's board counts, and how (U1–U3): states and dates only, never texts.

Five statements for everything, whatever the number of forløb; one more when a part is asked for, to see what may be shown.
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
from insight.overview_scope import IN_PROGRESS, Cell, Period, Scope, home_department, in_progress
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
    begun: dict[date, int]
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


def began(period: Period) -> Q:
    """Forløb that became active in the period: by the rules, with two departments and their consents in place (F1, F4)."""
    return Q(activated_on__range=(period.start, period.until))


def _meetings() -> tuple[Exists, Exists]:
    """(has held one, has one in the calendar), of a forløb."""
    same = Meeting.objects.filter(forloeb=OuterRef("pk"))
    return Exists(same.held()), Exists(same.planned())


# --- one figure of the whole municipality, for a target ----------------------------------------------------------------
def started(scope: Scope, period: Period) -> Tally:
    return Tally(scope.everywhere(Forloeb.objects.filter(began(period))).count())


def held(scope: Scope, period: Period) -> Tally:
    rows = counted().filter(held_on__range=(period.start, period.until))
    return Tally(scope.everywhere(rows, "forloeb").count())


def completed(scope: Scope, period: Period) -> Tally:
    ended = Forloeb.objects.filter(end_reason=EndReason.COMPLETED, ended_on__range=(period.start, period.until))
    return Tally(scope.everywhere(ended).count())


def followed_up(scope: Scope) -> Tally:
    """Of the forløb in progress that have held a meeting, how many have the next one in the calendar (F7). Today's state."""
    met, planned = _meetings()
    rows = scope.everywhere(Forloeb.objects.filter(in_progress(), met))
    return Tally(**rows.aggregate(of=Count("pk"), value=Count("pk", filter=planned)))


# --- all of the board ----------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Place:
    """One forløb among the groups that the filters choose between, and which figures count it."""

    cell: Cell
    began: Cell | None
    began_on: date | None
    is_running: bool
    has_met: bool


def count(scope: Scope) -> Counts:
    """Everything that the page counts."""
    forloeb = _forloeb(scope)
    places = _places(scope) if scope.is_part else {}
    months, held_now, held_cells = _meetings_held(scope, places)
    running = [one for one in places.values() if one.is_running]
    begun = [one.began for one in places.values() if one.began]
    return Counts(
        at=timezone.now(),
        started=Tally(forloeb["started"], may_show=scope.may_show(begun, by_day=True)),
        held=Tally(held_now, may_show=scope.may_show(held_cells, by_day=True)),
        followed_up=Tally(
            forloeb["planned"], forloeb["met"], may_show=scope.may_show(one.cell for one in running if one.has_met)
        ),
        running=Tally(forloeb["running"], may_show=scope.may_show(one.cell for one in running)),
        families=forloeb["families"],
        at_a_stand=forloeb["at_a_stand"],
        waiting=overview_stuck.tallies(scope),
        months=months,
        begun=_begun(scope, forloeb, places),
        smileys=overview_charts.count_smileys(scope),
        departments=overview_charts.count_departments(scope),
    )


def _forloeb(scope: Scope) -> dict[str, int]:
    """All that is counted in forløb. From them to their meetings: the other way round every meeting ever held is read."""
    begun, running = began(scope.period), in_progress()
    met, planned = map(Q, _meetings())
    just_met = Q(
        Exists(
            Meeting.objects.held().filter(forloeb=OuterRef("pk"), held_on__gt=overview_stuck.no_next_since(scope.today))
        )
    )
    unwritten = Q(Exists(overview_stuck.unwritten(scope.today).filter(forloeb=OuterRef("pk"))))
    year = Q(activated_on__range=(date(scope.period.year, 1, 1), scope.period.year_until))
    by_month = {f"month_{first.month}": Count("pk", filter=_in_month(first) & year) for first in scope.period.months()}
    return scope.within(Forloeb.objects.filter(year | running)).aggregate(
        **by_month,
        started=Count("pk", filter=begun),
        running=Count("pk", filter=running),
        families=Count("family", filter=running, distinct=True),
        met=Count("pk", filter=running & met),
        planned=Count("pk", filter=running & met & planned),
        at_a_stand=Count("pk", filter=running & (met & ~planned & ~just_met | unwritten)),
    )


def _in_month(first: date) -> Q:
    return Q(activated_on__year=first.year, activated_on__month=first.month)


def _begun(scope: Scope, forloeb: dict[str, int], places: dict[UUID, Place]) -> dict[date, int]:
    """Forløb started, by the first of each month, in the whole municipality: from the places when only a part of it was
    counted."""
    months = scope.period.months()
    if not scope.is_narrow:
        return {first: forloeb[f"month_{first.month}"] for first in months}
    days = [one.began_on for one in places.values() if one.began_on and one.began_on <= scope.period.year_until]
    return {first: sum((day.year, day.month) == (first.year, first.month) for day in days) for first in months}


def _places(scope: Scope) -> dict[UUID, Place]:
    """Where each forløb of the municipality stands: a part is shown only beside its neighbours (U3)."""
    met, _ = _meetings()
    rows = scope.everywhere(Forloeb.objects.annotate(home=home_department(), met=met)).values_list(
        "pk", "family", "home", "model_key", "state", "activated_on", "met"
    )
    found = {}
    for pk, family, home, model, state, active, has_met in rows:
        begun = scope.cell(family, home, model, active) if active and active.year == scope.period.year else None
        found[pk] = Place(scope.cell(family, home, model), begun, active, state in IN_PROGRESS, has_met)
    return found


def _meetings_held(scope: Scope, places: dict[UUID, Place]) -> tuple[dict[date, int], int, set[Cell]]:
    """Meetings that count: by the first of each month in the whole municipality; in the period for what is asked; and the
    cells of all, when a part is asked for."""
    first = date(scope.period.year, 1, 1)
    rows = scope.everywhere(counted().filter(held_on__range=(first, scope.period.year_until)), "forloeb")
    by = ("held_on", "forloeb") if places else ("held_on",)
    months: Counter[date] = Counter()
    cells, inside = set(), 0
    for day, *forloeb, number in rows.order_by().values_list(*by).annotate(Count("pk")):
        months[day.replace(day=1)] += number
        place = places[forloeb[0]].cell if forloeb else None
        if place:
            cells.add(scope.cell(place.family, place.home, place.model, day))
        if scope.period.start <= day <= scope.period.until and (place is None or scope.holds(place)):
            inside += number
    return dict(months), inside, cells
