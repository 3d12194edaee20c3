"""The guidance (C8) and the leaflet (C9) are the municipality's: written in versions, in use from a day, never changed."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import actions
from consent.access import current_guidance, has_read_guidance
from consent.models import Guidance, InformationLeaflet
from tests.consent.factories import ground
from tests.organisation.factories import UserFactory
from web.dates import input_date
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def koordinator(db):
    ground()
    return UserFactory(is_koordinator=True)


def test_C8_a_new_guidance_is_read_anew_from_its_day(koordinator, time_machine):
    today = timezone.localdate()
    actions.read_guidance(by=koordinator)
    before = current_guidance()
    made = actions.write_guidance(
        by=koordinator, body="## Spørg\nSpørg først.", published_on=today + datetime.timedelta(days=2)
    )
    assert (made.number, made.created_by) == (before.number + 1, koordinator)
    assert current_guidance() == before
    assert has_read_guidance(koordinator)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=2))
    assert current_guidance() == made
    assert not has_read_guidance(koordinator)


def test_C8_C9_no_version_begins_before_today(koordinator):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="en dag, der kommer"):
        actions.write_guidance(by=koordinator, body="Spørg.", published_on=yesterday)
    with pytest.raises(ValidationError, match="en dag, der kommer"):
        actions.write_leaflet(by=koordinator, title="Seddel", body="Vi passer på.", published_on=yesterday)


def test_C8_C9_only_the_koordinator_and_the_administrator_write_them(koordinator):
    today = timezone.localdate()
    with pytest.raises(Refused):
        actions.write_guidance(by=UserFactory(), body="Spørg.", published_on=today)
    with pytest.raises(Refused):
        actions.write_leaflet(by=UserFactory(), title="Seddel", body="Vi passer på.", published_on=today)


def test_C9_the_page_writes_a_new_leaflet_and_keeps_the_old(koordinator):
    client = Client()
    client.force_login(koordinator)
    before = InformationLeaflet.objects.latest("number")
    url = reverse("consent:leaflet_new")
    assert before.body.splitlines()[-1] in client.get(url).content.decode()
    empty = client.post(url, {"title": "Sådan gør vi", "body": "", "published_on": input_date(timezone.localdate())})
    assert empty.status_code == 422
    assert "Skriv den tekst, familien får med." in empty.content.decode()
    assert "Sådan gør vi" in empty.content.decode()
    posted = {"title": "Sådan gør vi", "body": "## Hvem\nRing til os.", "published_on": "1.1.2099"}
    assert client.post(url, posted).status_code == 302
    made = InformationLeaflet.objects.latest("number")
    assert (made.number, made.title) == (before.number + 1, "Sådan gør vi")
    before.refresh_from_db()
    page = client.get(reverse("consent:texts")).content.decode()
    assert f"Version {before.number}, i brug nu, fra" in page
    assert f"Version {made.number}, fra 1. januar 2099" in page.replace("\xa0", " ")


def test_C8_the_page_writes_a_new_guidance(koordinator):
    client = Client()
    client.force_login(koordinator)
    posted = {"body": "## Spørg\nSpørg først.", "published_on": input_date(timezone.localdate())}
    assert client.post(reverse("consent:guidance_new"), posted).status_code == 302
    assert current_guidance() == Guidance.objects.latest("number")
    assert "Spørg først." in client.get(reverse("consent:guidance")).content.decode()
