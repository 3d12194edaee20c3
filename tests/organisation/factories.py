"""People and departments for tests. Invented, and never the same name twice."""

import datetime

import factory
from factory.django import DjangoModelFactory

from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User


class AreaFactory(DjangoModelFactory):
    """An area that may send a henvendelse but not start (as Børn og Skole without its management rule)."""

    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Område {n}")
    short_name = factory.Sequence(lambda n: f"O{n}")
    can_send = True

    class Params:
        start_allowed = factory.Trait(is_start_allowed=True)
        school = factory.Trait(needs_management=True)
        outside = factory.Trait(can_send=False)  # Sundhed og Ældre: may be invited only


class RecordSystemFactory(DjangoModelFactory):
    class Meta:
        model = RecordSystem

    name = factory.Sequence(lambda n: f"Fagsystem {n}")


class DepartmentFactory(DjangoModelFactory):
    """`DepartmentFactory()` may send only; `DepartmentFactory(may_drive=True)` may start and drive (O4)."""

    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Afdeling {n}")
    area = factory.SubFactory(AreaFactory)
    phone = "09 31 10 00"

    class Params:
        may_drive = factory.Trait(is_authority=True, area=factory.SubFactory(AreaFactory, start_allowed=True))
        school = factory.Trait(area=factory.SubFactory(AreaFactory, school=True))
        closed = factory.Trait(is_active=False, closed_on=datetime.date(2026, 1, 1))


class UserFactory(DjangoModelFactory):
    """Somebody with a user and no employment. Sign in with `client.force_login(user)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"bruger{n}")
    name = factory.Sequence(lambda n: f"Kollega Nummer-{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@storebaelt.example")
    phone = "09 31 10 01"
    password = "!"  # no password signs in with this; set_password() where a test needs one

    class Params:
        system_admin = factory.Trait(is_system_admin=True)
        koordinator = factory.Trait(is_koordinator=True)


class EmploymentFactory(DjangoModelFactory):
    """`EmploymentFactory(department=d).user` is a colleague in d; without a department one that may drive."""

    class Meta:
        model = Employment

    user = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory, may_drive=True)
    title = "Rådgiver"
    from_date = datetime.date(2020, 1, 1)

    class Params:
        leader = factory.Trait(is_leader=True, title="Afdelingsleder")
        management = factory.Trait(is_management=True, title="Skoleleder")


class ExternalPartyFactory(DjangoModelFactory):
    class Meta:
        model = ExternalParty

    name = factory.Sequence(lambda n: f"Ekstern part {n}")
    kind = ExternalParty.Kind.OTHER
    phone = "09 31 90 00"
