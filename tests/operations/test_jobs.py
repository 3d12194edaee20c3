"""The periodic run: each job on its line, a failure that is told, and never two runs at once."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import events
from fællesfamilier import jobs
from fællesfamilier.views import JOBS
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_everything_periodic_is_run_with_a_line_each(capsys, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    assert {"ryd_kladder", "ryd_engangsnoegler", "clearsessions", "sikkerhedskopi", "kontroller_log"} <= set(
        jobs.wanted()
    )
    # A backup needs a connection of its own, which does not see this test's transaction: tried in test_backup.py.
    settings.BACKUP_DIR = ""
    call_command("opgaver")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == jobs.wanted()
    assert lines[-1].startswith("kontroller_log"), "the last line is the log's anchor"
    assert set(jobs.wanted()) <= set(JOBS), "the page of the system has words for each"
    assert all(": ok (" in line for line in lines)


def test_a_job_that_fails_is_told_stops_no_other_and_ends_the_run_with_an_error(capsys, monkeypatch):
    monkeypatch.setattr("audit.once.drop_older_than", lambda days: 1 / 0)
    with pytest.raises(CommandError, match=r"^Disse opgaver fejlede: ryd_engangsnoegler\.$"):
        call_command("opgaver")
    told = capsys.readouterr()
    assert told.err.startswith("ryd_engangsnoegler: FEJL")
    assert "ZeroDivisionError" in told.err
    assert "kontroller_log: ok" in told.out
    assert ("ryd_engangsnoegler", False) in jobs.last_run().jobs


def test_a_job_that_another_app_has_not_got_is_left_out(monkeypatch):
    monkeypatch.setattr(jobs, "NAMES", ("findes_ikke", "clearsessions"))
    assert jobs.wanted() == ["clearsessions"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_are_one(capsys):
    held, done = threading.Event(), threading.Event()

    def first() -> None:
        with jobs.alone() as is_alone:
            assert is_alone
            held.set()
            done.wait(30)
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    assert held.wait(30)
    call_command("opgaver")
    assert capsys.readouterr().out == "Opgaverne kører allerede et andet sted. Intet er gjort her.\n"
    done.set()
    other.join()
    call_command("opgaver")
    assert "clearsessions: ok" in capsys.readouterr().out


def test_the_system_administrator_sees_how_it_went_and_nobody_else(client):
    client.force_login(UserFactory(system_admin=True), backend="django.contrib.auth.backends.ModelBackend")
    assert "De er ikke kørt endnu" in client.get("/drift/systemet/").content.decode()
    call_command("opgaver", verbosity=0)
    page = client.get("/drift/systemet/").content.decode()
    assert "Kontrollér adgangsloggen" in page
    assert "Databasen svarer" in page
    client.force_login(UserFactory(koordinator=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/drift/systemet/").status_code == 403


def test_the_page_names_every_job_in_the_order_they_are_run(client):
    """PostgreSQL gives the names back in an order of its own."""
    client.force_login(UserFactory(system_admin=True), backend="django.contrib.auth.backends.ModelBackend")
    assert set(JOBS) == set(jobs.NAMES)
    backwards = dict.fromkeys(reversed(jobs.NAMES), True)
    events.record(by=None, forloeb=None, kind=jobs.KIND, text="De faste opgaver er kørt.", data=backwards)
    page = client.get("/drift/systemet/").content.decode()
    places = [page.index(JOBS[name]) for name in jobs.NAMES]
    assert places == sorted(places)
