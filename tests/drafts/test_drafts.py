"""Drafts: one's own, encrypted, bounded, answered in words."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from drafts import actions
from drafts.models import Draft
from tests.organisation.factories import UserFactory

pytestmark = pytest.mark.django_db
PLAN = f"plan:{uuid.uuid4()}"


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def url(key: str = "henvendelse") -> str:
    return reverse("drafts:save", args=[key])


@pytest.mark.parametrize("text", ["Anton æøå", "🙂 \u202eabc", "<b>fed</b>", "a\x00b", "linje 1\nlinje 2 "])
def test_what_was_typed_comes_back_unchanged(text):
    user = UserFactory()
    assert signed_in(user).post(url(PLAN), {"behov": text, "valg": ["a", "b"]}).status_code == 204
    assert actions.load(user, PLAN) == {"behov": text, "valg": ["a", "b"]}


def test_the_newest_stands_and_there_is_one():
    user = UserFactory()
    client = signed_in(user)
    client.post(url(), {"behov": "først"})
    client.post(url(), {"behov": "sidst"})
    assert actions.load(user, "henvendelse") == {"behov": "sidst"}
    assert Draft.objects.count() == 1


def test_a_draft_belongs_to_the_one_who_writes():
    user, other = UserFactory(), UserFactory()
    signed_in(user).post(url(), {"behov": "mit"})
    assert actions.load(other, "henvendelse") == {}
    signed_in(other).post(url(), {"behov": "hendes"})
    actions.drop_draft(by=other, key="henvendelse")
    assert actions.load(user, "henvendelse") == {"behov": "mit"}


def test_the_text_is_encrypted_in_the_database():
    actions.save_draft(by=UserFactory(), key="henvendelse", fields={"behov": "hemmeligt"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM drafts_draft")
        assert "hemmeligt" not in cursor.fetchone()[0]


def test_what_is_not_text_for_a_draft_is_not_kept():
    user = UserFactory()
    signed_in(user).post(
        url(), {"behov": "x", "_once": "k", "csrfmiddlewaretoken": "t", "password": "p", "_row_version": "2"}
    )
    assert actions.load(user, "henvendelse") == {"behov": "x"}


def test_signed_out_is_told_with_401():
    response = Client().post(url(), {"behov": "x"})
    assert response.status_code == 401
    assert "Log ind igen" in response.content.decode()
    assert not Draft.objects.exists()


def test_above_a_megabyte_is_refused_in_words_and_the_old_draft_stands():
    user = UserFactory()
    client = signed_in(user)
    client.post(url(), {"behov": "kort"})
    response = client.post(url(), {"behov": "å" * 600_000})
    assert response.status_code == 413
    assert "for lang" in response.content.decode()
    assert actions.load(user, "henvendelse") == {"behov": "kort"}


@pytest.mark.parametrize("key", ["Anton", "plan:1", "plan:" + "x" * 200, "0101611234", "a b", "æble", "plan::x", "x\n"])
def test_a_key_never_holds_what_someone_typed(key):
    response = signed_in(UserFactory()).post(url(key), {"behov": "x"})
    assert response.status_code == 422
    assert not Draft.objects.exists()


def test_nothing_to_keep_is_told():
    assert signed_in(UserFactory()).post(url(), {}).status_code == 422


def test_only_post_is_answered():
    assert signed_in(UserFactory()).get(url()).status_code == 405


def test_csrf_is_asked_for():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.post(url(), {"behov": "x"}).status_code == 403


def test_old_drafts_are_deleted(time_machine):
    user = UserFactory()
    time_machine.move_to("2026-10-01 08:00+02:00")
    actions.save_draft(by=user, key="henvendelse", fields={"a": "b"})
    time_machine.move_to("2026-11-10 08:00+01:00")
    actions.save_draft(by=user, key=PLAN, fields={"a": "b"})
    assert actions.drop_older_than(30) == 1
    assert list(Draft.objects.values_list("key", flat=True)) == [PLAN]
