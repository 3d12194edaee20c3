"""One-time links to choose a password: for the first system administrator, and for those without single sign-on.

A link works once (the token holds the old password's hash) and for `settings.PASSWORD_RESET_TIMEOUT` seconds.
"""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from organisation.models import User


def path_for(user: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("one_time_link", args=[uid, default_token_generator.make_token(user)])


def user_of(uid: str, token: str) -> User | None:
    """The active user whose link this is, or None when it is used, old or false."""
    try:
        user = User.objects.active().filter(pk=urlsafe_base64_decode(uid).decode()).first()
    except (ValueError, UnicodeDecodeError, ValidationError):
        return None
    return user if user is not None and default_token_generator.check_token(user, token) else None
