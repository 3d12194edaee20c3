"""The measuring and the synthetic data run. Never a timed test: times are for people to read."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import Forloeb, Person
from insight.overview import counted
from meetings.models import Meeting
from organisation.models import Department
from plans.models import JournalEntry, PlanItem
from tests.consent.factories import ground
from web.cpr import parse_cpr

FOUND_MORE = 2  # a prefetch is asked for only when there are rows


@pytest.mark.django_db
def test_C12_synthetic_people_have_numbers_that_belong_to_nobody():
    """Day 61–91, and everything a page reads is there: meetings that count, plans, journal lines."""
    ground()
    call_command("syntetisk", forloeb=12, verbosity=0)
    assert Forloeb.objects.count() == 12
    for person in Person.objects.all():
        assert 61 <= int(person.cpr[:2]) <= 91
        assert parse_cpr(person.cpr) == person.cpr
    assert counted().exists()
    assert PlanItem.objects.exists()
    assert JournalEntry.objects.exists()
    assert Meeting.history.count() == Meeting.objects.count()
    for department in Department.objects.all():
        department.full_clean()
    for one in [*Forloeb.objects.all(), *Meeting.objects.all()]:
        one.full_clean()


@pytest.mark.django_db
def test_synthetic_data_never_mixes_with_real_unasked():
    ground()
    call_command("syntetisk", forloeb=2, verbosity=0)
    with pytest.raises(CommandError, match="--tilfoej"):
        call_command("syntetisk", forloeb=2, verbosity=0)
    call_command("syntetisk", forloeb=2, tilfoej=True, verbosity=0)
    assert Forloeb.objects.count() == 4


@pytest.mark.slow
def test_the_bench_runs_and_no_page_asks_the_database_more_when_there_is_more():
    """In databases of its own. A page may ask a little more where it finds something to ask about, never per forløb."""
    out = StringIO()
    call_command("bench", hurtig=True, json=True, stdout=out)
    small, large = json.loads(out.getvalue()).values()
    assert [row["name"] for row in small] == [row["name"] for row in large]
    for one, two in zip(small, large, strict=True):
        assert two["queries"] <= one["queries"] + FOUND_MORE, two["name"]
