"""No CPR and no marked text stands in the clear anywhere, and the key can be changed while people work (C12)."""

import io
import logging
import os
import subprocess
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from cases.models import Barred, Forloeb, Person
from documents import pdf
from documents.models import FrozenFile
from meetings.models import BoardNote
from plans.models import PlanItem, PlanVersion
from privacy import rotation
from privacy.register import register
from tests.consent.factories import ground
from tests.organisation.factories import EmploymentFactory
from tests.plans.factories import Anton, anton, first_plan, note
from web.fields import EncryptedTextField

OLD, NEW = settings.FIELD_KEYS[0], Fernet.generate_key().decode()


def readable() -> dict[str, list[object]]:
    """Every encrypted value as the app reads it."""
    return {
        f"{model._meta.label}.{field.name}": list(
            model._base_manager.order_by("pk").values_list(field.name, flat=True)
            if isinstance(field, EncryptedTextField)
            else [one.content for one in FrozenFile.objects.order_by("pk")]
        )
        for model, field in rotation.places()
    }


def test_after_the_change_the_old_key_may_go(family: Anton) -> None:
    second_steps = rotation._authenticators().model.objects
    with override_settings(FIELD_KEYS=[OLD]):
        token = Fernet(OLD).encrypt(b"hemmelighed").decode()
        second_steps.create(user=family.user("mette"), type="totp", data={"secret": token, "migrated": 1})
        before = readable()
        assert len(before) > 20
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert rotation.remaining() > 30
        rotation.rotate_all(batch=7)
        assert rotation.remaining() == 0
        assert rotation.rotate_all() == {}, "a second run finds nothing to do"
    with override_settings(FIELD_KEYS=[NEW]):
        assert readable() == before
        secret = second_steps.get().data["secret"]
        assert Fernet(NEW).decrypt(secret.encode()) == b"hemmelighed"
    with override_settings(FIELD_KEYS=[OLD]), pytest.raises(InvalidToken):
        list(PlanItem.objects.all())


def test_history_and_finished_versions_are_changed_too_and_guarded_again_P5(family: Anton) -> None:
    from django.db import IntegrityError

    with override_settings(FIELD_KEYS=[NEW, OLD]):
        done = rotation.rotate_all()
    assert {"plans.HistoricalPlanItem.text", "plans.PlanItem.text", "documents.FrozenFile.sealed"} <= done.keys()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.finished().update(number=9)


def test_stopped_in_the_middle_it_goes_on_where_it_was(family: Anton, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = rotation._write, []

    def stops(*args: object) -> int:
        calls.append(args)
        if len(calls) == 25:
            raise KeyboardInterrupt
        return real(*args)

    with override_settings(FIELD_KEYS=[NEW, OLD]):
        everything = rotation.remaining()
        monkeypatch.setattr(rotation, "_write", stops)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate_all(batch=5)
        left = rotation.remaining()
        assert 0 < left < everything, "readable all the time: both keys open"
        assert BoardNote.objects.get().text == "Vil gerne lære at bage"
        monkeypatch.setattr(rotation, "_write", real)
        assert sum(rotation.rotate_all(batch=5).values()) == left
        assert rotation.remaining() == 0


def test_a_text_saved_meanwhile_is_left_to_who_saved_it(family: Anton) -> None:
    field = BoardNote._meta.get_field("text")
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        ((pk, read),) = next(rotation._pages(BoardNote, field, 10))
        row = BoardNote.objects.get()
        row.text = "Nyt imens"
        row.save()
        assert rotation._write(BoardNote, field, pk, read) == 0
        assert BoardNote.objects.get().text == "Nyt imens"


@pytest.mark.django_db(transaction=True)
def test_two_write_while_the_key_is_changed_and_nothing_is_lost_C12(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two writers changes a note of its own and adds new ones, the whole time the change runs; and the run is as
    if nobody had: every text is the last one written, and the new key alone opens all of it."""
    ground()
    monkeypatch.setattr(pdf, "render", lambda *args, **kwargs: b"%PDF-1.7 " + str(kwargs).encode())
    with override_settings(FIELD_KEYS=[OLD]):
        family = anton()
        first_plan(family)
        mine = [note(family, f"Punkt {number}") for number in range(2)]
        before = {one.pk: one.text for one in PlanItem.objects.all()}
    failures: list[Exception] = []
    begun, each = threading.Barrier(3, timeout=60), 15

    def write(row: BoardNote, who: int) -> None:
        try:
            begun.wait()
            for number in range(each):
                with transaction.atomic():
                    kept = BoardNote.objects.select_for_update().get(pk=row.pk)
                    kept.text = f"{kept.text.split(':')[0]}: rettet {number}"
                    kept.save()
                    note(family, f"Nyt {who}-{number}")
        except Exception as failure:  # noqa: BLE001 - a thread hands its failure to the test
            failures.append(failure)
        finally:
            connection.close()

    with override_settings(FIELD_KEYS=[NEW, OLD]):
        threads = [threading.Thread(target=write, args=(row, who)) for who, row in enumerate(mine)]
        for thread in threads:
            thread.start()
        begun.wait()
        changed = rotation.rotate_all(batch=3)
        for thread in threads:
            thread.join()
        assert failures == []
        assert changed["plans.PlanItem.text"] == len(before)
        rotation.rotate_all()
        assert rotation.remaining() == 0
    with override_settings(FIELD_KEYS=[NEW]):
        texts = set(BoardNote.objects.values_list("text", flat=True))
        assert {f"Punkt {who}: rettet {each - 1}" for who in range(2)} <= texts
        assert {f"Nyt {who}-{number}" for who in range(2) for number in range(each)} <= texts
        assert {one.pk: one.text for one in PlanItem.objects.all()} == before
        past = set(BoardNote.history.filter(id=mine[0].pk).values_list("text", flat=True))
        assert {f"Punkt 0: rettet {number}" for number in range(each)} <= past


def test_the_command_says_when_the_old_key_can_go(family: Anton) -> None:
    out = io.StringIO()
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        call_command("skift_noegle", stdout=out)
    assert "Den gamle nøgle kan fjernes." in out.getvalue()


# --- canaries ------------------------------------------------------------------------------------------------------------------
CANARIES = {"cpr": "7704891234", "cpr shown": "770489-1234", "address": "Kanarievej 77", "text": "KanarieTekst"}


def _plant() -> Anton:
    """A family with a canary in each encrypted text of the domain's rows."""
    ground()
    family = anton("2026-0600")
    mor: Person = family.mor
    mor.cpr, mor.address, mor.accessibility = CANARIES["cpr"], CANARIES["address"], CANARIES["text"]
    from web.fields import keyed_index

    mor.cpr_index = keyed_index(mor.cpr)
    mor.save()
    note(family, CANARIES["text"], said_by=family.anton)
    Barred.objects.create(
        forloeb=family.forloeb, user=EmploymentFactory().user, reason=CANARIES["text"], by=family.user("mette")
    )
    first_plan(family, finished=False)
    forloeb: Forloeb = family.forloeb
    forloeb.need = forloeb.end_text = CANARIES["text"]
    forloeb.save()
    return family


@pytest.mark.django_db(transaction=True)
def test_no_canary_in_the_database_its_files_or_the_log_C12(caplog: pytest.LogCaptureFixture, client: Client) -> None:
    caplog.set_level(logging.DEBUG)
    with transaction.atomic():
        family = _plant()
    caplog.clear()  # what the factories themselves say of a test's rows is no log of the product
    client.force_login(family.user("mette"), backend="django.contrib.auth.backends.ModelBackend")
    for name in ("privacy:lookups", "privacy:subject_access", "privacy:subject_access_json"):
        assert client.get(reverse(name, args=[family.forloeb.pk, family.mor.pk])).status_code == 200
    dumped = _dump()
    assert b"Antons familie" in dumped, "the dump is of the right database"
    assert Session.objects.exists()
    kept = "".join(Session.objects.values_list("session_data", flat=True))
    sql = [record for record in caplog.records if record.name != "django.db.backends"]
    logged = "\n".join(record.getMessage() for record in sql)
    for word in CANARIES.values():
        assert word.encode() not in dumped
        assert word not in kept + logged


def _dump() -> bytes:
    """All that lies in the database: SQLite's file and its write-ahead log, or a pg_dump."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        files = [Path(f"{database['NAME']}{end}") for end in ("", "-wal", "-shm")]
        return b"".join(file.read_bytes() for file in files if file.exists())
    named = {"-h": database["HOST"], "-p": str(database["PORT"] or ""), "-U": database["USER"]}
    where = [part for flag, value in named.items() if value for part in (flag, value)]
    environment = {**os.environ, **({"PGPASSWORD": database["PASSWORD"]} if database["PASSWORD"] else {})}
    command = ["pg_dump", "--inserts", *where, database["NAME"]]
    return subprocess.run(command, check=True, capture_output=True, env=environment).stdout


def test_every_encrypted_field_of_the_register_is_changed_by_the_command() -> None:
    places = {f"{model._meta.label}.{field.name}" for model, field in rotation.places()}
    for entry in register().entries.values():
        assert {f"{entry.label}.{name}" for name in entry.encrypted} <= places
