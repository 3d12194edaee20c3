"""Who came in, who tried to and who went: rows of the access log, so that they too are chained and cannot be removed.

What was typed is never kept: a password is often written in the wrong field. A failed attempt names the user it was
for, when there is such a user. The test client's `force_login` has no address and leaves no row.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from . import log
from .models import Channel


@receiver(user_logged_in, dispatch_uid="audit.signed_in")
def signed_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    _write(request, user, "sign-in")


@receiver(user_logged_out, dispatch_uid="audit.signed_out")
def signed_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if user is not None:
        _write(request, user, "sign-out")


@receiver(user_login_failed, dispatch_uid="audit.sign_in_failed")
def sign_in_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    name = str(credentials.get("username") or "")
    user = get_user_model().objects.filter(username__iexact=name).first() if name and "\0" not in name else None
    _write(request, user, "sign-in-failed")


def _write(request: HttpRequest | None, user: Any, kind: str) -> None:
    if request is not None and request.path:
        with transaction.atomic():
            log.delivered(by=user, kind=kind, channel=Channel.SIGN_IN)
