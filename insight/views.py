"""The koordinator's pages: the overview, the lists behind it, and the targets."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from audit import log
from insight import actions, overview, overview_scope, overview_stuck
from insight.access import koordinator_view
from insight.forms import TargetForm
from insight.models import Target
from insight.target_page import progress
from organisation.access import SignedInRequest
from web.access import route
from web.after import after
from web.errors import Stale

RULE = "koordinator"


def _scope(request: SignedInRequest) -> overview_scope.Scope:
    return overview_scope.read(request.user, timezone.localdate(), request.GET)


@route(RULE, methods=("GET",))
@koordinator_view
def board(request: SignedInRequest) -> HttpResponse:
    """U1–U3: are we on target, and where is it stuck. Numbers only, so no person is in the log's row (C13)."""
    context, afterwards = overview.build(_scope(request))
    response = render(request, "insight/overview.html", context)
    log.delivered(by=request.user, kind="insight:overview", channel="page", role="koordinator")
    if afterwards:
        after(response, afterwards)
    return response


@route(RULE, methods=("GET",))
@koordinator_view
def stuck(request: SignedInRequest, slug: str) -> HttpResponse:
    """The rows behind a figure; the family's name only where the koordinator takes part (F10)."""
    kind = overview_stuck.KINDS.get(slug)
    if kind is None:
        raise Http404
    scope = _scope(request)
    page, lines = overview_stuck.page_of(kind, scope, request.GET.get("side"))
    response = render(request, "insight/stuck.html", {"kind": kind, "scope": scope, "page": page, "lines": lines})
    persons = overview_stuck.persons_on(page, kind)
    log.delivered(by=request.user, kind=f"insight:{slug}", channel="list", role="koordinator", persons=persons)
    return response


@route(RULE, methods=("GET",))
@koordinator_view
def targets(request: SignedInRequest) -> HttpResponse:
    """U2: each target with how far it is today."""
    rows = progress(overview_scope.read(request.user, timezone.localdate(), {}))
    current = [row for row in rows if row.figure]
    others = [row for row in rows if not row.figure]
    return render(request, "insight/targets.html", {"rows": rows, "current": current, "others": others})


@route(RULE, methods=("GET", "POST"))
@koordinator_view
def target_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Target(from_date=timezone.localdate().replace(month=1, day=1)), "Nyt mål")


@route(RULE, methods=("GET", "POST"))
@koordinator_view
def target_edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    target = get_object_or_404(Target, pk=pk)
    return _edit(request, target, target.name)


@route(RULE, methods=("GET", "POST"))
@koordinator_view
def target_remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    target = get_object_or_404(Target, pk=pk)
    if request.method == "POST":
        actions.remove_target(by=request.user, target=target)
        messages.success(request, f"Målet »{target.name}« er fjernet.")
        return redirect("insight:targets")
    return render(request, "insight/target_remove.html", {"target": target})


def _edit(request: HttpRequest, target: Target, title: str) -> HttpResponse:
    """One form: saved and back to the list, or shown again with everything that was typed."""
    is_new = target._state.adding
    form = TargetForm(request.POST or None, instance=target)
    context: dict[str, Any] = {"form": form, "title": title, "target": None if is_new else target, "now": None}
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            _save(request, form, target, is_new)
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as stale:
            context["now"], status = stale.current, 409
            form.data = {**request.POST.dict(), "row_version": str(stale.current.row_version)}
        else:
            messages.success(request, "Målet er gemt.")
            return redirect("insight:targets")
    return render(request, "insight/target_form.html", context, status=status)


def _save(request: Any, form: TargetForm, target: Target, is_new: bool) -> None:
    if is_new:
        actions.set_target(by=request.user, values=form.values)
    else:
        version = form.cleaned_data.get("row_version") or 0
        actions.change_target(by=request.user, target=target, values=form.values, row_version=version)
