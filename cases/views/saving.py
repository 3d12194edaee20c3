"""What every saving page shares: an act whose refusals land on the form, and a stale save that shows both texts."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.errors import Refused, Stale
from web.forms import FFForm

ResultT = TypeVar("ResultT")
PER_PAGE = 20
# The action's name of a field, where the form asks for it under another.
RENAMED = {"to_user": "to_colleague", "model_key": "model_and_board", "user": "employment"}


def attempt(form: FFForm, act: Callable[[], ResultT]) -> ResultT | None:
    """Do the act in a savepoint. What it refuses is shown above the form, and None given. `Stale` passes on."""
    try:
        with transaction.atomic():
            return act()
    except Refused as refused:
        form.add_error(None, refused.message)
    except ValidationError as wrong:
        found = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
        for name, errors in found.items():
            target = next((one for one in (name, RENAMED.get(name, "")) if one in form.fields), None)
            form.add_error(target, errors)
    return None


class Difference(NamedTuple):
    label: str
    theirs: str
    mine: str


def conflict(
    request: HttpRequest, template: str, context: dict[str, Any], form: FFForm, stale: Stale, now: Mapping[str, Any]
) -> HttpResponse:
    """409: the same page with what was written, what stands now beside it, and the version to save over.

    now: the row's values as the form would show them; a field that is not named there is not compared (and not shown).
    """
    data = form.data.copy()  # type: ignore[attr-defined]
    data["row_version"] = str(stale.current.row_version)
    form.data = data
    last = stale.current.history.select_related("history_user").first()
    differences = []
    for name, value in now.items():
        field = form.fields.get(name)
        if field is None:
            continue
        theirs, mine = _shown(field, value), _shown(field, form.cleaned_data.get(name))
        if theirs != mine:
            differences.append(Difference(str(field.label), theirs or "(tomt)", mine or "(tomt)"))
    both = {"who": getattr(last, "history_user", None), "at": last.history_date if last else None, "rows": differences}
    return render(request, template, {**context, "form": form, "conflict": both}, status=409)


def _shown(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    labels = dict(getattr(field, "choices", ()) or ()) if not hasattr(field, "queryset") else {}
    if isinstance(value, str):
        return str(labels.get(value, value))
    if hasattr(value, "__iter__"):
        return ", ".join(str(labels.get(one, one)) for one in value)
    return str(field.prepare_value(value))


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The page that the address asks for; one that does not exist is the nearest."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("side", "1")[:9])


def initial_of(kept: Mapping[str, Any], lists: Collection[str] = ()) -> dict[str, Any]:
    """A kept draft as a form's start. lists: the fields where a single choice is a list too."""
    given = {name: value for name, value in kept.items() if value}
    return {name: [value] if name in lists and isinstance(value, str) else value for name, value in given.items()}
