"""Triggers as migration operations, and the test that none was lost on the way."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit import triggers as audit_triggers
from audit.models import OnceKey
from audit.once import claim
from tests.organisation.factories import UserFactory
from web import triggers

TABLE = "audit_oncekey"


@pytest.fixture
def key(db):
    return claim(user=UserFactory(), path="/", form_key="x")[0]


def test_every_append_only_table_has_its_triggers(db):
    expected = (*audit_triggers.LOG_TRIGGERS, ("documents_frozenfile", "UPDATE"), ("documents_frozenfile", "DELETE"))
    assert triggers.missing(*expected) == []


def test_a_condition_may_look_into_other_tables_and_bind_old_and_new(key):
    guarded = "NEW.location <> '' AND EXISTS (SELECT 1 FROM organisation_user u WHERE u.id = OLD.user_id)"
    with transaction.atomic():
        savepoint = transaction.savepoint()
        with connection.cursor() as cursor:
            for sql in triggers._create(connection.vendor, TABLE, "UPDATE", guarded, "Nej, 100 % nej: 'aldrig'."):
                cursor.execute(sql)
            cursor.execute(f"UPDATE {TABLE} SET location = ''")
            with pytest.raises(IntegrityError, match="100 % nej: 'aldrig'"), transaction.atomic():
                cursor.execute(f"UPDATE {TABLE} SET location = '/x/'")
            with triggers.lifted(TABLE):
                cursor.execute(f"UPDATE {TABLE} SET location = '/y/'")
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(f"UPDATE {TABLE} SET location = '/z/'")
        transaction.savepoint_rollback(savepoint)
    assert triggers.missing((TABLE, "UPDATE"))
    assert OnceKey.objects.get().location == ""


def test_unknown_events_are_a_fault_of_the_migration():
    with pytest.raises(ValueError, match="Unknown events"):
        triggers.forbid(TABLE, "SELECT")
    with pytest.raises(ValueError, match="Unknown events"):
        triggers.forbid(TABLE)
