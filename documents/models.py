"""Files that were finished one day and stay as they were."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import models

from web.fields import OpaqueIdField

from . import sealing


class Damaged(Exception):
    """A frozen file's bytes are not those that were frozen. Must be seen by the system administrator."""


class Erased(Exception):
    """A frozen file's bytes have been erased; only its description is left."""


class FrozenFileQuerySet(models.QuerySet["FrozenFile"]):
    """Reads of frozen files. Who may see one is decided by what points at it (a plan copy, a declaration)."""

    def in_forloeb(self, forloeb: Any) -> FrozenFileQuerySet:
        """Files made in `forloeb` (object with `.id`, or UUID), newest first, without their bytes."""
        return self.filter(forloeb_id=getattr(forloeb, "id", forloeb)).order_by("-made_at").defer("sealed")


class FrozenFile(models.Model):
    """A finished document or a scanned declaration: bytes (encrypted at rest) and their SHA-256 (P5).

    Made only by `documents.actions.freeze`. A trigger keeps it from being changed or removed; the one way out is
    `documents.actions.erase`, which takes the bytes and leaves the description.
    """

    id = OpaqueIdField()
    kind = models.CharField("slags", max_length=40)
    title = models.CharField("titel", max_length=200)
    filename = models.CharField("filnavn", max_length=200)
    sealed = models.BinaryField("indhold, krypteret", editable=False)
    content_type = models.CharField("filtype", max_length=100)
    size = models.PositiveIntegerField("størrelse i bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField("lavet")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="lavet af",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    forloeb_id = models.UUIDField("forløb", null=True, blank=True, db_index=True)
    erased_at = models.DateTimeField("slettet", null=True, blank=True)

    objects = FrozenFileQuerySet.as_manager()

    class Meta:
        verbose_name = "fastfrosset fil"
        verbose_name_plural = "fastfrosne filer"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="documents_sha256_is_hex",
                violation_error_message="Filens kontrolsum er ikke en SHA-256.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> bytes:
        """The bytes as they were frozen. Raises Erased, or Damaged when they no longer match their SHA-256."""
        if self.erased_at:
            raise Erased(self.title)
        content = sealing.opened(bytes(self.sealed))
        if content is None or hashlib.sha256(content).hexdigest() != self.sha256:
            raise Damaged(str(self.id))
        return content
