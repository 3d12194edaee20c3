"""Reading a version: what a participant may see of it, how it goes, and who got which copy."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from consent.basis import load_basis
from consent.marking import topics_in_use
from consent.unmarked import others_named
from documents.serve import attachment
from plans import actions
from plans.access import demand_hands_out, demand_may_fetch, hands_of
from plans.beside import persons_in
from plans.clues import demand_none_learnt
from plans.forms import DistributeForm, FollowUpForm
from plans.models import PlanCopy, PlanItem, PlanVersion
from plans.reading import Reading
from plans.views.loading import copy_act_view, copy_view, item_view, version_view
from web.access import route


@route("forloeb.read")
@version_view
def page(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """One version as this participant may have it today."""
    reading = Reading(version, request.standing)  # type: ignore[attr-defined]
    context = reading.context()
    request.told_about = reading.persons()  # type: ignore[attr-defined]
    return render(request, "plans/page.html", context)


@route("plan.write", methods=("POST",))
@version_view
def file_more(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """File the version for the cases that were written on since (P7)."""
    request.told_about = []  # type: ignore[attr-defined]
    number = actions.file_more(by=request.user, version=version)  # type: ignore[arg-type]
    if number:
        messages.success(request, "Planen er lagt til journalisering også dér.")
    return redirect(f"{reverse('plans:page', args=[version.pk])}#journal")


@route("plan.follow", methods=("GET", "POST"))
@item_view
def follow_up(request: HttpRequest, agreement: PlanItem) -> HttpResponse:
    """How an agreement goes: done, partly, not yet."""
    reading = Reading(agreement.version, request.standing)  # type: ignore[attr-defined]
    line = reading.line_of(agreement)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.follow_up(by=request.user, agreement=agreement, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, "Opfølgningen er gemt.")
        note = form.cleaned_data["note"]
        if told := others_named(note, agreement.about_ids, reading.basis, reading.knows):
            messages.warning(request, told)
        return redirect(f"{reverse('plans:page', args=[agreement.version_id])}#aftale-{agreement.pk}")
    request.told_about = {person.pk for person in agreement.about.all()}  # type: ignore[attr-defined]
    context = {"version": agreement.version, "forloeb": reading.forloeb, "line": line, "form": form}
    return render(request, "plans/follow_up.html", context, status=422 if form.is_bound else 200)


@route("plan.copy")
@copy_view
def copy(request: HttpRequest, found: PlanCopy) -> HttpResponseBase:
    """The frozen bytes, while the reader may still have everything in them, and nothing gives an address away."""
    standing = request.standing  # type: ignore[attr-defined]
    basis, topics, hands = load_basis(found.version.plan.forloeb), topics_in_use(), hands_of(standing, found)
    items = list(found.items.with_sources().with_mark_ids("carried_from", "from_note"))
    demand_may_fetch(standing, found, items, basis, hands, topics)
    demand_none_learnt(found, items, basis, hands.reader)
    request.told_about = persons_in(found, items, basis, topics)  # type: ignore[attr-defined]
    return attachment(found.file)


@route("plan.write", methods=("POST",))
@copy_act_view
def distribute(request: HttpRequest, found: PlanCopy) -> HttpResponse:
    """Write down that a reader has got the copy (P6)."""
    demand_hands_out(request.standing, found.version)  # type: ignore[attr-defined]
    form = DistributeForm(request.POST)
    by: Any = request.user
    if form.is_valid():
        try:
            actions.distribute(by=by, copy=found, **form.cleaned_data)
            messages.success(request, f"Skrevet: {found.recipient_label} har fået planen.")
            return redirect(f"{reverse('plans:page', args=[found.version_id])}#udgaver")
        except ValidationError as refused:
            form.add_error(None, refused.messages[0])
    reading = Reading(found.version, request.standing, distribute_form=(found, form))  # type: ignore[attr-defined]
    return render(request, "plans/page.html", reading.context(), status=422)
