"""What holds for every answer: headers, sentences in Danish, the text kept, and a session that polling does not prolong."""

import time

import pytest
from django.conf import settings
from django.test import Client

from web.middleware import LAST_ACT

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.urls")]


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("mette", "Mette Lindskov", "et langt kodeord")


@pytest.fixture
def client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("path", ["page", "file", "refused", "stale", "broken", "fault"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_every_answer_has_the_headers(client, path, headers):
    for address in (f"/prove/{path}/", "/findes-ikke/"):
        answer = client.get(address, headers=headers)
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        assert "HX-Request" in answer["Vary"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("refused", 403, "Det kan kun tovholderen. Ring til Birgit Ørsted."),
        ("stale", 409, "En anden har gemt imens"),
        ("broken", 503, "Vi kan ikke gemme lige nu"),
        ("fault", 500, "Noget gik galt"),
    ],
)
def test_a_failed_save_says_what_to_do_and_shows_the_text(client, path, status, words):
    answer = client.post(
        f"/prove/{path}/", {"note": "Anton cykler <b>selv</b> til fodbold", "password": "hemmelig kode"}
    )
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "secret text" not in page
    assert "hemmelig" not in page
    assert "Anton cykler &lt;b&gt;selv&lt;/b&gt; til fodbold" in page


def test_htmx_gets_the_sentence_and_leaves_the_page_alone(client):
    answer = client.post("/prove/refused/", {"note": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer["HX-Reswap"] == "none"
    assert answer.content.decode().strip().startswith('<p class="ff-text" data-ff-message>Det kan kun tovholderen')


def test_too_much_at_once_is_told(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post("/prove/page/", {"note": "x" * 2000})
    assert answer.status_code == 413
    assert "for meget på én gang" in answer.content.decode()


def test_a_save_after_the_session_ended_keeps_the_text():
    client = Client()
    answer = client.post("/prove/page/", {"note": "Det, jeg skrev", "_once": "k1"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Det, jeg skrev" in page
    assert 'name="_once" value="k1"' in page
    assert client.post("/prove/page/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/prove/page/").status_code == 302


def test_an_old_form_can_be_sent_again_from_our_own_page_only(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    own = client.post("/prove/page/", {"note": "Det, jeg skrev"}, headers={"Sec-Fetch-Site": "same-origin"})
    other = client.post("/prove/page/", {"note": "Det, en anden skrev"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (own.status_code, other.status_code) == (403, 403)
    assert "Det, jeg skrev" in own.content.decode()
    assert "Det, en anden skrev" not in other.content.decode()


def _rewind(client: Client, seconds: int) -> None:
    session = client.session
    session[LAST_ACT] = int(time.time()) - seconds
    session.save()


def test_polling_does_not_keep_a_session_alive(client):
    client.get("/prove/page/")
    _rewind(client, settings.SESSION_COOKIE_AGE - 100)
    before = client.session[LAST_ACT]
    client.get("/prove/page/", headers={"X-FF-Poll": "1"})
    assert client.session[LAST_ACT] == before
    client.get("/prove/page/")
    assert client.session[LAST_ACT] > before


def test_a_session_ends_an_hour_after_the_last_act_however_often_it_polls(client):
    client.get("/prove/page/")
    _rewind(client, settings.SESSION_COOKIE_AGE + 5)
    answer = client.get("/prove/page/", headers={"X-FF-Poll": "1", "HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_the_browser_forgets_at_sign_out(client):
    from django.contrib.auth import logout
    from django.http import HttpResponse
    from django.test import RequestFactory

    from web.middleware import HeadersMiddleware, PatientSessionMiddleware

    def leave(request):
        logout(request)
        return HttpResponse()

    request = RequestFactory().post("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = HeadersMiddleware(PatientSessionMiddleware(leave))(request)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
