"""The network list as one reader may have it (C10): through the sharing check, topic by topic."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cases.models import Forloeb
from consent.marking import Topics, topics_in_use
from consent.models import NetworkContact, Topic
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from consent.unmarked import facts_of_text


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A contact with those of its topics that the reader may have.

    callers: who may call, in words. note: "" when there is none, or the reader may not have it. said_by: the first name
    of who said it, "" to a reader who may not know of them.
    """

    contact: NetworkContact
    topics: tuple[Topic, ...]
    callers: str = ""
    note: str = ""
    said_by: str = ""

    @property
    def whose(self) -> str:
        return " og ".join(sorted(person.first_name for person in self.contact.about.all()))

    @property
    def subjects(self) -> str:
        return ", ".join(topic.name.lower() for topic in self.topics)


@dataclass(frozen=True, slots=True)
class NetworkList:
    lines: list[NetworkLine]
    left_out: int


def network_for(
    forloeb: Forloeb, reader: Reader, basis: Basis, *, names: dict[str, str] | None = None, keeps_all: bool = False
) -> NetworkList:
    """The contacts of a forløb for one reader, in five queries.

    That somebody is one's mother is knowledge about the family: the contact itself is an item. Each topic it may be
    called about is one too; a contact of whom no topic is left is not shown. names: recipient key → name, for who may
    call. keeps_all: for the tovholder's own list, where also contacts are shown that others are to call.
    """
    rows = NetworkContact.objects.filter(forloeb=forloeb).in_use().for_sharing()
    return _list(rows, reader, basis, names or {}, keeps_all)


def _list(
    rows: Iterable[NetworkContact], reader: Reader, basis: Basis, names: dict[str, str], keeps_all: bool
) -> NetworkList:
    lines: list[NetworkLine] = []
    left_out = 0
    in_use = topics_in_use()
    for row in rows:
        facts = Facts.of(row)
        mine = reader.person is not None or keeps_all or row.may_be_called_by(reader.recipient)
        if not mine:
            continue  # nobody has said that this reader should call: nothing is withheld
        topics = tuple(topic for topic in row.topics.all() if may_see(reader, replace(facts, topic=topic.pk), basis))
        if may_see(reader, facts, basis) and topics:
            callers = ", ".join(names[key] for key in row.may_call if key in names) if row.may_call else "alle"
            note = row.note if _may_read_note(row, facts, reader, basis, in_use) else ""
            names_who = keeps_all or row.said_by_id in facts.about or may_know_of(reader, row.said_by_id, basis)
            lines.append(NetworkLine(row, topics, callers, note, row.said_by.first_name if names_who else ""))
        elif reader.person is None or reader.person not in facts.kept_from:
            left_out += 1
    return NetworkList(lines, left_out)


def _may_read_note(row: NetworkContact, facts: Facts, reader: Reader, basis: Basis, topics: Topics) -> bool:
    """The note is free text: what its words tell must be the reader's to know, of those it names and of the contact's own."""
    told = facts_of_text(basis, row.note, topics, contributed_by=row.contributed_by)
    return told is None or may_see(
        reader, replace(told, about=told.about | facts.about, kept_from=facts.kept_from), basis
    )
