"""Domain events: short sentences and ids for the timeline."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from audit import events
from audit.models import Event
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_stands_on_its_forloebs_timeline_only():
    forloeb, user = uuid.uuid4(), UserFactory()
    first = events.record(
        by=user, forloeb=forloeb, kind="plan.finished", text="Version 1 er færdig.", data={"v": forloeb}
    )
    events.record(by=None, forloeb=uuid.uuid4(), kind="plan.finished", text="Version 2 er færdig.")
    assert list(Event.objects.in_forloeb(forloeb)) == [first]
    first.refresh_from_db()
    assert first.data == {"v": str(forloeb)}


@pytest.mark.parametrize("kind", ["finished", "Plan.finished", "plan.færdig", "plan finished", ""])
def test_a_kind_is_dotted_ascii(kind):
    with pytest.raises(ValueError, match="dotted"):
        events.record(by=None, forloeb=None, kind=kind, text="Noget skete.")


@pytest.mark.parametrize("value", ["Anton har det svært", ["x"], 1.5])
def test_C12_data_holds_ids_never_what_someone_wrote(value):
    with pytest.raises(ValueError, match="badly formed"):
        events.record(by=None, forloeb=None, kind="a.b", text="Noget skete.", data={"x": value})


def test_an_event_is_never_rewritten_but_goes_with_its_forloeb():
    event = events.record(by=None, forloeb=uuid.uuid4(), kind="a.b", text="Noget skete.")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET text = 'Andet'")
    event.delete()
    assert not Event.objects.exists()
