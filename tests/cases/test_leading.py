"""One tovholder, whatever was planned before; nobody becomes active again without two departments (F1, F5, F10)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases import actions
from cases.access import can_lead, standing_of
from cases.models import Forloeb, Participation
from consent.actions import withdraw
from tests.cases.factories import ForloebFactory, ForloebPersonFactory, ParticipationFactory, tovholder_of
from tests.consent.factories import consented
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, UserFactory
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


def test_F5_C5_why_a_forloeb_was_handed_over_is_read_by_the_consents(client) -> None:
    """The reason is free text: Bo's department has no yes of the family, the old tovholder's wrote it."""
    forloeb, new, bo = ForloebFactory(active=True), drives(), EmploymentFactory()
    old = Participation.objects.open().tovholder().get(forloeb=forloeb)
    who = ForloebPersonFactory(forloeb=forloeb, person__first_name="Jens")
    colleague = EmploymentFactory(department=old.department)
    for one in (bo, colleague):
        ParticipationFactory(forloeb=forloeb, user=one.user)
    actions.hand_over(by=old.user, forloeb=forloeb, **{**to(new), "reason": "Jens er truende, når han drikker"})

    def told(user) -> str:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(reverse("cases:participants", args=[forloeb.pk])).content.decode()

    assert "truende" not in told(bo.user)
    assert "Grunden er udeladt: samtykke mangler." in told(bo.user)
    for user in (new.user, colleague.user):  # the tovholder, and a department of its own words
        assert "truende" in told(user)
    consented(forloeb, who.person, [bo.department], ["misbrug"])
    assert "truende" in told(bo.user)


def test_F5_C5_a_koordinators_reason_is_no_departments_own(client) -> None:
    """The department that led has no leader any more; its colleague has no yes, and did not write it."""
    forloeb, new = ForloebFactory(active=True), drives()
    ForloebPersonFactory(forloeb=forloeb, person__first_name="Jens")
    old = Participation.objects.open().tovholder().get(forloeb=forloeb)
    colleague = EmploymentFactory(department=old.department)
    ParticipationFactory(forloeb=forloeb, user=colleague.user)
    by = UserFactory(is_koordinator=True)
    actions.hand_over(by=by, forloeb=forloeb, **{**to(new), "reason": "Jens er truende, når han drikker"})
    client.force_login(colleague.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("cases:participants", args=[forloeb.pk])).content.decode()
    assert "Grunden er udeladt" in page
    assert "truende" not in page


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
    _agreed_to(forloeb)
    assert actions.resume_forloeb(by=by, forloeb=forloeb).state == "active"


def test_F1_an_ended_forloeb_with_one_department_gathers_first() -> None:
    forloeb = ForloebFactory(ended=True, activated_on=timezone.localdate() - 20 * DAY)
    again = actions.reopen_forloeb(by=tovholder_of(forloeb), forloeb=forloeb, why="Familien er flyttet tilbage.")
    assert (again.state, again.activated_on) == ("consent", None)


def _agreed_to(forloeb: Forloeb, on: datetime.date | None = None) -> None:
    """Somebody of the family says yes to all who take part."""
    person = forloeb.persons.first() or ForloebPersonFactory(forloeb=forloeb, is_focus=True)
    consented(forloeb, person.person, list(forloeb.participations.all()), on=on)


def _stopped(kind: str, loss: str = "") -> Forloeb:
    """A forløb with people and a yes to both departments, then paused or ended; and what was lost meanwhile."""
    forloeb = ForloebFactory(active=True)
    by, other = tovholder_of(forloeb), ParticipationFactory(forloeb=forloeb)
    _agreed_to(forloeb, on=timezone.localdate() - 400 * DAY if loss == "expired" else None)
    if loss == "left":  # the department that had the yes; another came, whom nobody was asked about
        actions.end_participation(by=by, participation=other)
        ParticipationFactory(forloeb=forloeb)
    if kind == "paused":
        forloeb = actions.pause_forloeb(by=by, forloeb=forloeb)
    else:
        forloeb = actions.end_forloeb(by=by, forloeb=forloeb, reason="moved", text="Flyttet.")
    if loss == "withdrawn":
        withdraw(by=by, forloeb=forloeb, person=forloeb.persons.get().person, receipt=False)
    return forloeb


@pytest.mark.parametrize("loss", ["withdrawn", "expired", "left"])
def test_F4_C7_a_paused_forloeb_without_a_carrying_consent_is_not_resumed(loss) -> None:
    forloeb = _stopped("paused", loss)
    by = tovholder_of(forloeb)
    with pytest.raises(Refused, match="Det mangler: .*samtykke") as refused:
        actions.resume_forloeb(by=by, forloeb=forloeb)
    assert "afdelinger er med" not in refused.value.message, "what is there already is not said to be missing"
    forloeb.refresh_from_db()
    assert forloeb.state == "paused"
    _agreed_to(forloeb)
    assert actions.resume_forloeb(by=by, forloeb=forloeb).state == "active"


@pytest.mark.parametrize("loss", ["withdrawn", "expired", "left"])
def test_F4_C7_an_ended_forloeb_without_a_carrying_consent_gathers_it_anew(loss) -> None:
    forloeb = _stopped("ended", loss)
    again = actions.reopen_forloeb(by=tovholder_of(forloeb), forloeb=forloeb, why="Familien er flyttet tilbage.")
    assert (again.state, again.activated_on) == ("consent", None)


def test_F4_an_ended_forloeb_whose_consent_still_stands_is_opened_where_it_was() -> None:
    forloeb = _stopped("ended")
    again = actions.reopen_forloeb(by=tovholder_of(forloeb), forloeb=forloeb, why="Familien er flyttet tilbage.")
    assert (again.state, again.activated_on) == ("active", forloeb.activated_on)


def test_F4_the_page_says_what_is_missing_before_the_button_is_pressed(client) -> None:
    whole, forloeb = _stopped("paused"), _stopped("paused", "withdrawn")
    client.force_login(tovholder_of(whole))
    assert "Det mangler" not in client.get(reverse("cases:forloeb_acts", args=[whole.pk])).content.decode()
    client.force_login(tovholder_of(forloeb))
    page = client.get(reverse("cases:forloeb_acts", args=[forloeb.pk])).content.decode()
    assert "Det mangler, før det kan genoptages" in page
    assert reverse("consent:matrix", args=[forloeb.pk]) in page
    answer = client.post(reverse("cases:resume", args=[forloeb.pk]), {"row_version": forloeb.row_version})
    assert answer.status_code == 422
    assert "Forløbet kan ikke genoptages endnu" in answer.content.decode()
    step = client.get(reverse("desk:forloeb", args=[forloeb.pk])).content.decode()
    assert "Forløbet kan ikke fortsætte" in step
    assert "Fortsæt forløbet" not in step


@pytest.mark.parametrize(("loss", "said"), [("", "Det bliver aktivt igen"), ("withdrawn", "skal samtykket indhentes")])
def test_F4_the_page_says_what_an_ended_forloeb_opens_as(client, loss, said) -> None:
    forloeb = _stopped("ended", loss)
    client.force_login(tovholder_of(forloeb))
    assert said in client.get(reverse("cases:forloeb_acts", args=[forloeb.pk])).content.decode()


# --- an ended forløb whose tovholder has left -------------------------------------------------------------------------------
def _left_behind(**forloeb) -> tuple[Forloeb, object, object]:
    """(ended forløb, its tovholder who has left the municipality, the leader of the department)."""
    department = DepartmentFactory(may_drive=True)
    leader = EmploymentFactory(department=department, leader=True).user
    gone = EmploymentFactory(department=department)
    made = ForloebFactory(ended=True, tovholder=gone.user, **forloeb)
    gone.to_date = timezone.localdate() - DAY
    gone.save()
    gone.user.is_active = False
    gone.user.save()
    return made, gone.user, leader


def _ended_page(of) -> str:
    return reverse("cases:hand_over_ended") + f"?kollega={of.pk}"


def test_F5_the_leader_gives_an_ended_forloeb_a_new_tovholder_who_opens_it_again(client) -> None:
    forloeb, gone, leader = _left_behind()
    new = drives()
    client.force_login(leader)
    assert _ended_page(gone) in client.get(reverse("cases:hand_over_many") + f"?kollega={gone.pk}").content.decode()
    page = client.get(_ended_page(gone)).content.decode()
    assert forloeb.number in page
    assert forloeb.family.name not in page, "the leader takes no part in it"
    given = {"to": new.pk, "reason": "Er stoppet i kommunen"}
    assert client.post(_ended_page(gone), given).status_code == 422
    assert client.post(_ended_page(gone), given | {"forloeb": forloeb.pk}).status_code == 302
    forloeb.refresh_from_db()
    assert forloeb.state == "ended"
    done = forloeb.hand_overs.get()
    assert (done.from_participation.user, done.to_participation.user, done.by) == (gone, new.user, leader)
    assert forloeb.participations.get(user=gone).to_date is not None, "that the former tovholder led it stays"
    assert actions.reopen_forloeb(by=new.user, forloeb=forloeb, why="Familien ringede.").state == "consent"


def test_F5_F13_an_ended_forloeb_is_found_only_by_the_leader_of_its_tovholders_department(client) -> None:
    forloeb, gone, leader = _left_behind()
    other, theirs, _ = _left_behind()
    colleague, new = EmploymentFactory(department=forloeb.participations.get().department), drives()
    for user in (colleague.user, EmploymentFactory(leader=True).user):
        client.force_login(user)
        assert client.get(_ended_page(gone)).status_code == 403
        with pytest.raises(Refused):
            actions.hand_over(by=user, forloeb=forloeb, **to(new))
    client.force_login(leader)
    assert client.get(_ended_page(theirs)).status_code == 403
    foreign = client.post(_ended_page(gone), {"to": new.pk, "reason": "x", "forloeb": other.pk})
    nowhere = client.post(_ended_page(gone), {"to": new.pk, "reason": "x", "forloeb": forloeb.family_id})
    assert (foreign.status_code, nowhere.status_code) == (422, 422)
    assert not other.hand_overs.exists()
    forloeb.barred.create(user=leader, reason="Nabo", by=colleague.user)
    assert client.get(_ended_page(gone)).status_code == 403, "a barred leader does not learn that it exists"
    with pytest.raises(Refused):
        actions.hand_over(by=leader, forloeb=forloeb, **to(new))


def test_F5_the_koordinator_hands_over_where_a_closed_department_has_no_leader(client) -> None:
    ended, gone, leader = _left_behind()
    department = ended.participations.get().department
    running = ForloebFactory(active=True, tovholder=gone, tovholder__department=department)
    koordinator, new = UserFactory(koordinator=True), drives()
    client.force_login(koordinator)
    assert client.get(_ended_page(gone)).status_code == 403, "the department's leader does it"
    with pytest.raises(Refused):
        actions.hand_over(by=koordinator, forloeb=running, **to(new))
    department.is_active, department.closed_on = False, timezone.localdate()
    department.save()
    leader.employments.update(to_date=timezone.localdate())
    page = client.get(_ended_page(gone)).content.decode()
    assert ended.number in page
    assert ended.family.name not in page, "the koordinator takes no part in it"
    assert client.post(_ended_page(gone), {"to": new.pk, "reason": "Lukket", "forloeb": ended.pk}).status_code == 302
    assert ended.hand_overs.get().to_participation.user == new.user
    running.barred.create(user=koordinator, reason="Nabo", by=gone)
    with pytest.raises(Refused):
        actions.hand_over(by=koordinator, forloeb=running, **to(new))
    assert standing_of(koordinator, ended) is None


def test_F5_what_is_ended_does_not_go_along_when_the_rest_is_handed_over(client) -> None:
    ended, gone, leader = _left_behind()
    running = ForloebFactory(active=True, tovholder=gone, tovholder__department=ended.participations.get().department)
    client.force_login(leader)
    url = reverse("cases:hand_over_many") + f"?kollega={gone.pk}"
    assert client.post(url, {"to": drives().pk, "reason": "Er stoppet"}).status_code == 302
    assert running.hand_overs.count() == 1
    assert not ended.hand_overs.exists()


def test_F5_a_tovholder_hands_an_own_ended_forloeb_over(client) -> None:
    forloeb, new = ForloebFactory(ended=True), drives()
    client.force_login(tovholder_of(forloeb))
    assert forloeb.family.name in client.get(reverse("cases:hand_over_ended")).content.decode()
    acts = reverse("cases:hand_over", args=[forloeb.pk])
    assert "Overlevér forløbet" in client.get(reverse("cases:forloeb_acts", args=[forloeb.pk])).content.decode()
    assert client.post(acts, {"to-to": new.pk, "to-reason": "Rejser"}).status_code == 302
    assert tovholder_of(forloeb) == new.user
    assert client.get(reverse("cases:forloeb_acts", args=[forloeb.pk])).status_code == 404
