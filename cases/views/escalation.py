"""The staff's log of disagreement: for the participants of a forløb, and for the leaders of those involved (F12)."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import log
from cases import actions, knowing
from cases.access import Standing, forloeb_view
from cases.forms.escalation import EscalationForm
from cases.models import Escalation, Forloeb, Participation
from cases.views.saving import attempt
from web.access import route


@route("forloeb.read", methods=("GET", "POST"))
@forloeb_view()
def escalations(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """What was disagreed on and settled. Internal: no paper, plan or Indsigt reads from here."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    people = _told(Participation.objects.open().filter(forloeb=forloeb).for_page(), forloeb, standing)
    form = EscalationForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        by: Any = request.user
        logged = attempt(form, lambda: actions.log_escalation(by=by, forloeb=forloeb, **form.values()))
        if logged:
            messages.success(request, "Det er skrevet.")
            return redirect("cases:escalations", forloeb.pk)
    rows = _rows(forloeb, standing)
    if not any(row.reads for row in rows):  # type: ignore[attr-defined]
        request.told_about = []  # type: ignore[attr-defined]
    context = {"forloeb": forloeb, "form": form, "rows": rows}
    return render(request, "cases/escalations.html", context, status=422 if form.is_bound else 200)


def _rows(forloeb: Forloeb, standing: Standing) -> list[Escalation]:
    """The log, newest first, each with `reads`: may this employee have the text, or only know that it stands there?

    It is the professionals' own (F12): of the tovholder, whoever wrote it, those it names as involved, and their
    leaders. It tells of the family all the same, so the others have it by the consents (C5).
    """
    here = Escalation.objects.filter(forloeb=forloeb)
    rows = list(here.with_writers_department().for_page())
    if not rows:
        return []
    user = standing.participation.user
    led = set(here.led_by(user).values_list("pk", flat=True))  # type: ignore[arg-type]
    may_read = knowing.text_known_to(forloeb, standing.recipient)
    _told((one for row in rows for one in row.involved.all()), forloeb, standing)
    for row in rows:
        involved = {one.user_id for one in row.involved.all()}
        own = standing.is_tovholder or user.pk in {row.by_id, *involved} or row.pk in led  # type: ignore[union-attr]
        row.reads = own or may_read(row.words, f"d:{row.written_in}")  # type: ignore[attr-defined]
    return rows


def _told(people: Iterable[Participation], forloeb: Forloeb, standing: Standing) -> list[Participation]:
    """Externals by name to whoever may have it; the tovholder wrote it (C5)."""
    return list(people) if standing.is_tovholder else knowing.names_told(people, forloeb, standing.recipient)


@route("signed-in")
def escalations_led(request: HttpRequest) -> HttpResponse:
    """A leader's own: those that involve a department they lead. The forløb is named by its number only."""
    rows = list(Escalation.objects.led_by(request.user).for_page())  # type: ignore[arg-type]
    for forloeb in {row.forloeb for row in rows}:
        # A leader is no recipient of anything: who may not be known of is named to nobody who is none (C5).
        knowing.names_told((one for row in rows if row.forloeb == forloeb for one in row.involved.all()), forloeb, "")
        log.delivered(
            by=request.user,
            kind="cases:escalations_led",
            channel="list",
            role="leader",
            forloeb=forloeb,
            persons=list(forloeb.persons.values_list("person_id", flat=True)),
        )
    return render(request, "cases/escalations_led.html", {"rows": rows})
