"""What holds for the marks of a board note and of a point on the agenda alike (C5, M8)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from cases.models import Person
from consent.marking import Named


def demand_marks(
    item: Any, people: Sequence[Named], *, about: Iterable[Person], kept_from: Iterable[Person], voice: Person | None
) -> None:
    """Marks name persons of the forløb; what somebody of the family said or raised is not kept from them.

    item: a `Shared` row; whoever it named before and who has left the forløb since may stay on it. voice: who in the
    family said or raised it. Raises ValidationError.
    """
    hidden_from = set(kept_from)
    named = {*about, *hidden_from, *([voice] if voice else [])}
    if named - {one.person for one in people} - _already(item):
        raise ValidationError({"about": "Vælg kun personer, der er med i forløbet nu."})
    if voice is not None and voice in hidden_from:
        raise ValidationError({"kept_from": "Det kan ikke holdes fra den, der selv sagde det."})


def _already(item: Any) -> set[Person]:
    if item._state.adding:
        return set()
    voices = (getattr(item, name, None) for name in ("said_by", "raised_by_person"))
    return {*item.about.all(), *item.kept_from.all(), *(one for one in voices if one)}


def distinct(people: Iterable[Person]) -> list[Person]:
    return list(dict.fromkeys(people))
