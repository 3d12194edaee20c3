"""Rows with their marks: the same persons, however they are fetched."""

import pytest

from consent.models import load_marks
from consent.sharing import Facts
from meetings.models import BoardNote
from tests.meetings.factories import note, sitting

pytestmark = pytest.mark.django_db


def _as_stored(row):
    return {one.pk for one in row.about.all()}, {one.pk for one in row.kept_from.all()}


def test_C5_the_marks_are_the_same_in_one_query_as_keys_and_one_by_one(django_assert_num_queries):
    s = sitting()
    first = note(s, "Anna sover dårligt.")
    second = note(s, "Freja er glad.")
    first.kept_from.set(first.about.all()[:1])
    second.about.clear()
    stored = {row.pk: _as_stored(row) for row in BoardNote.objects.filter(meeting=s.meeting)}
    rows = BoardNote.objects.filter(meeting=s.meeting)
    with django_assert_num_queries(2):
        marked = {row.pk: _as_stored(row) for row in rows.with_marks()}
    with django_assert_num_queries(1):
        keyed = {row.pk: (set(row.about_ids), set(row.kept_from_ids)) for row in rows.with_mark_ids()}
    assert marked == keyed == stored
    assert any(kept for _, kept in stored.values())
    assert not stored[second.pk][0]


def test_C5_marks_that_are_fetched_already_are_left_and_facts_read_both(django_assert_num_queries):
    s = sitting()
    row = note(s, "Anna sover dårligt.")
    fetched = BoardNote.objects.with_marks().get(pk=row.pk)
    with django_assert_num_queries(0):
        load_marks([fetched])
        facts = Facts.of(fetched)
    assert facts == Facts.of(BoardNote.objects.with_mark_ids().get(pk=row.pk)) == Facts.of(row)
