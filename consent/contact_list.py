"""Kontaktliste: who to call about what, for one reader. Protected data never stand in it (C10, C12, documents.md)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cases.models import FamilyMember, Forloeb, Participation, ParticipationRole, Person, oldest_first
from cases.relations import relation_told
from consent.basis import load_basis
from consent.clues import Clue, Found, against, found_in, guards_of, sheltered
from consent.labels import Labels
from consent.network import NetworkLine, network_for
from consent.recipients import RecipientKind, recipients_of, split
from consent.sharing import Basis, Reader, may_know_of
from consent.unmarked import names_only_known
from documents import pdf
from documents.actions import filename_for
from organisation.models import in_danish

TEMPLATE = "consent/pdf/contacts.html"
TITLE = "Fælles Familier – Kontaktliste"


@dataclass(frozen=True, slots=True)
class Line:
    """One to call. phone and mail are empty when the reader must not have them; then `instead` says what to do."""

    name: str
    place: str
    phone: str = ""
    mail: str = ""
    about: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ContactList:
    staff: list[Line]
    family: list[Line]
    network: list[Line]
    left_out: int
    persons: frozenset[UUID]
    is_cut: bool = False
    """Of a contact in the network something is left out; told to staff only (C6)."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who can get a list: a department, an external party or an adult of the family."""

    reader: Reader
    name: str

    @property
    def key(self) -> str:
        return self.reader.recipient

    @property
    def slug(self) -> str:
        """The key as it stands in an address."""
        return self.key.replace(":", "-", 1)


def addressees(forloeb: Forloeb, basis: Basis) -> list[Addressee]:
    """Everybody a list can be made for: who takes part, and the adults who are in the forløb."""
    here = set(forloeb.persons.filter(to_date__isnull=True).values_list("person_id", flat=True))
    found = []
    for one in recipients_of(forloeb, basis):
        kind, pk = split(one.key)
        if kind is RecipientKind.ADULT and pk in here:
            found.append(Addressee(Reader.of_person(pk), one.name))
        elif kind is not RecipientKind.ADULT and one.takes_part:
            found.append(Addressee(Reader(one.key), one.name))
    return found


def build(
    forloeb: Forloeb,
    reader: Reader,
    handed_by: Reader | None = None,
    *,
    basis: Basis | None = None,
    participations: Collection[UUID] | None = None,
    persons: Collection[UUID] | None = None,
) -> ContactList:
    """The list for one reader, a constant number of queries.

    handed_by: the employee who makes the paper and gets no more by it than their own. participations, persons: only
    these (of a meeting); None = all who take part today.
    """
    basis = basis or load_basis(forloeb)
    both = [reader] if handed_by is None or handed_by.recipient == reader.recipient else [reader, handed_by]
    kept = sheltered(guards_of(forloeb))
    staff = _staff(forloeb, both, basis, participations)
    family, hidden = _family(forloeb, both, basis, kept, persons)
    network = network_for(forloeb, reader, basis, also=both[1:])
    theirs = {line.contact.pk for line in network.lines}
    if len(both) > 1:
        theirs &= {line.contact.pk for line in network_for(forloeb, both[1], basis, keeps_all=True).lines}
    lines = [line for line in network.lines if line.contact.pk in theirs and _is_for(reader, line)]
    about = {one.pk for line in lines for one in line.contact.about.all()}
    return ContactList(
        staff=staff,
        family=[line for _, line in family],
        network=[_of_network(line) for line in lines],
        left_out=0 if reader.person is not None else hidden + network.left_out,
        persons=frozenset({pk for pk, _ in family} | about),
        is_cut=reader.person is None and any(line.name != line.contact.name or not line.relation for line in lines),
    )


def _staff(forloeb: Forloeb, readers: Sequence[Reader], basis: Basis, only: Collection[UUID] | None) -> list[Line]:
    rows = Participation.objects.open(basis.on).filter(forloeb=forloeb)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return [
        Line(row.name, row.home, row.phone, row.user.email if row.user else "", _job(row, readers, basis))
        for row in Labels(readers, basis).told(rows.for_page())
    ]


def _job(row: Participation, readers: Sequence[Reader], basis: Basis) -> str:
    """What to call about: the tovholder about everything, others about their department's matters.

    A function may name somebody (»klasselærer for Ida«): it stands there for who may know of them.
    """
    if row.role == ParticipationRole.TOVHOLDER:
        return "Alt om forløbet. Ring her først."
    known = row.department.what_to_call_about if row.department else ""
    title = row.title if all(names_only_known(one, row.title, basis) for one in readers) else ""
    return known or title.capitalize() or str(row.get_role_display()).capitalize()


def _family(
    forloeb: Forloeb, readers: Sequence[Reader], basis: Basis, kept: Collection[UUID], only: Collection[UUID] | None
) -> tuple[list[tuple[UUID, Line]], int]:
    relations = {row.person_id: row for row in FamilyMember.objects.filter(family=forloeb.family_id)}
    rows = forloeb.persons.filter(to_date__isnull=True).select_related("person")
    if only is not None:
        rows = rows.filter(person__in=only)
    ordered = list(rows.order_by(oldest_first(), in_danish("person__first_name")))
    known = [row for row in ordered if all(may_know_of(one, row.person_id, basis) for one in readers)]
    names = [row.person.name for row in known]
    found = []
    for row in known:
        if row.person_id == readers[0].person:
            continue
        member = relations.get(row.person_id)
        relation = (relation_told(member.relation, names) or str(member.get_kind_display())) if member else ""
        found.append((row.person_id, _of_person(row.person, relation, row.person_id in kept)))
    return found, sum(row not in known and row.person_id != readers[0].person for row in ordered)


def _of_person(person: Person, relation: str, is_kept: bool) -> Line:
    if is_kept or not (person.phone or person.email):
        return Line(person.name, relation, instead="Ring til tovholderen")
    return Line(person.name, relation, person.phone, person.email)


def _is_for(reader: Reader, line: NetworkLine) -> bool:
    """Of the family each gets their own network alone: who may ring somebody else's was agreed with departments and
    externals, and a telephone number is no other adult's to hand on (C10)."""
    if reader.person is None:
        return True
    return reader.person == line.contact.said_by_id or any(one.pk == reader.person for one in line.contact.about.all())


def _of_network(line: NetworkLine) -> Line:
    return Line(line.name, line.bond, line.contact.phone, about=line.subjects.capitalize())


# --- the paper -----------------------------------------------------------------------------------------------------------------
def _facts(forloeb: Forloeb, on: date, meeting: str) -> dict[str, Any]:
    return {
        "title": TITLE,
        "version_label": meeting or "Version 1",
        "on": on,
        "reference": f"Forløb {forloeb.number}",
    }


def clues_in(forloeb: Forloeb, found: ContactList, addressee: Addressee, on: date, meeting: str = "") -> list[Found]:
    """The clues to a protected address that the paper would hold for this reader (C12). Nothing is made."""
    clues: Iterable[Clue] = against(guards_of(forloeb), addressee.reader)
    text = pdf.words(TEMPLATE, _context(found, addressee, meeting), **_facts(forloeb, on, meeting))
    return [Found(clue, addressee.name) for clue in found_in(text, clues)]


def render(
    forloeb: Forloeb, found: ContactList, addressee: Addressee, on: date, meeting: str = ""
) -> tuple[str, bytes]:
    """(file name, PDF) of Kontaktliste."""
    content = pdf.render(TEMPLATE, _context(found, addressee, meeting), **_facts(forloeb, on, meeting))
    version = meeting.removeprefix("Møde ") if meeting else "1"
    return filename_for("Kontaktliste", forloeb.number, on, version), content


def _context(found: ContactList, addressee: Addressee, meeting: str) -> dict[str, Any]:
    return {"list": found, "reader": addressee.name, "meeting_label": meeting}
