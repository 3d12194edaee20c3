"""Giving everything that is encrypted the newest key, on live data, in small steps that can be taken up again.

Put the new key first in FIELD_KEYS, run `manage.py skift_noegle`, then take the old key away.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from web import triggers
from web.fields import EncryptedTextField, fernet

BATCH = 200


def places() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every field whose values are Fernet tokens: encrypted text, history included, and the frozen files."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField | models.BinaryField):
                yield model, field


def rotate_all(batch: int = BATCH) -> dict[str, int]:
    """Encrypt anew whatever is not under the first key. Returns table.column → how many; run again, it finds none.

    Each batch is one transaction. A row that somebody saves meanwhile is left to them: they write with the first key.
    Raises InvalidToken, and stops, at a value that no key opens.
    """
    done = {f"{model._meta.label}.{field.name}": _rotate(model, field, batch) for model, field in places()}
    done["mfa.Authenticator.data"] = _second_steps()
    return {place: number for place, number in done.items() if number}


def remaining() -> int:
    """How many values the first key alone cannot open."""
    first = Fernet(settings.FIELD_KEYS[0])
    waiting = sum(
        not _opens(first, _bytes(token))
        for model, field in places()
        for rows in _pages(model, field, BATCH)
        for _, token in rows
    )
    return waiting + sum(1 for row in _authenticators() if _rotated_data(row.data) != row.data)


def _pages(model: type[models.Model], field: models.Field[Any, Any], batch: int) -> Iterator[list[tuple[Any, Any]]]:
    """The raw values of a column as the database has them, by key; never read through the field, which decrypts."""
    table, column = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(field.column)
    key = connection.ops.quote_name(model._meta.pk.column)
    last: Any = None
    if isinstance(field, models.BinaryField):
        batch = max(1, batch // 20)  # files are large
    while True:
        where = f"WHERE {key} > %s" if last is not None else ""
        sql = f"SELECT {key}, {column} FROM {table} {where} ORDER BY {key} LIMIT %s"  # noqa: S608  (names from models)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*([last] if last is not None else []), batch])
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [(pk, value) for pk, value in rows if value]


def _rotate(model: type[models.Model], field: models.Field[Any, Any], batch: int) -> int:
    first = Fernet(settings.FIELD_KEYS[0])
    done = 0
    for rows in _pages(model, field, batch):
        old = [(pk, value) for pk, value in rows if not _opens(first, _bytes(value))]
        if old:
            with transaction.atomic(), triggers.lifted(model._meta.db_table):
                done += sum(_write(model, field, pk, value) for pk, value in old)
    return done


def _write(model: type[models.Model], field: models.Field[Any, Any], pk: Any, value: Any) -> int:
    """Only if it is still what was read: a newer value is somebody's work, and already under the first key."""
    table, column = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(field.column)
    key = connection.ops.quote_name(model._meta.pk.column)
    token = fernet().rotate(_bytes(value))
    anew: Any = token if isinstance(field, models.BinaryField) else token.decode("ascii")
    with connection.cursor() as cursor:
        sql = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608  (names from models)
        cursor.execute(sql, [anew, pk, bytes(value) if isinstance(field, models.BinaryField) else value])
        return cursor.rowcount


def _bytes(value: Any) -> bytes:
    return value.encode("ascii") if isinstance(value, str) else bytes(value)


def _opens(cipher: Fernet, token: bytes) -> bool:
    try:
        cipher.decrypt(token)
    except InvalidToken:
        return False
    return True


# --- the second step at sign-in: its secrets lie in a JSON field of django-allauth -------------------------------------------
def _authenticators() -> models.QuerySet[Any]:
    return apps.get_model("mfa", "Authenticator").objects.order_by("pk")


def _rotated_data(data: dict[str, Any]) -> dict[str, Any]:
    first = Fernet(settings.FIELD_KEYS[0])
    return {key: _rotated(first, value) for key, value in data.items()}


def _rotated(first: Fernet, value: Any) -> Any:
    """A token under the first key; whatever is no token stays as it is."""
    if isinstance(value, list):
        return [_rotated(first, one) for one in value]
    if not isinstance(value, str) or not value.startswith("gAAAA") or _opens(first, value.encode()):
        return value
    return fernet().rotate(value.encode()).decode("ascii")


def _second_steps() -> int:
    done = 0
    for pk in list(_authenticators().values_list("pk", flat=True)):
        with transaction.atomic():
            row = _authenticators().select_for_update().filter(pk=pk).first()
            if row is None or (anew := _rotated_data(row.data)) == row.data:
                continue
            row.data = anew
            row.save(update_fields=["data"])
            done += 1
    return done
