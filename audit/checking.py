"""Does the access log hold what was written, all of it and in that order?"""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from . import log, triggers
from .models import AccessLog, AccessLogHead, AccessLogSubject

_CHUNK = 2000


def faults(anchor: str = "") -> Iterator[str]:
    """Every fault of the log as a Danish sentence; none when it is whole.

    anchor: an end of the chain kept outside the database ("count:mac", see `anchor_now`). With it, also a log put
    back to an older copy together with its old end is found. Source: trust.md "Log".
    """
    with transaction.atomic():
        head = AccessLogHead.objects.first()
        yield from _row_faults(head, anchor)
        yield from _index_faults()
        for name in triggers.missing(*triggers.LOG_TRIGGERS):
            yield f"Databasens spærring {name} mangler eller er slået fra."


def anchor_now() -> str:
    """The chain's end as "count:mac", to be kept outside the database."""
    head = AccessLogHead.objects.first()
    return f"{head.count}:{head.last_mac}" if head else "0:"


def _row_faults(head: AccessLogHead | None, anchor: str) -> Iterator[str]:
    anchor_count, _, anchor_mac = anchor.partition(":")
    anchored = not anchor_count.isdigit() or int(anchor_count) == 0
    expected, previous = 1, ""
    for row in AccessLog.objects.order_by("seq").iterator(chunk_size=_CHUNK):
        if row.seq != expected:
            yield (
                f"Række {expected} til {row.seq - 1} mangler." if row.seq > expected else f"Række {row.seq} er forkert."
            )
        if not hmac.compare_digest(row.mac, log.row_mac(row)):
            yield f"Række {row.seq} er ændret."
        if row.previous_mac != previous:
            yield f"Række {row.seq} hænger ikke sammen med rækken før."
        if anchor_count == str(row.seq):
            anchored = row.mac == anchor_mac
        expected, previous = row.seq + 1, row.mac
    if not anchored:
        yield f"Loggen svarer ikke til ankeret ved række {anchor_count}."
    yield from _head_faults(head, expected - 1, previous)


def _head_faults(head: AccessLogHead | None, count: int, last_mac: str) -> Iterator[str]:
    if head is None:
        if count:
            yield "Loggens ende mangler."
        return
    if not hmac.compare_digest(head.mac, log.head_mac(head)):
        yield "Loggens ende er ændret."
    if head.count > count:
        yield f"De nyeste rækker mangler: {count + 1} til {head.count}."
    elif head.count < count:
        yield f"Der er rækker efter loggens ende: {head.count + 1} til {count}."
    elif head.last_mac != last_mac:
        yield "Den sidste række svarer ikke til loggens ende."


def _index_faults() -> Iterator[str]:
    """The index per person must say exactly what the rows say; a chunk of rows at a time."""
    seen = 0
    chunk: dict[UUID, AccessLog] = {}
    for row in AccessLog.objects.order_by("seq").only("seq", "subjects", "count").iterator(chunk_size=_CHUNK):
        chunk[row.id] = row
        if len(chunk) == _CHUNK:
            found, sentences = _compare(chunk)
            seen, chunk = seen + found, {}
            yield from sentences
    found, sentences = _compare(chunk)
    yield from sentences
    if AccessLogSubject.objects.count() != seen + found:
        yield "Registeret over personer har poster uden række i loggen."


def _compare(rows: dict[UUID, AccessLog]) -> tuple[int, list[str]]:
    indexed: defaultdict[UUID, list[str]] = defaultdict(list)
    found = 0
    for log_id, subject in AccessLogSubject.objects.filter(log__in=list(rows)).values_list("log_id", "subject"):
        indexed[log_id].append(str(subject))
        found += 1
    sentences = []
    for row in rows.values():
        try:
            subjects = json.loads(row.subjects)
        except ValueError:
            subjects = None
        if sorted(indexed[row.id]) != subjects:
            sentences.append(f"Registeret over personer svarer ikke til række {row.seq}.")
    return found, sentences
