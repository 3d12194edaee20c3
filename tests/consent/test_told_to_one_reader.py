"""What a page tells one reader about consents and about words that name somebody else (C5, C6)."""

import pytest

from cases.access import standing_of
from consent.basis import load_basis
from consent.reading import own_rows
from consent.unmarked import others_named
from tests.meetings.factories import refuse, sitting

pytestmark = pytest.mark.django_db


def test_C5_C6_a_participant_reads_what_may_be_shared_and_of_the_rest_only_that_it_may_not() -> None:
    s = sitting()
    refuse(s, "anna", s.members["job"], "misbrug")
    rows = own_rows(s.case.forloeb, standing_of(s.tavle, s.case.forloeb))
    told = {topic.key: shown.words for row in rows if row.person == s.person("anna") for topic, shown in row.topics}
    assert told.pop("misbrug") == "Må ikke deles"
    assert "Må ikke deles" not in told.values()


def test_C5_a_warning_names_nobody_the_writer_may_not_know_of() -> None:
    s = sitting()
    basis, carl = load_basis(s.case.forloeb), s.person("carl").pk
    text, about = "Carl og Bo henter Freja", {s.person("freja").pk}
    assert "nævner Bo og Carl." in others_named(text, about, basis, lambda person: True)
    assert "nævner Bo og en anden i familien." in others_named(text, about, basis, lambda person: person != carl)
    assert others_named("Freja henter", about, basis, lambda person: True) == ""
