"""A new version starts from the one before (P4); what the writer may not see goes on untouched (C5)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import BoardNote
from plans import actions
from plans.forms import DistributeForm
from plans.gaps import Incomplete
from plans.models import FollowUpState, ItemKind, Outcome, PlanItem, PlanVersion
from tests.consent.factories import consented
from tests.plans import factories
from web import triggers
from web.errors import Refused

pytestmark = pytest.mark.django_db


def test_P4_every_open_item_is_carried_on_with_its_marks_and_its_place(family, first):
    draft = factories.second_plan(family)
    assert draft.number == 2
    assert {item.carried_from for item in draft.items.all()} == set(first.items.all())
    new = factories.item(draft, "Følger")
    old = factories.item(first, "Følger")
    assert new.parent.carried_from == old.parent
    assert set(new.about.all()) == {family.anton, family.far}
    assert (new.topic, new.due_on, new.responsible_person) == (old.topic, old.due_on, old.responsible_person)


def test_P4_what_is_over_is_not_carried_again(family, first):
    draft = factories.second_plan(family)
    by = family.referent
    factories.answer_all(family, draft, Outcome.DONE)
    actions.set_outcome(by=by, item=factories.item(draft, "Møder"), outcome=Outcome.DROPPED, note="Anton kan selv.")
    actions.set_outcome(by=by, item=factories.item(draft, "Følger"), outcome=Outcome.PARTLY)
    actions.finish(by=by, version=draft)
    family.meeting = factories.meeting_of(family.forloeb, 3, timezone.localdate(), family.staff, family.people)
    third = actions.start_version(by=by, meeting=family.meeting)
    texts = {item.text for item in third.items.all()}
    assert "Følger Anton i skole om onsdagen" in texts
    assert not any(text.startswith(("Møder", "Bestiller")) for text in texts)
    assert any(item.kind == ItemKind.GOAL for item in third.items.all())


def test_P4_finish_asks_for_every_outcome_and_for_why(family, first):
    draft = factories.second_plan(family)
    by = family.referent
    with pytest.raises(Incomplete) as missing:
        actions.finish(by=by, version=draft)
    asked = {gap.text.split(":")[0] for gap in missing.value.gaps}
    assert asked == {
        "Samtaler med Anton hver 14. dag",
        "Afklaring passer til Antons …",
        "Møder Anton ved døren kl. 8.15",
        "Følger Anton i skole om onsdagen",
        "Bestiller tid hos egen læge",
        "Søger praktik i et bageri",
    }
    for outcome in (Outcome.NOT_YET, Outcome.CHANGED, Outcome.DROPPED):
        factories.answer_all(family, draft, outcome)
        with pytest.raises(Incomplete) as missing:
            actions.finish(by=by, version=draft)
        assert {gap.field for gap in missing.value.gaps} >= {"outcome_note"}


def test_P4_what_was_told_between_the_meetings_is_the_first_answer(family, first):
    actions.follow_up(
        by=family.user("karen"), agreement=factories.item(first, "Møder"), state=FollowUpState.DONE, note="Hver dag."
    )
    item = factories.item(factories.second_plan(family), "Møder")
    assert (item.outcome, item.outcome_note) == (Outcome.DONE, "Hver dag.")


def test_P4_C5_what_the_writer_may_not_see_is_carried_on_unseen(family, first, client):
    """Karen of the school is referent now, and far says no to the school: his work goes on, counted, never shown."""
    consented(family.forloeb, family.far, [family.karen], ["beskaeftigelse"], answer="no")
    meeting = factories.second_meeting(family)
    meeting.roles.filter(role="referent").update(participation=family.karen)
    by = family.user("karen")
    draft = actions.start_version(by=by, meeting=meeting)
    hidden = factories.item(draft, "Søger praktik")
    assert hidden.outcome == Outcome.CARRIED
    client.force_login(by)
    page = client.get(f"/planer/{draft.pk}/skriv/").content.decode()
    assert "praktik" not in page
    assert "1 punkt er udeladt: samtykke mangler" in page
    with pytest.raises(Incomplete) as missing:
        actions.finish(by=by, version=draft)
    assert hidden.pk not in {gap.item for gap in missing.value.gaps}
    with pytest.raises(Refused, match="kan ikke se det"):
        actions.change_item(by=by, item=hidden, text="Andet")


def test_P4_a_goal_that_is_over_leaves_nothing_open_under_it(family, first):
    draft = factories.second_plan(family)
    factories.answer_all(family, draft, Outcome.CARRIED)
    actions.set_outcome(by=family.referent, item=factories.item(draft, "Tre formiddage"), outcome=Outcome.DONE)
    with pytest.raises(Incomplete, match="står stadig åbent"):
        actions.finish(by=family.referent, version=draft)


def test_P4_what_stood_in_the_last_plan_is_answered_not_removed(family, first):
    draft = factories.second_plan(family)
    with pytest.raises(ValidationError, match="Udgår"):
        actions.remove_item(by=family.referent, item=factories.item(draft, "Møder"))


def test_P2_one_draft_and_one_plan_per_meeting(family, first):
    with pytest.raises(Refused, match="allerede Én Plan, version 1"):
        actions.start_version(by=family.referent, meeting=family.meeting)
    old = family.meeting
    factories.second_plan(family)
    assert PlanVersion.objects.drafts().count() == 1
    third = factories.meeting_of(family.forloeb, 3, timezone.localdate(), family.staff, family.people)
    with pytest.raises(Refused, match="Kladden fra møde 2"):
        actions.start_version(by=family.referent, meeting=third)
    assert old.plan_versions.count() == 1


def test_M6_a_note_keeps_its_words_its_marks_and_its_person(family):
    note = factories.note(family, "Jeg vil gerne være med i frikvarteret igen", said_by=family.anton)
    note.kept_from.set([family.far])
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    item = actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.GOAL)
    assert (item.text, item.said_by, item.topic) == (note.text, family.anton, note.topic)
    assert list(item.kept_from.all()) == [family.far]
    assert item.contributed_by == note.contributed_by, "as open as on the board, no more"
    with pytest.raises(Refused, match="står allerede"):
        actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.EFFORT)


def test_C5_a_note_the_referent_may_not_see_cannot_be_used(family):
    family.meeting.attendance.filter(participation=family.louise).delete()
    consented(family.forloeb, family.far, [family.louise], ["oekonomi"], answer="no")
    note = factories.note(family, "Far har gæld", topic="oekonomi", about=[family.far])
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    with pytest.raises(Refused, match="kan ikke se det"):
        actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.GOAL)


def test_C5_marks_follow_the_text_until_they_are_set_by_hand(family):
    by = family.referent
    version = actions.start_version(by=by, meeting=family.meeting)
    item = actions.add_item(by=by, version=version, kind=ItemKind.GOAL)
    assert item.topic.key == "familie"
    item = actions.change_item(by=by, item=item, text="Sofie kommer til psykiater")
    assert (set(item.about.all()), item.topic.key) == ({family.mor}, "helbred")
    item = actions.change_item(by=by, item=item, about=[family.mor, family.anton], topic=factories.topic("social"))
    item = actions.change_item(by=by, item=item, text="Jens finder en læge")
    assert (set(item.about.all()), item.topic.key) == ({family.mor, family.anton}, "social")


GUESSED = "Sofie er bange for at falde i igen, når det bliver jul"


def test_C5_a_guessed_topic_goes_along_and_is_told_on_the_sheet_until_one_is_chosen(family, client):
    by = family.referent
    note = factories.note(family, GUESSED, topic="familie", about=[family.mor])
    BoardNote.objects.filter(pk=note.pk).update(topic_is_guess=True)
    note.refresh_from_db()
    version = actions.start_version(by=by, meeting=family.meeting)
    goal = actions.use_note(by=by, version=version, note=note, kind=ItemKind.GOAL)
    below = actions.add_item(by=by, version=version, kind=ItemKind.AGREEMENT, text="Sofie ringer", parent=goal)
    chosen = actions.add_item(by=by, version=version, kind=ItemKind.GOAL, text=GUESSED, topic=factories.topic("social"))
    assert (goal.topic_is_guess, below.topic_is_guess, chosen.topic_is_guess) == (True, True, False)
    client.force_login(by)
    edit, item = reverse("plans:edit", args=[version.pk]), reverse("plans:item", args=[goal.pk])
    page = client.get(edit).content.decode()
    assert page.count("familie og netværk (gættet)") == 2
    assert f'<a href="{item}">Om Sofie · familie og netværk (gættet)' in page, "one click leads to the topic"
    goal = actions.change_item(by=by, item=goal, due_on=None, topic=goal.topic)
    assert not goal.topic_is_guess, "it was looked at and left"
    goal = actions.change_item(by=by, item=goal, is_long_term=True)
    assert not goal.topic_is_guess
    goal = actions.change_item(by=by, item=goal, text=f"{GUESSED} med gaver og gæster")
    assert goal.topic_is_guess, "other words, another guess"
    below = actions.change_item(by=by, item=below, text="Sofie ringer til sin læge")
    assert (below.topic.key, below.topic_is_guess) == ("helbred", False)


def test_P4_a_guess_is_carried_on_as_one(family, first):
    item = factories.item(first, "Følger Anton")
    with triggers.lifted("plans_planitem"):
        PlanItem.objects.filter(pk=item.pk).update(topic_is_guess=True)
    carried = factories.second_plan(family).items.get(carried_from=item)
    assert carried.topic_is_guess


def test_C5_a_task_always_concerns_whoever_got_it(family):
    by = family.referent
    version = actions.start_version(by=by, meeting=family.meeting)
    goal = actions.add_item(by=by, version=version, kind=ItemKind.GOAL, text="Ro om morgenen")
    item = actions.add_item(
        by=by, version=version, kind=ItemKind.AGREEMENT, parent=goal, text="Står op kl. 6", about=[family.anton],
        responsible_person=family.far,
    )  # fmt: skip
    assert set(item.about.all()) == {family.anton, family.far}
    item = actions.change_item(by=by, item=item, responsible=family.karen)
    assert (item.responsible, item.responsible_person) == (family.karen, None)


def test_P1_what_belongs_where(family):
    by = family.referent
    version = actions.start_version(by=by, meeting=family.meeting)
    with pytest.raises(ValidationError, match="mål først"):
        actions.add_item(by=by, version=version, kind=ItemKind.AGREEMENT, text="Ringer")
    goal = actions.add_item(by=by, version=version, kind=ItemKind.GOAL, text="Ro")
    agreement = actions.add_item(by=by, version=version, kind=ItemKind.AGREEMENT, text="Ringer")
    assert agreement.parent == goal
    with pytest.raises(ValidationError, match="kan ikke stå dér"):
        actions.add_item(by=by, version=version, kind=ItemKind.SUB_GOAL, parent=agreement, text="Ro")
    with pytest.raises(ValidationError, match="noget under"):
        actions.remove_item(by=by, item=goal)
    actions.remove_item(by=by, item=agreement)
    actions.remove_item(by=by, item=goal)
    assert not version.items.exists()


def test_U6_questions_for_min_dag(family, first):
    karen = family.user("karen")
    later = timezone.localdate() + datetime.timedelta(days=8)
    assert PlanItem.objects.open_agreements().count() == 4
    assert [item.text for item in PlanItem.objects.open_agreements().mine(karen).overdue(later)] == [
        "Møder Anton ved døren kl. 8.15"
    ]
    actions.follow_up(by=karen, agreement=factories.item(first, "Møder"), state=FollowUpState.DONE)
    assert not PlanItem.objects.open_agreements().mine(karen).exists()
    draft = factories.second_plan(family)
    assert list(PlanVersion.objects.unfinished(0)) == [draft]
    assert not PlanVersion.objects.unfinished(1).exists()


def test_F6_only_the_responsible_or_the_tovholder_follows_up(family, first):
    item = factories.item(first, "Følger")
    with pytest.raises(Refused, match="Aftalen har Jens"):
        actions.follow_up(by=family.user("karen"), agreement=item, state=FollowUpState.DONE)
    actions.follow_up(by=family.user("mette"), agreement=item, state=FollowUpState.PARTLY, note="To onsdage.")
    assert item.follow_ups.get().note == "To onsdage."
    with pytest.raises(Refused, match="kan ikke se den"):
        actions.follow_up(by=family.user("thomas"), agreement=item, state=FollowUpState.DONE)


def test_C5_why_something_waits_reaches_only_who_may_have_what_it_tells(client, family) -> None:
    """»Mor blev indlagt« under an agreement about Anton's school: mor has said no to far about her health."""
    agreement = factories.item(factories.first_plan(family), "Møder Anton ved døren")
    actions.follow_up(by=family.user("karen"), agreement=agreement, state="not_yet", note="Sofie fik migræne")
    page = reverse("plans:page", args=[agreement.version_id])
    consented(family.forloeb, family.mor, [family.louise], ["helbred"], answer="no")
    for name, told in (("karen", True), ("mette", True), ("louise", False)):
        client.force_login(family.user(name), backend="django.contrib.auth.backends.ModelBackend")
        read = client.get(page).content.decode()
        assert ("Sofie fik migræne" in read) is told, name
        assert ("Noten er udeladt: samtykke mangler." in read) is not told, name
    actions.follow_up(
        by=family.user("karen"), agreement=agreement, state="not_yet", note="Sofie fik migræne og gik på druk"
    )
    consented(family.forloeb, family.mor, [family.louise], ["helbred"])
    consented(family.forloeb, family.mor, [family.louise], ["misbrug"], answer="no")
    client.force_login(family.referent, backend="django.contrib.auth.backends.ModelBackend")
    read = client.get(page).content.decode()
    assert "Sofie fik migræne" in read
    assert "druk" not in read, "one yes of two is none"
    consented(family.forloeb, family.mor, [family.louise], ["helbred"], answer="no")
    version = factories.second_plan(family)
    carried = factories.item(version, "Møder Anton ved døren")
    actions.set_outcome(by=family.user("mette"), item=carried, outcome=Outcome.NOT_YET, note="Sofie fik migræne")
    factories.answer_all(family, version)
    actions.finish(by=family.referent, version=version)
    papers = {one.recipient: one.file.content.decode() for one in version.copies.all()}
    for one, told in ((family.far, False), (family.mor, True)):
        assert ("migræne" in papers[f"p:{one.pk}"]) is told
        assert "Møder Anton ved døren" in papers[f"p:{one.pk}"]
    assert "migræne" in papers[family.mette.recipient]
    assert "migræne" not in papers[family.louise.recipient]
    assert "udeladt" in papers[family.louise.recipient]
    assert "udeladt" not in papers[f"p:{family.far.pk}"]


def test_P5_a_correction_speaks_of_the_plan_before_and_not_of_the_one_it_corrects(family, first):
    second = factories.second_plan(family)
    factories.answer_all(family, second)
    actions.add_item(by=family.referent, version=second, kind=ItemKind.GOAL, text="Ro om morgenen")
    actions.finish(by=family.referent, version=second)
    third = actions.start_correction(by=family.referent, version=second, correction="En dato var forkert.")
    client = Client()
    client.force_login(family.referent)
    page = client.get(reverse("plans:edit", args=[third.pk])).content.decode()
    assert "Se version 1," in page
    actions.finish(by=family.referent, version=third)
    read = client.get(reverse("plans:page", args=[third.pk]))
    assert read.context["before"] == first


def test_P6_how_a_copy_was_handed_over_is_written_with_the_names_own_letters(family, first):
    assert ("in_app", "Her i Fælles Familier") in DistributeForm().fields["way"].choices
