"""Two papers for one person: Indsigt, and who has looked (C13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cases.access import tovholder_line
from cases.models import Forloeb, Person
from documents import pdf
from privacy.blocks import Section
from privacy.lookup_days import Day


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper before it is made: what would stand in it is looked through first (C12)."""

    forloeb: Forloeb
    template: str
    context: dict[str, Any]
    title: str

    def words(self) -> str:
        """Everything that would stand in it, as text; nothing is made."""
        return pdf.words(self.template, self.context, **self._facts())

    def made(self) -> bytes:
        """The PDF. Raises PdfError."""
        return pdf.render(self.template, self.context, **self._facts())

    def _facts(self) -> dict[str, Any]:
        reference = f"Forløb {self.forloeb.number}"
        return {
            "title": self.title,
            "version_label": "Version 1",
            "on": timezone.localdate(),
            "reference": reference,
        }


def subject_access(
    forloeb: Forloeb, person: Person, sections: Sequence[Section], days: Sequence[Day], total: int
) -> Paper:
    """Indsigt: everything about the person, then who has looked."""
    context = {
        "person": person,
        "sections": sections,
        **_lookups(days, total),
        "contact": tovholder_line(forloeb),
    }
    return Paper(forloeb, "privacy/pdf/subject.html", context, "Fælles Familier – Indsigt")


def lookups(forloeb: Forloeb, person: Person, days: Sequence[Day], total: int) -> Paper:
    """Hvem har set oplysningerne: function and department, date, purpose."""
    context = {"person": person, **_lookups(days, total), "contact": tovholder_line(forloeb)}
    return Paper(forloeb, "privacy/pdf/lookups.html", context, "Fælles Familier – Hvem har set dine oplysninger")


def _lookups(days: Sequence[Day], total: int) -> dict[str, Any]:
    """total: how many look-ups there are; the paper tells when it holds the newest only."""
    return {"days": days, "told": sum(day.count for day in days), "total": total}
