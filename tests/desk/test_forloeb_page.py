"""The forløb page: where we are and what is next, nothing that may not be seen, a constant number of queries."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit import events
from audit.models import AccessLog
from cases import actions as cases
from cases.access import standing_of
from cases.models import Barred, Forloeb, Household, Participation, Residence
from consent import actions as consent
from consent.sharing import Cell
from insight.bench import STATEMENTS
from meetings.models import Meeting, MeetingState
from tests.cases.factories import ForloebFactory, tovholder_of
from tests.consent.factories import Case, case, consented
from tests.desk.reading import BACKEND, forloeb_page, queries, read
from tests.organisation.factories import EmploymentFactory, UserFactory
from tests.plans.factories import Anton, first_plan
from web.templatetags.ff import da_date_weekday

pytestmark = pytest.mark.django_db


def test_F7_the_list_of_forloeb_warns_of_a_held_meeting_without_a_next_one(client: Client, family: Anton) -> None:
    ForloebFactory(active=True, tovholder=family.user("mette"))
    page = read(client, family.user("mette"), reverse("cases:forloeb_list"))
    assert page.count("Intet møde er aftalt") == 1
    assert "Intet møde er aftalt" in page.split("Antons familie")[1].split("</li>")[0]
    soon = timezone.now() + datetime.timedelta(days=3)
    Meeting.objects.create(
        forloeb=family.forloeb, number=2, starts_at=soon, ends_at=soon + datetime.timedelta(hours=1), place="Skolen",
        board_key="ff",
    )  # fmt: skip
    assert "Intet møde er aftalt" not in read(client, family.user("mette"), reverse("cases:forloeb_list"))


def test_C5_F10_held_meetings_are_found_from_the_forloeb_before_there_is_a_plan(client: Client, family: Anton) -> None:
    """Karen has no role, and was there: what was said in the room is hers to read."""
    page = forloeb_page(client, family, "karen")
    assert reverse("meetings:page", args=[family.meeting.pk]) in page
    assert f"Møde 1</a>, {' '.join(da_date_weekday(family.meeting.held_on).split())}" in page


def test_F5_everybody_is_told_when_the_tovholder_has_stopped(client: Client, family: Anton) -> None:
    """The leader gets the hand-over as a task, without the family's name; who takes part reads it on both pages."""
    employment = family.user("mette").employments.get()
    leader = EmploymentFactory(department=employment.department, is_leader=True).user
    links = reverse("cases:hand_over_many") + f"?kollega={family.user('mette').pk}"
    assert links not in read(client, leader, reverse("desk:my_day"))
    employment.to_date = timezone.localdate()
    employment.save()
    day = read(client, leader, reverse("desk:my_day"))
    assert "1 forløb har ingen tovholder" in day
    assert "Mette Lindskov er stoppet" in day
    assert links in day
    assert "Antons familie" not in day
    assert client.get(links).status_code == 200
    for page in ("desk:forloeb", "cases:participants"):
        told = read(client, family.user("thomas"), reverse(page, args=[family.forloeb.pk]))
        assert "Mette Lindskov er stoppet. Lederen i Myndighed børn" in told, page
    assert "Forløbet mangler en tovholder" in forloeb_page(client, family, "thomas")
    free = EmploymentFactory(department=employment.department).user
    cases.hand_over(
        by=leader, forloeb=family.forloeb, to_user=free, to_department=employment.department, reason="Stoppet"
    )
    assert "ingen tovholder" not in read(client, leader, reverse("desk:my_day"))
    for page in ("desk:forloeb", "cases:participants"):
        assert "er stoppet" not in read(client, free, reverse(page, args=[family.forloeb.pk]))


def test_M3_the_next_step_is_the_referents_own_and_the_others_are_told_whose(client: Client, family: Anton) -> None:
    own = forloeb_page(client, family, "louise").split("Skriv Én Plan fra møde 1")[1][:400]
    told = forloeb_page(client, family, "karen").split("Skriv Én Plan fra møde 1")[1][:400]
    assert reverse("meetings:page", args=[family.meeting.pk]) in own
    assert "Det gør" not in own
    assert f"Det gør {family.louise.user.name}. Alle venter på" in told
    assert reverse("meetings:page", args=[family.meeting.pk]) not in told


def test_F6_the_forloeb_page_says_where_we_are_and_what_is_next(client: Client, family: Anton) -> None:
    page = forloeb_page(client, family, "mette")
    assert "Møde 1 er holdt. Intet møde er aftalt." in page
    assert "Skriv Én Plan fra møde 1" in page


def test_F6_only_the_tovholder_gets_the_tovholders_acts(client: Client, family: Anton) -> None:
    assert reverse("cases:forloeb_acts", args=[family.forloeb.pk]) in forloeb_page(client, family, "mette")
    assert reverse("cases:forloeb_acts", args=[family.forloeb.pk]) not in forloeb_page(client, family, "karen")


def test_C5_C6_staff_see_what_they_may_and_are_told_how_much_is_left_out(client: Client, family: Anton) -> None:
    """Thomas' department has no yes about Anton: his name and the goal about him are not there, and the page says so."""
    first_plan(family)
    page = forloeb_page(client, family, "thomas")
    assert "Anton Østergård Mikkelsen" not in page
    assert family.ida.name not in page
    assert "Bestiller tid hos egen læge" in page
    assert "udeladt: samtykke mangler" in page
    assert "3 personer er udeladt" in page


def test_F13_a_barred_colleague_gets_the_same_answer_as_for_nothing(client: Client, family: Anton) -> None:
    Barred.objects.create(forloeb=family.forloeb, user=family.user("karen"), reason="nabo", by=family.user("mette"))
    gone = forloeb_page(client, family, "karen", status=404)
    nothing = read(client, family.user("karen"), reverse("desk:forloeb", args=[UserFactory().pk]), status=404)
    assert re.sub(r'"X-CSRFToken": "\w+"|value="\w{64}"', "", gone) == re.sub(
        r'"X-CSRFToken": "\w+"|value="\w{64}"', "", nothing
    )
    assert "Antons familie" not in read(client, family.user("karen"), reverse("desk:my_day"))


def test_F10_ended_participation_and_ended_employment_close_the_page(client: Client, family: Anton) -> None:
    cases.end_participation(by=family.user("mette"), participation=family.karen)
    forloeb_page(client, family, "karen", status=404)
    employment = family.user("louise").employments.get()
    employment.to_date = timezone.localdate()
    employment.save()
    forloeb_page(client, family, "louise", status=404)


def test_F7_why_it_ended_and_why_it_was_opened_again_is_read_by_the_tovholder(client: Client, family: Anton) -> None:
    """What is written there tells of the family: the others may not know all of it (C5)."""
    mette, forloeb = family.user("mette"), family.forloeb
    cases.end_forloeb(by=mette, forloeb=forloeb, reason="family_wish", text="Sofie vil prøve selv.")
    assert "Derfor blev det afsluttet: Sofie vil prøve selv." in forloeb_page(client, family, "mette")
    assert "prøve selv" not in forloeb_page(client, family, "karen")
    forloeb.refresh_from_db()
    cases.reopen_forloeb(by=mette, forloeb=forloeb, why="Sofie har ringet.")
    opened = forloeb_page(client, family, "mette")
    assert "Derfor blev det åbnet igen: Sofie har ringet." in opened
    assert "prøve selv" not in opened
    assert "har ringet" not in forloeb_page(client, family, "karen")


def test_C5_F7_why_it_ended_is_not_told_to_a_tovholder_who_may_not_have_what_it_tells(
    client: Client, family: Anton
) -> None:
    """A tovholder who took over, or whose yes has gone since."""
    mette, forloeb = family.user("mette"), family.forloeb
    consent.withdraw(by=mette, forloeb=forloeb, person=family.mor, receipt=False)
    cases.end_forloeb(by=mette, forloeb=forloeb, reason="family_wish", text="Sofie vil prøve selv.")
    assert "prøve selv" not in forloeb_page(client, family, "mette")


def live(family: Anton, label: str, *names: str, placed: bool = False) -> None:
    home = Household.objects.create(family=family.forloeb.family, label=label)
    for name in names:
        Residence.objects.create(household=home, person=family.people[name], is_placement=placed)


def test_C5_F9_a_households_label_names_nobody_whom_the_reader_may_not_know_of(client: Client, family: Anton) -> None:
    """Louise may know of Sofie and Anton, not of Jens; on the forløb page and on that of the family."""
    live(family, "Hos Jens", "anton", "far")
    live(family, "Hos Sofie", "mor")
    people = reverse("cases:people", args=[family.forloeb.pk])
    for page in (forloeb_page(client, family, "louise"), read(client, family.user("louise"), people)):
        assert ">En husstand<" in page
        assert ">Hos Sofie<" in page
        assert "Jens" not in page
    for page in (forloeb_page(client, family, "mette"), read(client, family.user("mette"), people)):
        assert ">Hos Jens<" in page
        assert ">En husstand<" not in page


def test_C5_F9_two_households_without_a_name_are_told_apart(client: Client, family: Anton) -> None:
    live(family, "Hos Jens", "anton")
    live(family, "Jens' sommerhus", "mor")
    people = reverse("cases:people", args=[family.forloeb.pk])
    for page in (forloeb_page(client, family, "louise"), read(client, family.user("louise"), people)):
        first, second = page.split(">Husstand 1<")[1].split(">Husstand 2<")
        assert "Anton" in first
        assert "Sofie" in second
        assert "Jens" not in page


def test_C5_F9_where_a_child_is_placed_is_told_without_a_name_that_may_not_be_known(
    client: Client, family: Anton
) -> None:
    live(family, "Jens' søster", "anton", placed=True)
    people = reverse("cases:people", args=[family.forloeb.pk])
    assert "Anbragt hos Jens&#x27; søster" in read(client, family.user("mette"), people)
    told = read(client, family.user("louise"), people)
    assert ". Anbragt</p>" in told
    assert "søster" not in told


def test_C5_F6_phone_and_interpreter_stand_for_the_tovholder_and_a_department_with_the_persons_case(
    client: Client, family: Anton
) -> None:
    """Thomas' department has Sofie's case; Louise's has her yes, and no case. The same on both pages."""
    family.mor.phone, family.mor.interpreter = "09314455", "arabisk"
    family.mor.save()
    consented(family.forloeb, family.far, [family.thomas], ["fritid"])
    family.far.phone = "09316677"
    family.far.save()
    people = reverse("cases:people", args=[family.forloeb.pk])

    def pages(name: str) -> list[str]:
        read_twice = forloeb_page(client, family, name), read(client, family.user(name), people)
        return [re.sub(r"\s|&nbsp;", "", page) for page in read_twice]

    for name in ("mette", "thomas"):
        assert all("09314455" in page and "Tolk:arabisk" in page for page in pages(name)), name
    assert all("09316677" in page for page in pages("mette"))
    for page in pages("thomas"):
        assert "Jens" in page
        assert "09316677" not in page
    for page in pages("louise"):
        assert "Sofie" in page
        assert "09314455" not in page
        assert "arabisk" not in page


def test_the_forloeb_page_is_fifteen_statements_at_most_for_each_who_takes_part(client: Client, family: Anton) -> None:
    first_plan(family)
    url = reverse("desk:forloeb", args=[family.forloeb.pk])
    for name in ("mette", "louise", "thomas", "karen"):
        forloeb_page(client, family, name)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        asked = [one["sql"] for one in seen.captured_queries if one["sql"].lstrip(" (").upper().startswith(STATEMENTS)]
        assert len(asked) <= 15, (name, asked)


def test_C13_both_pages_are_logged_with_whom_they_told_about(client: Client, family: Anton) -> None:
    first_plan(family)
    forloeb_page(client, family, "karen")
    row = AccessLog.objects.filter(kind="desk:forloeb").latest("seq")
    assert row.actor == family.user("karen")
    assert row.forloeb_id == family.forloeb.pk
    assert str(family.far.pk) in row.subjects
    assert str(family.ida.pk) not in row.subjects
    read(client, family.user("thomas"), reverse("desk:my_day"))
    assert AccessLog.objects.filter(kind="desk:my_day", actor=family.user("thomas")).exists()


def test_the_forloeb_page_asks_the_same_number_of_questions_for_many_meetings(client: Client, family: Anton) -> None:
    first_plan(family)
    url = reverse("desk:forloeb", args=[family.forloeb.pk])
    one = queries(client, family.user("mette"), url)
    for number in range(2, 12):
        day = timezone.now() - datetime.timedelta(days=30 - number)
        Meeting.objects.create(
            forloeb=family.forloeb, number=number, state=MeetingState.HELD, starts_at=day, place="Skolen",
            ends_at=day + datetime.timedelta(hours=1), held_on=timezone.localdate(day), board_key="ff",
        )  # fmt: skip
    assert queries(client, family.user("mette"), url) == one


def test_visible_to_and_standing_are_one_rule(client: Client, family: Anton) -> None:
    """F10, F13: the queryset and the single look-up give the same answer for everybody."""
    Barred.objects.create(forloeb=family.forloeb, user=family.user("thomas"), reason="nabo", by=family.user("mette"))
    cases.end_participation(by=family.user("mette"), participation=family.louise)
    outsider = EmploymentFactory().user
    admin = UserFactory(system_admin=True)
    for user in (*(family.user(name) for name in family.staff), outsider, admin):
        listed = Forloeb.objects.visible_to(user).filter(pk=family.forloeb.pk).exists()
        assert listed == (standing_of(user, family.forloeb) is not None), user


def test_F4_when_all_is_there_the_forloeb_is_made_active_from_its_own_page(client: Client, family: Anton) -> None:
    Forloeb.objects.filter(pk=family.forloeb.pk).update(state="consent", activated_on=None)
    Meeting.objects.filter(forloeb=family.forloeb).update(state="cancelled", held_on=None)
    family.forloeb.persons.filter(person=family.mor).update(is_focus=True)
    family.forloeb.persons.exclude(person=family.mor).delete()
    page = forloeb_page(client, family, "mette")
    assert "Gør forløbet aktivt" in page
    assert reverse("consent:activate", args=[family.forloeb.pk]) in page
    assert reverse("consent:activate", args=[family.forloeb.pk]) not in forloeb_page(client, family, "karen")


def test_F1_what_is_missing_stands_on_the_page_until_the_forloeb_is_active(client: Client) -> None:
    forloeb = ForloebFactory()
    page = read(client, tovholder_of(forloeb), reverse("desk:forloeb", args=[forloeb.pk]))
    assert "Før forløbet kan blive aktivt" in page
    missing = page.split("Før forløbet kan blive aktivt")[1].split("</section>")[0]
    # what is missing leads to where it is mended
    assert f'href="{reverse("consent:matrix", args=[forloeb.pk])}"' in missing
    assert "Mindst to forskellige afdelinger" in page


def steps(client: Client, family: Case) -> set[object]:
    """What the page of the forløb and the page of its consents each name as the next step."""
    consent.read_guidance(by=family.tovholder)
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    pages = [client.get(reverse(name, args=[family.forloeb.pk])) for name in ("desk:forloeb", "consent:matrix")]
    return {page.context["step"] for page in pages}


def test_F4_both_pages_name_the_same_step_until_the_forloeb_is_active(client: Client) -> None:
    """One source; and the forløb can be made active as soon as F1 and F4 hold, though others are still to be asked."""
    family = case()
    (asked,) = steps(client, family)
    assert asked.label.startswith("Skriv ")
    consented(family.forloeb, family.viggo, family.departments, signed=False)
    (waiting,) = steps(client, family)
    assert "underskrift" in waiting.text
    consented(family.forloeb, family.anna, family.departments)
    (ready,) = steps(client, family)
    assert (ready.text, ready.post) == ("Gør forløbet aktivt", True)
    assert "underskrift" in ready.second_label


def test_F1_without_two_departments_both_pages_say_so_and_offer_the_answers_beside(client: Client) -> None:
    family = case()
    Participation.objects.filter(forloeb=family.forloeb).exclude(user=family.tovholder).delete()
    (step,) = steps(client, family)
    assert step.text == "Få de andre afdelinger med"
    assert "Mindst to forskellige afdelinger" in step.why
    assert step.second_label.startswith("Skriv ")


def test_C7_when_the_last_consent_goes_both_pages_say_that_the_forloeb_cannot_go_on(client: Client) -> None:
    family = case()
    consented(family.forloeb, family.anna, family.departments)
    consent.activate_forloeb(by=family.tovholder, forloeb=family.forloeb)
    consent.withdraw(by=family.tovholder, forloeb=family.forloeb, person=family.anna, receipt=False)
    (step,) = steps(client, family)
    assert step.text == "Forløbet kan ikke fortsætte"


def to_know(client: Client, family: Case) -> list[tuple[object, str, str, bool]]:
    """»Samtykker, du skal kende«: state, about whom, to whom, and whether it holds for all topics."""
    client.force_login(family.tovholder, backend=BACKEND)
    lines = client.get(reverse("desk:forloeb", args=[family.forloeb.pk])).context["consents"]
    return [(line.state, line.person.first_name, line.names, line.whole) for line in lines]


def test_C7_a_withdrawal_of_everything_names_no_adult_who_was_never_asked_about(client: Client) -> None:
    family = case()
    consented(family.forloeb, family.anna, family.departments)
    consented(family.forloeb, family.carl, [family.anna, *family.departments])
    consent.withdraw(by=family.tovholder, forloeb=family.forloeb, person=family.carl, receipt=False)
    (withdrawn,) = [line for line in to_know(client, family) if line[1] == "Carl"]
    assert withdrawn[0] is Cell.WITHDRAWN
    assert "Anna" in withdrawn[2]
    assert not {"Carl", "Bo"} & set(re.findall(r"\w+", withdrawn[2]))


def test_C4_a_no_for_one_topic_is_told_as_some_of_the_topics(client: Client) -> None:
    family = case()
    consented(family.forloeb, family.anna, [family.bo], ["helbred"], answer="no")
    assert (Cell.NO, "Anna", "Bo", False) in to_know(client, family)


def test_the_whole_history_is_one_link_away(client: Client, family: Anton) -> None:
    mette, url = family.user("mette"), reverse("desk:forloeb", args=[family.forloeb.pk])
    for number in range(12):
        events.record(by=mette, forloeb=family.forloeb, kind="test.told", text=f"Hændelse {number} er sket.")
    short = read(client, mette, url)
    assert "Se hele historikken" in short
    assert "Hændelse 0 er sket." not in short
    whole = read(client, mette, f"{url}?historik=hele")
    assert all(f"Hændelse {number} er sket." in whole for number in range(12))
    assert "Se hele historikken" not in whole


def test_C6_the_history_tells_only_the_tovholder_when_somebody_answered_or_took_back(
    client: Client, family: Anton
) -> None:
    """Whoever gets less is told that something is left out, never why, and so not on which day."""
    consent.withdraw(by=family.user("mette"), forloeb=family.forloeb, person=family.far, receipt=False)
    hidden = ("samtykke er tilbagekaldt", "samtykkeerklæring er registreret", "underskrift på en samtykkeerklæring")
    for whole in ("", "?historik=hele"):
        url = reverse("desk:forloeb", args=[family.forloeb.pk]) + whole
        karens = read(client, family.user("karen"), url)
        assert not any(words in karens for words in hidden)
    mettes = read(client, family.user("mette"), reverse("desk:forloeb", args=[family.forloeb.pk]) + "?historik=hele")
    assert all(words in mettes for words in hidden)


def test_C12_the_history_tells_only_the_tovholder_that_an_address_is_protected(client: Client, family: Anton) -> None:
    words = "spor til en beskyttet adresse"
    text = f"Et papir er lavet, selv om det nævner {words}."
    events.record(by=family.user("mette"), forloeb=family.forloeb, kind="paper.clues_confirmed", text=text)
    assert words in forloeb_page(client, family, "mette")
    assert words not in forloeb_page(client, family, "karen")
