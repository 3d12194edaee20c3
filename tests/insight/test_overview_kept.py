"""The overview's counts are kept: who looks does not wait, and sees nothing that may not be kept (F13, C7)."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Barred
from consent import actions as consent
from insight import overview_kept, overview_scope, views
from tests.consent.factories import consented
from tests.insight import town
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db
BOARD = reverse("insight:overview")
SECONDS = 300
NOON = "2026-06-03 12:00+02:00"


@pytest.fixture(autouse=True)
def kept(settings):
    settings.OVERVIEW_KEPT_SECONDS = SECONDS
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def koordinator(client):
    user = UserFactory(koordinator=True)
    client.force_login(user)
    return user


@pytest.fixture
def later(monkeypatch):
    """What is to be done after the answer waits here until the test does it."""
    acts = []
    monkeypatch.setattr(views, "after", lambda response, act: acts.append(act))
    return acts


def read(client, **query):
    answer = client.get(BOARD, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def statements(client, **query):
    with CaptureQueriesContext(connection) as caught:
        read(client, **query)
    return [
        row["sql"] for row in caught if row["sql"].lstrip("( ").startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
    ]


def counts_meetings(asked):
    return any('FROM "meetings_meeting"' in sql for sql in asked)


def key_of(user):
    return overview_kept._key(overview_scope.read(user, timezone.localdate(), {}))


def some(number=6):
    job = town.department("Myndighed børn")
    return job, [town.forloeb(job) for _ in range(number)]


def test_old_counts_are_shown_at_once_and_counted_again_after_the_answer(client, koordinator, kept, later):
    job, _ = some(7)
    assert "7 forløb er i gang" in read(client)
    later.pop()()
    town.forloeb(job)
    kept.shift(SECONDS - 1)
    assert "Der tælles igen nu" not in read(client)
    assert later == []
    kept.shift(1)
    asked = statements(client)
    assert not counts_meetings(asked)
    assert "Talt i dag kl. 12.00. Der tælles igen nu" in read(client)
    later.pop()()
    text = read(client)
    assert "8 forløb er i gang" in text
    assert "Talt i dag kl. 12.05" in text
    assert "Der tælles igen nu" not in text


def test_a_new_day_is_counted_anew(client, koordinator, kept):
    job, _ = some(7)
    read(client)
    town.forloeb(job)
    kept.move_to(timezone.now() + timedelta(days=1))
    client.force_login(koordinator)
    assert "8 forløb er i gang" in read(client)


def test_one_worker_counts_while_the_others_show_what_there_is(client, koordinator, kept, later, monkeypatch):
    some(7)
    read(client)
    later.pop()()
    kept.shift(SECONDS)
    read(client)
    read(client)
    first, second = later
    while_first_counts = []
    count = overview_kept.count

    def counting(scope):
        with CaptureQueriesContext(connection) as caught:
            second()
        while_first_counts.extend(row["sql"] for row in caught)
        return count(scope)

    monkeypatch.setattr(overview_kept, "count", counting)
    first()
    assert while_first_counts
    assert not counts_meetings(while_first_counts)
    assert "Talt i dag kl. 12.05" in read(client)


def test_a_count_that_failed_is_tried_again(client, koordinator, kept, later, monkeypatch):
    some(7)
    read(client)
    later.pop()()
    kept.shift(SECONDS)
    read(client)
    with monkeypatch.context() as broken:
        broken.setattr(overview_kept, "count", lambda scope: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            later.pop()()
    assert "7 forløb er i gang" in read(client)
    later.pop()()
    assert "Talt i dag kl. 12.05" in read(client)


def test_F13_what_was_counted_while_somebody_was_barred_or_let_in_is_not_kept(client, koordinator, later):
    """Counted with the forløb in, kept under the key of one who may not know of it: it would come back to them."""
    job, forloeb = some(7)
    bar = Barred.objects.create(user=koordinator, forloeb=forloeb[0], reason="nabo", by=job.user)
    assert "6 forløb er i gang" in read(client)
    key = key_of(koordinator)
    bar.delete()
    later.pop()()
    assert cache.get(key) is None
    assert "7 forløb er i gang" in read(client)


def test_F13_one_newly_barred_gets_none_of_the_kept_counts(client, koordinator):
    job, forloeb = some(7)
    assert "7 forløb er i gang" in read(client)
    Barred.objects.create(user=koordinator, forloeb=forloeb[0], reason="nabo", by=job.user)
    assert "6 forløb er i gang" in read(client)


def test_C7_a_withdrawal_acts_at_once_on_kept_counts(client, koordinator):
    """What rests on a consent is counted at every look, and is in nothing that is kept."""
    job, (one, *_) = some(1)
    person = one.persons.get().person
    consented(one, person, [job.department], on=timezone.localdate() - timedelta(days=350))
    assert client.get(BOARD).context["stuck"][3].count == 1
    key = key_of(koordinator)
    assert not [row for row in cache.get(key).waiting if row[0] == "samtykker"]
    assert client.get(BOARD).context["stuck"][3].count == 1
    consent.withdraw(by=job.user, forloeb=one, person=person, receipt=False)
    asked = statements(client)
    assert not counts_meetings(asked), "the counts are the kept ones"
    assert client.get(BOARD).context["stuck"][3].count == 0


def test_C4_a_yes_runs_out_on_the_board_though_something_else_was_answered_since(client):
    """As its tovholder is asked to renew it: a no on another topic, said later, renews nothing."""
    client.force_login(UserFactory(koordinator=True))
    job, (one, *_) = some(1)
    person = one.persons.get().person
    consented(one, person, [job.department], ["fritid"], on=timezone.localdate() - timedelta(days=350))
    consented(one, person, [job.department], ["helbred"], answer="no")
    assert client.get(BOARD).context["stuck"][3].count == 1
    consented(one, person, [job.department], ["fritid"])
    assert client.get(BOARD).context["stuck"][3].count == 0


def test_a_look_asks_the_database_fifteen_times_at_most(client, koordinator, later):
    """Fifteen where everything is counted, eleven where it is kept. The session and the log's row are among them.

    A part is not compared with the targets, but its neighbours are looked at (U3).
    """
    job, forloeb = some(7)
    for one in forloeb:
        town.plan(town.meeting(one, town.ago(20)))
    read(client, periode="2025")  # the session's first answer, and the log's first row
    later.clear()
    for query, kept_again in (({}, 11), ({"afdeling": str(job.department.pk)}, 10)):
        assert len(statements(client, **query)) == 15
        later.pop()()
        assert len(statements(client, **query)) == kept_again


def test_the_night_counts_what_the_first_looks_of_the_day_ask_for(client, koordinator, later):
    """The whole municipality, each area, department and model; one who is barred gets numbers of their own (F13)."""
    job, forloeb = some(7)
    other = UserFactory(koordinator=True)
    Barred.objects.create(user=other, forloeb=forloeb[0], reason="nabo", by=job.user)
    said = StringIO()
    call_command("opgoer_overblik", stdout=said)
    assert re.fullmatch(r"\d+ opgørelser er talt\.\n", said.getvalue())
    looks = (
        {},
        {"afdeling": str(job.department.pk)},
        {"omraade": str(job.department.area_id)},
        {"model": "faelles_familier"},
    )
    for query in looks:
        assert not counts_meetings(statements(client, **query)), query
    assert "7 forløb er i gang" in read(client)
    client.force_login(other)
    assert not counts_meetings(statements(client))
    assert "6 forløb er i gang" in read(client)


def test_where_nothing_is_kept_the_night_counts_nothing(koordinator, settings):
    settings.OVERVIEW_KEPT_SECONDS = 0
    assert overview_kept.count_ahead(timezone.localdate()) == 0
