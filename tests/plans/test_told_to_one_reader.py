"""What the sheet, a copy and an Indsigt tell one reader besides the lines themselves (C5, M8)."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.access import standing_of
from cases.models import Person
from consent import actions as consent_actions
from consent.basis import load_basis
from consent.sharing import Facts
from meetings.models import SmileyRating
from plans import actions
from plans.beside import Beside, Quote, held_in
from plans.models import PlanCopy, PlanItem
from plans.views.unseen import sentence
from privacy import subject
from tests.consent.factories import consented
from tests.plans import factories
from tests.plans.test_named import drafted

pytestmark = pytest.mark.django_db


def sheet(family: factories.Anton, version: object, **posted: str) -> str:
    client = Client()
    client.force_login(family.referent, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("plans:edit", args=[version.pk])
    return (client.post(url, posted) if posted else client.get(url)).content.decode()


def test_C5_the_sheet_shows_what_was_told_of_a_line_only_to_who_may_have_those_words(family: factories.Anton) -> None:
    agreement = factories.item(factories.first_plan(family), "Møder Anton ved døren")
    actions.follow_up(by=family.user("karen"), agreement=agreement, state="not_yet", note="Sofie fik migræne")
    draft = factories.second_plan(family)
    assert "migræne" in sheet(family, draft)
    consented(family.forloeb, family.mor, [family.louise], ["helbred"], answer="no")
    page = sheet(family, draft)
    assert "migræne" not in page
    assert "Møder Anton ved døren" in page


def test_C5_the_question_before_the_papers_names_nobody_the_writer_may_not_know_of(family: factories.Anton) -> None:
    """Ida was not at the meeting, and has said yes to Mette's unit only. So has far, who stayed away this time."""
    draft, _ = drafted(family, "Ringer til Ida om fredagen", family.anton)
    consented(family.forloeb, family.anton, [family.far])
    family.meeting.attendance.filter(person=family.far).update(presence="absent")
    page = sheet(family, draft, do="finish")
    assert "Nævner en, linjen ikke er mærket med." in page
    assert "mærket med Ida" not in page
    asked = page.split("Den ville komme til")[1].split("</p>")[0]
    assert "Jens" not in asked
    assert "andre" in asked
    consented(family.forloeb, family.people["ida"], [family.louise])
    consented(family.forloeb, family.far, [family.louise])
    page = sheet(family, draft, do="finish")
    assert "Linjen er ikke mærket med Ida." in page
    assert "Jens" in page.split("Den ville komme til")[1].split("</p>")[0]


def test_C5_the_tovholder_is_not_asked_to_mend_a_line_that_they_may_not_see_either(family: factories.Anton) -> None:
    goal = factories.item(factories.first_plan(family, finished=False), "Bestiller tid hos egen læge")
    standing = standing_of(family.referent, family.forloeb)

    def told() -> str:
        return sentence(goal.text, goal.pk, standing, load_basis(family.forloeb))

    assert "bed tovholderen, Mette Lindskov" in told()
    consented(family.forloeb, family.mor, [family.mette], ["helbred"], answer="no")
    assert "tovholderen" not in told()
    assert "skriv det igen med andre ord" in told()


def test_M8_a_copy_remembers_from_whom_its_words_were_kept() -> None:
    facts = Facts(frozenset({uuid4()}), uuid4(), "d:x", uuid4(), frozenset({uuid4()}))
    assert Quote.of(Quote(facts, uuid4()).kept()).facts == facts
    held = Beside(frozenset(), (), (), quotes={uuid4(): Quote(facts)}, whys={})
    assert str(next(iter(facts.kept_from))) in held.dumped()


def test_M8_a_line_that_was_kept_from_somebody_stays_so_in_a_copy_when_its_note_is_opened(
    family: factories.Anton,
) -> None:
    copy = PlanCopy.objects.get(version=factories.first_plan(family), recipient=family.mette.recipient)
    line = factories.item(factories.second_plan(family), "Anton er en del af sin klasse")
    line.kept_from.add(family.far)
    item = PlanItem.objects.for_sharing().get(pk=line.pk)
    item.from_note = factories.note(family, "Kun mor må vide det", said_by=family.anton)
    held = held_in(copy, [item], load_basis(family.forloeb))
    assert any(family.far.pk in one.kept_from for one in held.facts)


def test_C5_the_words_on_ones_own_smiley_stand_in_an_indsigt_until_who_they_name_says_no(
    family: factories.Anton,
) -> None:
    factories.first_plan(family)
    SmileyRating.objects.filter(person=family.far).update(words="Sofie er syg igen")

    def told() -> str:
        return str(subject.as_data(subject.sections(family.forloeb, family.far)))

    consented(family.forloeb, family.mor, [family.far])
    assert "Sofie er syg igen" in told()
    consented(family.forloeb, family.mor, [family.far], ["helbred"], answer="no")
    assert "Sofie er syg igen" not in told()


def indsigt_with_a_contact(family: factories.Anton, relation: str, said_by: Person) -> Callable[[], str]:
    """Mor's own contact, with a note that names far; what mor's Indsigt says, asked when it is called."""
    consent_actions.add_contact(
        by=family.user("mette"), forloeb=family.forloeb, about=[family.mor], name="Oda Bæk", relation=relation,
        note="Jens kører derhen", topics=[factories.topic("familie")], said_by=said_by,
    )  # fmt: skip
    return lambda: str(subject.as_data(subject.sections(family.forloeb, family.mor)))


def test_C5_C10_what_others_said_of_a_contact_stands_in_an_indsigt_only_as_far_as_the_person_may_have_it(
    family: factories.Anton,
) -> None:
    """Mor may not know that far is in the forløb: nor by what her own contact is called, nor by the note."""
    told = indsigt_with_a_contact(family, "Jens' tandlæge", said_by=family.anton)

    assert "Oda Bæk" in told()
    assert "tandlæge" not in told()
    assert "kører derhen" not in told()
    consented(family.forloeb, family.far, [family.mor])
    assert "tandlæge" in told()


def test_C5_C10_ones_own_words_of_a_contact_stand_in_an_indsigt_until_who_they_name_says_no(
    family: factories.Anton,
) -> None:
    told = indsigt_with_a_contact(family, "veninde", said_by=family.mor)

    assert "kører derhen" in told()
    consented(family.forloeb, family.far, [family.mor], answer="no")
    assert "kører derhen" not in told()
    assert "veninde" in told()
