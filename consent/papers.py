"""Files of consents: keeping a scan, and handing out a PDF that was made now."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

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


def scans_of(declarations: Iterable[Declaration]) -> dict[UUID, list[FrozenFile]]:
    """Every signed paper that was laid with each declaration, the newest last: two who have custody may each have signed
    their own, at their own table, and both are the evidence (C3). Two queries."""
    rows = list(declarations)
    found: dict[UUID, list[FrozenFile]] = {one.pk: [] for one in rows}
    laid = Declaration.history.filter(id__in=found, evidence__isnull=False).order_by("history_date", "history_id")
    now = [(one.pk, one.evidence_id) for one in rows if one.evidence_id]
    before = [pair for pair in laid.values_list("id", "evidence_id") if pair not in now]
    pairs = [*dict.fromkeys(before), *now]
    files = FrozenFile.objects.defer("sealed").in_bulk([file for _, file in pairs])
    for declaration, file in pairs:
        if file in files:
            found[declaration].append(files[file])
    return found


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
