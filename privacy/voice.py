"""What of a row may be told to the person it concerns, in plain words: the sharing check, and others' names taken out."""

import re
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from cases.ages import ages
from cases.collaboration import model_for
from cases.models import Custody, FamilyMember, Forloeb, ForloebPerson, Household, Participation, Person
from cases.reading import A_HOME
from consent import marking
from consent.basis import load_basis
from consent.labels import Labels
from consent.models import Shared, Signature
from consent.sharing import Facts, Reader, may_know_of, may_see
from consent.unmarked import names_only_known, on_each_topic
from meetings.readers import hands_of, reader_of_person
from privacy.shown import LABELS
from web.cpr import show_cpr
from web.danish import danish_sorted
from web.dates import clock, long_date

SOMEBODY = "en anden i familien"
ANOTHER = "en anden"  # in the place of a name: words that leave no hole
NAMING = ("title", "with_name")  # said of somebody in words that may point at another in the family
Line = tuple[str, str]


class Listener:
    """One person of one forløb as the reader of their own Indsigt. What is not for them leaves no gap (C6, M8)."""

    def __init__(self, forloeb: Forloeb, person: Person) -> None:
        self.forloeb, self.person = forloeb, person
        self.basis = load_basis(forloeb)
        self.reader = reader_of_person(person, forloeb.pk)
        self.people = marking.people_of(forloeb)

    @property
    def is_young(self) -> bool:
        """Whose paper is handed to a custody holder, and so holds nothing that is kept from one of them (M8)."""
        age = self.basis.ages.get(self.person.pk)
        return self.person.pk in self.basis.custody if age is None else age < ages().signs_self

    @cached_property
    def hands(self) -> frozenset[UUID]:
        """Into whose hands the paper may come, besides the person's own."""
        return self.basis.hands(self.person.pk)

    @cached_property
    def readers(self) -> list[Reader]:
        """Who must be free to have what the paper holds: the person, and those into whose hands a young child's comes. A
        child was at the table when something was said of far; mor, whom he has said no to, does not read it there (C5)."""
        return [self.reader, *hands_of(self.reader, self.basis, self.forloeb.pk)]

    @cached_property
    def topics(self) -> marking.Topics:
        return marking.topics_in_use()

    @cached_property
    def family(self) -> dict[UUID, Person]:
        """Everybody of the family and the forløb, by id: theirs are the names that may have to be taken out."""
        members = FamilyMember.objects.filter(family=self.forloeb.family_id).select_related("person")
        rows = ForloebPerson.objects.filter(forloeb=self.forloeb).select_related("person")
        return {row.person_id: row.person for row in [*members, *rows]}

    @cached_property
    def recipients(self) -> dict[str, str]:
        """Recipient key → the department's or external party's name."""
        rows = Participation.objects.filter(forloeb=self.forloeb).select_related("department", "external")
        return {row.recipient: row.home for row in rows}

    @cached_property
    def columns(self) -> dict[str, str]:
        """Key of a board's column → its title, over all boards of the model."""
        return {column.key: column.title for board in model_for(self.forloeb).boards for column in board.columns}

    @cached_property
    def labels(self) -> Labels:
        """What the person may have of what externals and contacts are called."""
        return Labels([self.reader], self.basis)

    def knows(self, person: UUID) -> bool:
        return may_know_of(self.reader, person, self.basis)

    def name(self, person: Person) -> str:
        return person.name if self.knows(person.pk) else SOMEBODY

    def concerns(self, item: Any) -> bool:
        """Is the item about the person, said by them, or theirs to do?"""
        own = {getattr(item, "said_by_id", None), getattr(item, "responsible_person_id", None)}
        return self.person.pk in own or self.person.pk in {one.pk for one in item.about.all()}

    def may_have(self, item: Shared) -> bool:
        """It concerns the person, and the sharing check lets it through to them (C5), and to nobody it is kept from."""
        facts = Facts.of(item)
        return self.concerns(item) and not facts.kept_from & self.hands and self._is_free(facts)

    def _is_free(self, facts: Facts) -> bool:
        return all(may_see(one, facts, self.basis) for one in self.readers)

    def may_hear(self, text: str, also_about: frozenset[UUID] = frozenset()) -> bool:
        """The same for a text that carries no marks: marked as a note on the board would be, and as secret as the most
        secret thing in it."""
        if not text:
            return False
        found = marking.suggest(self.people, text, topics=self.topics)
        named = marking.mentioned(marking.guarded_in(self.basis), text)
        about = frozenset(person.pk for person in (named or found.about)) | also_about
        facts = Facts(about=about, topic=found.topic.pk)
        return self.person.pk in about and all(map(self._is_free, on_each_topic(facts, text, self.topics)))

    def plain(self, text: str) -> str:
        """The text without the names of those in the family whom the person may not know of."""
        mine = set(self.person.name.casefold().split())
        for one in self.family.values():
            names = {one.name, one.first_name, one.last_name, *one.first_name.split()} - {""}
            for name in sorted(() if self.knows(one.pk) else names, key=len, reverse=True):
                if not set(name.casefold().split()) <= mine:  # a surname they share is the person's own
                    text = _without(name, text, with_capital=name == one.last_name or marking.needs_capital(name))
        return text

    def is_own(self, row: models.Model, name: str) -> bool:
        """The person's own name, and what they have said themselves, stand as they are. A young child's paper may come into
        another's hands, so there only the name does."""
        if isinstance(row, Person):
            return row.pk == self.person.pk
        said = getattr(row, "said_by_id", None) == self.person.pk and name == "text"
        told = name == "words" and getattr(row, "person_id", None) == self.person.pk
        return (said or told) and not self.is_young

    def stands_beside(self, row: models.Model, one: Person) -> bool:
        """Who has custody of the person today, and that they signed: that stands on the declaration that came into the same
        hands (C1), and is about the person before anybody."""
        whose = row.child_id if isinstance(row, Custody) else None
        if isinstance(row, Signature):
            whose = row.declaration.person_id
        return whose == self.person.pk and one.pk in self.basis.custody.get(self.person.pk, frozenset())

    def label(self, label: str) -> str:
        """A label that may name somebody: an employee's function, whom was talked with. Empty, not with a gap, when it
        names one the person may not know of: »misbrugsbehandler for en anden« and »for mor« tell of her all the same."""
        return label if names_only_known(self.reader, label, self.basis) and self.plain(label) == label else ""

    def lines(self, row: models.Model, *names: str) -> list[Line]:
        """(label, value) of each named field that holds something, in Danish words."""
        found = []
        for name in names:
            field = row._meta.get_field(name)
            words = self._words(row, name, field)
            if words:
                label = LABELS.get(name) or str(field.verbose_name)  # type: ignore[union-attr]
                found.append((label[:1].upper() + label[1:], words))
        return found

    def _words(self, row: models.Model, name: str, field: Any) -> str:
        if field.many_to_many:
            rows = getattr(row, name).all()
            is_people = field.related_model is Person
            return ", ".join(danish_sorted(map(self.name, rows)) if is_people else map(str, rows))
        value = getattr(row, name)
        if value is None or value == "":
            return ""
        if name == "contributed_by":
            return self.recipients.get(value, "")
        if name == "column":
            return self.columns.get(value, "")
        if name == "model_key":
            return model_for(self.forloeb).name
        if name == "cpr":
            return show_cpr(value)
        if name in NAMING:
            return self.label(value)
        return self._plain_value(row, name, field, value)

    def _plain_value(self, row: models.Model, name: str, field: Any, value: Any) -> str:
        if field.choices:
            shown = str(getattr(row, f"get_{name}_display")())
            return shown[:1].upper() + shown[1:]
        if isinstance(value, Person):
            return value.name if self.stands_beside(row, value) else self.name(value)
        if isinstance(value, Participation):
            self.labels.told([value])
        if isinstance(value, bool):
            return "Ja" if value else "Nej"
        if isinstance(value, datetime):
            return f"{long_date(value)} kl. {clock(value)}"
        if isinstance(value, date):
            return long_date(value)
        if isinstance(row, Household):
            return self.label(str(value)) or A_HOME
        return str(value) if self.is_own(row, name) else self.plain(str(value))


def _without(name: str, text: str, *, with_capital: bool) -> str:
    """with_capital: the name is an ordinary word as well, and means somebody only as it is written."""
    found = re.compile(rf"(?<!\w){re.escape(name)}(?:(['’])(?!\w)|(?=s?(?!\w)))", 0 if with_capital else re.IGNORECASE)

    def instead(hit: re.Match[str]) -> str:
        begins = not (before := text[: hit.start()].rstrip(" »(")) or before[-1] in ".!?:\n"
        word = ANOTHER.capitalize() if begins else ANOTHER
        return f"{word}s" if hit[1] else word  # »Jens' mor«

    return found.sub(instead, text)
