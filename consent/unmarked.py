"""A sentence that carries no marks of its own, shared all the same by the one rule (C5)."""

from cases.models import Forloeb
from consent.marking import mentioned, people_of, suggest, topic_told
from consent.sharing import Basis, Facts, Reader, may_see


def facts_of_text(forloeb: Forloeb, text: str) -> Facts | None:
    """What the text would be marked with, were it a note; None when it names nobody and touches on no topic."""
    people = people_of(forloeb)
    if not text or (not mentioned(people, text) and topic_told(text) is None):
        return None
    found = suggest(people, text)
    return Facts(about=frozenset(person.pk for person in found.about), topic=found.topic.pk)


def may_read(reader: Reader, forloeb: Forloeb, text: str, basis: Basis) -> bool:
    """May the reader have this sentence? A handful of queries, none without a text."""
    if not text:
        return False
    facts = facts_of_text(forloeb, text)
    return facts is None or may_see(reader, facts, basis)
