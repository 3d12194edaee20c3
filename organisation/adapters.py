"""How django-allauth is narrowed to this house: no sign-up, no e-mail matching, Danish answers, encrypted secrets."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from organisation.models import User
from web.fields import fernet

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Din bruger er lukket. Kontakt kommunens systemadministrator.",
        "username_password_mismatch": "Brugernavn og adgangskode passer ikke sammen.",
        "too_many_login_attempts": "Der er prøvet for mange gange. Vent fem minutter, og prøv igen.",
        "enter_current_password": "Den nuværende adgangskode er ikke rigtig.",
        "incorrect_password": "Adgangskoden er ikke rigtig.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        admin = isinstance(request.user, User) and request.user.is_system_admin
        return reverse("organisation:admin") if admin else super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the authenticator apps lie encrypted in the database, as every other secret."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Koden er ikke rigtig. Skriv den kode, appen viser nu.",
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return fernet().decrypt(encrypted_text.encode("ascii")).decode()


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on finds an existing, active user by issuer + subject, and nothing else.

    Accounts are made by the system administrator or the set-up file. No SocialAccount row is kept: the user's own
    two fields are the only link, so an administrator who changes them changes the next sign-in.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.account.extra_data.get("id_token") or {}
        issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
        user = None
        if issuer and subject and sociallogin.state.get("process", AuthProcess.LOGIN) == AuthProcess.LOGIN:
            user = User.objects.active().filter(external_issuer=issuer, external_subject=subject).first()
        if user is None:
            log.warning("Single sign-on refused: no active user with that issuer and subject.")
            page = {"issuer": issuer, "subject": subject}
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", page, status=403))
        sociallogin.user = user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        log.warning("Single sign-on failed: %s", error)
        raise ImmediateHttpResponse(render(request, "socialaccount/login_failed.html", status=400))
