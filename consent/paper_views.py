"""The papers: declaration (filled, blank), leaflet, signature and scan, receipt."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from cases.access import demand_tovholder, forloeb_view
from cases.models import Forloeb, Person
from consent import actions, pdf
from consent.basis import load_basis
from consent.clue_asking import CONFIRMED, ask
from consent.clues import clues_in
from consent.forms import ScanForm, SignatureForm, WhichScanForm
from consent.loading import declaration_view, person_view, withdrawal_view
from consent.models import ConsentText, Declaration, InformationLeaflet, Withdrawal
from consent.papers import download, freeze_scan, number_of, scans_of
from consent.views import saved
from documents.actions import filename_for
from documents.pdf import PdfError
from documents.serve import attachment
from web.access import route
from web.danish import genitive
from web.errors import Refused

BOTH = ("GET", "POST")


@route("forloeb.lead", methods=BOTH)
@person_view(channel="pdf")
def blank(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """Samtykkeerklæring to fill in by pen."""
    text = ConsentText.objects.current()
    if text is None:
        raise Refused("Der er ingen samtykketekst i brug. Koordinatoren kan sætte en i brug.")
    today = timezone.localdate()
    paper = pdf.blank(forloeb, person, text, actions.allowed_signers(person, today))
    asked = _ask_about_clues(request, forloeb, person, paper, "Samtykkeerklæringen")
    return asked or _made(paper, filename_for("Samtykkeerklæring", forloeb.number, today, text.number))


@route("forloeb.lead", methods=BOTH)
@declaration_view(channel="pdf")
def declaration_pdf(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Samtykkeerklæring with the answers, to sign or to keep."""
    paper = pdf.declaration(declaration, actions.allowed_signers(declaration.person, declaration.informed_on))
    name = filename_for(
        "Samtykkeerklæring", declaration.forloeb.number, declaration.informed_on, number_of(declaration)
    )
    asked = _ask_about_clues(request, declaration.forloeb, declaration.person, paper, "Samtykkeerklæringen")
    return asked or _made(paper, name)


def _ask_about_clues(
    request: HttpRequest, forloeb: Forloeb, person: Person, paper: pdf.Paper, document: str
) -> HttpResponse | None:
    """A recipient's name, or where an oral answer was heard, can tell where somebody lives (C12).

    Whose hands: the person's own, or for a young child those of everybody who signs.
    """
    hands = load_basis(forloeb).hands(person.pk) or {person.pk}
    back = reverse("consent:person", args=[forloeb.pk, person.pk])
    found, label = clues_in(paper.words, forloeb, hands), f"{genitive(person.first_name)} samtykke"
    return ask(request, found, forloeb=forloeb, document=document, back=back, back_label=label)


def _made(paper: pdf.Paper, name: str) -> HttpResponse:
    try:
        return download(paper.made(), name)
    except PdfError as error:
        raise Refused(error.message) from error


@route("forloeb.lead")
@forloeb_view(demand_tovholder, channel="pdf")
def leaflet(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """Sådan behandler vi dine oplysninger, with the tovholder's name and number (C9)."""
    request.told_about = []  # type: ignore[attr-defined]
    today = timezone.localdate()
    found = InformationLeaflet.objects.filter(published_on__lte=today).order_by("-number").first()
    if found is None:
        raise Refused("Kommunen har ingen oplysningsseddel i brug.")
    try:
        content = pdf.leaflet(found, forloeb)
    except PdfError as error:
        raise Refused(error.message) from error
    return download(content, filename_for("Sådan behandler vi dine oplysninger", forloeb.number, today, found.number))


@route("forloeb.lead", methods=BOTH)
@declaration_view()
def sign(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Add a signature that was missing; the scan may come with it or alone."""
    person = declaration.person
    signed = set(declaration.signatures.values_list("signer_id", flat=True))
    missing = [one for one in actions.allowed_signers(person, timezone.localdate()) if one.pk not in signed]
    form = SignatureForm(request.POST or None, request.FILES or None, signers=missing)
    if form.is_valid() and saved(form, lambda: _sign(request, declaration, form)):
        messages.success(request, f"{genitive(form.cleaned_data['signer'].first_name)} underskrift er registreret.")
        return redirect("consent:person", declaration.forloeb_id, person.pk)
    context = {
        "declaration": declaration,
        "number": number_of(declaration),
        "forloeb": declaration.forloeb,
        "person": person,
        "owner": genitive(person.first_name),
        "missing": missing,
        "form": form,
        "scan": ScanForm(),
    }
    return render(request, "consent/sign.html", context, status=422 if form.is_bound else 200)


def _sign(request: HttpRequest, declaration: Declaration, form: SignatureForm) -> object:
    data = form.cleaned_data
    scan = None
    if data["evidence"]:
        scan = freeze_scan(by=request.user, forloeb=declaration.forloeb, scan=data["evidence"], on=data["signed_on"])
    return actions.add_signature(
        by=request.user,  # type: ignore[arg-type]
        declaration=declaration,
        signer=data["signer"],
        signed_on=data["signed_on"],
        evidence=scan,
    )


@route("forloeb.lead", methods=("POST",))
@declaration_view()
def scan(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Lay in the signed paper."""
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        today = timezone.localdate()
        kept = freeze_scan(by=request.user, forloeb=declaration.forloeb, scan=form.cleaned_data["evidence"], on=today)
        actions.attach_evidence(by=request.user, declaration=declaration, evidence=kept)  # type: ignore[arg-type]
        messages.success(request, "Den underskrevne erklæring er lagt ind.")
        return redirect("consent:person", declaration.forloeb_id, declaration.person_id)
    context = {
        "declaration": declaration,
        "number": number_of(declaration),
        "forloeb": declaration.forloeb,
        "person": declaration.person,
        "owner": genitive(declaration.person.first_name),
        "missing": [],
        "form": SignatureForm(signers=[]),
        "scan": form,
    }
    return render(request, "consent/sign.html", context, status=422)


@route("forloeb.lead")
@declaration_view(channel="file")
def evidence(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """The signed paper itself: the newest, or the one of several that is asked for."""
    form, scans = WhichScanForm(request.GET), scans_of([declaration])[declaration.pk]
    number = (form.cleaned_data["papir"] or len(scans)) if form.is_valid() else 0
    if not 1 <= number <= len(scans):
        raise Http404
    return attachment(scans[number - 1])


@route("forloeb.lead", methods=("POST",))
@declaration_view()
def give_leaflet(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """C9."""
    actions.give_leaflet(by=request.user, declaration=declaration)  # type: ignore[arg-type]
    messages.success(request, "Det er skrevet ned, at sedlen er givet.")
    return redirect("consent:person", declaration.forloeb_id, declaration.person_id)


@route("forloeb.lead", methods=BOTH)
@withdrawal_view(channel="pdf")
def receipt(request: HttpRequest, withdrawal: Withdrawal) -> HttpResponse:
    """The frozen receipt, once the clues in it have been asked about; POST makes it when it could not be at the time."""
    if request.method == "POST" and CONFIRMED not in request.POST:
        actions.make_receipt(by=request.user, withdrawal=withdrawal)  # type: ignore[arg-type]
        messages.success(request, "Kvitteringen er lavet.")
        return redirect("consent:person", withdrawal.forloeb_id, withdrawal.person_id)
    if withdrawal.receipt is None:
        raise Http404
    asked = _ask_about_clues(request, withdrawal.forloeb, withdrawal.person, pdf.receipt(withdrawal), "Kvitteringen")
    return asked or attachment(withdrawal.receipt)
