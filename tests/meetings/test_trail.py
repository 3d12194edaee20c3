"""The breadcrumb on pages deep in a forløb: each step up is one press."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.meetings.factories import Sitting, note, seat

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def trail(client: Client, name: str, *keys: object) -> list[tuple[str, str]]:
    """(address, words) of the breadcrumb's links."""
    page = client.get(reverse(name, args=keys)).content.decode()
    nav = re.search(r'<nav class="breadcrumbs[^>]*>(.*?)</nav>', page, re.DOTALL)
    assert nav, f"{name} has no breadcrumb"
    links = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', nav[1], re.DOTALL)
    return [(url, " ".join(re.sub(r"<[^>]+>", "", words).split())) for url, words in links]


def test_M6_the_way_from_a_note_on_the_board_up_to_the_list(s: Sitting) -> None:
    seat(s, "job", "freja")
    made = note(s, "Freja er glad", about=["freja"])
    forloeb, meeting = s.case.forloeb, s.meeting
    client = Client()
    client.force_login(s.tovholder, backend=BACKEND)
    top = [(reverse("cases:forloeb_list"), "Forløb")]
    family = [*top, (reverse("desk:forloeb", args=[forloeb.pk]), forloeb.family.name)]
    here = [*family, (reverse("meetings:page", args=[meeting.pk]), f"Møde {meeting.number}")]
    assert trail(client, "meetings:page", meeting.pk) == family
    assert trail(client, "meetings:change", meeting.pk) == here
    assert trail(client, "meetings:note", made.pk) == [*here, (reverse("meetings:board", args=[meeting.pk]), "Tavlen")]
    people = reverse("cases:people", args=[forloeb.pk])
    assert trail(client, "cases:person_new", forloeb.pk) == [*family, (people, "Familien")]
    assert trail(client, "desk:forloeb", forloeb.pk) == [("/", "Min dag")]
