"""The municipality as data: O1–O5 and F5, held by constraints and asked through QuerySets."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from organisation import access
from organisation.models import Department, Employment, User
from tests.organisation.factories import (
    AreaFactory,
    DepartmentFactory,
    EmploymentFactory,
    ExternalPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("authority", "start_allowed", "active", "may"),
    [
        (True, True, True, True),
        (False, True, True, False),  # Rusmiddelcenter: in SF, but no authority
        (True, False, True, False),  # an authority outside SF and AB
        (True, True, False, False),  # closed
        (False, False, True, False),
    ],
)
def test_O4_only_authority_departments_of_areas_that_may_start_may_drive(authority, start_allowed, active, may):
    department = DepartmentFactory(
        is_authority=authority, closed=not active, area=AreaFactory(is_start_allowed=start_allowed)
    )
    colleague = EmploymentFactory(department=department).user
    assert department.may_drive is may
    assert Department.objects.may_drive().contains(department) is may
    assert access.may_start(colleague) is may
    assert User.objects.may_be_tovholder().contains(colleague) is may


@pytest.mark.parametrize(("can_send", "may"), [(True, True), (False, False)])
def test_O4_who_may_send_a_henvendelse_follows_the_area(can_send, may):
    colleague = EmploymentFactory(department=DepartmentFactory(area=AreaFactory(can_send=can_send))).user
    assert access.may_send_henvendelse(colleague) is may


def test_O4_a_user_without_employment_may_nothing():
    user = UserFactory()
    assert not access.may_start(user)
    assert not access.may_send_henvendelse(user)


def test_F5_an_ended_employment_gives_nothing_from_its_end_day():
    today = timezone.localdate()
    ended = EmploymentFactory(to_date=today)
    ends_tomorrow = EmploymentFactory(to_date=today + datetime.timedelta(days=1))
    begins_tomorrow = EmploymentFactory(from_date=today + datetime.timedelta(days=1))
    assert [access.may_start(each.user) for each in (ended, ends_tomorrow, begins_tomorrow)] == [False, True, False]
    assert [each.is_current() for each in (ended, ends_tomorrow, begins_tomorrow)] == [False, True, False]
    assert list(Employment.objects.current()) == [ends_tomorrow]
    assert User.objects.working_in(ended.department, on=today - datetime.timedelta(days=1)).contains(ended.user)


def test_a_deactivated_user_is_nowhere_to_be_picked():
    job = EmploymentFactory(leader=True)
    job.user.is_active = False
    job.user.save()
    assert not access.may_start(job.user)
    assert not access.is_leader_of(job.user, job.department)
    assert not User.objects.working_in(job.department).exists()
    assert not User.objects.leaders_of(job.department).exists()


def test_two_employments_are_one_person_in_every_list():
    first = EmploymentFactory()
    EmploymentFactory(user=first.user)
    assert User.objects.may_be_tovholder().count() == 1
    assert first.user.departments.count() == 2


def test_O5_leaders_are_those_of_that_department():
    leader = EmploymentFactory(leader=True)
    other = EmploymentFactory(leader=True)
    assert access.is_leader_of(leader.user, leader.department)
    assert not access.is_leader_of(leader.user, other.department)
    assert list(User.objects.leaders_of(leader.department)) == [leader.user]


def test_F11_the_school_area_asks_for_its_management():
    assert DepartmentFactory(school=True).is_school_area
    assert not DepartmentFactory(may_drive=True).is_school_area


def test_people_are_sorted_in_danish():
    for name in ("Østergård-Åkjær", "Åse", "Mikkelsen", "Ærø", "Zimmer"):
        UserFactory(name=name)
    assert [user.name for user in User.objects.by_name()] == ["Mikkelsen", "Zimmer", "Ærø", "Østergård-Åkjær", "Åse"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Employment(
                user=UserFactory(),
                department=DepartmentFactory(),
                title="Rådgiver",
                from_date=datetime.date(2026, 2, 1),
                to_date=datetime.date(2026, 1, 1),
            ),
            "Slutdatoen ligger før",
        ),
        (
            lambda: Department(name="PPR", area=AreaFactory(), always_assesses=True),
            "Kun en myndighedsafdeling",
        ),
        (
            lambda: Department(name="PPR", area=AreaFactory(), is_active=False),
            "har den dag, den blev lukket",
        ),
        (
            lambda: Department(name="PPR", area=AreaFactory(), closed_on=datetime.date(2026, 1, 1)),
            "har den dag, den blev lukket",
        ),
        (
            lambda: User(username="a", name="A", password="!", external_issuer="https://login.example"),
            "Skriv både udsteder og login-id",
        ),
        (
            lambda: User(username="a", name="A", password="!", is_system_admin=True, is_koordinator=True),
            "kan derfor ikke være koordinator",
        ),
    ],
)
def test_constraints_speak_danish_and_stand_in_the_database(make, message):
    row = make()
    with pytest.raises(ValidationError, match=message):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_one_open_employment_per_department():
    job = EmploymentFactory()
    again = Employment(user=job.user, department=job.department, title="Rådgiver", from_date=datetime.date(2026, 1, 1))
    with pytest.raises(ValidationError, match="allerede en åben ansættelse"):
        again.full_clean()
    job.to_date = datetime.date(2025, 12, 31)
    job.save()
    again.full_clean()


def test_one_user_per_issuer_and_subject():
    UserFactory(external_issuer="https://login.example", external_subject="123")
    UserFactory(external_issuer="https://other.example", external_subject="123")
    twin = User(
        username="tvilling", name="T", password="!", external_issuer="https://login.example", external_subject="123"
    )
    with pytest.raises(ValidationError, match="En anden bruger har allerede det login-id"):
        twin.full_clean()


def test_changes_leave_history_without_the_password():
    user = UserFactory()
    user.phone = "09 31 10 99"
    user.save()
    assert user.history.count() == 2
    assert not hasattr(user.history.first(), "password")


def test_ids_say_nothing():
    assert {len(str(row.pk)) for row in (UserFactory(), DepartmentFactory(), ExternalPartyFactory())} == {36}
