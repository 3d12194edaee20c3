"""The mutation run (`./run mutate`) takes away what is there: its list follows the code, in the ordinary run."""

from tests.trust import mutate


def test_every_part_of_the_rule_that_is_taken_away_is_there() -> None:
    """A sentence of the rule that was rewritten must be rewritten in the list too, or the run would skip it."""
    names = [one.name for one in mutate.mutants()]
    assert len(names) == len(set(names)) > len(mutate.RULE)
    for start in mutate.EQUIVALENT:
        assert any(name.startswith(start) for name in names), start


def test_every_mutant_has_tests_that_exist() -> None:
    for mutant in mutate.mutants():
        for test in sum(mutate.tests_for(mutant), []):
            assert (mutate.ROOT / test.split("::")[0]).exists(), test
