"""Suggest about whom and on what topic a text is, so that most notes need no extra click; warn of unmarked names (C5)."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import IntegerField, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from cases.models import FamilyMember, FamilyRelation, Forloeb, ForloebPerson, Person
from consent.models import Ids, Topic
from consent.sharing import Basis

FALLBACK = "familie"
LONG = 10  # words: a text as long as that, which touches on no topic, tells something that the words do not give away


@dataclass(frozen=True, slots=True)
class Named:
    """A person of the forløb with the words that point at them: own names, and mor, far, … of the family."""

    person: Person
    is_focus: bool
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marking:
    """about and topic are ready to store; unmarked_names: named in the text, but not among `about`.

    is_guess: the words leave the topic open, so whoever reads the note is told that it was guessed.
    """

    about: frozenset[Person]
    topic: Topic
    unmarked_names: tuple[str, ...] = ()
    is_guess: bool = False


@lru_cache(maxsize=1)
def _read() -> dict[str, dict[str, tuple[str, ...]]]:
    with (Path(__file__).parent / "topics.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {
        name: {key: tuple(word.casefold() for word in words) for key, words in table.items()}
        for name, table in tables.items()
    }


def _table() -> dict[str, tuple[str, ...]]:
    """topics.toml: topic key → beginnings of words; with a space at the end, of that word alone."""
    return _read()["words"]


@lru_cache(maxsize=1)
def _ordinary() -> dict[str, re.Pattern[str]]:
    """topics.toml: topic key → the turns of everyday speech that have one of its words and say nothing of it."""
    return {
        key: re.compile(f"(?<= )(?:{'|'.join(map(re.escape, turns))})") for key, turns in _read()["ordinary"].items()
    }


def needs_capital(name: str) -> bool:
    """Is the first name an ordinary word as well (topics.toml)? Then it names somebody only with its capital letter."""
    return name.casefold() in _read()["capital"]["names"]


def telling(kind: str) -> tuple[str, ...]:
    """topics.toml: the words by which staff bring on what somebody has told. kind: verbs, pronouns,
    sources, others (who is nobody of the family)."""
    return _read()["telling"][kind]


def _relation_words() -> dict[str, tuple[str, ...]]:
    return _read()["relations"]


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


TOLD_BY = ("id", "key", "position", "is_sensitive")  # what the rules ask of a topic


def topics_together() -> Subquery:
    """The topics in use as one value, to be fetched with a row that a page asks for anyway; `topics_from` reads it."""
    number = Cast("is_sensitive", IntegerField())  # the two databases write true and false differently
    parts: list[Any] = [Cast("pk", TextField()), "key", Cast("position", TextField()), Cast(number, TextField())]
    told = Concat(*[one for part in parts for one in (Value(":"), part)][1:], output_field=TextField())
    rows = Topic.objects.in_use().order_by().values(all=Value(1)).annotate(keys=Ids(told)).values("keys")
    return Subquery(rows, output_field=TextField())


def topics_from(text: str | None) -> Topics:
    """Key → topic, in their order, of what `topics_together` fetched. Asked for anything else than `TOLD_BY`, each topic
    asks the database."""
    found = []
    for one in text.split(",") if text else ():
        pk, key, position, is_sensitive = one.split(":")
        values = [UUID(pk), key, int(position), is_sensitive == "1"]
        found.append(Topic.from_db(None, TOLD_BY, values))
    return {topic.key: topic for topic in sorted(found, key=lambda topic: topic.position)}


def suggest(people: Sequence[Named], text: str, said_by: Person | None = None, topics: Topics | None = None) -> Marking:
    """Who and what a text is about.

    people: from `people_of(forloeb)`. about: who said it, and whoever the text names; else the persons the forløb is
    especially about; else all. topic: as `topic_told` finds it, else »familie og netværk«.
    """
    topics = topics_in_use() if topics is None else topics
    named = mentioned(people, text)
    about = frozenset(named) | ({said_by} if said_by is not None else frozenset())
    if not about:
        about = frozenset(one.person for one in people if one.is_focus) or frozenset(one.person for one in people)
    return Marking(
        about=about,
        topic=topic_for(text, topics),
        unmarked_names=unmarked(text, about, people),
        is_guess=is_guess(text, topics, of_somebody=bool(named) or said_by is not None),
    )


def mentioned(people: Sequence[Named], text: str) -> list[Person]:
    """The persons whom a text names, genitives too (»Carls«, »mors«); »bo« is not Bo."""
    said = _with_genitives(_tokens(text))
    written = re.findall(r"[\w'’]+", text)
    capital = _with_genitives(word.casefold() for word in written if word.lstrip("'’")[:1].isupper())
    said = {word for word in said if word in capital or not needs_capital(word)}
    whole = f" {' '.join(_tokens(text))} "
    return [
        one.person
        for one in people
        if one.words & said or any(" " in word and f" {word}" in whole for word in one.words)
    ]


def _with_genitives(words: Iterable[str]) -> set[str]:
    """»Annas«, »Jens'«, and as many write it »Anna's«."""
    said = set(words)
    said |= {word[:-1] for word in said if word.endswith("s")}
    return said | {word.rstrip("'’") for word in said}


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
    """The topic that the words of a text tell of.

    One word of a sensitive topic goes before any number of the others: »far hentede Ida hos mor, fordi mor var på
    afvænning« is about addiction. Else the topic whose words stand most often; in a draw the first of the list.
    """
    topics = topics_in_use() if topics is None else topics
    counts = {key: count for key, count in _counts(text).items() if key in topics}
    if not counts:
        return None
    return min(
        (topics[key] for key in counts), key=lambda topic: (not topic.is_sensitive, -counts[topic.key], topic.position)
    )


def sensitive_told(text: str, topics: Topics) -> list[Topic]:
    """Every sensitive topic that the words of a text tell of. A note is marked with one; a sentence without marks is as
    secret as the most secret thing in it."""
    return [topics[key] for key in _counts(text) if key in topics and topics[key].is_sensitive]


def is_guess(text: str, topics: Topics, *, of_somebody: bool) -> bool:
    """Do the words leave open what the text is about? They do when they tell of two sensitive topics, of which a note can
    have one; or, in a long text of somebody, of no topic at all.

    of_somebody: it names somebody of the family, or is their own words.
    """
    told = [topics[key] for key in keys_told(text) if key in topics]
    if not told:
        return of_somebody and len(_tokens(text)) >= LONG
    return sum(topic.is_sensitive for topic in told) > 1


def keys_told(text: str) -> set[str]:
    """The keys of all topics whose words stand in the text, in use or not."""
    return set(_counts(text))


def _counts(text: str) -> dict[str, int]:
    """Topic key → how many of its words stand in the text, of those that have any."""
    whole = f" {' '.join(_tokens(text))} "
    found: dict[str, int] = {}
    for key, beginnings in _table().items():
        words = _ordinary()[key].sub("", whole) if key in _ordinary() else whole
        if count := sum(f"{word} ".startswith(beginnings) for word in words.split()):
            found[key] = count
    return found


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.casefold())
