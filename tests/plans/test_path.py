"""The referent's way in a browser: note → goal → agreement → finish → PDF → journalised; every page free of axe's faults."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from plans import actions
from plans.models import JournalEntry, PlanItem
from tests.plans import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_P3_P5_P7_from_note_to_journal(signed_in_page, axe):
    family = factories.anton()
    note = factories.note(family, "Jeg vil gerne være med i frikvarteret igen", said_by=family.anton)
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    page = signed_in_page(family.referent)
    page.goto(reverse("plans:edit", args=[version.pk]))
    axe(page)

    page.get_by_role("button", name=f"Mål: brug »{note.text}«").click()
    expect(page.get_by_text("Står som mål 1")).to_be_visible()
    page.get_by_role("button", name="Aftale under").click()
    who, what, when = (page.get_by_label(label).last for label in ("Hvem?", "Gør hvad?", "Hvornår?"))
    what.wait_for()
    page.wait_for_load_state()  # the page's scripts hear what is written from here on
    what.fill("Finder en makker til frikvarteret")
    what.blur()
    expect(page.get_by_role("status").filter(has_text="Alt er gemt kl.")).to_be_visible()
    expect(page.get_by_role("heading", name="2 ting mangler")).to_be_visible()

    page.get_by_role("button", name="Gør planen færdig").click()
    expect(page.get_by_role("alert").get_by_role("link", name="Finder en makker til …: hvem?")).to_be_visible()
    axe(page)
    who.select_option(label=next(one for one in who.locator("option").all_text_contents() if one.startswith("Karen")))
    when.fill(f"{timezone.localdate() + datetime.timedelta(days=9):%d.%m.%Y}")
    when.blur()
    expect(page.get_by_role("heading", name="Intet mangler")).to_be_visible()
    assert PlanItem.objects.get(kind="agreement").responsible == family.karen

    page.get_by_role("button", name="Gør planen færdig").click()
    expect(page.get_by_text("Planen er færdig.")).to_be_visible()
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent PDF").first.click()
    assert download.value.suggested_filename.startswith("Fælles Familier - Én Plan - 2026-0147")

    mette = signed_in_page(family.user("mette"))
    mette.goto(reverse("plans:journal"))
    axe(mette)
    mette.get_by_label("Dokumentnummer").first.fill("D-100")
    mette.get_by_role("button", name="Journaliseret").first.click()
    expect(mette.get_by_text("D-100")).to_be_visible()
    assert JournalEntry.objects.filter(document_number="D-100").count() == 1


def test_two_at_once_in_two_browsers(signed_in_page, axe):
    """Both texts, where the second one writes; the first one's stands until somebody has chosen."""
    family = factories.anton()
    version = factories.first_plan(family, finished=False)
    url = reverse("plans:edit", args=[version.pk])
    louise, mette = signed_in_page(family.referent), signed_in_page(family.user("mette"))
    item = factories.item(version, "Møder")
    for page in (louise, mette):
        page.goto(url)
    for page, text in ((louise, "Louises ord"), (mette, "Mettes ord")):
        field = page.locator(f"#text-{item.pk}")
        field.fill(text)
        field.blur()
        state = "Alt er gemt kl." if page is louise else "Ikke gemt endnu. Din tekst står her stadig."
        expect(page.get_by_text(state)).to_be_visible()
    expect(mette.get_by_text("Her er begge tekster. Intet er tabt.")).to_be_visible()
    axe(mette)
    mette.get_by_role("button", name="Behold min").click()
    expect(mette.locator(f"#text-{item.pk}")).to_have_value("Mettes ord")
    item.refresh_from_db()
    assert item.text == "Mettes ord"


@pytest.mark.any_database
def test_the_sheet_works_without_javascript(signed_in_page):
    family = factories.anton()
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    page = signed_in_page(family.referent, java_script_enabled=False)
    page.goto(reverse("plans:edit", args=[version.pk]))
    page.get_by_role("button", name="Nyt mål").click()
    page.get_by_label("Overordnet mål 1").fill("Rolige morgener")
    page.get_by_role("button", name="Gem", exact=True).last.click()
    expect(page.get_by_label("Overordnet mål 1")).to_have_value("Rolige morgener")
