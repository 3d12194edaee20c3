"""The words that give away a protected address, which the tovholder writes (C12)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.access import demand_tovholder, forloeb_view, loads
from cases.models import Forloeb
from cases.views.saving import attempt
from consent import actions
from consent.around_forms import ClueForm
from consent.around_reading import clue_lines
from consent.clues import guards_of
from consent.models import ClueWord
from web.access import route

BOTH = ("GET", "POST")

clue_view = loads(
    lambda pk: ClueWord.objects.select_related("forloeb__family").get(pk=pk), lambda row: row.forloeb, demand_tovholder
)


@route("forloeb.lead", methods=BOTH)
@forloeb_view(demand_tovholder)
def clues(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """What is looked for in the papers of those an address is protected from; the tovholder adds words."""
    guards = guards_of(forloeb)
    request.told_about = [guard.person for guard in guards]  # type: ignore[attr-defined]
    people = [row.person for row in forloeb.persons.select_related("person") if row.person.protected_address]
    form = ClueForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        data = form.cleaned_data
        by: Any = request.user
        word = {"person": form.one("person"), "kind": data["kind"], "word": data["word"]}
        added = attempt(form, lambda: actions.add_clue(by=by, forloeb=forloeb, **word))
        if added:
            messages.success(request, "Ordet bliver nu fundet, før et papir laves.")
            return redirect("consent:clues", forloeb.pk)
    context = {
        "forloeb": forloeb,
        "lines": clue_lines(forloeb, guards),
        "form": form,
        "may_write": bool(people) and not forloeb.is_ended,
    }
    return render(request, "consent/clues.html", context, status=422 if form.is_bound else 200)


@route("forloeb.lead", methods=("POST",))
@clue_view
def clue_remove(request: HttpRequest, clue: ClueWord) -> HttpResponse:
    actions.remove_clue(by=request.user, clue=clue)  # type: ignore[arg-type]
    messages.success(request, "Ordet bliver ikke ledt efter mere.")
    return redirect("consent:clues", clue.forloeb_id)
