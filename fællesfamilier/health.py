"""Is everything there that the app needs? For the proxy, the container's own check and the system administrator."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import cache

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit import log
from audit.models import AccessLogHead
from documents import pdf
from fællesfamilier import keys

PATH = "/sundhed/"


def without_session(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware above the sessions: who asks is never looked up, so that the answer does not need the database."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH:
            request.COOKIES = {}
        return get_response(request)

    return answer


def state() -> dict[str, bool]:
    """What is in order, by name: database, migrations, keys, pdf. Holds nothing about anybody."""
    try:
        connection.ensure_connection()
        migrated = not missing_migrations()
        return {"database": True, "migrations": migrated, "keys": keys_fit(migrated), "pdf": pdf.available()}
    except DatabaseError:
        return {"database": False, "migrations": False, "keys": False, "pdf": pdf.available()}


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The code's migrations. They do not change while a process lives."""
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return frozenset(key for key, migration in found.items() if not migration.replaces)


def missing_migrations() -> set[tuple[str, str]]:
    """Those of the code that have not been run on the database."""
    return set(known_migrations()) - set(MigrationRecorder(connection).applied_migrations())


def keys_fit(migrated: bool = True) -> bool:
    """The keys are there, are keys, and the log's key is the one its end was written with."""
    if not all(getattr(settings, name, None) for name in keys.NAMES):
        return False
    try:
        [Fernet(key) for key in settings.FIELD_KEYS]
    except ValueError:
        return False
    head = AccessLogHead.objects.first() if migrated else None
    return head is None or hmac.compare_digest(head.mac, log.head_mac(head))
