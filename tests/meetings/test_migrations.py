"""Points from before they were shared get their marks, and texts who wrote them, when the database is brought up to date (C5)."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.models import Forloeb
from meetings import actions
from meetings.models import AgendaPoint, Meeting
from tests.meetings.factories import sitting

pytestmark = pytest.mark.django_db(transaction=True)
OLD = ("meetings", "0003_indexes_for_counting"), ("cases", "0002_escalation")


@pytest.fixture
def up_to_date():
    yield
    bring_up_to_date()


def bring_up_to_date():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def as_it_was():
    """Back to before both: the models of that time. Going back and forth takes seconds, so both stories share it."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(OLD))
    return MigrationExecutor(connection).loader.project_state(list(OLD)).apps


def test_C5_what_was_written_before_gets_its_marks_and_its_writer(up_to_date):
    """A point is marked as a new one would be. A purpose and a need were written by the tovholder's department of that
    day: by nobody's where two led, or where the history does not know it."""
    s = sitting()
    gone = s.case.forloeb.persons.get(person=s.person("carl"))
    gone.to_date = s.meeting.starts_at.date()
    gone.save()
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Annas gæld skal ned")
    then = as_it_was()
    keys = old_points(then.get_model("meetings", "AgendaPoint").objects, s)
    then.get_model("meetings", "Meeting").objects.create(
        forloeb_id=s.case.forloeb.pk, number=9, starts_at=s.meeting.starts_at, ends_at=s.meeting.ends_at, place="Her",
        purpose="Som ingen ved, hvem skrev", board_key="ff",
    )  # fmt: skip
    bring_up_to_date()
    found = {
        name: ({one.first_name for one in row.about.all()}, row.topic.key, row.contributed_by)
        for name, row in ((name, AgendaPoint.objects.get(pk=pk)) for name, pk in keys.items())
    }
    assert found == {
        "named": ({"Anna"}, "helbred", s.members["teacher"].recipient),
        "raised": ({"Bo"}, "familie", ""),
        "left": ({"Carl"}, "oekonomi", s.members["psyk"].recipient),
        "phase": (set(), "familie", ""),
    }
    assert not AgendaPoint.objects.filter(topic=None).exists()
    mine = s.members["unge"]
    assert Forloeb.objects.get(pk=s.case.forloeb.pk).need_by == mine.recipient
    assert Meeting.objects.get(pk=s.meeting.pk).purpose_by == mine.recipient
    assert Meeting.objects.get(number=9).purpose_by == ""
    assert Meeting.objects.get(pk=s.meeting.pk).cancelled_by == ""


def old_points(rows, s):
    there = {"meeting_id": s.meeting.pk, "position": 9}
    return {
        "named": rows.create(text="Annas nye medicin", raised_by_id=s.members["teacher"].pk, **there).pk,
        "raised": rows.create(text="Opsamling", raised_by_person_id=s.person("bo").pk, **there).pk,
        "left": rows.create(text="Carl flytter", raised_by_id=s.members["psyk"].pk, **there).pk,
        "phase": rows.create(text="Familiens mål", **there).pk,
    }
