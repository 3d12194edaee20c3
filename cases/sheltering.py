"""A protected address belongs to a home: whoever lives there too has the same one (C12)."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Person, Residence


def protected_homes(person: Any, family: Any) -> QuerySet[Residence]:
    """The person's open residences in homes of the family where somebody with a protected address lives today.

    In: objects, keys, or `OuterRef`s of an outer query.
    """
    return Residence.objects.filter(
        person=person,
        household__family=family,
        to_date__isnull=True,
        household__residences__to_date__isnull=True,
        household__residences__person__protected_address=True,
    )


def protected_households() -> Exists:
    """Expression over residences: does somebody with a protected address live in that home today? Its name is shown as
    the address is."""
    living = Residence.objects.filter(household=OuterRef("household"), to_date__isnull=True)
    return Exists(living.filter(person__protected_address=True))


def is_sheltered(person: Person, family: Any) -> bool:
    """Is the person's address a protected one, by themselves or by somebody they live with?"""
    return person.protected_address or protected_homes(person, family).exists()
