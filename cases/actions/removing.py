"""Taking somebody out of the family who was written on by mistake (F9). What was ever written about a person keeps them."""

from functools import cache
from typing import Any

from django.db import models, transaction
from simple_history.models import HistoricalChanges

from audit import events
from cases.access import demand_open, demand_tovholder
from cases.models import Custody, DepartmentCase, FamilyMember, Forloeb, ForloebPerson, Person, Residence
from documents.models import FrozenFile
from organisation.models import User
from web.errors import Refused

# The person's place in the family: it goes with the person, and says nothing that somebody did or said.
PLACE: tuple[type[models.Model], ...] = (FamilyMember, Residence, Custody, DepartmentCase, ForloebPerson)


def is_written_about(forloeb: Forloeb, person: Person) -> bool:
    """Does anything of this forløb but the place in the family point at the person, or was a paper made that may name them?

    Every relation to a person is asked, so that what later work adds keeps a person too. What stands in another forløb is
    not told of here.
    """
    for relation in Person._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:  # their marks' own tables are asked
            continue
        table: Any = relation.related_model
        if issubclass(table, (*PLACE, HistoricalChanges)):
            continue
        name, way = relation.field.name, way_to_forloeb(table)  # type: ignore[union-attr]
        if table._default_manager.filter(**{name: person}, **({way: forloeb} if way else {})).exists():
            return True
    since = ForloebPerson.objects.filter(forloeb=forloeb, person=person).order_by("from_date").first()
    return (
        since is not None and FrozenFile.objects.in_forloeb(forloeb).filter(made_at__date__gte=since.from_date).exists()
    )


@cache
def way_to_forloeb(table: type[models.Model]) -> str:
    """The shortest lookup from a row to the forløb it belongs to, by keys that every row has; "" when there is none."""
    seen, ways = {table}, [(table, "")]
    for kind, way in ways:
        for one in kind._meta.fields:
            above: Any = one.related_model
            if not one.many_to_one or one.null or above in seen:
                continue
            if above is Forloeb:
                return f"{way}{one.name}"
            seen.add(above)
            ways.append((above, f"{way}{one.name}__"))
    return ""


@transaction.atomic
def remove_person(*, by: User, forloeb: Forloeb, person: Person) -> None:
    """Take a person out of the family with their home, custody and cases there. Raises Refused when something is written.

    Custody among two who stand together in another family too is left: it decides there. A person who stands in no other
    family is erased, history included, by the night's erasure (privacy.erasure).
    """
    forloeb = Forloeb.objects.select_for_update(of=("self",)).select_related("family").get(pk=forloeb.pk)
    demand_tovholder(by, forloeb)
    demand_open(forloeb)
    member = FamilyMember.objects.get(family=forloeb.family_id, person=person)
    if is_written_about(forloeb, person):
        raise Refused(
            f"Der er skrevet noget om {person.first_name}, eller der er lavet papirer imens. Så kan {person.first_name} "
            "ikke tages ud af familien, men godt ud af forløbet."
        )
    elsewhere = FamilyMember.objects.filter(person=person).exclude(pk=member.pk)
    together = set(
        FamilyMember.objects.filter(family__in=elsewhere.values("family")).values_list("person_id", flat=True)
    )
    here = set(FamilyMember.objects.filter(family=forloeb.family_id).values_list("person_id", flat=True)) - together
    rows: list[models.QuerySet] = [
        ForloebPerson.objects.filter(forloeb=forloeb, person=person),
        Residence.objects.filter(household__family=forloeb.family_id, person=person),
        Custody.objects.filter(child=person, holder__in=here),
        Custody.objects.filter(holder=person, child__in=here),
    ]
    if not elsewhere.exists():
        rows.append(DepartmentCase.objects.filter(person=person))
    for row in [one for found in rows for one in found]:
        row.delete()
    member.delete()
    events.record(
        by=by,
        forloeb=forloeb,
        kind="person.removed",
        text="En person, der var skrevet på ved en fejl, er taget ud.",
        data={},
    )
