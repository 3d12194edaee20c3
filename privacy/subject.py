"""Indsigt (GDPR article 15): everything about one person in one forløb, in plain order, and nothing about others.

Rows that are the person's own are told whole. What concerns several goes through the sharing check as for any paper to
that person (C5); what is kept from the person (M8) or waits for another's consent leaves no gap. The professionals' own
log of disagreement, other people's answers and the other forløb a person may be in are never here.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q

from cases.models import (
    Custody,
    DepartmentCase,
    EndReason,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    HandOver,
    Henvendelse,
    Participation,
    Person,
    Residence,
)
from cases.reading import A_HOME
from cases.sheltering import is_sheltered, protected_households
from consent.labels import name_in
from consent.models import Consent, Declaration, Signature, Withdrawal, WithdrawalNotice
from consent.sharing import Cell
from consent.unmarked import may_read
from meetings.models import AgendaPoint, Attendance, BoardNote, Meeting, ScalingAnswer, SmileyRating
from organisation.models import in_danish
from plans.models import JournalEntry, JournalTakenBack, PlanCopy, PlanItem, PlanVersion
from privacy import around
from privacy.blocks import Block, Section
from privacy.blocks import block as _block
from privacy.shown import SHOWN
from privacy.voice import Listener
from web.dates import long_date

PAST = ("first_name", "last_name", "phone", "email", "address", "protected_name", "interpreter", "accessibility")
FREE = {"need", "end_text", "purpose", "cancelled_reason", "family_text", "answer", "correction", "reason"}


def sections(forloeb: Forloeb, person: Person) -> list[Section]:
    """Everything, in the order a person would ask. A section without anything is not there."""
    told = Listener(forloeb, person)
    found = [
        Section("Om dig", _self(told)),
        Section("Familien, og hvor du bor", [*_family(told), *around.clues(told, _address_is_kept(told))]),
        Section("Dine sager i kommunen", _cases(told)),
        Section("Forløbet", _forloeb(told)),
        Section("Hvem der er med", _participants(told)),
        Section("Dine samtykker", _consents(told)),
        Section("Netværket", around.network(told)),
        Section("Talt om uden dig", around.exchanges(told)),
        Section("Møder og tavlen", _meetings(told)),
        Section("Én Plan", _plan(told)),
        Section("Hvem der har fået planen", _copies(told)),
        Section("Hvor planen er journaliseret", _journal(told)),
    ]
    return [section for section in found if section.blocks]


def as_data(found: Sequence[Section]) -> list[dict[str, Any]]:
    """The same as plain data, for JSON."""
    return [{"afsnit": section.title, "indhold": [_data(block) for block in section.blocks]} for section in found]


def _data(block: Block) -> dict[str, Any]:
    lines = [{"hvad": label, "svar": value} for label, value in block.lines]
    return {
        "titel": block.title,
        "oplysninger": lines,
        **({"under": [_data(one) for one in block.under]} if block.under else {}),
    }


def _unheard(told: Listener, row: Any) -> set[str]:
    """The row's free texts without marks that are not for this person."""
    free = FREE & set(SHOWN[row._meta.label])
    return {name for name in free if not told.may_hear(getattr(row, name))}


# --- the person -----------------------------------------------------------------------------------------------------------
KEPT_WITH_ADDRESS = {"address", "protected_name", "phone", "email"}


def _address_is_kept(told: Listener) -> bool:
    """A young child's paper is handed to a custody holder, and nobody knows to which: a protected address reaches no one
    else's hand, the child's own or that of somebody the child lives with. Nor does what leads there: the telephone and
    the mail of the home, and what the home is called (C12)."""
    return told.is_young and is_sheltered(told.person, told.forloeb.family_id)


def _self(told: Listener) -> list[Block]:
    leave = KEPT_WITH_ADDRESS if _address_is_kept(told) else set()
    past = [(name, value) for name, value in _past(told.person) if name not in leave]
    found = [_block(told, told.person, leave=leave)]
    if past:
        labels = {name: str(Person._meta.get_field(name).verbose_name) for name, _ in past}  # type: ignore[union-attr]
        found.append(Block("Det stod der før", [(labels[name].capitalize(), value) for name, value in past]))
    return found


def _past(person: Person) -> list[tuple[str, str]]:
    """Values that stood in the person's row before, with the day they were replaced."""
    found: list[tuple[str, str]] = []
    later: Any = None
    for row in person.history.order_by("-history_date", "-history_id"):
        if later is not None:
            for name in PAST:
                value = getattr(row, name)
                if value and value != getattr(later, name):
                    found.append((name, f"{value} (indtil {long_date(later.history_date)})"))
        later = row
    return found


def _family(told: Listener) -> list[Block]:
    person, family = told.person, told.forloeb.family_id
    found = [_block(told, row) for row in FamilyMember.objects.filter(family=family, person=person)]
    homes = Residence.objects.filter(person=person, household__family=family).select_related("household")
    homes, is_kept = homes.annotate(hides=protected_households()), _address_is_kept(told)
    for home in homes.order_by("from_date", "pk"):
        block = _block(told, home)
        if is_kept and home.hides:  # type: ignore[attr-defined]
            block.lines.insert(0, ("Husstand", A_HOME))
        else:
            block.lines[:0] = told.lines(home.household, *SHOWN["cases.Household"])
        found.append(block)
    custody = Custody.objects.filter(Q(child=person) | Q(holder=person)).select_related("child", "holder")
    for row in custody.order_by("from_date", "pk"):
        if {row.child_id, row.holder_id} <= told.family.keys():
            found.append(_block(told, row, "Forældremyndighed"))
    return found


def _cases(told: Listener) -> list[Block]:
    rows = DepartmentCase.objects.filter(person=told.person).select_related("department")
    return [_block(told, row, row.department.name, ["department"]) for row in rows.order_by("from_date", "pk")]


# --- the forløb --------------------------------------------------------------------------------------------------------------
def _forloeb(told: Listener) -> list[Block]:
    leave = _unheard(told, told.forloeb) | ({"end_reason"} if _ended_for_anothers_consent(told) else set())
    found = [_block(told, told.forloeb, leave=leave)]
    own = ForloebPerson.objects.filter(forloeb=told.forloeb, person=told.person).order_by("from_date", "pk")
    found += [_block(told, row, "Du er med") for row in own]
    for over in HandOver.objects.filter(forloeb=told.forloeb).order_by("on", "pk"):
        found.append(_block(told, over, "Du fik en ny tovholder", _unheard(told, over)))
    for sent in Henvendelse.objects.filter(forloeb=told.forloeb).select_related(
        "sender", "sender_department", "to_department"
    ):
        found.append(_block(told, sent, "Henvendelsen, før forløbet begyndte", _unheard(told, sent)))
    return found


def _ended_for_anothers_consent(told: Listener) -> bool:
    """Consent was missing, and not this person's: then somebody else in the family held it back (C6)."""
    if told.forloeb.end_reason not in (EndReason.NO_CONSENT, EndReason.CONSENT_WITHDRAWN):
        return False
    return any(who == told.person.pk and state is Cell.YES for (who, _, _), state in told.basis.cells.items())


def _participants(told: Listener) -> list[Block]:
    rows = Participation.objects.filter(forloeb=told.forloeb).select_related("user", "department", "external")
    lines = []
    for row in told.labels.told(rows.order_by(in_danish("department__name"), "from_date", "pk")):
        parts = dict(_block(told, row, leave=["user", "external_name", "from_date", "to_date"]).lines)
        until = f" til {long_date(row.to_date)}" if row.to_date else ""
        lines.append((row.name, f"{', '.join(parts.values())}. Fra {long_date(row.from_date)}{until}"))
    return [Block("", lines)] if lines else []


def _consents(told: Listener) -> list[Block]:
    found = []
    own = Declaration.objects.filter(forloeb=told.forloeb, person=told.person)
    # Numbered by the person's own: a gap in the forløb's numbers would tell that somebody else has answered (C6).
    for number, row in enumerate(own.select_related("text", "informed_by").order_by("sequence"), start=1):
        block = _block(told, row, f"Erklæring {number}", ["sequence"])
        signed = Signature.objects.filter(declaration=row).select_related("signer").order_by("signed_on", "pk")
        block.under += [_block(told, one, "Underskrift") for one in signed]
        block.under += _answers(row)
        found.append(block)
    others = Signature.objects.filter(declaration__forloeb=told.forloeb, signer=told.person).exclude(
        declaration__person=told.person
    )
    for one in others.select_related("declaration__person", "signer").order_by("signed_on", "pk"):
        found.append(
            Block(f"Du har skrevet under for {told.name(one.declaration.person)}", told.lines(one, "signed_on"))
        )
    for gone in (
        Withdrawal.objects.filter(forloeb=told.forloeb, person=told.person).select_related("told_by").order_by("at")
    ):
        found.append(_block(told, gone, "Tilbagekaldt"))
        notices = WithdrawalNotice.objects.filter(withdrawal=gone).select_related("department", "external")
        found[-1].under = [
            _block(told, one, "Skal have besked om det")
            for one in notices.order_by(in_danish("department__name"), in_danish("external__name"))
        ]
    return found


def _answers(declaration: Declaration) -> list[Block]:
    """One line for each recipient and answer, its topics together. The person named the recipients, so they are told."""
    rows = Consent.objects.filter(declaration=declaration).select_related("department", "external", "adult", "topic")
    topics: dict[tuple[str, str], list[str]] = {}
    for row in rows.order_by(
        in_danish("department__name"),
        in_danish("external__name"),
        in_danish("adult__first_name"),
        "answer",
        "topic__position",
    ):
        recipient = row.department or row.external or row.adult
        answer = (
            f"Tilbagekaldt {long_date(row.withdrawn_at)}" if row.withdrawn_at else row.get_answer_display().capitalize()
        )
        topics.setdefault((str(recipient), answer), []).append(row.topic.name)
    lines = [(recipient, f"{answer}: {', '.join(names)}") for (recipient, answer), names in topics.items()]
    return [Block("Svar: Må de få noget at vide om dig?", lines)] if lines else []


# --- meetings and the plan ----------------------------------------------------------------------------------------------------
def _meetings(told: Listener) -> list[Block]:
    found = []
    for meeting in Meeting.objects.filter(forloeb=told.forloeb).in_order():
        own = Attendance.objects.filter(meeting=meeting, person=told.person).first()
        under = _of_meeting(told, meeting)
        if own or under:
            leave = _unheard(told, meeting) | (set() if own else {"place", "interpreter"})
            block = _block(told, meeting, f"Møde {meeting.number}", {"number", *leave})
            block.lines += _block(told, own).lines if own else []
            block.under = under
            found.append(block)
    return found


def _of_meeting(told: Listener, meeting: Meeting) -> list[Block]:
    points = AgendaPoint.objects.filter(meeting=meeting).for_sharing()
    found = [_block(told, point, "Punkt på dagsordenen") for point in points if told.may_have(point)]
    notes = BoardNote.objects.filter(meeting=meeting).for_sharing()
    found += [_block(told, note, "På tavlen") for note in notes if told.may_have(note)]
    for model, title in ((ScalingAnswer, "Fra 0 til 10"), (SmileyRating, "Din smiley, fra 1 til 5")):
        rows = model.objects.filter(meeting=meeting, person=told.person)
        # A young child's smiley is not handed to a parent: a yes to be named is one to the tovholder (M9).
        found += [
            _block(told, row, title, _unsaid(told, row)) for row in rows if model is ScalingAnswer or not told.is_young
        ]
    return found


def _unsaid(told: Listener, row: Any) -> set[str]:
    """The person's own words on the ruler are theirs, until somebody whom they name has said no to it (C5)."""
    words, own = getattr(row, "words", ""), told.reader.recipient
    is_own = may_read(told.reader, words, told.basis, contributed_by=own, said_by=told.person.pk)
    return set() if is_own else {"words"}


def _plan(told: Listener) -> list[Block]:
    found = []
    for version in PlanVersion.objects.filter(plan__forloeb=told.forloeb).order_by("number"):
        items = version.items.with_sources().prefetch_related("follow_ups")
        under = [_item(told, item) for item in items if _may_have_item(told, item)]
        if under:
            found.append(_block(told, version, f"Version {version.number}", {"number", *_unheard(told, version)}))
            found[-1].under = under
    return found


def _may_have_item(told: Listener, item: PlanItem) -> bool:
    """Its words may be kept from somebody after the version was finished, which itself never changes (M8, P5)."""
    kept = item.from_note.kept_from_ids if item.from_note else frozenset()
    return told.may_have(item) and not kept & (told.hands | {told.person.pk})


def _item(told: Listener, item: PlanItem) -> Block:
    about = frozenset(person.pk for person in item.about.all())
    responsible = item.responsible_person
    is_external = item.responsible_id and not told.labels.may_have_name(name_in(item.responsible_label))
    hidden = {"responsible_label"} if is_external or (responsible and not told.knows(responsible.pk)) else set()
    hidden |= set() if not item.outcome_note or told.may_hear(item.outcome_note, about) else {"outcome_note"}
    block = _block(told, item, item.get_kind_display().capitalize(), {"kind", *hidden})
    for one in item.follow_ups.all():
        leave = set() if not one.note or told.may_hear(one.note, about) else {"note"}
        block.under.append(_block(told, one, "Opfølgning", leave))
    return block


def _copies(told: Listener) -> list[Block]:
    """Papers made for the person, and those of others that hold something the person may have about themselves."""
    found = []
    copies = PlanCopy.objects.filter(version__plan__forloeb=told.forloeb).select_related("version")
    items = Prefetch("items", PlanItem.objects.with_sources())
    for copy in copies.prefetch_related(items, "distributions").order_by(
        "version__number", in_danish("recipient_label"), "pk"
    ):
        own = copy.recipient == told.reader.recipient
        if own or any(_may_have_item(told, item) for item in copy.items.all()):
            block = _block(told, copy, f"Version {copy.version.number}", ["recipient_label"])
            block.lines.insert(0, ("Modtager", _addressee(told, copy)))
            block.under = [_block(told, one, "Givet") for one in copy.distributions.all()]
            found.append(block)
    return found


def _addressee(told: Listener, copy: PlanCopy) -> str:
    kind, _, pk = copy.recipient.partition(":")
    if kind != "p":
        return copy.recipient_label
    known = {str(one) for one in told.family if told.knows(one)}
    return copy.recipient_label if pk in known else "En anden i familien"


def _journal(told: Listener) -> list[Block]:
    rows = JournalEntry.objects.filter(version__plan__forloeb=told.forloeb, person=told.person)
    blocks = []
    for row in rows.select_related("version", "department", "system").order_by("version__number", "pk"):
        blocks.append(_block(told, row, f"Version {row.version.number}"))
        again = JournalTakenBack.objects.filter(entry=row).order_by("at")
        blocks[-1].under = [_block(told, one, "Taget tilbage som en fejl", _unheard(told, one)) for one in again]
    return blocks
