"""Once-keys: a form that is sent twice has its effect once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import OnceKey

FIELD = "_once"


def _key(user: Any, path: str, form_key: str) -> str:
    """One column for user, path and key, so that no one meets another's key and no path another form's."""
    return hashlib.sha256(f"{user.pk}\n{path}\n{form_key}".encode("utf-8", "surrogatepass")).hexdigest()


def claim(*, user: Any, path: str, form_key: str) -> tuple[OnceKey, bool]:
    """Take the form's key in the current transaction; (key, True) when this is the first time.

    When another transaction has taken it and not ended, this one waits: (its key, False) if it commits, ours if it is
    rolled back. Call inside `transaction.atomic()`.
    """
    key = _key(user, path, form_key)
    known = OnceKey.objects.filter(key=key).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            claimed = OnceKey(key=key, user=user, at=timezone.now())
            claimed.save(force_insert=True)
        return claimed, True
    except IntegrityError:
        return OnceKey.objects.get(key=key), False


def settle(*, claimed: OnceKey, location: str) -> None:
    """Remember where the form's answer led ("" when it led nowhere)."""
    claimed.location = location[:2000]
    claimed.save(update_fields=["location"])


def release(*, claimed: OnceKey) -> None:
    """Forget the key: the form had no effect and may be sent again."""
    claimed.delete()


def drop_older_than(days: int) -> int:
    """Delete the keys of forms sent more than `days` days ago; returns how many."""
    deleted, _ = OnceKey.objects.filter(at__lt=timezone.now() - timedelta(days=days)).delete()
    return deleted
