"""Drift: areas, departments and record systems (O1–O3), made, changed and closed by the system administrator."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from organisation import actions
from organisation.access import SignedInRequest, admin_view
from organisation.editing import ADMIN, BOTH, Closing, close, edit, reopen
from organisation.forms import AreaForm, DepartmentForm, RecordSystemForm
from organisation.models import Area, Department, Employment, RecordSystem, in_danish
from web.access import route
from web.templatetags.ff import plural

AREAS, DEPARTMENTS, SYSTEMS = (
    ("organisation:admin_areas", "Områder"),
    ("organisation:admin_departments", "Afdelinger"),
    ("organisation:admin_systems", "Fagsystemer"),
)
STAYS = "Intet slettes. Det, der er skrevet, nævner det stadig."


def _back(page: tuple[str, str]) -> tuple[str, str]:
    return reverse(page[0]), page[1]


# --- departments -------------------------------------------------------------------------------------------------
@route(ADMIN)
@admin_view
def admin_departments(request: SignedInRequest) -> HttpResponse:
    return render(request, "organisation/admin_departments.html", {"departments": Department.objects.for_directory()})


@route(ADMIN, methods=BOTH)
@admin_view
def department_new(request: SignedInRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None)

    def save() -> None:
        actions.create_department(by=request.user, values=form.values)

    return edit(request, form, save, "Ny afdeling", *_back(DEPARTMENTS))


@route(ADMIN, methods=BOTH)
@admin_view
def department_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    department = get_object_or_404(Department, pk=pk)
    title, closing = department.name, _closing(department, "department", "Luk afdelingen")
    form = DepartmentForm(request.POST or None, instance=department)

    def save() -> None:
        actions.change_department(by=request.user, department=department, row_version=form.version, values=form.values)

    return edit(request, form, save, title, *_back(DEPARTMENTS), closing=closing)


@route(ADMIN, methods=BOTH)
@admin_view
def department_close(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(Department, pk=pk)
    staff = Employment.objects.current().filter(department=row, user__is_active=True).values("user").distinct().count()
    told = [
        "Afdelingen kan ikke vælges mere, og den står ikke under Find afdeling.",
        _staff(staff),
        "Er nogen herfra tovholder, skal en leder eller koordinatoren give forløbene videre.",
        STAYS,
    ]

    def act(on: Any) -> None:
        actions.close_department(by=request.user, department=row, on=on)

    back = reverse("organisation:department_edit", args=[pk])
    return close(request, act, f"Luk {row.name}?", told, back, row.name, "Luk afdelingen")


def _staff(number: int) -> str:
    if not number:
        return "Ingen er ansat i afdelingen i dag."
    told = plural(number, "medarbejder er,medarbejdere er")
    return f"{told} ansat i afdelingen i dag. Ansættelserne bliver stående, men giver ikke ret til at starte forløb."


@route(ADMIN, methods=("POST",))
@admin_view
def department_open(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(Department, pk=pk)
    back = reverse("organisation:department_edit", args=[pk])
    return reopen(request, lambda: actions.open_department(by=request.user, department=row), back)


# --- areas -------------------------------------------------------------------------------------------------------
@route(ADMIN)
@admin_view
def admin_areas(request: SignedInRequest) -> HttpResponse:
    areas = Area.objects.with_departments().order_by("order", in_danish("name"))
    return render(request, "organisation/admin_areas.html", {"areas": areas})


@route(ADMIN, methods=BOTH)
@admin_view
def area_new(request: SignedInRequest) -> HttpResponse:
    form = AreaForm(request.POST or None, instance=Area(order=Area.objects.count() + 1))

    def save() -> None:
        actions.create_area(by=request.user, values=form.values)

    return edit(request, form, save, "Nyt område", *_back(AREAS))


@route(ADMIN, methods=BOTH)
@admin_view
def area_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    area = get_object_or_404(Area, pk=pk)
    title, closing = area.name, _closing(area, "area", "Luk området")
    form = AreaForm(request.POST or None, instance=area)

    def save() -> None:
        actions.change_area(by=request.user, area=area, row_version=form.version, values=form.values)

    return edit(request, form, save, title, *_back(AREAS), closing=closing)


@route(ADMIN, methods=BOTH)
@admin_view
def area_close(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(Area, pk=pk)
    told = [
        "Nye afdelinger kan ikke oprettes i området.",
        "Områdets afdelinger skal være lukket eller flyttet først.",
        STAYS,
    ]
    back = reverse("organisation:area_edit", args=[pk])
    return close(
        request, lambda on: actions.close(by=request.user, row=row, on=on), f"Luk {row.name}?", told, back, row.name, "Luk området"
    )  # fmt: skip


@route(ADMIN, methods=("POST",))
@admin_view
def area_open(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(Area, pk=pk)
    back = reverse("organisation:area_edit", args=[pk])
    return reopen(request, lambda: actions.reopen(by=request.user, row=row), back)


# --- record systems ----------------------------------------------------------------------------------------------
@route(ADMIN)
@admin_view
def admin_systems(request: SignedInRequest) -> HttpResponse:
    systems = RecordSystem.objects.with_departments().order_by(in_danish("name"))
    return render(request, "organisation/admin_systems.html", {"systems": systems})


@route(ADMIN, methods=BOTH)
@admin_view
def system_new(request: SignedInRequest) -> HttpResponse:
    form = RecordSystemForm(request.POST or None)

    def save() -> None:
        actions.create_record_system(by=request.user, values=form.values)

    return edit(request, form, save, "Nyt fagsystem", *_back(SYSTEMS))


@route(ADMIN, methods=BOTH)
@admin_view
def system_edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    system = get_object_or_404(RecordSystem, pk=pk)
    title, closing = system.name, _closing(system, "system", "Luk fagsystemet")
    form = RecordSystemForm(request.POST or None, instance=system)

    def save() -> None:
        actions.change_record_system(by=request.user, system=system, row_version=form.version, values=form.values)

    return edit(request, form, save, title, *_back(SYSTEMS), closing=closing)


@route(ADMIN, methods=BOTH)
@admin_view
def system_close(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(RecordSystem, pk=pk)
    told = [
        "Fagsystemet kan ikke vælges mere.",
        "De afdelinger, der bruger det, skal have et andet først.",
        "Planer, der venter på at blive journaliseret i det, bliver stående på listen.",
        STAYS,
    ]
    back = reverse("organisation:system_edit", args=[pk])
    return close(
        request, lambda on: actions.close(by=request.user, row=row, on=on), f"Luk {row.name}?", told, back, row.name, "Luk fagsystemet"
    )  # fmt: skip


@route(ADMIN, methods=("POST",))
@admin_view
def system_open(request: SignedInRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(RecordSystem, pk=pk)
    back = reverse("organisation:system_edit", args=[pk])
    return reopen(request, lambda: actions.reopen(by=request.user, row=row), back)


def _closing(row: Any, name: str, word: str) -> Closing:
    close_url, open_url = (reverse(f"organisation:{name}_{act}", args=[row.pk]) for act in ("close", "open"))
    return Closing(row.closed_on, word, close_url, open_url)
