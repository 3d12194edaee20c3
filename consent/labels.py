"""What somebody typed of who somebody is, an external's name or a contact's relation, as readers may have it (C5).

»Mors misbrugskonsulent« and »Idas mormor« tell of the family, whatever the row is marked with that they stand in.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from cases.models import Forloeb, Participation, Person
from consent.basis import load_basis
from consent.marking import Named, Topics, guarded_in, mentioned, sensitive_told, topic_told, topics_in_use
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see

PartT = TypeVar("PartT", bound=Participation)


class Labels:
    """For one page or paper. At most one query, and none as long as no label names anybody.

    readers: each of them must be free to have a label. keeps_all: for the tovholder, who writes the labels. topics: those
    in use, when they are fetched already.
    """

    def __init__(
        self, readers: Sequence[Reader], basis: Basis, *, keeps_all: bool = False, topics: Topics | None = None
    ) -> None:
        self.readers, self.basis, self.keeps_all = readers, basis, keeps_all
        if topics is not None:
            self.topics = topics

    @cached_property
    def _people(self) -> list[Named]:
        return guarded_in(self.basis)

    @cached_property
    def topics(self) -> Topics:
        return topics_in_use()

    def may_have_name(self, name: str) -> bool:
        """May they have what an external is called? Whom it names they must know of, and what is sensitive in it of
        those they must be free to know."""
        if self.keeps_all or not (about := self._named(name)):
            return True
        told = [Facts(about, topic.pk) for topic in sensitive_told(name, self.topics)]
        return all(
            all(may_know_of(reader, pk, self.basis) for pk in about)
            and all(may_see(reader, facts, self.basis) for facts in told)
            for reader in self.readers
        )

    def may_have_of(self, label: str, facts: Facts) -> bool:
        """May they have a label in a row that is about somebody? Besides whom the row is about, it is about those whom it
        names, and on the topics that it tells of."""
        first = topic_told(label, self.topics)
        told = {first.pk if first else facts.topic, *(topic.pk for topic in sensitive_told(label, self.topics))}
        about = facts.about | self._named(label)
        return all(
            may_see(reader, replace(facts, about=about, topic=topic), self.basis)
            for reader in self.readers
            for topic in told
        )

    def told(self, rows: Iterable[PartT]) -> list[PartT]:
        """The participants as they may be shown: an external whose name these readers may not have is »En ekstern«."""
        found = list(rows)
        for row in found:
            row.is_nameless = not row.user_id and not self.may_have_name(row.external_name)
        return found

    def who(self, label: str) -> str:
        """Who among the participants has an agreement, as it was written that day: »Bo Madsen (Psykiatrien)«, or »En fra
        Psykiatrien«."""
        home = label.rpartition(" (")[2].removesuffix(")")
        return label if self.may_have_name(name_in(label)) else f"En fra {home}"

    def _named(self, label: str) -> frozenset[UUID]:
        """Those of the family whom it names. A colleague who happens to be called Bo is not the family's Bo."""
        return frozenset(
            person.pk for person in mentioned(self._people, label) if not self._is_somebody_else(label, person)
        )

    def _is_somebody_else(self, label: str, person: Person) -> bool:
        """»Bo Madsen« is a name of his own where the family's Bo is called Aagaard; »Bos Konsulent« and »Bo Aagaard« are
        not."""
        words = re.findall(r"[\w'’-]+", label)
        if len(words) < 2 or not all(word[0].isupper() for word in words):
            return False
        given, family = set(person.first_name.casefold().split()), set(person.last_name.casefold().split())
        first, *others = (word.casefold() for word in words)
        return first in given and not family & set(others) and topic_told(label, self.topics) is None


def name_in(label: str) -> str:
    """»Bo Madsen« of »Bo Madsen (Psykiatrien)«, as a plan says who has an agreement."""
    name, _, home = label.rpartition(" (")
    return name or home


def knows_externals_in(forloeb: Forloeb, recipient: str) -> Callable[[str], bool]:
    """`Labels.may_have_name` for one department or external party of a forløb, for the apps below this one. Three queries
    at most."""
    return Labels([Reader(recipient)], load_basis(forloeb)).may_have_name
