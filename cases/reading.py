"""What the people page shows, in few queries: homes, custody, department cases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models.functions import Collate
from django.utils import timezone

from cases.access import Standing
from cases.ages import ages
from cases.knowing import case_known_to, known_to, label_known_to
from cases.models import Custody, DepartmentCase, FamilyMember, FamilyRelation, Forloeb, ForloebPerson, Residence
from cases.relations import relation_told

NOWHERE = "Uden husstand"
A_HOME = "En husstand"


def home_names(labels: Iterable[str], may_read: Callable[[str], bool]) -> dict[str, str]:
    """Label → what the household is called to a reader: »Hos Jens« names Jens, and stands there for who may know of him (C5).

    The others are »En husstand«; several are numbered, so that who lives together stays plain.
    """
    own = list(dict.fromkeys(labels))
    unnamed = [label for label in own if not may_read(label)]
    names = {label: f"Husstand {at}" if len(unnamed) > 1 else A_HOME for at, label in enumerate(unnamed, start=1)}
    return {label: names.get(label, label) for label in own}


def shows_contact(standing: Standing, has_case_there: bool) -> bool:
    """May an employee have a person's phone, mail, interpreter, CPR number and address? One rule for every page.

    The tovholder, the family's contact (F6); else a department where the person has a case. Having said yes to sharing
    gives only what was said yes to (C5). has_case_there: an open case in the employee's own department.
    """
    return standing.is_tovholder or has_case_there


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the reader may know it. number: "" where there is none, or it is not the reader's."""

    pk: UUID
    department: str
    number: str


@dataclass(slots=True)
class PersonLine:
    """One person as the reader may see the person.

    contact: whether phone, mail and CPR may be shown, by `shows_contact`.
    guarded: who in the person's homes has a protected address, the person included: it is theirs too (C12).
    shows_address: whether the address may be shown, on a click that is logged.
    cases: those the reader may know of: all for the tovholder, a department's own, and the rest by consent (C5). The
        number is the department's own and the tovholder's, who needs it for a paper; to others it says nothing they need.
    placed: with whom the person is placed, "" where the label names somebody the reader may not know of, or tells where a
        protected home is.
    """

    member: FamilyMember
    part: ForloebPerson | None
    contact: bool
    guarded: frozenset[UUID] = frozenset()
    shows_address: bool = False
    relation: str = ""
    homes: list[Residence] = field(default_factory=list)
    hidden_homes: list[str] = field(default_factory=list)  # names shown where the address is, and only there
    placed: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)  # first names, when the reader may know of all of them
    is_held: bool = False
    cases: list[CaseLine] = field(default_factory=list)

    @property
    def age(self) -> int | None:
        return self.member.person.age_on(timezone.localdate())

    @property
    def sheltered(self) -> bool:
        """Is the address a protected one, by the person or by somebody they live with?"""
        return bool(self.guarded)

    @property
    def lacks_custody(self) -> bool:
        """Somebody under age of whom nobody is written to have custody (F9); without a birth date, a child of the family."""
        age = self.age
        is_young = self.member.kind == FamilyRelation.CHILD if age is None else age < ages().adult
        return is_young and not self.is_held


@dataclass(slots=True)
class Home:
    label: str
    lines: list[PersonLine]


@dataclass(slots=True)
class FamilyPage:
    """left_out: how many people the reader may not know of (C6)."""

    homes: list[Home]
    lines: list[PersonLine]
    left_out: int = 0

    @property
    def outside(self) -> list[PersonLine]:
        """In the family, but the forløb is not about them."""
        return [line for line in self.lines if line.part is None]


def family_page(forloeb: Forloeb, standing: Standing) -> FamilyPage:
    """Twelve queries at most for any number of people. Danish order: last name, first name.

    The tovholder, who gathers the consents, knows everybody; a department knows those whose case it has, and those who
    have said yes to it (C5). The rest are only counted.
    """
    members = FamilyMember.objects.filter(family=forloeb.family_id).select_related("person")
    members = members.order_by(
        Collate("person__last_name", "da-x-icu"), Collate("person__first_name", "da-x-icu"), "pk"
    )
    parts = {row.person_id: row for row in forloeb.persons.filter(to_date__isnull=True)}
    here = {member.person_id: member.person for member in members}
    cases: dict[object, list[DepartmentCase]] = {}
    rows = DepartmentCase.objects.filter(person__in=here, to_date__isnull=True).select_related("department")
    for case in rows.order_by(Collate("department__name", "da-x-icu")):
        cases.setdefault(case.person_id, []).append(case)
    own = standing.participation.department_id
    ours = {pk for pk, found in cases.items() if any(case.department_id == own for case in found)}
    lines = {
        member.person_id: PersonLine(
            member, parts.get(member.person_id), shows_contact(standing, member.person_id in ours)
        )
        for member in members
    }
    for case in _cases_told(cases, forloeb, standing):
        number = case.case_number if standing.is_tovholder or case.department_id == own else ""
        lines[case.person_id].cases.append(CaseLine(case.pk, case.department.name, number))
    residences = _residences(forloeb)
    _shelter(lines, residences)
    knows = known_to(forloeb, standing.recipient)
    known = {pk: line for pk, line in lines.items() if standing.is_tovholder or line.contact or knows(pk)}
    left_out = len(lines) - len(known)
    names = [line.member.person.name for line in known.values()]
    for line in known.values():
        relation = line.member.relation
        line.relation = relation if standing.is_tovholder else relation_told(relation, names)
    partly: set[UUID] = set()
    for custody in Custody.objects.on(timezone.localdate()).filter(child__in=here, holder__in=here):
        if custody.child_id in known:
            known[custody.child_id].is_held = True
            known[custody.child_id].holders.append(here[custody.holder_id].first_name)
            if custody.holder_id not in known:
                partly.add(custody.child_id)
    for child in partly:  # to name one of two as the holder would be untrue
        known[child].holders.clear()
    return FamilyPage(_homes(forloeb, residences, known, standing), list(known.values()), left_out)


def _cases_told(
    cases: Mapping[object, list[DepartmentCase]], forloeb: Forloeb, standing: Standing
) -> list[DepartmentCase]:
    found = [case for rows in cases.values() for case in rows]
    own = standing.participation.department_id
    if standing.is_tovholder or all(case.department_id == own for case in found):
        return found
    knows = case_known_to(forloeb, standing.recipient)
    return [case for case in found if knows(case.person_id, case.department_id, case.department.name)]


def _residences(forloeb: Forloeb) -> list[Residence]:
    rows = Residence.objects.filter(household__family=forloeb.family_id, to_date__isnull=True)
    return list(rows.select_related("household").order_by(Collate("household__label", "da-x-icu"), "pk"))


def _shelter(lines: Mapping[UUID, PersonLine], residences: Iterable[Residence]) -> None:
    """Who may see an address: whoever may have the person's contact. Where the home is protected by somebody else, only
    whoever may have the contact of one of those as well: else their address could be read there (C12)."""
    protected = {pk for pk, line in lines.items() if line.member.person.protected_address}
    homes: dict[UUID, set[UUID]] = {}
    for row in residences:
        homes.setdefault(row.household_id, set()).add(row.person_id)
    for pk, line in lines.items():
        guards = [living & protected for living in homes.values() if pk in living and living & protected]
        own = {pk} & protected
        line.guarded = frozenset(own.union(*guards))
        line.shows_address = line.contact and (
            bool(own) or all(any(lines[one].contact for one in some) for some in guards)
        )


def _homes(
    forloeb: Forloeb, residences: Iterable[Residence], lines: dict[UUID, PersonLine], standing: Standing
) -> list[Home]:
    may_read = None if standing.is_tovholder else label_known_to(forloeb, standing.recipient)
    guarded = {pk for line in lines.values() for pk in line.guarded}
    rows = [row for row in residences if row.person_id in lines]
    # The name of a home tells where it is, as the address does: both stand on a click of its own (C12).
    hidden = {row.household.label for row in residences if row.person_id in guarded}
    labels = [row.household.label for row in rows]
    called = home_names(labels, lambda label: label not in hidden and (may_read is None or may_read(label)))
    homes = {label: Home(name, []) for label, name in called.items()}
    for row in rows:
        label, line = row.household.label, lines[row.person_id]
        line.homes.append(row)
        if label in hidden:
            line.hidden_homes.append(label)
        if row.is_placement:
            line.placed.append(label if called[label] == label else "")
    for line in lines.values():
        if line.part is None:
            continue
        for label in [row.household.label for row in line.homes] or [NOWHERE]:
            homes.setdefault(label, Home(label, [])).lines.append(line)
    return [home for home in homes.values() if home.lines]
