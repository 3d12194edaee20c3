"""Two pages about the house itself: is it well (for machines), and how did the last night go (for Drift)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fællesfamilier import health, jobs
from organisation.access import SignedInRequest, admin_view
from privacy import receipts
from web.access import route

NAMES = {
    "database": ("Databasen svarer", "Databasen svarer ikke"),
    "migrations": ("Databasen er ført ajour", "Databasen er ikke ført ajour: kør manage.py migrate"),
    "keys": ("Nøglerne er på plads", "Nøglerne mangler, eller de passer ikke til databasen"),
    "pdf": ("PDF kan laves", "PDF kan ikke laves: Pango mangler på maskinen"),
}

JOBS = {
    "slet_udloebne": "Slet det, der er udløbet",
    "ryd_kladder": "Ryd gamle kladder",
    "ryd_engangsnoegler": "Ryd gamle formularnøgler",
    "clearsessions": "Ryd gamle sessioner",
    "opgoer_overblik": "Tæl op til overblikket",
    "sikkerhedskopi": "Tag sikkerhedskopi",
    "kontroller_samtykker": "Kontrollér samtykkeerklæringerne",
    "kontroller_log": "Kontrollér adgangsloggen",
}


@route("public")
@login_not_required
@transaction.non_atomic_requests
def healthy(request: HttpRequest) -> HttpResponse:
    """200 when all is well, otherwise 503; which part is not, by name. Asks for no session and tells of nobody."""
    state = health.state()
    return JsonResponse(state, status=200 if all(state.values()) else 503)


@route("system-admin")
@admin_view
def system(request: SignedInRequest) -> HttpResponse:
    checks = [(is_well, NAMES[name][not is_well]) for name, is_well in health.state().items()]
    run = jobs.last_run()
    done = [(is_well, JOBS.get(name, name)) for name, is_well in run.jobs] if run else []
    page = {"checks": checks, "run": run, "done": done, "erasures": receipts.newest()}
    return render(request, "fællesfamilier/system.html", page)
