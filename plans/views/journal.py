"""Journalising: what waits for my department's own system, and the tick (P7)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.access import log_delivery
from plans import actions
from plans.forms import JournalForm
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


def _journal(request: HttpRequest, wrong: tuple[JournalEntry, JournalForm] | None = None) -> HttpResponse:
    rows, ticked = waiting(request.user, wrong), done(request.user)  # type: ignore[arg-type]
    context = {"rows": rows, "done": ticked, "summary": summary(rows) if rows else "Intet venter på dig"}
    response = render(request, "plans/journal.html", context, status=422 if wrong else 200)
    if rows or ticked:
        persons = {row.entry.person_id for row in rows} | {entry.person_id for entry in ticked}
        log_delivery(request, None, channel="page", role="journalisering", persons=persons)
    return response
