"""Groups under five families are hidden, also by subtraction (U3). Pure: counts in, what may be shown out.

A whole is published beside its groups ("31 forløb er i gang"), so whoever subtracts the shown groups from it gets the
hidden ones together. Therefore at least two groups are hidden and they are five families or more together; all are
called by the same word, so that nobody can tell the small one from the one hidden to protect it.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

FEWEST = 5
KeyT = TypeVar("KeyT", bound=Hashable)
ParentT = TypeVar("ParentT", bound=Hashable)


def is_small(families: int) -> bool:
    """A group that may not be shown beside its whole. An empty one may: it is nobody."""
    return 0 < families < FEWEST


def shown_alone(families: Mapping[KeyT, int]) -> set[KeyT]:
    """The groups that may be shown where nobody can know how many they are together. In: families per group.

    An empty group is hidden too: a nought that gives way to a hidden number after a day's only meeting tells who it is.
    """
    return {key for key, count in families.items() if count >= FEWEST}


def shown(families: Mapping[KeyT, int]) -> set[KeyT]:
    """The groups that may be shown beside their whole. In: families per group."""
    hidden = [key for key, count in families.items() if is_small(count)]
    rest = sorted((count, str(key), key) for key, count in families.items() if count >= FEWEST)
    while hidden and rest and not _safe([families[key] for key in hidden]):
        hidden.append(rest.pop(0)[2])
    if hidden and not _safe([families[key] for key in hidden]):
        return set()  # nothing left to hide it behind: not even who is empty is told
    return set(families) - set(hidden)


def _safe(counts: list[int]) -> bool:
    return len(counts) > 1 and sum(counts) >= FEWEST


def shown_in(families: Mapping[KeyT, int], parent: Mapping[KeyT, ParentT]) -> tuple[set[ParentT], set[KeyT]]:
    """The same for two levels: departments in areas, where an area's number is published too.

    Out: the areas and the departments that may be shown. A department of a hidden area is hidden.
    """
    areas: dict[ParentT, dict[KeyT, int]] = {}
    for key, count in families.items():
        areas.setdefault(parent[key], {})[key] = count
    open_areas = shown({area: sum(inside.values()) for area, inside in areas.items()})
    return open_areas, {key for area in open_areas for key in shown(areas[area])}
