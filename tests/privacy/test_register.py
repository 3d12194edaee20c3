"""privacy/fields.toml says it all, and the check sees when it does not (issue B10)."""

import pytest
from django.core.checks import run_checks

from privacy import checks
from privacy.register import FILE, parse, register


def _ids(text: str) -> set[str]:
    return {fault.id for fault in checks.faults(parse(text))}


@pytest.fixture(scope="module")
def text() -> str:
    return FILE.read_text(encoding="utf-8")


def test_every_field_of_every_model_has_a_class_and_a_period() -> None:
    assert list(checks.faults(register())) == []
    assert [fault for fault in run_checks() if (fault.id or "").startswith("privacy")] == []


def test_a_field_without_a_line_is_an_error(text: str) -> None:
    assert _ids(
        text.replace('contact = ["phone", "email"]\nsensitive = ["acc', 'contact = ["email"]\nsensitive = ["acc')
    ) == {"privacy.E001"}


def test_a_model_without_lines_is_an_error(text: str) -> None:
    start = text.index('[model."meetings.ScalingAnswer"]')
    assert "privacy.E001" in _ids(text[:start] + text[text.index('[model."meetings.SmileyRating"]') :])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('contact = ["phone", "email"]\nsensitive', 'contact = ["phone", "email", "fax"]\nsensitive', "privacy.E002"),
        ('[model."meetings.ScalingAnswer"]', '[model."meetings.Nothing"]', "privacy.E002"),
        ('"cases.Forloeb.board_key" =', '"cases.Forloeb.nothing" =', "privacy.E002"),
        ('encrypted = ["cpr", "address", "protected_name", "accessibility"]', 'encrypted = ["cpr", "address", "protected_name"]', "privacy.E003"),
        ('secret = ["cpr", "address", "protected_name"]\ncontact = ["phone", "email"]', 'secret = ["cpr", "address", "protected_name", "phone", "email"]', "privacy.E003"),
        ('process = ["protected_address", "interpreter"]', 'sensitive2 = ["protected_address", "interpreter"]', "privacy.E004"),
        ('process = ["protected_address", "interpreter"]', 'process = ["cpr", "protected_address", "interpreter"]', "privacy.E004"),
        ('keep = "person"\nidentifying', 'keep = "forever"\nidentifying', "privacy.E004"),
        ('[model."cases.ForloebPerson"]\nkeep = "forloeb"\nof = "forloeb"', '[model."cases.ForloebPerson"]\nkeep = "forloeb"', "privacy.E005"),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_is_an_error(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    assert fault in _ids(text.replace(old, new))


def test_cpr_and_address_are_encrypted_and_so_is_every_free_text_C12() -> None:
    known = register()
    assert known.entries["cases.Person"].encrypted >= {"cpr", "address"}
    assert known.classes["secret"]
    assert known.classes["sensitive"]


def test_every_tree_hangs_together() -> None:
    order = [entry.label for entry in register().tree()]
    for entry in register().tree():
        assert not entry.of or order.index(entry.parent) < order.index(entry.label)
