"""Sådan arbejder vi: what a model's file says is what every employee reads, and nothing in it is run (F2, F3, F6, M3, P8)."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from cases import collaboration
from tests.cases.test_collaboration import GOOD
from tests.organisation.factories import EmploymentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_again():
    collaboration.forget()
    yield
    collaboration.forget()


def page_of(user, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("key", ["faelles_familier", "sammen_om_familien", "tvaerfaglig_koordination"])
def test_every_table_of_the_file_stands_on_its_page(key: str) -> None:
    model = collaboration.models()[key]
    page = page_of(EmploymentFactory().user, reverse("cases:model", args=[key]))
    told = [model.name, model.summary]
    told += [part for step in model.steps for part in (step.title, step.hint)]
    told += [part for role in model.roles for part in (role.name, role.task)]
    told += [part for document in model.documents for part in (document.title, document.purpose)]
    told += [column.title for board in model.boards for column in board.columns]
    told += [phase.title for phase in model.phases]
    told += [check.text for check in model.checks]
    told += [part for one in model.goal_help for part in (one.word, one.ask)]
    told += [question.question for question in collaboration.questions()]
    assert [words for words in told if escape(words) not in page] == []
    assert all(document.purpose for document in model.documents)


def test_the_footer_leads_there_and_the_administrator_may_read_it_too() -> None:
    address = reverse("cases:how_we_work")
    page = page_of(UserFactory(system_admin=True), address)
    assert "Fælles Familier</h1>" in page
    assert f'<a href="{address}">Sådan arbejder vi</a>' in page
    client = Client()
    client.force_login(EmploymentFactory().user)
    assert client.get(reverse("cases:model", args=["findes-ikke"])).status_code == 404


def test_markup_in_a_file_is_shown_as_text(tmp_path: Path, settings) -> None:
    text = GOOD.replace("Vores egen.", "<script>alert(1)</script>").replace('"A"', '"<b>A</b> {{ forloeb }}"')
    (tmp_path / "vores.toml").write_text(text, encoding="utf-8")
    settings.COLLABORATION_DIR = str(tmp_path)
    page = page_of(EmploymentFactory().user, reverse("cases:model", args=["vores"]))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;A&lt;/b&gt; {{ forloeb }}" in page


@pytest.mark.any_database
def test_the_page_has_no_fault_that_axe_finds(signed_in_page, axe, transactional_db) -> None:
    page = signed_in_page(EmploymentFactory().user)
    for key in collaboration.models():
        page.goto(reverse("cases:model", args=[key]))
        axe(page)
