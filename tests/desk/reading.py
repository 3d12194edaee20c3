"""The two pages as somebody reads them."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import User
from tests.plans.factories import Anton

BACKEND = "django.contrib.auth.backends.ModelBackend"


def read(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user, backend=BACKEND)
    answer = client.get(url)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def forloeb_page(client: Client, family: Anton, name: str, status: int = 200) -> str:
    return read(client, family.user(name), reverse("desk:forloeb", args=[family.forloeb.pk]), status)


def queries(client: Client, user: User, url: str) -> int:
    client.force_login(user, backend=BACKEND)
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)
