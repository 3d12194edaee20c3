"""In every pytest that `./run mutate` starts: the tests in the order given, no shrinking, and how long each took."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

WANTED, TOOK = os.environ.get("MUTATE_TESTS"), os.environ.get("MUTATE_TOOK")
took: dict[str, tuple[str, float]] = {}


def pytest_collection() -> None:
    """The first counterexample is enough, nobody reads a smaller one; and the same examples every time."""
    settings.register_profile(
        "mutate", parent=settings(), phases=[Phase.explicit, Phase.generate], derandomize=True, database=None
    )
    settings.load_profile("mutate")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """After conftest, which puts the slowest first: here the likeliest is first, the machine last."""
    yield
    if WANTED:
        places = {name: place for place, name in enumerate(Path(WANTED).read_text(encoding="utf-8").splitlines())}
        items[:] = sorted((one for one in items if one.nodeid in places), key=lambda one: places[one.nodeid])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    outcome, seconds = took.get(report.nodeid, ("passed", 0.0))
    took[report.nodeid] = (outcome if report.outcome == "passed" else report.outcome, seconds + report.duration)


def pytest_sessionfinish() -> None:
    if TOOK and took:
        Path(TOOK).write_text(json.dumps(took), encoding="utf-8")
