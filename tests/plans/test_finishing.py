"""Finishing: nothing missing (P3), frozen for good (P5), a paper per reader (P6, C5, C6), a line per citizen (P7)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases import actions as cases
from cases.access import standing_of
from consent.basis import load_basis
from meetings.models import Attendance
from plans import actions
from plans.access import demand_may_fetch
from plans.actions.finishing import fingerprint
from plans.desk import Desk
from plans.gaps import Incomplete
from plans.models import ItemKind, JournalEntry, Outcome, PlanCopy, PlanVersion
from tests.consent.factories import consented
from tests.plans import factories
from web.dates import long_date
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(family):
    return factories.first_plan(family)


@pytest.fixture
def printed(family):
    """With real PDFs."""
    return factories.first_plan(family)


def text_of(version, recipient):
    return factories.pdf_text(version.copies.get(recipient=recipient).file.content)


def test_P3_finish_names_every_gap(family):
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    goal = actions.add_item(by=family.referent, version=version, kind=ItemKind.GOAL)
    agreement = actions.add_item(
        by=family.referent, version=version, kind=ItemKind.AGREEMENT, parent=goal, text="spørger morfar"
    )
    with pytest.raises(Incomplete) as missing:
        actions.finish(by=family.referent, version=version)
    assert [(gap.field, gap.item) for gap in missing.value.gaps] == [
        ("text", goal.pk),
        ("who", agreement.pk),
        ("due_on", agreement.pk),
    ]
    assert missing.value.gaps[1].text == "Spørger morfar: hvem?"
    assert missing.value.gaps[1].target == f"who-{agreement.pk}"
    version.refresh_from_db()
    assert version.is_draft
    assert not version.copies.exists()


def test_P5_C5_a_line_that_closed_before_it_got_words_is_no_part_of_the_plan(family: factories.Anton) -> None:
    """Far took his yes back while »Hvem? Jens« still stood without words: the finished plan holds no empty agreement."""
    version = factories.first_plan(family, finished=False)
    empty = actions.add_item(
        by=family.referent, version=version, kind=ItemKind.AGREEMENT, responsible_person=family.far
    )
    consented(family.forloeb, family.far, [family.louise], answer="no")
    assert empty.pk not in {item.pk for item in Desk(version, standing_of(family.referent, family.forloeb)).visible}
    actions.finish(by=family.referent, version=version)
    assert all(item.text for item in version.items.all())


def test_P3_P6_an_agreement_of_somebody_who_has_left_is_not_finished(client: Client, family: factories.Anton) -> None:
    """No copy is made for whoever takes no part, so an agreement with Karen, who has left, or with mor, who has died, would
    be nobody's. The plan says so in the list and at the line, without a name, and takes somebody else."""
    version = factories.first_plan(family, finished=False)
    cases.end_participation(by=family.user("mette"), participation=family.karen)
    cases.leave_forloeb_person(by=family.user("mette"), forloeb=family.forloeb, person=family.mor)
    theirs = [factories.item(version, "Møder"), factories.item(version, "Bestiller")]
    with pytest.raises(Incomplete) as missing:
        actions.finish(by=family.referent, version=version)
    assert [gap.target for gap in missing.value.gaps] == [f"who-{one.pk}" for one in theirs]
    says = "den, der skulle gøre det, er ikke med mere. Vælg en anden."
    assert missing.value.gaps[0].text == f"Møder Anton ved døren kl. 8.15: {says}"
    client.force_login(family.referent)
    page = client.get(reverse("plans:edit", args=[version.pk])).content.decode()
    assert page.count(says) == 2, "in the list"
    assert page.count(says.capitalize().replace("vælg", "Vælg")) == 2, "at the lines"
    for one in theirs:
        actions.change_item(by=family.referent, item=one, responsible=family.thomas)
    actions.finish(by=family.referent, version=version)


def test_P3_an_agreement_closed_to_the_referent_of_somebody_who_has_left_is_for_the_tovholder_to_mend(family) -> None:
    consented(family.forloeb, family.far, [family.louise], ["fritid"], answer="no")
    version = factories.first_plan(family, finished=False)
    actions.add_item(
        by=family.user("mette"), version=version, kind=ItemKind.AGREEMENT, text="Far i bokseklubben",
        about=[family.far], topic=factories.topic("fritid"), responsible=family.karen, due_on=timezone.localdate(),
    )  # fmt: skip
    actions.change_item(by=family.referent, item=factories.item(version, "Møder"), responsible=family.thomas)
    cases.end_participation(by=family.user("mette"), participation=family.karen)
    with pytest.raises(Incomplete, match="som du ikke må se, mangler en person eller en dag"):
        actions.finish(by=family.referent, version=version)


def closed_to_the_referent(family, *others):
    """A draft with an agreement about far that has neither person nor day; far says no to the referent, and to others."""
    consented(family.forloeb, family.far, [family.louise, *others], ["fritid"], answer="no")
    version = factories.first_plan(family, finished=False)
    line = actions.add_item(
        by=family.referent, version=version, kind=ItemKind.AGREEMENT, parent=factories.item(version, "Anton er"),
        text="Går til svømning med Anton", about=[family.far], topic=factories.topic("fritid"),
    )  # fmt: skip
    return version, line


def test_P3_an_agreement_closed_to_the_referent_is_not_finished_without_person_and_day(family):
    version, line = closed_to_the_referent(family)
    with pytest.raises(Incomplete) as missing:
        actions.finish(by=family.referent, version=version)
    (gap,) = missing.value.gaps
    assert gap.text == (
        "En aftale, som du ikke må se, mangler en person eller en dag. "
        "Bed tovholderen, Mette Lindskov, om at skrive det."
    )
    assert gap.target == "udeladt"
    day = factories.item(version, "Møder").due_on
    actions.change_item(by=family.user("mette"), item=line, responsible_person=family.far, due_on=day)
    actions.finish(by=family.referent, version=version)
    version.refresh_from_db()
    assert not version.is_draft


def test_P3_an_agreement_closed_to_both_writers_does_not_hold_the_plan_up(family):
    version, _ = closed_to_the_referent(family, family.mette)
    actions.finish(by=family.referent, version=version)
    version.refresh_from_db()
    assert not version.is_draft


def test_P1_an_empty_plan_lacks_its_goal(family):
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    with pytest.raises(Incomplete, match="intet mål"):
        actions.finish(by=family.referent, version=version)


def test_P5_finish_freezes_names_and_fingerprint(family, finished):
    before = fingerprint(finished, list(finished.items.with_sources()))
    assert finished.sha256 == before
    family.mor.first_name = "Sofia"
    family.mor.save()
    user = family.user("karen")
    user.name = "Karen Ny"
    user.save()
    finished.refresh_from_db()
    assert "Sofie" in finished.front_page
    assert factories.item(finished, "Møder").responsible_label.startswith("Karen Ullerup")
    assert finished.sha256 == fingerprint(finished, list(finished.items.with_sources()))
    assert Event.objects.filter(kind="plan.finished", data__version=str(finished.pk)).count() == 1


STATEMENTS = {
    "version": ("UPDATE plans_planversion SET correction = 'x' WHERE id = %s", "version"),
    "version gone": ("DELETE FROM plans_planversion WHERE id = %s", "version"),
    "back to draft": ("UPDATE plans_planversion SET state = 'draft' WHERE id = %s", "version"),
    "item": ("UPDATE plans_planitem SET text = 'x' WHERE id = %s", "item"),
    "item gone": ("DELETE FROM plans_planitem WHERE id = %s", "item"),
    "mark": ("DELETE FROM plans_planitem_about WHERE planitem_id = %s", "item"),
    "copy": ("UPDATE plans_plancopy SET recipient = 'd:x' WHERE version_id = %s", "version"),
    "copy's items": ("DELETE FROM plans_plancopy_items WHERE planitem_id = %s", "item"),
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_P5_the_database_refuses_to_change_a_finished_version(family, finished, case):
    """On both databases, for whoever gets past the actions."""
    sql, which = STATEMENTS[case]
    row = finished if which == "version" else factories.item(finished, "Møder")
    key = PlanVersion._meta.pk.get_db_prep_value(row.pk, connection)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [key])


def test_P5_actions_refuse_a_finished_version(family, finished):
    by = family.referent
    item = factories.item(finished, "Møder")
    for act in (
        lambda: actions.add_item(by=by, version=finished, kind=ItemKind.GOAL, text="Nyt"),
        lambda: actions.change_item(by=by, item=item, text="Andet"),
        lambda: actions.remove_item(by=by, item=item),
        lambda: actions.finish(by=by, version=finished),
    ):
        with pytest.raises(Refused, match="kan ikke ændres"):
            act()


def test_P5_a_correction_is_a_new_version_that_says_what_it_corrects(family, finished):
    by = family.referent
    with pytest.raises(ValidationError, match="hvad der rettes"):
        actions.start_correction(by=by, version=finished, correction=" ")
    draft = actions.start_correction(by=by, version=finished, correction="Klokkeslættet var forkert.")
    actions.change_item(by=by, item=factories.item(draft, "Møder"), text="Møder Anton ved døren kl. 8.30")
    actions.finish(by=by, version=draft)
    draft.refresh_from_db()
    assert (draft.number, draft.corrects, draft.meeting) == (2, finished, finished.meeting)
    assert factories.item(finished, "Møder").text.endswith("8.15")
    paper = draft.copies.get(recipient=family.karen.recipient).file.content.decode()
    assert "Retter version 1: Klokkeslættet var forkert." in paper


def test_P6_each_department_and_each_adult_gets_a_copy(family, finished):
    labels = {copy.recipient for copy in finished.copies.all()}
    staff = {one.recipient for one in family.staff.values()}
    assert labels == staff | {f"p:{family.mor.pk}", f"p:{family.far.pk}"}
    copy = finished.copies.get(recipient=family.karen.recipient)
    assert copy.file.title.startswith("Fælles Familier – ")
    assert copy.file.filename.startswith("Fælles Familier - Én Plan - 2026-0147 - ")
    assert "Anton" not in copy.file.filename


@pytest.mark.real_papers
def test_C5_C6_fars_copy_has_nothing_of_mors_health_and_no_hint(family, printed):
    """Scenario anton, m1."""
    told = text_of(printed, f"p:{family.far.pk}")
    assert "Følger Anton" in told
    assert "Søger praktik" in told
    for canary in ("læge", "Sofie", "udeladt", "samtykke"):
        assert canary not in told
    mine = text_of(printed, f"p:{family.mor.pk}")
    assert "Bestiller tid hos egen læge" in mine
    assert "praktik" not in mine
    assert "Jens" not in mine
    assert "udeladt" not in mine


@pytest.mark.real_papers
def test_C5_C6_the_schools_copy_has_nothing_of_fars_work_and_says_that_something_is_left_out(family, printed):
    """Scenario anton, m2."""
    told = text_of(printed, family.karen.recipient)
    assert "praktik" not in told
    assert "1 punkt er udeladt: samtykke mangler" in told
    assert printed.copies.get(recipient=family.karen.recipient).left_out == 1


@pytest.mark.real_papers
def test_M9_a_paper_holds_the_readers_own_answer_only(family):
    """The frame »Dit svar« stands at the reader's own face; a department's paper has no ruler at all."""
    finished = factories.first_plan(family)
    assert text_of(finished, f"p:{family.mor.pk}").count("Dit svar") == 1
    assert "Godt Dit svar" in text_of(finished, f"p:{family.mor.pk}")
    assert "Ikke så godt Dit svar" in text_of(finished, f"p:{family.far.pk}")
    assert "Smiley" not in text_of(finished, family.mette.recipient)


def test_P7_O3_a_line_per_citizen_and_system(family, finished):
    """Scenario anton, m3: DUBU for Anton and Ida, Fasit for mor, none for far."""
    lines = {(line.person.first_name, line.system.name.split()[0]) for line in finished.journal.all()}
    assert lines == {("Anton", "DUBU"), ("Ida", "DUBU"), ("Sofie", "Fasit")}
    assert JournalEntry.objects.missing().count() == 3


def test_P7_only_the_department_itself_ticks_its_line(family, finished):
    entry = finished.journal.get(person=family.mor)
    with pytest.raises(Refused, match="Job og Fastholdelse"):
        actions.journalise(by=family.user("mette"), entry=entry)
    actions.journalise(by=family.user("thomas"), entry=entry, document_number="D-77")
    entry.refresh_from_db()
    assert (entry.document_number, entry.journalised_by) == ("D-77", family.user("thomas"))
    with pytest.raises(Refused, match="D-78, er ikke gemt"):
        actions.journalise(by=family.user("thomas"), entry=entry, document_number="D-78")
    entry.refresh_from_db()
    assert entry.document_number == "D-77"


def test_M3_only_the_referent_and_the_tovholder_write(family):
    with pytest.raises(Refused, match="Referenten er Louise Aagaard"):
        actions.start_version(by=family.user("karen"), meeting=family.meeting)
    version = actions.start_version(by=family.user("mette"), meeting=family.meeting)
    assert actions.start_version(by=family.referent, meeting=family.meeting) == version
    with pytest.raises(Refused):
        actions.add_item(by=family.user("thomas"), version=version, kind=ItemKind.GOAL, text="Mit mål")


def test_P3_a_stale_finish_is_told(family):
    version = factories.first_plan(family, finished=False)
    with pytest.raises(Stale):
        actions.finish(by=family.referent, version=version, row_version=99)


def test_C7_a_withdrawal_tells_of_the_plan_and_the_journal(family, finished):
    from consent.consequences import Effect, loss_of
    from plans.consequences import plan_concerned

    actions.journalise(by=family.user("thomas"), entry=finished.journal.get(person=family.mor))
    scope = {"recipients": [family.karen.recipient], "topics": [factories.topic("helbred")]}
    told = list(plan_concerned(family.forloeb, family.mor, loss_of(family.mor, load_basis(family.forloeb), **scope)))
    assert told[0].effect is Effect.HIDDEN
    assert told[0].title == "I Én Plan: 1 aftale"
    assert told[0].lines == ((f"Version {finished.number}, fra møde {finished.meeting.number}", "1 aftale"),)
    assert told[1].effect is Effect.STAYS
    assert "Fasit" in told[1].title
    assert f"journaliseret {long_date(timezone.localdate())}" in told[1].text
    assert not any("læge" in one.title + one.text for one in told)


def test_C5_whoever_wrote_a_line_has_not_contributed_it_once_the_plan_is_finished(family: factories.Anton) -> None:
    """The referent's own department gets no more than its consents give; a responsible's own line stays their own."""
    version = factories.first_plan(family)
    assert factories.item(version, "Søger praktik").contributed_by == ""
    assert factories.item(version, "Samtaler med Anton").contributed_by == family.louise.recipient
    copy = PlanCopy.objects.get(version=version, recipient=family.louise.recipient)
    assert "Søger praktik" not in {one.text for one in copy.items.all()}


def test_P6_the_referent_who_was_present_hands_out_the_familys_copies(family: factories.Anton) -> None:
    version = factories.first_plan(family)
    copy = PlanCopy.objects.get(version=version, recipient=f"p:{family.far.pk}")
    basis, items = load_basis(family.forloeb), list(copy.items.for_sharing())
    demand_may_fetch(standing_of(family.referent, family.forloeb), copy, items, basis)
    with pytest.raises(Refused, match="Louise Aagaard"):
        demand_may_fetch(standing_of(family.user("mette"), family.forloeb), copy, items, basis)


def test_C5_a_no_to_the_referents_department_stops_the_referent_too(family: factories.Anton) -> None:
    version = factories.first_plan(family)
    copy = PlanCopy.objects.get(version=version, recipient=f"p:{family.far.pk}")
    items = list(copy.items.for_sharing())
    about_far = next(item for item in items if family.far in item.about.all())
    consented(family.forloeb, family.far, [family.louise.department], [about_far.topic.key], answer="no")
    with pytest.raises(Refused, match="ikke må se"):
        demand_may_fetch(standing_of(family.referent, family.forloeb), copy, items, load_basis(family.forloeb))


def test_C5_C7_the_other_parents_receipt_does_not_tell_where_a_parent_has_a_case(family: factories.Anton) -> None:
    """Mor's case in Job og Fastholdelse is hers to tell: nothing about far lies there. In DUBU something does."""
    from consent.consequences import loss_of
    from plans.consequences import plan_concerned

    version = factories.first_plan(family)
    actions.journalise(by=family.user("thomas"), entry=version.journal.get(person=family.mor))
    actions.journalise(by=family.user("mette"), entry=version.journal.get(person=family.anton))
    scope = {"recipients": [family.karen.recipient], "topics": [factories.topic("skole")]}
    loss = loss_of(family.far, load_basis(family.forloeb), **scope)
    told = " ".join(one.title + one.text for one in plan_concerned(family.forloeb, family.far, loss))
    assert "DUBU" in told
    assert "Fasit" not in told
    assert "Job og Fastholdelse" not in told


def test_C5_the_front_page_names_nobody_in_a_function_or_a_note_whom_the_reader_may_not_know_of(
    family: factories.Anton,
) -> None:
    """Far may not know of Ida, nor of mor's health; mor may have both."""
    family.karen.title = "klasselærer for Ida"
    family.karen.save()
    anton = family.meeting.attendance.get(person=family.anton)
    anton.note = "mor har migræne, og Anton gik tidligt"
    anton.save()
    version = factories.first_plan(family)
    fars = version.copies.get(recipient=f"p:{family.far.pk}").file.content.decode()
    mors = version.copies.get(recipient=f"p:{family.mor.pk}").file.content.decode()
    for told in ("klasselærer for Ida", "migræne"):
        assert told not in fars
        assert told in mors
    assert "Karen Ullerup" in fars


def test_M8_what_stands_under_a_kept_goal_is_kept_like_it(family: factories.Anton) -> None:
    """Anton's goal is kept from far; the agreement under it would tell far of it. His own task cannot be kept from him."""
    version = factories.first_plan(family, finished=False)
    kept = {"about": [family.anton], "topic": factories.topic("familie")}
    goal = actions.add_item(
        by=family.referent,
        version=version,
        kind=ItemKind.GOAL,
        text="Anton sover bedst hos mor",
        kept_from=[family.far],
        **kept,
    )
    under = actions.add_item(
        by=family.referent, version=version, kind=ItemKind.AGREEMENT, parent=goal, text="Antons nætter tælles", **kept
    )
    assert list(under.kept_from.all()) == [family.far]
    said = {"by": family.referent, "due_on": timezone.localdate()}
    actions.change_item(item=under, responsible_person=family.far, **said)
    with pytest.raises(Incomplete, match="holdes fra Jens"):
        actions.finish(by=family.referent, version=version)
    actions.change_item(item=under, responsible=family.louise, **said)
    actions.finish(by=family.referent, version=version)
    assert "nætter" not in version.copies.get(recipient=f"p:{family.far.pk}").file.content.decode()
    assert "nætter" in version.copies.get(recipient=f"p:{family.mor.pk}").file.content.decode()


@pytest.mark.parametrize("whole", ["", "?historik=hele"])
def test_C5_P7_the_history_tells_only_the_tovholder_in_which_system_a_plan_is_journalised(
    family: factories.Anton, finished: PlanVersion, whole: str
) -> None:
    """Fasit says that Job og Fastholdelse has a case with somebody of the family; the school may not know that."""
    line = JournalEntry.objects.get(person=family.mor)
    actions.journalise(by=family.user("thomas"), entry=line)
    words = f"er journaliseret i {line.system.name}"
    told = {}
    for name in ("mette", "thomas", "karen"):
        client = Client()
        client.force_login(family.user(name))
        page = client.get(reverse("desk:forloeb", args=[family.forloeb.pk]) + whole).content.decode()
        assert "Én Plan, version 1, er færdig." in page, "the rest of the history is there"
        told[name] = words in page
    assert told == {"mette": True, "thomas": False, "karen": False}


def test_P5_what_a_draft_corrects_can_be_said_anew_until_it_is_finished(client, family: factories.Anton) -> None:
    version = factories.first_plan(family)
    client.force_login(family.referent)
    url = reverse("plans:correct", args=[version.pk])
    draft = actions.start_correction(by=family.referent, version=version, correction="Sofies nye adresse")
    assert url in client.get(reverse("plans:edit", args=[draft.pk])).content.decode()
    assert "Sofies nye adresse" in client.get(url).content.decode()
    assert client.post(url, {"correction": "Et navn"})["Location"] == reverse("plans:edit", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.correction == "Et navn"
    actions.finish(by=family.referent, version=draft)
    with pytest.raises(Refused, match="indtil rettelsen er færdig"):
        actions.change_correction(by=family.referent, version=draft, correction="Noget andet")


def light(version, recipient):
    return version.copies.get(recipient=recipient).file.content.decode()


def given_to(family, name, text="Tager hensyn til Sofies depression"):
    """A draft with an agreement about mor's health, which the referent gives to somebody that mor has not said yes to."""
    version = factories.first_plan(family, finished=False)
    line = actions.add_item(
        by=family.referent, version=version, kind=ItemKind.AGREEMENT, parent=factories.item(version, "Anton er"), text=text,
        responsible=family.staff[name], due_on=timezone.localdate(), about=[family.mor], topic=factories.topic("oekonomi"),
    )  # fmt: skip
    return version, line


@pytest.mark.parametrize("came", [True, False])
def test_C5_a_task_given_to_somebody_absent_stands_in_their_paper_by_consent_alone(family, came):
    """Who was at the table took it there. Who was not has contributed nothing: the writer is told, and the paper is silent."""
    Attendance.objects.filter(participation=family.thomas).update(presence="present" if came else "absent")
    version, line = given_to(family, "thomas")
    told = Desk(version, standing_of(family.referent, family.forloeb)).context()
    rows = [row for goal in told["goals"] for part in goal.parts for row in part.agreements if row.item == line]
    warned = [warning for row in rows for warning in row.warnings if "må ikke få det at vide" in warning]
    assert bool(warned) is not came
    actions.finish(by=family.referent, version=version)
    assert ("depression" in light(version, family.thomas.recipient)) is came
    assert "depression" in light(version, f"p:{family.mor.pk}")


def test_C5_a_task_taken_at_the_table_stays_ones_own_in_the_next_version(family):
    version, _ = given_to(family, "thomas")
    actions.finish(by=family.referent, version=version)
    following = factories.second_plan(family)
    Attendance.objects.filter(meeting=following.meeting, participation=family.thomas).update(presence="absent")
    factories.answer_all(family, following, Outcome.CARRIED)
    actions.finish(by=family.referent, version=following)
    assert "depression" in light(following, family.thomas.recipient)
