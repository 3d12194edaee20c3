"""Backup and restore, on the database the tests run on: everything comes back, and nothing false is let in."""

import hashlib
import json
import os
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit import checking, events, log
from documents import actions as documents
from documents.models import FrozenFile
from drafts import actions as drafts
from fællesfamilier import backup
from organisation import actions as organisation
from tests.operations import tables
from tests.organisation.factories import EmploymentFactory, ExternalPartyFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
FILES = [b"%PDF-1.7 one", os.urandom(300_000), b"\x00\xff\\N\t\r\n"]


@pytest.fixture
def house(tmp_path):
    """A little of everything: rows with history, encrypted text, files, the log, events, odd letters."""
    with transaction.atomic():
        admin = UserFactory(system_admin=True)
        EmploymentFactory.create_batch(3)
        external = ExternalPartyFactory(name="Østergård & Søn \\. '\"; DROP TABLE x; --\t\\N")
        organisation.change_external(
            by=admin, external=external, row_version=external.row_version, values={"contact_name": "Åse 👪"}
        )
        drafts.save_draft(by=admin, key="henvendelse", fields={"text": "linje\r\nlinje 👪"})
        for number, content in enumerate(FILES):
            documents.freeze(by=admin, kind="test", title="T", filename=f"{number}.pdf", content=content)
        documents.erase(
            by=None, frozen=documents.freeze(by=admin, kind="test", title="S", filename="s.pdf", content=b"s")
        )
        for _ in range(3):
            log.delivered(by=admin, kind="test", channel="page", persons=[admin.pk])
        events.record(by=admin, forloeb=None, kind="test.house", text="Prøvet.", data={"id": admin.pk})
    return tmp_path


def taken(place) -> str:
    call_command("sikkerhedskopi", str(place), verbosity=0)
    (file,) = place.glob("*.zip")
    return str(file)


@pytest.mark.parametrize("is_new_machine", [True, False], ids=["new machine", "over what is there"])
def test_a_restored_system_is_the_same_row_by_row_and_file_by_file(house, is_new_machine, capsys):
    before, built = tables.everything(), tables.structure()
    file = taken(house)
    if is_new_machine:
        tables.raze()
        call_command("genskab", file)
    else:
        UserFactory(name="Kom til efter kopien")
        drafts.save_draft(by=UserFactory(), key="henvendelse", fields={"text": "også"})
        call_command("genskab", file, "--overskriv")
    assert "Adgangsloggen er hel" in capsys.readouterr().out
    assert tables.everything() == before
    assert tables.structure() == built
    kept = FrozenFile.objects.filter(erased_at=None)
    assert {frozen.sha256 for frozen in kept} == {hashlib.sha256(content).hexdigest() for content in FILES}
    assert {frozen.content for frozen in kept} == set(FILES)
    call_command("kontroller_log")
    assert list(checking.faults()) == []
    UserFactory()  # and it can be written to


def test_a_restored_system_can_be_backed_up_again(house):
    before = tables.everything()
    for number in range(2):
        place = house / str(number)
        place.mkdir()
        file = taken(place)
        tables.raze()
        call_command("genskab", file, verbosity=0)
    assert tables.everything() == before


def test_the_file_is_the_owners_alone_and_holds_no_key(house, settings):
    file = taken(house)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    for key in (settings.SECRET_KEY, *settings.FIELD_KEYS, settings.INDEX_KEY, settings.LOG_KEY):
        assert key.encode() not in content
    assert list(house.glob(".kopi-*")) == list(house.glob("*.part")) == []


def test_a_database_in_use_is_not_overwritten_by_mistake(house):
    before = tables.everything()
    with pytest.raises(CommandError, match="--overskriv"):
        call_command("genskab", taken(house))
    assert tables.everything() == before


def rewritten(file: str, change) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def spoil_rows(parts) -> None:
    name = next(name for name in parts if name.startswith("database"))
    parts[name] = parts[name][:-4096] + b"\\! id\n" + parts[name][-4096:]


def spoil_sum(parts) -> None:
    spoil_rows(parts)
    facts = json.loads(parts["indhold.json"])
    name = next(name for name in parts if name.startswith("database"))
    parts["indhold.json"] = json.dumps({**facts, "sha256": hashlib.sha256(parts[name]).hexdigest()}).encode()


def lose_manifest(parts) -> None:
    del parts["indhold.json"]


@pytest.mark.parametrize("change", [spoil_rows, spoil_sum, lose_manifest])
def test_a_file_that_was_changed_is_not_restored(house, change):
    file = taken(house)
    rewritten(file, change)
    before = tables.everything()
    with pytest.raises(CommandError, match="Databasen er ikke ændret"):
        call_command("genskab", file, "--overskriv")
    assert tables.everything() == before


def test_half_a_file_is_not_restored(house):
    file = taken(house)
    with open(file, "r+b") as half:
        half.truncate(os.path.getsize(file) // 2)
    with pytest.raises(CommandError, match="ikke en hel sikkerhedskopi"):
        call_command("genskab", file, "--overskriv")


def test_a_backup_of_other_keys_is_refused_and_a_newer_key_in_front_is_not(house, settings):
    file = taken(house)
    first = settings.FIELD_KEYS
    newer = "bmV3ZXItZmllbGQta2V5LTMyLWJ5dGVzLWxvbmcuLi4="
    settings.FIELD_KEYS = [newer]
    with pytest.raises(CommandError, match=r"andre nøgler \(FIELD_KEYS\)"):
        call_command("genskab", file, "--overskriv")
    settings.FIELD_KEYS = [newer, *first]
    call_command("genskab", file, "--overskriv", verbosity=0)


def test_a_backup_from_newer_code_is_refused(house, monkeypatch):
    file = taken(house)
    known = backup.health.known_migrations()
    monkeypatch.setattr(backup.health, "known_migrations", lambda: known - {("audit", "0002_triggers")})
    with pytest.raises(CommandError, match="nyere udgave"):
        call_command("genskab", file, "--overskriv")


def test_only_the_newest_are_kept_and_no_other_file_is_touched(house):
    other = house / "faelles-familier-noter.zip"
    other.write_text("x")
    for day in range(10, 15):
        (house / f"faelles-familier-2026-01-{day}-010000.zip").write_text("x")
    call_command("sikkerhedskopi", str(house), "--behold=2", verbosity=0)
    kept = sorted(file.name for file in house.glob("*.zip") if file != other)
    assert len(kept) == 2
    assert kept[0] == "faelles-familier-2026-01-14-010000.zip"
    assert other.exists()


@pytest.mark.parametrize(("place", "why"), [("findes-ikke/x.zip", "findes ikke"), ("x.zip", "findes allerede")])
def test_a_place_that_cannot_be_used_is_told(house, place, why):
    (house / "x.zip").write_text("x")
    with pytest.raises(CommandError, match=why):
        call_command("sikkerhedskopi", str(house / place))


def test_a_missing_client_is_named():
    with (
        pytest.raises(backup.BackupError, match="Installer pakken postgresql-client"),
        backup._client("no-such-program"),
    ):
        pass
