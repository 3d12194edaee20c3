"""A sentence that carries no marks of its own, shared all the same by the one rule (C5)."""

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

from cases.models import Forloeb
from consent.basis import load_basis
from consent.marking import (
    Topics,
    guarded_in,
    mentioned,
    people_in,
    sensitive_told,
    suggest,
    topic_told,
    topics_in_use,
)
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from web.danish import danish_sorted, listed


def facts_of_text(
    basis: Basis, text: str, topics: Topics | None = None, *, contributed_by: str = "", said_by: UUID | None = None
) -> Facts | None:
    """What the text would be marked with, were it a note; None when it names nobody and touches on no topic.

    about: whom it names, who has left the forløb too; where it tells of a topic only, the persons the forløb is
    especially about. said_by: whose own words they are; these are about them besides, whatever they tell.
    """
    topics = topics_in_use() if topics is None else topics
    named = {person.pk for person in mentioned(guarded_in(basis), text)}
    if not named and said_by is None and topic_told(text, topics) is None:
        return None
    found = suggest(people_in(basis), text, topics=topics)
    about = frozenset(named | {said_by} if said_by else named or {person.pk for person in found.about})
    return Facts(about=about, topic=found.topic.pk, contributed_by=contributed_by)


def may_read(
    reader: Reader,
    text: str,
    basis: Basis,
    *,
    contributed_by: str = "",
    said_by: UUID | None = None,
    topics: Topics | None = None,
) -> bool:
    """May the reader have this sentence? One query, none without a text. Nothing to read is not read.

    contributed_by: the department that wrote it, as `Participation.recipient`; "" when nobody's own.
    said_by: the person whose own words they are, e.g. on the smiley ruler.
    topics: those in use, when they are fetched already; then no query.
    """
    if not text:
        return False
    topics = topics_in_use() if topics is None else topics
    facts = facts_of_text(basis, text, topics, contributed_by=contributed_by, said_by=said_by)
    return facts is None or all(may_see(reader, one, basis) for one in on_each_topic(facts, text, topics))


def may_hear(reader: Reader, text: str, basis: Basis, said_by: UUID, topics: Topics) -> bool:
    """May the reader have words that a person let them have, as on the smiley ruler (M9)? No query.

    About the speaker: until the speaker says no. About whom the words name besides, the speaker cannot say yes.
    """
    facts = facts_of_text(basis, text, topics, said_by=said_by)
    return facts is None or all(
        may_see(reader, replace(one, about=one.about - {said_by}), basis)
        and may_see(reader, replace(one, about=frozenset({said_by}), contributed_by=reader.recipient), basis)
        for one in on_each_topic(facts, text, topics)
    )


def others_named(text: str, about: Collection[UUID], basis: Basis, knows: Callable[[UUID], bool]) -> str:
    """»Teksten nævner Carl. …«: told to whoever wrote a text without marks of its own, when it names more of the family
    than the row that it stands in is about, and so reaches fewer than that (C5). No query.

    knows: may the writer know of that person? »Far« in a text is not given a name here.
    """
    others = [person for person in mentioned(guarded_in(basis), text) if person.pk not in about]
    names = danish_sorted(person.first_name for person in others if knows(person.pk))
    if not others:
        return ""
    whom = listed(names if len(names) == len(others) else [*names, "en anden i familien"])
    return f"Teksten nævner {whom}. Den vises kun for dem, der også må vide det om {whom}."


def on_each_topic(facts: Facts, text: str, topics: Topics) -> list[Facts]:
    """The facts of a text, and the same on every sensitive topic that it tells of: »indlagt efter et tilbagefald« needs a
    yes to both. No query."""
    told = dict.fromkeys([facts.topic, *(topic.pk for topic in sensitive_told(text, topics))])
    return [replace(facts, topic=topic) for topic in told]


def names_only_known(reader: Reader, label: str, basis: Basis) -> bool:
    """Does a label (the family's name, an employee's function) name nobody but those the reader may know of? No query.

    »Klasselærer for Ida« tells a reader of Ida, whatever consents say of her.
    """
    return all(may_know_of(reader, person.pk, basis) for person in mentioned(guarded_in(basis), label))


def knows_names_in(forloeb: Forloeb, recipient: str) -> Callable[[str], bool]:
    """`names_only_known` for one department or external party of a forløb, for the apps below this one. Two queries."""
    reader, basis = Reader(recipient), load_basis(forloeb)
    return lambda label: names_only_known(reader, label, basis)
