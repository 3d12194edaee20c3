"""A second judge of C1, C5, C7 and M8, written from the prose of domain/rules.md and not from consent/sharing.py.

It knows no cells and no states: it replays what people said, in the order they said it, and asks at the end what may be
told. One reading is argued: C5's »written on the board at a meeting where they were registered present« is what those
present could read. What is kept from somebody (M8) stands on no wall (M6), so presence opens it to nobody.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Said:
    """One thing that was said. kind: "yes", "no" or "withdraw"; None for recipients or topics: all of them."""

    kind: str
    who: object
    recipients: set | None
    topics: set | None
    expires: date | None = None
    signed_by: set = field(default_factory=set)

    def concerns(self, who, recipient, topic):
        return (
            self.who == who
            and (self.recipients is None or recipient in self.recipients)
            and (self.topics is None or topic in self.topics)
        )


@dataclass
class World:
    today: date
    born: dict
    custody: dict  # child -> set of adults
    said: list

    def age(self, who):
        birthday = self.born.get(who)
        if birthday is None:
            return None
        years = 0
        while True:
            try:
                turned = date(birthday.year + years + 1, birthday.month, birthday.day)
            except ValueError:  # 29 February
                turned = date(birthday.year + years + 1, 3, 1)
            if turned > self.today:
                return years
            years += 1

    def handed_to(self, who):
        """Into whose hands a child's own paper comes as well: everybody who has custody, until fifteen (C5, M8)."""
        age = self.age(who)
        return self.custody.get(who, set()) if age is None or age < 15 else set()

    def everybody_signed(self, one):
        """C1: from fifteen oneself; under fifteen every custody holder; nobody to sign means not signed."""
        age, holders = self.age(one.who), self.custody.get(one.who, set())
        if age is not None and age >= 15:
            return one.who in one.signed_by
        if holders:
            return all(holder in one.signed_by for holder in holders)
        return age is None and one.who in one.signed_by

    def answer(self, who, recipient, topic):
        """ "yes": a valid consent stands. "no": a no or a withdrawal stands. "silent": neither."""
        result = "silent"
        for one in self.said:
            if not one.concerns(who, recipient, topic):
                continue
            if one.kind in ("no", "withdraw"):
                result = "no"
            elif self.everybody_signed(one):
                result = "yes" if self.today < one.expires else "silent"
        return result


@dataclass
class Item:
    about: set
    topic: object
    from_whom: object = ""
    on_board_of: object = None
    kept_from: set = field(default_factory=set)


@dataclass
class Somebody:
    """Who reads. recipient: under which consent is asked for; family: the person, when of the family."""

    recipient: object
    family: object = None
    was_at: set = field(default_factory=set)


def may_be_told(world, reader, item):
    """C5 and M8, sentence by sentence."""
    if reader.family is not None and reader.family in item.kept_from:
        return False
    heard = item.on_board_of is not None and item.on_board_of in reader.was_at and len(item.kept_from) == 0
    gave = item.from_whom != "" and item.from_whom == reader.recipient
    for who in item.about:
        if reader.family == who:
            continue
        age = world.age(who)
        if (
            reader.family is not None
            and age is not None
            and age < 15
            and reader.family in world.custody.get(who, set())
        ):
            continue
        answer = world.answer(who, reader.recipient, item.topic)
        if answer == "yes":
            continue
        if answer == "no":
            return False
        if not heard and not gave:
            return False
    return True
