"""What every page needs: the municipality, the way around, who is signed in, how long the session lasts."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

# (section, word, route, who sees it). Routes are names only: this layer knows no app above it.
PLACES = (
    ("min-dag", "Min dag", "desk:my_day", "staff"),
    ("forloeb", "Forløb", "cases:forloeb_list", "staff"),
    ("henvendelser", "Henvendelser", "cases:henvendelse_list", "staff"),
    ("afdelinger", "Find afdeling", "organisation:departments", "all"),
    ("overblik", "Overblik", "insight:overview", "koordinator"),
    ("drift", "Drift", "organisation:admin", "admin"),
)
FOOT = (
    ("Tilgængelighed", "web:accessibility"),
    ("Sådan behandler vi oplysninger", "web:privacy"),
)
# Pages with an address of their own that belong to a place: the first word of the address -> section.
BELONGS = {
    "moeder": "forloeb",
    "planer": "forloeb",
    "deltagere": "forloeb",
    "samtykke": "forloeb",
    "journalisering": "min-dag",
    "opslag": "overblik",
    "uenighed": "forloeb",
    "samtykketekster": "overblik",
    "oplysningsseddel": "overblik",
}
HOW = ("Sådan arbejder vi", "cases:how_we_work")
GUIDANCE = ("Vejledning om samtykke", "consent:guidance")
OWN_SIGN_IN = ("Dit login", "mfa_index")  # password and second step; a demo user has neither


class Place(NamedTuple):
    section: str
    word: str
    url: str
    here: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. A view may set `section` itself; else it follows from the address."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "municipality": settings.MUNICIPALITY,
        "demo": settings.DEMO,
        "signed_in": signed_in,
        "section": "",
        "places": SimpleLazyObject(lambda: _places(request, user) if signed_in else []),
        "foot": SimpleLazyObject(lambda: _foot(signed_in)),
        "home_url": _url("desk:my_day") or "/",
        "workplace": SimpleLazyObject(lambda: getattr(user, "header_line", "") if signed_in else ""),
        "session_seconds": settings.SESSION_COOKIE_AGE if signed_in else 0,
        "stay_url": _url("web:stay"),
        "who": SimpleLazyObject(lambda: who(request)),
        "login_url": str(settings.LOGIN_URL),
        "logout_url": _url("account_logout"),
    }


def who(request: HttpRequest) -> str:
    """Stands for the one who is signed in, and says nothing about them: a page and a later answer can be told apart."""
    user = getattr(request, "user", None)
    return salted_hmac("web.who", str(user.pk)).hexdigest()[:16] if user and user.is_authenticated else ""


def _places(request: HttpRequest, user: Any) -> list[Place]:
    is_admin = getattr(user, "is_system_admin", False)
    seen = {
        "all": True,
        "staff": not is_admin,
        "admin": is_admin,
        "koordinator": getattr(user, "is_koordinator", False),
    }
    found = [(section, word, _url(name)) for section, word, name, who in PLACES if seen[who]]
    shown = [place for place in found if place[2]]
    inside = [url for _, _, url in shown if request.path == url or (url != "/" and request.path.startswith(url))]
    here = max(inside, key=len, default="")
    belongs = BELONGS.get(request.path.split("/")[1], "")
    return [Place(section, word, url, section == belongs if belongs else url == here) for section, word, url in shown]


def _foot(signed_in: bool) -> list[tuple[str, str]]:
    links = (HOW, *FOOT, GUIDANCE, *(() if settings.DEMO else (OWN_SIGN_IN,))) if signed_in else FOOT
    return [(word, url) for word, name in links if (url := _url(name))]


def _url(name: str) -> str:
    """The address of a route, or nothing while there is none (an app that is not installed, an address with keys)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
