import pytest

from documents import pdf
from tests.plans.factories import Anton, anton, first_plan, note


@pytest.fixture
def family(db: None, monkeypatch: pytest.MonkeyPatch) -> Anton:
    """Antons familie with a finished version of Én Plan, a board, smileys and consents. Its papers are not set in type."""
    with monkeypatch.context() as plain:
        plain.setattr(pdf, "render", lambda *args, **kwargs: b"%PDF-1.7 " + str(kwargs).encode())
        return _antons()


def _antons() -> Anton:
    made = anton()
    note(made, "Vil gerne lære at bage", said_by=made.anton)
    first_plan(made)
    return made
