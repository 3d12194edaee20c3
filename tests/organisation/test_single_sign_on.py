"""OpenID Connect, a real round trip against a provider in the test: issuer + subject decide, nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread

from organisation.models import User
from tests.organisation.factories import UserFactory

# The provider of the test is built on a library that is about to change; its warnings are not ours.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")]
CLAIMS = [
    Claims(sub="1234-mette", claims={"email": "mette@storebaelt.example", "preferred_username": "mette"}),
    Claims(sub="9999-fremmed", claims={"email": "mette@storebaelt.example", "preferred_username": "mette"}),
]


@pytest.fixture(scope="module")
def issuer():
    with run_server_in_thread(user_claims=CLAIMS) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _configured(settings, issuer):
    settings.DEMO = False
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "SCOPE": ["openid"],
            "APPS": [
                {
                    "provider_id": "kommune",
                    "name": "Storebælt Kommune",
                    "client_id": "ff",
                    "secret": "hemmelig",
                    "settings": {"server_url": issuer, "fetch_userinfo": False},
                }
            ],
        }
    }


def round_trip(client, subject, query=""):
    """Follow the browser: to the provider, say who, and back."""
    away = client.get(reverse("openid_connect_login", args=["kommune"]) + query)
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["scope"] == ["openid"]  # the least there is: no name, no e-mail
    assert "code_challenge" in asked
    back = requests.post(away["Location"], data={"sub": subject}, allow_redirects=False, timeout=10)
    there = urlsplit(back.headers["Location"])
    return client.get(f"{there.path}?{there.query}")


def test_a_known_subject_is_signed_in_and_nothing_is_stored_about_it(client, issuer):
    user = UserFactory(username="x1", external_issuer=issuer, external_subject="1234-mette")
    answer = round_trip(client, "1234-mette", "?next=/afdelinger/")
    assert answer["Location"] == "/afdelinger/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not SocialAccount.objects.exists()


def test_the_same_e_mail_and_user_name_open_nothing(client, issuer):
    UserFactory(username="mette", email="mette@storebaelt.example")
    UserFactory(external_issuer=issuer, external_subject="1234-mette", email="mette@storebaelt.example")
    answer = round_trip(client, "9999-fremmed")
    assert answer.status_code == 403
    assert "Du har ikke adgang endnu" in answer.content.decode()
    assert "9999-fremmed" in answer.content.decode()  # what the administrator needs to open the door
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 2


def test_the_same_subject_from_another_issuer_opens_nothing(client):
    UserFactory(external_issuer="https://anden.example", external_subject="1234-mette")
    assert round_trip(client, "1234-mette").status_code == 403


def test_a_deactivated_user_is_refused(client, issuer):
    UserFactory(external_issuer=issuer, external_subject="1234-mette", is_active=False)
    assert round_trip(client, "1234-mette").status_code == 403


def test_a_signed_in_person_cannot_tie_another_login_to_the_account(client, issuer):
    UserFactory(external_issuer=issuer, external_subject="1234-mette")
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert round_trip(client, "1234-mette", "?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_broken_return_is_told_plainly(client):
    answer = client.get(reverse("openid_connect_callback", args=["kommune"]), {"code": "x", "state": "falsk"})
    assert answer.status_code == 400
    assert "Login lykkedes ikke" in answer.content.decode()
    assert client.get(reverse("openid_connect_login", args=["ukendt"])).status_code == 404


def test_the_sign_in_page_offers_the_municipality(client):
    page = client.get("/konto/log-ind/?next=/afdelinger/").content.decode()
    assert "Log ind med Storebælt Kommune" in page
    assert reverse("openid_connect_login", args=["kommune"]) in page
