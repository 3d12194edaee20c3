"""Frozen files stay as they were, are checked before they are given out, and leave by one door."""

import hashlib
import uuid
from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from documents import actions, serve
from documents.models import Damaged, Erased, FrozenFile
from tests.organisation.factories import UserFactory
from web import triggers

pytestmark = pytest.mark.django_db
CONTENT = b"%PDF-1.7 \x00 Anton \xc3\xa6" * 50


def frozen(**given: object) -> FrozenFile:
    values = {
        "by": UserFactory(),
        "kind": "en-plan",
        "title": "Fælles Familier – Én Plan",
        "filename": actions.filename_for("Én Plan", "2026-0147", date(2026, 12, 8), 2),
        "content": CONTENT,
        "forloeb": uuid.uuid4(),
        **given,
    }
    return actions.freeze(**values)  # type: ignore[arg-type]


def test_P5_the_bytes_come_back_as_they_were():
    file = FrozenFile.objects.get(pk=frozen().pk)
    assert file.content == CONTENT
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_the_bytes_are_encrypted_in_the_database():
    assert b"Anton" not in bytes(FrozenFile.objects.get(pk=frozen().pk).sealed)


def test_the_name_says_which_paper_and_not_who():
    assert (
        actions.filename_for("Én Plan", "2026-0147", date(2026, 12, 8), 2)
        == "Fælles Familier - Én Plan - 2026-0147 - 2026-12-08 - v2.pdf"
    )
    assert "/" not in actions.filename_for("a/../b\r\n", "x", date(2026, 1, 1), 1)


@pytest.mark.parametrize(
    "column", ["title", "filename", "sha256", "size", "sealed", "made_at", "made_by_id", "forloeb_id", "kind"]
)
def test_P5_the_database_refuses_to_change_a_frozen_file(column):
    file = frozen()
    other = frozen()
    source = f"(SELECT o.{column} FROM documents_frozenfile o WHERE o.id <> documents_frozenfile.id)"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE documents_frozenfile SET {column} = {source}")
    assert FrozenFile.objects.get(pk=file.pk).content == CONTENT
    assert FrozenFile.objects.get(pk=other.pk).content == CONTENT


def test_P5_the_database_refuses_to_remove_a_frozen_file():
    file = frozen()
    with pytest.raises(IntegrityError), transaction.atomic():
        file.delete()
    assert FrozenFile.objects.filter(pk=file.pk).exists()


def test_erasing_takes_the_bytes_and_leaves_the_description():
    file = frozen()
    actions.erase(by=None, frozen=file)
    file = FrozenFile.objects.get(pk=file.pk)
    assert bytes(file.sealed) == b""
    assert file.title
    with pytest.raises(Erased):
        _ = file.content
    actions.erase(by=None, frozen=file)


def test_erasing_may_not_change_anything_else_nor_be_undone():
    file = frozen()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_frozenfile SET sealed = '', erased_at = made_at, title = 'x'")
    actions.erase(by=None, frozen=file)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_frozenfile SET erased_at = NULL")


def test_bytes_changed_behind_our_back_are_not_given_out():
    file = frozen()
    with triggers.lifted("documents_frozenfile"):
        FrozenFile.objects.filter(pk=file.pk).update(sealed=frozen(content=b"other").sealed)
    with pytest.raises(Damaged):
        serve.attachment(FrozenFile.objects.get(pk=file.pk))


def test_a_new_key_opens_what_an_old_one_closed(settings):
    file = frozen()
    old, new = settings.FIELD_KEYS, Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *old]
    assert actions.reseal_all() == 1
    settings.FIELD_KEYS = [new]
    assert FrozenFile.objects.get(pk=file.pk).content == CONTENT
    assert triggers.missing(("documents_frozenfile", "UPDATE")) == []
    settings.FIELD_KEYS = old
    with pytest.raises(Damaged):
        _ = FrozenFile.objects.get(pk=file.pk).content


def test_it_is_given_out_as_an_attachment_that_no_cache_keeps():
    response = serve.attachment(frozen())
    assert response.content == CONTENT
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''F%C3%A6lles")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/pdf"


def test_a_name_that_is_too_long_is_refused():
    with pytest.raises(ValidationError):
        frozen(filename="a" * 201)
