"""Min dag tells of renewals and birthdays before they hurry (C1, C4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Forloeb, Henvendelse
from consent import actions as consent
from desk import my_day
from tests.cases.factories import HenvendelseFactory
from tests.consent.factories import Case, case, consented
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from web.dates import at

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/Copenhagen"))


@pytest.fixture
def family(db: None) -> Case:
    return case()


def found(family: Case, days: int) -> dict[str, list[str]]:
    """The rows of the tovholder's day by group, so many days after the Monday."""
    with time_machine.travel(MONDAY + timedelta(days=days)):
        day = my_day.build(family.tovholder)
    return {heading: [row.what for row in rows] for _, heading, rows in day.groups}


def where(groups: dict[str, list[str]], words: str) -> list[str]:
    return [heading for heading, rows in groups.items() if any(words in row for row in rows)]


def test_C4_a_renewal_is_told_a_month_before_and_is_due_in_the_last_week(family: Case) -> None:
    with time_machine.travel(MONDAY):
        made = consented(family.forloeb, family.anna, family.departments)
    words, left = "Forny Annas samtykke", (made.expires_on - MONDAY.date()).days
    groups = {days: where(found(family, left - days), words) for days in (31, 30, 16, 7, 1)}
    assert groups == {31: [], 30: ["I god tid"], 16: ["I god tid"], 7: ["I dag"], 1: ["I dag"]}


def test_C4_what_has_run_out_stands_as_overdue_until_it_is_given_anew(family: Case) -> None:
    """Twice over, and one row: nothing is shared meanwhile, so nobody may lose sight of it."""
    with time_machine.travel(MONDAY):
        made = consented(family.forloeb, family.anna, family.departments[:1])
        consented(family.forloeb, family.anna, family.departments[1:])
    words, left = "Forny Annas samtykke", (made.expires_on - MONDAY.date()).days
    assert {days: where(found(family, left + days), words) for days in (0, 1, 40)} == {
        0: ["I dag"],
        1: ["Over tiden"],
        40: ["Over tiden"],
    }
    assert sum(words in row for rows in found(family, left + 1).values() for row in rows) == 1
    with time_machine.travel(MONDAY + timedelta(days=left + 2)):
        day = my_day.build(family.tovholder)
        assert "Det deles ikke mere." in next(row.whose for row in day.overdue if row.what == words)
        consented(family.forloeb, family.anna, family.departments)
    assert where(found(family, left + 2), words) == []


def test_C1_a_missing_signature_waits_on_min_dag_and_a_birthday_makes_one(family: Case) -> None:
    words = "Viggos samtykke mangler en underskrift"
    family.viggo.birth_date = date(2011, 11, 2)
    family.viggo.save()
    with time_machine.travel(MONDAY):
        made = consented(family.forloeb, family.viggo, family.departments, signed=False)
        assert where(found(family, 0), words) == ["Venter på andre"]
        for signer in (family.anna, family.carl):
            consent.add_signature(by=family.tovholder, declaration=made, signer=signer, signed_on=MONDAY.date())
    assert where(found(family, 0), words) == []
    assert where(found(family, 55), words) == []
    assert where(found(family, 56), words) == ["Venter på andre"], "fifteen, and his parents have signed"


def test_C1_a_birthday_that_changes_who_signs_is_told_in_good_time(family: Case) -> None:
    family.viggo.birth_date = date(2011, 11, 2)
    family.viggo.save()
    Forloeb.objects.filter(pk=family.forloeb.pk).update(state="active", activated_on=MONDAY.date())
    assert where(found(family, 0), "Viggo fylder 15 år") == ["I god tid"], "56 days before"
    assert where(found(family, 55), "Viggo fylder 15 år") == ["I dag"]
    assert where(found(family, -7), "Viggo fylder 15 år") == [], "63 days before"


def test_C4_a_renewal_that_waits_for_a_signature_is_not_done(family: Case) -> None:
    with time_machine.travel(MONDAY):
        made = consented(family.forloeb, family.anna, family.departments)
    near = (made.expires_on - MONDAY.date()).days - 20
    with time_machine.travel(MONDAY + timedelta(days=near)):
        anew = consented(family.forloeb, family.anna, family.departments, signed=False)
    assert where(found(family, near), "Forny Annas samtykke") == ["I god tid"]
    with time_machine.travel(MONDAY + timedelta(days=near)):
        consent.add_signature(
            by=family.tovholder, declaration=anew, signer=family.anna, signed_on=(MONDAY + timedelta(days=near)).date()
        )
    assert where(found(family, near), "Forny Annas samtykke") == []


def test_C1_C4_a_childs_renewal_is_done_when_every_holder_has_signed(family: Case) -> None:
    with time_machine.travel(MONDAY):
        made = consented(family.forloeb, family.viggo, family.departments)
    near = (made.expires_on - MONDAY.date()).days - 20
    with time_machine.travel(MONDAY + timedelta(days=near)):
        anew = consented(family.forloeb, family.viggo, family.departments, signed=False)
        for signer, left in ((family.anna, ["I god tid"]), (family.carl, [])):
            today = (MONDAY + timedelta(days=near)).date()
            consent.add_signature(by=family.tovholder, declaration=anew, signer=signer, signed_on=today)
            assert where(found(family, near), "Forny Viggos samtykke") == left


def test_C1_at_eighteen_the_consent_holds_and_in_other_years_the_twentyninth_is_the_first_of_march(
    family: Case,
) -> None:
    family.viggo.birth_date = date(2008, 11, 2)
    family.viggo.save()
    with time_machine.travel(MONDAY):
        day = my_day.build(family.tovholder)
    told = next(row for row in day.in_good_time if "fylder 18 år 2.\xa0november" in row.what)
    assert "Samtykket gælder stadig" in told.whose
    family.viggo.birth_date = date(2012, 2, 29)
    family.viggo.save()
    with time_machine.travel(datetime(2027, 2, 1, 9, tzinfo=MONDAY.tzinfo)):
        day = my_day.build(family.tovholder)
    told = next(row for row in day.rows if "fylder 15 år 1.\xa0marts" in row.what)
    assert "gives på ny" in told.whose


@pytest.mark.parametrize(("sent", "is_late"), [(date(2026, 11, 19), True), (date(2026, 11, 20), False)])
@time_machine.travel("2026-11-27T10:00:00+01:00", tick=False)
def test_O4_a_henvendelse_is_late_after_five_hverdage_wherever_it_is_shown(
    client: Client, sent: date, is_late: bool
) -> None:
    """Min dag, the list and the overview count alike: Friday to Friday is five, Thursday to Friday a week later six."""
    receiver = EmploymentFactory(department=DepartmentFactory(may_drive=True))
    letter = HenvendelseFactory(to_department=receiver.department, to_user=receiver.user, sent_at=at(sent, time(9, 0)))
    today = timezone.localdate()
    assert letter.is_late(today) is is_late
    assert Henvendelse.objects.late(today).filter(pk=letter.pk).exists() is is_late
    (row,) = [row for row in my_day.build(receiver.user).rows if row.what == "Svar på en henvendelse"]
    assert (row.due < today) is is_late
    assert not is_late or row.due == date(2026, 11, 26)
    client.force_login(receiver.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("cases:henvendelse_list")).content.decode()
    assert ("is-late" in page) is is_late
