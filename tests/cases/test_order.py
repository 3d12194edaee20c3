"""Lists stand in the same order on both databases, also where something is not known."""

import pytest

from cases.models import Participation, Person, oldest_first
from organisation.models import in_danish
from tests.meetings.factories import sitting

pytestmark = pytest.mark.django_db


def test_the_oldest_stands_first_and_an_unknown_age_last():
    for name, born in (("Ida", "2014-05-06"), ("Ukendt", None), ("Anna", "1986-04-01")):
        Person.objects.create(first_name=name, last_name="Fugl", birth_date=born)
    assert list(Person.objects.order_by(oldest_first("")).values_list("first_name", flat=True)) == [
        "Anna",
        "Ida",
        "Ukendt",
    ]


def test_what_has_no_name_stands_after_the_last_letter():
    s = sitting()
    order = in_danish("department__name"), in_danish("external__name")
    rows = Participation.objects.filter(forloeb=s.case.forloeb).order_by(*order)
    homes = [row.department_id is None for row in rows]
    assert True in homes
    assert homes == sorted(homes), "departments first, then those outside"
