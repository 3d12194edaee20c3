"""Saving, reading and dropping one's own draft."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from .models import Draft

MAX_BYTES = 1_000_000
# "henvendelse", "plan:<uuid>", "moede:<uuid>:note": words and ids, so that a key never holds what someone typed.
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf"[a-z][a-z-]{{1,30}}(:({_UUID}|[a-z][a-z-]{{0,30}})){{0,2}}")
Fields = dict[str, str | list[str]]


class TooLarge(Exception):
    """The draft is larger than MAX_BYTES."""


def is_key(key: str) -> bool:
    """Whether `key` is one that drafts are kept under: a form's name, with up to two ids or words after colons."""
    return bool(_KEY.fullmatch(key))


def save_draft(*, by: Any, key: str, fields: Mapping[str, str | list[str]]) -> Draft:
    """Keep `fields` (name to text, or to several texts) as `by`'s draft under `key`, over the one before.

    Returns the draft. Raises ValueError for a key that is not allowed (see `is_key`), TooLarge above MAX_BYTES.
    """
    if not is_key(key):
        raise ValueError("Not a draft key.")
    content = json.dumps(dict(fields), ensure_ascii=False)
    if len(content.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TooLarge
    draft, _ = Draft.objects.update_or_create(
        user=by, key=key, defaults={"content": content, "updated_at": timezone.now()}
    )
    return draft


def drop_draft(*, by: Any, key: str) -> None:
    """Forget `by`'s draft under `key`; call it in the action that saves the text for good. None there is no error."""
    Draft.objects.filter(user=by, key=key).delete()


def load(user: Any, key: str) -> Fields:
    """`user`'s draft under `key` as field name to text (or list of texts); empty when there is none."""
    draft = Draft.objects.filter(user=user, key=key).first()
    return json.loads(draft.content) if draft else {}


def load_many(user: Any, keys: Iterable[str]) -> dict[str, Fields]:
    """`load` for several forms of one page, by key, in one query; a key without a draft is left out."""
    return {draft.key: json.loads(draft.content) for draft in Draft.objects.filter(user=user, key__in=list(keys))}


def drop_older_than(days: int) -> int:
    """Delete every draft not touched for `days` days; returns how many."""
    deleted, _ = Draft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=days)).delete()
    return deleted
