"""The access log: one row per delivery of personal data, in the same transaction as the delivery (C13)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from .models import AccessLog, AccessLogHead, Channel, identifier

# Any number will do, as long as nothing else in the database takes the same advisory lock.
_CHAIN_LOCK = 0x4646_4C4F_47


def delivered(
    *,
    by: Any,
    kind: str,
    channel: str,
    role: str = "",
    forloeb: Any = None,
    persons: Iterable[Any] = (),
) -> AccessLog:
    """Log that personal data is being delivered, in the current transaction.

    by: the user who receives it, or None for the system itself (a job).
    kind: route or document, e.g. "desk:forloeb" or "pdf:en-plan"; ASCII, never content.
    channel: one of `audit.models.Channel`, e.g. "page".
    role: the role held, which is the purpose of the look-up, e.g. "tovholder".
    forloeb, persons: objects with `.id`, or UUIDs; doubles in `persons` count once.
    Returns the row. Raises ValueError for an unknown channel, and any database error: let it pass on, so that
    nothing is delivered unlogged.

    The chain has one end, so writers wait for each other until they commit: call this last in the view, after
    all other locks and after a PDF has been rendered.
    Source: rules.md C13, trust.md "Log".
    """
    if channel not in Channel.values:
        raise ValueError(f"Unknown channel: {channel}")
    subjects = sorted({str(identifier(person)) for person in persons})
    with transaction.atomic():
        head = _head()
        row = AccessLog(
            seq=head.count + 1,
            at=timezone.now(),
            actor=by if getattr(by, "pk", None) else None,
            role=role,
            kind=kind,
            channel=channel,
            forloeb_id=identifier(forloeb),
            subjects=json.dumps(subjects),
            count=len(subjects),
            previous_mac=head.last_mac,
        )
        row.mac = row_mac(row)
        row.save(force_insert=True)  # the database itself writes its `AccessLogSubject` rows (audit.triggers.index)
        head.count, head.last_mac = row.seq, row.mac
        head.mac = head_mac(head)
        head.save()
    return row


def _head() -> AccessLogHead:
    """The chain's end, held alone until the transaction ends. SQLite's IMMEDIATE transactions need no lock."""
    if (head := AccessLogHead.objects.select_for_update().first()) is not None:
        return head
    # The very first row: there is no end to hold yet, so the first writers hold each other off by a number.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    return AccessLogHead.objects.select_for_update().first() or AccessLogHead()


def _hmac(value: dict[str, Any]) -> str:
    key = settings.LOG_KEY
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key.encode() if isinstance(key, str) else key, text.encode(), hashlib.sha256).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def row_mac(row: AccessLog) -> str:
    """The authentication code that `row` must carry: over all its values and the row before it."""
    return _hmac(
        {
            "id": str(row.id),
            "seq": row.seq,
            "at": _moment(row.at),
            "actor": str(row.actor_id) if row.actor_id else None,
            "role": row.role,
            "kind": row.kind,
            "channel": row.channel,
            "forloeb": str(row.forloeb_id) if row.forloeb_id else None,
            "subjects": row.subjects,
            "count": row.count,
            "previous": row.previous_mac,
        }
    )


def head_mac(head: AccessLogHead) -> str:
    """The authentication code that the chain's end must carry."""
    return _hmac({"head": head.count, "last": head.last_mac})
