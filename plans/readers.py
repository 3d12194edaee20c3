"""Who gets a copy of a finished version (P6)."""

from dataclasses import dataclass
from uuid import UUID

from cases.ages import ages
from cases.models import Forloeb, ForloebPerson, Participation, Person
from consent.sharing import Basis, Reader
from meetings.readers import reader_of_department, reader_of_person
from organisation.models import in_danish


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who gets a copy. `person` when of the family."""

    reader: Reader
    label: str
    person: Person | None = None
    department: UUID | None = None


def addressees(forloeb: Forloeb, basis: Basis) -> list[Addressee]:
    """Each department and external party that takes part today, and each in the family who may have papers."""
    found: dict[str, Addressee] = {}
    for one in (
        Participation.objects.open()
        .filter(forloeb=forloeb)
        .select_related("department", "external")
        .order_by(in_danish("department__name"), in_danish("external__name"))
    ):
        reader = reader_of_department(one.department_id) if one.department_id else Reader(one.recipient)
        found.setdefault(one.recipient, Addressee(reader, one.home, department=one.department_id))
    rows = ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True).select_related("person")
    for row in rows.order_by(in_danish("person__first_name"), "person_id"):
        if gets_papers(row.person_id, basis):
            reader = reader_of_person(row.person, forloeb.pk)
            found.setdefault(reader.recipient, Addressee(reader, row.person.name, person=row.person))
    return list(found.values())


def gets_papers(person: UUID, basis: Basis) -> bool:
    """Adults, and young people who sign for themselves (C1); without a birth date, custody tells a child."""
    age = basis.ages.get(person)
    return person not in basis.custody if age is None else age >= ages().signs_self
