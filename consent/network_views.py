"""The network list and Kontaktliste (C10)."""

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
from consent.around_forms import ContactForm
from consent.around_reading import callers
from consent.basis import load_basis
from consent.clue_asking import ask
from consent.labels import Labels
from consent.models import NetworkContact, Topic
from consent.network import UNNAMED, network_for, readable, topics_for
from consent.papers import download
from consent.recipients import recipients_of
from consent.sharing import Basis, Facts, Reader
from consent.unmarked import others_named
from documents.pdf import PdfError
from organisation.models import in_danish
from web.access import route
from web.errors import Stale

BOTH = ("GET", "POST")
MEANWHILE = "En anden har rettet det imens. Se, hvad der står nu, og gem igen."

contact_view = loads(
    lambda pk: NetworkContact.objects.for_sharing().select_related("forloeb__family").get(pk=pk),
    lambda row: row.forloeb,
    demand_tovholder,
)


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
            _say_whom_it_names(request, added, basis)
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
    rows = forloeb.persons.filter(to_date__isnull=True).select_related("person")
    people = [row.person for row in rows.order_by(in_danish("person__first_name"), "person_id")]
    return ContactForm(
        request.POST if request.method == "POST" else None,
        people=people,
        recipients=callers(forloeb, basis),
        topics=list(Topic.objects.in_use()),
        contact=contact,
        shut=shut,
    )


def _say_whom_it_names(request: HttpRequest, contact: NetworkContact, basis: Basis) -> None:
    """A contact has whose it is; its words may name others, and then reach fewer (C5). The tovholder knows everybody."""
    text = f"{contact.relation}. {contact.note}"
    if told := others_named(text, {one.pk for one in contact.about.all()}, basis, lambda person: True):
        messages.warning(request, told)


def _readable(request: HttpRequest, found: NetworkContact) -> NetworkContact:
    """The contact, when the tovholder may see it (C5); else it does not exist. Tells whom the answer is about."""
    reader = Reader(request.standing.recipient)  # type: ignore[attr-defined]
    if not topics_for(found, reader, load_basis(found.forloeb)):
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
            _say_whom_it_names(request, saved, basis)
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
