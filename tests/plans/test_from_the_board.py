"""A mark set on a board note after the plan took it reaches the plan: draft, papers, next version, Indsigt (C5, M8)."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import Topic
from meetings import actions as meetings
from meetings.models import BoardNote, MeetingState
from plans import actions
from plans.models import ItemKind, PlanCopy
from privacy import subject
from tests.consent.factories import consented
from tests.plans import factories

pytestmark = pytest.mark.django_db
WORDS = "Jeg tør ikke være hos far om natten"


@pytest.fixture
def note(family):
    """Anton's own words, open to all at the table when they were written."""
    return factories.note(family, WORDS, said_by=family.anton, topic="skole")


@pytest.fixture
def draft(family, note):
    version = factories.first_plan(family, finished=False)
    actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.GOAL)
    return version


def mark(family, note, **changes):
    """As the page of the note does, by the tovholder."""
    row = BoardNote.objects.get(pk=note.pk)
    stays = {
        "text": row.text,
        "said_by": row.said_by,
        "about": list(row.about.all()),
        "topic": row.topic,
        "kept_from": list(row.kept_from.all()),
        "column": row.column,
    }
    row.meeting.state = MeetingState.HELD
    return meetings.change_note(by=family.user("mette"), note=row, row_version=row.row_version, **stays | changes)


def copy_for(version, recipient):
    return PlanCopy.objects.get(version=version, recipient=recipient)


def words_of(copy):
    return bytes(copy.file.content).decode()


def test_M8_words_kept_after_the_draft_took_them_are_not_in_fars_paper(family, draft, note):
    goal = factories.item(draft, "Jeg tør")
    under = actions.add_item(
        by=family.referent, version=draft, kind=ItemKind.EFFORT, parent=goal, text="Anton sover hos mor",
        responsible=family.louise, about=[family.anton], topic=factories.topic("skole"),
    )  # fmt: skip
    mark(family, note, kept_from=[family.far])
    goal.refresh_from_db()
    assert goal.kept_from_ids == under.kept_from_ids == {family.far.pk}, "what stands under it would give it away"
    actions.finish(by=family.referent, version=draft)
    fars, schools = (copy_for(draft, one) for one in (f"p:{family.far.pk}", family.karen.recipient))
    assert WORDS not in words_of(fars)
    assert "Anton sover hos mor" not in words_of(fars)
    assert WORDS in words_of(schools)


def test_M8_a_mark_taken_back_on_the_board_is_taken_back_in_the_draft_and_another_stays(family, draft, note):
    goal = factories.item(draft, "Jeg tør")
    mark(family, note, kept_from=[family.far])
    actions.change_item(by=family.referent, item=goal, kept_from=[family.far, family.mor])
    mark(family, note, kept_from=[])
    goal.refresh_from_db()
    assert goal.kept_from_ids == {family.mor.pk}


def test_C5_a_topic_mended_on_the_board_is_mended_in_the_draft_unless_the_plan_chose_its_own(family, draft, note):
    goal = factories.item(draft, "Jeg tør")
    mark(family, note, topic=Topic.objects.get(key="familie"))
    goal.refresh_from_db()
    assert goal.topic.key == "familie"
    actions.change_item(by=family.user("mette"), item=goal, topic=factories.topic("skole"))
    mark(family, note, topic=Topic.objects.get(key="misbrug"))
    goal.refresh_from_db()
    assert goal.topic.key == "skole"


def test_M8_a_finished_paper_is_shut_and_what_is_carried_on_or_corrected_is_kept(family, draft, note):
    """The version never changes (P5); its paper to far is given no more, and the next ones do not have the words."""
    actions.finish(by=family.referent, version=draft)
    fars = copy_for(draft, f"p:{family.far.pk}")
    assert WORDS in words_of(fars)
    client = Client()
    client.force_login(family.referent)
    assert client.get(reverse("plans:copy", args=[fars.pk])).status_code == 200
    mark(family, note, kept_from=[family.far])
    assert client.get(reverse("plans:copy", args=[fars.pk])).status_code == 403
    draft.refresh_from_db()
    mended = actions.start_correction(by=family.user("mette"), version=draft, correction="Et punkt er taget ud.")
    assert factories.item(mended, "Jeg tør").kept_from_ids == {family.far.pk}
    actions.finish(by=family.user("mette"), version=mended)
    assert WORDS not in words_of(copy_for(mended, f"p:{family.far.pk}"))
    following = factories.second_plan(family)
    assert factories.item(following, "Jeg tør").kept_from_ids == {family.far.pk}


def test_M8_the_childs_own_indsigt_in_a_custody_holders_hands_does_not_hold_it(family, draft, note):
    actions.finish(by=family.referent, version=draft)
    assert WORDS in repr(subject.as_data(subject.sections(family.forloeb, family.anton)))
    mark(family, note, kept_from=[family.far])
    assert WORDS not in repr(subject.as_data(subject.sections(family.forloeb, family.anton)))


def test_C5_a_topic_mended_after_finishing_shuts_the_paper_of_who_may_not_have_the_new_one(family, draft, note):
    consented(family.forloeb, family.anton, [family.karen], ["misbrug"], answer="no")
    actions.finish(by=family.referent, version=draft)
    schools = copy_for(draft, family.karen.recipient)
    client = Client()
    client.force_login(family.user("karen"))
    assert client.get(reverse("plans:copy", args=[schools.pk])).status_code == 200
    mark(family, note, topic=Topic.objects.get(key="misbrug"))
    assert client.get(reverse("plans:copy", args=[schools.pk])).status_code == 403
    following = factories.second_plan(family)
    assert factories.item(following, "Jeg tør").topic.key == "misbrug"
