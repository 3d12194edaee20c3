"""What every answer carries, whoever made it: the policy, no-store, nosniff, no frame, no Referer; and at sign-out, clearing.

Page, file, redirect, refusal and 404 of every route are asked for, as everybody, in test_table.py.
"""

import pytest

from tests.trust.asking import ask
from tests.trust.headers import CPR, demand_headers
from tests.trust.world import NOWHERE, routes, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_C12_no_address_holds_a_cpr_number_and_a_fragment_carries_the_headers(house):
    for route in routes():
        url = url_of(route, house.here)
        assert not CPR.search(url)
        demand_headers(ask(house.client("tovholder"), "GET", url, **{"HX-Request": "true"}))


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
