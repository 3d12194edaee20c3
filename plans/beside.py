"""What a frozen copy of Én Plan holds beside its items: names on the front page, notes, functions, what is corrected.

It is kept with the copy, and the copy is given only while its reader may have all of it too (C5, C7).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from consent.marking import Topics
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from consent.unmarked import may_read, names_only_known
from plans import front
from plans.models import PlanCopy, PlanItem


@dataclass(frozen=True, slots=True)
class Beside:
    """members: whom the front page names. sentences: notes and a correction. functions: of the employees present."""

    members: frozenset[UUID]
    sentences: tuple[str, ...]
    functions: tuple[str, ...]

    def dumped(self) -> str:
        kept = {"members": sorted(map(str, self.members)), "sentences": self.sentences, "functions": self.functions}
        return json.dumps(kept, ensure_ascii=False)


def beside_of(cut: front.Front, correction: str) -> Beside:
    """Of a front page as one reader gets it."""
    sentences = [one["note"] for one in cut.family_present] + [correction]
    return Beside(
        frozenset(UUID(one["id"]) for one in cut.members),
        tuple(text for text in sentences if text),
        tuple(one["title"] for one in cut.staff if one["title"]),
    )


def beside(copy: PlanCopy) -> Beside:
    """As it was kept; for a copy from before that, all of the version's front page: rather shut than open."""
    if not copy.beside:
        page = front.of(copy.version)
        whole = front.Front(page, page["members"], page["family_present"], page["staff"])
        return beside_of(whole, copy.version.correction)
    kept = json.loads(copy.beside)
    return Beside(frozenset(map(UUID, kept["members"])), tuple(kept["sentences"]), tuple(kept["functions"]))


def person_of(copy: PlanCopy) -> UUID | None:
    """The family member a copy is for."""
    return UUID(copy.recipient[2:]) if copy.recipient.startswith("p:") else None


def may_have_all(copy: PlanCopy, items: Iterable[PlanItem], basis: Basis, topics: Topics | None = None) -> bool:
    """May the copy's reader have all that stands in it? Presence at a meeting says nothing of a plan (C5).

    items: the copy's (`for_sharing`). topics: those in use, for who asks about several copies; else one query a sentence.
    """
    reader, found = Reader(copy.recipient, person_of(copy)), beside(copy)
    return (
        all(may_see(reader, Facts.of(item), basis) for item in items)
        and all(may_know_of(reader, person, basis) for person in found.members)
        and all(may_read(reader, text, basis, topics=topics) for text in found.sentences)
        and all(names_only_known(reader, text, basis) for text in found.functions)
    )


def persons_in(copy: PlanCopy, items: Sequence[PlanItem]) -> set[UUID]:
    """Whom the copy tells about, for the log (C13)."""
    return set(beside(copy).members).union(*(item.about_ids for item in items))
