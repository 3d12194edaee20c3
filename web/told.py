"""What a person is told when something could not be done: a sentence about what to do, and the text they wrote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Never shown again: secrets, and what belongs to the request rather than to the person.
NOT_KEPT = ("csrfmiddlewaretoken", "password", "kode", "code")


def told(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """A page, or for htmx a fragment that save.js shows in the alert, with one sentence about what to do."""
    if request.headers.get("HX-Request") == "true":
        return fragment(request, status, text)
    return render(request, "web/error.html", {"title": title, "text": text}, status=status)


def fragment(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """The sentence alone; htmx leaves the page as it is."""
    answer = render(request, "web/_error.html", {"text": text}, status=status)
    answer["HX-Reswap"] = "none"
    return answer


def kept(request: HttpRequest, status: int, title: str, text: str, *, again: bool = True) -> HttpResponse:
    """For a form that was sent and not saved: the page shows what was written, and can send it again.

    In: `again=False` when sending the same once more cannot work. The once-key goes with it: one act, one effect.
    """
    if request.headers.get("HX-Request") == "true" or request.method != "POST":
        return told(request, status, title, text)
    try:
        posted = request.POST
    except Exception:  # noqa: BLE001  the body itself may be what failed
        return told(request, status, title, text)
    written = [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if not any(word in name.lower() for word in NOT_KEPT)
    ]
    context = {
        "title": title,
        "text": text,
        "again": again,
        "hidden": [(name, value) for name, value in written if not _is_text(name, value)],
        "texts": [(name, value) for name, value in written if _is_text(name, value)],
        "had_files": bool(request.FILES),
        "action": request.get_full_path(),
        "must_sign_in": status == 401,
    }
    return render(request, "web/kept.html", context, status=status)


def has_text(request: HttpRequest) -> bool:
    """Did the person write something that a page of its own should show again?"""
    if request.method != "POST":
        return False
    try:
        posted = request.POST
    except Exception:  # noqa: BLE001  the body itself may be what failed
        return False
    return any(
        _is_text(name, value)
        for name, values in posted.lists()
        for value in values
        if not any(word in name.lower() for word in NOT_KEPT)
    )


def _is_text(name: str, value: str) -> bool:
    return not name.startswith("_") and (len(value) > 40 or " " in value)
