"""Whom of a family a department may know of (C5). The consents stand above this app and register the rule."""

from collections.abc import Callable
from uuid import UUID

from cases.models import Forloeb

Knows = Callable[[UUID], bool]
_rules: list[Callable[[Forloeb, str], Knows]] = []


def register(rule: Callable[[Forloeb, str], Knows]) -> None:
    """Called once, when the app with the consents is ready."""
    _rules[:] = [rule]


def known_to(forloeb: Forloeb, recipient: str) -> Knows:
    """Whether a recipient may know that a person takes part. Without a rule nobody may."""
    return _rules[0](forloeb, recipient) if _rules else lambda person: False
