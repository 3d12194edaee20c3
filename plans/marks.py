"""About whom and on what topic an item is: prefilled by `consent.marking`, kept when set by hand (C5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cases.models import Person
from consent.marking import Named, mentioned, people_in, people_of, suggest, topic_told, unmarked
from plans.models import PlanItem

__all__ = ["Marks", "Named", "of", "people_in", "people_of", "suggested", "warning"]


@dataclass(frozen=True, slots=True)
class Marks:
    about: frozenset[UUID]
    topic: UUID


def suggested(
    people: Sequence[Named],
    text: str,
    *,
    said_by: Person | None,
    responsible_person: Person | None,
    above: PlanItem | None = None,
) -> Marks:
    """What the text itself says. Words concern whoever said them, a task whoever in the family got it.

    above: the item it stands under; where the text says nothing, it is about the same as that.
    """
    found = suggest(people, text, said_by=said_by or responsible_person)
    about = {person.pk for person in found.about}
    always = {person.pk for person in (said_by, responsible_person) if person}
    topic = found.topic.pk
    if above is not None:
        over = of(above)
        about = about if always or mentioned(people, text) else set(over.about)
        topic = topic if topic_told(text) else over.topic
    return Marks(frozenset(about | always), topic)


def of(item: PlanItem) -> Marks:
    return Marks(frozenset(person.pk for person in item.about.all()), item.topic_id)


def warning(item: PlanItem, people: Sequence[Named]) -> str:
    """»Sofie står i teksten, men punktet er ikke mærket med Sofie.« or nothing. No query."""
    names = unmarked(f"{item.text} {item.outcome_note}", item.about_ids, people)
    if not names:
        return ""
    told = " og ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    return f"{told} står i teksten, men punktet er ikke mærket med {told}."
