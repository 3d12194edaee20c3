"""The koordinator's board: what is counted, what is hidden, who may see (U1–U3, F7, F10, F13, C13)."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases.models import Barred, Henvendelse, Participation
from insight.actions import set_target
from insight.overview_counts import counted
from insight.overview_stuck import KINDS
from meetings.models import Meeting
from plans.models import JournalEntry
from tests.cases.factories import ForloebFactory, tovholder_of
from tests.insight import town
from tests.organisation.factories import EmploymentFactory, RecordSystemFactory, UserFactory
from web import workdays
from web.dates import at

pytestmark = pytest.mark.django_db
BOARD = reverse("insight:overview")


@pytest.fixture
def koordinator(client):
    user = UserFactory(koordinator=True, name="Birgit Ørsted", phone="09 31 20 80")
    client.force_login(user)
    return user


def read(client, url=BOARD, **query):
    answer = client.get(url, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def figure(client, place, **query):
    return client.get(BOARD, query).context["figures"][place]


def test_the_counts_are_kept_for_some_minutes_and_the_page_says_when_they_were_made(client, koordinator, settings):
    """Per what is asked, and per forløb the koordinator is barred from (F13). At 0 each look counts."""
    job = town.department("Myndighed børn")
    first = town.forloeb(job)
    for _ in range(6):
        town.forloeb(job)
    settings.OVERVIEW_KEPT_SECONDS = 300
    assert "7 forløb er i gang" in read(client)
    town.forloeb(job)
    with CaptureQueriesContext(connection) as kept:
        assert "7 forløb er i gang" in read(client)
    assert "Talt i dag kl." in read(client)
    assert not any("meetings_meeting" in query["sql"] for query in kept)
    assert "8 forløb er i gang" in read(client, periode=f"{timezone.localdate().year - 1}")
    Barred.objects.create(user=koordinator, forloeb=first, reason="Egen familie", by=koordinator)
    assert "7 forløb er i gang" in read(client), "eight, less the one"
    settings.OVERVIEW_KEPT_SECONDS = 0
    town.forloeb(job)
    assert "8 forløb er i gang" in read(client)


def test_O6_the_board_is_the_koordinators(client, koordinator):
    """Others are told who can."""
    client.force_login(EmploymentFactory().user)
    for name, args in (("overview", []), ("targets", []), ("target_new", []), ("stuck", ["naeste-moede"])):
        answer = client.get(reverse(f"insight:{name}", args=args))
        assert answer.status_code == 403
        assert "Birgit Ørsted, 09 31 20 80" in answer.content.decode()


def test_U3_a_meeting_counts_when_held_attended_and_written(client, koordinator):
    """Not a planned one, not one nobody came to, not one without a finished plan."""
    job = town.department("Myndighed børn")
    whole, empty, unwritten, planned = (town.forloeb(job) for _ in range(4))
    good = town.meeting(whole, town.ago(0))
    town.plan(good)
    town.plan(town.meeting(empty, town.ago(0), present=False))
    town.plan(town.meeting(unwritten, town.ago(0)), finished=False)
    town.meeting(planned, timezone.localdate() + timedelta(days=3), held=False)
    assert list(counted()) == [good]
    assert figure(client, 1).number == "1"


def test_U1_started_is_counted_by_the_day_it_became_active(client, koordinator):
    job = town.department("Myndighed børn")
    today = timezone.localdate()
    town.forloeb(job, today)
    town.forloeb(job, date(today.year - 1, 6, 1))
    town.forloeb(job, state="consent")
    assert figure(client, 0).number == "1"
    assert figure(client, 0, periode=str(today.year - 1)).number == "1"


def test_F7_a_held_meeting_without_a_next_one_is_on_the_board(client, koordinator):
    job = town.department("Myndighed børn")
    alone = town.forloeb(job)
    town.plan(town.meeting(alone, town.ago(20)))
    followed = town.forloeb(job)
    town.plan(town.meeting(followed, town.ago(10)))
    town.meeting(followed, timezone.localdate() + timedelta(days=30), held=False)
    text = read(client)
    assert "Intet næste møde" in text
    assert "Længst: 20 dage" in text
    listed = read(client, reverse("insight:stuck", args=["naeste-moede"]))
    assert alone.number in listed
    assert followed.number not in listed
    Meeting.objects.filter(forloeb=alone).update(state="planned", held_on=None)
    assert "Intet næste møde" not in read(client)


@pytest.mark.parametrize(
    ("held", "stands"),
    [
        ("2026-03-11", "just"),  # the same day
        ("2026-03-10", "just"),  # the day after
        ("2026-03-09", "stuck"),
        ("2026-03-06", "stuck"),
    ],
)
def test_F7_U3_a_meeting_is_stuck_from_the_second_hverdag_after_it_and_told_apart_until_then(
    client, koordinator, held, stands
):
    """The list, its rows, and the page's own sentence on how many forløb are stuck say the same."""
    with time_machine.travel("2026-03-11 12:00+01:00", tick=False):
        client.force_login(koordinator)
        job = town.department("Myndighed børn")
        for _ in range(5):
            town.plan(town.meeting(town.forloeb(job), date.fromisoformat(held)))
        page = client.get(BOARD)
        stuck, just = page.context["stuck"][0].count, page.context["just_held"].count
        assert (stuck, just) == ((5, 0) if stands == "stuck" else (0, 5))
        assert ("5 af dem sidder fast." if stuck else "Ingen af dem sidder fast.") in page.context["lead"]
        assert "Intet næste møde" in page.content.decode(), "a warning until it is booked"
        for slug, count in (("naeste-moede", stuck), ("nyt-moede", just)):
            listed = client.get(reverse("insight:stuck", args=[slug]))
            assert len(listed.context["lines"]) == count


def test_F5_a_forloeb_whose_tovholder_has_stopped_is_on_the_board_with_whom_to_call(client, koordinator):
    forloeb = ForloebFactory(active=True)
    employment = tovholder_of(forloeb).employments.get()
    leader = EmploymentFactory(department=employment.department, is_leader=True, user__name="Søren Dalgaard").user
    assert "Alle forløb har en tovholder" in read(client)
    employment.to_date = timezone.localdate() - timedelta(days=3)
    employment.save()
    assert "Ingen tovholder" in read(client)
    rows = read(client, reverse("insight:stuck", args=["tovholder"]))
    assert f"{tovholder_of(forloeb).name} er stoppet" in rows
    assert leader.name in rows
    assert "3 dage" in rows
    assert forloeb.family.name not in rows


def test_F7_a_weekend_makes_nothing_stuck(client, koordinator):
    """Held on Friday: nothing is stuck on Monday; on Tuesday it is."""
    job = town.department("Myndighed børn")
    town.meeting(town.forloeb(job), date(2026, 3, 6))
    for day, count in (("09", 0), ("10", 1)):
        with time_machine.travel(f"2026-03-{day} 12:00+01:00", tick=False):
            client.force_login(koordinator)
            assert client.get(BOARD).context["stuck"][0].count == count


def test_P2_a_plan_waits_from_the_eighth_day(client, koordinator):
    job = town.department("Myndighed børn")
    for days in (7, 8):
        town.plan(town.meeting(town.forloeb(job), town.ago(days)), finished=False)
    assert client.get(BOARD).context["stuck"][1].count == 1


def test_O4_a_henvendelse_waits_from_the_sixth_hverdag(client, koordinator):
    sender, receiver = EmploymentFactory(), town.department("Myndighed børn")
    limit = workdays.before(timezone.localdate(), 5)
    for day in (limit, limit + timedelta(days=1)):
        Henvendelse.objects.create(
            sender=sender.user,
            sender_department=sender.department,
            to_department=receiver.department,
            to_user=receiver.user,
            family_text="Hemmelig familie",
            need="Hemmeligt behov",
            sent_at=at(day, time(12)),
        )
    line = client.get(BOARD).context["stuck"][2]
    assert line.count == 1
    assert "6 hverdage" in line.age
    listed = read(client, reverse("insight:stuck", args=["henvendelser"]))
    assert "Leder af Myndighed børn" in listed
    assert "Hemmelig" not in listed


def test_O4_danish_holidays_are_no_hverdage():
    """From Wednesday before Easter to the Wednesday after: only Tuesday and Wednesday."""
    assert workdays.between(date(2026, 4, 1), date(2026, 4, 8)) == 2
    assert not workdays.is_workday(date(2026, 12, 25))
    assert workdays.is_workday(date(2026, 5, 1))


def test_F10_the_family_is_named_only_to_who_takes_part(client, koordinator):
    """The koordinator sees the number and whom to call; with a part in the forløb, the name and a link."""
    job = town.department("Myndighed børn")
    other, own = town.forloeb(job), town.forloeb(job)
    for one in (other, own):
        town.meeting(one, town.ago(20))
    work = EmploymentFactory(user=koordinator)
    Participation.objects.create(
        forloeb=own, user=koordinator, department=work.department, role="koordinator", from_date=date(2020, 1, 1)
    )
    text = read(client, reverse("insight:stuck", args=["naeste-moede"]))
    assert own.family.name in text
    assert reverse("desk:forloeb", args=[own.pk]) in text
    assert other.number in text
    assert other.family.name not in text
    assert str(other.pk) not in text
    assert "Leder af Myndighed børn" in text


def test_C5_a_line_that_names_the_family_does_not_tell_where_somebody_of_it_has_a_case(client, koordinator):
    """The koordinator takes part in one of two forløb; who may know of a case there finds it on the page of the forløb."""
    job = town.department("Myndighed børn", record_system=RecordSystemFactory(name="Novax"))
    other, own = town.forloeb(job), town.forloeb(job)
    for one in (other, own):
        version = town.plan(town.meeting(one, town.ago(3)))
        person, home = one.persons.get().person, job.department
        JournalEntry.objects.create(version=version, person=person, department=home, system=home.record_system)
    work = EmploymentFactory(user=koordinator)
    Participation.objects.create(
        forloeb=own, user=koordinator, department=work.department, role="koordinator", from_date=date(2020, 1, 1)
    )
    lines = client.get(reverse("insight:stuck", args=["journalisering"])).context["lines"]
    told = {line.family: line.what for line in lines}
    assert told == {
        "": "Én Plan, version 1, mangler i Novax (Myndighed børn)",
        own.family.name: "Én Plan, version 1, mangler i et fagsystem",
    }


def test_O6_min_dag_tells_a_koordinator_of_a_calm_municipality_as_such(client, koordinator):
    town.forloeb(town.department("Myndighed børn"))
    page = read(client, reverse("desk:my_day"))
    assert "Intet sidder fast i kommunen lige nu." in page
    assert BOARD in page


def test_O6_min_dag_counts_as_the_overview_does_with_and_without_kept_counts(client, koordinator, settings):
    held = town.meeting(town.forloeb(town.department("Myndighed børn")), town.ago(20))
    town.plan(held)
    assert "1: Intet næste møde" in read(client, reverse("desk:my_day"))
    settings.OVERVIEW_KEPT_SECONDS = 300
    assert "1: Intet næste møde" in read(client, reverse("desk:my_day"))
    read(client)  # kept from here
    assert "1: Intet næste møde" in read(client, reverse("desk:my_day"))


def test_U1_U3_forloeb_started_stand_month_by_month_with_their_target(client, koordinator):
    """Of the whole municipality and the whole year, whatever is filtered; the target only beside the whole."""
    today = timezone.localdate()
    job, other = town.department("Myndighed børn"), town.department("KUI")
    for home in (job, job, other):
        town.forloeb(home, date(today.year, 1, 1))
    town.forloeb(job, today)
    town.forloeb(job, date(today.year - 1, 6, 1))
    town.forloeb(job, state="consent")
    values = {"key": "started", "name": "Forløb startet", "period": "year", "unit": "count", "value": 24}
    set_target(by=koordinator, values={**values, "from_date": date(today.year, 1, 1)})
    whole = client.get(BOARD).context["begun"]
    in_january = 4 if today.month == 1 else 3
    assert (whole.months[0].value, whole.months[-1].total) == (in_january, 4)
    assert len(whole.months) == today.month
    assert (whole.goal, whole.goal_year) == ("2", "24")
    for asked in (
        {"afdeling": str(other.department.pk)},
        {"periode": f"{today.year}-1"},
        {"model": "faelles_familier"},
    ):
        narrow = client.get(BOARD, asked).context["begun"]
        assert [month.value for month in narrow.months] == [month.value for month in whole.months]
    assert client.get(BOARD, {"afdeling": str(other.department.pk)}).context["begun"].goal_y is None
    page = read(client)
    assert page.count("<caption>Forløb startet, ") == 1
    assert "Målet er 24 forløb på et år, altså 2 om måneden." in page


def test_U3_a_quarter_of_the_whole_municipality_is_shown_as_its_months_are(client, koordinator):
    today = timezone.localdate()
    town.forloeb(town.department("Myndighed børn"), today)
    quarter = (today.month + 2) // 3
    assert figure(client, 0, periode=f"{today.year}-{quarter}").number == "1"


def test_U1_a_forloeb_belongs_where_its_newest_tovholder_is_employed(client, koordinator):
    """Handed over, and also when it has no tovholder any more."""
    first, second = town.department("Myndighed børn"), town.department("Job og Fastholdelse")
    one = town.forloeb(first)
    town.meeting(one, town.ago(20))
    one.participations.update(to_date=town.ago(10))
    Participation.objects.create(
        forloeb=one, user=second.user, department=second.department, role="tovholder", from_date=town.ago(10)
    )

    def waiting():
        asked = [client.get(BOARD, {"afdeling": str(job.department.pk)}) for job in (first, second)]
        return [answer.context["stuck"][0].count for answer in asked]

    assert waiting() == [0, 1]
    one.participations.update(to_date=town.ago(1))
    one.participations.filter(user=first.user).update(to_date=town.ago(10))
    assert waiting() == [0, 1]


def test_F13_a_barred_koordinator_finds_the_forloeb_in_no_count(client, koordinator):
    job = town.department("Myndighed børn")
    hidden = town.forloeb(job)
    town.plan(town.meeting(hidden, town.ago(20)))
    before = client.get(BOARD).context
    assert (before["figures"][0].number, before["stuck"][0].count) == ("1", 1)
    Barred.objects.create(forloeb=hidden, user=koordinator, reason="nabo", by=job.user)
    after = client.get(BOARD).context
    assert [one.number for one in after["figures"]] == ["0", "0", "–"]
    assert [line.count for line in after["stuck"]] == [0] * 6
    assert after["departments"]["bars"] == []
    assert after["months"].months[-1].total == 0
    assert hidden.number not in read(client, reverse("insight:stuck", args=["naeste-moede"]))


def test_C13_counts_name_nobody_and_lists_name_whom_they_concern(client, koordinator):
    one = town.forloeb(town.department("Myndighed børn"))
    town.meeting(one, town.ago(20))
    read(client)
    assert AccessLog.objects.get(kind="insight:overview").count == 0
    read(client, reverse("insight:stuck", args=["naeste-moede"]))
    row = AccessLog.objects.get(kind="insight:naeste-moede")
    assert (row.channel, row.role) == ("list", "koordinator")
    assert row.subjects == f'["{one.persons.get().person_id}"]'


def test_U3_small_departments_are_hidden_and_one_more(client, koordinator):
    """Two alone would give the small one away: total minus the shown."""
    for name, number in (("Myndighed børn", 8), ("Job og Fastholdelse", 6), ("KUI", 2)):
        job = town.department(name)
        for _ in range(number):
            town.forloeb(job)
    bars = {bar.label: bar.is_shown for bar in client.get(BOARD).context["departments"]["bars"]}
    assert bars == {"Myndighed børn": True, "Job og Fastholdelse": False, "KUI": False}
    text = read(client)
    assert "16 forløb er i gang i kommunen." in text


def test_U3_a_filtered_figure_is_hidden_when_the_group_is_small_or_shields_one(client, koordinator):
    jobs = {name: town.department(name) for name in ("Børn", "Job", "KUI")}
    for name, number in (("Børn", 8), ("Job", 6), ("KUI", 2)):
        for _ in range(number):
            town.forloeb(jobs[name])
    shown = {name: figure(client, 0, afdeling=str(job.department.pk)).number for name, job in jobs.items()}
    assert shown == {"Børn": "8", "Job": "skjult", "KUI": "skjult"}
    lead = client.get(BOARD, {"afdeling": str(jobs["KUI"].department.pk)}).context["lead"]
    assert "2" not in lead


def test_U3_smileys_of_few_families_are_hidden_and_childrens_are_not_counted(client, koordinator):
    job = town.department("Myndighed børn")
    for place in range(7):
        held = town.meeting(town.forloeb(job), town.ago(0))
        town.smiley(held, 5 if place < 5 else 1, is_child=False)
    town.smiley(town.meeting(town.forloeb(job), town.ago(0)), 4, is_child=True)
    bars = {bar.label: (bar.value, bar.is_shown) for bar in client.get(BOARD).context["smileys"]}
    assert bars["Rigtig godt"] == (5, True)
    assert bars["Slet ikke godt"] == (2, False)
    assert bars["Godt"] == (0, False)


def test_U3_a_face_nobody_chose_is_told_as_one_that_few_did(client, koordinator):
    """A 0 that gives way to »færre end fem« after the only new meeting would tell what was answered there."""
    job = town.department("Myndighed børn")

    def smileys():
        bars = client.get(BOARD).context["smileys"]
        return [(bar.label, bar.is_shown) for bar in bars], read(client).count("færre end fem</td>")

    before = smileys()
    assert before[1] == 5
    for _ in range(4):
        town.smiley(town.meeting(town.forloeb(job), town.ago(0)), 1)
        assert smileys() == before
    town.smiley(town.meeting(town.forloeb(job), town.ago(0)), 1)
    assert smileys()[1] == 4


def test_U3_each_number_is_defined_and_no_text_is_counted(client, koordinator):
    job = town.department("Myndighed børn")
    town.plan(town.meeting(town.forloeb(job), town.ago(1)))
    text = read(client)
    assert text.count("Sådan tæller vi:") >= 6
    assert "Hemmeligt" not in text
    assert "Familie nummer" not in text


def test_an_old_link_with_strange_filters_still_answers(client, koordinator):
    for query in ({"periode": "x"}, {"afdeling": "x"}, {"omraade": "' or 1"}, {"model": "ukendt"}, {"side": "x"}):
        assert client.get(BOARD, query).status_code == 200
        assert client.get(reverse("insight:stuck", args=["planer"]), query).status_code == 200
    assert client.get("/overblik/fast/ukendt/").status_code == 404


def test_the_number_of_queries_does_not_grow(client, koordinator):
    job = town.department("Myndighed børn")
    urls = [BOARD, *(reverse("insight:stuck", args=[slug]) for slug in ("naeste-moede", "planer"))]

    def queries():
        total = []
        for url in urls:
            with CaptureQueriesContext(connection) as caught:
                read(client, url)
            total.append([row["sql"].split(" WHERE ")[0] for row in caught])
        return total

    town.meeting(town.forloeb(job), town.ago(20))
    queries()
    first = queries()
    for _ in range(6):
        town.meeting(town.forloeb(job), town.ago(30))
    for before, after in zip(first, queries(), strict=True):
        assert len(after) == len(before), set(after) - set(before)


@pytest.mark.any_database
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_list_goes_through_what_grows_with_the_municipality_for_each_of_its_rows(kind):
    """What is asked for every row is found by that row's family, person or paper: by its topic alone, ten thousand
    families' answers were gone through for each one, and the board took minutes."""
    plan = kind.rows(timezone.localdate()).explain()
    per_row = plan.partition("CORRELATED")[2]
    assert "SCAN" not in per_row, plan
    assert "(topic_id=?)" not in plan, plan
    assert "(department_id=?)" not in plan, plan
