"""Freezing a file, and the one way to let it go."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from web import triggers

from . import sealing
from .models import FrozenFile

_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t\0', "-"))


def freeze(
    *,
    by: Any,
    kind: str,
    title: str,
    filename: str,
    content: bytes,
    content_type: str = "application/pdf",
    forloeb: Any = None,
) -> FrozenFile:
    """Keep `content` as it is from now on, with its SHA-256.

    by: the user who finished it, or None for the system. kind: short ASCII name, e.g. "en-plan".
    filename: as given to the person who fetches it; use `filename_for`. forloeb: object with `.id`, UUID or None.
    Returns the saved file. Raises ValidationError when a value does not fit. Access is checked by the caller,
    which alone knows what the file is. Source: rules.md P5.
    """
    frozen = FrozenFile(
        kind=kind,
        title=title,
        filename=filename.translate(_FORBIDDEN_IN_NAMES),
        sealed=sealing.sealed(content),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=timezone.now(),
        made_by=by if getattr(by, "pk", None) else None,
        forloeb_id=_uuid(forloeb),
    )
    frozen.full_clean()
    frozen.save(force_insert=True)
    return frozen


@transaction.atomic
def erase(*, by: Any, frozen: FrozenFile) -> FrozenFile:
    """Take a frozen file's bytes away for good; its title, size and SHA-256 stay as a record that it was.

    by: the user, or None for the erasure job. Access is checked by the caller. Erasing twice changes nothing.
    """
    frozen = FrozenFile.objects.select_for_update().get(pk=frozen.pk)
    if frozen.erased_at is None:
        frozen.sealed, frozen.erased_at = b"", timezone.now()
        frozen.save(update_fields=["sealed", "erased_at"])
    return frozen


def reseal_all() -> int:
    """Encrypt every frozen file with the newest key, after a new one was put first in FIELD_KEYS.

    Returns how many were done. Raises InvalidToken, and changes nothing, when one cannot be opened.
    """
    done = 0
    with transaction.atomic(), triggers.lifted(FrozenFile._meta.db_table):
        for frozen in FrozenFile.objects.filter(erased_at=None).only("sealed").iterator(chunk_size=20):
            frozen.sealed = sealing.resealed(bytes(frozen.sealed))
            frozen.save(update_fields=["sealed"])
            done += 1
    return done


def filename_for(document: str, forloeb_number: str, on: date, version: int | str) -> str:
    """The name of a PDF: `Fælles Familier - <dokument> - <forløb-nr> - <ISO-dato> - v<version>.pdf`.

    document: e.g. "Én Plan". Never a person's name or CPR. Source: domain/documents.md.
    """
    name = f"Fælles Familier - {document} - {forloeb_number} - {on.isoformat()} - v{version}.pdf"
    return name.translate(_FORBIDDEN_IN_NAMES)


def _uuid(thing: Any) -> UUID | None:
    value = getattr(thing, "id", thing)
    return value if value is None or isinstance(value, UUID) else UUID(str(value))
