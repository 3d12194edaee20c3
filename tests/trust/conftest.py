"""One house per module: built once; what a test writes goes back with the test."""

import pytest

from tests.trust import world


@pytest.fixture(scope="module")
def house(lasting: None) -> world.House:
    """The two families of `world.build`."""
    return world.build()
