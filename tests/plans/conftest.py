"""Antons familie, and its first plan as a draft or finished."""

import pytest

from tests.plans import factories


@pytest.fixture
def family(db):
    return factories.anton()


@pytest.fixture
def draft(family):
    return factories.first_plan(family, finished=False)


@pytest.fixture
def first(family):
    return factories.first_plan(family)
