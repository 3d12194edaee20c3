"""A meeting that every test may change."""

import pytest

from tests.meetings.factories import Sitting, sitting


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()
