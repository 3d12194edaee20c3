"""Whatever is typed into any form of the house: a clear message or a kept text, never an error of the server."""

import os
import re
import uuid
from collections.abc import Collection
from html import unescape

import pytest
from django.test import Client
from django.utils.html import escape

from cases.models import Henvendelse
from meetings.models import AgendaPoint, BoardNote
from tests.trust.asking import ask
from tests.trust.world import routes, url_of

pytestmark = pytest.mark.django_db
ROUTES = [route for route in routes() if "POST" in route.methods]
READ = [route for route in routes() if "GET" in route.methods]
ODD = {
    "nothing": "",
    "nul": "a\x00b",
    "1 MB": "x" * 1_000_000,
    "letters": "👩‍👧‍👦🙂 \u202egnitirw\u202c שלום \\ud800",
    "code": "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }}{% now 'Y' %} ' OR 1=1 --",
    "no cpr": "000000-0000",
    "no day": "31-02-2026",
    "year 9999": "31.12.9999",
    "year 0": "00000",
    "huge number": "9" * 400,
    "minus": "-1",
    "wrong id": str(uuid.UUID(int=7)),
}
# What only the second database can choke on: the rest is refused before it gets there.
if os.environ.get("FF_LOOKED"):
    ODD = {odd: ODD[odd] for odd in ("nul", "letters", "year 9999", "huge number", "minus", "wrong id")}
# In an address: the views read a key, a word or a day of it.
ODD_ADDRESS = [odd for odd in ODD if odd in ("nul", "letters", "code", "huge number", "wrong id", "year 9999")]
# The default run asks each route for half of them, every other route for the other half; the slow run asks for all.
WHOLE = pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["half", "whole"])
# Names that forms of the house ask for, by the pages themselves and by the code.
FIELD = re.compile(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"')
NEVER = ("csrfmiddlewaretoken", "_once")
MORE = (
    "row_version", "text", "about", "topic", "kept_from", "said_by", "column", "position", "before", "step", "do",
    "hvem", "attendance", "presence", "note", "role", "participation", "person", "value", "when", "q", "side", "search",
    "cpr", "name", "henvendelse", "on", "from", "to", "place", "words", "reason", "document_number", "way",
)  # fmt: skip
FINE = {200, 204, 302, 400, 401, 403, 404, 409, 413, 422}
USERS = {
    "organisation": "admin",
    "insight": "koordinator",
    "privacy:review": "koordinator",
    "consent:text": "koordinator",
    "consent:guidance_new": "koordinator",
    "consent:leaflet_new": "koordinator",
}
PERSONA = {
    "cases:henvendelse_accept": "leader",
    "cases:henvendelse_decline": "leader",
    "cases:henvendelse_pass_on": "leader",
}


def writer_of(name: str) -> str:
    """Who is let in to write there."""
    if name in PERSONA:
        return PERSONA[name]
    found = [persona for start, persona in USERS.items() if name.startswith(start)]
    return found[0] if found and "subject" not in name else "tovholder"


def fields_of(client: Client, route, url: str) -> list[str]:
    """What the page's own form asks for, and what forms of the house ask for elsewhere."""
    shown: list[str] = []
    if "GET" in route.methods:
        answer = ask(client, "GET", url)
        if answer.status_code == 200 and not answer.streaming:
            shown = [unescape(name) for name in FIELD.findall(answer.content.decode("utf-8", "replace"))]
    return [name for name in dict.fromkeys([*shown, *MORE]) if name not in NEVER]


def in_turn(odd: Collection[str], number: int, *, whole: bool) -> list[str]:
    return list(odd) if whole else list(odd)[number % 2 :: 2]


@WHOLE
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_value_in_any_field_gives_a_server_error(house, route, whole):
    """Every write route, odd values in all its fields at once; what comes back is never running markup."""
    client, url = house.client(writer_of(route.name)), url_of(route, house.here)
    names = fields_of(client, route, url)
    for odd in in_turn(ODD, ROUTES.index(route), whole=whole):
        value = ODD[odd]
        data = {name: (value[:40_000] if name != names[0] and len(value) > 100_000 else value) for name in names[:60]}
        answer = ask(client, "POST", url, data)
        assert answer.status_code in FINE, (odd, answer.status_code)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert "<script>alert" not in answer.content.decode(), odd
            assert "<img src=x" not in answer.content.decode(), odd


@WHOLE
@pytest.mark.parametrize("route", READ, ids=lambda route: route.name)
def test_no_value_in_an_address_gives_a_server_error(house, route, whole):
    client, url = house.client(writer_of(route.name)), url_of(route, house.here)
    for odd in in_turn(ODD_ADDRESS, READ.index(route), whole=whole):
        data = dict.fromkeys(
            ("q", "side", "page", "henvendelse", "kollega", "hvad", "vis", "videre", "omraade", "next"), ODD[odd]
        )
        with_query = ask(client, "GET", url + "?" + "&".join(f"{name}={quoted(text)}" for name, text in data.items()))
        assert with_query.status_code in FINE, odd
        if not with_query.streaming:
            assert b"<script>alert" not in with_query.content


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


TEXTS = (
    "👩‍👧 <b>fed</b> & \"citat\" 'og' {{ x }}",
    "\u202eomvendt\u202c שלום",
    "Linje et\r\nLinje to",
    "æøå ÆØÅ é ﬁ ½",
)


@pytest.mark.parametrize("text", TEXTS)
def test_accepted_text_comes_back_unchanged_and_escaped(house, text):
    client, keys = house.client("tovholder"), house.here.keys
    saved = client.post(f"/moeder/{keys['meeting']}/tavle/", {"text": text, "column": "maal"})
    assert saved.status_code == 302
    note = next(
        one for one in BoardNote.objects.filter(meeting=keys["meeting"]) if one.text != "Vil gerne kunne gå til fodbold"
    )
    assert " ".join(note.text.split()) == " ".join(text.split())
    page = client.get(f"/moeder/note/{note.pk}/").content.decode()
    assert escape(note.text.splitlines()[0]) in page
    client.post(f"/moeder/{keys['meeting']}/dagsorden/", {"text": text.splitlines()[0], "raised": ""})
    sender = house.client("teacher")
    before = set(Henvendelse.objects.values_list("pk", flat=True))
    given = {
        "family_text": text, "need": text, "to_department": str(house.here.anton.staff["mette"].department_id),
        "sender_department": str(house.users["teacher"].departments.get().pk),
    }  # fmt: skip
    answer = sender.post("/henvendelser/ny/", given)
    assert answer.status_code == 302
    row = Henvendelse.objects.exclude(pk__in=before).get()
    assert row.need.replace("\r\n", "\n") == text.replace("\r\n", "\n")
    assert escape(text.splitlines()[0]) in sender.get(answer["Location"]).content.decode()


def test_without_its_proof_a_form_is_refused_in_danish(house):
    """No csrf token: 403, in Danish, and nothing is saved; a form of our own page can be sent again with its text."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = house.client("tovholder").cookies
    url, text = f"/moeder/{house.here.keys['meeting']}/dagsorden/", "En lang tekst, som ikke må gå tabt"
    before = AgendaPoint.objects.count()
    foreign = strict.post(url, {"text": text})
    assert foreign.status_code == 403
    assert 'lang="da"' in foreign.content.decode()
    assert text not in foreign.content.decode()
    own = strict.post(url, {"text": text}, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 403
    assert text in own.content.decode()
    assert AgendaPoint.objects.count() == before


def test_sent_twice_has_one_effect(house):
    client, keys = house.client("tovholder"), house.here.keys
    sent = [
        (f"/moeder/{keys['meeting']}/dagsorden/", {"text": "Skoleskift", "raised": ""}, AgendaPoint),
        (f"/moeder/{keys['meeting']}/tavle/", {"text": "Går på skole nu", "column": "maal"}, BoardNote),
    ]
    for url, data, model in sent:
        before = model.objects.count()
        for _ in range(3):
            assert client.post(url, {**data, "_once": "samme"}).status_code == 302
        assert model.objects.count() == before + 1


def test_a_session_that_ends_in_the_middle_gives_the_text_back(house):
    url, text = f"/moeder/{house.here.keys['meeting']}/tavle/", "Det, jeg sad og skrev, da tiden gik"
    answer = Client().post(url, {"text": text, "column": "maal"})
    assert answer.status_code == 401
    assert text in answer.content.decode()
    assert not [one for one in BoardNote.objects.filter(meeting=house.here.keys["meeting"]) if one.text == text]


def test_two_editors_both_see_both_texts(house):
    client, note = house.client("tovholder"), BoardNote.objects.get(pk=house.here.keys["note"])
    data = {
        "column": note.column,
        "topic": note.topic_id,
        "about": house.here.keys["person"],
        "row_version": note.row_version,
    }
    first = house.client("referent").post(f"/moeder/note/{note.pk}/", {**data, "text": "Den enes ord om fodbold"})
    assert first.status_code == 302
    second = client.post(f"/moeder/note/{note.pk}/", {**data, "text": "Den andens ord om fodbold"})
    assert second.status_code == 409
    page = second.content.decode()
    assert "Den enes ord om fodbold" in page
    assert "Den andens ord om fodbold" in page
    note.refresh_from_db()
    assert note.text == "Den enes ord om fodbold"
