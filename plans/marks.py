"""About whom and on what topic an item is: prefilled by `consent.marking`, kept when set by hand (C5)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from cases.models import Person
from consent.marking import (
    Named,
    Topics,
    guarded_in,
    mentioned,
    people_in,
    people_of,
    sensitive_told,
    suggest,
    topic_told,
    topics_in_use,
)
from consent.sharing import Basis, Facts, Reader, may_see
from consent.unmarked import on_each_topic
from plans.models import PlanItem
from web.danish import listed

__all__ = [
    "Marks",
    "Named",
    "Topics",
    "facts_of_words",
    "may_have_words",
    "of",
    "owner",
    "people_in",
    "people_of",
    "suggested",
    "topics_in_use",
    "warning",
]


@dataclass(frozen=True, slots=True)
class Marks:
    """is_guess: the words leave the topic open (`consent.marking.is_guess`)."""

    about: frozenset[UUID]
    topic: UUID
    is_guess: bool = field(default=False, compare=False)


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
    topic, is_guess = found.topic.pk, found.is_guess
    if above is not None:
        over = of(above)
        about = about if always or mentioned(people, text) else set(over.about)
        if topic_told(text) is None:
            topic, is_guess = over.topic, over.is_guess
    return Marks(frozenset(about | always), topic, is_guess)


def of(item: PlanItem) -> Marks:
    return Marks(frozenset(person.pk for person in item.about.all()), item.topic_id, item.topic_is_guess)


def owner(item: PlanItem, there: Collection[str], writer: str) -> str:
    """Whose own a finished line is: its responsible's, if they took the task at the table, wrote it, or had it before;
    else nobody's, and it stands on consent alone. To be given a task is not to have contributed it (C5).

    there: the recipient keys of those registered present. writer: that of whoever finishes the version.
    """
    own = item.responsible.recipient if item.responsible else ""
    had_it = item.carried_from is not None and item.carried_from.contributed_by == own
    return own if own in there or own == writer or had_it else ""


def facts_of_words(item: PlanItem, text: str, basis: Basis, topics: Topics) -> Facts:
    """What a note about an item is about: how it went, why not yet? No query.

    It has the item's marks, and is besides about whom its words name and on the topic they tell of (C5): »mor blev
    indlagt« under an agreement about Anton's mornings is about mor's health. Words that name somebody or tell of a topic are
    their writer's, also when that is the item's own: the department whose agreement it is has not contributed them.
    """
    facts, told = Facts.of(item), topic_told(text, topics)
    named = {person.pk for person in mentioned(guarded_in(basis), text)}
    tells = bool(named or told or sensitive_told(text, topics))
    return replace(
        facts,
        about=facts.about | named,
        topic=told.pk if told else facts.topic,
        contributed_by="" if tells else facts.contributed_by,
    )


def may_have_words(
    reader: Reader, item: PlanItem, text: str, basis: Basis, topics: Topics, *, own: bool = False
) -> bool:
    """May the reader have a note about an item, as `facts_of_words` has it? own: the reader wrote it. No query."""
    words = facts_of_words(item, text, basis, topics)
    if own:
        words = replace(words, contributed_by=reader.recipient)
    return not text or all(may_see(reader, one, basis) for one in on_each_topic(words, text, topics))


def warning(item: PlanItem, people: Sequence[Named], knows: Callable[[UUID], bool]) -> str:
    """»Sofie står i teksten, men punktet er ikke mærket med Sofie.« or nothing. No query.

    knows: may whoever reads it know of that person? »Far« in a text is not given a name here (C5).
    """
    named = mentioned(people, f"{item.text} {item.outcome_note}")
    missing = [person for person in named if person.pk not in item.about_ids]
    names = [person.first_name for person in missing if knows(person.pk)]
    if not names:
        return "Teksten nævner en, punktet ikke er mærket med." if missing else ""
    told = listed(names)
    rest = " Teksten nævner også en anden, punktet ikke er mærket med." if len(names) < len(missing) else ""
    return f"{told} står i teksten, men punktet er ikke mærket med {told}.{rest}"
