"""The next step with the consents of a running forløb: whoever can be asked is asked, and a no is left in peace."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Custody, ForloebState, Participation
from consent import actions, next_step
from consent.matrix import build
from consent.next_step import Step
from tests.cases.factories import PersonFactory
from tests.consent.factories import Case, case, consented

pytestmark = pytest.mark.django_db


def step(family: Case) -> Step:
    return next_step.most_urgent(build(family.forloeb).ground())


def all_answered(family: Case, *but: str) -> None:
    """Everybody has said yes, on paper that is kept; those named to the first department only."""
    first, *rest = [*family.departments, family.external]
    for name, person in family.people.items():
        given = consented(family.forloeb, person, [first] if name in but else [first, *rest])
        given.way, given.oral_note = "oral", "Sagt i telefonen."  # nothing to scan
        given.save()


def test_C2_whom_nobody_asked_is_asked_on_the_page_of_the_answers() -> None:
    family = case(ForloebState.ACTIVE)
    all_answered(family, "bo")
    found = step(family)
    assert found.text.startswith("Spørg Bo, om I må dele med ")
    assert found.url == reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk])
    rest = [one.name for one in [*family.departments, family.external][1:]]
    assert found.text.removeprefix("Spørg Bo, om I må dele med ") in rest


def test_C4_nobody_is_asked_again_because_of_a_no_or_a_withdrawal() -> None:
    family = case(ForloebState.ACTIVE)
    all_answered(family, "bo")
    consented(family.forloeb, family.bo, [*family.departments[1:], family.external], answer="no")
    assert "Spørg Bo" not in step(family).text
    actions.withdraw(by=family.tovholder, forloeb=family.forloeb, person=family.bo, receipt=False)
    assert "Spørg Bo" not in step(family).text


def test_C1_an_unsigned_paper_is_signed_first_and_says_what_still_holds() -> None:
    family = case(ForloebState.ACTIVE)
    all_answered(family)
    waiting = consented(family.forloeb, family.bo, family.departments, signed=False)
    found = step(family)
    assert found.text == "Få Bos underskrift"
    assert "gælder de nye svar om Bo ikke" in found.why
    assert found.url == reverse("consent:sign", args=[waiting.pk])


def test_C4_a_paper_registered_late_does_not_hide_the_one_that_waits_for_a_signature() -> None:
    """Bo's newer answers wait for his signature; then an older, signed paper is found and registered."""
    family = case(ForloebState.ACTIVE)
    all_answered(family, "bo")
    today = timezone.localdate()
    consented(family.forloeb, family.bo, family.departments, on=today, signed=False)
    consented(family.forloeb, family.bo, family.departments, on=today - datetime.timedelta(days=30))
    matrix = build(family.forloeb)
    assert next_step.most_urgent(matrix.ground()).text == "Få Bos underskrift"
    (row,) = [row for row in matrix.rows if row.person == family.bo]
    assert row.waiting is not None


def test_C4_what_ran_out_is_asked_for_again_but_not_to_whoever_has_left() -> None:
    family = case(ForloebState.ACTIVE)
    today = timezone.localdate()
    all_answered(family, "bo")
    consented(family.forloeb, family.bo, family.departments[1:], answer="no")
    consented(family.forloeb, family.bo, [family.external], on=today - datetime.timedelta(days=400))
    found = step(family)
    assert (found.text, "udløbet" in found.why) == ("Spørg Bo igen", True)
    Participation.objects.filter(pk=family.members["psyk"].pk).update(to_date=today)
    assert "Spørg Bo" not in step(family).text


def test_F9_a_custody_holder_outside_the_family_is_named_as_the_one_to_sign() -> None:
    family = case(ForloebState.ACTIVE)
    all_answered(family)
    Custody.objects.filter(child=family.viggo).delete()
    aunt = PersonFactory(first_name="Ågot", last_name="Prøve")
    Custody.objects.create(child=family.viggo, holder=aunt, from_date=datetime.date(2026, 1, 1))
    assert "Ågots underskrift på Viggos erklæring" in step(family).text
