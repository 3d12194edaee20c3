"""Who has left the forløb, or only stands in the family, is guarded as before: leaving opens nothing (C5)."""

import pytest

from cases import actions as cases
from cases.models import FamilyMember
from consent.basis import load_basis
from consent.sharing import Reader
from consent.unmarked import may_read, names_only_known
from meetings.board import wall_of
from tests.cases.factories import PersonFactory
from tests.consent.factories import Case, case, consented
from tests.meetings.factories import note, seat, sitting

pytestmark = pytest.mark.django_db
LABEL, SENTENCE = "klasselærer for Viggo", "Viggo er indlagt på psykiatrisk afdeling"


def told(family: Case, recipient: str) -> tuple[bool, bool]:
    reader, basis = Reader(recipient), load_basis(family.forloeb)
    return names_only_known(reader, LABEL, basis), may_read(reader, SENTENCE, basis)


def test_C5_leaving_the_forloeb_opens_nothing_that_names_the_person() -> None:
    family = case()
    own, job = (f"d:{one.pk}" for one in family.departments)
    consented(family.forloeb, family.viggo, family.departments[:1])
    assert told(family, job) == (False, False)
    cases.leave_forloeb_person(by=family.tovholder, forloeb=family.forloeb, person=family.viggo)
    assert told(family, job) == (False, False)
    assert told(family, own) == (True, True), "what was said yes to holds"


def test_C5_a_sibling_who_was_never_in_the_forloeb_is_not_told_of() -> None:
    family = case()
    job = f"d:{family.departments[1].pk}"
    assert names_only_known(Reader(job), "lærer for Osvald", load_basis(family.forloeb)), "nobody of the family"
    sibling = PersonFactory(first_name="Osvald")
    FamilyMember.objects.create(family=family.forloeb.family, person=sibling, kind="child", relation="bror")
    basis = load_basis(family.forloeb)
    assert not names_only_known(Reader(job), "lærer for Osvald", basis)
    assert not may_read(Reader(job), "Osvald drikker", basis)
    assert sibling.pk not in {row.person_id for row in basis.family}, "no part of the forløb for all that"


def test_C5_a_sentence_of_two_sensitive_topics_needs_a_yes_to_both() -> None:
    family = case()
    job = f"d:{family.departments[1].pk}"
    sentence = "Carl er indlagt efter et tilbagefald"
    for topics, may in ((["helbred"], False), (["misbrug"], True)):
        consented(family.forloeb, family.carl, family.departments[1:], topics)
        assert may_read(Reader(job), sentence, load_basis(family.forloeb)) is may


def test_C5_M6_a_note_that_names_who_has_left_stays_off_the_wall() -> None:
    s = sitting()
    seat(s, "job", "anna")
    note(s, "Viggo har tisset i sengen", about=["anna"])
    assert not [
        line for column in wall_of(s.meeting, Reader(s.members["job"].recipient)).columns for line in column.lines
    ]
    cases.leave_forloeb_person(by=s.tovholder, forloeb=s.case.forloeb, person=s.case.people["viggo"])
    assert not [
        line for column in wall_of(s.meeting, Reader(s.members["job"].recipient)).columns for line in column.lines
    ]
