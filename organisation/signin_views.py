"""Signing in and out. What django-allauth does well is its own; here are the demo, the one-time link and the way out."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from organisation import actions, demo_users, one_time
from organisation.models import User
from organisation.signin_forms import ChoosePasswordForm, DemoLoginForm
from web.access import View, route

BACKEND = "django.contrib.auth.backends.ModelBackend"
ONE_TIME_SESSION_KEY = "one_time_link"


def invalid_is_422(view: View) -> View:
    """django-allauth answers an invalid form with 200; in this house that is 422."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if request.method == "POST" and answer.status_code == 200:
            answer.status_code = 422
        return answer

    return answered


@route("public", methods=("GET", "POST"))
@login_not_required
@never_cache
def log_in(request: HttpRequest) -> HttpResponseBase:
    """The demo lists its users; everywhere else it is name and password, or the municipality's single sign-on."""
    if not settings.DEMO:
        page = account.LoginView.as_view(extra_context={"single_sign_on": single_sign_on(request)})
        return invalid_is_422(page)(request)
    user = None
    if request.method == "POST":
        form = DemoLoginForm(request.POST)
        user = demo_users.find(form.cleaned_data["username"]) if form.is_valid() else None
    if user is not None:
        login(request, user, backend=BACKEND)
        return HttpResponseRedirect(_next(request) or first_page(user))
    groups = demo_users.groups()
    page = {"groups": groups, "next": request.GET.get("next", ""), "failed": request.method == "POST"}
    return render(request, "organisation/demo_login.html", page, status=422 if request.method == "POST" else 200)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def first_page(user: User) -> str:
    """A system administrator has no day with families."""
    return reverse("organisation:admin") if user.is_system_admin else settings.LOGIN_REDIRECT_URL


@route("public", methods=("POST",))
@login_not_required
def log_out(request: HttpRequest) -> HttpResponse:
    """Also the way back from a half-finished sign-in: the session is emptied either way."""
    logout(request)
    answer = redirect("logged_out")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@route("public")
@login_not_required
@never_cache
def logged_out(request: HttpRequest) -> HttpResponse:
    return render(request, "account/logged_out.html")


@route("public")
@login_not_required
@never_cache
def one_time_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Moves the token from the address to the session, so that it stands in no history and no Referer."""
    request.session[ONE_TIME_SESSION_KEY] = [uid, token]
    return redirect("choose_password")


@route("public", methods=("GET", "POST"))
@login_not_required
@never_cache
@sensitive_post_parameters()
def choose_password(request: HttpRequest) -> HttpResponse:
    uid, token = request.session.get(ONE_TIME_SESSION_KEY, ("", ""))
    user = one_time.user_of(uid, token)
    if user is None:
        return render(request, "account/link_used.html", status=404)
    form = ChoosePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.choose_password(user=user, password=form.cleaned_data["password1"])
        request.session.flush()
        return redirect("account_login")
    page = {"form": form, "person": user}
    return render(request, "account/choose_password.html", page, status=422 if form.is_bound else 200)


@route("signed-in", methods=("GET", "POST"))
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Those who sign in through the municipality have no password here."""
    if not request.user.has_usable_password():  # type: ignore[union-attr]
        return redirect("mfa_index")
    return invalid_is_422(account.password_change)(request)


def single_sign_on(request: HttpRequest) -> list[dict[str, str]]:
    """What the sign-in page offers beside a password: name and address of each configured issuer."""
    return [
        {"name": provider.name, "url": provider.get_login_url(request)}
        for provider in get_adapter().list_providers(request)
    ]
