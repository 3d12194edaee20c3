"""Pages without a domain: stay signed in, errors, how the site treats people, and the developers' style page (/stil/)."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.views.decorators.csrf import requires_csrf_token

from web.access import route
from web.context import who
from web.style import StyleForm
from web.told import kept, told

logger = logging.getLogger(__name__)

TOO_MUCH = "Teksten eller filen er for stor, og den er ikke gemt. Gå tilbage, del den i mindre stykker, og prøv igen."


@route("signed-in")
def stay(request: HttpRequest) -> HttpResponse:
    """Answered to `Bliv logget ind`: the request itself moves the end of the session.

    A page that stood open while its user signed in anew gets a proof for its forms, if it is the same user.
    """
    return HttpResponse(status=204, headers={"X-CSRFToken": get_token(request), "X-FF-Who": who(request)})


@login_not_required
@route("public")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@login_not_required
@route("public")
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html")


@login_not_required
@route("debug", methods=("GET", "POST"))
def style(request: HttpRequest) -> HttpResponse:
    """Every component, pattern and field with its markup; only where DEBUG or DEMO is set.

    What page builders need (more in docs/look.md):
    - blocks of base.html: title, body_class, css, js, back, content, main_class, messages, header, footer, shell, top_width
    - tags: icon, state, deadline, field, form_errors, once_key · filters: da_date, da_date_weekday, da_time, iso_week,
      days_phrase, plural, plural_word, tel, cpr, cpr_masked, citat
    - forms: FFForm, FFModelForm; DanishDateField(past=), DanishTimeField, DanishDateTimeField, PhoneField, CprField,
      LongTextField; an invalid form answers 422
    - partials: web/_error_summary.html (through form_errors), web/_draft_state.html, web/_pages.html
    - helpers: web.told.told / kept for a sentence with a status
    """
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    form = StyleForm(request.POST or None)
    today = timezone.localdate()
    context = {
        "form": StyleForm(),
        "bad": form if form.is_bound else StyleForm(StyleForm.WRONG),
        "today": today,
        "days": [today - timedelta(days=11), today, today + timedelta(days=1), today + timedelta(days=15)],
        "icons": ICONS,
        "marks": MARKS,
        "faces": FACES,
        "scale": range(11),
        "section": "forloeb",
    }
    return render(request, "web/style.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


ICONS = (
    "arrow-back", "calendar-month", "check", "checklist", "chevron-down", "chevron-left", "chevron-right", "close",
    "delete", "desktop", "document", "download", "edit", "error", "file-pdf", "groups", "help", "hourglass", "info",
    "lock", "more-horiz", "open-in-new", "person-add", "plus", "print", "reply", "search", "success", "sync", "time",
    "visibility-off", "warning",
)  # fmt: skip
MARKS = (
    ("mark-done", "Gjort"),
    ("mark-partly", "Delvist gjort"),
    ("mark-carried", "Føres videre"),
    ("mark-notyet", "Kan ikke endnu"),
    ("mark-changed", "Ændret"),
    ("mark-dropped", "Udgår"),
    ("mark-todo", "Hvad blev der af det?"),
)
FACES = (
    (1, "Slet ikke godt"),
    (2, "Ikke så godt"),
    (3, "Midt imellem"),
    (4, "Godt"),
    (5, "Rigtig godt"),
)


# --- errors outside a view -------------------------------------------------------------------------------------------
@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: also what is too large to be read at all (413)."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return told(request, 413, "Det er for meget på én gang", TOO_MUCH)
    return render(request, "400.html", status=400)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: shows what was written; the plainest page when even that fails."""
    text = "Fejlen er hos os, og intet er gemt. Prøv igen om lidt. Bliver det ved, så ring til din koordinator."
    try:
        return kept(request, 500, "Noget gik galt", text)
    except Exception:
        logger.exception("The error page itself failed")
        return HttpResponse(loader.get_template("500.html").render(), status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose proof has run out, mostly after signing in anew: it can be sent again, if it is our own page's form.

    Only for a request that the browser itself says comes from this site; any other gets nothing to send again.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        answer = kept(request, 403, "Send en gang til", "Siden var for gammel, så det er ikke gemt endnu.")
        answer["X-FF-Renew"] = "1"  # a script can ask for a new proof (session.js), and send it again itself
        return answer
    return render(request, "403.html", status=403)
