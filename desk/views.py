"""Min dag and the forløb page. Reading only: every act is a link to the page that owns it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import log
from cases.access import loads
from cases.models import Forloeb
from desk import forloeb_page, my_day
from organisation.access import is_system_admin, shows_henvendelse, shows_start
from web.access import route


@route("signed-in", methods=("GET",))
def my_day_page(request: HttpRequest) -> HttpResponse:
    """U6: what is overdue, what is this week, what waits for others. The list is logged as one delivery."""
    day = my_day.build(request.user)  # type: ignore[arg-type]
    if is_system_admin(request.user) and not (day.rows or day.mine):
        return redirect("organisation:admin")  # their menu has no Min dag, and nothing waits for them here
    response = render(
        request,
        "desk/my_day.html",
        {"day": day, "may_start": shows_start(request.user), "may_send": shows_henvendelse(request.user)},
    )
    if day.persons or day.rows or day.mine:  # a forløb is called by its family
        log.delivered(by=request.user, kind="desk:my_day", channel="list", role="own-day", persons=day.persons)
    return response


@route("forloeb.read", methods=("GET",))
@loads(forloeb_page.load, lambda forloeb: forloeb)
def forloeb(request: HttpRequest, forloeb: Forloeb) -> HttpResponse:
    """Where are we, what is next (screens.md, tovholder)."""
    whole = request.GET.get("historik") == "hele"
    context = forloeb_page.build(forloeb, request.standing, whole_history=whole)  # type: ignore[attr-defined]
    request.told_about = [line.person.pk for line in context["family"].lines]  # type: ignore[attr-defined]
    return render(request, "desk/forloeb.html", context)
