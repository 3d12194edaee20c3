"""Points from before they were shared get their marks, and texts who wrote them, when the database is brought up to date (C5)."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.models import Forloeb
from meetings import actions
from meetings.models import AgendaPoint, Meeting
from tests.meetings.factories import sitting

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = ("meetings", "0003_indexes_for_counting"), ("meetings", "0006_agenda_points_have_a_topic")


def to(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.fixture
def up_to_date():
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_C5_old_points_are_marked_as_new_ones_would_be(up_to_date):
    s = sitting()
    gone = s.case.forloeb.persons.get(person=s.person("carl"))
    gone.to_date = s.meeting.starts_at.date()
    gone.save()
    rows = to(OLD).get_model("meetings", "AgendaPoint").objects
    there = {"meeting_id": s.meeting.pk, "position": 9}
    keys = {
        "named": rows.create(text="Annas nye medicin", raised_by_id=s.members["teacher"].pk, **there).pk,
        "raised": rows.create(text="Opsamling", raised_by_person_id=s.person("bo").pk, **there).pk,
        "left": rows.create(text="Carl flytter", raised_by_id=s.members["psyk"].pk, **there).pk,
        "phase": rows.create(text="Familiens mål", **there).pk,
    }
    to(NEW)
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


def test_C5_who_wrote_the_purpose_and_the_need_is_told_of_the_tovholder_of_that_day(up_to_date):
    """And of nobody where two departments led on the day, or the history does not know it."""
    s = sitting()
    mine = s.members["unge"]
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Annas gæld skal ned")
    apps = to(("meetings", "0006_agenda_points_have_a_topic"), ("cases", "0002_escalation"))
    apps.get_model("meetings", "Meeting").objects.create(
        forloeb_id=s.case.forloeb.pk, number=9, starts_at=s.meeting.starts_at, ends_at=s.meeting.ends_at, place="Her",
        purpose="Som ingen ved, hvem skrev", board_key="ff",
    )  # fmt: skip
    to(("meetings", "0007_who_wrote"))  # and the need's, on which it builds
    assert Forloeb.objects.get(pk=s.case.forloeb.pk).need_by == mine.recipient
    assert Meeting.objects.get(pk=s.meeting.pk).purpose_by == mine.recipient
    assert Meeting.objects.get(number=9).purpose_by == ""
    assert Meeting.objects.get(pk=s.meeting.pk).cancelled_by == ""
