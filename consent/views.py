"""The matrix, one person, the declaration, the withdrawal. Papers and texts have files of their own."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from cases.access import demand_tovholder, forloeb_view
from cases.models import Forloeb, ForloebState, Person
from consent import actions, consequences, matrix, next_step
from consent.access import guided, unread_by
from consent.basis import load_basis
from consent.forms import DeclarationForm, NamedForm, ScopeForm, WithdrawForm
from consent.loading import notice_view, person_view
from consent.models import Topic, WithdrawalNotice
from consent.papers import freeze_scan, scans_of
from consent.reading import own_rows
from consent.recipients import Recipient, acquaintance_of, is_asked, recipients_of
from documents.models import FrozenFile
from web.access import route
from web.danish import genitive
from web.errors import Refused
from web.forms import FFForm


def saved(form: FFForm, act: Callable[[], Any]) -> Any:
    """Do the act in a savepoint; what it refuses is shown above the form, and nothing typed is lost. None = refused."""
    try:
        with transaction.atomic():
            return act()
    except Refused as refused:
        form.add_error(None, refused.message)
    except ValidationError as wrong:
        for field, errors in (wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}).items():
            form.add_error(field if field in form.fields else None, errors)
    return None


@route("forloeb.read")
@forloeb_view()
@guided
def matrix_page(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """The tovholder sees the whole matrix; another participant what the own department may know (C5, C8)."""
    standing = request.standing  # type: ignore[attr-defined]
    if not standing.is_tovholder:
        rows = own_rows(forloeb, standing)
        request.told_about = [row.person.pk for row in rows]  # type: ignore[attr-defined]
        return render(
            request, "consent/own.html", {"forloeb": forloeb, "rows": rows, "home": standing.participation.home}
        )
    found = matrix.build(forloeb)
    members = forloeb.participations.open().select_related("user")
    users = [row.user for row in members if row.user is not None]
    context = {
        "forloeb": forloeb,
        "matrix": found,
        "step": next_step.most_urgent(found.ground()),
        "tallies": found.tallies(),
        "who_signs": matrix.who_signs(found),
        "unread": unread_by(users),
        "today": found.basis.on,
    }
    return render(request, "consent/matrix.html", context)


@route("forloeb.lead")
@person_view()
def person_page(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """One person: the topics, the declarations with their papers, what was withdrawn."""
    found = matrix.build(forloeb, only=[person.pk])
    if not found.rows:
        raise Refused(f"{person.name} er ikke med i forløbet mere.")
    row = found.rows[0]
    scans = scans_of(one.declaration for one in row.given)
    for one in row.given:
        one.scans = len(scans[one.declaration.pk])
    return render(
        request,
        "consent/person.html",
        {"forloeb": forloeb, "matrix": found, "row": row, "owner": genitive(person.first_name)},
    )


@route("forloeb.lead", methods=("GET", "POST"))
@person_view()
def declare(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """Fill in the declaration with the person; earlier answers are the start (C4: renegotiation)."""
    found = matrix.build(forloeb)
    row = next((one for one in found.rows if one.person == person), None)
    if row is None:
        raise Refused(f"{person.name} er ikke med i forløbet mere.")
    unnamed, named = _adults(request, found, row)
    asks = NamedForm(request.POST if _names_one(request) else None, adults=unnamed)
    if asks.is_valid():
        named = [*named, asks.cleaned_data["navn"]]
        asks = NamedForm(adults=[])
    columns = [one for one in [*row.columns, *named] if one.takes_part]
    form = _form(request, found, row, columns)
    left = [one.person for one in found.rows if not one.any_answer and one.person != person]
    is_sent = form.is_bound and form.is_valid()
    if is_sent and saved(form, lambda: _register(request, forloeb, person, form.cleaned_data)):
        messages.success(request, f"{genitive(person.first_name)} svar er gemt.")
        if "naeste" in request.POST and left:
            return redirect("consent:declare", forloeb.pk, left[0].pk)
        if not left and forloeb.state == ForloebState.CONSENT:
            return redirect("consent:matrix", forloeb.pk)  # the last one asked: what is next stands there
        return redirect("consent:person", forloeb.pk, person.pk)
    context = {
        "forloeb": forloeb,
        "person": person,
        "owner": genitive(person.first_name),
        "row": row,
        "form": form,
        "lines": form.lines(),
        "asks": asks,
        "named": [one.key for one in named],
        "others_left": bool(left),
    }
    return render(request, "consent/declare.html", context, status=422 if form.is_bound or asks.errors else 200)


def _form(
    request: HttpRequest, found: matrix.Matrix, row: matrix.Row, recipients: Sequence[Recipient]
) -> DeclarationForm:
    """With what was sent; or, when an adult was named meanwhile, as it was filled in so far."""
    what: dict[str, Any] = {
        "person": row.person,
        "recipients": recipients,
        "topics": found.topics,
        "signers": row.signers,
        "basis": found.basis,
    }
    if _names_one(request):
        return DeclarationForm(initial=_so_far(request.POST), **what)
    return DeclarationForm(request.POST or None, request.FILES or None, **what)


def _so_far(data: QueryDict) -> dict[str, Any]:
    ticked = ("leaflet", *(name for name in data if name.startswith("n_")))
    return {**data.dict(), **{name: name in data for name in ticked}, "signers": data.getlist("signers")}


def _names_one(request: HttpRequest) -> bool:
    """Was the button pressed that asks about one more, or a name written and another button pressed?"""
    return "ogsaa" in request.POST or bool(request.POST.get("navn", "").strip())


def _adults(request: HttpRequest, found: matrix.Matrix, row: matrix.Row) -> tuple[list[Recipient], list[Recipient]]:
    """The adults of the forløb who do not stand on the person's paper: those not named, and those named so far (C5)."""
    before = request.POST.getlist("navngivet")
    others = [
        one
        for one in found.recipients
        if one.is_adult and one.takes_part and one not in row.columns and is_asked(one, row.person.pk, found.basis)
    ]
    return [one for one in others if one.key not in before], [one for one in others if one.key in before]


def _register(request: HttpRequest, forloeb: Forloeb, person: Person, data: dict[str, Any]) -> object:
    scan: FrozenFile | None = None
    if data["evidence"]:
        scan = freeze_scan(by=request.user, forloeb=forloeb, scan=data["evidence"], on=data["informed_on"])
    day = data["signed_on"] or data["informed_on"]
    return actions.register_declaration(
        by=request.user,  # type: ignore[arg-type]
        forloeb=forloeb,
        person=person,
        answers=data["answers"],
        way=data["way"],
        informed_on=data["informed_on"],
        oral_note=data.get("oral_note", ""),
        evidence=scan,
        leaflet_given_on=data["informed_on"] if data["leaflet"] else None,
        signatures=[(one, day) for one in data["signed"]],
        expires_on=data["expires_on"],
    )


@route("forloeb.lead", methods=("GET", "POST"))
@person_view(needs_guidance=False)
def withdraw(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """First what, then the real consequences, then one press (C7). The scope stands in the address, in opaque ids."""
    basis = load_basis(forloeb)
    known = acquaintance_of(forloeb, basis)
    recipients = [one for one in recipients_of(forloeb, basis) if known.stands(one, person.pk)]
    asked = "hvad" in request.GET or "vis" in request.GET  # the button's own name: pressed with nothing chosen
    told = {topic for who, _, topic in basis.cells if who == person.pk}
    topics = list(Topic.objects.in_use_or_answered(told))
    scope = ScopeForm(request.GET if asked else None, recipients=recipients, topics=topics)
    context = {"forloeb": forloeb, "person": person, "scope": scope, "owner": genitive(person.first_name)}
    if not scope.is_valid():
        return render(request, "consent/withdraw_choose.html", context, status=422 if asked else 200)
    chosen = scope.cleaned_data
    form = WithdrawForm(request.POST or None, person=person, tellers=_tellers(person, basis.on))
    if form.is_valid() and saved(form, lambda: _withdraw(request, forloeb, person, chosen, form.cleaned_data)):
        whose = f"{genitive(person.first_name)} samtykke"
        whole = not (chosen["recipients"] or chosen["topics"])
        messages.success(request, f"{whose if whole else f'Noget af {whose}'} er tilbagekaldt. Det gælder nu.")
        still_here = person.in_forloeb.filter(forloeb=forloeb, to_date__isnull=True).exists()
        return redirect(*(("consent:person", forloeb.pk, person.pk) if still_here else ("consent:matrix", forloeb.pk)))
    context |= {
        "form": form,
        "preview": consequences.preview(
            forloeb, person, basis, recipients=chosen["recipients"] or None, topics=chosen["topics"] or None
        ),
        "topic_names": [topic.name for topic in chosen["topics"]],
        "chosen_recipients": [one.title for one in recipients if one.key in chosen["recipients"]],
    }
    return render(request, "consent/withdraw.html", context, status=422 if form.is_bound else 200)


def _tellers(person: Person, on: Any) -> list[Person]:
    """Who may say it: the person, or those who sign for a child. Nobody is turned away because custody is unknown."""
    try:
        return actions.allowed_signers(person, on)
    except Refused:
        return [person]


def _withdraw(
    request: HttpRequest, forloeb: Forloeb, person: Person, scope: dict[str, Any], data: dict[str, Any]
) -> object:
    return actions.withdraw(
        by=request.user,  # type: ignore[arg-type]
        forloeb=forloeb,
        person=person,
        recipients=scope["recipients"] or None,
        topics=scope["topics"] or None,
        way=data["way"],
        told_by=data["teller"],
        told_on=data["told_on"],
    )


@route("forloeb.read", methods=("POST",))
@notice_view
def confirm_told(request: HttpRequest, notice: WithdrawalNotice) -> HttpResponse:
    """A recipient knows that a consent is withdrawn (C7): pressed on Min dag."""
    actions.confirm_told(by=request.user, notice=notice)  # type: ignore[arg-type]
    messages.success(request, "Godt. Det er skrevet, at beskeden er nået frem.")
    return redirect("desk:my_day")


@route("forloeb.lead", methods=("POST",))
@forloeb_view(demand_tovholder)
def activate(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """F1, F4."""
    actions.activate_forloeb(by=request.user, forloeb=forloeb)  # type: ignore[arg-type]
    messages.success(request, "Forløbet er aktivt. Nu kan I planlægge det første møde.")
    return redirect("desk:forloeb", forloeb.pk)
