"""Model fields used by every app: opaque keys, and text that is encrypted in the database.

Encryption is Fernet (AES-128-CBC + HMAC-SHA256, authenticated) with `settings.FIELD_KEYS`: the first key writes, all keys
read, so keys can be rotated. The keys never live in the database (trust.md, Data).
"""

import hashlib
import hmac
import uuid
from collections.abc import Collection
from functools import lru_cache
from typing import Any, ClassVar

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from web.cpr import NO_CPR_HELP, holds_cpr


class OpaqueIdField(models.UUIDField):
    """Primary key that says nothing: a random UUID, safe in a URL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", uuid.uuid4)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        # Always said, because False is a deviation here: history tables hold the same id without it as their key.
        name, path, args, kwargs = super().deconstruct()
        kwargs["primary_key"] = self.primary_key
        return name, path, args, kwargs


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def fernet() -> MultiFernet:
    """The cipher for fields and files.

    Returns: a MultiFernet over `settings.FIELD_KEYS` (list of url-safe base64 keys, newest first).
    """
    return _fernet(tuple(settings.FIELD_KEYS))


def keyed_index(value: str) -> str:
    """HMAC-SHA256 of a value, for looking up what is stored encrypted.

    In: the normalised value (for CPR: ten digits). Out: 64 hex characters. Without `settings.INDEX_KEY` (outside the
    database) the value cannot be guessed from it, which a plain hash of ten digits would allow in minutes (trust.md).
    """
    return hmac.new(settings.INDEX_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def _demand_no_cpr(row: Any, name: str, value: Any) -> None:
    """What stood in the row before is let be, so that an old text does not shut the rest of it. Raises ValidationError."""
    if not isinstance(value, str) or not holds_cpr(value):
        return
    if row is not None and not row._state.adding:
        rows = type(row)._base_manager.filter(pk=row.pk)
        if rows.values_list(name, flat=True).first() == value:
            return
    raise ValidationError(NO_CPR_HELP, code="cpr")


class TypedTexts(models.Model):
    """A row whose short texts hold no CPR number, whoever writes them: a form, an import, a scenario (C12).

    typed: names of its `CharField`s that somebody types. Asked by `full_clean`; the database knows nothing of it. A field
    class of its own would do the same, but no expression mixes it with a `CharField`.
    """

    typed: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as wrong:
            errors = wrong.update_error_dict({})
        for name in set(self.typed) - set(exclude or ()) - set(errors):
            try:
                _demand_no_cpr(self, name, getattr(self, name))
            except ValidationError as wrong:
                errors[name] = wrong.error_list
        if errors:
            raise ValidationError(errors)


class EncryptedTextField(models.TextField):
    """Text stored as a Fernet token; plain `str` in Python. Cannot be searched or sorted by the database.

    What is encrypted tells of people, and holds no CPR number (C12). may_hold_cpr: for the number itself, and for what the
    app puts together.
    """

    def __init__(self, *args: Any, may_hold_cpr: bool = False, **kwargs: Any) -> None:
        self.may_hold_cpr = may_hold_cpr
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if not self.may_hold_cpr:
            _demand_no_cpr(model_instance, self.attname, value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return fernet().encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None or value == "":
            return value
        return fernet().decrypt(value.encode("ascii")).decode()
