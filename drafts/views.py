"""Where a page puts what is being typed, so that nothing is lost.

The contract with static/ff/draft.js: a form carries `data-draft-url="{% url 'drafts:save' key=… %}"`. The script POSTs the
form's text fields, form-encoded under their own names, with the header `X-CSRFToken` (or the form's own
`csrfmiddlewaretoken`), a moment after the last key. Names that begin with "_" and passwords are never kept. Answers, all
in plain Danish text:
204 kept · 401 signed out (sign in again; the text still stands on the page) · 403 the form's own proof has run out ·
413 above 1 MB · 422 not a draft key, or no readable text.
The page's own view puts the text back with `drafts.actions.load`; the action that saves it for good drops the draft.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from web.access import route

from . import actions

_NEVER_KEPT = ("password", "csrfmiddlewaretoken", "adgangskode")


def _say(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@login_not_required  # The script needs a 401, not the sign-in page; the view checks for itself.
@route("own", methods=("POST",))
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the posted fields as the user's own draft under `key`. See the module for the contract."""
    if not request.user.is_authenticated:
        return _say("Du er logget ud. Log ind igen for at gemme kladden.", 401)
    if not actions.is_key(key):
        return _say("Der findes ingen kladde til den formular.", 422)
    fields = _fields(request)
    if not fields:
        return _say("Der var ingen tekst at gemme.", 422)
    try:
        actions.save_draft(by=request.user, key=key, fields=fields)
    except actions.TooLarge:
        return _say("Teksten er for lang til en kladde. Gem den, eller del den i to.", 413)
    return HttpResponse(status=204)


def _fields(request: HttpRequest) -> actions.Fields:
    return {
        name: values[0] if len(values) == 1 else [str(value) for value in values]
        for name, values in request.POST.lists()
        if not name.startswith("_") and name.lower() not in _NEVER_KEPT
    }
