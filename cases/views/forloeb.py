"""The list of the user's forløb, and the acts that change a forløb's life ("Flere handlinger")."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases import actions
from cases.access import NO_LEADER, can_lead, demand_tovholder, forloeb_view, log_delivery
from cases.actions.life import opens_as
from cases.actions.start import draft_keys
from cases.forms.participants import (
    BarForm,
    EndForm,
    ForloebFilter,
    HandOverEndedForm,
    HandOverForm,
    HandOverManyForm,
    PauseForm,
    ReopenForm,
)
from cases.held import held_meetings
from cases.models import Forloeb, ForloebPerson, ForloebState, Participation
from cases.readiness import not_ready
from cases.views.saving import attempt, page_of
from drafts.actions import load
from organisation.access import SignedInRequest, may_send_henvendelse, may_start
from organisation.models import User
from web.access import route
from web.errors import Refused, Stale

BOTH = ("GET", "POST")


@route("signed-in")
def forloeb_list(request: SignedInRequest) -> HttpResponse:
    """The forløb the user takes part in; what the user may not see is in no row and no count."""
    form = ForloebFilter(request.GET)
    valid = form.is_valid()
    rows = Forloeb.objects.visible_to(request.user)
    rows = rows.narrowed(request.user, **form.cleaned_data) if valid else rows.none()
    page = page_of(request, rows.for_list().in_danish_order())
    starter = may_start(request.user)
    context = {
        "form": form,
        "page": page,
        "filtered": valid and any(form.cleaned_data.values()),
        "may_start": starter,
        "may_send": starter or may_send_henvendelse(request.user),
        "begun": starter and bool(load(request.user, draft_keys(None)["tjek"])),
        "may_hand_over_more": _colleagues(request).exists(),
        "leads_many": Forloeb.objects.visible_to(request.user).open().led_by(request.user)[:2].count() > 1,
    }
    response = render(request, "cases/forloeb_list.html", context, status=200 if valid else 422)
    if page.object_list:
        told = ForloebPerson.objects.filter(forloeb__in=[row.pk for row in page.object_list], to_date__isnull=True)
        log_delivery(request, None, channel="list", role="deltager", persons=told.values_list("person_id", flat=True))
    return response


def _acts(request: SignedInRequest, forloeb: Forloeb, status: int = 200, **forms: Any) -> HttpResponse:
    request.told_about = []  # type: ignore[attr-defined]
    version = {"row_version": forloeb.row_version}
    context = {
        "forloeb": forloeb,
        "not_ready": not_ready(forloeb) if forloeb.state in (ForloebState.PAUSED, ForloebState.ENDED) else [],
        "opens_as": opens_as(forloeb) if forloeb.is_ended else "",
        "held": held_meetings(forloeb),
        "pause": forms.get("pause") or PauseForm(initial=version),
        "end": forms.get("end") or EndForm(initial=version),
        "reopen": forms.get("reopen") or ReopenForm(initial=version),
        "hand_over": forms.get("hand_over") or HandOverForm(without=request.user, prefix="to"),
        "bar": forms.get("bar") or BarForm(forloeb=forloeb, without=request.user, prefix="bar"),
        "barred": forloeb.barred.select_related("user").order_by("at"),
        "conflict": forms.get("conflict", False),
    }
    return render(request, "cases/acts.html", context, status=status)


@route("forloeb.lead")
@forloeb_view(demand_tovholder)
def forloeb_acts(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """Pause, hand over, end, reopen, bar: the acts that are not for every day."""
    return _acts(request, forloeb)


def _state_act(request: SignedInRequest, forloeb: Forloeb, name: str, form: Any, act: Any, said: str) -> HttpResponse:
    if form.is_valid():
        try:
            if attempt(form, lambda: act(by=request.user, forloeb=forloeb, **form.cleaned_data)):
                messages.success(request, said)
                return redirect("cases:forloeb_acts", pk=forloeb.pk)
        except Stale as stale:
            data = form.data.copy()
            data["row_version"] = str(stale.current.row_version)
            form.data = data
            return _acts(request, stale.current, 409, conflict=True, **{name: form})
    return _acts(request, forloeb, 422, **{name: form})


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def pause(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    said = "Forløbet er på pause. Du kan genoptage det her."
    return _state_act(request, forloeb, "pause", PauseForm(request.POST), actions.pause_forloeb, said)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def resume(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """F1, F4: as long as what an active forløb stands on is still there."""
    said = "Forløbet er aktivt igen."
    return _state_act(request, forloeb, "pause", PauseForm(request.POST), actions.resume_forloeb, said)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def end(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """F7: "gennemført" takes two held meetings."""

    def act(**given: Any) -> Forloeb:
        return actions.end_forloeb(held_meetings=held_meetings(forloeb), **given)

    said = "Forløbet er afsluttet. Det kan læses, og du kan genåbne det her."
    return _state_act(request, forloeb, "end", EndForm(request.POST), act, said)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def reopen(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """F4: where it was, or with the consent to be gathered first; the page it leads to says which."""
    said = "Forløbet er åbnet igen. Herunder står, hvor det er nu."
    return _state_act(request, forloeb, "reopen", ReopenForm(request.POST), actions.reopen_forloeb, said)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def hand_over(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """F5: from today or a later day; the former tovholder's access ends that day."""
    form = HandOverForm(request.POST, without=request.user, prefix="to")
    if form.is_valid():
        to, data = form.cleaned_data["to"], form.cleaned_data
        given = {"to_user": to.user, "to_department": to.department, "reason": data["reason"], "on": data["on"]}
        if attempt(form, lambda: actions.hand_over(by=request.user, forloeb=forloeb, **given)):
            messages.success(request, f"{to.user.name} er tovholder fra den valgte dag. Ring, og fortæl familien det.")
            still = can_lead(request.user, forloeb)
            return redirect("cases:participants", pk=forloeb.pk) if still else redirect("cases:forloeb_list")
    return _acts(request, forloeb, 422, hand_over=form)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def bar(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """F13: the colleague cannot see from now on that the forløb exists."""
    form = BarForm(request.POST, forloeb=forloeb, without=request.user, prefix="bar")
    if form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: actions.bar(by=request.user, forloeb=forloeb, **given)):
            messages.success(request, f"{given['user'].name} kan ikke se, at forløbet findes.")
            return redirect("cases:forloeb_acts", pk=forloeb.pk)
    return _acts(request, forloeb, 422, bar=form)


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def unbar(request: SignedInRequest, forloeb: Forloeb, key: Any) -> HttpResponse:
    row = forloeb.barred.filter(pk=key).select_related("user").first()
    if row is not None:
        actions.unbar(by=request.user, forloeb=forloeb, user=row.user)
        messages.success(request, f"{row.user.name} er ikke spærret mere. Det giver ikke adgang i sig selv.")
    return redirect("cases:forloeb_acts", pk=forloeb.pk)


@route("hand-over", methods=BOTH)
def hand_over_many(request: SignedInRequest) -> HttpResponse:
    """F5: all that one colleague leads, to another. One's own; or, for a leader, those of a colleague of the department."""
    leaving = _leaving(request)
    all_led = Forloeb.objects.to_hand_over(request.user, leaving)
    led = list(all_led.open().select_related("family"))
    form = HandOverManyForm(request.POST or None, without=leaving)
    if form.is_valid() and _handed_over(request, form, led):
        return redirect("cases:forloeb_list")
    context = {
        "form": form,
        "leaving": leaving,
        "own": leaving == request.user,
        "led": led,
        "ended": all_led.ended().count(),
        "colleagues": _colleagues(request),
    }
    _log_own(request, leaving, led)
    return render(request, "cases/hand_over_many.html", context, status=422 if form.is_bound else 200)


@route("hand-over", methods=BOTH)
def hand_over_ended(request: SignedInRequest) -> HttpResponse:
    """F5: ended forløb get a new tovholder, who can open them again; chosen one by one, since each opens a family's past."""
    leaving = _leaving(request)
    own = leaving == request.user
    rows = Forloeb.objects.to_hand_over(request.user, leaving).ended().select_related("family")
    ended = rows.order_by("-ended_on", "number")
    form = HandOverEndedForm(request.POST or None, without=leaving, ended=ended, names=own)
    if form.is_valid() and _handed_over(request, form, form.cleaned_data["forloeb"]):
        return redirect("cases:forloeb_list")
    context = {"form": form, "leaving": leaving, "own": own, "ended": ended, "colleagues": _colleagues(request)}
    _log_own(request, leaving, ended)
    return render(request, "cases/hand_over_ended.html", context, status=422 if form.is_bound else 200)


def _handed_over(request: SignedInRequest, form: Any, rows: Iterable[Forloeb]) -> bool:
    """All of them, or none and the form says why."""
    to = form.cleaned_data["to"]
    given = {"to_user": to.user, "to_department": to.department, "reason": form.cleaned_data["reason"]}
    done = attempt(form, lambda: actions.hand_over_many(by=request.user, forloebs=rows, **given))
    if done:
        messages.success(request, f"{len(done)} forløb er overleveret til {to.user.name}.")
    return bool(done)


def _log_own(request: SignedInRequest, leaving: User, rows: Iterable[Forloeb]) -> None:
    """One's own are shown with their families' names; a colleague's are not."""
    shown = [row.pk for row in rows] if leaving == request.user else []
    if shown:
        told = ForloebPerson.objects.filter(forloeb__in=shown, to_date__isnull=True)
        log_delivery(request, None, channel="list", role="tovholder", persons=told.values_list("person_id", flat=True))


def _colleagues(request: SignedInRequest) -> Any:
    under = Participation.objects.led_under(request.user).exclude(user=request.user)
    return User.objects.filter(pk__in=under.values("user")).by_name()


def _leaving(request: SignedInRequest) -> User:
    """Oneself, or by `?kollega=` somebody whose leader one is (the koordinator: who has none). Raises Refused for others."""
    text = request.GET.get("kollega", "")
    if not text:
        return request.user
    row = next((one for one in _colleagues(request) if str(one.pk) == text), None)
    if row is None:
        raise Refused(f"Du kan kun overlevere for kolleger i den afdeling, som du leder. {NO_LEADER}")
    return row
