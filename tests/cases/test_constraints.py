"""What the database itself refuses, on SQLite and on PostgreSQL."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.models import (
    Custody,
    Family,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    Henvendelse,
    Household,
    Participation,
    Person,
    Residence,
)
from tests.cases.factories import (
    ForloebFactory,
    ForloebPersonFactory,
    HenvendelseFactory,
    ParticipationFactory,
    PersonFactory,
)
from tests.organisation.factories import EmploymentFactory, ExternalPartyFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


@pytest.mark.parametrize(
    "values",
    [
        {"state": "consent", "activated_on": TODAY},
        {"state": "consent", "ended_on": TODAY},
        {"state": "active"},
        {"state": "active", "activated_on": TODAY, "paused_on": TODAY},
        {"state": "paused", "activated_on": TODAY},
        {"state": "ended", "end_reason": "moved"},
        {"state": "ended", "ended_on": TODAY},
        {"state": "active", "activated_on": TODAY, "end_reason": "moved"},
        {"state": "vundet"},
    ],
)
def test_F8_state_and_dates_can_never_disagree(values) -> None:
    forloeb = ForloebFactory()
    refused(lambda: Forloeb.objects.filter(pk=forloeb.pk).update(**values))


def test_F5_one_active_tovholder_who_is_an_employee() -> None:
    forloeb = ForloebFactory()
    part = ParticipationFactory(forloeb=forloeb)
    refused(lambda: Participation.objects.filter(pk=part.pk).update(role="tovholder"))
    outside = ParticipationFactory(forloeb=forloeb, outside=True)
    Participation.objects.filter(forloeb=forloeb, role="tovholder").update(to_date=timezone.localdate())
    refused(lambda: Participation.objects.filter(pk=outside.pk).update(role="tovholder"))
    Participation.objects.filter(pk=part.pk).update(role="tovholder")


def test_F10_employee_or_external_never_both_or_neither() -> None:
    part = ParticipationFactory()
    external = ExternalPartyFactory()
    for values in (
        {"external": external},
        {"user": None},
        {"department": None},
        {"user": None, "department": None, "external": external},
        {"to_date": part.from_date - datetime.timedelta(days=1)},
    ):
        refused(lambda values=values: Participation.objects.filter(pk=part.pk).update(**values))
    refused(lambda: ParticipationFactory(forloeb=part.forloeb, user=part.user))


def test_F9_people_homes_and_custody() -> None:
    row = ForloebPersonFactory()
    person, family = row.person, row.forloeb.family
    home = Household.objects.create(family=family, label="Hos Sofie")
    Residence.objects.create(household=home, person=person)
    Custody.objects.create(child=person, holder=PersonFactory())
    holder = Custody.objects.get().holder
    acts = [
        lambda: ForloebPerson.objects.create(forloeb=row.forloeb, person=person, from_date=TODAY),
        lambda: FamilyMember.objects.create(family=family, person=person, kind="child"),
        lambda: Household.objects.create(family=family, label="Hos Sofie"),
        lambda: Residence.objects.create(household=home, person=person),
        lambda: Custody.objects.create(child=person, holder=holder),
        lambda: Custody.objects.create(child=person, holder=person),
    ]
    for act in acts:
        refused(act)
    assert Family.objects.count() == 1


def test_C12_a_number_is_encrypted_and_never_without_its_index() -> None:
    person = PersonFactory(cpr="7403164567")
    refused(lambda: Person.objects.filter(pk=person.pk).update(cpr_index=None))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cpr, cpr_index FROM cases_person")
        stored = " ".join(cursor.fetchone())
        cursor.execute("SELECT cpr, cpr_index FROM cases_historicalperson")
        stored += " ".join(cursor.fetchone())
    assert "7403164567" not in stored


def test_O4_an_answer_and_its_state_agree() -> None:
    row = HenvendelseFactory()
    user = EmploymentFactory().user
    for values in (
        {"state": "accepted"},
        {"answered_by": user},
        {"state": "declined", "answered_by": user, "answered_at": timezone.now()},
    ):
        refused(lambda values=values: Henvendelse.objects.filter(pk=row.pk).update(**values))
