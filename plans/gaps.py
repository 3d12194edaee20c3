"""What is missing before a plan can be finished, said where it is missing and once in a list (P3, P4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from plans.models import NEEDS_WHY, ItemKind, Outcome, PlanItem

START_LENGTH = 32
# Said without the name: the writer need not know of whoever left (C5).
HAS_LEFT = "Den, der skulle gøre det, er ikke med mere. Vælg en anden."


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing. `target` is the id of the field on the writing page."""

    text: str
    field: str  # "outcome", "outcome_note", "text", "who", "due_on", "goal" or "unseen"
    item: UUID | None = None

    @property
    def target(self) -> str:
        if self.item:
            return f"{self.field}-{self.item}"
        return "udeladt" if self.field == "unseen" else "nyt-maal"


class Incomplete(ValidationError):
    """The plan cannot be finished yet; `gaps` says what is missing."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__([gap.text for gap in gaps])
        self.gaps = list(gaps)


def gaps_of(visible: Sequence[PlanItem], *, has_goal: bool, here: Collection[UUID]) -> list[Gap]:
    """What the writer must still say, in the order of the page. Only about items that the writer may see (C5).

    In: the draft's items as the writer's sharing check gave them; whether the plan has a goal at all; who of the family is
    in the forløb now.
    """
    found = [gap for item in visible if item.carried_from_id for gap in _since(item)]
    found += [gap for item in visible if item.is_open for gap in _standing(item, here)]
    found += _left_standing(visible)
    if not has_goal:
        found.append(Gap("Planen har intet mål endnu. Skriv det første.", "goal"))
    return found


def _since(item: PlanItem) -> Iterable[Gap]:
    name = start_of(item.carried_from.text if item.carried_from else item.text)
    if not item.outcome:
        yield Gap(f"{name}: hvad blev der af det?", "outcome", item.pk)
    elif item.outcome in NEEDS_WHY and not item.outcome_note.strip():
        yield Gap(f"{name}: hvorfor ({Outcome(item.outcome).label.lower()})?", "outcome_note", item.pk)


def _standing(item: PlanItem, here: Collection[UUID]) -> Iterable[Gap]:
    if not item.text.strip():
        yield Gap(f"Et tomt punkt: {item.get_kind_display()}. Skriv det, eller fjern det.", "text", item.pk)
        return
    if item.kind == ItemKind.AGREEMENT:
        if not (item.responsible_id or item.responsible_person_id):
            yield Gap(f"{start_of(item.text)}: hvem?", "who", item.pk)
        elif has_left(item, here):  # no copy is made for whoever takes no part, so nobody would know of the task (P6)
            yield Gap(f"{start_of(item.text)}: {HAS_LEFT[:1].lower()}{HAS_LEFT[1:]}", "who", item.pk)
        elif item.responsible_person_id in item.kept_from_ids:  # else it is on nobody's paper, and nobody knows (M8)
            told = f"{item.responsible_label} skal gøre det, men det holdes fra {item.responsible_label}"
            yield Gap(f"{start_of(item.text)}: {told}. Ret det ene.", "who", item.pk)
        if item.due_on is None:
            yield Gap(f"{start_of(item.text)}: hvornår?", "due_on", item.pk)


def has_left(item: PlanItem, here: Collection[UUID]) -> bool:
    """Whoever has the task takes part no longer: an employee or external whose part is over, somebody of the family who is
    not in the forløb (`here`: those who are)."""
    if item.responsible is not None:
        return item.responsible.to_date is not None and item.responsible.to_date <= timezone.localdate()
    return item.responsible_person_id is not None and item.responsible_person_id not in here


def lacks_who_or_when(item: PlanItem, here: Collection[UUID]) -> bool:
    """An agreement of this version that nobody can follow up as it stands."""
    return (
        item.kind == ItemKind.AGREEMENT
        and item.is_open
        and not item.carried_from_id
        and bool(item.text.strip())
        and (item.due_on is None or not (item.responsible_id or item.responsible_person_id) or has_left(item, here))
    )


def _left_standing(visible: Sequence[PlanItem]) -> Iterable[Gap]:
    """A goal cannot be over while something under it still stands."""
    closed = {item.pk: item for item in visible if item.carried_from_id and not item.is_open}
    told: set[UUID] = set()
    for item in visible:
        above = item.parent_id
        if item.is_open and above in closed and above not in told:
            told.add(above)
            name = start_of(closed[above].text)
            yield Gap(f"{name}: noget under det står stadig åbent.", "outcome", above)


def start_of(text: str, length: int = START_LENGTH) -> str:
    """The first words of a text, to name it by."""
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",.;:") + " …"


def fields_missing(gaps: Collection[Gap]) -> set[str]:
    """Targets, for marking the fields themselves."""
    return {gap.target for gap in gaps}
