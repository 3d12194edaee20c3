"""Min dag tells of renewals and birthdays before they hurry (C1, C4)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cases.models import Forloeb
from desk import my_day
from tests.consent.factories import Case, case, consented

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
    groups = {days: where(found(family, left - days), words) for days in (31, 30, 16, 7, 1, 0)}
    assert groups == {31: [], 30: ["I god tid"], 16: ["I god tid"], 7: ["I dag"], 1: ["I dag"], 0: []}


def test_C1_a_birthday_that_changes_who_signs_is_told_in_good_time(family: Case) -> None:
    family.viggo.birth_date = date(2011, 11, 2)
    family.viggo.save()
    Forloeb.objects.filter(pk=family.forloeb.pk).update(state="active", activated_on=MONDAY.date())
    assert where(found(family, 0), "Viggo fylder 15 år") == ["I god tid"], "56 days before"
    assert where(found(family, 55), "Viggo fylder 15 år") == ["I dag"]
    assert where(found(family, -7), "Viggo fylder 15 år") == [], "63 days before"
