"""Drafts: what a person has typed and not saved."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from web.fields import EncryptedTextField, OpaqueIdField


class Draft(models.Model):
    """The unsaved text fields of one form, for the one who writes. No one else can read it, ever."""

    id = OpaqueIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField("formular", max_length=100)
    content = EncryptedTextField("indhold", may_hold_cpr=True)
    updated_at = models.DateTimeField("sidst gemt", db_index=True)

    class Meta:
        verbose_name = "kladde"
        verbose_name_plural = "kladder"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="drafts_one_per_user_and_form")]

    def __str__(self) -> str:
        return self.key
