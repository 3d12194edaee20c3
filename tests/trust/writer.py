"""What writes the canaries into a sea, and the ways of judging that several of them share."""

from collections.abc import Callable
from itertools import count
from typing import Any

from consent.models import Topic
from tests.consent import oracle
from tests.consent.oracle import Item, told_all
from tests.trust.canary import KINDS, Canary, Sea

# What a text tells besides its canary: (words after it, about whom, on what topic).
TELLS = (
    ("", "", ""),
    (": Mory er syg", "mor", "helbred"),
    (": Fary drikker", "far", "misbrug"),
    (": Teenys skolegang", "teen", "skole"),
    (": Stedy har gæld", "sted", "oekonomi"),
    (": Barny gik til fodbold", "barn", "fritid"),
)


class Writer:
    """Writes one canary after the other into a sea."""

    def __init__(self, sea: Sea) -> None:
        self.sea, self.people, self.staff = sea, sea.people, sea.staff
        self.topics = {one.key: one for one in Topic.objects.all()}
        self.numbers: dict[str, Any] = {}

    def word(self, kind: str) -> str:
        assert kind in KINDS
        return f"Zq{kind}{next(self.numbers.setdefault(kind, count())):03d}q"

    def keep(self, ground: str, word: str, may: Callable[..., bool] | None, row: Any = None, **more: Any) -> None:
        self.sea.typed.setdefault(ground, []).append(Canary(word, more.pop("item", None), row, may=may, **more))

    @property
    def lead(self) -> str:
        return self.staff[0].recipient

    def sentence(self, kind: str, n: int, **marks: Any) -> tuple[str, str, list[Item]]:
        """(canary, text, what it tells) of the n-th text. marks: of the row that it stands in, if it has any."""
        word, (tail, who, topic) = self.word(kind), TELLS[n % len(TELLS)]
        about, own = set(marks.pop("about", ())), marks.pop("topic", None)
        if not who and not about:
            return word, word, []  # names nobody and tells of nothing
        self.sea.spoken.add(f"{word}{tail}")
        named = {self.people[who].pk} if who else set()
        found = Item(about | named, self.topics[topic].pk if topic else own, **marks)
        return word, f"{word}{tail}", [found]

    def named(self, name: str) -> Any:
        return self.people[name].pk


def anybody(world: Any, reader: Any) -> bool:
    """Nothing about the family: for all who take part."""
    return True


def knows(*people: Any) -> Callable[..., bool]:
    return lambda world, reader: all(oracle.knows(world, reader, who) for who in people)


def reaches(who: Any) -> Callable[..., bool]:
    return lambda world, reader: oracle.may_have_contact_of(world, reader, who)


def tells(items: list[Item], *free: str) -> Callable[..., bool]:
    """free: recipients who have it whatever it tells."""
    return lambda world, reader: reader.recipient in free or told_all(world, reader, items)


def may_name(world: Any, reader: Any, *, who: Any) -> bool:
    """C2: whoever has answered about an adult of the family, or had it answered for them, knows of that adult."""
    asked = any(one.who == reader.family and f"p:{who}" in (one.recipients or ()) for one in world.said)
    return asked or oracle.knows(world, reader, who)


def is_lead(world: Any, reader: Any) -> bool:
    return reader.recipient == world.leads
