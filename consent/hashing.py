"""The checksum over text, person and answers that a declaration carries (C3)."""

import hashlib
import json
from collections.abc import Iterable

from consent.models import Declaration

Row = tuple[str, str, str]


def answers_sha256(*, text_number: int, text_sha256: str, person: object, answers: Iterable[Row]) -> str:
    """SHA-256 over canonical JSON. answers: (recipient key, topic id, answer); their order does not matter."""
    told = {
        "text": {"number": text_number, "sha256": text_sha256},
        "person": str(person),
        "answers": sorted(list(row) for row in answers),
    }
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def recomputed(declaration: Declaration) -> str:
    """The checksum of what the database holds now. Equal to `answers_sha256` unless somebody changed a row."""
    rows = [(consent.recipient, str(consent.topic_id), consent.answer) for consent in declaration.consents.all()]
    return answers_sha256(
        text_number=declaration.text.number,
        text_sha256=declaration.text.sha256,
        person=declaration.person_id,
        answers=rows,
    )
