"""No page leads anybody to a refusal: every link that is shown can be followed by whoever sees it."""

import re
from html import unescape

import pytest

from tests.trust.asking import ask
from tests.trust.table import rows
from tests.trust.world import routes, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
READERS = ("tovholder", "referent", "consented", "unconsented", "teacher", "leader", "koordinator")


@pytest.mark.parametrize("persona", READERS)
def test_every_link_that_is_shown_can_be_followed(house, persona):
    client, table = house.client(persona), rows()
    shown: dict[str, str] = {}
    for route in routes():
        if table.get((route.name, "GET"), {}).get(persona) != "+":
            continue
        answer = ask(client, "GET", url_of(route, house.here))
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            for href in LINK.findall(answer.content.decode()):
                shown.setdefault(unescape(href), route.name)
    assert len(shown) > 8
    dead = {}
    for href, page in shown.items():
        status = ask(client, "GET", href).status_code
        if status >= 400:
            dead[href] = (page, status)
    assert not dead
