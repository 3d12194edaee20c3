"""Backup and restore: one file with the whole database (documents lie in it), never with the keys.

The file is a zip of two parts: the database (`database.sqlite3`, or `database.sql` from pg_dump) and `indhold.json`,
which says what it is, how many rows each table holds and with which keys it belongs together (by fingerprints, which
open nothing). `indhold.json` carries an HMAC under LOG_KEY over itself and the database's SHA-256, so that a file that
was damaged or changed is not restored. Source: trust.md "Integrity".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from audit import checking
from fællesfamilier import health

PREFIX = "faelles-familier-"
_MANIFEST = "indhold.json"
_PARTS = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}
_CHUNK = 1024 * 1024
# Everything away and the copy in its place, in one transaction. Somebody who still uses the tables stops it.
_EMPTY_SCHEMA = b"SET lock_timeout = '10s';\nDROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n"


class BackupError(Exception):
    """It could not be done, and why: a Danish sentence. Nothing has been changed unless it says so."""


# --- taking one ----------------------------------------------------------------------------------------------------------
def back_up(place: Path) -> Path:
    """Write a backup to `place`, a folder (the name then holds the time) or a file that is not there yet.

    The app may be in use: the copy is of one moment. Returns the file, readable by its owner only; it stands there
    whole or not at all. Raises BackupError.
    """
    stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
    file = place / f"{PREFIX}{stamp}.zip" if place.is_dir() else place
    if not file.parent.is_dir():
        raise BackupError(f"Mappen {file.parent} findes ikke.")
    if file.exists():
        raise BackupError(f"{file} findes allerede.")
    part = file.with_name(file.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            with ZipFile(raw, "w", ZIP_DEFLATED, compresslevel=3) as archive:
                _fill(archive, file.parent)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise BackupError(f"Kopien kunne ikke skrives: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return file


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Delete all but the `count` newest backups in `folder`; returns those deleted. Touches no other file."""
    found = sorted(folder.glob(f"{PREFIX}[0-9]*.zip"))
    old = found[: max(0, len(found) - max(1, count))]
    for file in old:
        file.unlink()
    return old


def _fill(archive: ZipFile, folder: Path) -> None:
    vendor = connection.vendor
    dump = _dump_sqlite if vendor == "sqlite" else _dump_postgresql
    with dump(folder) as (stream, facts), archive.open(_PARTS[vendor], "w", force_zip64=True) as target:
        digest = _copy(stream, target)
    manifest = {
        "taken_at": timezone.now().isoformat(),
        "database": vendor,
        "sha256": digest,
        "keys": _fingerprints(),
        **facts,
    }
    archive.writestr(_MANIFEST, json.dumps({**manifest, "mac": _mac(manifest)}, indent=1))


@contextmanager
def _dump_sqlite(folder: Path) -> Iterator[tuple[IO[bytes], dict[str, Any]]]:
    """SQLite's own online copy, checked, and the facts counted in the copy itself."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".kopi-") as work:
        path = Path(work) / "database.sqlite3"
        with _opened(connection.settings_dict["NAME"]) as source, _opened(path) as copy:
            source.connection.backup(copy.connection)
            _demand_sound(copy)
            facts = _facts(copy)
        with path.open("rb") as stream:
            yield stream, facts


@contextmanager
def _dump_postgresql(folder: Path) -> Iterator[tuple[IO[bytes], dict[str, Any]]]:
    """pg_dump, and the facts counted in the very snapshot it dumps."""
    with _opened() as source:
        source.set_autocommit(False)
        with source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        facts = _facts(source)
        options = ["--no-owner", "--no-privileges", "--encoding=UTF8", f"--snapshot={snapshot}"]
        with _client("pg_dump", *options, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield process.stdout, facts
        source.rollback()


# --- bringing one back ---------------------------------------------------------------------------------------------------
def restore(file: Path, *, overwrite: bool) -> dict[str, Any]:
    """Put the database back as it was in `file`, all of it or nothing.

    overwrite: a database with tables in it is refused without it. Returns the backup's facts. Raises BackupError
    when the file is damaged, changed, of another kind of database, from newer code, or belongs to other keys.
    """
    try:
        with ZipFile(file) as archive:
            manifest = _checked_manifest(archive)
            if _has_tables() and not overwrite:
                raise BackupError("Databasen er ikke tom. Skriv --overskriv, hvis alt i den skal erstattes.")
            connections.close_all()
            with archive.open(_PARTS[manifest["database"]]) as stream:
                (_load_sqlite if manifest["database"] == "sqlite" else _load_postgresql)(stream)
    except (BadZipFile, EOFError, KeyError, ValueError) as error:
        raise BackupError("Filen er ikke en hel sikkerhedskopi. Databasen er ikke ændret.") from error
    except OSError as error:
        raise BackupError(f"{file} kan ikke læses: {error.strerror or error}") from error
    connections.close_all()
    with _opened() as restored:
        if _facts(restored) != {name: manifest[name] for name in ("migrations", "rows", "anchor")}:
            raise BackupError("Databasen er erstattet, men svarer ikke til kopiens egen optælling.")
    return manifest


def _checked_manifest(archive: ZipFile) -> dict[str, Any]:
    manifest = json.loads(archive.read(_MANIFEST))
    mac = manifest.pop("mac")
    theirs, ours = manifest["keys"], _fingerprints()
    wrong = [name for name, values in theirs.items() if not set(values) <= set(ours[name])]
    if wrong:
        raise BackupError(
            f"Kopien hører til andre nøgler ({', '.join(wrong)}). Sæt de nøgler, den er taget med, og prøv igen. "
            "Uden dem kan det krypterede i den ikke læses. Databasen er ikke ændret."
        )
    with archive.open(_PARTS[manifest["database"]]) as stream:
        digest = _copy(stream, None)
    if not hmac.compare_digest(mac, _mac(manifest)) or digest != manifest["sha256"]:
        raise BackupError("Filen er beskadiget eller ændret. Databasen er ikke ændret.")
    if manifest["database"] != connection.vendor:
        raise BackupError(f"Kopien er fra {manifest['database']}, og databasen her er {connection.vendor}.")
    if {tuple(pair) for pair in manifest["migrations"]} - health.known_migrations():
        raise BackupError("Kopien er taget med en nyere udgave af Fælles Familier end den, der kører her.")
    return manifest


def _has_tables() -> bool:
    with _opened() as database, database.cursor() as cursor:
        return bool(database.introspection.table_names(cursor))


def _load_sqlite(stream: IO[bytes]) -> None:
    """Through SQLite's own copying: one transaction, also for those who have the database open."""
    live = Path(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(dir=live.parent, prefix=".kopi-") as work:
        path = Path(work) / "database.sqlite3"
        with path.open("wb") as target:
            _copy(stream, target)
        with _opened(path) as copy, _opened(live) as database:
            _demand_sound(copy)
            copy.connection.backup(database.connection)


def _load_postgresql(stream: IO[bytes]) -> None:
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with _client("psql", *options, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(_EMPTY_SCHEMA)
            _copy(stream, process.stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass  # psql has stopped and says why


# --- parts ---------------------------------------------------------------------------------------------------------------
@contextmanager
def _opened(name: Any = None) -> Iterator[Any]:
    """A connection of our own, to the database or (SQLite) to another file, taught what every connection is taught."""
    own = connection.copy()
    if name is not None:
        own.settings_dict["NAME"] = str(name)
    try:
        own.ensure_connection()
        yield own
    except DatabaseError as error:
        raise BackupError(f"Databasen svarede med en fejl: {type(error).__name__}.") from error
    finally:
        own.close()


def _facts(database: Any) -> dict[str, Any]:
    """What a restored database must agree with: its migrations, each table's rows, the end of the access log."""
    with database.cursor() as cursor:
        names = sorted(database.introspection.table_names(cursor))
        rows = {}
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM {database.ops.quote_name(name)}")  # noqa: S608  (the schema's names)
            rows[name] = cursor.fetchone()[0]
        anchor = "0:"
        if "audit_accessloghead" in rows:
            cursor.execute("SELECT count, last_mac FROM audit_accessloghead")
            anchor = ":".join(str(value) for value in cursor.fetchone() or (0, ""))
    migrations = sorted(list(pair) for pair in MigrationRecorder(database).applied_migrations())
    return {"migrations": migrations, "rows": rows, "anchor": anchor}


def _demand_sound(database: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        if cursor.fetchall() != [("ok",)]:
            raise BackupError("Databasefilen er beskadiget.")


@contextmanager
def _client(program: str, *options: str, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """PostgreSQL's own program, at our database; the password goes in the environment, never on the command line."""
    if shutil.which(program) is None:
        raise BackupError(f"Programmet {program} mangler. Installer pakken postgresql-client, og prøv igen.")
    arguments, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603  (our own arguments)
            [program, *options, *arguments[1:]], env={**os.environ, **(environment or {})}, stderr=complaints, **pipes
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None and not pipe.closed:
                    pipe.close()
            code = process.wait()
        if code:
            complaints.seek(0)
            # The first line alone: the next ones may show a row.
            first = complaints.readline().decode(errors="replace").strip()
            raise BackupError(f"{program} stoppede: {first}")


def _copy(source: IO[bytes], target: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def _fingerprints() -> dict[str, list[str]]:
    """Which keys the data was written with, told so that nothing can be opened with it."""
    named = {"FIELD_KEYS": settings.FIELD_KEYS, "INDEX_KEY": [settings.INDEX_KEY], "LOG_KEY": [settings.LOG_KEY]}
    return {
        name: [
            hmac.new(key.encode(), b"faelles familier: fingerprint", hashlib.sha256).hexdigest()[:16] for key in keys
        ]
        for name, keys in named.items()
    }


def _mac(manifest: dict[str, Any]) -> str:
    text = "faelles familier: backup\n" + json.dumps(manifest, sort_keys=True)
    return hmac.new(settings.LOG_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def log_faults(anchor: str) -> list[str]:
    """The faults of the access log that came with the backup."""
    return list(checking.faults(anchor))
