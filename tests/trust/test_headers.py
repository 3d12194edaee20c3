"""What every answer carries, whoever made it: the policy, no-store, nosniff, no frame, no Referer; and at sign-out, clearing."""

import re
from urllib.parse import unquote

import pytest

from tests.trust import channels
from tests.trust.asking import ask
from tests.trust.world import NOWHERE, routes, url_of

pytestmark = pytest.mark.django_db
ROUTES = routes()
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


def demand_headers(answer) -> None:
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


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_C12_every_route_carries_the_headers_and_no_name(house, route):
    """Page, fragment, file, redirect, refusal and 404: as the tovholder, as a stranger, as nobody, and for htmx."""
    url = url_of(route, house.here)
    assert not CPR.search(url)
    for persona in ("tovholder", "no_role", "anonymous", "admin"):
        for method in route.methods:
            answer = ask(house.client(persona), method, url)
            demand_headers(answer)
            demand_no_name(answer)
    demand_headers(ask(house.client("tovholder"), "GET", url, **{"HX-Request": "true"}))
    demand_headers(house.client("tovholder").delete(url))


def demand_no_name(answer) -> None:
    """No name and no CPR in an address, a file name or a page's title."""
    for header in ("Location", "Content-Disposition", "HX-Redirect", "HX-Location", "HX-Push-Url"):
        value = unquote(answer.headers.get(header, ""))
        assert not CPR.search(value)
        assert not [name for name in NAMES if name in value], value
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
        assert not CPR.search(title[1] if title else "")


def test_what_does_not_exist_and_static_files_carry_them_too(house):
    for persona in ("tovholder", "anonymous"):
        demand_headers(house.client(persona).get("/findes-ikke/"))
        demand_headers(house.client(persona).get(f"/forloeb/{NOWHERE}/"))
        demand_headers(house.client(persona).get("/forloeb/ikke-et-id/"))


def test_signing_out_clears_the_browser(house):
    client = house.client("tovholder")
    client.get("/")
    answer = client.post("/konto/log-ud/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    again = client.get(f"/forloeb/{house.here.keys['forloeb']}/")
    assert (again.status_code, again["Location"][:16]) == (302, "/konto/log-ind/?")


def test_a_page_of_the_family_has_no_name_in_its_title_but_those_the_reader_may_know(house):
    """The title stands in the history of the browser: a family's name or a person's never does."""
    for route in ROUTES:
        if "GET" in route.methods and route.name in channels.PERSONAL:
            answer = ask(house.client("tovholder"), "GET", url_of(route, house.here))
            if answer.status_code == 200 and not answer.streaming and b"<title>" in answer.content:
                title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1]
                assert not [name for name in NAMES if re.search(rf"\b{name}", title)], (route.name, title.strip())
