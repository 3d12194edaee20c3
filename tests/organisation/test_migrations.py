"""A department that was closed before there was a day for it gets the day its history tells of (O2)."""

import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from organisation.models import Area, Department
from tests.organisation.factories import DepartmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
OLD = [("organisation", "0001_initial")]


def test_O2_the_day_of_closing_is_read_from_the_history():
    """Closed, opened and closed again: the last closing counts. One without history is closed from today."""
    kept, known, unknown = (DepartmentFactory(name=name) for name in ("Åben", "Kendt", "Ukendt"))
    area = kept.area
    day = datetime.datetime(2026, 3, 2, 12, tzinfo=timezone.get_current_timezone())
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    executor.migrate(OLD)
    old = MigrationExecutor(connection).loader.project_state(OLD).apps
    old_areas, old_departments = old.get_model("organisation", "Area"), old.get_model("organisation", "Department")
    history = old.get_model("organisation", "HistoricalDepartment")
    try:
        old_departments.objects.filter(pk__in=[known.pk, unknown.pk]).update(is_active=False)
        history.objects.filter(id=unknown.pk).delete()
        history.objects.filter(id=known.pk).update(history_date=day - datetime.timedelta(days=9))
        row = history.objects.get(id=known.pk)
        for is_active, later in ((False, -6), (True, -3), (False, 0), (False, 3)):
            row.pk, row.is_active, row.history_date = None, is_active, day + datetime.timedelta(days=later)
            row.save()
        twin = old_areas.objects.create(name="Tvilling", short_name=area.short_name, order=99)
    finally:
        MigrationExecutor(connection).migrate(leaves)
    days = dict(Department.objects.values_list("name", "closed_on"))
    assert days == {"Åben": None, "Kendt": datetime.date(2026, 3, 2), "Ukendt": timezone.localdate()}
    assert Area.objects.get(pk=area.pk).short_name == area.short_name
    assert Area.objects.get(pk=twin.pk).short_name == f"{area.short_name[:7]} 2"
