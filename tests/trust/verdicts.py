"""What `./run mutate` asks its judge, and what it is told."""

from typing import NamedTuple

READ_ANEW = "read anew"  # not judged: the file must be read anew to be changed


class Job(NamedTuple):
    """The mutant's file and text (none: nothing is changed), and the tests in the order to ask them (none: all).

    seconds: what the tests take with nothing changed.
    """

    name: str
    path: str
    text: str
    tests: tuple[str, ...]
    seconds: float


class Verdict(NamedTuple):
    """state: killed, SURVIVED, hung or READ_ANEW. by: the test that failed."""

    name: str
    state: str
    by: str
    took: float
