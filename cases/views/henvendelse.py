"""Henvendelser: write, list, read, answer (O4)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases import actions, collaboration
from cases.access import log_delivery, who_may_lead
from cases.actions.henvendelse import DRAFT, place_of
from cases.forms.henvendelse import AcceptForm, DeclineForm, HenvendelseFilter, HenvendelseForm, PassOnForm
from cases.models import Henvendelse
from cases.views.saving import attempt, initial_of, page_of
from drafts.actions import load
from organisation.access import SignedInRequest, may_send_henvendelse, may_start
from web.access import route
from web.errors import Refused, Stale

BOTH = ("GET", "POST")


@route("henvendelse.list")
def henvendelse_list(request: SignedInRequest) -> HttpResponse:
    """What the user sent, and what waits for the user; the oldest unanswered first."""
    form = HenvendelseFilter(request.GET)
    valid = form.is_valid()
    shown = form.cleaned_data["vis"] if valid else ""
    rows = Henvendelse.objects.listed_for(request.user, shown) if valid else Henvendelse.objects.none()
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "may_send": may_send_henvendelse(request.user),
        "filtered": bool(shown),
    }
    response = render(request, "cases/henvendelse_list.html", context, status=200 if valid else 422)
    if page.object_list:
        log_delivery(request, None, channel="list", role="henvendelse", persons=())
    return response


@route("henvendelse.send", methods=BOTH)
def henvendelse_new(request: SignedInRequest) -> HttpResponse:
    if not may_send_henvendelse(request.user):
        raise Refused(f"Du kan ikke sende en henvendelse. {who_may_lead()}")
    draft_url = reverse("drafts:save", kwargs={"key": DRAFT})
    kept = initial_of(load(request.user, DRAFT), lists=("situations",))
    form = HenvendelseForm(request.POST or None, initial=kept, by=request.user, draft_url=draft_url)
    if request.method == "POST" and form.is_valid():
        names = ("sender_department", "to_department", "to_user", "family_text", "need", "situations", "family_knows")
        given = {name: form.cleaned_data[name] for name in names}
        sent = attempt(form, lambda: actions.send_henvendelse(by=request.user, **given))
        if sent:
            messages.success(request, f"Henvendelsen er sendt til {place_of(sent)}.")
            return redirect("cases:henvendelse", pk=sent.pk)
    context = {"form": form, "kept": bool(kept) and not form.is_bound}
    return render(request, "cases/henvendelse_new.html", context, status=422 if form.is_bound else 200)


def _found(request: SignedInRequest, pk: UUID) -> Henvendelse:
    row = Henvendelse.objects.visible_to(request.user).for_list().told_to(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _page(request: SignedInRequest, row: Henvendelse, status: int = 200, **forms: Any) -> HttpResponse:
    mine = Henvendelse.objects.received_by(request.user).filter(pk=row.pk).exists()
    version = {"row_version": row.row_version}
    context = {
        "henvendelse": row,
        "place": place_of(row),
        "situations": collaboration.situation_texts(row.situations),
        "moves": row.moves.select_related("from_department", "from_user", "to_department", "to_user", "by"),
        "may_answer": mine and not row.is_settled,
        "may_accept": mine and row.is_waiting and may_start(request.user),
        "may_start_from": row.answered_by_id == request.user.pk and not row.is_settled and not row.is_waiting,
        "who_may": who_may_lead(),
        "accept": forms.get("accept") or AcceptForm(initial=version),
        "decline": forms.get("decline") or DeclineForm(initial=version, prefix=None),
        "pass_on": forms.get("pass_on") or PassOnForm(initial=version, auto_id="id_pass_%s"),
        "conflict": forms.get("conflict", False),
        "visible_forloeb": row.visible_forloeb_to(request.user),
    }
    response = render(request, "cases/henvendelse.html", context, status=status)
    log_delivery(request, None, channel="page", role="modtager" if mine else "afsender", persons=())
    return response


@route("henvendelse.read")
def henvendelse(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """For its sender and its receiver; the sender sees what became of it and by whom."""
    return _page(request, _found(request, pk))


@route("henvendelse.answer", methods=("POST",))
def henvendelse_accept(request: SignedInRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    form = AcceptForm(request.POST)
    if form.is_valid():
        try:
            version = form.cleaned_data["row_version"]
            done = attempt(
                form, lambda: actions.accept_henvendelse(by=request.user, henvendelse=row, row_version=version)
            )
        except Stale:
            return _page(request, _found(request, pk), 409, conflict=True)
        if done:
            messages.success(request, "Du har taget imod henvendelsen. Afsenderen kan se det. Nu kommer startcheck.")
            return redirect(f"{reverse('cases:start')}?henvendelse={row.pk}")
    return _page(request, row, 422, accept=form)


@route("henvendelse.answer", methods=("POST",))
def henvendelse_decline(request: SignedInRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    form = DeclineForm(request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "row_version")}
        try:
            done = attempt(form, lambda: actions.decline_henvendelse(by=request.user, henvendelse=row, **given))
        except Stale as stale:
            return _page(request, _found(request, pk), 409, conflict=True, decline=_newer(form, stale))
        if done:
            messages.success(request, "Henvendelsen er afvist. Afsenderen kan læse hvorfor.")
            return redirect("cases:henvendelse", pk=row.pk)
    return _page(request, row, 422, decline=form)


@route("henvendelse.answer", methods=("POST",))
def henvendelse_pass_on(request: SignedInRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    form = PassOnForm(request.POST, auto_id="id_pass_%s")
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("to_department", "to_user", "note", "row_version")}
        try:
            done = attempt(form, lambda: actions.pass_on_henvendelse(by=request.user, henvendelse=row, **given))
        except Stale as stale:
            return _page(request, _found(request, pk), 409, conflict=True, pass_on=_newer(form, stale))
        if done:
            messages.success(request, f"Henvendelsen er sendt videre til {place_of(done)}.")
            return redirect("cases:henvendelse_list")
    return _page(request, row, 422, pass_on=form)


def _newer(form: Any, stale: Stale) -> Any:
    """The form with what was written, made for the row as it is now."""
    data = form.data.copy()
    data["row_version"] = str(stale.current.row_version)
    form.data = data
    return form
