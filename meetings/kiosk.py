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
ASKED = "smileys_asked"  # in the session: who has had the question on this screen
CHOSEN = "smiley_chosen"  # in the session, from an answer to its thanks: was it given with the name?
SMILEYS = {"meetings:smileys", "meetings:smiley", "meetings:smiley_thanks", "meetings:smileys_unlock"}
WAYS_OUT = {"account_logout", "logged_out"}
TOLD = "Skærmen er hos familien. Lås den op, og prøv så igen."


def hand_over(request: HttpRequest, meeting: UUID) -> None:
    """From now on this session shows the meeting's smileys only."""
    request.session[HANDED_OVER] = str(meeting)
    request.session.pop(CHOSEN, None)  # thanks that never came are not for the next


def note_asked(request: HttpRequest, person: UUID, *, named: bool) -> None:
    """Somebody has answered, or would rather not. named: the tovholder may see the answer (M9).

    Kept in the session alone, and the same for both: whoever would rather not is not left standing by name for the
    next at the table, and nothing of it is left when the screen is unlocked.
    """
    request.session[ASKED] = [*request.session.get(ASKED, []), str(person)]
    request.session[CHOSEN] = named


def asked(request: HttpRequest) -> set[str]:
    """Who has had the question on this screen, as ids."""
    return set(request.session.get(ASKED, []))


def take_chosen(request: HttpRequest) -> bool | None:
    """What the one who has just answered chose; None the second time, so that the next at the table never reads it."""
    return request.session.pop(CHOSEN, None)


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
