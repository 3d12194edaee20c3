"""The staff's log of disagreement: for the participants of a forløb, and for the leaders of those involved (F12)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import log
from cases import actions
from cases.access import forloeb_view
from cases.forms.escalation import EscalationForm
from cases.models import Escalation, Forloeb, Participation
from cases.views.saving import attempt
from web.access import route


@route("forloeb.read", methods=("GET", "POST"))
@forloeb_view()
def escalations(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """What was disagreed on and settled. Internal: no paper, plan or Indsigt reads from here."""
    people = list(Participation.objects.open().filter(forloeb=forloeb).for_page())
    form = EscalationForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        by: Any = request.user
        logged = attempt(form, lambda: actions.log_escalation(by=by, forloeb=forloeb, **form.values()))
        if logged:
            messages.success(request, "Det er skrevet.")
            return redirect("cases:escalations", forloeb.pk)
    rows = list(Escalation.objects.filter(forloeb=forloeb).for_page())
    context = {"forloeb": forloeb, "form": form, "rows": rows}
    return render(request, "cases/escalations.html", context, status=422 if form.is_bound else 200)


@route("signed-in")
def escalations_led(request: HttpRequest) -> HttpResponse:
    """A leader's own: those that involve a department they lead. The forløb is named by its number only."""
    rows = list(Escalation.objects.led_by(request.user).for_page())  # type: ignore[arg-type]
    for forloeb in {row.forloeb for row in rows}:
        log.delivered(
            by=request.user,
            kind="cases:escalations_led",
            channel="list",
            role="leader",
            forloeb=forloeb,
            persons=list(forloeb.persons.values_list("person_id", flat=True)),
        )
    return render(request, "cases/escalations_led.html", {"rows": rows})
