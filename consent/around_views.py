"""Around the consents: the network list and Kontaktliste (C10), exchanges without the family (C11), clues (C12)."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.access import demand_tovholder, forloeb_view, loads
from cases.models import Forloeb
from cases.views.saving import attempt
from consent import actions, contact_list
from consent.access import guided
from consent.around_forms import ClueForm, ContactForm, ExchangeForm, KeptForm, ToldForm
from consent.around_reading import callers, clue_lines, exchanges_for, kept_for, other_told, others_of, people_here
from consent.basis import load_basis
from consent.clue_asking import ask
from consent.clues import guards_of
from consent.labels import Labels
from consent.models import ClueWord, Exchange, NetworkContact, Topic
from consent.network import UNNAMED, network_for, readable
from consent.papers import download
from consent.recipients import recipients_of
from consent.sharing import Basis, Cell, Facts, Reader, may_see
from documents.pdf import PdfError
from web.access import route
from web.danish import danish_sorted, listed
from web.errors import Refused, Stale

BOTH = ("GET", "POST")
MEANWHILE = "En anden har rettet det imens. Se, hvad der står nu, og gem igen."

exchange_view = loads(
    lambda pk: Exchange.objects.for_sharing().select_related("forloeb__family").get(pk=pk), lambda row: row.forloeb
)
clue_view = loads(
    lambda pk: ClueWord.objects.select_related("forloeb__family").get(pk=pk), lambda row: row.forloeb, demand_tovholder
)
contact_view = loads(
    lambda pk: NetworkContact.objects.for_sharing().select_related("forloeb__family").get(pk=pk),
    lambda row: row.forloeb,
    demand_tovholder,
)


# --- the network list (C10) ---------------------------------------------------------------------------------------------
@route("forloeb.read", methods=BOTH)
@forloeb_view()
@guided
def network(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """Who in the network may be contacted, by whom, about what. The tovholder writes them on."""
    standing = request.standing  # type: ignore[attr-defined]
    basis = load_basis(forloeb)
    form = _contact_form(request, forloeb, basis)
    if request.method == "POST":
        demand_tovholder(request.user, forloeb)  # type: ignore[arg-type]
        by: Any = request.user
        valid = form.is_valid()
        added = attempt(form, lambda: actions.add_contact(by=by, forloeb=forloeb, **form.values())) if valid else None
        if added:
            messages.success(request, "Kontakten er skrevet på.")
            return redirect("consent:network", forloeb.pk)
    reader = Reader(standing.recipient)
    names = {one.key: one.name for one in recipients_of(forloeb, basis)}
    found = network_for(forloeb, reader, basis, names=names, keeps_all=standing.is_tovholder)
    request.told_about = {one.pk for line in found.lines for one in line.contact.about.all()}  # type: ignore[attr-defined]
    lists = contact_list.addressees(forloeb, basis)
    context = {
        "forloeb": forloeb,
        "found": found,
        "form": form,
        "leads": standing.is_tovholder,
        "may_write": standing.is_tovholder and not forloeb.is_ended,
        "lists": lists if standing.is_tovholder else [one for one in lists if one.key == standing.recipient],
    }
    return render(request, "consent/network.html", context, status=422 if form.is_bound else 200)


def _contact_form(
    request: HttpRequest,
    forloeb: Forloeb,
    basis: Basis,
    contact: NetworkContact | None = None,
    shut: Collection[str] = (),
) -> ContactForm:
    people = [row.person for row in forloeb.persons.filter(to_date__isnull=True).select_related("person")]
    return ContactForm(
        request.POST if request.method == "POST" else None,
        people=people,
        recipients=callers(forloeb, basis),
        topics=list(Topic.objects.in_use()),
        contact=contact,
        shut=shut,
    )


def _readable(request: HttpRequest, found: NetworkContact) -> NetworkContact:
    """The contact, when the tovholder may see it (C5); else it does not exist. Tells whom the answer is about."""
    reader = Reader(request.standing.recipient)  # type: ignore[attr-defined]
    if not may_see(reader, Facts.of(found), load_basis(found.forloeb)):
        raise Http404
    request.told_about = [one.pk for one in found.about.all()]  # type: ignore[attr-defined]
    return found


@route("forloeb.lead", methods=BOTH)
@contact_view
@guided
def contact(request: HttpRequest, found: NetworkContact) -> HttpResponse:
    """Change one contact, or say that it does not hold any more."""
    _readable(request, found)
    basis = load_basis(found.forloeb)
    words = readable(found, Facts.of(found), Labels([Reader(request.standing.recipient)], basis))  # type: ignore[attr-defined]
    shut = [name for name in ("name", "relation", "note") if name not in words]
    form = _contact_form(request, found.forloeb, basis, found, shut)
    if form.is_valid():
        by: Any = request.user
        version = form.cleaned_data["row_version"]
        try:
            saved = attempt(
                form,
                lambda: actions.change_contact(by=by, contact=found, row_version=version, **form.values()),
            )
        except Stale:
            form.add_error(None, MEANWHILE)
            saved = None
        if saved:
            messages.success(request, "Kontakten er rettet.")
            return redirect("consent:network", found.forloeb_id)
    name = words.get("name", UNNAMED)
    context = {"forloeb": found.forloeb, "contact": found, "name": name, "form": form, "shut": shut}
    return render(request, "consent/contact.html", context, status=422 if form.is_bound else 200)


@route("forloeb.lead", methods=("POST",))
@contact_view
def contact_end(request: HttpRequest, found: NetworkContact) -> HttpResponse:
    actions.end_contact(by=request.user, contact=_readable(request, found))  # type: ignore[arg-type]
    messages.success(request, "Kontakten er taget af listen.")
    return redirect("consent:network", found.forloeb_id)


@route("forloeb.read", methods=BOTH)
@forloeb_view(channel="pdf")
@guided
def contacts_pdf(request: HttpRequest, forloeb: Forloeb, to: str) -> HttpResponse:
    """Kontaktliste for one reader: everybody's by the tovholder, one's own by the others."""
    standing = request.standing  # type: ignore[attr-defined]
    basis = load_basis(forloeb)
    wanted = to.replace("-", ":", 1)
    one = next((one for one in contact_list.addressees(forloeb, basis) if one.key == wanted), None)
    if one is None:
        raise Http404
    if not standing.is_tovholder and one.key != standing.recipient:
        demand_tovholder(request.user, forloeb)  # type: ignore[arg-type]
    found = contact_list.build(forloeb, one.reader, Reader(standing.recipient), basis=basis)
    request.told_about = found.persons  # type: ignore[attr-defined]
    return hand_out(request, forloeb, found, one, basis.on, reverse("consent:network", args=[forloeb.pk]), "Netværket")


def hand_out(
    request: HttpRequest,
    forloeb: Forloeb,
    found: contact_list.ContactList,
    one: contact_list.Addressee,
    on: Any,
    back: str,
    back_label: str,
    meeting: str = "",
) -> HttpResponse:
    """Ask about clues first (C12), then give the PDF."""
    clues = contact_list.clues_in(forloeb, found, one, on, meeting)
    asked = ask(request, clues, forloeb=forloeb, document="Kontaktlisten", back=back, back_label=back_label)
    if asked is not None:
        return asked
    try:
        name, content = contact_list.render(forloeb, found, one, on, meeting)
    except PdfError as error:
        messages.error(request, error.message)
        return redirect(back)
    return download(content, name)


# --- exchanges without the family (C11) ---------------------------------------------------------------------------------
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


# --- clues (C12) -----------------------------------------------------------------------------------------------------------
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
