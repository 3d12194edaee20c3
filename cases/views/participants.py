"""Who takes part: colleagues and externals, their roles and dates (F5, F10)."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases import actions, knowing
from cases.access import NO_LEADER, Standing, demand_tovholder, forloeb_view, loads, who_may_lead
from cases.forms.participants import FOUND_AT_MOST, ExternalForm, FindForm, ParticipantForm, ParticipationForm
from cases.models import Forloeb, HandOver, Participation, ParticipationRole
from cases.readiness import missing_people
from cases.views.saving import attempt, conflict
from organisation.access import SignedInRequest
from organisation.models import Employment
from web.access import route
from web.dates import long_date
from web.errors import Stale

BOTH = ("GET", "POST")


@route("forloeb.read")
@forloeb_view()
def participants(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """By department; those who have stopped below, with their dates."""
    standing = request.standing  # type: ignore[attr-defined]
    request.told_about = []  # type: ignore[attr-defined]
    rows = list(Participation.objects.filter(forloeb=forloeb).for_page())
    _tell_functions(rows, forloeb, standing)
    now, ended = [row for row in rows if not row.has_ended], [row for row in rows if row.has_ended]
    led = Participation.objects.of_stopped().tovholder().filter(forloeb=forloeb).select_related("user", "department")
    context = {
        "forloeb": forloeb,
        "stopped": None if forloeb.is_ended else led.first(),
        "no_leader": NO_LEADER,
        "now": now,
        "ended": ended,
        "leads": standing.is_tovholder and not forloeb.is_ended,
        "missing": missing_people(forloeb),
        "hand_overs": _hand_overs(forloeb, standing),
    }
    return render(request, "cases/participants.html", context)


def _tell_functions(rows: list[Participation], forloeb: Forloeb, standing: Standing) -> None:
    """Each row's function and name as this employee may read them: »klasselærer for Ida« names Ida (C5)."""
    if not standing.is_tovholder:
        knowing.names_told(rows, forloeb, standing.recipient)
    may_read = None if standing.is_tovholder else knowing.label_known_to(forloeb, standing.recipient)
    for row in rows:
        row.told_title = row.title if may_read is None or may_read(row.title) else ""  # type: ignore[attr-defined]


def _hand_overs(forloeb: Forloeb, standing: Standing) -> list[HandOver]:
    """The hand-overs, newest first, each with its reason as this employee may read it ("" when it is left out).

    A reason is free text, and may tell of the family (C5). It was written by the tovholder before, or by the leader of
    that department, whose own it is; a koordinator's is nobody's.
    """
    there = Employment.objects.filter(user=OuterRef("by"), department=OuterRef("from_participation__department"))
    found = forloeb.hand_overs.select_related("from_participation__user", "to_participation__user")
    rows: list[Any] = list(found.annotate(is_departments_own=Exists(there)).order_by("-on"))
    knows_all = standing.is_tovholder or not rows
    may_read = None if knows_all else knowing.text_known_to(forloeb, standing.recipient)
    for row in rows:
        writer = row.from_participation.recipient if row.is_departments_own else ""
        row.told_reason = row.reason if may_read is None or may_read(row.reason, writer) else ""
    return rows


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def participant_new(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    """Find a colleague, then say the role. The list tells where people work and nothing of any forløb."""
    request.told_about = []  # type: ignore[attr-defined]
    find = FindForm(request.GET or None)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    taken = Participation.objects.open().filter(forloeb=forloeb, user__isnull=False).values("user")
    everybody = (
        Employment.objects.current().filter(user__is_active=True, department__is_active=True).exclude(user__in=taken)
    )
    everybody = everybody.by_person()
    found = everybody.matching(text)[: FOUND_AT_MOST + 1] if text else everybody.none()
    shown = everybody.filter(pk__in=[row.pk for row in found[:FOUND_AT_MOST]])
    form = ParticipantForm(request.POST or None, found=everybody if request.method == "POST" else shown)
    if request.method == "POST" and form.is_valid():
        who, data = form.cleaned_data["employment"], form.cleaned_data
        given = {name: data[name] for name in ("role", "title", "from_date")}
        act = lambda: actions.add_participant(  # noqa: E731
            by=request.user, forloeb=forloeb, user=who.user, department=who.department, **given
        )
        if made := attempt(form, act):
            messages.success(
                request, f"{made.name} er med i forløbet. Adgangen gælder fra {long_date(made.from_date)}."
            )
            return redirect("cases:participants", pk=forloeb.pk)
    if form.is_bound:
        form.fields["employment"].queryset = shown if text else everybody.filter(pk__in=_chosen(form))  # type: ignore[attr-defined]
    more = len(found) > FOUND_AT_MOST
    context = {"forloeb": forloeb, "find": find, "form": form, "text": text, "count": len(found), "more": more}
    context["most"] = FOUND_AT_MOST
    return render(request, "cases/participant_new.html", context, status=422 if form.is_bound or find.errors else 200)


def _chosen(form: Any) -> list[Any]:
    chosen = form.cleaned_data.get("employment") if hasattr(form, "cleaned_data") else None
    return [chosen.pk] if chosen else []


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def external_new(request: SignedInRequest, forloeb: Forloeb) -> HttpResponse:
    request.told_about = []  # type: ignore[attr-defined]
    form = ExternalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if made := attempt(form, lambda: actions.add_external(by=request.user, forloeb=forloeb, **given)):
            messages.success(request, f"{made.name} er med i forløbet. Eksterne har ikke adgang til Fælles Familier.")
            return redirect("cases:participants", pk=forloeb.pk)
    context = {"forloeb": forloeb, "form": form}
    return render(request, "cases/external_new.html", context, status=422 if form.is_bound else 200)


def _find(pk: Any) -> Participation:
    return Participation.objects.select_related("forloeb__family", "user", "department__area", "external").get(pk=pk)


@route("forloeb.lead", methods=BOTH)
@loads(_find, lambda row: row.forloeb, demand_tovholder)
def participant(request: SignedInRequest, row: Participation) -> HttpResponse:
    """Change the role, the function and the dates of one participant."""
    request.told_about = []  # type: ignore[attr-defined]
    lead = row.role == ParticipationRole.TOVHOLDER
    initial = {name: getattr(row, name) for name in ("role", "title", "from_date", "to_date", "row_version")}
    form = ParticipationForm(request.POST or None, initial=initial, outside=row.user is None, lead=lead)
    context = {
        "forloeb": row.forloeb,
        "row": row,
        "form": form,
        "lead": lead,
        "conflict": False,
        "who_may": who_may_lead(),
    }
    if request.method == "POST" and form.is_valid():
        try:
            done = attempt(
                form, lambda: actions.change_participation(by=request.user, participation=row, **form.cleaned_data)
            )
        except Stale as stale:
            now = {name: initial[name] for name in ("role", "title", "from_date", "to_date")}
            return conflict(request, "cases/participant.html", context, form, stale, now)
        if done:
            messages.success(request, f"{done.name} er gemt.")
            return redirect("cases:participants", pk=row.forloeb_id)
    return render(request, "cases/participant.html", context, status=422 if form.is_bound else 200)


@route("forloeb.lead", methods=("POST",))
@loads(_find, lambda row: row.forloeb, demand_tovholder)
def participant_end(request: SignedInRequest, row: Participation) -> HttpResponse:
    """Ends today: the access closes at once, and what was written stays."""
    actions.end_participation(by=request.user, participation=row)
    messages.success(request, f"{row.name} er ikke længere med. Det, {row.name} har skrevet, er bevaret.")
    return redirect("cases:participants", pk=row.forloeb_id)
