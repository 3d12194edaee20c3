"""A line that its own writer may not see again: told with its words, and what to do (C5, C6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.access import Standing
from cases.models import Participation, ParticipationRole
from consent.sharing import Basis, Facts, Reader, may_see
from meetings.readers import reader_of
from plans.models import ItemKind, PlanItem


@dataclass(frozen=True, slots=True)
class Unseen:
    """One line that went out of the writer's sight. `part`: the place on the sheet that it stood in."""

    pk: str
    told: str
    part: str = "line"

    @property
    def is_goal(self) -> bool:
        """A goal's place holds other lines too, which stay."""
        return self.part == "goal"

    @property
    def is_since(self) -> bool:
        return self.part == "since"


def after_save(
    posted: Mapping[str, str], before: Iterable[PlanItem], now: Iterable[PlanItem], standing: Standing, basis: Basis
) -> list[Unseen]:
    """What the writer posted and may not see: saved just now and gone, or out of sight before the save came.

    In: the posted fields; the visible items before and after the save. The words are the writer's own as posted, so
    nothing is told that the writer did not have. Two queries when there is something to tell, else none.
    """
    could, can = {str(item.pk): item for item in before}, {str(item.pk) for item in now}
    told: list[Unseen] = []
    for name in posted:
        pk = name[2:]
        if name[:2] not in ("v-", "w-") or pk in can:
            continue
        text = " ".join(posted.get(f"text-{pk}", "").split())
        if pk in could:
            item = could[pk]
            part = "since" if name[:2] == "w-" else "goal" if item.kind == ItemKind.GOAL else "line"
            told.append(Unseen(pk, sentence(text or item.text, item.pk, standing, basis), part))
        elif text:
            told.append(Unseen(pk, f"»{text}« er ikke gemt: Linjen er fjernet, eller du må ikke se den mere."))
    return told


def of_item(pk: UUID, text: str, reader: Reader, standing: Standing, basis: Basis) -> str:
    """The sentence when the item, as it is saved now, is out of the writer's sight; else nothing."""
    item = PlanItem.objects.for_sharing().get(pk=pk)
    return "" if may_see(reader, Facts.of(item), basis) else sentence(text, pk, standing, basis)


def sentence(text: str, pk: UUID, standing: Standing, basis: Basis) -> str:
    """»…« er gemt, and whom to ask. The tovholder is named only when they may see the line and can mend its marks."""
    start = f"»{text}« er gemt. Du må ikke selv se det igen: samtykke mangler."
    tovholder = _tovholder(standing)
    facts = Facts.of(PlanItem.objects.for_sharing().get(pk=pk))
    if tovholder is not None and may_see(reader_of(tovholder), facts, basis):
        return f"{start} Er emnet gættet forkert, så bed tovholderen, {tovholder.name}, om at rette det."
    return f"{start} Er emnet gættet forkert, så skriv det igen med andre ord."


def _tovholder(standing: Standing) -> Any:
    if standing.is_tovholder:
        return None
    rows = Participation.objects.open().filter(forloeb=standing.participation.forloeb_id)
    return rows.filter(role=ParticipationRole.TOVHOLDER).select_related("user", "department", "external").first()
