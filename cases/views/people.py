"""The family: people, homes, custody, cases; CPR numbers and protected addresses on a click that is logged by itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases import actions
from cases.access import demand_tovholder, forloeb_view, tovholder_line
from cases.actions.removing import is_written_about
from cases.forms.people import CaseForm, PersonEditForm, PersonForm
from cases.models import Custody, DepartmentCase, Forloeb
from cases.readiness import missing_people
from cases.reading import PersonLine, family_page
from cases.views.saving import attempt, conflict
from organisation.access import SignedInRequest
from web.access import route
from web.errors import Refused, Stale

BOTH = ("GET", "POST")
PLAIN = ("first_name", "last_name", "birth_date", "phone", "email", "interpreter", "accessibility", "protected_address")


@route("forloeb.read")
@forloeb_view()
def people(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """Who is in the family, by household. The tovholder adds and changes; others read names and relations."""
    standing = request.standing  # type: ignore[attr-defined]
    family = family_page(forloeb, standing)
    request.told_about = [line.member.person_id for line in family.lines]  # type: ignore[attr-defined]
    context = {
        "forloeb": forloeb,
        "family": family,
        "leads": standing.is_tovholder and not forloeb.is_ended,
        "missing": missing_people(forloeb),
        "some_contact": any(line.contact and line.member.person.cpr for line in family.lines),
    }
    return render(request, "cases/people.html", context)


@route("forloeb.read")
@forloeb_view()
def cpr(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """The CPR numbers that the reader may have, in full (C12). The route's own name is the delivery's kind in the log."""
    family = family_page(forloeb, request.standing)  # type: ignore[attr-defined]
    lines = [line for line in family.lines if line.contact]
    if not lines:
        raise Refused("CPR-numre kan ses af tovholderen og af den afdeling, som har personens sag.")
    request.told_about = [line.member.person_id for line in lines]  # type: ignore[attr-defined]
    return render(request, "cases/cpr.html", {"forloeb": forloeb, "lines": lines})


def _line(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> PersonLine:
    family = family_page(forloeb, request.standing)  # type: ignore[attr-defined]
    line = next((line for line in family.lines if line.member.pk == key), None)
    if line is None:
        raise Http404
    request.told_about = [line.member.person_id]  # type: ignore[attr-defined]
    return line


@route("forloeb.read")
@forloeb_view()
def address(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> HttpResponse:
    """One person's address and protected name: a page of its own, so that each look is logged by itself (C12).

    The look is at the address of everybody whose protection lies on it.
    """
    line = _line(request, forloeb, key)
    if not line.contact:
        raise Refused("Adressen kan ses af tovholderen og af den afdeling, som har personens sag.")
    if not line.shows_address:
        raise Refused(f"Adressen er beskyttet. {tovholder_line(forloeb)}".rstrip())
    request.told_about = [line.member.person_id, *line.guarded]  # type: ignore[attr-defined]
    return render(request, "cases/address.html", {"forloeb": forloeb, "person": line.member.person, "line": line})


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def person_new(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    request.told_about = []  # type: ignore[attr-defined]
    form = PersonForm(request.POST or None, forloeb=forloeb)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {
            name: form.cleaned_data.get(name)
            for name in (*PLAIN, "kind", "relation", "placement", "address", "protected_name")
        }
        given |= {
            "household": form.homes(),
            "custody": form.cleaned_data.get("custody", ()),
            "cpr": form.cleaned_data["cpr"],
        }
        given |= {"in_forloeb": form.cleaned_data["in_forloeb"], "is_focus": form.cleaned_data["is_focus"]}
        made = attempt(form, lambda: actions.add_person(by=request.user, forloeb=forloeb, **given))
        if made:
            messages.success(request, f"{made.name} er skrevet på.")
            return redirect("cases:person_new" if "again" in request.POST else "cases:people", pk=forloeb.pk)
    context = {"forloeb": forloeb, "form": form, "line": None, "conflict": False}
    return render(request, "cases/person.html", context, status=422 if form.is_bound else 200)


def _start(line: PersonLine) -> dict[str, Any]:
    """The form's values as they stand: never a CPR number, a protected name, or the address of a protected home."""
    person = line.member.person
    values: dict[str, Any] = {name: getattr(person, name) for name in PLAIN}
    values |= {
        "kind": line.member.kind,
        "relation": line.member.relation,
        "is_focus": bool(line.part and line.part.is_focus),
    }
    values["in_forloeb"] = line.part is not None
    values["households"] = [row.household.label for row in line.homes if not row.is_placement]
    values["placement"] = next((row.household.label for row in line.homes if row.is_placement), "")
    values["custody"] = list(Custody.objects.now().filter(child=person).values_list("holder", flat=True))
    if not line.sheltered:
        values["address"] = person.address
    return values


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def person(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> HttpResponse:
    line = _line(request, forloeb, key)
    who = line.member.person
    initial = {**_start(line), "row_version": who.row_version}
    form = PersonEditForm(
        request.POST or None, initial=initial, forloeb=forloeb, person=who, is_sheltered=line.sheltered
    )
    context = {"forloeb": forloeb, "form": form, "line": line, "conflict": False}
    if request.method == "POST" and form.is_valid():
        given = _given(form)
        try:
            done = attempt(form, lambda: actions.change_person(by=request.user, forloeb=forloeb, person=who, **given))
        except Stale as stale:
            now = {name: value for name, value in initial.items() if name not in ("custody", "row_version")}
            return conflict(request, "cases/person.html", context, form, stale, now)
        if done:
            messages.success(request, f"{done.name} er gemt.")
            return redirect("cases:people", pk=forloeb.pk)
    return render(request, "cases/person.html", context, status=422 if form.is_bound else 200)


def _given(form: PersonEditForm) -> dict[str, Any]:
    data = form.cleaned_data
    names = (*PLAIN, "kind", "relation", "placement", "in_forloeb", "is_focus", "row_version")
    given = {name: data[name] for name in names if name in data}
    given["households"] = form.homes()
    # Empty means unchanged where the form does not show what stands.
    given["cpr"] = data["cpr"] or None
    if data["address"] or not form.hides_address:
        given["address"] = data["address"]
    if data["protected_name"] or not form.hides_name:
        given["protected_name"] = data["protected_name"]
    if "custody" in data and form.may_be_held:
        given["custody"] = data["custody"]
    return given


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def person_remove(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> HttpResponse:
    """Asks first, or says why not, and what to do instead."""
    line = _line(request, forloeb, key)
    who = line.member.person
    if request.method == "POST":
        actions.remove_person(by=request.user, forloeb=forloeb, person=who)
        messages.success(request, f"{who.name} er taget ud af familien.")
        return redirect("cases:people", pk=forloeb.pk)
    context = {"forloeb": forloeb, "line": line, "is_written_about": is_written_about(forloeb, who)}
    return render(request, "cases/person_remove.html", context)


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def case_new(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> HttpResponse:
    """Who has a case where: that is where papers about the person are journalised (O3)."""
    line = _line(request, forloeb, key)
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("department", "case_number")}
        who = line.member.person
        made = attempt(
            form, lambda: actions.record_department_case(by=request.user, forloeb=forloeb, person=who, **given)
        )
        if made:
            messages.success(request, f"{who.first_name} har en sag i {made.department.name}.")
            return redirect("cases:people", pk=forloeb.pk)
    context = {"forloeb": forloeb, "form": form, "line": line}
    return render(request, "cases/case.html", context, status=422 if form.is_bound else 200)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def case_end(request: SignedInRequest, forloeb: Forloeb, key: UUID) -> HttpResponse:
    rows = DepartmentCase.objects.filter(to_date__isnull=True, person__memberships__family=forloeb.family_id)
    case = rows.filter(pk=key).select_related("person", "department").first()
    if case is None:
        raise Http404
    actions.end_department_case(by=request.user, forloeb=forloeb, case=case)
    messages.success(request, f"Sagen i {case.department.name} er afsluttet her.")
    return redirect("cases:people", pk=forloeb.pk)
