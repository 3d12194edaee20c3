"""What is typed and ticked in a form of several fields stands there again, all of it, when the page was left half done."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases import collaboration
from tests.organisation.factories import DepartmentFactory, EmploymentFactory

WHO, NEED, TO = "Hvem drejer det sig om?", "Hvad er der brug for?", "Send til"
KNOWS = "Familien ved, at jeg sender henvendelsen"


def kept(page: Page, act: Callable[[], None]) -> None:
    """Do it, and wait for the answer that it is kept."""
    with page.expect_response(lambda answer: "/kladder/" in answer.url and answer.status == 204):
        act()


@pytest.mark.any_database
def test_O4_a_henvendelse_is_kept_whole_whatever_was_touched_last(signed_in_page) -> None:
    teacher = EmploymentFactory(department=DepartmentFactory(name="Skole"))
    leader = EmploymentFactory(leader=True)
    example = next(iter(collaboration.models().values())).situations[0].text
    page = signed_in_page(teacher.user)
    page.goto("/henvendelser/ny/")
    kept(page, lambda: page.get_by_label(WHO).fill("Sofus i 2. klasse"))
    kept(page, lambda: page.get_by_label(NEED).fill("Han kommer for sent hver dag."))
    expect(page.locator(".ff-draft", has_text="Gemt som kladde")).to_have_count(1)
    page.get_by_label(example).check()
    page.get_by_label(KNOWS).check()
    kept(page, lambda: page.get_by_label(TO).select_option(label=leader.department.name))
    page.goto("/henvendelser/ny/")
    expect(page.get_by_text("Det, du skrev, står her endnu.")).to_be_visible()
    expect(page.get_by_label(WHO)).to_have_value("Sofus i 2. klasse")
    expect(page.get_by_label(NEED)).to_have_value("Han kommer for sent hver dag.")
    expect(page.get_by_label(example)).to_be_checked()
    expect(page.get_by_label(KNOWS)).to_be_checked()
    expect(page.get_by_label(TO).locator("option:checked")).to_have_text(leader.department.name)


@pytest.mark.any_database
def test_F2_the_need_keeps_its_examples_and_its_board_when_the_start_goes_on_later(signed_in_page) -> None:
    page = signed_in_page(EmploymentFactory().user)
    page.goto("/forloeb/start/")
    for answer in page.get_by_label("Nej", exact=True).all():
        answer.check()
    page.get_by_role("button", name="Videre til familien").click()
    page.get_by_label("Hvad kalder I familien?").fill("Sofus' familie")
    page.get_by_role("button", name="Videre til behovet").click()
    model = next(iter(collaboration.models().values()))
    example, board = model.situations[1].text, page.get_by_role("radio").nth(1)
    page.get_by_label(example).check()
    board.check()
    page.get_by_label("Hvad skal koordineres?").fill("Morgenerne.")
    page.get_by_role("button", name="Se efter, før du starter").click()
    page.get_by_role("heading", name="Start Sofus' familie").wait_for()
    page.goto("/forloeb/start/behov/")
    kept(page, lambda: page.get_by_label("Hvad skal koordineres?").fill("Morgenerne og vejen til skole."))
    page.goto("/forloeb/start/behov/")
    expect(page.get_by_label("Hvad skal koordineres?")).to_have_value("Morgenerne og vejen til skole.")
    expect(page.get_by_label(example)).to_be_checked()
    expect(board).to_be_checked()
    kept(page, lambda: page.get_by_label(example).uncheck())
    page.goto("/forloeb/start/behov/")
    expect(page.get_by_label(example)).not_to_be_checked()
