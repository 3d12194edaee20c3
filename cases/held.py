"""How many meetings of a forløb were held (F7). The meetings stand above this app and register the count."""

from collections.abc import Callable

from cases.models import Forloeb

_counters: list[Callable[[Forloeb], int]] = []


def register(count: Callable[[Forloeb], int]) -> None:
    """Called once, when the app with the meetings is ready."""
    _counters[:] = [count]


def held_meetings(forloeb: Forloeb) -> int:
    """0 when no app holds meetings: then nothing can be ended as completed."""
    return sum(count(forloeb) for count in _counters)
