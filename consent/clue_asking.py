"""The page that stands between a clue to a protected address and the paper that names it (C12)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.models import Forloeb
from consent.actions import confirm_clues
from consent.clues import Found, fingerprint
from web.danish import danish_sorted

CONFIRMED = "spor"


def is_confirmed(request: HttpRequest, found: Sequence[Found]) -> bool:
    """Has the user pressed the button under exactly these clues?"""
    return request.POST.get(CONFIRMED) == fingerprint(found)


def ask(
    request: HttpRequest,
    found: Sequence[Found],
    *,
    forloeb: Forloeb,
    document: str,
    back: str,
    back_label: str,
    carried: dict[str, str] | None = None,
) -> HttpResponse | None:
    """None when the paper may be made: nothing found, or confirmed and written in the timeline. Else the warning.

    carried: what the confirming form posts besides. The view answers GET and POST at the same address.
    """
    if not found:
        return None
    if is_confirmed(request, found):
        confirm_clues(by=request.user, forloeb=forloeb, count=len(found))  # type: ignore[arg-type]
        return None
    return warning(
        request, found, forloeb=forloeb, document=document, back=back, back_label=back_label, carried=carried
    )


def warning(
    request: HttpRequest,
    found: Sequence[Found],
    *,
    forloeb: Forloeb,
    document: str,
    back: str,
    back_label: str,
    carried: dict[str, str] | None = None,
) -> HttpResponse:
    """The page: each clue by name, who would get it, and the two ways on."""
    request.told_about = {one.clue.person for one in found}  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "forloeb": forloeb,
        "document": document,
        "rows": grouped(found),
        "back": back,
        "back_label": back_label,
        "confirmed": fingerprint(found),
        "carried": (carried or {}).items(),
    }
    return render(request, "consent/clue_warning.html", context, status=422 if request.method == "POST" else 200)


def grouped(found: Sequence[Found]) -> list[tuple[Found, str]]:
    """Each clue once, with everybody who would get it and may be named to who asks; else »en i familien« (C5)."""
    rows: dict[tuple[Any, bool], list[Found]] = {}
    for one in found:
        rows.setdefault((one.clue, one.tells), []).append(one)
    return [(same[0], _readers(same)) for same in rows.values()]


def _readers(found: Sequence[Found]) -> str:
    named = {one.reader for one in found if one.names_reader and one.reader}
    return ", ".join(danish_sorted(named)) or ("" if all(one.names_reader for one in found) else "en i familien")
