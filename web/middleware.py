"""What holds for every answer, whoever made it.

Order in settings.MIDDLEWARE (the outermost first):

    django.middleware.security.SecurityMiddleware
    whitenoise.middleware.WhiteNoiseMiddleware
    csp.middleware.CSPMiddleware
    web.middleware.HeadersMiddleware           above sessions: 404, 500, fragments and files get the headers too
    fællesfamilier.health.without_session      whether all is well is told also when no session can be read
    web.middleware.PatientSessionMiddleware    in place of SessionMiddleware: polling does not keep a session alive
    django.middleware.common.CommonMiddleware
    django.middleware.csrf.CsrfViewMiddleware
    django.contrib.auth.middleware.AuthenticationMiddleware
    web.middleware.SignedInMiddleware          in place of LoginRequiredMiddleware: what was written is not lost
    meetings.kiosk.FamilyScreenMiddleware      a screen in the family's hands reaches the smileys only
    … messages, frames, allauth, htmx, history, audit.middleware.Once …
    web.middleware.ErrorsMiddleware            the innermost: an error of a view becomes a page in Danish
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from web.errors import Refused, Stale
from web.told import fragment, has_text, kept, told

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLL_HEADER = "X-FF-Poll"
DRAFT_HEADER = "X-FF-Draft"
LAST_ACT = "last_act"
WRITE_EVERY = 60  # seconds
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class HeadersMiddleware:
    """Headers on every answer; what a signed-in person gets is never kept by a browser or a proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        was_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # Only a page that says itself that it is public and may be kept is kept.
        response.headers.setdefault("Cache-Control", "no-store")
        if was_signed_in and _signed_out(response):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _signed_out(response: HttpResponseBase) -> bool:
    """The session cookie is being taken back."""
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and not cookie.value


class PatientSessionMiddleware(SessionMiddleware):
    """A session lasts from the last thing a person did: each request but a poll moves its end.

    A page that polls sends `X-FF-Poll: 1`; such a request reads the session and leaves its end where it is. The time of
    the last act stands in the session itself and is what counts; it is written at most once a minute.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        last = request.session.get(LAST_ACT) if request.session.session_key else None
        if last is not None and time.time() - last > settings.SESSION_COOKIE_AGE:
            request.session.flush()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        is_poll = request.headers.get(POLL_HEADER) == "1"
        if not is_poll and not session.is_empty() and time.time() - session.get(LAST_ACT, 0) > WRITE_EVERY:
            session[LAST_ACT] = int(time.time())
        return super().process_response(request, response)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Signed in by default. A save after the session ended is answered so that what was written is not lost."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        text = "Du er logget af, fordi der gik for lang tid. Log ind igen, og prøv så en gang til."
        if request.headers.get("HX-Request") == "true" or request.headers.get(DRAFT_HEADER) == "1":
            return fragment(request, 401, text)
        if request.method == "POST":
            return kept(request, 401, "Du er logget af", "Der gik for lang tid, så det er ikke gemt endnu.")
        return super().handle_no_permission(request, view_func)


class ErrorsMiddleware:
    """An error from a view becomes a sentence in Danish; a fragment when htmx asked; the text typed is shown again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            if has_text(request):
                return kept(request, 403, "Det kan du ikke her", error.message, again=False)
            return told(request, 403, "Det kan du ikke her", error.message)
        if isinstance(error, Stale):
            text = "Din tekst er ikke gemt. Hent siden igen, se, hvad der er ændret, og skriv så dit ind."
            return kept(request, 409, "En anden har gemt imens", text, again=False)
        if isinstance(error, ValidationError):
            # A form asks the same and says it at the field; this is for what only the row itself refuses (C12).
            return kept(request, 422, "Det er ikke gemt", " ".join(error.messages), again=False)
        if isinstance(error, DatabaseError):
            # Without the error's text: it may carry what was written.
            logger.error("Database failure at %s: %s", request.resolver_match, type(error).__name__)
            return kept(request, 503, "Vi kan ikke gemme lige nu", "Intet er gemt. Prøv igen om et øjeblik.")
        return None
