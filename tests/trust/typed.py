"""What else people type about a family, one canary in each: notes, reasons, contacts, exchanges, henvendelser, smileys.

Who may have each is said by the oracle (tests/consent/oracle.py), from the rule that speaks of it; a text without marks is
judged by what its words tell, which is written here by hand: »Mory er syg« is about mor's health.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from django.utils import timezone

from cases.models import (
    Barred,
    DepartmentCase,
    Escalation,
    FamilyMember,
    HandOver,
    Henvendelse,
    HenvendelseMove,
    Household,
    Participation,
    Residence,
)
from consent.models import ClueWord, Declaration, Exchange, NetworkContact, Topic, Withdrawal, WithdrawalNotice
from drafts.actions import save_draft
from meetings.models import SmileyRating
from plans.models import FollowUp, JournalEntry, JournalTakenBack, PlanCopy, PlanItem, PlanVersion
from privacy.models import LookupReview
from tests.consent import oracle
from tests.consent.factories import START
from tests.consent.oracle import Item, told_all
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, RecordSystemFactory, UserFactory
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


def write(sea: Sea) -> None:
    """All that stands before the plan is finished."""
    one = Writer(sea)
    for write_kind in (
        _people,
        _cases,
        _homes,
        _participants,
        _reasons,
        _network,
        _exchanges,
        _log,
        _meeting,
        _outside,
    ):
        write_kind(one)
    _requests(one)
    _own(one)


def anybody(world: Any, reader: Any) -> bool:
    """Nothing about the family: for all who take part."""
    return True


def _knows(*people: Any) -> Callable[..., bool]:
    return lambda world, reader: all(oracle.knows(world, reader, who) for who in people)


def _reaches(who: Any) -> Callable[..., bool]:
    return lambda world, reader: oracle.may_have_contact_of(world, reader, who)


def _tells(items: list[Item], *free: str) -> Callable[..., bool]:
    """free: recipients who have it whatever it tells."""
    return lambda world, reader: reader.recipient in free or told_all(world, reader, items)


def may_name(world: Any, reader: Any, *, who: Any) -> bool:
    """C2: whoever has answered about an adult of the family, or had it answered for them, knows of that adult."""
    asked = any(one.who == reader.family and f"p:{who}" in (one.recipients or ()) for one in world.said)
    return asked or oracle.knows(world, reader, who)


# --- persons ----------------------------------------------------------------------------------------------------------------
def _people(one: Writer) -> None:
    for name, person in one.people.items():
        words = {field: one.word(field) for field in ("navn", "tlf", "mail", "adr", "hensyn", "sprog")}
        person.last_name, person.phone, person.email = words["navn"], words["tlf"], f"{words['mail']}@mail.example"
        person.address, person.accessibility, person.interpreter = words["adr"], words["hensyn"], words["sprog"]
        person.save()
        one.keep("people", words.pop("navn"), partial(may_name, who=person.pk))
        for kind in ("tlf", "mail"):  # on Kontaktliste for whoever may know of them
            one.keep("people", words.pop(kind), _knows(person.pk))
        for word in words.values():
            one.keep("people", word, _reaches(person.pk))
        member = FamilyMember.objects.get(person=person)
        word = one.word("slaegt")
        told, whom = (f"Teenys {word.lower()}", ("teen",)) if name == "far" else (f"{word.lower()} til Teeny", ())
        FamilyMember.objects.filter(pk=member.pk).update(relation=told)
        one.sea.spoken.add(told)
        one.keep("people", word, _knows(person.pk, *map(one.named, whom)))


def _cases(one: Writer) -> None:
    """Mor has a case with d1, the child with the tovholder's department."""
    for name, number in (("mor", 1), ("barn", 0), ("teen", 3)):
        staff, person = one.staff[number], one.people[name]
        if staff.department.record_system is None:
            staff.department.record_system = RecordSystemFactory()
            staff.department.save()
        word = one.word("sag")
        row = DepartmentCase.objects.create(
            person=person, department=staff.department, case_number=word, from_date=START
        )
        one.sea.world.cases.add((person.pk, staff.recipient))
        # The number is the department's own and the tovholder's; a paper to the person tells it to them.
        one.keep("cases", word, partial(_has_case_number, who=person.pk, where=staff.recipient), row)


def _has_case_number(world: Any, reader: Any, *, who: Any, where: str) -> bool:
    return reader.family == who or reader.recipient in (where, world.leads)


def _homes(one: Writer) -> None:
    family = one.sea.forloeb.family
    for label, who in (("Hos Mory", ("mor", "lille")), ("Huset", ("far", "barn"))):
        word = one.word("hjem")
        home = Household.objects.create(family=family, label=f"{label} {word}")
        one.sea.spoken.add(home.label)
        for name in who:
            Residence.objects.create(household=home, person=one.people[name], from_date=START)
        one.keep("people", word, _knows(one.named("mor")) if "Mory" in label else anybody, home)


def _participants(one: Writer) -> None:
    for n, (title, who) in enumerate((("klasselærer for Teeny", "teen"), ("rådgiver", ""), ("Morys støtte", "mor"))):
        row, word = one.staff[n + 1], one.word("titel")
        row.title = f"{title} {word}"
        row.save()
        one.sea.spoken.add(row.title)
        one.keep("participants", word, _knows(one.named(who)) if who else anybody, row)
    for row, name, facts in ((one.staff[5], "Ebbe", None), (one.staff[6], "Fary's afvænning ved", ("far", "misbrug"))):
        word, phone = one.word("ekstern"), one.word("eksttlf")
        row.external_name, row.external_phone = f"{name} {word}", phone
        row.save()
        one.sea.spoken.add(row.external_name)
        may = anybody if facts is None else _tells([Item({one.named(facts[0])}, one.topics[facts[1]].pk)], one.lead)
        one.keep("participants", word, may, row)
        one.keep("participants", phone, anybody, row)


# --- reasons ----------------------------------------------------------------------------------------------------------------
def _reasons(one: Writer) -> None:
    sea, (first, second) = one.sea, one.staff[:2]
    former = Participation.objects.create(
        forloeb=sea.forloeb,
        user=second.user,
        department=second.department,
        role="tovholder",
        from_date=START,
        to_date=START,
    )
    for n in range(len(TELLS)):
        word, text, told = one.sentence("overlev", n, from_whom=second.recipient)
        row = HandOver.objects.create(
            forloeb=sea.forloeb,
            from_participation=former,
            to_participation=first,
            on=START,
            reason=text,
            by=second.user,
        )
        one.keep("reasons", word, _tells(told, one.lead), row)
    colleague, word = EmploymentFactory(department=one.staff[4].department).user, one.word("spaerret")
    row = Barred.objects.create(forloeb=sea.forloeb, user=colleague, reason=f"Er Morys nabo {word}", by=sea.lead)
    sea.outsiders["barred"] = colleague
    sea.spoken.add(row.reason)
    one.keep("barred", word, _is_lead, row)
    word, text, told = one.sentence("slut", 1)
    sea.forloeb.end_text = text  # as an opening again leaves it
    sea.forloeb.save()
    one.keep("ends", word, _tells(told, one.lead))


def _is_lead(world: Any, reader: Any) -> bool:
    return reader.recipient == world.leads


# --- around the consents ----------------------------------------------------------------------------------------------------
def _network(one: Writer) -> None:
    topics = list(one.topics.values())
    for n in range(12):
        name = list(one.people)[n % 6]
        whose, kept = {one.named(name)}, {one.named("far")} if n == 10 else set()
        about, by_whom = topics[n % 8 : n % 8 + 2], [] if n % 2 else [one.staff[n % 7].recipient]
        rule = oracle.Contact(whose, {topic.pk for topic in about}, set(by_whom), one.lead, kept)
        contact = partial(oracle.may_use_contact, contact=rule)
        marks = {"about": whose, "topic": one.topics["familie"].pk, "from_whom": one.lead, "kept_from": kept}
        note, text, told = one.sentence("netnote", n, **marks)
        words = {kind: one.word(kind) for kind in ("netnavn", "netrel", "nettlf")}
        others = {one.named("mor")} if n % 3 == 0 else set()
        row = NetworkContact.objects.create(
            forloeb=one.sea.forloeb, name=f"{words['netnavn']} Holm", note=text, phone=words["nettlf"],
            relation=f"Morys {words['netrel']}" if others else words["netrel"], topic=one.topics["familie"], may_call=by_whom,
            contributed_by=one.lead, said_by=one.people[name], said_on=START, created_by=one.sea.lead,
        )  # fmt: skip
        one.sea.spoken.add(row.relation)
        row.about.set(whose)
        row.kept_from.set(kept)
        row.topics.set(about)
        bond = [Item(whose | others, one.topics["familie"].pk, one.lead, None, kept)]
        item, said = {"item": bond[0]}, one.people[name].pk
        one.keep("contacts", words["netnavn"], contact, row, **item)
        one.keep("contacts", words["nettlf"], contact, row, **item)
        one.keep("contacts", words["netrel"], _said(contact, bond, said), row, **item)
        one.keep("contact_notes", note, _said(contact, told, said), row, **item)


def _said(contact: Callable[..., bool], items: list[Item], by: Any) -> Callable[..., bool]:
    """What stands with a contact: as its words tell. The person who said it gave them, as the tovholder who wrote it down."""

    def may(world: Any, reader: Any) -> bool:
        own = [replace(item, from_whom=reader.recipient) for item in items] if reader.family == by else items
        return contact(world, reader) and told_all(world, reader, own)

    return may


def _exchanges(one: Writer) -> None:
    topics = list(one.topics.values())
    for n in range(14):
        who, by = list(one.people)[n % 6], one.staff[(n % 4) + 1]
        kept = {one.named("mor")} if n in (3, 10) else set()
        item = Item({one.named(who)}, topics[n % 8].pk, by.recipient, None, kept)
        what, name = one.word("udveks"), one.word("talte")
        named = ("Teeny",) if n % 2 else ()
        row = Exchange.objects.create(
            forloeb=one.sea.forloeb, by=by, with_name=f"{name} for Teeny" if named else name, what=what, on=START,
            topic=topics[n % 8], contributed_by=by.recipient,
        )  # fmt: skip
        one.sea.spoken.add(row.with_name)
        row.about.set({one.people[who]})
        row.kept_from.set(kept)
        one.keep("exchanges", what, _tells([item]), row, item=item)
        one.keep("exchanges", name, partial(_talked_with, item=item, named=bool(named), teen=one.named("teen")), row, item=item)  # fmt: skip


def _talked_with(world: Any, reader: Any, *, item: Item, named: bool, teen: Any) -> bool:
    """C11: with whom stands with what was said. A name that was typed names somebody too (C5), but not to its writer."""
    own = reader.recipient == item.from_whom
    return told_all(world, reader, [item]) and (own or not named or oracle.knows(world, reader, teen))


def _log(one: Writer) -> None:
    for n in range(4):
        by, other = one.staff[n + 1], one.staff[(n + 2) % 5]
        word, text, told = one.sentence("uenig", n + 1, from_whom=by.recipient)
        leaders, settled = one.word("ledere"), one.word("enige")
        row = Escalation.objects.create(
            forloeb=one.sea.forloeb, what=text, leaders=leaders, settled=settled, on=START, by=by.user
        )
        row.involved.set([by, other])
        outside = {"leader"} if 0 in (n + 1, (n + 2) % 5) else set()  # of the tovholder's department
        rule = partial(oracle.may_read_disagreement, item=told[0], by_whom={by.recipient, other.recipient})
        for found in (word, leaders, settled):
            one.keep("disagreements", found, rule, row, outside=outside)


# --- the meeting ------------------------------------------------------------------------------------------------------------
def _meeting(one: Writer) -> None:
    sea, mor = one.sea, one.people["mor"]
    word = one.word("sted")
    sea.meeting.place, sea.meeting.interpreter = f"Skolen {word}", (language := one.word("tolk"))
    sea.meeting.save()
    one.keep("meetings", word, anybody)
    speaks = [_knows(person.pk) for person in one.people.values()]  # to whom it is no news that one speaks it
    one.keep("meetings", language, lambda world, who: any(may(world, who) for may in speaks))
    came = sea.attendance[f"p:{mor.pk}"]
    word, text, told = one.sentence("fremme", 1)
    came.note = text
    came.save()
    one.keep("notes", word, None, came, also=told)
    for n, (name, named) in enumerate((("mor", True), ("teen", False), ("lille", True), ("far", True))):
        word, tail = one.word("smiley"), ("", ": Fary drikker")[n % 2]
        words = Item(
            {one.named(name), *({one.named("far")} if tail else ())}, one.topics["misbrug" if tail else "familie"].pk
        )
        row = SmileyRating.objects.create(
            meeting=sea.meeting, person=one.people[name], value=3, words=f"{word}{tail}", may_be_named=named
        )
        sea.spoken.add(row.words)
        rule = partial(oracle.may_read_smiley, who=one.named(name), words=words, may_be_named=named)
        one.keep("smileys", word, rule, row)


# --- before and beside the forløb -------------------------------------------------------------------------------------------
def _outside(one: Writer) -> None:
    """Who takes no part: the teacher who sent a henvendelse, the leader of the tovholder's department, the koordinator."""
    sea = one.sea
    sea.outsiders["teacher"] = EmploymentFactory(department=DepartmentFactory(school=True)).user
    sea.outsiders["leader"] = EmploymentFactory(department=one.staff[0].department, leader=True).user
    sea.outsiders["koordinator"] = UserFactory(koordinator=True)
    family = one.word("familie")
    sea.forloeb.family.name = family
    sea.forloeb.family.save()
    one.keep("family", family, anybody)


def _requests(one: Writer) -> None:
    """O4: the sender's and the receiver's. What became a forløb stands in Indsigt, for whom it is about."""
    sea, teacher = one.sea, one.sea.outsiders["teacher"]
    texts = {name: one.sentence("henv", 3) for name in ("family_text", "need")}
    row = Henvendelse.objects.create(
        sender=teacher, sender_department=teacher.departments.get(), to_department=one.staff[0].department, to_user=sea.lead,
        state="accepted", answered_at=timezone.now(), answered_by=sea.lead, forloeb=sea.forloeb,
        **{name: text for name, (_, text, _) in texts.items()},
    )  # fmt: skip
    sea.requests.append(row)
    for word, _, told in texts.values():
        one.keep("requests", word, _request(told, one.lead), row, outside={"teacher"})
    word = one.word("henv")
    row = Henvendelse.objects.create(
        sender=teacher, sender_department=teacher.departments.get(), to_department=one.staff[0].department, to_user=sea.lead,
        state="declined", answered_at=timezone.now(), answered_by=sea.lead, answer=word, family_text="En anden", need="Ro",
    )  # fmt: skip
    sea.requests.append(row)
    one.keep("requests", word, _request([], one.lead), row, outside={"teacher"})
    sender, receiver, before = one.staff[1], one.staff[2], one.staff[3]
    texts = {name: one.sentence("henv", 1) for name in ("family_text", "need")}
    row = Henvendelse.objects.create(
        sender=sender.user, sender_department=sender.department, to_department=receiver.department, to_user=receiver.user,
        **{name: text for name, (_, text, _) in texts.items()},
    )  # fmt: skip
    note, text, _ = one.sentence("henv", 1)
    HenvendelseMove.objects.create(
        henvendelse=row, from_department=before.department, from_user=before.user, to_department=receiver.department,
        to_user=receiver.user, by=before.user, note=text,
    )  # fmt: skip
    sea.requests.append(row)
    for word in (*(word for word, _, _ in texts.values()), note):
        one.keep("requests", word, _request([], sender.recipient, receiver.recipient), row)


def _request(told: list[Item], *whose: str) -> Callable[..., bool]:
    return lambda world, reader: (
        reader.recipient in whose or (reader.family is not None and bool(told) and told_all(world, reader, told))
    )


def _own(one: Writer) -> None:
    """What one person alone reads, or the tovholder."""
    sea = one.sea
    word = one.word("kladde")
    save_draft(by=one.staff[4].user, key="henvendelse", fields={"need": word})
    one.keep("drafts", word, lambda world, reader: reader.recipient == one.staff[4].recipient)
    word = one.word("mundtl")
    said = Declaration.objects.filter(forloeb=sea.forloeb, person=one.people["mor"]).first()
    said.oral_note = word
    said.save()
    one.keep("declarations", word, lambda world, reader: _is_lead(world, reader) or reader.family == one.named("mor"))
    word = one.word("spor")
    ClueWord.objects.create(
        forloeb=sea.forloeb, person=one.people["teen"], kind="institution", word=word, added_by=sea.lead
    )
    one.keep("clues", word, lambda world, reader: _is_lead(world, reader) or reader.family == one.named("teen"))
    word = one.word("gennemset")
    LookupReview.objects.create(
        pattern="many",
        actor=one.staff[1].user,
        day=sea.world.today,
        through=0,
        note=word,
        at=timezone.now(),
        by=sea.lead,
    )
    one.keep("reviews", word, lambda world, reader: False, outside={"koordinator"})


# --- once the plan is finished ----------------------------------------------------------------------------------------------
def follow_up(sea: Sea) -> None:
    """Notes on agreements, and what stands in the ledger."""
    one = Writer(sea)
    agreements = [found for found in sea.plan if found.row.kind == "agreement"]
    for n, found in enumerate(agreements):
        by, item = one.staff[n % 5], found.item
        # What it tells besides is from whoever wrote it, not from whom the agreement is; else it follows the agreement (C5).
        word, text, told = one.sentence(
            "opfolg", n, about=item.about, topic=item.topic, from_whom=by.recipient, kept_from=item.kept_from
        )
        row = FollowUp.objects.create(agreement=found.row, state="partly", note=text, by=by.user)
        one.keep("follow_ups", word, None, row, item=item, also=told if ":" in text else [])
    entries = list(JournalEntry.objects.filter(version=sea.version).select_related("person", "department"))
    for entry in entries:
        where, who = f"d:{entry.department_id}", entry.person_id
        number = one.word("dok")
        entry.document_number, entry.journalised_on, entry.journalised_by = number, sea.world.today, sea.lead
        entry.save()
        rule = partial(_may_know_line, who=who, where=where)
        one.keep("journal", number, rule, entry)
        old, word = one.word("dok"), one.word("tagetilb")
        row = JournalTakenBack.objects.create(
            entry=entry, document_number=old, journalised_on=sea.world.today, journalised_by=sea.lead, by=sea.lead,
            reason=f"{word}: forkert sag",
        )  # fmt: skip
        one.keep("journal", old, rule, row)
        one.keep("journal", word, rule, row)


def _may_know_line(world: Any, reader: Any, *, who: Any, where: str) -> bool:
    return reader.family == who or oracle.may_know_of_case(world, reader, who, where)


def draft(sea: Sea) -> None:
    """What the draft says of itself, and what became of what it carries on."""
    one = Writer(sea)
    word, text, told = one.sentence("rettet", 1)
    version = sea.version
    version.corrects, version.correction = PlanVersion.objects.get(plan=version.plan, number=1), text
    version.save()
    one.keep("corrections", word, None, also=told)
    rows = PlanItem.objects.filter(version=sea.version, carried_from__isnull=False).order_by("position")
    for n, row in enumerate(rows):
        about, kept = set(row.about.values_list("pk", flat=True)), set(row.kept_from.values_list("pk", flat=True))
        found = Item(about, row.topic_id, row.contributed_by, None, kept)
        word, text, told = one.sentence("hvorfor", n, about=about, topic=row.topic_id, kept_from=kept)
        row.outcome, row.outcome_note = "partly", text
        row.save()
        one.keep("outcomes", word, None, row, item=found, also=told if ":" in text else [])


# --- addresses ----------------------------------------------------------------------------------------------------------------
def keys(sea: Sea) -> dict[str | None, list[Any]]:
    """Kind of object (`world.kind_of`) → the ids of the sea's own, some of the kinds that there are many of."""

    def of(model: Any, **where: Any) -> list[Any]:
        return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))

    here = {"forloeb": sea.forloeb}
    return {
        "forloeb": [sea.forloeb.pk],
        "meeting": [sea.meeting.pk],
        "held": [sea.meeting.pk],
        "version": [sea.version.pk],
        "draft": [sea.version.pk],
        "person": [one.pk for one in sea.people.values()],
        "member": of(FamilyMember, family=sea.forloeb.family),
        "case": of(DepartmentCase, person__in=sea.people.values()),
        "barred": of(Barred, **here),
        "participation": [sea.staff[1].pk, sea.staff[6].pk],
        "henvendelse": [one.pk for one in sea.requests],
        "declaration": of(Declaration, **here)[:3],
        "withdrawal": of(Withdrawal, **here)[:2],
        "notice": of(WithdrawalNotice, withdrawal__forloeb=sea.forloeb)[:2],
        "contact": of(NetworkContact, **here),
        "exchange": of(Exchange, **here),
        "clue": of(ClueWord, **here),
        "point": [one.row.pk for one in sea.agenda],
        "note": [one.row.pk for one in sea.board],
        "item": [one.row.pk for one in sea.plan],
        "agreement": [one.row.pk for one in sea.plan if one.row.kind == "agreement"],
        "copy": of(PlanCopy, version=sea.version),
        "entry": of(JournalEntry, version=sea.version),
    }
