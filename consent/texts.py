"""The municipality's texts: who may write them, how long they hold, and how two versions differ."""

import calendar
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consent.access import demand_text_editor as demand_editor
from consent.models import ConsentText
from web.errors import Refused

__all__ = ["Line", "compared", "demand_draft", "demand_editor", "months_after", "paragraphs"]


def demand_draft(text: ConsentText) -> None:
    """A text that somebody has signed, or may be about to sign, is frozen (C3). Raises Refused."""
    if text.declarations.exists():
        raise Refused("Teksten er underskrevet og ligger fast. Skriv en ny version.")
    if text.published_on is not None:  # it may be printed, and signed on paper that nobody has registered yet
        raise Refused("Teksten er i brug og ligger fast. Skriv en ny version.")


def months_after(day: date, months: int) -> date:
    """The same day of the month, so many months later; the month's last day when there is no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Paragraph:
    heading: str
    lines: tuple[str, ...]


def paragraphs(body: str) -> list[Paragraph]:
    """A text in parts: a line that begins with »## « is a heading, each other line a paragraph."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in body.splitlines():
        if line.startswith("## "):
            parts.append((line[3:].strip(), []))
        elif line.strip():
            parts[-1][1].append(line.strip())
    return [Paragraph(heading, tuple(lines)) for heading, lines in parts if heading or lines]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison; kind: same, gone or new."""

    kind: str
    text: str


def compared(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Two versions line by line, in reading order."""
    kinds = {" ": "same", "-": "gone", "+": "new"}
    return [Line(kinds[line[0]], line[2:]) for line in difflib.ndiff(list(old), list(new)) if line[0] in kinds]
