"""Suggest about whom and on what topic a text is, so that most notes need no extra click; warn of unmarked names (C5)."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cases.models import FamilyMember, FamilyRelation, Forloeb, ForloebPerson, Person
from consent.models import Topic
from consent.sharing import Basis

FALLBACK = "familie"


@dataclass(frozen=True, slots=True)
class Named:
    """A person of the forløb with the words that point at them: own names, and mor, far, … of the family."""

    person: Person
    is_focus: bool
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marking:
    """about and topic are ready to store; unmarked_names: named in the text, but not among `about`."""

    about: frozenset[Person]
    topic: Topic
    unmarked_names: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    """topics.toml: topic key → beginnings of words; with a space at the end, of that word alone."""
    with (Path(__file__).parent / "topics.toml").open("rb") as file:
        read = tomllib.load(file)
    return {key: tuple(word.casefold() for word in words) for key, words in read["words"].items()}


@lru_cache(maxsize=1)
def _relation_words() -> dict[str, tuple[str, ...]]:
    with (Path(__file__).parent / "topics.toml").open("rb") as file:
        return {key: tuple(words) for key, words in tomllib.load(file)["relations"].items()}


def people_of(forloeb: Forloeb) -> list[Named]:
    """The persons of a forløb with the words that name them: two queries, to be asked once per page."""
    members = {member.person_id: member for member in FamilyMember.objects.filter(family=forloeb.family_id)}
    rows = ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True).select_related("person")
    return [
        named(row, member.kind if member else "", member.relation if member else "")
        for row in rows.order_by("-is_focus", "pk")
        for member in [members.get(row.person_id)]
    ]


def people_in(basis: Basis) -> list[Named]:
    """`people_of` for a page that has the basis already: no query."""
    rows: list[Any] = sorted(basis.family, key=lambda row: (not row.is_focus, row.pk))
    return [named(row, row.kind or "", row.relation or "") for row in rows]


def guarded_in(basis: Basis) -> list[Named]:
    """Everybody whom a text may not tell of without leave: also who has left the forløb, or only stands in the family.
    No query."""
    return [_named(row.person, False, row.kind, row.relation) for row in basis.everybody]


def named(row: ForloebPerson, kind: str, in_family: str) -> Named:
    """One row with the words that point at the person. kind, in_family: of the family's member, empty without."""
    return _named(row.person, row.is_focus, kind, in_family)


def _named(person: Person, is_focus: bool, kind: str, in_family: str) -> Named:
    words = {person.first_name.casefold(), person.first_name.split()[0].casefold()}
    if kind in (FamilyRelation.PARENT, FamilyRelation.STEP_PARENT):
        told = set(_tokens(in_family))
        for relation, synonyms in _relation_words().items():
            if relation in told or told & set(synonyms):
                words |= {relation, *synonyms}
    return Named(person, is_focus, frozenset(words - {""}))


Topics = Mapping[str, Topic]


def topics_in_use() -> Topics:
    """Key → topic, in their order: one query, for who asks about several texts."""
    return {topic.key: topic for topic in Topic.objects.in_use()}


def suggest(people: Sequence[Named], text: str, said_by: Person | None = None, topics: Topics | None = None) -> Marking:
    """Who and what a text is about.

    people: from `people_of(forloeb)`. about: who said it, and whoever the text names; else the persons the forløb is
    especially about; else all. topic: the topic whose words stand most often in the text, else »familie og netværk«.
    """
    named = mentioned(people, text)
    about = frozenset(named) | ({said_by} if said_by is not None else frozenset())
    if not about:
        about = frozenset(one.person for one in people if one.is_focus) or frozenset(one.person for one in people)
    return Marking(about=about, topic=topic_for(text, topics), unmarked_names=unmarked(text, about, people))


def mentioned(people: Sequence[Named], text: str) -> list[Person]:
    """The persons whom a text names, genitives too (»Carls«, »mors«)."""
    said = set(_tokens(text))
    said |= {word[:-1] for word in said if word.endswith("s")} | {word.rstrip("'’") for word in said}
    whole = f" {' '.join(_tokens(text))} "
    return [
        one.person
        for one in people
        if one.words & said or any(" " in word and f" {word}" in whole for word in one.words)
    ]


def unmarked(text: str, about: Iterable[Person | UUID], people: Sequence[Named]) -> tuple[str, ...]:
    """First names of those whom a text names without being marked with (persons or their ids): the warning before it
    is saved."""
    marked = {getattr(one, "pk", one) for one in about}
    return tuple(person.first_name for person in mentioned(people, text) if person.pk not in marked)


def topic_for(text: str, topics: Topics | None = None) -> Topic:
    """The topic that the text tells of, else »familie og netværk«."""
    topics = topics_in_use() if topics is None else topics
    return topic_told(text, topics) or topics.get(FALLBACK) or next(iter(topics.values()))


def topic_told(text: str, topics: Topics | None = None) -> Topic | None:
    """The topic whose words stand most often in the text. In a draw the sensitive topic, then the first of the list."""
    topics = topics_in_use() if topics is None else topics
    counts = {key: count for key, count in _counts(text).items() if key in topics}
    best = max(counts.values(), default=0)
    if not best:
        return None
    leaders = [topics[key] for key, count in counts.items() if count == best]
    return min(leaders, key=lambda topic: (not topic.is_sensitive, topic.position))


def keys_told(text: str) -> set[str]:
    """The keys of all topics whose words stand in the text."""
    return {key for key, count in _counts(text).items() if count}


def _counts(text: str) -> dict[str, int]:
    """Topic key → how many words of the text tell of it."""
    words = _tokens(text)
    return {key: sum(f"{word} ".startswith(beginnings) for word in words) for key, beginnings in _table().items()}


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.casefold())
