"""The access log read aloud to the family: who looked (function and department), when, why, at what kind of page (C13)."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit.models import AccessLog, Channel
from cases.models import Forloeb, Participation, Person
from organisation.models import Employment, User

NOBODY = "Systemet selv"
UNKNOWN_ROLE = "Arbejder i kommunen"


@dataclass(frozen=True, slots=True)
class Lookup:
    at: datetime
    who: str
    why: str
    what: str


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """privacy/words.toml."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def about(person: Person, forloeb: Forloeb) -> QuerySet[AccessLog]:
    """Look-ups of a person's data, newest first: in this forløb, in searches, and in the lists of those who take part.

    What somebody saw in another forløb is not told here: the tovholder of this one must not learn that it exists.
    """
    taking_part = Participation.objects.filter(forloeb=forloeb, user=OuterRef("actor"))
    nowhere = Q(forloeb_id=None) & (Q(channel=Channel.SEARCH) | Q(actor=None) | Exists(taking_part))
    return AccessLog.objects.about(person).filter(Q(forloeb_id=forloeb.pk) | nowhere)


def told(rows: Sequence[AccessLog], forloeb: Forloeb, label: Callable[[str], str] = lambda text: text) -> list[Lookup]:
    """The rows in words, in two queries for any number.

    label: a function as the one who is told may read it, empty when it names somebody else (»pædagog for Ida«).
    """
    actors = {row.actor_id for row in rows if row.actor_id}
    parts: dict[Any, list[Participation]] = {}
    for part in Participation.objects.filter(forloeb=forloeb, user__in=actors).select_related("department"):
        parts.setdefault(part.user_id, []).append(part)
    jobs: dict[Any, list[Employment]] = {}
    for job in Employment.objects.filter(user__in=actors).select_related("department", "user").order_by("-from_date"):
        jobs.setdefault(job.user_id, []).append(job)
    return [
        Lookup(
            row.at,
            _who(row, parts.get(row.actor_id, []), jobs.get(row.actor_id, []), label),
            _why(row),
            kind_words(row.kind),
        )
        for row in rows
    ]


def _who(row: AccessLog, parts: list[Participation], jobs: list[Employment], label: Callable[[str], str]) -> str:
    """»Socialrådgiver, Myndighed børn« as it was that day; with the name only where the municipality says so."""
    if row.actor_id is None:
        return NOBODY
    day = timezone.localdate(row.at)
    part = next((one for one in parts if _holds(one.from_date, one.to_date, day)), None)
    job = next((one for one in jobs if _holds(one.from_date, one.to_date, day)), jobs[0] if jobs else None)
    if part is not None and part.department is not None:
        title = label(part.title) or (label(job.title) if job else "") or "Medarbejder"
        place = part.department.name
    else:
        title = (label(job.title) if job else "") or "Medarbejder"
        place = job.department.name if job else settings.MUNICIPALITY["name"]
    name = _name(row.actor) if settings.LOOKUPS_WITH_NAMES else ""
    return ", ".join(part for part in (name, title[:1].upper() + title[1:], place) if part)


def _name(user: User | None) -> str:
    return user.name if user else ""


def _holds(begins: date, ends: date | None, day: date) -> bool:
    return begins <= day and (ends is None or day <= ends)


def _why(row: AccessLog) -> str:
    if row.actor_id is None:
        return "Kører af sig selv"
    return words()["roles"].get(row.role, UNKNOWN_ROLE)


def kind_words(kind: str) -> str:
    """What a look-up's page or paper is called in Danish."""
    own = words()["kinds"].get(kind)
    return own or words()["apps"].get(kind.partition(":")[0], "En side i Fælles Familier")
