"""One tovholder, whatever was planned before; nobody becomes active again without two departments (F1, F5, F10)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from cases import actions
from cases.access import can_lead, standing_of
from cases.models import Forloeb, Participation
from tests.cases.factories import ForloebFactory, ForloebPersonFactory, ParticipationFactory, tovholder_of
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from web.errors import Refused

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def drives() -> object:
    return EmploymentFactory(department=DepartmentFactory(may_drive=True))


def to(employment) -> dict:
    return {"to_user": employment.user, "to_department": employment.department, "reason": "Ferie"}


def leaders_on(forloeb: Forloeb, day: datetime.date) -> list:
    return [row.user for row in Participation.objects.open(day).tovholder().filter(forloeb=forloeb)]


def test_F5_a_colleague_whose_part_ends_later_leads_from_the_hand_over() -> None:
    today = timezone.localdate()
    for _ in range(6):  # the parts' keys are drawn, so one alone could come out right by luck
        forloeb, new = ForloebFactory(active=True), drives()
        ParticipationFactory(forloeb=forloeb, user=new.user, to_date=today + 30 * DAY)
        actions.hand_over(by=tovholder_of(forloeb), forloeb=forloeb, **to(new))
        assert can_lead(new.user, forloeb)
        assert Participation.objects.open().filter(forloeb=forloeb, user=new.user).count() == 1


def test_F10_nobody_takes_part_twice_on_one_day() -> None:
    today = timezone.localdate()
    forloeb, one = ForloebFactory(active=True), EmploymentFactory()
    by = tovholder_of(forloeb)
    ParticipationFactory(forloeb=forloeb, user=one.user, from_date=today + 5 * DAY, to_date=today + 30 * DAY)
    given = {"by": by, "forloeb": forloeb, "user": one.user, "department": one.department, "role": "professional"}
    with pytest.raises(ValidationError, match="allerede med"):
        actions.add_participant(**given)
    later = actions.add_participant(**given, from_date=today + 30 * DAY)
    with pytest.raises(ValidationError, match="allerede med"):
        actions.change_participation(by=by, participation=later, role="professional", from_date=today + 29 * DAY)


def test_F5_a_planned_hand_over_can_be_planned_anew() -> None:
    today = timezone.localdate()
    forloeb, ill, new = ForloebFactory(active=True), drives(), drives()
    old = tovholder_of(forloeb)
    actions.hand_over(by=old, forloeb=forloeb, on=today + 7 * DAY, **to(ill))
    done = actions.hand_over(by=old, forloeb=forloeb, on=today + 2 * DAY, **to(new))
    assert (done.from_participation.user, done.on) == (old, today + 2 * DAY)
    days = [today + number * DAY for number in (0, 1, 2, 7, 8)]
    assert [leaders_on(forloeb, day) for day in days] == [[old], [old], [new.user], [new.user], [new.user]]
    assert list(forloeb.hand_overs.all()) == [done]
    assert standing_of(ill.user, forloeb) is None
    now = actions.hand_over(by=old, forloeb=forloeb, **to(ill))
    assert now.on == today
    assert (leaders_on(forloeb, today), can_lead(old, forloeb)) == ([ill.user], False)


def test_F5_the_tovholders_days_are_moved_by_hand_over_only() -> None:
    today = timezone.localdate()
    forloeb = ForloebFactory(active=True)
    by = tovholder_of(forloeb)
    lead = forloeb.participations.get(role="tovholder")
    with pytest.raises(ValidationError, match="Overlevér"):
        actions.change_participation(by=by, participation=lead, role="tovholder", from_date=today + 5 * DAY)
    assert can_lead(by, forloeb)
    actions.hand_over(by=by, forloeb=forloeb, on=today + 7 * DAY, **to(drives()))
    lead.refresh_from_db()
    changed = actions.change_participation(by=by, participation=lead, role="tovholder", title="Rådgiver")
    assert (changed.title, changed.to_date) == ("Rådgiver", today + 7 * DAY)


def test_F10_an_ended_part_keeps_its_day_when_the_page_was_old() -> None:
    today = timezone.localdate()
    part = ParticipationFactory(to_date=today - 10 * DAY)
    by = tovholder_of(part.forloeb)
    actions.end_participation(by=by, participation=part)
    part.refresh_from_db()
    assert part.to_date == today - 10 * DAY
    assert not Event.objects.filter(kind="participant.ended").exists()
    with pytest.raises(Refused, match="ikke med mere"):
        actions.change_participation(by=by, participation=part, role="professional")


def test_F10_a_change_of_role_or_days_stands_in_the_timeline() -> None:
    part = ParticipationFactory()
    by = tovholder_of(part.forloeb)
    actions.change_participation(by=by, participation=part, role="professional", title="Lærer")
    assert not Event.objects.exists()
    actions.change_participation(by=by, participation=part, role="decision_maker")
    assert Event.objects.get().kind == "participant.changed"


def test_F13_a_part_with_a_later_end_closes_when_the_colleague_is_barred() -> None:
    today = timezone.localdate()
    part = ParticipationFactory(to_date=today + 30 * DAY)
    by = tovholder_of(part.forloeb)
    actions.bar(by=by, forloeb=part.forloeb, user=part.user, reason="nabo")
    actions.unbar(by=by, forloeb=part.forloeb, user=part.user)
    assert standing_of(part.user, part.forloeb) is None


def test_F1_a_paused_forloeb_with_one_department_is_not_resumed() -> None:
    forloeb = ForloebFactory(paused=True)
    ForloebPersonFactory(forloeb=forloeb, is_focus=True)
    by = tovholder_of(forloeb)
    with pytest.raises(Refused, match="Mindst to forskellige afdelinger"):
        actions.resume_forloeb(by=by, forloeb=forloeb)
    ParticipationFactory(forloeb=forloeb)
    assert actions.resume_forloeb(by=by, forloeb=forloeb).state == "active"


def test_F1_an_ended_forloeb_with_one_department_gathers_first() -> None:
    forloeb = ForloebFactory(ended=True, activated_on=timezone.localdate() - 20 * DAY)
    again = actions.reopen_forloeb(by=tovholder_of(forloeb), forloeb=forloeb, why="Familien er flyttet tilbage.")
    assert (again.state, again.activated_on) == ("consent", None)
