"""The measuring and the synthetic data run. Never a timed test: times are for people to read."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import Forloeb, Person
from insight.bench import BARE, PAPER
from insight.bench_verdict import verdicts
from insight.overview_counts import counted
from meetings.models import Meeting
from organisation.models import Department
from plans.models import JournalEntry, PlanItem
from tests.consent.factories import ground
from web.cpr import parse_cpr

MOST = 15


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


def row(name: str, milliseconds: float, queries: int, aim: str = "") -> dict[str, object]:
    return {"name": name, "milliseconds": milliseconds, "queries": queries, "aim": aim}


def test_the_bench_says_plainly_which_aims_are_missed():
    small = [
        row("Side", 10, 15, "page"),
        row("Frosset", 10, 14, "file"),
        row(f"{PAPER}, 3 sider", 300, 0),
        row(BARE, 290, 0),
    ]
    large = [
        row("Side", 21, 16, "page"),
        row("Frosset", 11, 14, "file"),
        row(f"{PAPER}, 3 sider", 350, 0),
        row(BARE, 290, 0),
    ]
    found = list(verdicts(small, large))
    assert [one.is_met for one in found] == [False, False, False, True, False]
    assert found[2].found == "Side: 2.10 ×"
    assert all(one.is_met for one in verdicts(small, small))


@pytest.mark.slow
def test_the_bench_runs_and_a_page_asks_the_database_the_same_fifteen_times_whatever_there_is(
    django_db_setup, django_db_blocker
):
    """In databases of its own, which on PostgreSQL are made beside the tests'. Session, user and the log's row are among
    the statements."""
    out = StringIO()
    with django_db_blocker.unblock():
        call_command("bench", hurtig=True, json=True, stdout=out, stderr=StringIO())
    small, large = (size["rows"] for size in json.loads(out.getvalue()).values())
    names = [row["name"] for row in small]
    assert names == [row["name"] for row in large]
    assert any(name.startswith("Tavlen, 300 punkter, 8 modtagere") for name in names)
    for one, two in zip(small, large, strict=True):
        assert two["queries"] == one["queries"], two["name"]
        assert two["aim"] != "page" or two["queries"] <= MOST, two["name"]
    asked = {row["name"]: row["queries"] for row in large}
    assert asked["Deletjekket"] == 2
