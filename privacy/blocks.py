"""What Indsigt is built of: rows in words, in sections."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from privacy.shown import SHOWN
from privacy.voice import Line, Listener


@dataclass(slots=True)
class Block:
    """One row in words. under: what belongs to it (a meeting's notes, an item's follow-ups)."""

    title: str
    lines: list[Line]
    under: list["Block"] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    title: str
    blocks: list[Block]


def block(told: Listener, row: Any, title: str = "", leave: Iterable[str] = ()) -> Block:
    names = [name for name in SHOWN[row._meta.label] if name not in set(leave)]
    return Block(title, told.lines(row, *names))
