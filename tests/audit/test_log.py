"""The access log: written with the delivery, append-only, and any change to it is found."""

import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from audit import checking, log
from audit.models import AccessLog, AccessLogHead, AccessLogSubject
from tests.organisation.factories import UserFactory
from web import triggers

pytestmark = pytest.mark.django_db
TABLES = ("audit_accesslog", "audit_accesslogsubject", "audit_accessloghead")


def write(rows: int = 5) -> list[AccessLog]:
    by = UserFactory()
    return [
        log.delivered(
            by=by, kind="desk:forloeb", channel="page", role="tovholder", persons=[uuid.uuid4(), uuid.uuid4()]
        )
        for _ in range(rows)
    ]


def tamper(sql: str, *params: object) -> list[str]:
    """What the check says after `sql` was run by someone who could switch the triggers off."""
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return list(checking.faults())


def db(value: uuid.UUID) -> object:
    return value if connection.vendor == "postgresql" else value.hex


def test_C13_a_delivery_says_who_whom_what_kind_role_and_when():
    user, person, forloeb = UserFactory(), uuid.uuid4(), uuid.uuid4()
    row = log.delivered(
        by=user, kind="pdf:en-plan", channel="pdf", role="tovholder", forloeb=forloeb, persons=[person, person]
    )
    row.refresh_from_db()
    assert (row.actor, row.kind, row.channel, row.role, row.forloeb_id) == (
        user,
        "pdf:en-plan",
        "pdf",
        "tovholder",
        forloeb,
    )
    assert json.loads(row.subjects) == [str(person)]
    assert row.count == 1
    assert list(AccessLog.objects.about(person)) == [row]
    assert list(AccessLog.objects.in_forloeb(forloeb)) == [row]


def test_C13_the_system_itself_is_logged_without_a_user():
    assert log.delivered(by=None, kind="mail:digest", channel="mail").actor is None


def test_an_unknown_channel_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="Unknown channel"):
        log.delivered(by=None, kind="x", channel="telepathy")


def test_C13_the_rows_are_gap_free_and_the_log_is_whole():
    rows = write()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert list(checking.faults()) == []


def test_C13_no_delivery_without_its_row(monkeypatch):
    """If the log cannot be written the error comes out, and what was done before it is rolled back."""
    monkeypatch.setattr(AccessLogHead, "save", lambda self: (_ for _ in ()).throw(OSError("full disk")))
    with pytest.raises(OSError, match="full disk"), transaction.atomic():
        write(1)
    assert not AccessLog.objects.exists()
    assert list(checking.faults()) == []


@pytest.mark.parametrize("table", ["audit_accesslog", "audit_accesslogsubject", "audit_accessloghead"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_C13_the_database_refuses_to_change_the_log(table, verb):
    write(2)
    sql = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET id = id"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(checking.faults()) == []


def test_C13_postgresql_refuses_to_truncate_the_log():
    write(1)
    if connection.vendor == "postgresql":
        cursor = connection.cursor()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("TRUNCATE audit_accesslog CASCADE")
    assert AccessLog.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("role", "leder"),
        ("kind", "x"),
        ("channel", "file"),
        ("count", 7),
        ("subjects", "[]"),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_C13_an_edited_row_is_found(column, value):
    write()
    assert "Række 3 er ændret." in tamper(f'UPDATE audit_accesslog SET "{column}" = %s WHERE seq = 3', value)


def test_C13_another_actor_on_a_row_is_found():
    write()
    assert "Række 3 er ændret." in tamper(
        "UPDATE audit_accesslog SET actor_id = %s WHERE seq = 3", db(UserFactory().pk)
    )


def test_C13_a_row_taken_from_the_middle_is_found():
    rows = write()
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslogsubject WHERE log_id = %s", [db(rows[2].id)])
    faults = tamper("DELETE FROM audit_accesslog WHERE seq = 3")
    assert "Række 3 til 3 mangler." in faults
    assert "Række 4 hænger ikke sammen med rækken før." in faults


def test_C13_swapped_rows_are_found():
    write()
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            cursor.execute("UPDATE audit_accesslog SET seq = %s WHERE seq = %s", [new, old])
    faults = list(checking.faults())
    assert "Række 2 er ændret." in faults
    assert "Række 3 er ændret." in faults


@pytest.mark.parametrize("kept", [0, 3])
def test_C13_a_cut_tail_is_found(kept):
    write()
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_accesslogsubject WHERE log_id IN (SELECT id FROM audit_accesslog WHERE seq > %s)", [kept]
        )
    assert f"De nyeste rækker mangler: {kept + 1} til 5." in tamper("DELETE FROM audit_accesslog WHERE seq > %s", kept)


def test_C13_a_cut_tail_with_its_end_moved_back_is_found():
    """The end carries its own code; without LOG_KEY no new one can be made."""
    rows = write()
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslogsubject WHERE log_id = %s", [db(rows[4].id)])
        cursor.execute("DELETE FROM audit_accesslog WHERE seq = 5")
    assert tamper('UPDATE audit_accessloghead SET "count" = 4, last_mac = %s', rows[3].mac) == [
        "Loggens ende er ændret."
    ]


def test_C13_an_older_log_put_back_with_its_end_is_found_by_the_anchor():
    rows = write(3)
    old = AccessLogHead.objects.get()
    rows += write(1)
    anchor = checking.anchor_now()
    assert list(checking.faults(anchor)) == []
    with triggers.lifted(*TABLES), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslogsubject WHERE log_id = %s", [db(rows[3].id)])
        cursor.execute("DELETE FROM audit_accesslog WHERE seq = 4")
        cursor.execute('UPDATE audit_accessloghead SET "count" = 3, last_mac = %s, mac = %s', [old.last_mac, old.mac])
    assert list(checking.faults()) == []
    assert list(checking.faults(anchor)) == ["Loggen svarer ikke til ankeret ved række 4."]


def test_C13_the_end_taken_away_is_found():
    write(1)
    assert tamper("DELETE FROM audit_accessloghead") == ["Loggens ende mangler."]


def test_C13_a_forged_row_is_found():
    row = write(1)[0]
    AccessLog.objects.create(seq=2, at=row.at, kind="x", channel="page", previous_mac=row.mac, mac="0" * 64)
    faults = list(checking.faults())
    assert "Række 2 er ændret." in faults
    assert "Der er rækker efter loggens ende: 2 til 2." in faults


def test_C13_a_changed_index_is_found():
    row = write(2)[0]
    AccessLogSubject.objects.create(log=row, subject=uuid.uuid4())
    assert list(checking.faults()) == ["Registeret over personer svarer ikke til række 1."]
    assert tamper("DELETE FROM audit_accesslogsubject WHERE log_id = %s", db(row.id)) == [
        "Registeret over personer svarer ikke til række 1."
    ]


def test_C13_a_missing_trigger_is_found():
    with triggers.lifted("audit_accesslog"):
        assert any("audit_accesslog_update" in fault for fault in checking.faults())
    assert list(checking.faults()) == []


def test_C13_the_command_says_what_is_wrong_and_fails():
    write(2)
    out = io.StringIO()
    call_command("kontroller_log", stdout=out)
    assert "Adgangsloggen er hel." in out.getvalue()
    assert "Anker" in out.getvalue()
    tamper("UPDATE audit_accesslog SET role = 'x' WHERE seq = 1")
    err = io.StringIO()
    with pytest.raises(CommandError, match="ikke hel"):
        call_command("kontroller_log", stderr=err)
    assert "Række 1 er ændret." in err.getvalue()


@pytest.mark.parametrize("typed", ["hej", "5", "5:abc", ":", "-1:" + "a" * 64, "0:" + "a" * 64])
def test_C13_an_anchor_that_is_none_is_not_taken_for_one_that_fits(typed: str):
    """Half of it copied, and the log was called whole."""
    write(2)
    with pytest.raises(CommandError, match=r"Ankeret kan ikke læses. Skriv det, som det står"):
        call_command("kontroller_log", anker=typed)


def test_C13_the_anchor_of_an_empty_log_holds_nothing_to_compare():
    call_command("kontroller_log", anker="0:")


def test_C12_the_log_has_no_room_for_content():
    """Subjects are ids: a CPR or a name given by mistake is an error, not a row."""
    with pytest.raises(ValueError, match="badly formed"):
        log.delivered(by=None, kind="x", channel="page", persons=["010161-1234"])
