"""The pages of Én Plan: two who write at once, the papers and the queue."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases.models import DepartmentCase, Participation
from consent import actions as consent
from consent.models import Consent
from plans import actions
from plans.models import ItemKind, JournalEntry, PlanVersion
from tests.consent.factories import START, consented
from tests.organisation.factories import EmploymentFactory
from tests.plans import factories
from tests.plans.browsing import browser_of, write
from web.dates import input_date
from web.fields import keyed_index

pytestmark = pytest.mark.django_db


def test_P3_each_field_is_saved_in_plain_danish(family, draft):
    item = factories.item(draft, "Møder")
    client = browser_of(family.referent)
    answer = write(client, draft, item, text="Møder Anton", who=f"p:{family.mor.pk}", due="3. december 2026")
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.text, item.responsible, item.responsible_person) == ("Møder Anton", None, family.mor)
    assert item.due_on.isoformat() == "2026-12-03"


def test_C6_the_writer_is_told_that_notes_from_the_board_are_left_out(family):
    consented(family.forloeb, family.far, [family.louise], ["fritid"], answer="no")
    hidden = factories.note(family, "Far vil gerne svømme", about=[family.far], topic="fritid")
    draft = factories.first_plan(family, finished=False)
    page = browser_of(family.referent).get(reverse("plans:edit", args=[draft.pk])).content.decode()
    assert hidden.text not in page
    assert "1 punkt fra tavlen er udeladt: samtykke mangler." in page
    assert "Der er ikke skrevet noget på tavlen" not in page
    page = browser_of(family.user("mette")).get(reverse("plans:edit", args=[draft.pk])).content.decode()
    assert hidden.text in page
    assert "fra tavlen er udeladt" not in page


def test_P6_the_referent_is_not_told_to_ask_themselves_for_a_copy(family):
    consented(family.forloeb, family.far, [family.louise], ["skole"])
    consented(family.forloeb, family.far, [family.louise], ["beskaeftigelse"], answer="no")
    first = factories.first_plan(family)
    page = browser_of(family.referent).get(reverse("plans:page", args=[first.pk])).content.decode()
    assert (
        "Rummer noget, som din afdeling ikke må se. "
        "Tal med familien om et samtykke, eller bed tovholderen om at give den videre."
    ) in page
    assert "Bed mødets referent" not in page


def test_P2_the_first_plan_speaks_of_no_plan_before_it(family):
    start = reverse("plans:start", args=[family.meeting.pk])
    assert "Det er familiens første plan." in browser_of(family.referent).get(start).content.decode()
    factories.first_plan(family)
    second = factories.second_meeting(family)
    page = browser_of(family.referent).get(reverse("plans:start", args=[second.pk])).content.decode()
    assert "Det, der står åbent i den sidste plan, kommer med" in page
    assert "første plan" not in page


def test_P3_a_date_that_cannot_be_read_is_told_and_kept(family, draft):
    item = factories.item(draft, "Møder")
    answer = write(browser_of(family.referent), draft, item, due="engang i morgen", text="Møder Anton kl. 8")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Skriv datoen, fx 23.11.2026" in page
    assert 'value="engang i morgen"' in page
    item.refresh_from_db()
    assert item.text == "Møder Anton kl. 8"


def test_two_who_write_in_different_fields_lose_nothing(family, draft):
    item = factories.item(draft, "Møder")
    seen = item.row_version
    as_it_was, later = input_date(item.due_on), input_date(item.due_on + timedelta(days=3))
    write(browser_of(family.user("mette")), draft, item, seen, text="Møder Anton kl. 8.30", due=as_it_was)
    answer = write(browser_of(family.referent), draft, item, seen, text=item.text, due=later)
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.text, input_date(item.due_on)) == ("Møder Anton kl. 8.30", later)


def test_two_who_write_in_the_same_field_are_shown_both_texts(family, draft):
    item = factories.item(draft, "Møder")
    seen = item.row_version
    write(browser_of(family.user("mette")), draft, item, seen, text="Mettes ord")
    client = browser_of(family.referent)
    answer = write(client, draft, item, seen, text="Louises ord")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mette gemte for et øjeblik siden. Her er begge tekster. Intet er tabt." in page
    assert "Mettes ord" in page
    assert "Louises ord" in page
    item.refresh_from_db()
    assert item.text == "Mettes ord"
    name = f"text-{item.pk}"
    url = reverse("plans:edit", args=[draft.pk])
    client.post(url, {name: "Louises ord", f"v-{item.pk}": seen, "take": name})
    item.refresh_from_db()
    assert item.text == "Mettes ord"
    client.post(url, {name: "Louises ord", f"v-{item.pk}": seen, "keep": name})
    item.refresh_from_db()
    assert item.text == "Louises ord"


def test_htmx_answers_with_state_gaps_and_the_new_row_version(family, draft):
    item = factories.item(draft, "Møder")
    url = reverse("plans:edit", args=[draft.pk])
    answer = browser_of(family.referent).post(
        url, {f"text-{item.pk}": "Ny tekst", f"v-{item.pk}": item.row_version}, headers={"HX-Request": "true"}
    )
    item.refresh_from_db()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="v-{item.pk}" value="{item.row_version}" hx-swap-oob="true"' in page
    assert "Alt er gemt kl." in page
    assert "<html" not in page


def test_C5_saving_the_marks_keeps_those_the_writer_cannot_see(family, draft):
    """Jens was not at the meeting with Louise, and PPR was not asked about him: his mark still protects him."""
    family.meeting.attendance.filter(person=family.far).delete()
    item = factories.item(draft, "Søger praktik")
    client = browser_of(family.referent)
    url = reverse("plans:item", args=[item.pk])
    page = client.get(url).content.decode()
    assert "Jens" not in page.split('name="about"', 1)[1].split("</fieldset>", 1)[0]
    data = {"about": [family.anton.pk], "topic": factories.topic("skole").pk, "parent": item.parent_id}
    answer = client.post(url, data | {"row_version": item.row_version})
    assert answer.status_code == 302, answer.content.decode()
    assert set(item.about.all()) == {family.anton, family.far}


def test_C2_C5_saving_the_marks_keeps_a_topic_that_has_gone_out_of_use(family, draft):
    """The select had no choice for it, so »Gem« marked the line with the first topic there is."""
    retired, health = factories.topic("skole"), factories.topic("helbred")
    item, other = factories.item(draft, "Møder"), factories.item(draft, "Bestiller")
    retired.is_active = False
    retired.save()
    client, url = browser_of(family.referent), reverse("plans:item", args=[item.pk])
    shown = client.get(url)
    assert f'value="{retired.pk}" selected>Skole og dagtilbud (bruges ikke mere)' in shown.content.decode()
    data = {"about": [family.anton.pk], "parent": item.parent_id}
    version = {"row_version": item.row_version}
    assert client.post(url, data | version | {"topic": retired.pk}).status_code == 302
    item.refresh_from_db()
    assert item.topic == retired
    version = {"row_version": item.row_version}
    assert client.post(url, data | version | {"topic": health.pk}).status_code == 302
    item.refresh_from_db()
    assert item.topic == health
    elsewhere = reverse("plans:item", args=[other.pk])
    assert "bruges ikke mere" not in client.get(elsewhere).content.decode()
    refused = {"about": [family.mor.pk], "parent": other.parent_id, "topic": retired.pk}
    assert client.post(elsewhere, refused | {"row_version": other.row_version}).status_code == 422


def test_others_do_not_write(family, draft):
    url = reverse("plans:edit", args=[draft.pk])
    refused = browser_of(family.user("karen")).get(url)
    assert refused.status_code == 403
    assert "Referenten er Louise Aagaard" in refused.content.decode()
    stranger = browser_of(EmploymentFactory().user)
    for name in ("edit", "page", "correct"):
        assert stranger.get(reverse(f"plans:{name}", args=[draft.pk])).status_code == 404


def test_finish_answers_with_links_to_each_gap(family, draft):
    goal = draft.items.get(kind=ItemKind.GOAL)
    item = actions.add_item(
        by=family.referent, version=draft, kind=ItemKind.AGREEMENT, parent=goal, text="Spørger morfar"
    )
    answer = browser_of(family.referent).post(reverse("plans:edit", args=[draft.pk]), {"do": "finish"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#who-{item.pk}"' in page
    assert f'id="who-{item.pk}"' in page
    assert f'href="#due_on-{item.pk}"' in page
    assert f'id="due_on-{item.pk}"' in page
    assert "disabled" not in page


def test_C5_the_page_shows_what_the_participant_may_see(family, first):
    url = reverse("plans:page", args=[first.pk])
    job = browser_of(family.user("thomas")).get(url).content.decode()
    assert "Bestiller tid hos egen læge" in job
    assert "Møder Anton ved døren" not in job
    assert "6 punkter er udeladt: samtykke mangler" in job
    assert "Jens" not in job
    school = browser_of(family.user("karen")).get(url).content.decode()
    assert "praktik" not in school


def test_P6_each_fetches_the_own_departments_copy(family, first):
    own = {name: first.copies.get(recipient=one.recipient) for name, one in family.staff.items()}
    karen = browser_of(family.user("karen"))
    answer = karen.get(reverse("plans:copy", args=[own["karen"].pk]))
    assert answer.status_code == 200
    assert b"".join(answer) == own["karen"].file.content
    assert answer["X-Kontrolsum"] == f"sha256={own['karen'].file.sha256}"
    assert AccessLog.objects.latest("seq").channel == "pdf"
    refused = karen.get(reverse("plans:copy", args=[own["mette"].pk]))
    assert refused.status_code == 403
    mor = first.copies.get(recipient=f"p:{family.mor.pk}")
    assert karen.get(reverse("plans:copy", args=[mor.pk])).status_code == 403
    assert browser_of(family.user("mette")).get(reverse("plans:copy", args=[mor.pk])).status_code == 200


def test_C5_a_paper_with_what_the_bearer_may_not_see_is_not_handed_out_by_them(family, first):
    """Far's own copy tells of his work, which Myndighed børn was not given; the referent, who wrote it, has it."""
    far = reverse("plans:copy", args=[first.copies.get(recipient=f"p:{family.far.pk}").pk])
    refused = browser_of(family.user("mette")).get(far)
    assert refused.status_code == 403
    assert "rummer noget, som Myndighed børn" in refused.content.decode()
    assert browser_of(family.referent).get(far).status_code == 200


def test_C7_a_withdrawal_after_finish_shuts_the_copy_at_once(family, first):
    copy = first.copies.get(recipient=family.karen.recipient)
    consent.withdraw(
        by=family.user("mette"),
        forloeb=family.forloeb,
        person=family.mor,
        recipients=[family.karen.recipient],
        topics=[factories.topic("helbred")],
    )
    karen = browser_of(family.user("karen"))
    refused = karen.get(reverse("plans:copy", args=[copy.pk]))
    assert refused.status_code == 403
    assert "Lav en rettelse af planen" in refused.content.decode()
    page = karen.get(reverse("plans:page", args=[first.pk])).content.decode()
    assert "egen læge" not in page
    assert "2 punkter er udeladt" in page
    assert "Lukket" in page
    others = first.copies.get(recipient=family.mette.recipient)
    assert browser_of(family.user("mette")).get(reverse("plans:copy", args=[others.pk])).status_code == 200


def test_P6_who_got_it_when_and_how(family, first):
    copy = first.copies.get(recipient=f"p:{family.mor.pk}")
    client = browser_of(family.referent)
    url = reverse("plans:distribute", args=[copy.pk])
    answer = client.post(url, {"way": "handed", "on": "5.11.2999"})
    assert answer.status_code == 422
    assert client.post(url, {"way": "handed", "on": f"{timezone.localdate():%d.%m.%Y}"}).status_code == 302
    assert copy.distributions.get().by == family.referent
    assert browser_of(family.user("karen")).post(url, {"way": "handed", "on": "5.11.2026"}).status_code == 403


def test_P7_the_queue_is_my_departments_and_is_ticked_in_one_act(family, first):
    thomas, mette = browser_of(family.user("thomas")), browser_of(family.user("mette"))
    url = reverse("plans:journal")
    page = thomas.get(url).content.decode()
    assert "Sofie Østergård-Åkjær i Fasit" in page
    assert "Anton Østergård" not in page
    assert "Fælles Familier – Én Plan, version 1, " in page
    assert reverse("plans:copy", args=[first.copies.get(recipient=family.thomas.recipient).pk]) in page
    entry = JournalEntry.objects.get(person=family.mor)
    tick = reverse("plans:journalise", args=[entry.pk])
    assert mette.post(tick, {"document_number": "X"}).status_code == 403
    assert thomas.post(tick, {"document_number": "D-12"}).status_code == 302
    page = thomas.get(url).content.decode()
    assert "Intet venter på dig" in page
    assert "D-12" in page
    assert "D-12" in mette.get(reverse("plans:page", args=[first.pk])).content.decode()
    assert browser_of(family.user("karen")).get(url).content.decode().count("linje-") == 0


def test_F9_the_queue_masks_the_cpr_number_and_leads_to_where_showing_it_is_logged(family, first):
    family.mor.cpr, family.mor.cpr_index = "7110891122", keyed_index("7110891122")
    family.mor.save()
    thomas = browser_of(family.user("thomas"))
    page = thomas.get(reverse("plans:journal")).content.decode()
    assert "711089-xxxx" in page
    assert "1122" not in page
    shown = reverse("cases:show_cpr", args=[family.forloeb.pk])
    assert shown in page
    assert "711089-1122" in thomas.get(shown).content.decode()


def test_C6_each_is_told_how_many_points_the_own_department_may_not_have_and_where_they_stand(family, first):
    """What is shown and what is counted is the whole plan, for every reader; the page and the own paper count alike."""
    url = reverse("plans:page", args=[first.pk])
    for name, member in family.staff.items():
        page = browser_of(family.user(name)).get(url)
        left_out = page.context["left_out"]
        assert len(page.context["tree"].visible) + left_out == first.items.count()
        assert left_out == first.copies.get(recipient=member.recipient).left_out
        told = f"samtykke mangler til {member.home}. "
        assert (told in page.content.decode()) == bool(left_out)
        assert ("kun i udgaverne til dem" in page.content.decode()) == bool(left_out)


def test_P7_a_plan_filed_for_two_children_is_one_plan(family, first):
    client = browser_of(family.user("mette"))
    url = reverse("plans:journal")
    page = client.get(url).content.decode()
    assert page.count('id="linje-') == 2
    assert "1 plan venter på at blive lagt i dit fagsystem, for Anton og Ida" in page
    other = factories.anton("2026-0153")
    Participation.objects.create(
        forloeb=other.forloeb, user=family.user("mette"), department=family.mette.department, from_date=START
    )
    DepartmentCase.objects.create(person=other.anton, department=family.mette.department)
    factories.first_plan(other)
    assert "2 planer venter på at blive lagt i dit fagsystem, for Anton og Ida" in client.get(url).content.decode()


def test_M3_after_the_meeting_each_has_one_clear_act(family):
    """The referent writes; the tovholder books the next meeting first, and can step in; others wait."""
    url = reverse("meetings:page", args=[family.meeting.pk])
    act = {name: browser_of(family.user(name)).get(url).context["act"] for name in ("louise", "mette", "karen")}
    assert (act["louise"].text, act["louise"].label) == ("Skriv Én Plan", "Skriv Én Plan")
    assert (act["mette"].label, act["mette"].second_label) == ("Planlæg næste møde", "Skriv den selv")
    assert (act["louise"].post, act["mette"].post, act["mette"].second_post) == (True, False, True)
    assert "Louise Aagaard skriver Én Plan." in act["mette"].why
    assert (act["karen"].label, act["karen"].second_label) == ("", "")
    factories.meeting_of(family.forloeb, 2, timezone.localdate() + timedelta(days=9), family.staff, family.people)
    planned = family.forloeb.meetings.get(number=2)
    planned.state, planned.held_on = "planned", None
    planned.save()
    page = browser_of(family.user("mette")).get(url)
    assert (page.context["act"].label, page.context["act"].second_label) == ("", "Skriv den selv")


def test_F7_a_plan_without_a_next_meeting_leads_the_tovholder_to_plan_one(family, draft):
    edit, new = reverse("plans:edit", args=[draft.pk]), reverse("meetings:new", args=[family.forloeb.pk])
    assert f'<a href="{new}">Planlæg det</a>' in browser_of(family.user("mette")).get(edit).content.decode()
    assert new not in browser_of(family.referent).get(edit).content.decode()


def test_P5_while_a_plan_is_corrected_nobody_is_told_to_wait_for_what_was_agreed(family):
    finished = factories.first_plan(family)
    draft = actions.start_correction(by=family.referent, version=finished, correction="En dato var forkert.")
    url = reverse("meetings:page", args=[family.meeting.pk])
    act = {name: browser_of(family.user(name)).get(url).context["act"] for name in ("louise", "mette", "karen")}
    assert {(act[name].text, act[name].url) for name in ("louise", "mette")} == {
        ("Gør rettelsen færdig", reverse("plans:edit", args=[draft.pk]))
    }
    assert (act["karen"].text, act["karen"].url) == ("Planen bliver rettet", reverse("plans:page", args=[finished.pk]))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("x" * 1_000_000, "Teksten er for lang: 1000000 tegn. Der er plads til 2000."),
        ("Ringer til 010190-1234 i morgen", "Der står et CPR-nummer i teksten"),
        ("Møder\x00 Anton", "Teksten har et usynligt tegn"),
    ],
)
def test_C12_a_line_that_cannot_stand_on_paper_is_told_at_its_field_and_kept(family, draft, words, told):
    item = factories.item(draft, "Møder")
    answer = write(browser_of(family.referent), draft, item, text=words)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert words in page
    assert factories.item(draft, "Møder").text == item.text


def test_P2_from_a_held_meeting_one_press_leads_to_the_sheet_and_begins_one_draft(family):
    client = browser_of(family.referent)
    meeting = reverse("meetings:page", args=[family.meeting.pk])
    form = re.search(r'<form method="post" action="([^"]+/plan/)">(.*?)</form>', client.get(meeting).content.decode())
    assert "Skriv Én Plan" in form[2]
    key = re.search(r'name="_once" value="([^"]+)"', form[2])[1]
    answers = [client.post(form[1], {"_once": key}) for _ in range(2)]  # a tired finger
    draft = PlanVersion.objects.get(meeting=family.meeting)
    assert {answer["Location"] for answer in answers} == {reverse("plans:edit", args=[draft.pk])}
    again = client.get(meeting).context["act"]
    assert (again.label, again.post, again.url) == ("Skriv videre", False, reverse("plans:edit", args=[draft.pk]))


def test_P3_P4_a_day_that_has_passed_and_somebody_who_may_not_know_stand_beside_the_line(family):
    """Warnings, not stops: who writes decides."""
    consented(family.forloeb, family.mor, [family.karen], ["helbred"], answer="no")
    draft = factories.first_plan(family, finished=False)
    line = factories.item(draft, "Bestiller tid")
    before = timezone.localdate(family.meeting.starts_at) - timedelta(days=1)
    actions.change_item(by=family.referent, item=line, responsible=family.karen, responsible_person=None, due_on=before)
    line.about.set([family.mor])
    page = browser_of(family.referent).get(reverse("plans:edit", args=[draft.pk])).content.decode()
    assert page.count("Dagen er gået. Skriv en ny, hvis aftalen stadig gælder.") == 1
    assert page.count("Den, der skal gøre det, må ikke få det at vide.") == 1


def test_C13_whose_copy_and_journal_line_the_page_names_is_logged(family, first):
    """The writer carries every copy, also to one of whom their own department knows nothing."""
    row = first.copies.get(recipient=f"p:{family.far.pk}")
    for participation in (family.louise, family.mette, family.karen, family.thomas):
        Consent.objects.filter(declaration__person=family.far, department=participation.department).delete()
        page = browser_of(participation.user).get(reverse("plans:page", args=[first.pk])).content.decode()
        if row.recipient_label in page:
            told = AccessLog.objects.filter(kind="plans:page", actor=participation.user).latest("seq")
            assert str(family.far.pk) in told.subjects, participation.user.name
