"""Two papers for one person: Indsigt, and who has looked (C13)."""

from collections.abc import Sequence

from django.utils import timezone

from cases.access import tovholder_line
from cases.models import Forloeb, Person
from documents import pdf
from privacy.lookups import Lookup
from privacy.subject import Section


def subject_access(forloeb: Forloeb, person: Person, sections: Sequence[Section], lookups: Sequence[Lookup]) -> bytes:
    """Indsigt: everything about the person, then who has looked. Raises PdfError."""
    context = {
        "person": person,
        "sections": sections,
        "lookups": lookups,
        "contact": tovholder_line(forloeb),
    }
    return _render("privacy/pdf/subject.html", context, "Fælles Familier – Indsigt", forloeb)


def lookups(forloeb: Forloeb, person: Person, rows: Sequence[Lookup], total: int) -> bytes:
    """Hvem har set oplysningerne: function and department, date, purpose. Raises PdfError."""
    context = {"person": person, "lookups": rows, "total": total, "contact": tovholder_line(forloeb)}
    return _render("privacy/pdf/lookups.html", context, "Fælles Familier – Hvem har set dine oplysninger", forloeb)


def _render(template: str, context: dict[str, object], title: str, forloeb: Forloeb) -> bytes:
    return pdf.render(
        template,
        context,
        title=title,
        version_label="Version 1",
        on=timezone.localdate(),
        reference=f"Forløb {forloeb.number}",
    )
