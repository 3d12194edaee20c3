"""What was talked of without the family (C11): written, told, and kept from somebody (M8)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.access import forloeb_view, loads
from cases.models import Forloeb
from cases.views.saving import attempt
from consent import actions
from consent.access import guided
from consent.around_forms import ExchangeForm, KeptForm, ToldForm
from consent.around_reading import exchanges_for, kept_for, other_told, others_of, people_here
from consent.basis import load_basis
from consent.labels import Labels
from consent.models import Exchange, Topic
from consent.sharing import Basis, Cell, Facts, Reader, may_see
from web.access import route
from web.danish import danish_sorted, listed
from web.errors import Refused, Stale

BOTH = ("GET", "POST")
MEANWHILE = "En anden har rettet det imens. Se, hvad der står nu, og gem igen."

exchange_view = loads(
    lambda pk: Exchange.objects.for_sharing().select_related("forloeb__family").get(pk=pk), lambda row: row.forloeb
)


@route("forloeb.read", methods=BOTH)
@forloeb_view()
@guided
def exchanges(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """What was talked about without the family, and what they have not been told yet."""
    standing = request.standing  # type: ignore[attr-defined]
    basis = load_basis(forloeb)
    people = people_here(forloeb, standing, basis)
    form = ExchangeForm(
        request.POST if request.method == "POST" else None,
        people=people,
        others=others_of(forloeb, standing, basis),
        topics=list(Topic.objects.in_use()),
    )
    if form.is_valid():
        logged = attempt(form, lambda: actions.log_exchange(by=request.user, forloeb=forloeb, **form.values()))  # type: ignore[arg-type]
        if logged:
            _say_what_is_missing(
                request, logged, basis, leads=standing.is_tovholder, kept=kept_for(logged, standing, basis)
            )
            return redirect("consent:exchanges", forloeb.pk)
    lines = exchanges_for(forloeb, standing, basis)
    request.told_about = {one.pk for line in lines if line.reads for one in line.row.about.all()}  # type: ignore[attr-defined]
    context = {"forloeb": forloeb, "form": form, "lines": lines, "is_open": not forloeb.is_ended}
    return render(request, "consent/exchanges.html", context, status=422 if form.is_bound else 200)


def _say_what_is_missing(request: HttpRequest, row: Exchange, basis: Basis, *, leads: bool, kept: str) -> None:
    """It is logged whatever the consents say. Who has not said yes is told to the tovholder, who gathers the consents.

    The others are asked the same whatever the answers are: a log must not be a way to learn who is in the forløb, or
    what somebody has answered another department (C5, C6).
    """
    if row.kept_from_ids:
        messages.success(request, f"Det er skrevet. Det holdes fra {kept}. Ret det, hvis de gerne må vide det.")
    else:
        messages.success(request, "Det er skrevet. Nu skal familien have det fortalt.")
    other = row.with_participation
    if other is None or other.recipient == row.by.recipient:
        return
    if not leads:
        messages.warning(request, f"Er der samtykke til at dele det med {other.home}? Spørg tovholderen.")
        return
    without = [
        person.first_name
        for person in row.about.all()
        if basis.cell(person.pk, other.recipient, row.topic_id) is not Cell.YES
    ]
    if without:
        names = listed(danish_sorted(without))
        messages.warning(request, f"{names} har ikke sagt ja til at dele {row.topic.name.lower()} med {other.home}.")


@route("forloeb.read", methods=BOTH)
@exchange_view
@guided
def told(request: HttpRequest, row: Exchange) -> HttpResponse:
    """The family has been told: when and how."""
    standing = request.standing  # type: ignore[attr-defined]
    basis = load_basis(row.forloeb)
    if not may_see(Reader(standing.recipient), Facts.of(row), basis):
        raise Refused(f"Du må ikke se, hvad der blev talt om. Det er {row.by.name}, der fortæller familien det.")
    request.told_about = [one.pk for one in row.about.all()]  # type: ignore[attr-defined]
    form = ToldForm(request.POST or None, row_version=row.row_version)
    if form.is_valid():
        data = form.cleaned_data
        done = attempt(form, lambda: actions.mark_told(by=request.user, exchange=row, way=data["way"], on=data["on"]))  # type: ignore[arg-type]
        if done:
            messages.success(request, "Godt. Familien har fået det fortalt.")
            return redirect("consent:exchanges", row.forloeb_id)
    labels = Labels([Reader(standing.recipient)], basis, keeps_all=standing.is_tovholder)
    other = other_told(row, True, standing, labels)
    kept = kept_for(row, standing, basis)
    context = {"forloeb": row.forloeb, "row": row, "other": other, "kept": kept, "form": form}
    return render(request, "consent/told.html", context, status=422 if form.is_bound else 200)


@route("forloeb.read", methods=BOTH)
@exchange_view
@guided
def exchange_kept(request: HttpRequest, row: Exchange) -> HttpResponse:
    """From whom it is kept, changed by whoever wrote it or the tovholder (M8)."""
    standing = request.standing  # type: ignore[attr-defined]
    basis = load_basis(row.forloeb)
    if not may_see(Reader(standing.recipient), Facts.of(row), basis):
        raise Refused(f"Du må ikke se, hvad der blev talt om. {row.by.name} vælger, hvem det holdes fra.")
    if not actions.may_be_told_by(standing, row):
        raise Refused(f"Det kan kun {row.by.name}, som skrev det, eller tovholderen.")
    request.told_about = [one.pk for one in row.about.all()]  # type: ignore[attr-defined]
    people = people_here(row.forloeb, standing, basis)
    form = KeptForm(request.POST or None, people=people, kept=row.kept_from.all(), row_version=row.row_version)
    if form.is_valid():
        by: Any = request.user
        version = form.cleaned_data["row_version"]
        try:
            done = attempt(
                form,
                lambda: actions.keep_exchange(by=by, exchange=row, kept_from=form.values(), row_version=version),
            )
        except Stale:
            form.add_error(None, MEANWHILE)
            done = None
        if done:
            messages.success(request, "Det er gemt.")
            return redirect("consent:exchanges", row.forloeb_id)
    context = {"forloeb": row.forloeb, "row": row, "form": form}
    return render(request, "consent/exchange_kept.html", context, status=422 if form.is_bound else 200)
