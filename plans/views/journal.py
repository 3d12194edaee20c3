"""Journalising: what waits for my department's own system, and the tick (P7)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.access import log_delivery
from plans import actions
from plans.access import demand_journals
from plans.forms import JournalForm, TakeBackForm
from plans.ledger import done, summary, waiting
from plans.models import JournalEntry
from plans.views.loading import entry_view
from web.access import route


@route("signed-in")
def journal(request: HttpRequest) -> HttpResponse:
    """The queue of the departments where the user takes part."""
    return _journal(request)


@route("plan.journalise", methods=("POST",))
@entry_view
def journalise(request: HttpRequest, entry: JournalEntry) -> HttpResponse:
    """Tick one line, with the document's number."""
    form = JournalForm(request.POST)
    by: Any = request.user
    if form.is_valid():
        try:
            actions.journalise(by=by, entry=entry, document_number=form.cleaned_data["document_number"])
            messages.success(request, f"Journaliseret i {entry.system.name} for {entry.person.name}.")
            return redirect(reverse("plans:journal"))
        except ValidationError as refused:
            form.add_error(None, refused.messages[0])
    return _journal(request, wrong=(entry, form))


@route("plan.journalise", methods=("GET", "POST"))
@entry_view
def take_back(request: HttpRequest, entry: JournalEntry) -> HttpResponse:
    """A line that was ticked by mistake is missing again; what it said stays, with why."""
    demand_journals(request.standing, entry)  # type: ignore[attr-defined]
    request.told_about = [entry.person_id]  # type: ignore[attr-defined]
    if request.method == "GET" and entry.journalised_on is None:
        return redirect("plans:journal")
    form = TakeBackForm(request.POST or None, initial={"row_version": entry.row_version})
    by: Any = request.user
    if form.is_valid():
        try:
            actions.take_back(by=by, entry=entry, **form.cleaned_data)
            messages.success(request, f"Taget tilbage. Planen mangler igen i {entry.system.name}.")
            return redirect("plans:journal")
        except ValidationError as refused:
            form.add_error("reason", refused.messages[0])
    context = {"entry": entry, "forloeb": entry.version.plan.forloeb, "form": form}
    return render(request, "plans/take_back.html", context, status=422 if request.method == "POST" else 200)


def _journal(request: HttpRequest, wrong: tuple[JournalEntry, JournalForm] | None = None) -> HttpResponse:
    rows, ticked = waiting(request.user, wrong), done(request.user)  # type: ignore[arg-type]
    context = {"rows": rows, "done": ticked, "summary": summary(rows) if rows else "Intet venter på dig"}
    response = render(request, "plans/journal.html", context, status=422 if wrong else 200)
    if rows or ticked:
        persons = {row.entry.person_id for row in rows} | {entry.person_id for entry in ticked}
        log_delivery(request, None, channel="page", role="journalisering", persons=persons)
    return response
