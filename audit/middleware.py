"""Double click, retry and "send again" give one effect."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError

from . import once

_HTMX_PLACES = ("HX-Redirect", "HX-Location")


class Once:
    """A POST with `_once` is carried out once per user, path and key.

    It opens the transaction that the request's own (ATOMIC_REQUESTS) then lives in, so the key and the effect are
    kept or lost together. Only an answer of success is remembered (2xx, 3xx): after a 409 or 422 the same form may be
    sent again. The second time the same redirect is given; when there was none, htmx is told to load the page anew
    and others are sent back to the form's address. Stands after the authentication middleware, last but for those
    that must see the view's own answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        form_key = _form_key(request)
        if not form_key or not request.user.is_authenticated:
            return self.get_response(request)
        with transaction.atomic():
            key, first = once.claim(user=request.user, path=request.path, form_key=form_key)
            if not first:
                return _again(request, key.location)
            response = self.get_response(request)
            if 200 <= response.status_code < 400:
                once.settle(claimed=key, location=_place(response))
            else:
                once.release(claimed=key)
        return response


def _form_key(request: HttpRequest) -> str:
    if request.method != "POST":
        return ""
    try:
        return request.POST.get(once.FIELD, "")[:200]
    except UnreadablePostError:
        return ""


def _place(response: HttpResponse) -> str:
    """Where the answer leads: a redirect, or htmx's own two headers for one. "" when it is a page or a fragment."""
    if 300 <= response.status_code < 400:
        return response.get("Location", "")
    return next((response[name] for name in _HTMX_PLACES if name in response and response[name].startswith("/")), "")


def _again(request: HttpRequest, location: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": location} if location else {"HX-Refresh": "true"})
    return HttpResponseRedirect(location or request.path)
