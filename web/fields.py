"""Model fields used by every app: opaque keys, and text that is encrypted in the database.

Encryption is Fernet (AES-128-CBC + HMAC-SHA256, authenticated) with `settings.FIELD_KEYS`: the first key writes, all keys
read, so keys can be rotated. The keys never live in the database (trust.md, Data).
"""

import hashlib
import hmac
import uuid
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


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


class EncryptedTextField(models.TextField):
    """Text stored as a Fernet token; plain `str` in Python. Cannot be searched or sorted by the database."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return fernet().encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None or value == "":
            return value
        return fernet().decrypt(value.encode("ascii")).decode()
