from copy import deepcopy

import pytest

from tests.plans.factories import Anton, anton, first_plan, note


@pytest.fixture(scope="module")
def lasting_family(lasting: None) -> Anton:
    """Antons familie with a finished version of Én Plan, a board, smileys and consents."""
    made = anton()
    note(made, "Vil gerne lære at bage", said_by=made.anton)
    first_plan(made)
    return made


@pytest.fixture
def family(db: None, lasting_family: Anton) -> Anton:
    return deepcopy(lasting_family)
