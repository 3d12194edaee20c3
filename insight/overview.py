"""The koordinator's board: three figures with their targets, what is stuck, and the charts (U1–U3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from insight import overview_charts, overview_stuck
from insight.models import Measure, Target
from insight.overview_counts import Counts, Tally
from insight.overview_kept import counts
from insight.overview_scope import Scope, choices
from insight.small_groups import FEWEST
from insight.targets import Goal, goal_for, number

BAR = 400


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


def figures(scope: Scope, found: Counts) -> list[Figure]:
    """The three figures. Targets are the whole municipality's, so a narrower figure has none beside it."""
    targets = [] if scope.is_narrow else list(Target.objects.in_force(scope.period.until))
    then_next = found.followed_up
    of = (
        f"{then_next.value} af {then_next.of} forløb i gang, der har holdt et møde, har det næste i kalenderen."
        if then_next.may_show and then_next.of
        else "forløb i gang, der har holdt et møde, og hvor det næste er i kalenderen."
    )
    return [
        Figure(
            Measure.STARTED,
            f"Forløb startet {scope.period.words}",
            "forløb, hvor de nødvendige samtykker var på plads, og forløbet blev aktivt i perioden.",
            found.started,
            goal_for(targets, Measure.STARTED, scope.period),
        ),
        Figure(
            Measure.MEETINGS,
            f"Møder holdt {scope.period.words}",
            "møder, hvor fremmødet er skrevet ind, og mødet førte til en færdig Én Plan.",
            found.held,
            goal_for(targets, Measure.MEETINGS, scope.period),
        ),
        Figure(
            Measure.NEXT_MEETING,
            "Næste møde aftalt efter et møde",
            of + " Opgjort i dag.",
            then_next,
            goal_for(targets, Measure.NEXT_MEETING, scope.period),
            is_percent=True,
        ),
    ]


def build(scope: Scope) -> tuple[dict[str, Any], Callable[[], None] | None]:
    """The page's context, and what is to be done when the page has been sent."""
    found, afterwards = counts(scope)
    three = figures(scope, found)
    begun_goal, meetings_goal = (None, None) if scope.is_narrow else (three[0].goal, three[1].goal)
    context = {
        "scope": scope,
        "now": timezone.localtime(found.at),
        "is_old": found.is_old and afterwards is not None,
        "filters": choices(scope),
        "lead": _lead(scope, found),
        "figures": three,
        "has_lines": any(figure.has_line for figure in three),
        "stuck": overview_stuck.waiting(scope, found.waiting),
        "just_held": overview_stuck.just_held(scope, found.waiting),
        "begun": overview_charts.months(scope, found.begun, begun_goal),
        "months": overview_charts.months(scope, found.months, meetings_goal),
        "smileys": overview_charts.smileys(found.smileys),
        "departments": overview_charts.departments(scope, found.departments),
    }
    return context, afterwards


def _lead(scope: Scope, found: Counts) -> str:
    """»31 forløb er i gang i kommunen. 7 af dem sidder fast.«"""
    stuck = f"{found.at_a_stand} af dem sidder fast." if found.at_a_stand else "Ingen af dem sidder fast."
    if not found.running.value:
        return f"Ingen forløb er i gang {scope.place}."
    if found.families < FEWEST or not found.running.may_show:
        if scope.is_narrow:
            return f"Hvor mange forløb der er i gang {scope.place}, er skjult, så små grupper ikke kan regnes ud."
        return f"Færre end fem forløb er i gang {scope.place}. {stuck}"
    return f"{found.running.value} forløb er i gang {scope.place}. {stuck}"
