"""The charts: forløb and meetings month by month, the families' smileys, forløb per department. Always with their table (U3).

They are of the whole municipality and the whole year, whatever is filtered: a chart for each narrow group would let small
groups be worked out by comparing pages. Months count the work of the municipality, not a group of families: they tell when
something was done, and nothing of for whom.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count

from cases.models import Participation
from insight.overview_scope import Scope, in_progress
from insight.small_groups import shown_alone, shown_in
from insight.targets import Goal, number
from meetings.models import SmileyRating
from web.danish import danish_key
from web.dates import MONTHS, long_date

FACES = {5: "Rigtig godt", 4: "Godt", 3: "Midt imellem", 2: "Ikke så godt", 1: "Slet ikke godt"}
BOTTOM, TOP, LEFT, STEP, WIDTH = 260, 30, 48, 57, 36


@dataclass(frozen=True, slots=True)
class Month:
    """A column and its row in the table. Lengths in the drawing's units, whole numbers."""

    name: str
    short: str
    value: int
    total: int
    x: int
    height: int
    is_open: bool

    @property
    def y(self) -> int:
        return BOTTOM - self.height

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def is_tall(self) -> bool:
        """Room for the number inside the column."""
        return self.height >= 24

    @property
    def text_y(self) -> int:
        return BOTTOM - 7 if self.is_tall else self.y - 6


@dataclass(frozen=True, slots=True)
class Months:
    year: int
    months: list[Month]
    lines: list[tuple[int, int]]
    goal_y: int | None
    goal: str
    goal_year: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row that is table and chart in one: label, bar, number or why there is none."""

    label: str
    value: int
    width: int
    is_shown: bool
    face: str = ""


def months(scope: Scope, per_month: dict[date, int], goal: Goal | None) -> Months:
    year = scope.period.year
    a_month = float(goal.value) / (3 if scope.period.quarter else 12) if goal else 0
    tick = _tick(max([*per_month.values(), a_month, 1]))
    top = tick * 2
    found: list[Month] = []
    total = 0
    for place, first in enumerate(scope.period.months()):
        value = per_month.get(first, 0)
        total += value
        is_open = (first.year, first.month) == (scope.today.year, scope.today.month)
        name = MONTHS[first.month - 1]
        found.append(
            Month(
                f"{name.capitalize()} (til {scope.today.day}.)" if is_open else name.capitalize(),
                name[:3],
                value,
                total,
                LEFT + place * STEP,
                round((BOTTOM - TOP) * value / top),
                is_open,
            )
        )
    lines = [(BOTTOM - round((BOTTOM - TOP) * step / 2), tick * step) for step in range(3)]
    goal_y = BOTTOM - round((BOTTOM - TOP) * a_month / top) if goal else None
    return Months(year, found, lines, goal_y, number(a_month), number(a_month * 12))


def _tick(highest: float) -> int:
    """Half the height of the drawing: 1, 2, 5, 10, 20, 50 …"""
    size = 1
    while True:
        for step in (1, 2, 5):
            if step * size * 2 >= highest:
                return step * size
        size *= 10


def count_smileys(scope: Scope) -> dict[int, tuple[int, int]]:
    """(answers, families) of each face over the year: adults and young people from 15; a child's is in no number (M9)."""
    rows = scope.everywhere(
        SmileyRating.objects.filter(is_child=False, meeting__held_on__year=scope.period.year), "meeting__forloeb"
    )
    found = rows.order_by().values_list("value")
    return {
        value: (answers, families)
        for value, answers, families in found.annotate(Count("pk"), Count("meeting__forloeb__family", distinct=True))
    }


def smileys(found: dict[int, tuple[int, int]]) -> list[Bar]:
    """A face that fewer than five families chose is called the same, nobody at all included (U3).

    No total is shown, so nothing can be taken from it.
    """
    open_values = shown_alone({value: families for value, (_, families) in found.items()})
    highest = max((found[value][0] for value in open_values), default=1)
    return [_face_bar(value, found.get(value, (0, 0))[0], highest, value in open_values) for value in FACES]


def _face_bar(value: int, answers: int, highest: int, is_shown: bool) -> Bar:
    return Bar(FACES[value], answers, round(100 * answers / highest), is_shown, f"face-{value}")


def count_departments(scope: Scope) -> dict[UUID, tuple[int, int]]:
    """(forløb, families) in progress by the department where the tovholder is employed; each counts once."""
    rows = scope.everywhere(Participation.objects.open(scope.today).tovholder(), "forloeb")
    found = rows.filter(in_progress("forloeb")).order_by().values_list("department")
    return {
        department: (forloeb, families)
        for department, forloeb, families in found.annotate(
            Count("forloeb", distinct=True), Count("forloeb__family", distinct=True)
        )
    }


def departments(scope: Scope, found: dict[UUID, tuple[int, int]]) -> dict[str, Any]:
    families = {pk: count for pk, (_, count) in found.items()}
    _, open_ones = shown_in(families, {pk: scope.departments[pk].area_id for pk in found})
    highest = max((found[pk][0] for pk in open_ones), default=1)
    bars = [
        Bar(scope.departments[pk].name, count, round(100 * count / highest), pk in open_ones)
        for pk, (count, _) in found.items()
    ]
    bars.sort(key=lambda bar: (not bar.is_shown, -bar.value if bar.is_shown else 0, danish_key(bar.label)))
    return {"bars": bars, "has_hidden": any(not bar.is_shown for bar in bars), "on": long_date(scope.today)}
