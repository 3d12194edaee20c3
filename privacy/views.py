"""Pages: Indsigt and opslag for one person (tovholder), and the list of look-ups to look through (koordinator)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from cases.access import demand_tovholder, forloeb_view
from cases.ages import ages
from cases.models import Forloeb, Person
from cases.sheltering import is_sheltered
from consent.clue_asking import ask
from consent.papers import download
from documents.actions import filename_for
from documents.pdf import PdfError
from organisation.models import User
from privacy import actions, lookups, patterns, pdf, subject
from privacy.access import reviewer_view, subject_view
from privacy.clues import clues_in, words_of
from privacy.forms import ReviewForm, name_of
from privacy.lookup_days import Day, by_day, groups
from privacy.voice import Listener
from web.access import route
from web.danish import listed
from web.errors import Refused

BOTH = ("GET", "POST")
PER_PAGE = 50
ON_PAPER = 400  # lines; more would be a book, and the paper tells that there are more


@route("forloeb.lead")
@forloeb_view(demand_tovholder)
def people(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """Everybody who is or was in the forløb, with the two things each may ask for."""
    rows = Person.objects.filter(in_forloeb__forloeb=forloeb).distinct().in_danish_order()
    return render(request, "privacy/people.html", {"forloeb": forloeb, "people": rows})


@route("forloeb.lead")
@subject_view()
def subject_access(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """What the paper holds and to whom it may be given. Its content is the person's, and not shown to staff here."""
    age = person.age_on(timezone.localdate())
    holders = [row.holder for row in person.custody_held_by.on(timezone.localdate()).select_related("holder")]
    young = bool(holders) if age is None else age < ages().signs_self
    keeps_address = young and is_sheltered(person, forloeb.family_id)
    context = {
        "forloeb": forloeb,
        "person": person,
        "young": young,
        "holders": holders,
        "keeps_address": keeps_address,
    }
    return render(request, "privacy/subject_access.html", context)


@route("forloeb.lead", methods=BOTH)
@subject_view(channel="pdf")
def subject_access_pdf(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """Indsigt on paper."""
    rows = _rows(forloeb, person)
    paper = pdf.subject_access(
        forloeb, person, subject.sections(forloeb, person), _on_paper(rows, forloeb, person), rows.count()
    )
    return _handed(request, person, paper, "Indsigt", "privacy:subject_access")


@route("forloeb.lead", methods=BOTH)
@subject_view(channel="export")
def subject_access_json(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """Indsigt as data, to be taken elsewhere: the same sections, and every look-up."""
    found = subject.sections(forloeb, person)
    seen = lookups.told(list(_rows(forloeb, person)), forloeb, Listener(forloeb, person).label)
    words = partial(words_of, found, seen)
    if asked := _asked_about_clues(request, forloeb, person, words, "Indsigt", "privacy:subject_access"):
        return asked
    data = {
        "dokument": "Fælles Familier – Indsigt",
        "person": person.name,
        "dato": timezone.localdate().isoformat(),
        "afsnit": subject.as_data(found),
        "opslag": [{"tid": one.at.isoformat(), "hvem": one.who, "hvorfor": one.why, "hvad": one.what} for one in seen],
    }
    name = filename_for("Indsigt", forloeb.number, timezone.localdate(), 1).removesuffix(".pdf") + ".json"
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = download(b"", name)["Content-Disposition"]
    answer["Cache-Control"] = "no-store"
    return answer


def _handed(request: HttpRequest, person: Person, paper: pdf.Paper, document: str, page: str) -> HttpResponse:
    """The paper, once the clues in it have been asked about."""
    if asked := _asked_about_clues(request, paper.forloeb, person, paper.words, document, page):
        return asked
    try:
        content = paper.made()
    except PdfError as error:
        raise Refused(error.message) from error
    return download(content, filename_for(document, paper.forloeb.number, timezone.localdate(), 1))


def _asked_about_clues(
    request: HttpRequest, forloeb: Forloeb, person: Person, words: Callable[[], str], document: str, page: str
) -> HttpResponse | None:
    """C12: the page that names the clues to a protected address, before the paper or the file is made."""
    return ask(
        request,
        clues_in(words, forloeb, person),
        forloeb=forloeb,
        document=document,
        back=reverse(page, args=[forloeb.pk, person.pk]),
        back_label=document,
    )


@route("forloeb.lead")
@subject_view()
def person_lookups(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """Who looked, when and why: day by day, newest first, a page at a time (C13)."""
    rows = _rows(forloeb, person)
    page = Paginator(groups(rows), PER_PAGE).get_page(request.GET.get("side", "1")[:9])
    context = {
        "forloeb": forloeb,
        "person": person,
        "page": page,
        "days": by_day(list(page.object_list), rows, forloeb),
        "total": rows.count(),
    }
    return render(request, "privacy/lookups.html", context)


@route("forloeb.lead", methods=BOTH)
@subject_view(channel="pdf")
def person_lookups_pdf(request: HttpRequest, forloeb: Forloeb, person: Person) -> HttpResponse:
    """The same on paper, for the person: a department or a function may tell where somebody is (C12)."""
    rows = _rows(forloeb, person)
    paper = pdf.lookups(forloeb, person, _on_paper(rows, forloeb, person), rows.count())
    return _handed(request, person, paper, "Opslag", "privacy:lookups")


def _rows(forloeb: Forloeb, person: Person) -> Any:
    return lookups.about(person, forloeb).select_related("actor")


def _on_paper(rows: Any, forloeb: Forloeb, person: Person) -> list[Day]:
    """The newest days, as the person may read the functions of those who looked."""
    return by_day(list(groups(rows)[:ON_PAPER]), rows, forloeb, Listener(forloeb, person).label)


@route("koordinator", methods=BOTH)
@reviewer_view
def review(request: HttpRequest) -> HttpResponse:
    """Look-ups out of pattern: that they happened and where, never what was seen."""
    found = patterns.findings(request.user)  # type: ignore[arg-type]
    form = ReviewForm(request.POST or None, findings=found)
    if form.is_valid():
        read = form.cleaned_data
        actions.review(by=request.user, finding=read["finding"], through=read["through"], note=read["note"])  # type: ignore[arg-type]
        messages.success(request, "Opslagene er gennemset. Kommer der nye, står de her igen.")
        return redirect("privacy:review")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side", "1")[:9])
    actors = User.objects.filter(pk__in=[one.actor.pk for one in page.object_list]).with_current_employments()
    before = patterns.reviewed(actors)
    works_in = {user.pk: listed([one.department.name for one in user.employment_list]) for user in actors}
    rows = [
        (
            one,
            works_in[one.actor.pk],
            before.get(one.key),
            ReviewForm(initial={"finding": name_of(one), "through": one.through}, auto_id=f"id_{at}_%s"),
        )
        for at, one in enumerate(page.object_list)
    ]
    context = {"page": page, "rows": rows, "form": form, "days": patterns.DAYS}
    return render(request, "privacy/review.html", context, status=422 if form.is_bound else 200)
