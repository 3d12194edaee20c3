import pytest

from tests.plans.factories import Anton, anton


@pytest.fixture
def family(db: None) -> Anton:
    return anton()
