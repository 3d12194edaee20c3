"""A form that is sent twice has its effect once."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from audit import events, once
from audit.middleware import Once
from audit.models import Event, OnceKey
from tests.organisation.factories import UserFactory


def post(user: Any, view: Any, *, key: str = "k" * 32, path: str = "/forloeb/ny/", htmx: bool = False) -> HttpResponse:
    headers = {"HX-Request": "true"} if htmx else {}
    request = RequestFactory().post(path, {once.FIELD: key, "tekst": "æøå"}, headers=headers)
    request.user = user
    return Once(view)(request)


def effect(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        made = events.record(by=request.user, forloeb=None, kind="a.b", text="Gemt.")
    return HttpResponseRedirect(f"/ting/{made.id}/")


def answering(status: int, **headers: str) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        effect(request)
        return HttpResponse(status=status, headers=headers)

    return view


@pytest.mark.django_db
def test_a_second_sending_gets_the_same_redirect_and_no_effect():
    user = UserFactory()
    first, second = post(user, effect), post(user, effect)
    assert first["Location"] == second["Location"]
    assert second.status_code == 302
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_htmx_gets_its_own_kind_of_redirect():
    user = UserFactory()
    first, second = post(user, effect), post(user, effect, htmx=True)
    assert second["HX-Redirect"] == first["Location"]
    assert second.status_code == 200


@pytest.mark.django_db
def test_a_fragment_sent_twice_makes_htmx_load_the_page_anew():
    user = UserFactory()
    post(user, answering(200), htmx=True)
    assert post(user, answering(200), htmx=True)["HX-Refresh"] == "true"
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_htmx_redirect_is_remembered():
    user = UserFactory()
    post(user, answering(204, **{"HX-Redirect": "/min-dag/"}), htmx=True)
    assert post(user, answering(204), htmx=True)["HX-Redirect"] == "/min-dag/"


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 409, 422, 500])
def test_what_was_not_saved_may_be_sent_again(status):
    user = UserFactory()
    post(user, lambda request: HttpResponse(status=status))
    assert not OnceKey.objects.exists()
    assert post(user, effect).status_code == 302
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_another_user_path_or_key_is_another_form():
    user = UserFactory()
    post(user, effect)
    post(UserFactory(), effect)
    post(user, effect, path="/andet/")
    post(user, effect, key="x" * 32)
    assert Event.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["\x00", "æøå" * 400, "../../etc", "🙂", "‮"])
def test_any_text_is_a_key(key):
    user = UserFactory()
    post(user, effect, key=key)
    post(user, effect, key=key)
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_form_without_a_key_is_left_alone():
    user = UserFactory()
    post(user, effect, key="")
    post(user, effect, key="")
    assert Event.objects.count() == 2
    assert not OnceKey.objects.exists()


@pytest.mark.django_db
def test_the_key_stands_in_the_settings_after_the_user(settings):
    order = settings.MIDDLEWARE
    user = order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert order.index("audit.middleware.Once") > user


@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_effect_and_one_answer():
    """Both databases: the second waits for the first, and is given its redirect."""
    user = UserFactory()
    start = threading.Barrier(4)
    answers: list[Any] = []

    def send() -> None:
        try:
            start.wait()
            answers.append(post(user, effect)["Location"])
        except Exception as failure:  # noqa: BLE001 - a thread hands its failure to the test
            answers.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.count() == 1
    assert answers == [f"/ting/{Event.objects.get().id}/"] * 4


@pytest.mark.django_db(transaction=True)
def test_the_second_acts_when_the_first_came_to_nothing():
    """The first holds the key, answers 422, and only then may the second act."""
    user, inside, answers = UserFactory(), threading.Event(), []

    def first() -> None:
        def refuse(request: HttpRequest) -> HttpResponse:
            inside.set()
            return HttpResponse(status=422)

        try:
            answers.append(post(user, refuse).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    answers.append(post(user, effect).status_code)
    thread.join()
    assert sorted(answers) == [302, 422]
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_old_keys_are_forgotten(time_machine):
    user = UserFactory()
    time_machine.move_to("2026-11-01 08:00+01:00")
    post(user, effect)
    time_machine.move_to("2026-11-10 08:00+01:00")
    post(user, effect, key="x" * 32)
    assert once.drop_older_than(7) == 1
    assert OnceKey.objects.count() == 1
