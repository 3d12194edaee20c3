"""Clues to a protected address in the papers of Én Plan, found before any of them is made (C12)."""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError

from audit import events
from consent.clues import Found, against, fingerprint, found_in, guards_of
from consent.sharing import Basis, Reader, may_know_of
from organisation.models import User
from plans import front, pdf
from plans.models import PlanItem, PlanVersion
from plans.readers import Addressee


class CluesFound(ValidationError):
    """The plan is not finished: papers would name clues to a protected address. `found` says which, to whom."""

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__("Planen er ikke færdig: Et papir nævner spor til en beskyttet adresse.")
        self.found = list(found)


def found_for(
    version: PlanVersion,
    items: list[PlanItem],
    seen: Collection[PlanItem],
    page: front.Page,
    readers: Sequence[Addressee],
    basis: Basis,
    writer: Reader,
    *,
    knows_all: bool,
) -> list[Found]:
    """Every clue that a reader's copy would hold. seen: what the writer may see; a word elsewhere is not named to them."""
    guards = guards_of(version.plan.forloeb)
    known = {one.person for one in guards if knows_all or may_know_of(writer, one.person, basis)}
    own = " ".join(f"{item.text} {item.outcome_note}" for item in seen)
    own += f" {page['meeting']['place']} {(page['next_meeting'] or {}).get('place', '')} {version.correction}"
    found: list[Found] = []
    for one in readers:
        clues = against(guards, one.reader)
        if clues:
            hits = found_in(pdf.words(version, items, page, one, basis), clues)
            mine = set(found_in(own, hits))
            found += [Found(clue, one.label, tells=clue in mine and clue.person in known) for clue in hits]
    return found


def demand_confirmed(found: Sequence[Found], confirmed: str, *, by: User, version: PlanVersion) -> None:
    """Raises CluesFound unless exactly these clues were shown and confirmed; a confirmation stands in the timeline."""
    if not found:
        return
    if confirmed != fingerprint(found):
        raise CluesFound(found)
    events.record(
        by=by,
        forloeb=version.plan.forloeb,
        kind="paper.clues_confirmed",
        text="Et papir er lavet, selv om det nævner spor til en beskyttet adresse.",
        data={"version": version.pk, "clues": len(found)},
    )
