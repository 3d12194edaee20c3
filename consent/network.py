"""The network list as one reader may have it (C10): through the sharing check, topic by topic."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cases.models import Forloeb
from consent.models import NetworkContact, Topic
from consent.sharing import Basis, Facts, Reader, may_see


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A contact with those of its topics that the reader may have. callers: who may call, in words."""

    contact: NetworkContact
    topics: tuple[Topic, ...]
    callers: str = ""

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
    """The contacts of a forløb for one reader, in four queries.

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
    for row in rows:
        facts = Facts.of(row)
        mine = reader.person is not None or keeps_all or row.may_be_called_by(reader.recipient)
        if not mine:
            continue  # nobody has said that this reader should call: nothing is withheld
        topics = tuple(topic for topic in row.topics.all() if may_see(reader, replace(facts, topic=topic.pk), basis))
        if may_see(reader, facts, basis) and topics:
            callers = ", ".join(names[key] for key in row.may_call if key in names) if row.may_call else "alle"
            lines.append(NetworkLine(row, topics, callers))
        elif reader.person is None or reader.person not in facts.kept_from:
            left_out += 1
    return NetworkList(lines, left_out)
