"""One house per module: built once; what a test writes goes back with the test."""

from collections.abc import Iterator
from unittest import mock

import pytest

from tests.trust import world


@pytest.fixture(scope="module")
def house(lasting: None) -> Iterator[world.House]:
    """The two families of `world.build`. Papers are their words only."""
    words_only = lambda html, code: b"%PDF-1.7\n" + html.encode()  # noqa: E731
    with mock.patch("documents.pdf._write", words_only):
        yield world.build()
