"""A word that stands in one place of one family, and the family with all of them: who may have which is the oracle's to say."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from cases.models import Forloeb, Henvendelse, Participation, Person
from meetings.models import Attendance, Meeting, Presence
from organisation.models import User
from plans.models import PlanVersion
from tests.consent.oracle import Item, Somebody, World, told_all

# In a word: where it stands. A word of any letters would be found in a long row of keys by chance.
KINDS = (
    "tavle", "plan", "punkt", "navn", "tlf", "mail", "adr", "hensyn", "sprog", "slaegt", "sag", "hjem", "titel", "ekstern",
    "eksttlf", "overlev", "spaerret", "slut", "netnote", "netnavn", "netrel", "nettlf", "udveks", "talte", "uenig", "ledere",
    "enige", "sted", "tolk", "fremme", "smiley", "familie", "henv", "kladde", "mundtl", "spor", "gennemset", "opfolg", "dok",
    "tagetilb", "rettet", "hvorfor",
)  # fmt: skip
WORD = re.compile(rf"zq(?:{'|'.join(KINDS)})\d{{3}}q", re.IGNORECASE)


def canaries(text: str) -> set[str]:
    return {word.capitalize() for word in WORD.findall(text)}


@dataclass
class Canary:
    """One word. Who may have it: as `may` says; else by `item`, and by `also`, what its text tells besides.

    outside: of those who take no part, by name in `Sea.outsiders`, who may have it.
    """

    word: str
    item: Item | None
    row: Any
    also: list[Item] = field(default_factory=list)
    may: Callable[[World, Somebody], bool] | None = None
    outside: set[str] = field(default_factory=set)

    @property
    def items(self) -> list[Item]:
        return [self.item, *self.also] if self.item else self.also

    @property
    def kept_from(self) -> set[Any]:
        return self.item.kept_from if self.item else set()

    def told(self, world: World, who: Somebody) -> bool:
        return self.may(world, who) if self.may else told_all(world, who, self.items)

    def drafted(self, meeting: Any) -> "Canary":
        """As it stands in the draft of a meeting, which is as open as its board was."""
        items = [replace(one, on_board_of=meeting) for one in self.items]
        return replace(self, item=None, also=items)


@dataclass
class Sea:
    forloeb: Forloeb
    meeting: Meeting
    version: PlanVersion
    people: dict[str, Person]
    staff: list[Participation]
    world: World
    board: list[Canary] = field(default_factory=list)
    plan: list[Canary] = field(default_factory=list)
    agenda: list[Canary] = field(default_factory=list)
    sentences: list[Canary] = field(default_factory=list)  # with no marks of their own
    typed: dict[str, list[Canary]] = field(default_factory=dict)  # what else people type, by ground (typed.py)
    cancelled: Meeting | None = None
    attendance: dict[str, Attendance] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)  # texts with a word and a first name: the name comes with the word
    outsiders: dict[str, User] = field(default_factory=dict)  # who takes no part
    requests: list[Henvendelse] = field(default_factory=list)
    _spoken: re.Pattern[str] | None = None
    _names: re.Pattern[str] | None = None

    @property
    def lead(self) -> User:
        return self.staff[0].user

    def reader(self, key: str) -> Somebody:
        """The oracle's reader behind a recipient key or `d:…`: where they were present is read off the attendance."""
        family = next((one.pk for one in self.people.values() if key == f"p:{one.pk}"), None)
        row = self.attendance.get(key)
        came = row is not None and row.presence in (Presence.PRESENT, Presence.PARTLY)
        return Somebody(key, family, {self.meeting.pk} if came else set())

    def hands(self, key: str) -> list[Somebody]:
        """The reader behind a key, and for a child who else gets the child's paper."""
        reader = self.reader(key)
        holders = self.world.handed_to(reader.family) if reader.family is not None else ()
        return [reader, *(self.reader(f"p:{holder}") for holder in holders)]

    def allowed(self, canaries: list[Canary], *readers: Somebody) -> set[str]:
        return {one.word for one in canaries if all(one.told(self.world, who) for who in readers)}

    def found_in(self, text: str) -> set[str]:
        """Every word in a text, and the first names that stand in it otherwise than in what somebody typed."""
        if self._spoken is None:
            self._spoken = re.compile("|".join(map(re.escape, self.spoken)), re.IGNORECASE)
            self._names = re.compile(rf"\b({'|'.join(one.first_name for one in self.people.values())})s?\b")
        bare = self._spoken.sub("", html.unescape(text).replace('\\"', '"'))
        return canaries(text) | set(self._names.findall(bare))

    def allowed_outside(self, name: str) -> set[str]:
        return {one.word for one in self.everything if name in one.outside}

    def ground(self, name: str) -> list[Canary]:
        return self.typed[name] if name in self.typed else getattr(self, name)

    @property
    def everything(self) -> list[Canary]:
        return [
            *self.board,
            *self.plan,
            *self.agenda,
            *self.sentences,
            *(one for few in self.typed.values() for one in few),
        ]
