"""One house per module: built once; what a test writes goes back with the test."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import transaction

from tests.trust import world


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker) -> Iterator[world.House]:
    """The two families of `world.build`, in a transaction that ends with the module. Papers are their words only."""
    words_only = lambda html, code: b"%PDF-1.7\n" + html.encode()  # noqa: E731
    with django_db_blocker.unblock(), mock.patch("documents.pdf._write", words_only), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)
