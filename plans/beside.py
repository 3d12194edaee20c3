"""What a frozen copy of Én Plan holds beside its items: names on the front page, notes, functions, what is corrected, the
family's own words from the board, and why something waits.

It is kept with the copy, and the copy is given only while its reader may have all of it too (C5, C7).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from consent.labels import Labels, name_in
from consent.marking import Topics, topics_in_use
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from consent.unmarked import may_read, names_only_known, on_each_topic
from meetings.models import Attendance
from plans import front, marks, tree
from plans.models import ItemKind, PlanCopy, PlanItem


@dataclass(frozen=True, slots=True)
class Quote:
    """The family's own words from the board. facts: of the note. named: who said them, where that name stands there."""

    facts: Facts
    named: UUID | None = None

    def kept(self) -> dict[str, Any]:
        return {
            "about": sorted(map(str, self.facts.about)),
            "topic": str(self.facts.topic),
            "by": self.facts.contributed_by,
            "meeting": str(self.facts.meeting_of_board or ""),
            "kept_from": sorted(map(str, self.facts.kept_from)),
            "named": str(self.named or ""),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Quote":
        facts = Facts(
            about=frozenset(map(UUID, kept["about"])),
            topic=UUID(kept["topic"]),
            contributed_by=kept["by"],
            meeting_of_board=UUID(kept["meeting"]) if kept["meeting"] else None,
            kept_from=frozenset(map(UUID, kept["kept_from"])),
        )
        return cls(facts, UUID(kept["named"]) if kept["named"] else None)


@dataclass(frozen=True, slots=True)
class Beside:
    """members: whom the front page names. sentences: notes and a correction. functions: of the employees present.
    quotes: item → the words from the board that stand under it. whys: item whose outcome is explained → whom it tells of.
    called: names of those who came from outside, and of those who have something to do: they may name somebody too.
    notes: item in the words of a board note → the topic of that note, which may be mended later.
    words: all that can be read in the paper, to be looked through for clues that were learnt later (C12).

    quotes, whys and words are None in a copy from before they were kept.
    """

    members: frozenset[UUID]
    sentences: tuple[str, ...]
    functions: tuple[str, ...]
    quotes: Mapping[UUID, Quote] | None = None
    whys: Mapping[UUID, frozenset[UUID]] | None = None
    called: tuple[str, ...] = ()
    notes: Mapping[UUID, UUID] = field(default_factory=dict)
    words: str | None = None

    def dumped(self) -> str:
        kept: dict[str, Any] = {
            "members": sorted(map(str, self.members)),
            "sentences": self.sentences,
            "functions": self.functions,
            "called": self.called,
            "notes": {str(pk): str(topic) for pk, topic in self.notes.items()},
        }
        if self.quotes is not None and self.whys is not None:
            kept["quotes"] = {str(pk): quote.kept() for pk, quote in self.quotes.items()}
            kept["whys"] = {str(pk): sorted(map(str, about)) for pk, about in self.whys.items()}
        if self.words is not None:
            kept["words"] = self.words
        return json.dumps(kept, ensure_ascii=False)

    @property
    def persons(self) -> frozenset[UUID]:
        """Whom it tells about, as far as it was kept."""
        quotes = (self.quotes or {}).values()
        named = {quote.named for quote in quotes if quote.named}
        return self.members.union(named, *(quote.facts.about for quote in quotes), *(self.whys or {}).values())


def beside_of(cut: front.Front, correction: str, mine: tree.Tree, basis: Basis, words: str) -> Beside:
    """Of a paper as one reader gets it: the front page, what is corrected, the tree, and every word of it. One query when
    it tells why."""
    told = [row.item for row in tree.told_since(mine) if row.note]
    topics = topics_in_use() if told else {}
    return replace(
        _of_front(cut, correction),
        # A paper prints no quote under an effort.
        quotes={
            line.item.pk: _quote(line)
            for line in mine.lines
            if line.voice is not None and line.item.kind != ItemKind.EFFORT
        },
        whys={item.pk: marks.facts_of_words(item, item.outcome_note, basis, topics).about for item in told},
        called=_called(cut, mine),
        notes={item.pk: item.from_note.topic_id for item in mine.shown if item.from_note},
        words=words,
    )


def _called(cut: front.Front, mine: tree.Tree) -> tuple[str, ...]:
    came = {one["name"] for one in cut.staff if one.get("is_external", True)}
    have = {line.who for line in mine.lines if line.item.responsible_id}
    had = {row.who for row in tree.told_since(mine) if row.item.responsible_id}
    return tuple(sorted(came | {name_in(label) for label in have | had}))


def _of_front(cut: front.Front, correction: str) -> Beside:
    sentences = [one["note"] for one in cut.family_present] + [correction]
    return Beside(
        frozenset(UUID(one["id"]) for one in cut.members),
        tuple(text for text in sentences if text),
        tuple(one["title"] for one in cut.staff if one["title"]),
    )


def _quote(line: tree.Line) -> Quote:
    note: Any = line.item.from_note  # a voice is a note's
    return Quote(Facts.of(note), note.said_by_id if line.voice and line.voice.who else None)


def beside(copy: PlanCopy) -> Beside:
    """As it was kept; for a copy from before that, all of the version's front page: rather shut than open."""
    if not copy.beside:
        page = front.of(copy.version)
        whole = front.Front(page, page["members"], page["family_present"], page["staff"])
        return _of_front(whole, copy.version.correction)
    kept = json.loads(copy.beside)
    found = Beside(
        frozenset(map(UUID, kept["members"])),
        tuple(kept["sentences"]),
        tuple(kept["functions"]),
        called=tuple(kept.get("called", ())),
        notes={UUID(pk): UUID(topic) for pk, topic in kept.get("notes", {}).items()},
        words=kept.get("words"),
    )
    if "quotes" not in kept:
        return found
    return replace(
        found,
        quotes={UUID(pk): Quote.of(quote) for pk, quote in kept["quotes"].items()},
        whys={UUID(pk): frozenset(map(UUID, about)) for pk, about in kept["whys"].items()},
    )


def person_of(copy: PlanCopy) -> UUID | None:
    """The family member a copy is for."""
    return UUID(copy.recipient[2:]) if copy.recipient.startswith("p:") else None


def readers_of(copies: Collection[PlanCopy]) -> dict[UUID, Reader]:
    """Copy → whom it is for; one of the family with where they were present, as words from a board may be had by that.

    One query when any is for the family, else none.
    """
    people = {person for copy in copies if (person := person_of(copy))}
    present: dict[UUID | None, set[UUID]] = {}
    if people:
        rows = Attendance.objects.present().filter(person__in=people)
        for person, meeting in rows.values_list("person_id", "meeting_id"):
            present.setdefault(person, set()).add(meeting)
    return {
        copy.pk: Reader(copy.recipient, person, frozenset(present.get(person, ())))
        for copy in copies
        for person in [person_of(copy)]
    }


@dataclass(frozen=True, slots=True)
class Held:
    """All in a copy that has marks, and whom it names besides: the rule must let every one of them through."""

    facts: list[Facts]
    names: frozenset[UUID]


def held_in(copy: PlanCopy, items: Iterable[PlanItem], basis: Basis, topics: Topics | None = None) -> Held:
    """The items of a copy, the board's words and the explanations printed with them, and the names.

    items: the copy's (`with_sources`, so that nothing is asked for one by one). topics: as in `may_have_all`.
    """
    found, rows = beside(copy), list(items)
    quotes = _quotes(copy, found, rows)
    facts = [one for item in rows for one in _today(item, found)]
    facts += [quote.facts for quote in quotes]
    facts += _whys(copy, found, rows, basis, topics)
    named = {quote.named for quote in quotes if quote.named and quote.named not in quote.facts.about}
    return Held(facts, found.members | named)


def _today(item: PlanItem, found: Beside) -> list[Facts]:
    """As it was marked in the version; kept also from whom its words on the board are kept from by now (M8), and on their
    topic besides, when that was mended since (C5)."""
    facts, note = Facts.of(item), item.from_note
    if note is None:
        return [facts]
    facts = replace(facts, kept_from=facts.kept_from | note.kept_from_ids)
    is_mended = item.pk in found.notes and found.notes[item.pk] != note.topic_id
    return [facts, replace(facts, topic=note.topic_id)] if is_mended else [facts]


def _quotes(copy: PlanCopy, found: Beside, items: Sequence[PlanItem]) -> list[Quote]:
    """With the marks they had that day, and with those of today: a child may keep its words from somebody later (M8)."""
    if found.quotes is None:  # whatever could have stood there
        could = front.of(copy.version)["voices"]
        notes = [item.from_note for item in items if item.from_note and str(item.pk) in could]
        return [Quote(Facts.of(note), note.said_by_id) for note in notes]
    quoted = [item for item in items if item.pk in found.quotes]
    today = [Quote(Facts.of(item.from_note)) for item in quoted if item.from_note]
    return [found.quotes[item.pk] for item in quoted] + today


def _whys(copy: PlanCopy, found: Beside, items: Sequence[PlanItem], basis: Basis, topics: Topics | None) -> list[Facts]:
    """Of the words on what became of an item. An item of the version before has its own words, which stand nowhere here."""
    own = [item for item in items if item.outcome_note and item.version_id == copy.version_id]
    told = [item for item in own if found.whys is None or item.pk in found.whys]
    in_use = topics_in_use() if told and topics is None else topics or {}
    whole = [
        (facts, item.pk)
        for item in told
        for facts in on_each_topic(
            marks.facts_of_words(item, item.outcome_note, basis, in_use), item.outcome_note, in_use
        )
    ]
    return [replace(facts, about=facts.about | (found.whys or {}).get(pk, frozenset())) for facts, pk in whole]


def may_have_all(
    copy: PlanCopy,
    items: Iterable[PlanItem],
    basis: Basis,
    topics: Topics | None = None,
    reader: Reader | None = None,
) -> bool:
    """May the copy's reader have all that stands in it? Presence at a meeting says nothing of a plan, only of what was
    written on the board there (C5).

    items: the copy's (`with_sources`). topics: those in use, when they are fetched already; else one query a sentence.
    reader: from `readers_of` or `plans.access.hands_of`; else a query for a copy to the family.
    """
    who, found, held = reader or readers_of([copy])[copy.pk], beside(copy), held_in(copy, items, basis, topics)
    return (
        all(may_see(who, facts, basis) for facts in held.facts)
        and all(may_know_of(who, person, basis) for person in held.names)
        and all(may_read(who, text, basis, topics=topics) for text in found.sentences)
        and all(names_only_known(who, text, basis) for text in found.functions)
        and all(map(Labels([who], basis, topics=topics).may_have_name, found.called))
    )


def persons_in(copy: PlanCopy, items: Sequence[PlanItem], basis: Basis, topics: Topics) -> set[UUID]:
    """Whom the copy tells about, for the log (C13). items: the copy's (`with_sources`)."""
    held = held_in(copy, items, basis, topics)
    return set(held.names).union(beside(copy).persons, *(facts.about for facts in held.facts))
