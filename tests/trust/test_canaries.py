"""Delivered = consented, in every channel, for every reader: judged by the oracle, word by word (C5, C6, M6, M8)."""

from copy import deepcopy
from urllib.parse import parse_qs

import pytest

from consent import actions
from consent.basis import load_basis
from consent.sharing import Cell
from plans import actions as plan_actions
from tests.consent.oracle import Said
from tests.trust import channels, sea, texts
from tests.trust.heard import ANYTHING
from tests.trust.scan import Scan, scan
from tests.trust.world import routes

pytestmark = pytest.mark.django_db
GENERATIONS = range(6)


@pytest.fixture(scope="module")
def lasting_sea(lasting: None) -> sea.Sea:
    return sea.build(0)


@pytest.fixture
def found(db: None, lasting_sea: sea.Sea) -> sea.Sea:
    return deepcopy(lasting_sea)


def verdict(one: Scan) -> None:
    assert not one.leaks, f"{len(one.leaks)} leaks: {one.leaks[:12]}"
    assert not one.hidden, f"{len(one.hidden)} wrongly hidden: {one.hidden[:12]}"


def names(route: str) -> set[str]:
    """The names that stand in the queries a route is asked with."""
    queries = channels.ASKED.get(route, ())
    return {name for one in queries for name in parse_qs(one)} | ({ANYTHING} if queries else set())


def test_C5_every_route_is_a_channel_or_tells_of_nobody():
    """What later work adds is covered from its first day: a new route stands in a list, or this fails."""
    read = {route.name for route in routes() if "GET" in route.methods}
    assert read == channels.PERSONAL | channels.FREE, read ^ (channels.PERSONAL | channels.FREE)
    assert not channels.PERSONAL & channels.FREE
    assert set(channels.ASKED) <= channels.PERSONAL | channels.WRITTEN
    written = {route.name for route in routes() if "POST" in route.methods} - read
    assert written == channels.WRITTEN | set(channels.SILENT), written ^ (channels.WRITTEN | set(channels.SILENT))
    assert not channels.WRITTEN & set(channels.SILENT)


STANDS = {
    "yes": Cell.YES, "no": Cell.NO, "not asked": None, "expired": Cell.EXPIRED, "withdrawn": Cell.WITHDRAWN,
    "unsigned": Cell.UNSIGNED,
}  # fmt: skip


def test_C2_the_sea_holds_what_it_says(found):
    """6 persons × 8 topics × 9 recipients, and each cell in the state that the generation gives it; six give it them all."""
    basis = load_basis(found.forloeb)
    states = sea.states_of(found.people, found.staff, 0)
    assert [len({cell[part] for cell in states}) for part in range(3)] == [6, 9, 8]
    wrong = [
        (person.first_name, key, topic.key, state)
        for (person, key, topic), state in states.items()
        if basis.cell(person.pk, key, topic.pk) is not STANDS[state]
    ]
    assert not wrong, wrong[:9]
    turned = [sea.states_of(found.people, found.staff, generation) for generation in GENERATIONS]
    assert all({one[cell] for one in turned} == set(STANDS) for cell in states)


def test_C5_M6_M8_delivered_is_consented_in_every_channel(caplog, found):
    """6 persons × 8 topics × 9 recipients, a sixth of all states in each cell; the slow run turns them all."""
    one = scan(caplog, found, every=9)
    verdict(one)
    assert one.asked > 300
    assert one.channels == channels.PERSONAL | channels.WRITTEN, "every channel was asked"
    assert one.papers_made == channels.PAPERS, "every paper was made"
    unlisted = {name: heard - names(name) for name, heard in one.heard.items() if heard - names(name)}
    assert not unlisted, f"read from an address, and in no query of channels.ASKED: {unlisted}"
    assert texts.without_a_canary() == set(texts.ELSEWHERE), "every text that is typed carries a word"


@pytest.mark.slow
@pytest.mark.real_papers
@pytest.mark.parametrize("generation", GENERATIONS)
def test_C5_every_state_of_every_cell_in_every_channel(caplog, generation):
    """The whole of it, with the papers as real PDFs."""
    one = scan(caplog, sea.build(generation + 10))
    verdict(one)
    unread = channels.PERSONAL - one.answered
    assert unread == set(channels.LED_ON), f"nobody got to read: {unread - set(channels.LED_ON)}"


@pytest.mark.any_database
def test_C7_a_withdrawal_is_felt_by_the_next_request_in_every_channel(found):
    """Everybody withdraws everything: what was open a moment ago is closed, and the copies are shut."""
    plan_actions.finish(by=found.lead, version=found.version)
    for person in found.people.values():
        actions.withdraw(by=found.lead, forloeb=found.forloeb, person=person, receipt=False)
        found.world.said.append(Said("withdraw", person.pk, None, None))
    one, key = Scan(found, every=20), found.staff[1].recipient
    one.walls()
    for route in routes():
        for url in one.addresses(key, route) if route.name in channels.WHOLE else ():
            one.judge(route.name, one.words_in(one.ask(one.clients[key], route.name, url)), one.all(key))
    one.singles()
    verdict(one)
