"""Clues to a protected address or name, looked for in every paper before it is made for whom it is protected from (C12).

`found_in` is pure: a text and clues in, those that stand in it out. `guards_of` fetches the protected persons of a forløb
with their clues, the names of the homes and schools that take part among them, in a few queries; `against` says which of
them a reader must not get; `fingerprint` ties a confirmation to what was shown.

Protected from: everybody of the family who does not live with the person, and every external party. The departments
that take part are not: their employees may see the address on a click of its own, which is logged.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q

from cases.models import FamilyMember, Forloeb, ForloebPerson, Participation, Person, Residence
from consent.models import ClueKind
from consent.recipients import RecipientKind, split
from consent.sharing import Reader
from organisation.models import ExternalParty

SHORTEST = 4  # letters a single word must have; shorter ones would be found everywhere
# Where somebody lives or goes every day: that it takes part tells where they are.
WHERE_SOMEBODY_IS = (ExternalParty.Kind.RESIDENTIAL, ExternalParty.Kind.EDUCATION)
SHORTEST_NAME = 3  # of a name's part: »de« and »la« stand everywhere
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"})


@dataclass(frozen=True, slots=True)
class Clue:
    """One word or number that tells where `person` is. party: the recipient key of whom it is the name of, who has it."""

    person: UUID
    name: str
    kind: str
    word: str
    party: str = ""

    @property
    def label(self) -> str:
        return str(ClueKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Guard:
    """A protected person: the clues, and the persons who live there too and so know."""

    person: UUID
    name: str
    household: frozenset[UUID]
    clues: tuple[Clue, ...]

    def is_against(self, reader: Reader) -> bool:
        """Is the address protected from this reader?"""
        kind, _ = split(reader.recipient)
        if kind is RecipientKind.DEPARTMENT:
            return False
        return reader.person is None or reader.person not in self.household


@dataclass(frozen=True, slots=True)
class Found:
    """A clue that stands in a paper. reader: who would get it, in words. tells: may the word be named to who asks? And
    names_reader: may that reader (C5)?"""

    clue: Clue
    reader: str = ""
    tells: bool = True
    names_reader: bool = True


def against(guards: Iterable[Guard], reader: Reader) -> list[Clue]:
    """The clues that must not reach this reader. A home's own name is none to the home itself."""
    found = (clue for guard in guards if guard.is_against(reader) for clue in guard.clues)
    return [clue for clue in found if clue.party != reader.recipient]


def found_in(text: str, clues: Iterable[Clue]) -> list[Clue]:
    """The clues that stand in a text; where one stands inside a longer one of the same person and kind, the longer only
    (»Kanariehøj 17«, not »Kanariehøj« too).

    Capitals, line breaks, ae for æ, and how a telephone number is written make no difference; a short Danish ending
    (»Kanariehøjs«) does not hide a word.
    """
    folded = fold(text)
    told: dict[tuple[UUID, str], list[tuple[int, int]]] = {}
    found: dict[Clue, None] = {}
    for clue in sorted(dict.fromkeys(clues), key=lambda one: -len(one.word)):
        taken = told.setdefault((clue.person, clue.kind), [])
        places = [place for place in _places(clue, folded) if not any(_inside(place, longer) for longer in taken)]
        if places:
            taken += places
            found[clue] = None
    return list(found)


def _inside(place: tuple[int, int], longer: tuple[int, int]) -> bool:
    return longer[0] <= place[0] and place[1] <= longer[1]


def fold(text: str) -> str:
    """Small letters, one space, and the letters that people write in several ways written in one."""
    return " ".join(text.casefold().translate(LETTERS).split())


def _places(clue: Clue, folded: str) -> list[tuple[int, int]]:
    """Where the clue stands in the folded text."""
    if clue.kind == ClueKind.PHONE:
        digits = re.sub(r"\D", "", clue.word)[-8:]
        if len(digits) < SHORTEST:
            return []
        pattern = r"(?<!\d)(?:(?:\+|00)?45[\s.-]*)?" + r"[\s.-]*".join(digits) + r"(?!\d)"
        return [found.span() for found in re.finditer(pattern, folded)]
    word = fold(clue.word)
    if not word:
        return []
    ending = r"(?!\d)" if word[-1].isdigit() else r"\w{0,3}(?!\w)" if len(word) >= SHORTEST else r"(?:s|'s)?(?!\w)"
    return [found.span() for found in re.finditer(rf"(?<!\w){re.escape(word)}{ending}", folded)]


def parts_of(address: str) -> list[str]:
    """What of an address gives it away: the street with its number, and the street alone. Not the town."""
    first = re.split(r"[,\n]", address.strip(), maxsplit=1)[0].strip()
    street = re.sub(r"\s+\d.*$", "", first).strip()
    return [part for part in dict.fromkeys([first, street]) if len(part) >= SHORTEST]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """clue_words.toml: the words of a household's name that tell nothing."""
    with (Path(__file__).parent / "clue_words.toml").open("rb") as file:
        return frozenset(map(fold, tomllib.load(file)["common"]["words"]))


def words_of_home(label: str, names: Collection[str]) -> list[str]:
    """The words of a household's name that tell where it is by themselves: »Egely« of »Plejehjemmet Egely«.

    names: folded parts of the family's own names; »Hos Anna« must not find Anna everywhere."""
    known = _common() | set(names)
    words = [word for word in re.findall(r"[\w'’-]+", label) if len(word) >= SHORTEST]
    return [
        word
        for word in words
        if not all({part, part.rstrip("s").rstrip("'’")} & known for part in fold(word).split("-"))
    ]


def names_of(person: Person) -> list[str]:
    """What of a protected name gives the person away: all of it, and each part that the others do not call the person."""
    known = {fold(part) for part in person.name.split()}
    parts = [part for part in person.protected_name.split() if len(part) >= SHORTEST_NAME and fold(part) not in known]
    return list(dict.fromkeys([person.protected_name.strip(), *parts])) if person.protected_name else []


# --- fetching ---------------------------------------------------------------------------------------------------------------
def guards_of(forloeb: Forloeb) -> list[Guard]:
    """The protected persons of the family and the forløb today. One query when there are none, else one more."""
    of_family = FamilyMember.objects.filter(family=forloeb.family_id).values("person")
    of_forloeb = ForloebPerson.objects.filter(forloeb=forloeb).values("person")
    # One set of keys: of two, joined by "or", PostgreSQL reads every person there is, and SQLite did over joins.
    rows: Any = Person.objects.filter(pk__in=of_family.union(of_forloeb)).annotate(
        added=FilteredRelation("clues", condition=Q(clues__forloeb=forloeb)),
        clue_kind=F("added__kind"),
        clue_word=F("added__word"),
    )
    people: dict[UUID, Person] = {}
    words: dict[UUID, list[tuple[str, str]]] = {}
    for row in rows.order_by("pk", "added__added_at", "added__pk"):  # a person once for each word
        people.setdefault(row.pk, row)
        if row.clue_word:
            words.setdefault(row.pk, []).append((row.clue_kind, row.clue_word))
    protected = [person for person in people.values() if person.protected_address]
    if not protected:
        return []
    homes: dict[UUID, set[UUID]] = {}
    labels: dict[UUID, str] = {}
    houses: dict[str, str] = {}
    # Where people live, and whose house they are in by day or night: in one statement, as three columns of the same kind.
    living = Residence.objects.filter(household__family=forloeb.family_id, to_date__isnull=True)
    taking_part = Participation.objects.open().filter(forloeb=forloeb, external__kind__in=WHERE_SOMEBODY_IS)
    for place, person, name in living.values_list("household", "person", "household__label").union(
        taking_part.values_list("external", "forloeb", "external__name"), all=True
    ):
        if person == forloeb.pk:
            houses[f"{RecipientKind.EXTERNAL}:{place}"] = name
            continue
        homes.setdefault(place, set()).add(person)
        labels[place] = name
    return [_guard(person, people, homes, labels, words.get(person.pk, []), houses) for person in protected]


def _guard(
    person: Person,
    people: dict[UUID, Person],
    homes: dict[UUID, set[UUID]],
    labels: dict[UUID, str],
    words: Sequence[tuple[str, str]],
    houses: dict[str, str],
) -> Guard:
    mine = {home for home, living in homes.items() if person.pk in living}
    household = {person.pk, *(one for home in mine for one in homes[home])}
    names = {fold(part) for one in people.values() for part in re.split(r"[\s-]+", one.name)}
    found: list[tuple[str, str]] = [(ClueKind.HOME, labels[home]) for home in mine]
    found += [(ClueKind.HOME, word) for home in mine for word in words_of_home(labels[home], names)]
    # A child may live in two homes: its address and telephone are the protected ones only when nothing else is known.
    for one in sorted(household, key=str):
        mate = people.get(one)
        if mate is None or (one != person.pk and _lives_elsewhere(one, mine, homes)):
            continue
        found += [(ClueKind.ADDRESS, part) for part in parts_of(mate.address)]
        found += [(ClueKind.PHONE, mate.phone), (ClueKind.MAIL, mate.email)]
    found += [(ClueKind.NAME, part) for part in names_of(person)]
    found += words
    clues = [Clue(person.pk, person.first_name, kind, word) for kind, word in dict.fromkeys(found) if word.strip()]
    clues += [Clue(person.pk, person.first_name, ClueKind.INSTITUTION, name, key) for key, name in houses.items()]
    return Guard(person.pk, person.first_name, frozenset(household), tuple(clues))


def _lives_elsewhere(person: UUID, mine: set[UUID], homes: dict[UUID, set[UUID]]) -> bool:
    return any(person in living for home, living in homes.items() if home not in mine)


def clues_in(words: Callable[[], str], forloeb: Forloeb, hands: Collection[UUID]) -> list[Found]:
    """The clues to an address that what is told would bring into hands it is protected from.

    words: everything that would be told; asked for only when somebody is protected. hands: the persons who get it. One
    query when nobody is protected.
    """
    guards = guards_of(forloeb)
    if not guards:
        return []
    text = words()
    return [
        Found(clue, reader.name)
        for reader in Person.objects.filter(pk__in=hands).in_danish_order()
        for clue in found_in(text, against(guards, Reader.of_person(reader.pk)))
    ]


def sheltered(guards: Iterable[Guard]) -> frozenset[UUID]:
    """Whose telephone, mail and address no list of telephones holds: the protected and those who live with them. It is
    handed on and lies about, so it makes no difference whose it is (documents.md)."""
    return frozenset(one for guard in guards for one in guard.household)


# --- asking ------------------------------------------------------------------------------------------------------------------
def fingerprint(found: Iterable[Found]) -> str:
    """Stands for exactly these clues to exactly these readers: a confirmation of them confirms no others."""
    told = sorted(f"{one.clue.person}|{one.clue.kind}|{one.clue.word}|{one.reader}" for one in found)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if told else ""
