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
    """leads: the tovholder's recipient. topics: all there are, by key. cases: who has a case in which department."""

    today: date
    born: dict
    custody: dict  # child -> set of adults
    said: list
    leads: object = None
    topics: dict = field(default_factory=dict)
    cases: set = field(default_factory=set)  # (person, recipient)

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


def told_all(world, reader, items):
    """Words that tell of several things, each with its own topic, need what each of them needs."""
    return all(may_be_told(world, reader, item) for item in items)


# --- what has no marks, or a rule of its own ------------------------------------------------------------------------------
def knows(world, reader, who):
    """C5: may the reader know that this person is of the family? Whoever may be told anything about them at all.

    Besides themselves and who has custody until fifteen: the tovholder, who gathers the consents (F4); the department
    where the person has a case, for that is its own; and whoever they have said yes to about anything.
    """
    return (
        reader.recipient == world.leads
        or (who, reader.recipient) in world.cases
        or any(_knows_by_consent(world, reader, who, topic) for topic in world.topics.values())
    )


def _knows_by_consent(world, reader, who, topic):
    return may_be_told(world, reader, Item({who}, topic))


def may_have_contact_of(world, reader, who):
    """F6, C12: how to reach somebody is the tovholder's to know, and the department's that has the person's case."""
    return reader.family == who or reader.recipient == world.leads or (who, reader.recipient) in world.cases


def may_know_of_case(world, reader, who, where):
    """C5: that somebody has a case there is the department's own, the tovholder's who writes it on, and tells of support."""
    return reader.recipient in (where, world.leads) or may_be_told(world, reader, Item({who}, world.topics["social"]))


@dataclass
class Contact:
    """C10. whose: whose network. about_what: topics. by_whom: recipients who may call; nobody named: all who take part."""

    whose: set
    about_what: set
    by_whom: set
    from_whom: object
    kept_from: set = field(default_factory=set)


def may_use_contact(world, reader, contact):
    """C10: who may be contacted, by whom, about what; that somebody is in one's network is told as any other item."""
    if reader.family is not None:
        asked = reader.family in contact.whose  # nobody of the family is asked to ring for another
    else:
        asked = reader.recipient == world.leads or not contact.by_whom or reader.recipient in contact.by_whom

    def told(topic):
        return may_be_told(world, reader, Item(contact.whose, topic, contact.from_whom, None, contact.kept_from))

    return asked and told(world.topics["familie"]) and any(told(topic) for topic in contact.about_what)


def may_read_smiley(world, reader, who, words, may_be_named):
    """M9: one's own answer; and the tovholder's when that person agreed, as far as the words tell of nobody who said no.

    A child's own paper comes into others' hands, so there it is shown to nobody.
    """
    if reader.family is not None:
        return reader.family == who and not world.handed_to(who)
    agreed = reader.recipient == world.leads and may_be_named
    of_others = Item(words.about - {who}, words.topic)
    own = Item({who}, words.topic, reader.recipient)  # the person let the tovholder have them
    return agreed and may_be_told(world, reader, own) and may_be_told(world, reader, of_others)


def may_read_disagreement(world, reader, item, by_whom):
    """F12: the professionals' own: of the tovholder and those it is between. To other staff it tells of the family (C5).

    It never reaches the family, whatever they have said yes to.
    """
    if reader.family is not None:
        return False
    return reader.recipient == world.leads or reader.recipient in by_whom or may_be_told(world, reader, item)
