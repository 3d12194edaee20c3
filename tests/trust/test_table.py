"""The table of who gets in where equals what the house does; and nobody reaches another family by its keys."""

import os
import re
from html import unescape

import pytest

from tests.trust import channels, table
from tests.trust.asking import ask, body, sign_of
from tests.trust.headers import demand_headers, demand_no_name, demand_no_name_in_title, demand_nobody
from tests.trust.world import NOWHERE, kind_of, routes, url_of

pytestmark = pytest.mark.django_db
ROUTES = routes()
ROWS = table.rows()
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
# Names of the families that no help text uses for an example.
FAMILY = re.compile(r"\b(Jens|Østergård|Åkjær|Mikkelsen)\b|(?<!»)Antons familie")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# Who is let in is decided in Python: on the second database its questions are asked by those who are, and by one who is not.
PERSONAS = (
    ("tovholder", "consented", "leader", "koordinator", "elsewhere") if os.environ.get("FF_LOOKED") else table.PERSONAS
)
# What is no family's, so that its key is nobody's secret.
COMMON = {"text", "area", "system", "department", "user", "employment", "external", "target"}


def test_every_route_has_a_rule_and_stands_in_the_table():
    for route in ROUTES:
        assert getattr(route.view, "access_rule", ""), f"{route.name} has no access rule"
    there = {(route.name, method) for route in ROUTES for method in route.methods}
    assert there == set(ROWS), there ^ set(ROWS)
    assert set(table.WHY) <= {route.name for route in ROUTES}


def test_the_page_about_access_is_up_to_date(settings):
    written = (settings.BASE_DIR / "docs" / "access.md").read_text(encoding="utf-8")
    assert written == table.page(), "run `python -m tests.trust.table`"


@pytest.mark.parametrize("persona", PERSONAS)
def test_C5_C12_O6_F13_the_table_is_what_the_house_does(house, persona):
    """Every route and method as one persona: who is let in, what each answer carries, what no address, file name or title
    holds, that what is about no family names nobody of it, and that no page leads to a refusal."""
    found, status, links, unlogged = {}, {}, {}, []
    for route in ROUTES:
        url = url_of(route, house.here)
        for method in route.methods:
            answer = ask(house.client(persona), method, url)  # a browser anew: one of the routes signs out
            if FAMILY.search(body(answer)) and not answer.logged and route.name != "web:style":
                unlogged.append((route.name, method))
            found[route.name, method] = sign_of(answer)
            demand_headers(answer)
            demand_no_name(answer)
            if route.name not in channels.PERSONAL | channels.WRITTEN | {"web:style"}:  # which shows invented people
                demand_nobody(answer)
            if method == "GET":
                status[url] = answer.status_code
                if is_page(answer):
                    links |= dict.fromkeys(map(unescape, LINK.findall(answer.content.decode())), route.name)
                    if route.name in channels.PERSONAL:
                        demand_no_name_in_title(answer)
    expected = {row: signs[persona] for row, signs in ROWS.items()}
    assert {row: sign for row, sign in found.items() if expected[row] != sign} == {}
    refused = {}
    for href, page in links.items():
        answered = status[href] if href in status else ask(house.client(persona), "GET", href).status_code
        if answered >= 400:
            refused[href] = (page, answered)
    assert refused == {}
    assert unlogged == [], "personal data was delivered and no log row says so (C13)"


def is_page(answer) -> bool:
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html") and not answer.streaming


@pytest.mark.any_database
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_method_that_is_not_declared_is_answered_405(house, route):
    client = house.client("anonymous" if not getattr(route.view, "login_required", True) else "tovholder")
    for method in METHODS:
        if method not in route.methods:
            answer = client.generic(method, url_of(route, house.here))
            assert answer.status_code == 405, method
            demand_headers(answer)


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if {kind_of(route, name) for name in route.names} - COMMON - {None}],
    ids=lambda route: route.name,
)
def test_F13_another_familys_key_is_not_found_like_what_does_not_exist(house, route):
    """The tovholder of one family asks with the keys of the other: each key by itself, and all of them."""
    client = house.client("tovholder")
    objects = [name for name in route.names if kind_of(route, name)]
    theirs = {name: house.there.keys[kind_of(route, name)] for name in objects}
    for swapped in [{name: theirs[name]} for name in objects] + [theirs]:
        for method in route.methods:
            foreign = ask(client, method, url_of(route, house.here, **swapped))
            nowhere = ask(client, method, url_of(route, house.here, **dict.fromkeys(swapped, NOWHERE)))
            # An ended barring, or one of another forløb, is passed over in silence.
            assert foreign.status_code == (302 if route.name == "cases:unbar" and swapped.keys() == {"key"} else 404)
            assert foreign.status_code == nowhere.status_code
            assert body(foreign) == body(nowhere)


def test_F13_the_other_familys_barring_still_stands(house):
    route = next(route for route in ROUTES if route.name == "cases:unbar")
    house.client("tovholder").post(url_of(route, house.here, key=house.there.keys["barred"]))
    assert house.there.anton.forloeb.barred.filter(pk=house.there.keys["barred"]).exists()


# --- another's key in a posted field --------------------------------------------------------------------------------------
def _posts(here, there):
    """(route, what is posted, which field carries the other family's key). The rest of the form is right."""
    foreign = there.keys
    meeting_day = {"on": "1.1.2030", "from": "10:00", "to": "11:00", "place": "Skolen"}
    person, member = str(foreign["person"]), there.anton.staff["karen"].pk
    note = {"text": "Et punkt", "column": "maal"}
    return [
        ("meetings:new", {**meeting_day, "persons": person}),
        ("meetings:new", {**meeting_day, "participations": member}),
        ("meetings:roles", {"role": "referent", "participation": member}),
        ("meetings:presence", {"attendance": foreign["attendance"], "presence": "present"}),
        ("meetings:point_add", {"text": "Punkt", "raised": f"p{person}"}),
        ("meetings:point_add", {"text": "Punkt", "raised": f"d{member}"}),
        ("meetings:board", {**note, "said_by": person}),
        ("meetings:note", {**note, "row_version": 1, "about": person, "topic": str(_topic(here))}),
        ("meetings:note", {**note, "row_version": 1, "kept_from": person, "topic": str(_topic(here))}),
        ("meetings:scaling", {"person": person, "value": 5, "when": "start"}),
        ("plans:item", {"text": "x", "about": person, "row_version": 1, "topic": str(_topic(here))}),
        ("plans:edit", {"do": f"use:{foreign['note']}:goal"}),
        ("plans:edit", {"do": f"add:sub_goal:{foreign['item']}"}),
        ("consent:sign", {"signer": person, "signed_on": "1.1.2025"}),
        ("consent:declare", {"way": "paper", "informed_on": "1.1.2025", "signed": person}),
        ("cases:person_new", {"first_name": "Ny", "kind": "child", "custody": person}),
        ("cases:person", {"first_name": "Ny", "kind": "child", "custody": person, "row_version": 1}),
    ]


def _topic(family):
    return family.anton.forloeb.declarations.first().consents.first().topic_id


def test_C5_F13_another_familys_key_in_a_posted_field_changes_nothing(house):
    """Not found, or not among the choices; what the other family has stays as it was."""
    client = house.client("tovholder")
    by_name = {route.name: route for route in ROUTES}
    for name, data in _posts(house.here, house.there):
        answer = ask(client, "POST", url_of(by_name[name], house.here), data)
        assert answer.status_code in (404, 422), (name, data, answer.status_code)
    listed = client.get(f"/forloeb/start/?henvendelse={house.there.keys['henvendelse']}")
    assert listed.status_code == 404


def test_C5_a_foreign_item_in_the_sheet_is_passed_over(house):
    item, before = house.there.keys["item"], house.there.anton.forloeb
    client, route = house.client("tovholder"), next(one for one in ROUTES if one.name == "plans:edit")
    client.post(url_of(route, house.here), {f"v-{item}": "1", f"text-{item}": "Overtaget", "do": "save"})
    from plans.models import PlanItem

    assert PlanItem.objects.get(pk=item).text != "Overtaget"
    assert before.pk != house.here.anton.forloeb.pk


def test_C5_F13_a_clash_names_nobody_of_another_family(house):
    """A stale sheet that names another family's person as responsible: the answer does not say who that is."""
    stranger = house.there.anton.people["far"]
    stranger.first_name = "Ubekendtman"
    stranger.save()
    item, route = house.here.keys["item"], next(one for one in ROUTES if one.name == "plans:edit")
    data = {f"v-{item}": "0", f"who-{item}": f"p:{stranger.pk}", f"text-{item}": "Nyt"}
    answer = ask(house.client("tovholder"), "POST", url_of(route, house.here), data)
    assert answer.status_code in (409, 422)
    assert "Ubekendtman" not in body(answer)


def test_a_role_taken_away_acts_on_the_next_request(house):
    """Ended, barred, or no longer employed: the very next request of an open browser is answered 404."""
    member = house.here.anton.staff["louise"]
    client = house.client("referent")
    pages = [route for route in ROUTES if route.name in ("meetings:board_state", "meetings:wall_state", "plans:edit")]
    assert {client.get(url_of(route, house.here)).status_code for route in pages} == {200}
    member.to_date = member.from_date
    member.save()
    assert {client.get(url_of(route, house.here)).status_code for route in pages} == {404}


def test_C5_a_department_without_any_consent_meets_no_name_of_the_family(house):
    """No page, fragment, list or paper that unconsented may open names a person who has said yes to nothing there."""
    client = house.client("unconsented")
    for route in ROUTES:
        if route.name in channels.PERSONAL and ROWS[route.name, "GET"]["unconsented"] == "+":
            page = body(ask(client, "GET", url_of(route, house.here)))
            named = [name for name in ("Sofie", "Jens", "Ida", "Mikkelsen", "Åkjær") if re.search(rf"\b{name}\b", page)]
            assert not named, (route.name, named)


def test_a_user_closed_in_the_middle_is_signed_out(house):
    client = house.client("consented")
    user = house.users["consented"]
    user.is_active = False
    user.save()
    answer = client.get("/")
    assert (answer.status_code, answer["Location"][:16]) == (302, "/konto/log-ind/?")
