"""Taking somebody out of the family who was written on by mistake (F9). What was ever written about a person keeps them."""

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
    """Does anything but the place in the family point at the person, or was a paper made that may name them?

    Every relation to a person is asked, so that what later work adds keeps a person too.
    """
    for relation in Person._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:  # their marks' own tables are asked
            continue
        table: Any = relation.related_model
        name = relation.field.name  # type: ignore[union-attr]
        if (
            not issubclass(table, (*PLACE, HistoricalChanges))
            and table._default_manager.filter(**{name: person}).exists()
        ):
            return True
    since = ForloebPerson.objects.filter(forloeb=forloeb, person=person).order_by("from_date").first()
    return (
        since is not None and FrozenFile.objects.in_forloeb(forloeb).filter(made_at__date__gte=since.from_date).exists()
    )


@transaction.atomic
def remove_person(*, by: User, forloeb: Forloeb, person: Person) -> None:
    """Take a person out of the family with their home, custody and cases there. Raises Refused when something is written.

    A person who stands in no other family is erased, history included, by the night's erasure (privacy.erasure).
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
    here = FamilyMember.objects.filter(family=forloeb.family_id).values_list("person_id", flat=True)
    rows: list[models.QuerySet] = [
        ForloebPerson.objects.filter(forloeb=forloeb, person=person),
        Residence.objects.filter(household__family=forloeb.family_id, person=person),
        Custody.objects.filter(child=person, holder__in=list(here)),
        Custody.objects.filter(holder=person, child__in=list(here)),
    ]
    if not person.memberships.exclude(pk=member.pk).exists():
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
