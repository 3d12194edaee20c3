"""Find afdeling, for everybody; of Drift the front page and the people, for the system administrator, who sees no family."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst

from organisation import actions
from organisation.access import SignedInRequest, admin_view
from organisation.editing import ADMIN, BOTH, edit
from organisation.forms import EmploymentForm, ExternalPartyForm, SearchForm, UserForm
from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User, in_danish
from web.access import route

PER_PAGE = 50


@route("signed-in")
def departments(request: SignedInRequest) -> HttpResponse:
    """O5: each department, its leader and whom to call."""
    form = SearchForm(request.GET)
    valid = form.is_valid()
    text = form.cleaned_data["q"] if valid else ""
    page = {
        "form": form,
        "text": text,
        "departments": Department.objects.active().matching(text).for_directory() if valid else [],
        "externals": [] if text or not valid else ExternalParty.objects.order_by(in_danish("name")),
    }
    return render(request, "organisation/departments.html", page, status=200 if valid else 422)


# --- Drift -------------------------------------------------------------------------------------------------------


@route(ADMIN)
@admin_view
def admin(request: SignedInRequest) -> HttpResponse:
    page = {
        "area_count": Area.objects.open().count(),
        "system_count": RecordSystem.objects.open().count(),
        "department_count": Department.objects.active().count(),
        "user_count": User.objects.active().count(),
        "external_count": ExternalParty.objects.count(),
        "leaderless": Department.objects.active().without_leader().by_name(),
        "jobless": User.objects.active().without_employment().by_name(),
    }
    return render(request, "organisation/admin.html", page)


@route(ADMIN)
@admin_view
def admin_users(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    valid = form.is_valid()
    text = form.cleaned_data["q"] if valid else ""
    found = User.objects.matching(text).with_current_employments().by_name() if valid else User.objects.none()
    shown = Paginator(found, PER_PAGE).get_page(form.cleaned_data["page"] if valid else 1)
    page = {"form": form, "text": text, "shown": shown}
    return render(request, "organisation/admin_users.html", page, status=200 if valid else 422)


@route(ADMIN, methods=BOTH)
@admin_view
def user_new(request: SignedInRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    made: list[User] = []

    def save() -> None:
        made.append(actions.create_user(by=request.user, values=form.values))

    def target() -> str:
        return reverse("organisation:user_page", args=[made[0].pk])

    return edit(request, form, save, "Ny medarbejder", reverse("organisation:admin_users"), "Medarbejdere", target)


@route(ADMIN)
@admin_view
def user_page(request: SignedInRequest, pk: Any) -> HttpResponse:
    return _user_page(request, get_object_or_404(User, pk=pk))


def _user_page(request: SignedInRequest, person: User, link: str = "") -> HttpResponse:
    page = {"person": person, "employments": person.employments.all_dated(), "link": link}
    return render(request, "organisation/user.html", page)


@route(ADMIN, methods=BOTH)
@admin_view
def user_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    title = person.name
    form = UserForm(request.POST or None, instance=person)

    def save() -> None:
        actions.change_user(by=request.user, user=person, row_version=form.version, values=form.values)

    return edit(request, form, save, title, reverse("organisation:user_page", args=[pk]), title)


@route(ADMIN, methods=BOTH)
@admin_view
def user_close(request: SignedInRequest, pk: Any) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        actions.deactivate_user(by=request.user, user=person)
        messages.success(request, f"Adgangen er lukket for {person.name}.")
        return redirect("organisation:user_page", pk)
    return render(request, "organisation/user_close.html", {"person": person})


@route(ADMIN, methods=("POST",))
@admin_view
def user_open(request: SignedInRequest, pk: Any) -> HttpResponse:
    person = actions.reactivate_user(by=request.user, user=get_object_or_404(User, pk=pk))
    messages.success(request, f"{person.name} kan logge ind igen.")
    return redirect("organisation:user_page", pk)


@route(ADMIN, methods=("POST",))
@admin_view
def user_link(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Shown on this answer only: the link is not stored anywhere."""
    person = get_object_or_404(User, pk=pk)
    return _user_page(
        request, person, request.build_absolute_uri(actions.make_one_time_link(by=request.user, user=person))
    )


@route(ADMIN, methods=BOTH)
@admin_view
def employment_new(request: SignedInRequest, pk: Any) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = EmploymentForm(request.POST or None, instance=Employment(user=person))

    def save() -> None:
        actions.start_employment(by=request.user, user=person, values=form.values)

    return edit(request, form, save, "Ny ansættelse", reverse("organisation:user_page", args=[pk]), person.name)


@route(ADMIN, methods=BOTH)
@admin_view
def employment_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    employment = get_object_or_404(Employment.objects.select_related("user", "department"), pk=pk)
    title = capfirst(f"{employment.title}, {employment.department}")
    form = EmploymentForm(request.POST or None, instance=employment)
    back = reverse("organisation:user_page", args=[employment.user_id])

    def save() -> None:
        actions.change_employment(by=request.user, employment=employment, row_version=form.version, values=form.values)

    return edit(request, form, save, title, back, employment.user.name)


@route(ADMIN, methods=("POST",))
@admin_view
def employment_end(request: SignedInRequest, pk: Any) -> HttpResponse:
    employment = get_object_or_404(Employment.objects.select_related("department"), pk=pk)
    actions.end_employment(by=request.user, employment=employment)
    messages.success(request, f"Ansættelsen i {employment.department} er slut fra i dag.")
    return redirect("organisation:user_page", employment.user_id)


@route(ADMIN)
@admin_view
def admin_externals(request: SignedInRequest) -> HttpResponse:
    page = {"externals": ExternalParty.objects.order_by(in_danish("name"))}
    return render(request, "organisation/admin_externals.html", page)


@route(ADMIN, methods=BOTH)
@admin_view
def external_new(request: SignedInRequest) -> HttpResponse:
    form = ExternalPartyForm(request.POST or None)

    def save() -> None:
        actions.create_external(by=request.user, values=form.values)

    return edit(request, form, save, "Ny ekstern part", reverse("organisation:admin_externals"), "Eksterne parter")


@route(ADMIN, methods=BOTH)
@admin_view
def external_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    external = get_object_or_404(ExternalParty, pk=pk)
    title = external.name
    form = ExternalPartyForm(request.POST or None, instance=external)

    def save() -> None:
        actions.change_external(by=request.user, external=external, row_version=form.version, values=form.values)

    return edit(request, form, save, title, reverse("organisation:admin_externals"), "Eksterne parter")
