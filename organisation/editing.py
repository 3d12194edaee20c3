"""The two ways in which Drift changes a row: a form that is saved, and a closing with its day."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from organisation.access import SignedInRequest
from organisation.forms import CloseForm, VersionedForm
from web.errors import Refused, Stale

ADMIN = "system-admin"
BOTH = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Closing:
    """Under a form: is the row closed, since when, and where it is closed or opened. word: »Luk området«."""

    closed_on: datetime.date | None
    word: str
    close_url: str
    open_url: str


def close(
    request: SignedInRequest,
    act: Callable[[datetime.date], object],
    title: str,
    told: Sequence[str],
    back: str,
    back_word: str,
    word: str,
) -> HttpResponse:
    """Ask with what follows from it (told), close from a day, and go back; or say why not."""
    form = CloseForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            act(form.cleaned_data["on"])
        except ValidationError as error:
            form.add_error(None if "on" not in getattr(error, "error_dict", {}) else "on", error.messages[0])
        else:
            messages.success(request, "Det er lukket.")
            return redirect(back)
    page = {"form": form, "title": title, "told": told, "back": back, "back_word": back_word, "word": word}
    return render(request, "organisation/close.html", page, status=422 if form.is_bound else 200)


def reopen(request: SignedInRequest, act: Callable[[], object], back: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "Det er åbnet igen.")
    return redirect(back)


def edit(
    request: SignedInRequest,
    form: VersionedForm,
    save: Callable[[], None],
    title: str,
    back: str,
    back_word: str,
    target: Callable[[], str] = str,
    closing: Closing | None = None,
) -> HttpResponse:
    """One form page: saved and on, or shown again with what is wrong and everything that was typed."""
    page = {"form": form, "title": title, "back": back, "back_word": back_word, "differences": [], "closing": closing}
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            save()
        except Stale as stale:
            page["differences"], status = form.differences(stale.current), 409
            form.accept(stale.current)
        except (ValidationError, Refused) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else error.message)
        else:
            messages.success(request, "Det er gemt.")
            return redirect(target() or back)
    return render(request, "organisation/edit.html", page, status=status)
