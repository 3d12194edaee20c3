"""U2: the koordinator sets targets, and the board shows where we should be today."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from insight import actions
from insight.models import Target
from insight.overview_scope import Period
from insight.targets import goal_of, number
from tests.insight import town
from tests.organisation.factories import EmploymentFactory, UserFactory
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db
VALUES = {
    "key": "started",
    "name": "Forløb startet",
    "period": "year",
    "unit": "count",
    "value": Decimal(40),
    "reached": None,
    "from_date": date(2026, 1, 1),
}
POSTED = {"key": "meetings", "name": "Møder", "period": "year", "unit": "count", "value": "80", "from_date": "1.1.2026"}


@pytest.fixture
def koordinator(client):
    user = UserFactory(koordinator=True)
    client.force_login(user)
    return user


def test_U2_only_the_koordinator_sets_targets(koordinator):
    for by in (EmploymentFactory().user, UserFactory(system_admin=True)):
        with pytest.raises(Refused):
            actions.set_target(by=by, values=VALUES)
    assert actions.set_target(by=koordinator, values=VALUES).history.count() == 1


def test_U2_where_we_should_be_follows_the_calendar(koordinator):
    target = actions.set_target(by=koordinator, values=VALUES)
    goal = goal_of(target, Period(2026, None, date(2026, 11, 22)))
    assert round(goal.expected) == 36
    quarter = goal_of(target, Period(2026, 4, date(2026, 11, 22)))
    assert (quarter.value, round(quarter.expected, 1)) == (10, 5.8)
    assert goal_of(target, Period(2025, None, date(2026, 11, 22))).expected == 40


def test_U2_the_board_says_whether_the_target_is_followed(client, koordinator):
    job = town.department("Myndighed børn")
    with time_machine.travel("2026-07-02 12:00+02:00"):
        client.force_login(koordinator)
        actions.set_target(by=koordinator, values={**VALUES, "value": Decimal(6)})
        for _ in range(2):
            town.forloeb(job, date(2026, 3, 1))
        figure = client.get(reverse("insight:overview")).context["figures"][0]
        assert (figure.number, figure.target, figure.verdict) == ("2", "af 6", "1 bag målet")
        town.forloeb(job, date(2026, 3, 1))
        figure = client.get(reverse("insight:overview")).context["figures"][0]
        assert figure.verdict == "Følger målet"
        narrow = client.get(reverse("insight:overview"), {"afdeling": str(job.department.pk)}).context["figures"][0]
        assert narrow.goal is None  # a target is the whole municipality's


def test_U2_a_newer_target_replaces_the_older(client, koordinator):
    actions.set_target(by=koordinator, values=VALUES)
    actions.set_target(by=koordinator, values={**VALUES, "value": Decimal(50), "from_date": date(2026, 7, 1)})
    with time_machine.travel("2026-08-02 12:00+02:00"):
        client.force_login(koordinator)
        assert client.get(reverse("insight:overview")).context["figures"][0].target == "af 50"
        text = client.get(reverse("insight:targets")).content.decode()
        assert "Afløst af et nyere mål" in text


def test_U2_the_unit_follows_what_is_counted(koordinator):
    """A share of meetings is a percentage, whatever was chosen; above 100 it is refused in words."""
    with pytest.raises(ValidationError, match="højst 100"):
        actions.set_target(by=koordinator, values={**VALUES, "key": "next_meeting", "value": Decimal(101)})
    assert actions.set_target(by=koordinator, values={**VALUES, "key": "next_meeting"}).unit == "percent"


def test_U2_what_is_counted_outside_is_written_by_hand(client, koordinator):
    own = {**POSTED, "key": "own", "name": "Svar på spørgeskemaet", "unit": "percent", "value": "60", "reached": "45,5"}
    assert client.post(reverse("insight:target_new"), own).status_code == 302
    assert Target.objects.get().reached == Decimal("45.5")
    assert "Svar på spørgeskemaet" in client.get(reverse("insight:targets")).content.decode()


def test_U2_the_form_says_what_is_missing_and_keeps_what_was_typed(client, koordinator):
    answer = client.post(reverse("insight:target_new"), {**POSTED, "value": "mange"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Skriv et tal, fx 40." in text
    assert 'value="mange"' in text
    assert not Target.objects.exists()


def test_U2_two_koordinators_do_not_overwrite_each_other(client, koordinator):
    target = actions.set_target(by=koordinator, values=VALUES)
    actions.change_target(by=koordinator, target=target, values={**VALUES, "value": Decimal(41)}, row_version=1)
    with pytest.raises(Stale):
        actions.change_target(by=koordinator, target=target, values=VALUES, row_version=1)
    answer = client.post(reverse("insight:target", args=[target.pk]), {**POSTED, "row_version": 1})
    assert answer.status_code == 409
    assert "Forløb startet, 41 på et år" in answer.content.decode()
    assert client.post(reverse("insight:target", args=[target.pk]), {**POSTED, "row_version": 2}).status_code == 302


def test_U2_a_target_is_removed_after_a_question(client, koordinator):
    target = actions.set_target(by=koordinator, values=VALUES)
    url = reverse("insight:target_remove", args=[target.pk])
    assert "Fjern målet" in client.get(url).content.decode()
    assert Target.objects.exists()
    client.post(url)
    assert not Target.objects.exists()
    assert Target.history.count() == 2


def test_numbers_are_danish():
    assert [number(value) for value in (80.0, 6.666, Decimal("6.5"))] == ["80", "6,7", "6,5"]
