"""Start a forløb: check, family, need, then the start itself. Each step keeps itself as the user's own draft."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases import actions, collaboration
from cases.access import koordinator_line, log_delivery, who_may_lead
from cases.actions.start import draft_keys, drop_drafts
from cases.forms.start import FamilyStepForm, NeedStepForm, SearchForm, StartCheckForm
from cases.models import Henvendelse, HenvendelseState
from cases.searching import is_known
from cases.views.saving import attempt, initial_of
from drafts.actions import load, save_draft
from organisation.access import SignedInRequest, may_start
from organisation.models import Department
from web.access import route
from web.errors import Refused

BOTH = ("GET", "POST")


def _begin(request: SignedInRequest) -> tuple[Henvendelse | None, dict[str, str]]:
    """The henvendelse the start comes from (in the address), and where its steps are kept."""
    if not may_start(request.user):
        raise Refused(f"Du kan ikke selv starte et forløb. {who_may_lead()} Du kan sende en henvendelse.")
    text = request.GET.get("henvendelse", "")
    if not text:
        return None, draft_keys(None)
    try:
        key = UUID(text)
    except ValueError:
        raise Http404 from None
    waiting = {"state": HenvendelseState.ACCEPTED, "answered_by": request.user, "forloeb": None}
    row = Henvendelse.objects.visible_to(request.user).filter(pk=key, **waiting).select_related("sender").first()
    if row is None:
        raise Http404
    return row, draft_keys(row)


def _to(request: SignedInRequest, name: str, henvendelse: Henvendelse | None) -> str:
    return reverse(f"cases:{name}") + (f"?henvendelse={henvendelse.pk}" if henvendelse else "")


def _show(request: SignedInRequest, template: str, henvendelse: Henvendelse | None, **context: Any) -> HttpResponse:
    names = {"start": "check_url", "start_family": "family_url", "start_need": "need_url", "start_review": "review_url"}
    urls = {key: _to(request, name, henvendelse) for name, key in names.items()}
    status = context.pop("status", 200)
    home = request.user.departments.may_drive().first()
    return render(request, template, {"henvendelse": henvendelse, "home": home, **urls, **context}, status=status)


@route("forloeb.start", methods=BOTH)
def start(request: SignedInRequest) -> HttpResponse:
    """Step 1, the start check (F3). A yes forgets what was kept, says what to do instead, and goes no further."""
    henvendelse, keys = _begin(request)
    kept = load(request.user, keys["tjek"])
    form = StartCheckForm(request.POST or None, initial=kept)
    status = 200
    if request.method == "POST":
        status = 422
        if form.stops:
            drop_drafts(by=request.user, henvendelse=henvendelse)
        elif form.is_valid():
            save_draft(by=request.user, key=keys["tjek"], fields=form.cleaned_data)
            return redirect(_to(request, "start_family", henvendelse))
    calls = [row.call for row in form.questions if row.call]
    phones = dict(Department.objects.active().filter(name__in=calls).values_list("name", "phone"))
    stopped = bool(form.stops) if form.is_bound else False
    context = {
        "form": form,
        "stopped": stopped,
        "phones": phones,
        "answered": bool(kept) and not stopped,
        "status": status,
    }
    return _show(request, "cases/start.html", henvendelse, **context)


@route("forloeb.start", methods=BOTH)
def start_family(request: SignedInRequest) -> HttpResponse:
    """Step 2: is the family known (F9), and what is it called."""
    henvendelse, keys = _begin(request)
    if not load(request.user, keys["tjek"]):
        return redirect(_to(request, "start", henvendelse))
    searching = request.method == "POST" and _searches(request)
    kept = initial_of(load(request.user, keys["familie"]))
    if searching and "family_name" in request.POST:  # what is typed already stays
        kept |= {"family_name": request.POST["family_name"]}
    form = FamilyStepForm(request.POST if request.method == "POST" and not searching else None, initial=kept)
    search = SearchForm(request.POST if searching else None)
    if form.is_bound and form.is_valid():
        save_draft(by=request.user, key=keys["familie"], fields=form.cleaned_data)
        return redirect(_to(request, "start_need", henvendelse))
    answer = None
    if searching and search.is_valid():
        answer = is_known(request.user, cpr=search.cleaned_data["cpr"], name=search.cleaned_data["name"])
    bad = form.is_bound or (searching and answer is None)
    context = {"form": form, "search": search, "answer": answer, "koordinator": koordinator_line()}
    response = _show(request, "cases/start_family.html", henvendelse, **context, status=422 if bad else 200)
    if answer is not None:
        log_delivery(request, None, channel="search", role="start", persons=answer.persons_told, kind="cases:search")
    return response


def _searches(request: SignedInRequest) -> bool:
    """»Søg« is the form's first button, which Enter in the name's field presses too: with nothing to search for and a
    name given, it goes on."""
    asked = any(request.POST.get(name, "").strip() for name in ("cpr", "name"))
    return "search" in request.POST and (asked or not request.POST.get("family_name", "").strip())


@route("forloeb.start", methods=BOTH)
def start_need(request: SignedInRequest) -> HttpResponse:
    """Step 3: what is to be coordinated, and by which model."""
    henvendelse, keys = _begin(request)
    if not load(request.user, keys["familie"]):
        return redirect(_to(request, "start_family", henvendelse))
    given = {"need": henvendelse.need, "situations": henvendelse.situations} if henvendelse else {}
    kept = initial_of(load(request.user, keys["behov"]), lists=("situations",))
    form = NeedStepForm(request.POST or None, initial=kept or given, by=request.user)
    form.save_itself(reverse("drafts:save", kwargs={"key": keys["behov"]}))
    if request.method == "POST" and form.is_valid():
        fields = {**form.cleaned_data, "department": str(form.cleaned_data["department"].pk)}
        save_draft(by=request.user, key=keys["behov"], fields=fields)
        return redirect(_to(request, "start_review", henvendelse))
    return _show(request, "cases/start_need.html", henvendelse, form=form, status=422 if form.is_bound else 200)


@route("forloeb.start", methods=BOTH)
def start_review(request: SignedInRequest) -> HttpResponse:
    """Step 4: everything once more, and the start."""
    henvendelse, keys = _begin(request)
    kept = {step: load(request.user, key) for step, key in keys.items()}
    form = NeedStepForm(kept["behov"] or None, by=request.user)
    if not kept["familie"] or not form.is_valid():
        return redirect(_to(request, "start_need", henvendelse))
    model_key, board_key = form.cleaned_data["model_and_board"].split(":")
    given = {name: form.cleaned_data[name] for name in ("need", "situations", "department")}
    given |= {"family_name": kept["familie"]["family_name"], "model_key": model_key, "board_key": board_key}
    if request.method == "POST":
        given["stopped_by"] = [key for key, value in kept["tjek"].items() if value == "ja"]
        made = attempt(form, lambda: actions.start_forloeb(by=request.user, henvendelse=henvendelse, **given))
        if made:
            messages.success(request, "Forløbet er startet, og du er tovholder. Skriv nu familien på.")
            return redirect("cases:people", pk=made.pk)
    model = collaboration.models()[model_key]
    texts = collaboration.situation_texts(given["situations"])
    context = {"form": form, "given": given, "model": model, "board": model.board(board_key), "texts": texts}
    return _show(request, "cases/start_review.html", henvendelse, **context, status=422 if form.errors else 200)


@route("forloeb.start", methods=("POST",))
def start_forget(request: SignedInRequest) -> HttpResponse:
    """Forget a start that was begun and is not wanted."""
    henvendelse, _ = _begin(request)
    drop_drafts(by=request.user, henvendelse=henvendelse)
    stays = "Henvendelsen er stadig gemt." if henvendelse else ""
    messages.success(request, f"Starten er fortrudt. {stays or 'Der er ikke gemt noget om familien.'}")
    return redirect("cases:forloeb_list")
