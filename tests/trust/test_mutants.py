"""The mutation run (`./run mutate`) takes away what is there: its list follows the code, in the ordinary run."""

import ast
from collections import Counter

from tests.trust import mutants


def test_every_mutant_is_another_and_can_be_read_as_python() -> None:
    """A sentence that was rewritten must be rewritten in the list too: `mutants()` ends when it does not stand there."""
    found = mutants.mutants()
    assert len({one.name for one in found}) == len(found)
    assert not [text for text, times in Counter((one.path, one.text) for one in found).items() if times > 1]
    for one in found:
        ast.parse(one.text)


def test_what_is_said_to_change_nothing_is_a_mutant() -> None:
    assert set(mutants.EQUIVALENT) <= {one.name for one in mutants.mutants()}
