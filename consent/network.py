"""The network list as one reader may have it (C10): through the sharing check, topic by topic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from cases.models import Forloeb
from consent.kept import kept_in_words
from consent.labels import Labels
from consent.models import NetworkContact, Topic
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from consent.unmarked import facts_of_text, on_each_topic
from web.danish import danish_key, danish_sorted, listed

UNNAMED = "En i netværket"


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A contact with those of its topics that the reader may have.

    callers: who may call, in words. name, relation: as the reader may have them, »mors misbrugskonsulent« tells of mor;
    relation is "" when not. note: "" when there is none, or the reader may not have it. said_by: the first name of who
    said it, "" to a reader who may not know of them. kept: from whom it is kept, in words, to staff only (M8).
    """

    contact: NetworkContact
    topics: tuple[Topic, ...]
    callers: str = ""
    name: str = UNNAMED
    relation: str = ""
    note: str = ""
    said_by: str = ""
    kept: str = ""

    @property
    def whose(self) -> str:
        return listed(danish_sorted(person.first_name for person in self.contact.about.all()))

    @property
    def bond(self) -> str:
        """»mormor til Anna«; to a reader who may not have the relation »hører til Anna«."""
        return f"{self.relation or 'hører'} til {self.whose}"

    @property
    def left_out(self) -> str:
        """»Relationen og bemærkningen«: what there is and the reader may not have (C6)."""
        contact, words = self.contact, {"name": "navnet", "relation": "relationen", "note": "bemærkningen"}
        return listed(
            word for name, word in words.items() if getattr(self, name) != getattr(contact, name)
        ).capitalize()

    @property
    def subjects(self) -> str:
        return ", ".join(topic.name.lower() for topic in self.topics)


@dataclass(frozen=True, slots=True)
class NetworkList:
    lines: list[NetworkLine]
    left_out: int


def network_for(
    forloeb: Forloeb,
    reader: Reader,
    basis: Basis,
    *,
    names: dict[str, str] | None = None,
    keeps_all: bool = False,
    also: Sequence[Reader] = (),
) -> NetworkList:
    """The contacts of a forløb for one reader, in five queries at most.

    That somebody is one's mother is knowledge about the family: the contact itself is an item. Each topic it may be
    called about is one too; a contact of whom no topic is left is not shown. names: recipient key → name, for who may
    call. keeps_all: for the tovholder's own list, where also contacts are shown that others are to call. also: through
    whose hands the list goes, and who by that get no more of the words than their own.
    """
    rows = NetworkContact.objects.filter(forloeb=forloeb).in_use().for_sharing()
    return _list(rows, reader, basis, names or {}, keeps_all, Labels([reader, *also], basis))


def topics_for(row: NetworkContact, reader: Reader, basis: Basis) -> tuple[Topic, ...]:
    """What the contact may be called about, as the reader may have it: none when the contact itself is not theirs (C10)."""
    facts = Facts.of(row)
    if not may_see(reader, facts, basis):
        return ()
    return tuple(topic for topic in row.topics.all() if may_see(reader, replace(facts, topic=topic.pk), basis))


def _list(
    rows: Iterable[NetworkContact],
    reader: Reader,
    basis: Basis,
    names: dict[str, str],
    keeps_all: bool,
    labels: Labels,
) -> NetworkList:
    lines: list[NetworkLine] = []
    left_out = 0

    def knows(person: UUID) -> bool:
        return keeps_all or may_know_of(reader, person, basis)

    for row in rows:
        facts = Facts.of(row)
        mine = reader.person is not None or keeps_all or row.may_be_called_by(reader.recipient)
        if not mine:
            continue  # nobody has said that this reader should call: nothing is withheld
        topics = topics_for(row, reader, basis)
        if topics:
            callers = ", ".join(names[key] for key in row.may_call if key in names) if row.may_call else "alle"
            names_who = row.said_by_id in facts.about or knows(row.said_by_id)
            said_by = row.said_by.first_name if names_who else ""
            kept = "" if reader.person else kept_in_words(row.kept_from.all(), knows)
            lines.append(NetworkLine(row, topics, callers, **readable(row, facts, labels), said_by=said_by, kept=kept))
        elif reader.person is None or reader.person not in facts.kept_from:
            left_out += 1
    return NetworkList(sorted(lines, key=lambda line: danish_key(line.name)), left_out)


def readable(row: NetworkContact, facts: Facts, labels: Labels) -> dict[str, str]:
    """The name, relation and note of a contact as the reader may have them: only those that they may."""
    found = {name: getattr(row, name) for name in ("name", "relation") if labels.may_have_of(getattr(row, name), facts)}
    return found | ({"note": row.note} if _may_read_note(row, facts, labels) else {})


def _may_read_note(row: NetworkContact, facts: Facts, labels: Labels) -> bool:
    """The note is free text: what its words tell must be the reader's to know, of those it names and of the contact's own."""
    told = facts_of_text(labels.basis, row.note, labels.topics, contributed_by=row.contributed_by)
    if told is None:
        return True
    told = replace(told, about=told.about | facts.about, kept_from=facts.kept_from)
    return all(
        may_see(reader, one, labels.basis)
        for reader in labels.readers
        for one in on_each_topic(told, row.note, labels.topics)
    )
