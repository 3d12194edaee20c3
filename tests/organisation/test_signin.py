"""Signing in and out: the demo's page, password with a second step, the one-time link, and being deactivated."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import NoReverseMatch, reverse

from organisation import demo_users
from organisation.models import User
from organisation.municipality import load, read
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang sætning om heste"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


@pytest.fixture
def production(settings):
    settings.DEMO = False


@pytest.fixture
def known(production) -> User:
    user = UserFactory(username="ida", name="Ida Holm")
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def log_in(client, password=PASSWORD, username="ida", **more):
    return client.post("/konto/log-ind/", {"login": username, "password": password, **more})


# --- demo


def test_the_demo_lists_its_users_and_signs_one_in(client):
    load(read(demo_users.DEMO_FILE))
    page = client.get("/konto/log-ind/").content.decode()
    assert "Mette Lindskov" in page
    assert "Skriv en henvendelse på to minutter, og følg den" in page
    answer = client.post("/konto/log-ind/", {"username": "mette.lindskov", "next": "/afdelinger/"})
    assert (answer.status_code, answer["Location"]) == (302, "/afdelinger/")
    assert "Mette Lindskov" in client.get("/afdelinger/").content.decode()


def test_the_demo_signs_in_nobody_else_and_leads_to_no_other_site(client):
    load(read(demo_users.DEMO_FILE))
    for username in ("finn.lauge", "findes-ikke", "", "x" * 200, "a\x00b"):
        assert client.post("/konto/log-ind/", {"username": username}).status_code == 422
    answer = client.post("/konto/log-ind/", {"username": "aase.friis", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("organisation:admin")


def test_without_demo_no_user_signs_in_without_a_password(client, production):
    load(read(demo_users.DEMO_FILE))
    assert "Mette Lindskov" not in client.get("/konto/log-ind/").content.decode()
    assert client.post("/konto/log-ind/", {"username": "mette.lindskov"}).status_code == 422
    assert not signed_in(client)


# --- password


def test_name_and_password(client, known):
    answer = log_in(client, next="/afdelinger/")
    assert (answer.status_code, answer["Location"]) == (302, "/afdelinger/")
    assert signed_in(client)


@pytest.mark.parametrize(
    ("username", "password", "message"),
    [
        ("ida", "forkert kode", "Brugernavn og adgangskode passer ikke sammen."),
        ("ukendt", PASSWORD, "Brugernavn og adgangskode passer ikke sammen."),
        ("", PASSWORD, "Skriv dit brugernavn."),
        ("ida", "", "Skriv din adgangskode."),
    ],
)
def test_a_wrong_sign_in_says_the_same_whoever_exists(client, known, username, password, message):
    answer = log_in(client, password, username)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not signed_in(client)


def test_too_many_tries_are_stopped_even_with_the_right_password(client, known):
    for _ in range(5):
        log_in(client, "forkert kode")
    answer = log_in(client)
    assert "prøvet for mange gange" in answer.content.decode()
    assert not signed_in(client)


def test_the_second_step_asks_for_the_code_of_the_app(client, known):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(known, secret)
    assert log_in(client)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(client)


def test_the_secret_of_the_app_is_not_readable_in_the_database(known):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(known, secret)
    stored = Authenticator.objects.get(user=known).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_the_pages_of_the_second_step_can_be_walked(client, known):
    log_in(client)
    sure = client.get(reverse("mfa_activate_totp"))["Location"]  # first: is it really you?
    assert "Bekræft, at det er dig" in client.get(sure).content.decode()
    assert client.post(sure, {"password": "forkert kode"}).status_code == 422
    page = client.post(sure, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    codes = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert "Nødkoder" in codes.content.decode()
    for name in ("mfa_index", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "account_change_password"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get(reverse("mfa_download_recovery_codes"))["Content-Disposition"].startswith("attachment")
    changed = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "en helt anden sætning", "password2": "en helt anden sætning"},
    )
    assert changed["Location"] == reverse("mfa_index")


def test_there_is_no_sign_up_no_reset_by_mail_and_no_connecting_of_accounts():
    for name in ("account_signup", "account_reset_password", "account_email", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# --- out, and closed


def test_signing_out_is_a_post_and_empties_the_browser(client, known):
    log_in(client)
    assert client.get("/konto/log-ud/").status_code == 405
    answer = client.post("/konto/log-ud/")
    assert answer["Location"] == reverse("logged_out")
    assert "cache" in answer["Clear-Site-Data"]
    assert not signed_in(client)
    assert "Du er logget af" in client.get(reverse("logged_out")).content.decode()
    assert client.get("/afdelinger/")["Location"].startswith("/konto/log-ind/")


def test_a_deactivated_user_is_out_on_the_next_request(client, known):
    log_in(client)
    assert client.get("/afdelinger/").status_code == 200
    known.refresh_from_db()
    known.is_active = False
    known.save()
    assert client.get("/afdelinger/")["Location"].startswith("/konto/log-ind/")
    assert log_in(client)["Location"] == reverse("account_inactive")
    assert "Din bruger er lukket" in client.get(reverse("account_inactive")).content.decode()
    assert client.get("/afdelinger/")["Location"].startswith("/konto/log-ind/")


# --- the one-time link


def test_the_first_administrator_chooses_a_password_by_a_link_that_works_once(client, production, capsys):
    call_command("opret_administrator", "aase", "Aase Friis", "--adresse", "https://ff.example")
    link = re.search(r"https://ff\.example(/\S+)", capsys.readouterr().out)[1]
    answer = client.get(link)
    assert answer["Location"] == reverse("choose_password")  # the token has left the address
    assert client.post(reverse("choose_password"), {"password1": "kort", "password2": "kort"}).status_code == 422
    unlike = client.post(reverse("choose_password"), {"password1": PASSWORD, "password2": PASSWORD + "!"})
    assert "De to adgangskoder er ikke ens." in unlike.content.decode()
    client.post(reverse("choose_password"), {"password1": PASSWORD, "password2": PASSWORD})
    assert log_in(client, username="aase")["Location"] == reverse("organisation:admin")
    assert User.objects.get(username="aase").is_system_admin
    client.get(link)
    assert client.get(reverse("choose_password")).status_code == 404


@pytest.mark.parametrize(
    ("name", "address", "told"),
    [
        ("", "https://ff.example", "navn: Dette felt kan ikke være tomt."),
        ("x" * 151, "", "navn: Denne værdi må højst have 150 tegn"),
        ("Aase Friis", "ff.example", "Skriv adressen med https:// foran"),
        ("Aase Friis", "http://ff.example", "Skriv adressen med https:// foran"),
    ],
)
def test_the_command_says_what_is_wrong_and_makes_nobody(name, address, told):
    with pytest.raises(CommandError, match=told):
        call_command("opret_administrator", "aase", name, "--adresse", address)
    assert not User.objects.exists()


@pytest.mark.parametrize("uid", ["AAAA", "x", "MTIz", "%00"])
def test_a_false_link_is_told_plainly(client, uid):
    client.get(f"/konto/adgangskode/link/{uid}/abc-def/")
    answer = client.get(reverse("choose_password"))
    assert answer.status_code == 404
    assert "Linket virker ikke" in answer.content.decode()


def test_the_command_makes_no_administrator_of_a_colleague():
    UserFactory(username="ida")
    with pytest.raises(CommandError, match="ikke en aktiv systemadministrator"):
        call_command("opret_administrator", "ida", "Ida Holm")
