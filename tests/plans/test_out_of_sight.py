"""What the writer of Én Plan may not see again: told with its words, never silently gone (C5)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from plans import actions
from plans.models import ItemKind
from tests.consent.factories import consented
from tests.plans import factories
from tests.plans.browsing import browser_of, write

pytestmark = pytest.mark.django_db


def hidden_goal(family):
    """PPR got a no from mor about work; the referent is PPR's. A new, empty goal is about nobody yet."""
    consented(family.forloeb, family.mor, [family.louise], ["beskaeftigelse"], answer="no")
    draft = actions.start_version(by=family.referent, meeting=family.meeting)
    return draft, actions.add_item(by=family.referent, version=draft, kind=ItemKind.GOAL)


WORDS = "Sofie kommer i praktik og finder et arbejde"
GONE = f"»{WORDS}« er gemt. Du må ikke selv se det igen: samtykke mangler."


def test_C5_a_line_whose_topic_has_a_no_is_told_with_its_words_and_never_silently_gone(family):
    draft, goal = hidden_goal(family)
    client = browser_of(family.referent)
    url = reverse("plans:edit", args=[draft.pk])
    page = client.post(url, {f"text-{goal.pk}": WORDS, f"v-{goal.pk}": goal.row_version}, follow=True).content.decode()
    assert GONE in page
    assert "bed tovholderen, Mette Lindskov, om at rette det" in page
    goal.refresh_from_db()
    assert (goal.text, goal.topic.key) == (WORDS, "beskaeftigelse")
    assert WORDS not in client.get(url).content.decode()


def test_C5_P3_a_line_gets_its_words_before_one_whom_the_writer_may_read_nothing_of(family):
    """Else an empty line of far's goes out of sight: nobody can write it or remove it, and the plan is finished with it."""
    consented(family.forloeb, family.far, [family.louise], ["fritid"], answer="no")
    draft = actions.start_version(by=family.referent, meeting=family.meeting)
    goal = actions.add_item(
        by=family.referent, version=draft, kind=ItemKind.GOAL, text="Svømning", topic=factories.topic("fritid")
    )
    line = actions.add_item(by=family.referent, version=draft, kind=ItemKind.AGREEMENT, parent=goal)
    client, url = browser_of(family.referent), reverse("plans:edit", args=[draft.pk])
    told = "Skriv aftalen, før du vælger Jens."
    answer = write(client, draft, line, who=f"p:{family.far.pk}", due="3. december 2026")
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    line.refresh_from_db()
    assert (line.responsible_person, str(line.due_on)) == (None, "2026-12-03"), "the day that came along is kept"
    assert f'id="text-{line.pk}"' in client.get(url).content.decode()
    words = "Kører til svømning"
    answer = write(client, draft, line, text=words, who=f"p:{family.far.pk}")
    assert answer.status_code == 302
    line.refresh_from_db()
    assert (line.text, line.responsible_person) == (words, family.far)


def test_C5_the_script_gets_the_same_words_in_the_place_of_the_field(family):
    draft, goal = hidden_goal(family)
    client = browser_of(family.referent)
    url = reverse("plans:edit", args=[draft.pk])
    data = {f"text-{goal.pk}": WORDS, f"v-{goal.pk}": goal.row_version}
    answer = client.post(url, data, headers={"HX-Request": "true"}).content.decode()
    assert GONE in answer
    assert f'<textarea id="text-{goal.pk}" hx-swap-oob="delete">' in answer
    again = client.post(url, data | {f"text-{goal.pk}": "Endnu mere"}, headers={"HX-Request": "true"}).content.decode()
    assert "»Endnu mere« er ikke gemt: Linjen er fjernet, eller du må ikke se den mere." in again
    goal.refresh_from_db()
    assert goal.text == WORDS


def test_C5_a_line_that_stays_in_sight_is_not_told_of(family, draft):
    item = factories.item(draft, "Møder")
    url = reverse("plans:edit", args=[draft.pk])
    data = {f"text-{item.pk}": "Møder Anton ved porten", f"v-{item.pk}": item.row_version}
    page = browser_of(family.referent).post(url, data, follow=True).content.decode()
    assert "Du må ikke selv se det igen" not in page
    assert "Møder Anton ved porten" in page


def test_C5_marks_that_shut_the_writer_out_are_told(family):
    draft, goal = hidden_goal(family)
    client = browser_of(family.referent)
    data = {"about": [family.mor.pk], "topic": factories.topic("beskaeftigelse").pk, "row_version": goal.row_version}
    actions.change_item(by=family.referent, item=goal, text="Et mål uden emne")
    goal.refresh_from_db()
    data["row_version"] = goal.row_version
    page = client.post(reverse("plans:item", args=[goal.pk]), data, follow=True).content.decode()
    assert "»Et mål uden emne« er gemt. Du må ikke selv se det igen" in page


def test_C5_a_sub_goal_whose_goal_is_hidden_stands_for_itself_and_tells_nothing_of_a_goal(family):
    """Far's work is not for the school; Anton's school days are."""
    by = family.referent
    draft = actions.start_version(by=by, meeting=family.meeting)
    goal = actions.add_item(
        by=by, version=draft, kind=ItemKind.GOAL, text="Jens har arbejde", about=[family.far],
        topic=factories.topic("beskaeftigelse"),
    )  # fmt: skip
    school = {"about": [family.anton], "topic": factories.topic("skole")}
    below = actions.add_item(
        by=by, version=draft, kind=ItemKind.SUB_GOAL, parent=goal, text="Tre formiddage i skolen", **school
    )
    actions.add_item(
        by=by, version=draft, kind=ItemKind.AGREEMENT, parent=below, text="Møder Anton ved døren",
        responsible=family.karen, due_on=timezone.localdate(), **school,
    )  # fmt: skip
    actions.finish(by=by, version=draft)
    draft.refresh_from_db()
    paper = draft.copies.get(recipient=family.karen.recipient).file.content.decode()
    for page in (
        browser_of(family.user("karen")).get(reverse("plans:page", args=[draft.pk])).content.decode(), paper,
    ):  # fmt: skip
        assert "Tre formiddage i skolen" in page
        assert page.index("Tre formiddage i skolen") < page.index("Møder Anton ved døren")
        assert "Delmål</h2>" in page
        for hidden in ("Jens har arbejde", "Mål 1", "Desuden"):
            assert hidden not in page, hidden
