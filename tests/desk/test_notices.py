"""C7: whom a withdrawal shuts out is told, on Min dag, until they have confirmed; and no one learns more by it (C5, C6)."""

import datetime
from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog, Event
from cases.models import Barred, Forloeb, ForloebState, Participation, ParticipationRole
from consent import actions, consequences
from consent.basis import load_basis
from consent.models import Topic, Withdrawal, WithdrawalNotice
from desk import my_day
from desk.day import Row
from tests.cases.factories import ForloebFactory
from tests.consent.factories import START, Case, case, consented, key_of
from tests.desk.reading import queries, read
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from web.errors import Refused

pytestmark = pytest.mark.django_db
DAY = reverse("desk:my_day")


@pytest.fixture(scope="module")
def lasting_family(lasting: None) -> Case:
    found = case(ForloebState.ACTIVE)
    consented(found.forloeb, found.anna, [*found.departments, found.external, found.carl])
    return found


@pytest.fixture
def family(db: None, lasting_family: Case) -> Case:
    return deepcopy(lasting_family)


def withdraw(family: Case, **more: object) -> Withdrawal:
    given = {"by": family.tovholder, "forloeb": family.forloeb, "person": family.anna, "receipt": False, **more}
    return actions.withdraw(**given)  # type: ignore[arg-type]


def notice_to(recipient: object) -> WithdrawalNotice:
    return next(one for one in WithdrawalNotice.objects.with_readers() if one.recipient == key_of(recipient))


def confirm(client: Client, user: object, notice: WithdrawalNotice, status: int = 302) -> None:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    assert client.post(reverse("consent:confirm_told", args=[notice.pk])).status_code == status


def groups(user: object) -> dict[str, list[Row]]:
    return {heading: rows for _, heading, rows in my_day.build(user).groups}  # type: ignore[arg-type]


def test_C7_those_the_preview_names_get_a_notice_and_no_others(family: Case) -> None:
    _, job = family.departments
    for scope in ({}, {"recipients": [key_of(job)]}, {"topics": [Topic.objects.get(key="misbrug")]}):
        with transaction.atomic():
            found = consequences.preview(family.forloeb, family.anna, load_basis(family.forloeb), **scope)
            told = [one.title for one in dict(found.groups())["Skal have besked"] if "ikke besked" not in one.title]
            made = withdraw(family, **scope)
            assert sorted(title.split(", ")[1] for title in told) == sorted(one.home for one in made.notices.all())
            transaction.set_rollback(True)
    withdraw(family, person=family.bo)
    assert not WithdrawalNotice.objects.exists(), "nothing was lost"
    withdraw(family)
    assert {one.recipient for one in WithdrawalNotice.objects.all()} == {key_of(job), key_of(family.external)}
    withdraw(family)
    assert WithdrawalNotice.objects.count() == 2, "what is gone is not lost again"


def test_C7_the_database_holds_a_notice_to_one_recipient_once_and_told_whole(family: Case) -> None:
    made = withdraw(family)
    _, job = family.departments
    today = timezone.localdate()
    for wrong in (
        {"department": job},
        {"external": family.external},
        {},
        {"department": family.departments[0], "external": family.external},
        {"department": family.departments[0], "told_on": today},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            WithdrawalNotice.objects.create(withdrawal=made, **wrong)
        with pytest.raises(ValidationError):
            WithdrawalNotice(withdrawal=made, **wrong).full_clean()


def test_C5_C7_a_department_that_may_know_nobody_any_more_reads_neither_name_nor_topic(
    client: Client, family: Case
) -> None:
    withdraw(family)
    page = read(client, family.members["job"].user, DAY)
    assert "Et samtykke er tilbagekaldt i Frejas familie" in page
    assert "Brug ikke det, du har fået" in page
    for hidden in ("Anna", "Misbrug", "misbrug", family.external.name):
        assert hidden not in page
    assert AccessLog.objects.filter(kind="desk:my_day").latest("seq").subjects == "[]"


def test_C5_C7_a_department_that_may_still_know_of_the_person_reads_whom_not_what(client: Client, family: Case) -> None:
    withdraw(family, topics=[Topic.objects.get(key="misbrug")])
    page = read(client, family.members["job"].user, DAY)
    assert "Del ikke mere om Anna: samtykket er tilbagekaldt" in page
    assert "isbrug" not in page
    assert str(family.anna.pk) in AccessLog.objects.filter(kind="desk:my_day").latest("seq").subjects


def test_C7_U6_the_row_goes_when_it_is_read_and_the_first_time_stands(client: Client, family: Case) -> None:
    withdraw(family)
    user, notice = family.members["job"].user, notice_to(family.departments[1])
    assert user is not None
    home = notice.home
    assert any(home in row.what for row in groups(family.tovholder)["Venter på andre"])
    confirm(client, user, notice)
    assert "tilbagekaldt i" not in read(client, user, DAY)
    assert not any(home in row.what for row in groups(family.tovholder)["Venter på andre"])
    colleague = EmploymentFactory(department=family.departments[1]).user
    Participation.objects.create(
        forloeb=family.forloeb, user=colleague, department=family.departments[1], from_date=START
    )
    confirm(client, colleague, notice)
    notice.refresh_from_db()
    assert (notice.told_on, notice.told_by) == (timezone.localdate(), user)
    assert Event.objects.filter(kind="consent.withdrawal_told").count() == 1


def test_C7_the_tovholder_ticks_for_the_external_and_not_for_a_department(client: Client, family: Case) -> None:
    withdraw(family)
    rows = {row.label: row for row in groups(family.tovholder)["Venter på andre"]}
    assert rows["Har fået besked"].what == f"Sig til {family.external.name}: Del ikke mere om Anna"
    confirm(client, family.tovholder, notice_to(family.departments[1]), status=403)
    confirm(client, family.tovholder, notice_to(family.external))
    assert [row.label for row in groups(family.tovholder)["Venter på andre"]] == ["Se samtykkerne"]


def test_C7_where_nobody_of_the_department_is_left_the_tovholder_tells_them(client: Client, family: Case) -> None:
    withdraw(family)
    Participation.objects.filter(pk=family.members["job"].pk).update(to_date=timezone.localdate())
    assert {row.label for row in groups(family.tovholder)["Venter på andre"]} == {"Har fået besked"}
    confirm(client, family.tovholder, notice_to(family.departments[1]))


def test_C5_C7_for_other_departments_the_notice_is_not_there(client: Client, family: Case) -> None:
    withdraw(family)
    other = EmploymentFactory(department=DepartmentFactory())
    Participation.objects.create(
        forloeb=family.forloeb, user=other.user, department=other.department, from_date=START,
        role=ParticipationRole.PROFESSIONAL,
    )  # fmt: skip
    confirm(client, other.user, notice_to(family.departments[1]), status=404)
    assert "tilbagekaldt" not in read(client, other.user, DAY)
    with pytest.raises(Refused, match="beskeden er til"):
        actions.confirm_told(by=other.user, notice=notice_to(family.external))


def test_C7_what_was_handed_out_is_held_also_when_the_forloeb_has_ended(client: Client, family: Case) -> None:
    withdraw(family)
    Forloeb.objects.filter(pk=family.forloeb.pk).update(
        state=ForloebState.ENDED, ended_on=timezone.localdate(), end_reason="consent_withdrawn"
    )
    user = family.members["job"].user
    assert "Brug ikke det, du har fået" in read(client, user, DAY)  # type: ignore[arg-type]
    assert my_day.build(user).mine == []  # type: ignore[arg-type]
    confirm(client, user, notice_to(family.departments[1]))
    assert my_day.build(user).rows == []  # type: ignore[arg-type]


def test_C7_it_is_over_time_after_a_week(family: Case) -> None:
    withdraw(family, told_on=timezone.localdate() - datetime.timedelta(days=8))
    assert [row.label for row in groups(family.members["job"].user)["Over tiden"]] == ["Det er læst"]


def test_C7_min_dag_asks_no_more_for_notices(client: Client, family: Case) -> None:
    withdraw(family)
    before = queries(client, family.tovholder, DAY)
    for _ in range(2):
        made = withdraw(family, person=family.bo)
        WithdrawalNotice.objects.create(withdrawal=made, department=family.departments[1])
        ForloebFactory(active=True, tovholder=family.tovholder)
    assert queries(client, family.tovholder, DAY) == before


def test_C7_F13_a_barred_employee_is_nobody_who_can_read_the_notice(family: Case) -> None:
    withdraw(family)
    _, job = family.departments
    (reader,) = family.forloeb.participations.filter(department=job)
    assert notice_to(job).is_manned
    Barred.objects.create(forloeb=family.forloeb, user=reader.user, reason="Nabo", by=family.tovholder)
    assert not notice_to(job).is_manned
