"""Sign-ins, failed ones and sign-outs stand in the access log, without what was typed."""

import pytest
from django.core.cache import cache

from audit import checking
from audit.models import AccessLog
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang sætning om heste"


@pytest.fixture
def ida(settings):
    cache.clear()
    settings.DEMO = False
    user = UserFactory(username="ida", name="Ida Holm")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_in_out_and_not_in(client, ida):
    for name, password in (("ida", PASSWORD + "x"), (PASSWORD, "ida"), ("ida", PASSWORD)):
        client.post("/konto/log-ind/", {"login": name, "password": password})
    client.post("/konto/log-ud/")
    assert list(AccessLog.objects.filter(channel="sign-in").values_list("kind", "actor")) == [
        ("sign-in-failed", ida.pk),
        ("sign-in-failed", None),
        ("sign-in", ida.pk),
        ("sign-out", ida.pk),
    ]
    assert not any(PASSWORD in str(value) for row in AccessLog.objects.values_list() for value in row)
    assert list(checking.faults()) == []


def test_the_demos_sign_in_too(client, settings):
    settings.DEMO = True
    user = UserFactory(username="aase.friis", system_admin=True)
    client.post("/konto/log-ind/", {"username": "aase.friis"})
    assert AccessLog.objects.get(channel="sign-in").actor == user


def test_who_cannot_be_logged_does_not_come_in(client, ida, monkeypatch):
    def full(**kwargs):
        raise OSError("full")

    monkeypatch.setattr("audit.log.delivered", full)
    client.raise_request_exception = False
    assert client.post("/konto/log-ind/", {"login": "ida", "password": PASSWORD}).status_code == 500
    assert "_auth_user_id" not in client.session
