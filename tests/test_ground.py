"""The ground: settings, keys, the Danish SQLite, and the test house's own promises."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Lower, Upper
from django.template import Context, Origin, Template, engines
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.log import delivered
from fællesfamilier import environment, keys
from tests.organisation.factories import UserFactory
from tests.undefined import UndefinedFails, UndefinedVariable
from web import sqlite
from web.danish import danish_key

BASE = Path(settings.BASE_DIR)
KEYS = {
    "SECRET_KEY": "a-long-secret-for-this-check-only-0123456789-abcdefghijklmnopqrstuv",
    "FIELD_KEYS": "dGVzdC1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    "INDEX_KEY": "i" * 60,
    "LOG_KEY": "l" * 60,
}
PRODUCTION = {**KEYS, "ALLOWED_HOSTS": "ff.example.dk", "FF_MUNICIPALITY": "Lillekommune"}


def manage(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py as an operator runs it: nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "FF_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_production_is_clean_by_djangos_own_deploy_check(tmp_path):
    answer = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


def test_postgresql_is_asked_to_compile_nothing(tmp_path):
    show = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    answer = manage(
        tmp_path, "shell", "-v", "0", "-c", show, DATABASE_URL="postgres://somewhere/database", **PRODUCTION
    )
    assert answer.stdout.strip() == "-c jit=off", answer.stderr


def test_a_database_of_another_kind_is_refused_in_one_line(tmp_path):
    answer = manage(tmp_path, "check", DATABASE_URL="mysql://somewhere/database", **PRODUCTION)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Fælles Familier kan ikke starte: DATABASE_URL skal begynde med postgres://")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", keys.NAMES)
def test_a_production_does_not_start_without_a_key_and_says_so_in_one_line(tmp_path, name):
    given = {key: value for key, value in KEYS.items() if key != name}
    answer = manage(tmp_path, "check", **given)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Fælles Familier kan ikke starte: {name} mangler.")
    assert len(answer.stderr.splitlines()) == 1
    assert not (tmp_path / "keys").exists(), "a production makes no keys by itself"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "hejsa", "DATABASE_URL skal begynde med postgres://"),
        ("DATABASE_URL", "postgis://a:b@c/d", "DATABASE_URL skal begynde med postgres://"),
        ("DATABASE_URL", "postgres://a:b@c:port/d", "DATABASE_URL kan ikke læses."),
        ("DATABASE_URL", "postgres://a:b#c@d/e", "DATABASE_URL kan ikke læses."),
        ("DATABASE_URL", "postgres://a:b@c", "DATABASE_URL kan ikke læses."),
        ("SECRET_KEY", "kort", "SECRET_KEY er for kort."),
        ("INDEX_KEY", "kort", "INDEX_KEY er for kort."),
        ("LOG_KEY", "kort", "LOG_KEY er for kort."),
        ("FIELD_KEYS", f"{KEYS['FIELD_KEYS']},kort", "nøgle nummer 2 i FIELD_KEYS er ikke"),
        ("FIELD_KEYS", "æ" * 44, "nøgle nummer 1 i FIELD_KEYS er ikke"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS mangler."),
        ("ALLOWED_HOSTS", "https://ff.example.dk", "»https://ff.example.dk« i ALLOWED_HOSTS er ikke et navn."),
        ("ALLOWED_HOSTS", "ff.example.dk,*", "»*« i ALLOWED_HOSTS er ikke et navn."),
        ("CSRF_TRUSTED_ORIGINS", "ff.example.dk", "»ff.example.dk« i CSRF_TRUSTED_ORIGINS skal begynde med https://"),
        ("FF_MUNICIPALITY", "", "FF_MUNICIPALITY mangler."),
        ("FF_BACKUP_KEEP", "mange", "FF_BACKUP_KEEP skal være et helt tal."),
        ("FF_OVERVIEW_SECONDS", "", "FF_OVERVIEW_SECONDS skal være et helt tal."),
        ("FF_OIDC_ISSUER", "https://login.example", "FF_OIDC_CLIENT_ID mangler."),
    ],
)  # fmt: skip
def test_a_production_does_not_start_on_a_wrong_value_and_says_which(name, value, told):
    given = {**PRODUCTION, name: value}
    lines = environment.faults(given, given, is_production=True)
    assert lines
    assert lines[0].startswith(f"Fælles Familier kan ikke starte: {told}")
    assert all("\n" not in line for line in lines)


def test_a_production_whose_values_are_right_may_start():
    right = {
        "DATABASE_URL": "postgres://a:b@c:5432/d",
        "FF_BACKUP_KEEP": "14",
        "CSRF_TRUSTED_ORIGINS": "https://ff.example.dk",
    }
    assert environment.faults({**PRODUCTION, **right}, KEYS, is_production=True) == []
    assert environment.faults({"DATABASE_URL": "postgres:///tmp/socket/d"}, KEYS, is_production=False) == []


def test_every_fault_is_told_at_once_without_a_traceback(tmp_path):
    answer = manage(tmp_path, "check", **{**PRODUCTION, "FF_MUNICIPALITY": "", "DATABASE_URL": "x", "FF_PROXIES": "to"})
    assert answer.returncode == 1
    told = ["DATABASE_URL skal", "FF_PROXIES skal", "FF_MUNICIPALITY mangler"]
    assert [
        line.removeprefix("Fælles Familier kan ikke starte: ")[: len(start)]
        for line, start in zip(answer.stderr.splitlines(), told, strict=True)
    ] == told


def test_what_a_production_leaves_empty_is_not_the_demos(tmp_path):
    """Compose gives each optional value as an empty one."""
    show = "from django.conf import settings; print(settings.MUNICIPALITY, settings.SOCIALACCOUNT_PROVIDERS)"
    empty = {"FF_SUPPORT": "", "FF_OIDC_NAME": "", "FF_OIDC_ISSUER": "https://login.example", "FF_LOOKUP_NAMES": ""}
    given = {**PRODUCTION, **empty, "FF_OIDC_CLIENT_ID": "ff", "FF_OIDC_SECRET": "x"}
    told = manage(tmp_path, "shell", "-v", "0", "-c", show, **given).stdout
    assert "'support': 'Kontakt din koordinator eller kommunens it-support.'" in told
    assert "'name': 'Lillekommune', 'client_id': 'ff'" in told


def test_a_strangers_host_fills_no_log(tmp_path):
    write = "import logging; [logging.getLogger(f'django.{name}').error('told') for name in ('security.DisallowedHost', 'request')]"
    answer = manage(tmp_path, "shell", "-v", "0", "-c", write, **PRODUCTION)
    assert [line.split(" ", 2)[2] for line in answer.stderr.splitlines()] == ["ERROR django.request: told"]


def test_a_demo_makes_its_keys_once_for_its_owner_only(tmp_path):
    assert keys.make(tmp_path / "keys") == list(keys.NAMES)
    first = keys.read(tmp_path / "keys")
    assert keys.make(tmp_path / "keys") == []
    assert keys.read(tmp_path / "keys") == first
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_static_file_named_by_another_is_there(tmp_path, settings):
    """The manifest storage fails on a style sheet's missing file, here and not at the next set-up."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", "--noinput", verbosity=0)
    assert (tmp_path / "staticfiles.json").is_file()
    sheet = Path(finders.find("vendor/dkfds/css/dkfds.css")).read_text(encoding="utf-8")
    assert sheet.startswith('@charset "UTF-8";@layer dkfds{')


# --- SQLite speaks Danish ------------------------------------------------------------------------------------------------
WORDS = [
    "Zenia", "Ærø", "Østergård", "Åse", "Aase", "aase", "Anders", "anders", "Andrea", "Andre", "André", "Bo", "bo",
    "Bo Hansen", "Bo-Erik", "Yrsa", "Üla", "Ulla", "Örn", "Ødis", "Änne", "Ænne", "7. klasse", "10. klasse", "É", "E",
    "Łone", "Lone", "", " ", "a", "A", "aa", "Å", "å", "z", "æ",
]  # fmt: skip


def order(words: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        values = " UNION ALL ".join(["SELECT %s AS word"] * len(words))
        collation = '"da-x-icu"'
        cursor.execute(f"SELECT word FROM ({values}) AS words ORDER BY word COLLATE {collation}", words)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_danish_order_is_the_same_on_both_databases():
    assert order(WORDS) == sorted(WORDS, key=danish_key)
    assert order(["Åse", "Zenia", "Ærø", "Østergård", "Anders"]) == ["Anders", "Zenia", "Ærø", "Østergård", "Åse"]


@given(st.lists(st.text(alphabet="abzæøåÆØÅAZ éü-1", max_size=4), max_size=5))
def test_the_danish_order_is_a_total_order(words):
    ordered = sorted(words, key=danish_key)
    for left, right in zip(ordered, ordered[1:], strict=False):
        assert sqlite.compare_danish(left, right) <= 0
        assert sqlite.compare_danish(right, left) >= 0
        assert (sqlite.compare_danish(left, right) == 0) == (left == right)


@pytest.mark.django_db
def test_search_and_case_know_danish_letters(django_user_model):
    django_user_model.objects.create(username="ÅSE.ØRUM")
    found = django_user_model.objects.annotate(low=Lower("username"), high=Upper("username"))
    assert found.filter(username__icontains="åse.ø").values_list("low", "high").get() == ("åse.ørum", "ÅSE.ØRUM")
    assert found.filter(username__iexact="åse.ørum").exists()
    assert not found.filter(username__icontains="%").exists()
    assert not found.filter(username__icontains="x" * 1_000_000).exists()


# --- the test house ------------------------------------------------------------------------------------------------------
def test_an_undefined_variable_fails_in_our_templates_and_not_in_others():
    assert isinstance(engines["django"].engine.string_if_invalid, UndefinedFails)
    theirs = Template("[{{ nothing }}]", origin=Origin("/elsewhere/allauth/login.html"))
    ours = Template("{{ nothing }}", origin=Origin(str(BASE / "templates" / "documents" / "page.html")))
    assert theirs.render(Context()) == "[]"
    with pytest.raises(UndefinedVariable, match="nothing is undefined in documents/page.html, line 1"):
        ours.render(Context())


@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy():
    answer = Client().get("/findes-ikke/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.any_database
def test_axe_finds_a_fault(page, axe):
    page.set_content("<html lang=da><title>x</title><main><h1>x</h1><img src='data:,'></main>")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    page.set_content("<html lang=da><title>x</title><main><h1>x</h1></main>")
    axe(page)


def test_compose_names_what_is_missing_and_has_no_demo_and_no_password_of_its_own():
    text = (BASE / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"database", "migrate", "app", "jobs", "proxy"}
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert name not in {"DEMO", "DEBUG"}
            if "PASSWORD" in name or "KEY" in name:
                assert str(value).startswith("${")
                assert ":?" in str(value)
    given = services["app"]["environment"]
    assert {*PRODUCTION, "DATABASE_URL", *environment.OIDC} <= set(given)
    assert not {name for name in given if "MAIL" in name}, "the app sends no mail, and needs no password for it"
    assert "log_error_verbosity=terse" in services["database"]["command"]
    assert "log_min_error_statement=panic" in services["database"]["command"]
    assert services["proxy"]["tmpfs"][0].startswith("/var/cache/nginx"), "what is sent waits in memory, not on a disk"


def test_a_signed_in_browser_meets_a_page_in_danish_without_faults(signed_in_page, axe):
    """And the log's triggers do not stop the tables from being emptied afterwards."""
    user = UserFactory()
    delivered(by=user, kind="ground", channel="page", persons=[user])
    page = signed_in_page(user)
    answer = page.goto("/findes-ikke/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("html").get_attribute("lang") == "da"
    axe(page)


@pytest.mark.parametrize(("name", "text"), [("FF_WORKERS", "abc"), ("FF_WORKERS", "0"), ("FF_THREADS", "-1")])
def test_the_web_server_says_which_number_is_none(monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit, match=f"{name} skal være et helt tal, mindst 1"):
        runpy.run_path(str(BASE / "deploy" / "gunicorn_conf.py"))
