"""A meeting that is built once for each module."""

from copy import deepcopy

import pytest

from tests.meetings.factories import Sitting, sitting


@pytest.fixture(scope="module")
def lasting_sitting(lasting: None) -> Sitting:
    return sitting()


@pytest.fixture
def s(db: None, lasting_sitting: Sitting) -> Sitting:
    return deepcopy(lasting_sitting)
