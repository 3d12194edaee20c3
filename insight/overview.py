"""The koordinator's board: three figures with their targets, what is stuck, and the charts (U1–U3).

Counts states and dates only, never texts. A constant number of queries, whatever the number of forløb.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import EndReason, Forloeb
from insight import overview_charts, overview_stuck
from insight.models import Measure, Target
from insight.overview_kept import Counts, counts
from insight.overview_scope import IN_PROGRESS, Period, Scope, choices, in_progress
from insight.small_groups import FEWEST
from insight.targets import Goal, goal_for, number
from meetings.models import Attendance, Meeting
from plans.models import PlanVersion

BAR = 400


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
class Figure:
    """One of the three: words, number, the target line and where we should be."""

    key: str
    title: str
    definition: str
    count: Tally
    goal: Goal | None
    is_percent: bool = False

    @property
    def number(self) -> str:
        if not self.count.may_show:
            return "skjult"
        if self.is_percent:
            return f"{self.count.percent} %" if self.count.of else "–"
        return str(self.count.value)

    @property
    def target(self) -> str:
        if self.goal is None:
            return ""
        return f"mål {number(self.goal.value)} %" if self.is_percent else f"af {number(self.goal.value)}"

    @property
    def has_line(self) -> bool:
        return self.goal is not None and self.count.may_show and (not self.is_percent or bool(self.count.of))

    @property
    def so_far(self) -> float:
        return self.count.percent if self.is_percent else self.count.value

    @property
    def bar(self) -> int:
        """Length of the bar in a line of 400."""
        return min(BAR, round(BAR * self.so_far / self._end))

    @property
    def mark(self) -> int:
        """Where we should be today: left edge of the mark."""
        assert self.goal is not None
        return min(BAR - 3, round(BAR * self.goal.expected / self._end))

    @property
    def _end(self) -> float:
        assert self.goal is not None
        return 100 if self.is_percent else float(self.goal.value)

    @property
    def behind(self) -> int:
        return max(0, round(self.goal.expected) - round(self.so_far)) if self.goal else 0

    @property
    def line_words(self) -> str:
        """The drawing in words, for a screen reader."""
        assert self.goal is not None
        if self.is_percent:
            return f"{self.number}. Stregen viser målet på {number(self.goal.value)} %"
        return f"{self.number} af {number(self.goal.value)}. Stregen ved {round(self.goal.expected)} viser, hvor langt vi skulle være"

    @property
    def verdict(self) -> str:
        assert self.goal is not None
        if not self.behind:
            return "Målet er nået" if self.goal.is_over or self.so_far >= self._goal else "Følger målet"
        if self.is_percent:
            return f"{self.behind} procentpoint under målet"
        return f"{self.behind} under målet" if self.goal.is_over else f"{self.behind} bag målet"

    @property
    def _goal(self) -> float:
        assert self.goal is not None
        return float(self.goal.value)


def counted() -> QuerySet[Meeting]:
    """Meetings that count (U3): held, somebody registered present, and led to a finished version of the plan."""
    return Meeting.objects.held().filter(
        Exists(Attendance.objects.present().filter(meeting=OuterRef("pk"))),
        Exists(PlanVersion.objects.finished().filter(meeting=OuterRef("pk"))),
    )


def started(scope: Scope, period: Period) -> Tally:
    """Forløb that became active in the period: by the rules, with two departments and their consents in place (F1, F4)."""
    rows = scope.everywhere(Forloeb.objects.filter(activated_on__year=period.year))
    value = scope.within(Forloeb.objects.filter(activated_on__range=(period.start, period.until))).count()
    return Tally(value, may_show=scope.may_show(rows, "", "activated_on"))


def held(scope: Scope, period: Period) -> Tally:
    rows = scope.everywhere(counted().filter(held_on__year=period.year), "forloeb")
    value = scope.within(counted().filter(held_on__range=(period.start, period.until)), "forloeb").count()
    return Tally(value, may_show=scope.may_show(rows, "forloeb", "held_on"))


def completed(scope: Scope, period: Period) -> Tally:
    ended = Forloeb.objects.filter(end_reason=EndReason.COMPLETED)
    rows = scope.everywhere(ended.filter(ended_on__year=period.year))
    value = scope.within(ended.filter(ended_on__range=(period.start, period.until))).count()
    return Tally(value, may_show=scope.may_show(rows, "", "ended_on"))


def followed_up(scope: Scope) -> Tally:
    """Of the forløb in progress that have held a meeting, how many have the next one in the calendar (F7). Today's state."""
    same = Meeting.objects.filter(forloeb=OuterRef("pk"))
    rows = Forloeb.objects.filter(Exists(same.held()), state__in=IN_PROGRESS)
    found = scope.within(rows).aggregate(of=Count("pk"), value=Count("pk", filter=Exists(same.planned())))
    return Tally(found["value"], found["of"], may_show=scope.may_show(scope.everywhere(rows), ""))


def figures(scope: Scope, begun: Tally, meetings: Tally, meetings_next: Tally) -> list[Figure]:
    """The three figures. Targets are the whole municipality's, so a narrower figure has none beside it."""
    targets = [] if scope.is_narrow else list(Target.objects.in_force(scope.period.until))
    of = (
        f"{meetings_next.value} af {meetings_next.of} forløb i gang, der har holdt et møde, har det næste i kalenderen."
        if meetings_next.may_show and meetings_next.of
        else "forløb i gang, der har holdt et møde, og hvor det næste er i kalenderen."
    )
    return [
        Figure(
            Measure.STARTED,
            f"Forløb startet {scope.period.words}",
            "forløb, hvor de nødvendige samtykker var på plads, og forløbet blev aktivt i perioden.",
            begun,
            goal_for(targets, Measure.STARTED, scope.period),
        ),
        Figure(
            Measure.MEETINGS,
            f"Møder holdt {scope.period.words}",
            "møder, hvor fremmødet er skrevet ind, og mødet førte til en færdig Én Plan.",
            meetings,
            goal_for(targets, Measure.MEETINGS, scope.period),
        ),
        Figure(
            Measure.NEXT_MEETING,
            "Næste møde aftalt efter et møde",
            of + " Opgjort i dag.",
            meetings_next,
            goal_for(targets, Measure.NEXT_MEETING, scope.period),
            is_percent=True,
        ),
    ]


def count(scope: Scope) -> Counts:
    """Ask the database for everything that the page counts."""
    per_month = overview_charts.per_month(scope, counted())
    return Counts(
        at=timezone.localtime(),
        stuck=overview_stuck.tallies(scope),
        figures=(started(scope, scope.period), held(scope, scope.period), followed_up(scope)),
        lead=_lead(scope),
        months=per_month,
        smileys=overview_charts.smileys(scope),
        departments=overview_charts.departments(scope),
    )


def build(scope: Scope) -> dict[str, Any]:
    """The page's context."""
    found = counts(scope, count)
    three = figures(scope, *found.figures)
    meetings_goal = None if scope.is_narrow else three[1].goal
    return {
        "scope": scope,
        "now": timezone.localtime(found.at),
        "filters": choices(scope),
        "lead": found.lead,
        "figures": three,
        "has_lines": any(figure.has_line for figure in three),
        "stuck": overview_stuck.waiting(scope, found.stuck),
        "months": overview_charts.months(scope, found.months, meetings_goal),
        "smileys": found.smileys,
        "departments": found.departments,
    }


def _lead(scope: Scope) -> str:
    """»31 forløb er i gang i kommunen. 7 af dem sidder fast.«"""
    running = Forloeb.objects.filter(in_progress())
    same = Meeting.objects.filter(forloeb=OuterRef("pk"))
    # From the forløb to their meetings: the other way round every meeting ever held is read.
    alone = Q(Exists(same.held())) & ~Q(Exists(same.planned()))
    waits = alone | Q(Exists(overview_stuck.unwritten(scope.today).filter(forloeb=OuterRef("pk"))))
    found = scope.within(running).aggregate(
        all=Count("pk"), families=Count("family", distinct=True), stuck=Count("pk", filter=waits)
    )
    if not found["all"]:
        return f"Ingen forløb er i gang {scope.place}."
    if found["families"] < FEWEST or not scope.may_show(scope.everywhere(running), ""):
        if scope.is_narrow:
            return f"Hvor mange forløb der er i gang {scope.place}, er skjult, så små grupper ikke kan regnes ud."
        return f"Færre end fem forløb er i gang {scope.place}. {_stuck_words(found['stuck'])}"
    return f"{found['all']} forløb er i gang {scope.place}. {_stuck_words(found['stuck'])}"


def _stuck_words(stuck: int) -> str:
    return f"{stuck} af dem sidder fast." if stuck else "Ingen af dem sidder fast."
