"""Families and forløb for tests. Invented; CPR numbers have a day from 61 to 91, which no living person has."""

import datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import (
    Custody,
    Family,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    Henvendelse,
    Participation,
    ParticipationRole,
    Person,
)
from tests.organisation.factories import EmploymentFactory, ExternalPartyFactory
from web.cpr import birth_date
from web.fields import keyed_index


class PersonFactory(DjangoModelFactory):
    """`PersonFactory(cpr="7403164567")` fills the index and the birthday; without a number there is none."""

    class Meta:
        model = Person

    first_name = factory.Sequence(lambda n: f"Person{n}")
    last_name = "Prøvesen"
    cpr = ""
    cpr_index = factory.LazyAttribute(lambda o: keyed_index(o.cpr) if o.cpr else None)
    birth_date = factory.LazyAttribute(lambda o: birth_date(o.cpr) if o.cpr else datetime.date(1990, 5, 5))


class FamilyFactory(DjangoModelFactory):
    class Meta:
        model = Family

    name = factory.Sequence(lambda n: f"Familie {n}")


class FamilyMemberFactory(DjangoModelFactory):
    class Meta:
        model = FamilyMember

    family = factory.SubFactory(FamilyFactory)
    person = factory.SubFactory(PersonFactory)
    kind = "parent"


class ForloebFactory(DjangoModelFactory):
    """A forløb that has a tovholder.

    `ForloebFactory(tovholder=user)` names the tovholder (`tovholder__department=` the department), else a new colleague
    leads it; `tovholder=False` leaves it without. Traits: `active`, `paused`, `ended`. `tovholder_of(forloeb)`.
    """

    class Meta:
        model = Forloeb
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"FF-26-{n:05d}")
    family = factory.SubFactory(FamilyFactory)
    model_key = "faelles_familier"
    board_key = "ff"
    need = "Tre afdelinger skal tale sammen."
    start_checked_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=30))

    class Params:
        active = factory.Trait(
            state="active",
            activated_on=factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=20)),
        )
        paused = factory.Trait(
            state="paused",
            activated_on=factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=20)),
            paused_on=factory.LazyFunction(timezone.localdate),
        )
        ended = factory.Trait(
            state="ended", ended_on=factory.LazyFunction(timezone.localdate), end_reason="moved", end_text="Flyttet."
        )

    @factory.post_generation
    def tovholder(self: Forloeb, create: bool, given: Any, department: Any = None) -> None:
        if not create or given is False:
            return
        user = given or EmploymentFactory(**({"department": department} if department else {})).user
        department = department or user.departments.first()
        ParticipationFactory(forloeb=self, user=user, department=department, role=ParticipationRole.TOVHOLDER)


class ParticipationFactory(DjangoModelFactory):
    """An employee who takes part, from long ago. `user=` alone finds the department; `external=True` for an outsider."""

    class Meta:
        model = Participation

    forloeb = factory.SubFactory(ForloebFactory)
    user = factory.LazyFunction(lambda: EmploymentFactory().user)
    department = factory.LazyAttribute(lambda o: o.user.departments.first() if o.user else None)
    role = ParticipationRole.PROFESSIONAL
    from_date = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=30))

    class Params:
        outside = factory.Trait(
            user=None, department=None, external=factory.SubFactory(ExternalPartyFactory), external_name="Ekstern Ebbe"
        )


class ForloebPersonFactory(DjangoModelFactory):
    """A person in the forløb and in its family; `kind="child"` for a child."""

    class Meta:
        model = ForloebPerson

    forloeb = factory.SubFactory(ForloebFactory)
    person = factory.SubFactory(PersonFactory)
    from_date = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=30))
    kind = "parent"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, kind: str = "parent", **kwargs: Any) -> ForloebPerson:
        row = super()._create(model_class, *args, **kwargs)
        FamilyMember.objects.get_or_create(family=row.forloeb.family, person=row.person, defaults={"kind": kind})
        return row


class CustodyFactory(DjangoModelFactory):
    class Meta:
        model = Custody

    child = factory.SubFactory(PersonFactory)
    holder = factory.SubFactory(PersonFactory)


class HenvendelseFactory(DjangoModelFactory):
    """From a colleague somewhere to the leader of an authority department (`receiver_of` finds the leader)."""

    class Meta:
        model = Henvendelse

    sender = factory.LazyFunction(lambda: EmploymentFactory().user)
    sender_department = factory.LazyAttribute(lambda o: o.sender.departments.first())
    to_department = factory.LazyFunction(lambda: EmploymentFactory(leader=True).department)
    family_text = "En mor og hendes to børn"
    need = "Skolen og jobcentret taler forbi hinanden."


def tovholder_of(forloeb: Forloeb) -> Any:
    """The user who leads the forløb today."""
    return Participation.objects.open().tovholder().get(forloeb=forloeb).user


def receiver_of(henvendelse: Henvendelse) -> Any:
    """Who a henvendelse waits for: the named colleague, or a leader of the department."""
    return henvendelse.to_user or henvendelse.to_department.employments.get(is_leader=True).user
