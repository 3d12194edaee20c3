"""Items with marks of their own, and what is said under them: contacts, exchanges, disagreements, notes on the plan."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from cases.models import Escalation
from consent.models import Exchange, NetworkContact
from plans.models import FollowUp, JournalEntry, JournalTakenBack, PlanItem, PlanVersion
from tests.consent import oracle
from tests.consent.factories import START
from tests.consent.oracle import Item, told_all
from tests.trust.canary import Sea
from tests.trust.writer import Writer, tells


# --- around the consents ----------------------------------------------------------------------------------------------------
def network(one: Writer) -> None:
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


def exchanges(one: Writer) -> None:
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
        one.keep("exchanges", what, tells([item]), row, item=item)
        one.keep("exchanges", name, partial(_talked_with, item=item, named=bool(named), teen=one.named("teen")), row, item=item)  # fmt: skip


def _talked_with(world: Any, reader: Any, *, item: Item, named: bool, teen: Any) -> bool:
    """C11: with whom stands with what was said. A name that was typed names somebody too (C5), but not to its writer."""
    own = reader.recipient == item.from_whom
    return told_all(world, reader, [item]) and (own or not named or oracle.knows(world, reader, teen))


def log(one: Writer) -> None:
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
