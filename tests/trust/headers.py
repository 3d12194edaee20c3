"""What every answer of the house carries, and what none may tell: asked of each answer wherever the tests ask for all."""

import re
from typing import Any
from urllib.parse import unquote

from tests.trust.asking import content

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
NAMES = ("Sofie", "Jens", "Anton", "Ida", "Østergård", "Åkjær", "Mikkelsen")
# Ten digits in a row may also stand in an opaque id, between its other letters.
CPR = re.compile(r"(?<![0-9a-f-])\d{6}-?\d{4}(?![0-9a-f-])")


def demand_headers(answer: Any) -> None:
    directives = [part.strip() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    if "sandbox" in directives:  # a stored file: not even the house's own scripts
        assert directives == ["default-src 'none'", "sandbox"]
    else:
        assert dict(part.split(" ", 1) for part in directives) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "HX-Request" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]


def demand_no_name(answer: Any) -> None:
    """No name and no CPR in an address, a file name or a page's title."""
    for header in ("Location", "Content-Disposition", "HX-Redirect", "HX-Location", "HX-Push-Url"):
        value = unquote(answer.headers.get(header, ""))
        assert not CPR.search(value)
        assert not [name for name in NAMES if name in value], value
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        assert not CPR.search(title_of(answer))


def demand_no_name_in_title(answer: Any) -> None:
    """The title stands in the history of the browser: a family's name or a person's never does."""
    title = title_of(answer)
    assert not [name for name in NAMES if re.search(rf"\b{name}", title)], title.strip()


def demand_nobody(answer: Any) -> None:
    """What is said to be about no family (`channels.FREE`, `SILENT`) names nobody of it, whoever asks."""
    assert not names_of(answer), names_of(answer)


def names_of(answer: Any) -> list[str]:
    """Which of the family's names the answer holds."""
    told = content(answer).decode("utf-8", "replace")
    return [name for name in NAMES if re.search(rf"\b{name}", told)]


def title_of(answer: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
    return found[1] if found else ""
