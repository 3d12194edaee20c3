"""C8: until the guidance in use is read, no route opens the board or the consents, whoever asks and by whatever door."""

import pytest
from django.utils import timezone

from consent.actions import read_guidance
from consent.models import Guidance
from meetings.models import BoardNote
from tests.plans.factories import note
from tests.trust.asking import ask, body
from tests.trust.world import routes, url_of

pytestmark = pytest.mark.django_db
WORD = "Kanarieord"
OF_A_FAMILY = {"cases", "consent", "desk", "meetings", "plans", "privacy"}
# What a person has the right to be handed without delay, and the plan as it was finished: neither is the board.
OTHERWISE = {
    "privacy:subject_access_json": "Indsigt is the person's own right, and the tovholder hands it on unread",
    "privacy:subject_access_pdf": "as for the file",
}
# The consents are shut as pages, and so is what is written from them.
SHUT = {
    "consent:matrix",
    "consent:person",
    "consent:declare",
    "consent:exchanges",
    "consent:network",
    "meetings:board",
    "meetings:may_it_be_said",
    "meetings:wall",
    "plans:edit",
    "plans:item",
}


@pytest.fixture
def unread(house):
    """A word on the boards of both meetings, and a guidance that is new today."""
    made = house.here.anton
    for key in ("meeting", "held"):
        row = note(made, f"{WORD} {key}", said_by=made.people["anton"], topic="skole")
        BoardNote.objects.filter(pk=row.pk).update(meeting=house.here.keys[key])
    newest = Guidance.objects.order_by("-number").first()
    Guidance.objects.create(number=newest.number + 1, published_on=timezone.localdate(), body="Nyt")
    return house


@pytest.mark.parametrize(
    "persona", ["tovholder", *(pytest.param(one, marks=pytest.mark.any_database) for one in ("referent", "tavle"))]
)
def test_C8_no_route_shows_the_board_before_the_new_guidance_is_read(unread, persona):
    shown, opened = set(), set()
    for route in [one for one in routes() if one.name.partition(":")[0] in OF_A_FAMILY]:
        url = url_of(route, unread.here)
        for method in route.methods:
            answer = ask(unread.client(persona), method, url)
            if WORD in body(answer):
                shown.add(route.name)
            if method == "GET" and answer.status_code == 200 and route.name in SHUT:
                opened.add(route.name)
    assert shown - set(OTHERWISE) == set()
    assert opened == set()


@pytest.mark.parametrize("name", ["plans:edit", "meetings:board"])
def test_C8_the_word_does_stand_there_once_it_is_read(unread, name):
    """The test above could not fail without this."""
    read_guidance(by=unread.users["tovholder"])
    route = next(one for one in routes() if one.name == name)
    more = {"pk": unread.here.keys["draft" if name == "plans:edit" else "held"]}
    assert WORD in body(ask(unread.client("tovholder"), "GET", url_of(route, unread.here, **more)))


def test_C8_what_was_written_meanwhile_is_refused_and_shown_again(unread):
    route = next(one for one in routes() if one.name == "plans:edit")
    url = url_of(route, unread.here, pk=unread.here.keys["draft"])
    text = {f"text-{unread.here.keys['item']}": "Tre lange formiddage", "do": "save"}
    answer = ask(unread.client("tovholder"), "POST", url, text)
    assert answer.status_code == 403
    assert "Tre lange formiddage" in body(answer)
    assert "Læs vejledningen" in body(answer)
