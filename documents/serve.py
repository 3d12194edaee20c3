"""Giving a frozen file to a browser."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from .models import FrozenFile


def attachment(frozen: FrozenFile) -> HttpResponse:
    """`frozen` as a download: its exact bytes, its name, never shown inline and never kept by a cache.

    The bytes are compared with their SHA-256 first. Raises models.Damaged or models.Erased; both are for the caller to
    tell. Access is decided and the delivery logged (channel "file" or "pdf") by the caller. Source: trust.md "Input".
    """
    response = HttpResponse(frozen.content, content_type=frozen.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=frozen.filename) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Kontrolsum"] = f"sha256={frozen.sha256}"
    return response
