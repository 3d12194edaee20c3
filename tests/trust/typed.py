"""What people type about a family besides the marked items, one canary in each: who they are, reasons, henvendelser, smileys.

Who may have each is said by the oracle (tests/consent/oracle.py), from the rule that speaks of it; a text without marks is
judged by what its words tell, which is written here by hand: »Mory er syg« is about mor's health.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from cases.models import (
    Barred,
    DepartmentCase,
    FamilyMember,
    HandOver,
    Henvendelse,
    HenvendelseMove,
    Household,
    Participation,
    Residence,
)
from consent.models import ClueWord, Declaration
from drafts.actions import save_draft
from meetings.models import SmileyRating
from privacy.models import LookupReview
from tests.consent import oracle
from tests.consent.factories import START
from tests.consent.oracle import Item, told_all
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, RecordSystemFactory, UserFactory
from tests.trust.canary import Sea
from tests.trust.typed_items import exchanges, log, network
from tests.trust.writer import TELLS, Writer, anybody, is_lead, knows, may_name, reaches, tells


def write(sea: Sea) -> None:
    """All that stands before the plan is finished."""
    one = Writer(sea)
    for write_kind in (
        _people,
        _cases,
        _homes,
        _participants,
        _reasons,
        network,
        exchanges,
        log,
        _meeting,
        _outside,
    ):
        write_kind(one)
    _requests(one)
    _own(one)


# --- persons ----------------------------------------------------------------------------------------------------------------
def _people(one: Writer) -> None:
    for name, person in one.people.items():
        words = {field: one.word(field) for field in ("navn", "tlf", "mail", "adr", "hensyn", "sprog")}
        person.last_name, person.phone, person.email = words["navn"], words["tlf"], f"{words['mail']}@mail.example"
        person.address, person.accessibility, person.interpreter = words["adr"], words["hensyn"], words["sprog"]
        person.save()
        one.keep("people", words.pop("navn"), partial(may_name, who=person.pk))
        for kind in ("tlf", "mail"):  # on Kontaktliste for whoever may know of them
            one.keep("people", words.pop(kind), knows(person.pk))
        for word in words.values():
            one.keep("people", word, reaches(person.pk))
        member = FamilyMember.objects.get(person=person)
        word = one.word("slaegt")
        told, whom = (f"Teenys {word.lower()}", ("teen",)) if name == "far" else (f"{word.lower()} til Teeny", ())
        FamilyMember.objects.filter(pk=member.pk).update(relation=told)
        one.sea.spoken.add(told)
        one.keep("people", word, knows(person.pk, *map(one.named, whom)))


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
        one.keep("people", word, knows(one.named("mor")) if "Mory" in label else anybody, home)


def _participants(one: Writer) -> None:
    for n, (title, who) in enumerate((("klasselærer for Teeny", "teen"), ("rådgiver", ""), ("Morys støtte", "mor"))):
        row, word = one.staff[n + 1], one.word("titel")
        row.title = f"{title} {word}"
        row.save()
        one.sea.spoken.add(row.title)
        one.keep("participants", word, knows(one.named(who)) if who else anybody, row)
    for row, name, facts in ((one.staff[5], "Ebbe", None), (one.staff[6], "Fary's afvænning ved", ("far", "misbrug"))):
        word, phone = one.word("ekstern"), one.word("eksttlf")
        row.external_name, row.external_phone = f"{name} {word}", phone
        row.save()
        one.sea.spoken.add(row.external_name)
        may = anybody if facts is None else tells([Item({one.named(facts[0])}, one.topics[facts[1]].pk)], one.lead)
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
        one.keep("reasons", word, tells(told, one.lead), row)
    colleague, word = EmploymentFactory(department=one.staff[4].department).user, one.word("spaerret")
    row = Barred.objects.create(forloeb=sea.forloeb, user=colleague, reason=f"Er Morys nabo {word}", by=sea.lead)
    sea.outsiders["barred"] = colleague
    sea.spoken.add(row.reason)
    one.keep("barred", word, is_lead, row)
    word, text, told = one.sentence("slut", 1)
    sea.forloeb.end_text = text  # as an opening again leaves it
    sea.forloeb.save()
    one.keep("ends", word, tells(told, one.lead))


# --- the meeting ------------------------------------------------------------------------------------------------------------
def _meeting(one: Writer) -> None:
    sea, mor = one.sea, one.people["mor"]
    word = one.word("sted")
    sea.meeting.place, sea.meeting.interpreter = f"Skolen {word}", (language := one.word("tolk"))
    sea.meeting.save()
    one.keep("meetings", word, anybody)
    speaks = [knows(person.pk) for person in one.people.values()]  # to whom it is no news that one speaks it
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
    # Taken on by the tovholder, who begins a start from it: another family's, so only these two know of it.
    texts = {name: one.sentence("henv", 1) for name in ("family_text", "need")}
    row = Henvendelse.objects.create(
        sender=teacher, sender_department=teacher.departments.get(), to_department=one.staff[0].department, to_user=sea.lead,
        state="accepted", answered_at=timezone.now(), answered_by=sea.lead,
        **{name: text for name, (_, text, _) in texts.items()},
    )  # fmt: skip
    sea.requests.append(row)
    for word, _, _ in texts.values():
        one.keep("requests", word, _request([], one.lead), row, outside={"teacher"})


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
    one.keep("declarations", word, lambda world, reader: is_lead(world, reader) or reader.family == one.named("mor"))
    word = one.word("spor")
    ClueWord.objects.create(
        forloeb=sea.forloeb, person=one.people["teen"], kind="institution", word=word, added_by=sea.lead
    )
    one.keep("clues", word, lambda world, reader: is_lead(world, reader) or reader.family == one.named("teen"))
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
