"""The screen in the family's hands: from »Giv skærmen til familien« until an employee signs in anew (M9).

A tablet that goes round the table must not be a way into everything its owner may see. While it does, the session reaches
one meeting's smileys and nothing else.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from web.middleware import DRAFT_HEADER, POLL_HEADER
from web.told import fragment, has_text, kept

HANDED_OVER = "screen_handed_over"  # in the session: the meeting's id
SMILEYS = {"meetings:smileys", "meetings:smiley", "meetings:smiley_thanks", "meetings:smileys_unlock"}
WAYS_OUT = {"account_logout", "logged_out"}
TOLD = "Skærmen er hos familien. Lås den op, og prøv så igen."


def hand_over(request: HttpRequest, meeting: UUID) -> None:
    """From now on this session shows the meeting's smileys only."""
    request.session[HANDED_OVER] = str(meeting)


class FamilyScreenMiddleware:
    """Whatever else is asked for leads back to the question; what another tab saves or polls is refused, its text kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        meeting = request.session.get(HANDED_OVER)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if meeting is None or name in WAYS_OUT or (name in SMILEYS and str(kwargs.get("pk")) == meeting):
            return None
        if any(header in request.headers for header in ("HX-Request", POLL_HEADER, DRAFT_HEADER)):
            return fragment(request, 403, TOLD)
        if has_text(request):
            return kept(request, 403, "Skærmen er hos familien", TOLD)
        return redirect("meetings:smileys", meeting)
