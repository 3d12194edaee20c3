"""Writing in a draft: goals, sub-goals, efforts and agreements."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from cases.access import Standing
from cases.models import ForloebPerson, Participation, Person
from consent.basis import load_basis
from consent.models import Shared, Topic
from consent.sharing import Basis, Facts, Reader, may_see
from meetings.models import BoardNote
from organisation.models import User
from plans import marks
from plans.access import demand_draft, demand_may_agree, demand_writer, reader_of_standing
from plans.models import ItemKind, Outcome, PlanItem, PlanItemQuerySet, PlanVersion
from web.errors import Refused
from web.locking import take

BELONGS_UNDER: dict[str, tuple[str, ...]] = {
    ItemKind.GOAL: (),
    ItemKind.SUB_GOAL: (ItemKind.GOAL,),
    ItemKind.EFFORT: (ItemKind.GOAL, ItemKind.SUB_GOAL),
    ItemKind.AGREEMENT: (ItemKind.GOAL, ItemKind.SUB_GOAL, ItemKind.EFFORT),
}
CHANGEABLE = {
    "text", "said_by", "responsible", "responsible_person", "due_on", "is_long_term", "parent", "position",
    "about", "topic", "kept_from",
}  # fmt: skip
GONE = "Punktet er fjernet, eller du kan ikke se det."


@transaction.atomic
def add_item(
    *,
    by: User,
    version: PlanVersion,
    kind: str,
    parent: PlanItem | None = None,
    text: str = "",
    responsible: Participation | None = None,
    responsible_person: Person | None = None,
    due_on: date | None = None,
    said_by: Person | None = None,
    about: Iterable[Person] | None = None,
    topic: Topic | None = None,
    kept_from: Iterable[Person] | None = None,
    from_note: BoardNote | None = None,
    is_long_term: bool = False,
) -> PlanItem:
    """Add one item to a draft. An empty text is allowed: the plan says that it is missing.

    parent: the item it stands under; without it, a goal stands alone and anything else goes under the last goal that the
    writer may see.
    about, topic: None = what the text itself suggests. Whoever said it or is to do it is always among `about`.
    kept_from: None = as what it stands under (M8): an agreement under a child's kept goal would give the goal away.
    from_note: the board note whose words it has. While it is a draft, a line is its writer's department's own; one from a
    note stays whose the note was, or else who was not at the meeting could read the board through the plan (C5).
    Raises Refused, or ValidationError with Danish texts.
    """
    standing = _writing(by, version)
    if version.corrects_id is not None:
        demand_may_agree(version.meeting, corrects=True)
    sees = _sight(standing, version)
    parent = _parent(version, kind, parent, sees)
    hidden_from: Iterable[Person] = (parent.kept_from.all() if parent else ()) if kept_from is None else kept_from
    _in_forloeb(
        version, responsible=responsible, persons=(responsible_person, said_by, *(about or ()), *(kept_from or ()))
    )
    item = PlanItem(
        version=version,
        kind=kind,
        parent=parent,
        text=text.strip(),
        responsible=responsible,
        responsible_person=responsible_person,
        responsible_label=_label(responsible, responsible_person),
        due_on=due_on,
        said_by=said_by,
        from_note=from_note,
        is_long_term=is_long_term,
        contributed_by=from_note.contributed_by if from_note else standing.recipient,  # `finish` says whose it is then
        position=(version.items.aggregate(last=Max("position"))["last"] or 0) + 1,
    )
    found = _suggested(item, sees)
    item.topic_id = topic.pk if topic else found.topic
    item.topic_is_guess = found.is_guess if topic is None else bool(from_note and from_note.topic_is_guess)
    item.full_clean()
    item.save()
    chosen: Iterable[Any] = found.about if about is None else {person.pk for person in about}
    item.about.set({*chosen, *_always(item)})  # type: ignore[arg-type]
    item.kept_from.set(hidden_from)
    return item


@transaction.atomic
def use_note(*, by: User, version: PlanVersion, note: BoardNote, kind: str, parent: PlanItem | None = None) -> PlanItem:
    """Put a board note into the draft as a goal, sub-goal, effort or agreement, with its marks and the family's words.

    Raises Refused: the note is of another meeting, already stands in the draft, or the writer may not see it (C5).
    """
    standing = _writing(by, version)
    if note.meeting_id != version.meeting_id:
        raise Refused("Punktet står på et andet mødes tavle.")
    if not _sight(standing, version)(note):
        raise Refused(GONE)
    if version.items.filter(from_note=note).exists():
        raise Refused("Punktet står allerede i planen.")
    return add_item(
        by=by,
        version=version,
        kind=kind,
        parent=parent,
        text=note.text,
        said_by=note.said_by,
        about=note.about.all(),
        topic=note.topic,
        kept_from=note.kept_from.all(),
        from_note=note,
    )


@transaction.atomic
def change_item(*, by: User, item: PlanItem, row_version: int | None = None, **changes: Any) -> PlanItem:
    """Change what is named: text, said_by, responsible, responsible_person, due_on, is_long_term, parent, position,
    about, topic, kept_from. A responsible of one sort takes the place of the other.

    Marks follow a new text as long as nobody has set them by hand; a topic that was chosen is no guess. A note's words
    that another department rewords are no longer the note's department's own (C5). Nothing to change = nothing saved.
    Raises Refused, Stale with the row as it is now, or ValidationError.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise TypeError(f"Cannot change: {sorted(unknown)}")
    standing, sees, locked = _take(by, item, row_version)
    version = locked.version
    before = _suggested(locked, sees)
    by_itself = marks.of(locked) == marks.Marks(before.about | _always(locked), before.topic)
    about, kept_from = changes.pop("about", None), changes.pop("kept_from", None)
    by_itself = by_itself and about is None and "topic" not in changes
    if "topic" in changes:
        changes["topic_is_guess"] = False
    if changes.get("responsible"):
        changes["responsible_person"] = None
    elif changes.get("responsible_person"):
        changes["responsible"] = None
    if "parent" in changes:
        changes["parent"] = _parent(version, locked.kind, changes["parent"], sees, stays=locked.parent)
    if "text" in changes:
        changes["text"] = changes["text"].strip()
    persons = (changes.get("responsible_person"), changes.get("said_by"), *(about or ()), *(kept_from or ()))
    _in_forloeb(version, responsible=changes.get("responsible"), persons=persons)
    changed = [name for name, value in changes.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, changes[name])
    locked.responsible_label = _label(locked.responsible, locked.responsible_person)
    from_board = locked.from_note_id and not locked.carried_from_id
    if "text" in changed and from_board and locked.contributed_by != standing.recipient:
        locked.contributed_by = ""
    after = _suggested(locked, sees) if by_itself else None
    if after and (after.topic != locked.topic_id or "text" in changed):
        locked.topic_id, locked.topic_is_guess = after.topic, after.is_guess
    now = {person.pk for person in locked.about.all()}
    wanted = (after.about if after else {person.pk for person in about} if about is not None else now) | _always(locked)
    if not locked.text and locked.responsible_person_id and "responsible_person" in changed:
        _demand_words_first(locked, frozenset(wanted), sees)
    kept_now = {person.pk for person in locked.kept_from.all()}
    kept = kept_now if kept_from is None else {person.pk for person in kept_from}
    if changed or wanted != now or kept != kept_now:
        locked.full_clean(exclude=["carried_from"])
        locked.save()
        locked.about.set([*wanted])
        locked.kept_from.set([*kept])
    return locked


@transaction.atomic
def set_outcome(*, by: User, item: PlanItem, outcome: str, note: str = "", row_version: int | None = None) -> PlanItem:
    """Say what became of an item from the version before (P4). Why is asked for when the plan is finished.

    Raises Refused, Stale, or ValidationError: not carried over, or not one of the outcomes.
    """
    *_, locked = _take(by, item, row_version)
    if outcome and outcome not in Outcome.values:
        raise ValidationError({"outcome": "Vælg, hvad der blev af det."})
    if locked.carried_from_id is None:
        raise ValidationError({"outcome": "Kun det, der stod i sidste plan, kan gøres op."})
    if (locked.outcome, locked.outcome_note) != (outcome, note.strip()):
        locked.outcome, locked.outcome_note = outcome, note.strip()
        locked.full_clean(exclude=["carried_from"])
        locked.save()
    return locked


@transaction.atomic
def remove_item(*, by: User, item: PlanItem, row_version: int | None = None) -> None:
    """Take a new item out of the draft. What stood in the last plan is answered, not removed (P4).

    Raises Refused, Stale, or ValidationError: carried over, or something stands under it.
    """
    *_, locked = _take(by, item, row_version)
    if locked.carried_from_id is not None:
        raise ValidationError("Punktet stod i sidste plan. Vælg »Udgår«, og skriv hvorfor.")
    if locked.children.exists():
        raise ValidationError("Der står noget under punktet. Fjern eller flyt det først.")
    locked.delete()


# --- what the verbs above share -------------------------------------------------------------------------------------
def _writing(by: User, version: PlanVersion) -> Standing:
    standing = demand_writer(by, version)
    PlanVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)  # nobody finishes it meanwhile
    demand_draft(PlanVersion.objects.get(pk=version.pk))
    return standing


@dataclass(frozen=True, slots=True)
class Sight:
    """What a writer may see of the board and the draft (C5)."""

    reader: Reader
    basis: Basis

    def __call__(self, thing: Shared) -> bool:
        return may_see(self.reader, Facts.of(thing), self.basis)

    def last(self, rows: PlanItemQuerySet) -> PlanItem | None:
        """The last of the rows that the writer may see."""
        return rows.for_sharing().seen_by(self.reader, self.basis).last()


def _sight(standing: Standing, version: PlanVersion) -> Sight:
    """Three queries, however much is looked at."""
    return Sight(reader_of_standing(standing), load_basis(version.plan.forloeb))


def _take(by: User, item: PlanItem, row_version: int | None) -> tuple[Standing, Sight, PlanItem]:
    """The locked item of a draft, which this writer may see; before it the writer's standing and what else they may see.

    Raises Refused or Stale.
    """
    standing = _writing(by, item.version)
    rows = PlanItem.objects.select_related("version__plan__forloeb", "topic")
    try:
        locked = take(rows, item.pk, row_version)
    except PlanItem.DoesNotExist as gone:
        raise Refused(GONE) from gone
    sees = _sight(standing, locked.version)
    if not sees(locked):
        raise Refused(GONE)
    return standing, sees, locked


def _parent(
    version: PlanVersion, kind: str, parent: PlanItem | None, sees: Sight, stays: PlanItem | None = None
) -> PlanItem | None:
    """Where an item goes: nowhere that the writer may not see, except where it `stays`. Raises ValidationError."""
    if kind not in ItemKind.values:
        raise ValidationError({"kind": "Vælg mål, delmål, indsats eller aftale."})
    if kind == ItemKind.GOAL:
        return None
    if parent is None:
        # To stand under a goal that the writer may not see would tell whom that one is about (C5).
        parent = sees.last(version.items.filter(kind=ItemKind.GOAL).carried_on())
    if parent is None:
        raise ValidationError({"parent": "Skriv et mål først. Delmål, indsatser og aftaler hører under et mål."})
    is_here = parent.version_id == version.pk and parent.kind in BELONGS_UNDER[kind]
    if not (is_here and (parent == stays or sees(parent))):
        raise ValidationError({"parent": "Punktet kan ikke stå dér. Vælg et mål eller et delmål."})
    return parent


def _in_forloeb(version: PlanVersion, *, responsible: Participation | None, persons: Iterable[Person | None]) -> None:
    """Nobody from outside the forløb gets into its plan."""
    forloeb = version.plan.forloeb_id
    if responsible is not None and responsible.forloeb_id != forloeb:
        raise ValidationError({"responsible": "Vælg en af deltagerne i forløbet."})
    wanted = {person.pk for person in persons if person is not None}
    here = set(ForloebPerson.objects.filter(forloeb=forloeb, person__in=wanted).values_list("person", flat=True))
    if wanted - here:
        raise ValidationError({"about": "Vælg en fra familien i dette forløb."})


def _label(responsible: Participation | None, person: Person | None) -> str:
    if responsible is not None:
        return f"{responsible.name} ({responsible.home})"
    return person.first_name if person else ""


def _always(item: PlanItem) -> set[UUID]:
    """Words concern whoever said them; a task concerns whoever got it."""
    return {pk for pk in (item.said_by_id, item.responsible_person_id) if pk}


def _demand_words_first(item: PlanItem, about: frozenset[UUID], sees: Sight) -> None:
    """A line without words that goes out of its writer's sight can never get them, nor be removed (C5, P3)."""
    facts = Facts.of(item)
    if not may_see(sees.reader, replace(facts, about=about, topic=item.topic_id), sees.basis):
        text = f"Skriv aftalen, før du vælger {item.responsible_label}. Det er ikke sikkert, at du må se den bagefter."
        raise ValidationError({"responsible_person": text})


def _suggested(item: PlanItem, sees: Sight) -> marks.Marks:
    """What the item's own text says, else what it stands under: unless the writer may not see that (C5)."""
    above = item.parent if item.parent and sees(item.parent) else None
    return marks.suggested(
        marks.people_of(item.version.plan.forloeb),
        item.text,
        said_by=item.said_by,
        responsible_person=item.responsible_person,
        above=above,
    )
