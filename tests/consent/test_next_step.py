"""The next step with the consents of a running forløb: whoever can be asked is asked, and a no is left in peace."""

import pytest
from django.urls import reverse

from cases.models import ForloebState
from consent.matrix import build
from consent.next_step import about_one, most_urgent
from consent.sharing import Cell
from tests.consent.factories import case, consented

pytestmark = pytest.mark.django_db


def test_C2_whom_nobody_asked_is_asked_on_the_page_of_the_answers() -> None:
    family = case(ForloebState.ACTIVE)
    step = about_one(family.forloeb, family.bo, "Skole", None)
    assert step is not None
    assert step.text == "Spørg Bo, om I må dele med Skole"
    assert step.url == reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk])


def test_C1_C4_an_unsigned_paper_is_signed_and_one_that_ran_out_is_asked_for_again() -> None:
    family = case(ForloebState.ACTIVE)
    unsigned = about_one(family.forloeb, family.viggo, "Skole", Cell.UNSIGNED)
    expired = about_one(family.forloeb, family.viggo, "Skole", Cell.EXPIRED)
    assert unsigned is not None
    assert "skrevet under" in unsigned.text
    assert expired is not None
    assert "udløbet" in expired.why


@pytest.mark.parametrize("state", [Cell.NO, Cell.WITHDRAWN, Cell.YES])
def test_C4_nobody_is_asked_again_because_of_a_no_or_a_withdrawal(state: Cell) -> None:
    family = case(ForloebState.ACTIVE)
    assert about_one(family.forloeb, family.bo, "Skole", state) is None


def test_C2_when_all_else_is_in_place_the_page_of_consents_names_who_is_still_to_be_asked() -> None:
    family = case(ForloebState.ACTIVE)
    first, *rest = [*family.departments, family.external]
    for person in family.people.values():
        given = consented(family.forloeb, person, [first] if person == family.bo else [first, *rest])
        given.way, given.oral_note = "oral", "Sagt i telefonen."  # nothing to scan
        given.save()
    assert most_urgent(build(family.forloeb)).text == f"Spørg Bo, om I må dele med {rest[0].name}"
    consented(family.forloeb, family.bo, rest, answer="no")
    assert "Spørg Bo" not in most_urgent(build(family.forloeb)).text
