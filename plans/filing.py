"""Where a plan is to be filed: the cases of its citizens in departments that take part and have a system of their own (O3, P7)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import DepartmentCase, ForloebPerson, Participation
from organisation.models import in_danish
from plans.models import JournalEntry, PlanVersion


def cases_to_file(forloeb: Any) -> QuerySet[DepartmentCase]:
    """The open cases of the persons of a forløb that are journalised by somebody who takes part.

    A department that has closed, with nobody left who could tick its line, is not waited for: nobody new can come there.
    forloeb: a Forloeb or its id.
    """
    today = timezone.localdate()
    still_there = Participation.objects.giving_access(today).filter(forloeb=forloeb)
    taking_part = Participation.objects.open(today).filter(
        Q(department__is_active=True) | Q(pk__in=still_there.values("pk")), forloeb=forloeb, department__isnull=False
    )
    people = ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True)
    return (
        DepartmentCase.objects.filter(
            Q(from_date__isnull=True) | Q(from_date__lte=today),
            Q(to_date__isnull=True) | Q(to_date__gt=today),
            person__in=people.values("person"),
            department__in=taking_part.values("department"),
            department__record_system__isnull=False,
        )
        .select_related("department", "person")
        .order_by(in_danish("department__name"), in_danish("person__first_name"))
    )


def not_filed(version: PlanVersion) -> list[DepartmentCase]:
    """Cases that were written on after the version was finished: nothing of it waits for them. Two queries.

    Only departments that have got a copy of the version; a newer version is filed in its own right.
    """
    lines = JournalEntry.objects.filter(version=version, person=OuterRef("person"), department=OuterRef("department"))
    copies = {one.removeprefix("d:") for one in version.copies.values_list("recipient", flat=True)}
    found = cases_to_file(version.plan.forloeb_id).filter(~Exists(lines))
    return [case for case in found if str(case.department_id) in copies]
