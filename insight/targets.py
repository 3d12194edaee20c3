"""How far a target is, and where we should be today (U2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from insight.models import Per, Target, Unit
from insight.overview_scope import Period


@dataclass(frozen=True, slots=True)
class Goal:
    """A target brought to the period that is shown: a year's is a fourth of it in a quarter, a percentage stays."""

    target: Target
    value: Decimal
    expected: float
    is_over: bool


def goal_of(target: Target, period: Period) -> Goal:
    value = target.value
    if target.unit == Unit.COUNT and target.period == Per.YEAR and period.quarter:
        value /= 4
    elif target.unit == Unit.COUNT and target.period == Per.QUARTER and not period.quarter:
        value *= 4
    expected = float(value) * (period.elapsed if target.unit == Unit.COUNT else 1)
    return Goal(target, value, expected, period.is_over)


def goal_for(targets: Iterable[Target], key: str, period: Period) -> Goal | None:
    """The target of a measure in a period. In: targets in force, newest first."""
    target = next((one for one in targets if one.key == key), None)
    return goal_of(target, period) if target else None


def number(value: Decimal | float) -> str:
    """`6,7`, `80`: Danish comma, no needless nought."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",")
