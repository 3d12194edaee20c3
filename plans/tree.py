"""One reader's plan as a tree: what became of the last one, then goals with what stands under them.

Everything passes the sharing check (C5); the words of the plan before and of the board have their own marks and are
checked for themselves. Goals are numbered per reader, so that a number never tells that one is missing (C6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from consent.labels import Labels
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see, share
from plans import marks
from plans.models import ItemKind, Outcome, PlanItem

ASKED_FIRST = {ItemKind.AGREEMENT: 0, ItemKind.EFFORT: 1, ItemKind.SUB_GOAL: 2, ItemKind.GOAL: 3}


@dataclass(frozen=True, slots=True)
class Voice:
    """The family's own words: »text«, name. who is empty for a reader who may not know of that person."""

    text: str
    who: str


@dataclass(slots=True)
class Line:
    """One item as the reader gets it. `voice`: the words on the board that it came from, when it says it otherwise. `who`
    is to do it, in words."""

    item: PlanItem
    voice: Voice | None = None
    number: int = 0
    who: str = ""

    @property
    def is_voice(self) -> bool:
        """The item's own text is the family's words, unchanged."""
        return self.item.said_by_id is not None and self.voice is None


@dataclass(slots=True)
class Since:
    """What stood in the last plan, in the words it had then, and what became of it (P4)."""

    item: PlanItem
    text: str
    who: str
    note: str = ""
    """Why, in the words of the new plan; empty for who may not have them."""


@dataclass(slots=True)
class Part:
    """A sub-goal with its efforts and agreements; without `sub`: what stands right under the goal."""

    sub: Line | None = None
    efforts: list[Line] = field(default_factory=list)
    agreements: list[Line] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.sub or self.efforts or self.agreements)


@dataclass(slots=True)
class Goal:
    line: Line
    parts: list[Part]

    @property
    def number(self) -> int:
        return self.line.number


@dataclass(slots=True)
class Tree:
    since: list[Since]
    goals: list[Goal]
    others: list[Part]
    """Sub-goals whose goal this reader does not get: shown for themselves, with nothing said of a goal (C5, C6)."""
    loose: Part
    visible: list[PlanItem]
    left_out: int
    shown: list[PlanItem]
    """Every row whose words stand in the tree: the visible items, and those they were carried on from."""

    @property
    def agreements(self) -> list[Line]:
        return [line for part in self._parts for line in part.agreements]

    @property
    def lines(self) -> list[Line]:
        """Every line that stands in the tree, in no order."""
        found = [goal.line for goal in self.goals]
        for part in self._parts:
            found += [*([part.sub] if part.sub else []), *part.efforts, *part.agreements]
        return found

    @property
    def _parts(self) -> list[Part]:
        return [part for goal in self.goals for part in goal.parts] + [*self.others, self.loose]


def read(
    items: Sequence[PlanItem],
    reader: Reader,
    basis: Basis,
    voices: dict[str, dict[str, str]] | None = None,
    *,
    labels: Labels | None = None,
) -> Tree:
    """The tree for one reader. In: the version's rows from `with_sources()`; for a finished version its frozen voices.

    labels: what externals are called, for who has it already.
    """
    labels = labels or Labels([reader], basis)
    shared = share(items, reader, basis)
    visible = {item.pk: item for item in shared.visible}
    old = {
        item.carried_from.pk: item.carried_from
        for item in shared.visible
        if item.carried_from and may_see(reader, Facts.of(item.carried_from), basis)
    }
    noted = [item for item in shared.visible if item.outcome_note]
    topics = labels.topics if noted else {}
    told = {one.pk for one in noted if marks.may_have_words(reader, one, one.outcome_note, basis, topics)}
    since = [_since(item, old, item.pk in told, labels) for item in shared.visible if item.carried_from_id]
    since.sort(key=lambda row: ASKED_FIRST[ItemKind(row.item.kind)])
    lines = {
        pk: Line(item, _voice(item, reader, basis, voices), who=who_has(item, labels))
        for pk, item in visible.items()
        if _stands(item, visible)
    }
    goals, others, loose = _hang(lines)
    used_old = [old[item.carried_from_id] for item in shared.visible if item.carried_from_id in old]
    left_out = shared.left_out + len(noted) - len(told)
    return Tree(since, goals, others, loose, shared.visible, left_out, [*shared.visible, *used_old])


def who_has(item: PlanItem, labels: Labels) -> str:
    """Who is to do it, as it was written that day; an external is named to those who may have the name (C5)."""
    return labels.who(item.responsible_label) if item.responsible_id else item.responsible_label


def _since(item: PlanItem, old: dict[UUID, PlanItem], is_told: bool, labels: Labels) -> Since:
    before = old.get(item.carried_from_id, item) if item.carried_from_id else item
    note = item.outcome_note if is_told else ""
    return Since(item, before.text, who_has(before, labels) or who_has(item, labels), note)


def _stands(item: PlanItem, visible: dict[UUID, PlanItem]) -> bool:
    """Open, or with something open under it."""
    return item.is_open or any(_is_under(other, item, visible) for other in visible.values() if other.is_open)


def _is_under(item: PlanItem, above: PlanItem, visible: dict[UUID, PlanItem]) -> bool:
    at = visible.get(item.parent_id) if item.parent_id else None
    while at is not None:
        if at.pk == above.pk:
            return True
        at = visible.get(at.parent_id) if at.parent_id else None
    return False


def _voice(item: PlanItem, reader: Reader, basis: Basis, voices: dict[str, dict[str, str]] | None) -> Voice | None:
    note = item.from_note
    if note is None or note.said_by is None or not may_see(reader, Facts.of(note), basis):
        return None
    # As on the board: whom the note is not about is named only to who may know of them.
    named = note.said_by_id in note.about_ids or may_know_of(reader, note.said_by.pk, basis)
    if voices is not None:
        frozen = voices.get(str(item.pk))
        return Voice(frozen["text"], frozen["who"] if named else "") if frozen else None
    who = note.said_by.first_name if named else ""
    return Voice(note.text, who) if note.text.strip() != item.text.strip() else None


def _hang(lines: dict[UUID, Line]) -> tuple[list[Goal], list[Part], Part]:
    """Hang each line under its goal and sub-goal. A sub-goal that has lost its goal (the reader may not see it) stands
    among the others with what is under it; what has lost both stands loose."""
    goals: dict[UUID, Goal] = {}
    parts: dict[UUID, Part] = {}
    loose = Part()
    for pk, line in lines.items():
        if line.item.kind == ItemKind.GOAL:
            line.number = len(goals) + 1
            goals[pk] = Goal(line, [Part()])
            parts[pk] = goals[pk].parts[0]
    for pk, line in lines.items():
        if line.item.kind == ItemKind.SUB_GOAL:
            parts[pk] = Part(line)
            if line.item.parent_id in goals:
                goals[line.item.parent_id].parts.append(parts[pk])
    others = [part for part in parts.values() if part.sub and part.sub.item.parent_id not in goals]
    for line in lines.values():
        if line.item.kind in (ItemKind.EFFORT, ItemKind.AGREEMENT):
            part = _home(line.item, parts, lines) or loose
            (part.efforts if line.item.kind == ItemKind.EFFORT else part.agreements).append(line)
    for number, line in enumerate(
        (line for goal in goals.values() for part in goal.parts for line in part.agreements), 1
    ):
        line.number = number
    for goal in goals.values():
        goal.parts = [part for part in goal.parts if not part.is_empty]
    return list(goals.values()), others, loose


def _home(item: PlanItem, parts: dict[UUID, Part], lines: dict[UUID, Line]) -> Part | None:
    at = item.parent_id
    while at is not None:
        if at in parts:
            return parts[at]
        above = lines.get(at)
        at = above.item.parent_id if above else None
    return None


def told_since(tree: Tree) -> list[Since]:
    """For paper: everything but goals that simply stand."""
    stands = (ItemKind.GOAL, ItemKind.SUB_GOAL)
    return [row for row in tree.since if not (row.item.kind in stands and row.item.outcome == Outcome.CARRIED)]
