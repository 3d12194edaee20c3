"""docs/rules.md is true: made from the code, and no rule is built without a test that names it."""

from django.core.management import call_command

from insight import rulebook


def test_the_page_is_up_to_date() -> None:
    call_command("regler", tjek=True)


def test_every_built_rule_has_a_test() -> None:
    assert rulebook.unproven() == []


def test_no_file_names_a_rule_that_does_not_exist() -> None:
    known = {rule for group in rulebook.rules().values() for rule in group}
    assert set(rulebook.built()) - known == set()
