from copy import deepcopy

import pytest

from documents import pdf
from tests.plans.factories import Anton, anton, first_plan, note


@pytest.fixture(scope="module")
def lasting_family(lasting: None) -> Anton:
    """Antons familie with a finished version of Én Plan, a board, smileys and consents. Its papers are not set in type."""
    with pytest.MonkeyPatch.context() as plain:
        # Not `render`: a module that is imported meanwhile would keep the stand-in for good.
        plain.setattr(pdf, "_write", lambda html, code: b"%PDF-1.7 " + html.encode())
        return _antons()


@pytest.fixture
def family(db: None, lasting_family: Anton) -> Anton:
    return deepcopy(lasting_family)


def _antons() -> Anton:
    made = anton()
    note(made, "Vil gerne lære at bage", said_by=made.anton)
    first_plan(made)
    return made
