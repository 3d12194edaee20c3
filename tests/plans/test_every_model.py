"""Each collaboration model and each of its boards, from the start to the plan: its own titles and words (F2, M3, M5, M6, P8)."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from cases import collaboration
from cases.models import Forloeb
from meetings import actions as meeting_actions
from meetings.models import BoardNote, Meeting
from plans import actions
from plans.models import ItemKind
from tests.organisation.factories import EmploymentFactory
from tests.plans import factories

pytestmark = pytest.mark.django_db
BOARDS = [(model.key, board.key) for model in collaboration.models().values() for board in model.boards]
WORDS = {"goal": "Mål", "sub_goal": "Delmål", "effort": "Indsats", "agreement": "Aftale"}


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, name: str, *args) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("model_key", "board_key"), BOARDS)
def test_F2_M6_each_model_and_board_is_chosen_at_the_start(model_key: str, board_key: str) -> None:
    model = collaboration.models()[model_key]
    job = EmploymentFactory()
    client = browser_of(job.user)
    client.post(reverse("cases:start"), {"underretning": "nej", "other_track": "nej"})
    client.post(reverse("cases:start_family"), {"family_name": "Antons familie"})
    page = page_of(client, "cases:start_need")
    assert [one.text for one in model.situations if escape(one.text) not in page] == []
    chosen = model.situations[-1]
    typed = {"need": "Skole", "model_and_board": f"{model_key}:{board_key}", "situations": chosen.key}
    done = client.post(reverse("cases:start_need"), {**typed, "department": str(job.department.pk)})
    assert done["Location"] == reverse("cases:start_review")
    page = page_of(client, "cases:start_review")
    assert model.name in page
    assert chosen.text in page
    assert " · ".join(escape(column.title) for column in model.board(board_key).columns) in page
    assert client.post(reverse("cases:start_review"), {"_once": "a"}).status_code == 302
    forloeb = Forloeb.objects.get()
    assert (forloeb.model_key, forloeb.board_key, forloeb.situations) == (model_key, board_key, [chosen.key])
    page = page_of(client, "desk:forloeb", forloeb.pk)
    assert f'<a href="{reverse("cases:model", args=[model_key])}">Sådan arbejder vi: {model.name}</a>' in page


@pytest.mark.parametrize(("model_key", "board_key"), BOARDS)
def test_M3_M5_M6_the_meeting_has_the_models_phases_roles_and_columns(family, model_key, board_key) -> None:
    model = collaboration.models()[model_key]
    Forloeb.objects.filter(pk=family.forloeb.pk).update(model_key=model_key, board_key=board_key)
    begins = timezone.now() + datetime.timedelta(minutes=5)
    family.forloeb.refresh_from_db()
    made = meeting_actions.plan_meeting(
        by=family.user("mette"),
        forloeb=family.forloeb,
        starts_at=begins,
        ends_at=begins + datetime.timedelta(minutes=90),
        place="Skolen, lokale 12",
        participations=[family.mette],
        persons=[family.anton],
    )
    meeting_actions.set_role(by=family.user("mette"), meeting=made, role="tavle", participation=family.mette)
    client = browser_of(family.user("mette"))
    page = page_of(client, "meetings:page", made.pk)
    assert [one.title for one in model.phases if escape(one.title) not in page] == []
    for role in ("moedeleder", "referent", "tavle"):
        assert model.task(role)
        assert model.task(role) in page
    columns = model.board(board_key).columns
    for name in ("meetings:board", "meetings:wall"):
        page = page_of(client, name, made.pk)
        titles = re.findall(r'<h2 id="k\d"[^>]*>(?:<[^>]*>)*([^<]+)', page)
        assert [title.strip() for title in titles] == [column.title for column in columns], name
    for column in columns:
        meeting_actions.add_note(by=family.user("mette"), meeting=made, column=column.key, text="Anton i skole")
    assert made.notes.count() == len(columns)


@pytest.mark.parametrize(("model_key", "board_key"), BOARDS)
def test_P8_the_plan_offers_first_what_the_column_is_for_and_the_models_help(family, model_key, board_key) -> None:
    model = collaboration.models()[model_key]
    Forloeb.objects.filter(pk=family.forloeb.pk).update(model_key=model_key)
    Meeting.objects.filter(pk=family.meeting.pk).update(board_key=board_key)
    for column in model.board(board_key).columns:
        factories.note(family, f"Punkt i {column.key}", column=column.key)
    family.meeting.refresh_from_db()
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    client = browser_of(family.referent)
    page = page_of(client, "plans:edit", version.pk)
    assert [one.ask for one in model.goal_help if escape(one.ask) not in page] == []
    assert "Mål: brug »Punkt i" in page
    assert "Aftale: brug »Punkt i" not in page, "without a goal there is nothing for an agreement to stand under"
    actions.add_item(by=family.referent, version=version, kind=ItemKind.GOAL, text="Anton er i skole")
    page = page_of(client, "plans:edit", version.pk)
    for column in model.board(board_key).columns:
        offered = re.findall(rf'aria-label="([^:"]+): brug »Punkt i {column.key}«"( class="is-first")?', page)
        assert {word for word, _ in offered} == set(WORDS.values())
        assert offered[0][0] == WORDS.get(column.becomes, "Mål")
        assert [word for word, first in offered if first] == ([WORDS[column.becomes]] if column.becomes else [])
    note = BoardNote.objects.get(meeting=family.meeting, column=model.board(board_key).columns[-1].key)
    used = {"do": f"use:{note.pk}:{model.board(board_key).columns[-1].becomes}"}
    assert client.post(reverse("plans:edit", args=[version.pk]), used).status_code == 302
    assert version.items.get(from_note=note).kind == model.board(board_key).columns[-1].becomes


def test_M6_a_note_in_a_column_that_the_model_has_lost_is_still_there(family) -> None:
    """The municipality may change its file while a forløb runs: nothing that was written may go out of sight."""
    kept = factories.note(family, "Anton savner sin klasse", column="noget_gammelt")
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    assert f"use:{kept.pk}:goal" in page_of(browser_of(family.referent), "plans:edit", version.pk)


def test_a_model_that_says_nothing_of_a_role_leaves_the_apps_own_words(family, settings, tmp_path) -> None:
    ours = (collaboration.OURS / "faelles_familier.toml").read_text(encoding="utf-8")
    bare = re.sub(r"\[\[role\]\]\n(?:\w+ = .*\n)+", "", ours)
    assert "[[role]]" not in bare
    (tmp_path / "vores.toml").write_text(bare, encoding="utf-8")
    settings.COLLABORATION_DIR = str(tmp_path)
    collaboration.forget()
    try:
        page = page_of(browser_of(family.user("mette")), "meetings:page", family.meeting.pk)
    finally:
        settings.COLLABORATION_DIR = ""
        collaboration.forget()
    assert "Skriver på tavlen. Skal komme fra en myndighedsafdeling." in page
