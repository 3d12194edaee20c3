"""Lines that would tell a reader of somebody the reader may not know of: asked about before the papers are made (C5).

A line reaches whoever may have what it is marked with. A name in its words that it is not marked with goes along.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cases.models import Person
from consent.marking import guarded_in, mentioned
from consent.sharing import Basis, Facts, may_know_of, may_see
from plans.models import PlanItem
from plans.readers import Addressee


@dataclass(frozen=True, slots=True)
class NamedTo:
    """A line that names persons it is not marked with, and the readers who would learn of them by it."""

    item: PlanItem
    persons: tuple[Person, ...]
    readers: tuple[Addressee, ...]


def named_to_others(seen: Iterable[PlanItem], readers: Sequence[Addressee], basis: Basis) -> list[NamedTo]:
    """In the plan's order. seen: the draft's items that the writer may see (`with_sources`), since nobody is asked about
    what they cannot know. No query."""
    people = guarded_in(basis)
    found: list[NamedTo] = []
    for item in seen:
        if not item.is_open or not (
            named := [one for one in mentioned(people, item.text) if one.pk not in item.about_ids]
        ):
            continue
        facts = Facts.of(item)
        told: set[UUID] = set()
        learn: list[Addressee] = []
        for one in readers:
            news = {person.pk for person in named if not may_know_of(one.reader, person.pk, basis)}
            if news and may_see(one.reader, facts, basis):
                told |= news
                learn.append(one)
        if learn:
            found.append(NamedTo(item, tuple(person for person in named if person.pk in told), tuple(learn)))
    return found


def fingerprint(found: Sequence[NamedTo]) -> str:
    """Of exactly these lines, names and readers: what a confirmation is of."""
    told = [
        [str(one.item.pk), one.item.text, sorted(str(person.pk) for person in one.persons)]
        + [reader.reader.recipient for reader in one.readers]
        for one in found
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
