"""C2: what the forløb page says of the consents is true, also when one who was refused has left."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from tests.meetings.factories import refuse, sitting

pytestmark = pytest.mark.django_db


def test_C2_all_have_said_yes_is_not_said_when_somebody_has_said_no_to_one_who_left(client: Client) -> None:
    s = sitting()
    refuse(s, "anna", s.members["teacher"], "helbred")
    client.force_login(s.tovholder)
    url = reverse("desk:forloeb", args=[s.case.forloeb.pk])
    yes = "Familien har sagt ja til alt det, de er spurgt om for dem, der er med nu."
    assert yes not in client.get(url).content.decode()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(pk=s.members["teacher"].pk).update(to_date=yesterday)
    page = client.get(url).content.decode()
    assert yes in page
    assert "Alle har sagt ja" not in page
