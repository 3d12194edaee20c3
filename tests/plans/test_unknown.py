"""The sheet and the forms of Én Plan before a writer who may not know of everybody in the family (C5)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consent.sharing import Reader, load_basis, may_know_of
from meetings.models import Attendance, Presence
from plans import actions
from plans.models import ItemKind, PlanItem, PlanVersion
from tests.plans import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def family() -> factories.Anton:
    """PPR, whose Louise is referent and could not come, may know of Sofie and Anton, and of nobody else."""
    made = factories.anton()
    Attendance.objects.filter(participation=made.louise).update(presence=Presence.ABSENT)
    basis, reader = load_basis(made.forloeb), Reader(made.louise.recipient)
    assert [name for name, one in made.people.items() if may_know_of(reader, one.pk, basis)] == ["mor", "anton"]
    return made


@pytest.fixture
def draft(family: factories.Anton) -> PlanVersion:
    return actions.start_version(by=family.referent, meeting=family.meeting)


def goal(family: factories.Anton, draft: PlanVersion, text: str, by: str = "louise", **marks: object) -> PlanItem:
    about = {"about": [family.anton], "topic": factories.topic("skole")} | marks
    return actions.add_item(by=family.user(by), version=draft, kind=ItemKind.GOAL, text=text, **about)


def browser(family: factories.Anton, who: str = "louise") -> Client:
    client = Client()
    client.force_login(family.user(who))
    return client


def sheet(family: factories.Anton, draft: PlanVersion, who: str = "louise") -> str:
    return browser(family, who).get(reverse("plans:edit", args=[draft.pk])).content.decode()


@pytest.mark.parametrize(
    ("text", "told", "tovholders"),
    [
        (
            "Anton er i skole, far afleverer",
            "Teksten nævner en, punktet ikke er mærket med.",
            r"Jens står i teksten, men punktet er ikke mærket med Jens\.",
        ),
        (
            "Anton er i skole, far og mor afleverer",
            "Sofie står i teksten, men punktet er ikke mærket med Sofie. "
            "Teksten nævner også en anden, punktet ikke er mærket med.",
            "(Jens og Sofie|Sofie og Jens) står i teksten",  # in the order of their keys
        ),
    ],
)
def test_C5_the_warning_gives_no_name_to_somebody_unknown_to_the_writer(
    family: factories.Anton, draft: PlanVersion, text: str, told: str, tovholders: str
) -> None:
    """»Far« in a text has no name for PPR; the warning must not say that he is called Jens."""
    made = goal(family, draft, text)
    for page in (sheet(family, draft), browser(family).get(reverse("plans:item", args=[made.pk])).content.decode()):
        assert told in page
        assert "Jens" not in page
    assert re.search(tovholders, sheet(family, draft, "mette")), "the tovholder knows everybody"


@pytest.mark.parametrize(
    ("kept_from", "told"), [(["far"], "holdes fra nogen"), (["far", "mor", "ida"], "holdes fra Sofie og andre")]
)
def test_C5_M8_from_whom_a_line_is_kept_is_named_only_where_the_writer_may_know_of_them(
    family: factories.Anton, draft: PlanVersion, kept_from: list[str], told: str
) -> None:
    """That it is kept from somebody the writer must know, to write with care; not who it is."""
    goal(family, draft, "Anton sover hos en ven", kept_from=[family.people[name] for name in kept_from])
    page = sheet(family, draft)
    assert told in page
    assert not re.search(r"Jens|Ida", page)
    assert re.search("holdes fra (Ida, )?Jens", sheet(family, draft, "mette"))


def test_C5_the_slip_of_a_note_does_not_say_who_said_it_to_a_writer_who_may_not_know_of_them(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """As on the board: far's words about Anton are shown as words, without his name; Sofie's with hers."""
    factories.note(family, "Han skal møde til tiden", said_by=family.far)
    factories.note(family, "Han møder gerne", said_by=family.mor)
    page = sheet(family, draft)
    assert "»Han skal møde til tiden«</p>" in page
    assert '»Han møder gerne« <span class="voice__who">Sofie</span>' in page
    assert "Jens" not in page
    assert '»Han skal møde til tiden« <span class="voice__who">Jens</span>' in sheet(family, draft, "mette")


def test_C5_M10_who_sat_at_the_table_with_the_writer_is_no_news_to_them(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """Louise came after all, and met far there."""
    Attendance.objects.filter(participation=family.louise).update(presence=Presence.PRESENT)
    goal(family, draft, "Anton er i skole, far afleverer", kept_from=[family.far])
    page = sheet(family, draft)
    assert "Jens står i teksten, men punktet er ikke mærket med Jens." in page
    assert "holdes fra Jens" in page
