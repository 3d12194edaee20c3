"""Files of consents: keeping a scan, and handing out a PDF that was made now."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from cases.models import Forloeb
from consent.models import Declaration
from documents.actions import filename_for, freeze
from documents.models import FrozenFile
from documents.uploads import Scan


def freeze_scan(*, by: Any, forloeb: Forloeb, scan: Scan, on: date) -> FrozenFile:
    """Keep a cleaned scan of a signed declaration (C3), under a name that says nothing of whom."""
    name = filename_for("Underskrevet samtykkeerklæring", forloeb.number, on, 1)
    return freeze(
        by=by,
        kind="samtykke-scan",
        title="Underskrevet samtykkeerklæring",
        filename=f"{name.removesuffix('.pdf')}.{scan.extension}",
        content=scan.content,
        content_type=scan.content_type,
        forloeb=forloeb,
    )


def number_of(declaration: Declaration) -> int:
    """The declaration's number among the person's own. The forløb's numbers would tell that others have answered (C6)."""
    own = Declaration.objects.filter(forloeb=declaration.forloeb_id, person=declaration.person_id)
    return own.filter(sequence__lte=declaration.sequence).count()


def download(content: bytes, filename: str) -> HttpResponse:
    """A PDF as an attachment that no cache keeps."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
