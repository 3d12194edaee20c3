"""A journalising by mistake is taken back by the department itself; the ledger keeps what stood there, and why (P7)."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from insight.overview_stuck import unjournalised
from plans import actions
from plans.models import JournalEntry, JournalTakenBack, PlanVersion
from privacy.subject import sections
from tests.plans import factories
from web import triggers
from web.cpr import NO_CPR_HELP
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db
WHY = "Jeg trykkede ved den forkerte"


@pytest.fixture
def family() -> factories.Anton:
    return factories.anton()


@pytest.fixture
def version(family: factories.Anton) -> PlanVersion:
    return factories.first_plan(family)


@pytest.fixture
def line(family: factories.Anton, version: PlanVersion) -> JournalEntry:
    """Mor's line in Thomas' department, ticked with a number."""
    entry = version.journal.get(person=family.mor)
    return actions.journalise(by=family.user("thomas"), entry=entry, document_number="D-77")


def browser(family: factories.Anton, who: str) -> Client:
    client = Client()
    client.force_login(family.user(who))
    return client


def read(family: factories.Anton, who: str, name: str, *keys: object) -> str:
    return browser(family, who).get(reverse(name, args=keys)).content.decode()


def test_P7_the_line_is_missing_again_and_what_it_said_stays(family, version, line):
    before = unjournalised().count()
    assert f'href="{reverse("plans:take_back", args=[line.pk])}"' in read(family, "thomas", "plans:journal")
    thomas, url = browser(family, "thomas"), reverse("plans:take_back", args=[line.pk])
    asked = thomas.get(url).content.decode()
    assert "med nummer D-77" in asked
    assert "Sofie Østergård-Åkjær i Fasit" in asked
    assert thomas.post(url, {"row_version": line.row_version}).status_code == 422, "without a reason nothing happens"
    assert thomas.post(url, {"row_version": line.row_version, "reason": WHY}).status_code == 302
    line.refresh_from_db()
    assert (line.journalised_on, line.journalised_by, line.document_number) == (None, None, "")
    kept = line.taken_back.get()
    assert (kept.document_number, kept.journalised_by, kept.by) == (
        "D-77",
        family.user("thomas"),
        family.user("thomas"),
    )
    assert unjournalised().count() == before + 1, "the koordinator counts it again"
    queue = read(family, "thomas", "plans:journal")
    assert f'id="linje-{line.pk}"' in queue
    assert f"Hvorfor: {WHY}" in queue
    assert "dok. D-77" in queue
    assert "Journalisér Én Plan i Fasit" in read(family, "thomas", "desk:my_day")
    assert thomas.get(url).status_code == 302, "nothing to take back now"
    actions.journalise(by=family.user("thomas"), entry=line, document_number="D-78")
    assert unjournalised().count() == before
    done = read(family, "thomas", "plans:journal")
    assert "D-78" in done
    assert f"Hvorfor: {WHY}" in done, "nothing is erased"


def test_P7_only_the_department_itself_takes_its_line_back(family, line):
    url = reverse("plans:take_back", args=[line.pk])
    for who in ("mette", "karen", "louise"):
        refused = browser(family, who).get(url)
        assert refused.status_code == 403
        assert "Det kan kun Job og Fastholdelse" in refused.content.decode()
        with pytest.raises(Refused, match="Det kan kun Job og Fastholdelse"):
            actions.take_back(by=family.user(who), entry=line, reason=WHY)
    assert not JournalTakenBack.objects.exists()


def test_P7_C5_the_plans_page_says_who_took_it_back_and_the_department_why(family, version, line):
    assert reverse("plans:take_back", args=[line.pk]) in read(family, "thomas", "plans:page", version.pk)
    assert reverse("plans:take_back", args=[line.pk]) not in read(family, "mette", "plans:page", version.pk)
    actions.take_back(by=family.user("thomas"), entry=line, reason=WHY)
    for who, is_told in (("thomas", True), ("mette", False)):
        page = read(family, who, "plans:page", version.pk)
        assert re.search(r"Taget tilbage [\w. \xa0]+ af Thomas Ravn\.", page)
        assert "dok. D-77" in page
        assert (WHY in page) == is_told


def test_P7_C5_the_history_tells_the_tovholder_that_it_was_taken_back(family, line):
    actions.take_back(by=family.user("thomas"), entry=line, reason=WHY)
    words = "journaliseringen er taget tilbage"
    assert words in read(family, "mette", "desk:forloeb", family.forloeb.pk)
    assert words not in read(family, "karen", "desk:forloeb", family.forloeb.pk)
    assert WHY not in read(family, "mette", "desk:forloeb", family.forloeb.pk)


def test_P7_a_colleague_who_has_taken_it_back_and_ticked_it_again_is_not_run_over(family, line):
    seen = line.row_version
    actions.take_back(by=family.user("thomas"), entry=line, reason=WHY)
    with pytest.raises(Refused, match="ikke noget at tage tilbage"):
        actions.take_back(by=family.user("thomas"), entry=line, reason=WHY)
    actions.journalise(by=family.user("thomas"), entry=line, document_number="D-78")
    with pytest.raises(Stale):
        actions.take_back(by=family.user("thomas"), entry=line, reason=WHY, row_version=seen)
    answer = browser(family, "thomas").post(
        reverse("plans:take_back", args=[line.pk]), {"reason": WHY, "row_version": seen}
    )
    assert answer.status_code == 409
    assert WHY in answer.content.decode()
    line.refresh_from_db()
    assert line.document_number == "D-78"


def test_C12_no_cpr_number_is_taken_in_the_reason(family, line):
    told = "Det var 010161-1234, der skulle have den"
    with pytest.raises(ValidationError, match="CPR"):
        actions.take_back(by=family.user("thomas"), entry=line, reason=told)
    url = reverse("plans:take_back", args=[line.pk])
    answer = browser(family, "thomas").post(url, {"reason": told, "row_version": line.row_version})
    assert answer.status_code == 422
    assert NO_CPR_HELP in answer.content.decode()
    assert told in answer.content.decode(), "the text stays to be mended"


@pytest.mark.parametrize("reason", ["", "  "])
def test_P7_nothing_is_taken_back_without_a_reason(family, line, reason):
    with pytest.raises(ValidationError):
        actions.take_back(by=family.user("thomas"), entry=line, reason=reason)
    line.refresh_from_db()
    assert line.journalised_on is not None


def test_P7_the_database_refuses_to_change_or_erase_what_was_taken_back(family, line):
    actions.take_back(by=family.user("thomas"), entry=line, reason=WHY)
    for act in (
        lambda: JournalTakenBack.objects.update(document_number=""),
        lambda: JournalTakenBack.objects.all().delete(),
        lambda: JournalTakenBack.objects.create(
            entry=line, journalised_on=line.version.finished_at, journalised_by=family.user("thomas"), reason="",
            by=family.user("thomas"),
        ),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    events = [("plans_journaltakenback", event) for event in ("UPDATE", "DELETE", "TRUNCATE")]
    assert triggers.missing(*events) == []


def test_P7_the_person_reads_in_indsigt_that_it_was_taken_back(family, line):
    actions.take_back(by=family.user("thomas"), entry=line, reason="Sofie hører til i en anden afdeling")
    found = next(one for one in sections(family.forloeb, family.mor) if one.title == "Hvor planen er journaliseret")
    under = found.blocks[0].under[0]
    assert under.title == "Taget tilbage som en fejl"
    assert ("Dokumentnummer, som det stod", "D-77") in under.lines
