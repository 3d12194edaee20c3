"""Addresses of signing in. Names are those django-allauth asks for; only the pages in use exist here.

No sign-up, no e-mail pages, no reset by mail, no connecting of accounts: what has no address cannot be reached.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from organisation import signin_views as views
from web.access import View, route

BOTH = ("GET", "POST")


def page(view: View) -> View:
    return route("signed-in", methods=BOTH)(views.invalid_is_422(view))


urlpatterns = [
    path("log-ind/", views.log_in, name="account_login"),
    path("log-ud/", views.log_out, name="account_logout"),
    path("logget-af/", views.logged_out, name="logged_out"),
    path("lukket/", route("public")(account.account_inactive), name="account_inactive"),
    path("bekraeft/", page(account.reauthenticate), name="account_reauthenticate"),
    path("adgangskode/", views.change_password, name="account_change_password"),
    path("adgangskode/vaelg/", views.choose_password, name="choose_password"),
    path("adgangskode/link/<str:uid>/<str:token>/", views.one_time_link, name="one_time_link"),
    path("oidc/<slug:provider_id>/", route("public", methods=BOTH)(oidc.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/retur/", route("public")(oidc.callback), name="openid_connect_callback"),
    path("totrin/", route("signed-in")(mfa.index), name="mfa_index"),
    path(
        "totrin/kode/", route("public", methods=BOTH)(views.invalid_is_422(mfa.authenticate)), name="mfa_authenticate"
    ),
    path("totrin/bekraeft/", page(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("totrin/app/", page(totp.activate_totp), name="mfa_activate_totp"),
    path("totrin/app/fjern/", page(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("totrin/noedkoder/", route("signed-in")(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("totrin/noedkoder/nye/", page(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "totrin/noedkoder/hent/",
        route("signed-in")(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
