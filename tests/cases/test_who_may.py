"""Who may lead, receive, be chosen and be known: the small questions between the big ones (O4, F5, F9, F13)."""

import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases import actions
from cases.access import standing_of
from cases.forms.participants import HandOverForm
from cases.forms.start import NeedStepForm
from cases.models import Barred, DepartmentCase, Forloeb, Henvendelse, HenvendelseState, Person
from cases.reading import family_page
from tests.cases.factories import (
    ForloebFactory,
    ForloebPersonFactory,
    HenvendelseFactory,
    ParticipationFactory,
    PersonFactory,
    receiver_of,
    tovholder_of,
)
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from web.errors import Refused

pytestmark = pytest.mark.django_db
NUMBER = "7403164567"


def page_of(client, user, route: str, **kwargs: object) -> str:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(route, kwargs=kwargs)).content.decode()


# --- henvendelser ------------------------------------------------------------------------------------------------------------
def test_O4_a_henvendelse_is_passed_on_only_to_who_can_take_it_up() -> None:
    row = HenvendelseFactory()
    by = receiver_of(row)
    with pytest.raises(ValidationError, match="myndighed"):
        actions.pass_on_henvendelse(by=by, henvendelse=row, to_department=DepartmentFactory())
    with pytest.raises(ValidationError, match="arbejder ikke i"):
        actions.pass_on_henvendelse(
            by=by,
            henvendelse=row,
            to_department=DepartmentFactory(may_drive=True),
            to_user=EmploymentFactory().user,
        )
    assert Henvendelse.objects.received_by(by).get() == row


def test_O4_a_receiver_whose_department_drives_no_more_cannot_accept() -> None:
    row = HenvendelseFactory()
    by = receiver_of(row)
    row.to_department.is_authority = False
    row.to_department.save()
    with pytest.raises(Refused, match="kan ikke tage imod"):
        actions.accept_henvendelse(by=by, henvendelse=row)


def test_O4_who_may_start_no_forloeb_is_offered_no_start_from_a_henvendelse(client) -> None:
    row = HenvendelseFactory()
    accept = reverse("cases:henvendelse_accept", args=[row.pk])
    assert accept in page_of(client, receiver_of(row), "cases:henvendelse", pk=row.pk)
    row.to_department.is_authority = False
    row.to_department.save()
    page = page_of(client, receiver_of(row), "cases:henvendelse", pk=row.pk)
    assert accept not in page
    assert reverse("cases:henvendelse_pass_on", args=[row.pk]) in page


def test_F13_who_took_a_henvendelse_on_has_it_no_more_when_barred_from_what_came_of_it(client) -> None:
    mine, forloeb = EmploymentFactory().user, ForloebFactory()
    answered = {"state": HenvendelseState.ACCEPTED, "answered_at": timezone.now(), "answered_by": mine}
    row = HenvendelseFactory(forloeb=forloeb, **answered)
    assert Henvendelse.objects.received_by(mine).get() == row
    actions.bar(by=tovholder_of(forloeb), forloeb=forloeb, user=mine, reason="Nabo")
    assert not Henvendelse.objects.received_by(mine).exists()
    client.force_login(mine, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("cases:henvendelse", args=[row.pk])).status_code == 404


def test_O4_only_departments_that_drive_and_their_staff_are_offered(client) -> None:
    one, other = EmploymentFactory(leader=True), EmploymentFactory(department=DepartmentFactory())
    page = page_of(client, other.user, "cases:henvendelse_new")
    assert f"{one.department.name}</option>" in page
    assert f"{one.user.name}, " in page
    assert f"{other.department.name}</option>" not in page
    assert f"{other.user.name}, " not in page


def test_F5_only_staff_of_departments_that_drive_are_offered_the_tovholders_job() -> None:
    one, other = EmploymentFactory(), EmploymentFactory(department=DepartmentFactory())
    offered = set(HandOverForm().fields["to"].queryset)
    assert one in offered
    assert other not in offered


def test_F5_one_starts_from_ones_own_departments_that_drive() -> None:
    one = EmploymentFactory()
    more = EmploymentFactory(user=one.user)
    EmploymentFactory(user=one.user, department=DepartmentFactory())
    EmploymentFactory()
    offered = NeedStepForm(by=one.user).fields["department"].queryset
    assert set(offered) == {one.department, more.department}


def test_F5_what_is_missing_names_the_department_that_may_have_tovholders(client) -> None:
    """Not the other one, whose name comes first."""
    one = EmploymentFactory(department=DepartmentFactory(name="A-huset"))
    drives = EmploymentFactory(user=one.user)
    client.force_login(one.user, backend="django.contrib.auth.backends.ModelBackend")
    answers = {"underretning": "nej", "other_track": "nej"}
    begun = client.post(reverse("cases:start"), answers, follow=True).content.decode()
    assert f"{drives.department.name} må have tovholdere" in begun
    assert "A-huset må have tovholdere" not in begun


# --- leading -----------------------------------------------------------------------------------------------------------------
def test_F5_a_forloeb_is_handed_over_only_to_who_works_where_they_would_lead_from() -> None:
    forloeb = ForloebFactory(active=True)
    by, elsewhere = tovholder_of(forloeb), EmploymentFactory().user
    with pytest.raises(ValidationError, match="arbejder ikke i"):
        actions.hand_over(
            by=by,
            forloeb=forloeb,
            to_user=elsewhere,
            to_department=DepartmentFactory(may_drive=True),
            reason="Ferie",
        )
    assert tovholder_of(forloeb) == by


def test_F5_one_hands_over_what_one_leads_and_nothing_else() -> None:
    me = EmploymentFactory()
    mine, other, left = ForloebFactory(tovholder=me.user), ForloebFactory(), EmploymentFactory(user=me.user)
    ParticipationFactory(forloeb=other, user=me.user, department=me.department)
    gone = ForloebFactory(tovholder=me.user, tovholder__department=left.department)
    left.to_date = timezone.localdate()
    left.save()
    assert gone.participations.get(role="tovholder").user == me.user
    assert set(Forloeb.objects.to_hand_over(me.user, me.user)) == {mine}


def test_F5_F13_a_leader_hands_over_what_a_colleague_leads_from_the_department_and_nothing_else() -> None:
    leader = EmploymentFactory(leader=True)
    leaving = EmploymentFactory(department=leader.department)
    mine = ForloebFactory(tovholder=leaving.user)
    barred = ForloebFactory(tovholder=leaving.user)
    Barred.objects.create(forloeb=barred, user=leader.user, reason="Nabo", by=leaving.user)
    ParticipationFactory(user=leaving.user, department=leader.department)
    second = EmploymentFactory(user=leaving.user)
    ForloebFactory(tovholder=leaving.user, tovholder__department=second.department)
    ForloebFactory(tovholder=leader.user)
    assert set(Forloeb.objects.to_hand_over(leader.user, leaving.user)) == {mine}


def test_F5_handing_over_several_is_offered_to_who_leads_several(client) -> None:
    one = EmploymentFactory()
    ForloebFactory(tovholder=one.user)
    ParticipationFactory(user=one.user, department=one.department)
    assert "Overlevér flere forløb" not in page_of(client, one.user, "cases:forloeb_list")
    ForloebFactory(tovholder=one.user)
    assert "Overlevér flere forløb" in page_of(client, one.user, "cases:forloeb_list")


def test_F5_C13_the_list_of_ones_own_is_logged_with_their_families_and_a_colleagues_shows_no_name(client) -> None:
    leader = EmploymentFactory(leader=True)
    leaving = EmploymentFactory(department=leader.department)
    mine, _ = (
        ForloebPersonFactory(forloeb=ForloebFactory(tovholder=user, family__name=name))
        for user, name in ((leader.user, "Familien Min"), (leaving.user, "Familien Hans"))
    )
    assert "Familien Min" in page_of(client, leader.user, "cases:hand_over_many")
    page = client.get(reverse("cases:hand_over_many"), {"kollega": leaving.user.pk}).content.decode()
    assert "er tovholder i 1 forløb" in page
    assert "Familien" not in page
    told = [json.loads(row.subjects) for row in AccessLog.objects.filter(kind="cases:hand_over_many")]
    assert told == [[str(mine.person_id)]]


# --- the family's page ---------------------------------------------------------------------------------------------------------
def test_C5_F9_who_has_a_case_in_ones_own_department_is_on_the_familys_page_without_a_yes() -> None:
    forloeb = ForloebFactory()
    reader = ParticipationFactory(forloeb=forloeb)
    ours, others = (
        ForloebPersonFactory(forloeb=forloeb, person__first_name=name).person for name in ("Vores", "Andres")
    )
    DepartmentCase.objects.create(person=ours, department=reader.department)
    DepartmentCase.objects.create(person=others, department=DepartmentFactory())
    page = family_page(forloeb, standing_of(reader.user, forloeb))
    assert [line.member.person for line in page.lines] == [ours]
    assert page.left_out == 1


def test_F9_custody_ticked_for_somebody_grown_up_is_not_kept(client) -> None:
    forloeb = ForloebFactory()
    holder = ForloebPersonFactory(forloeb=forloeb).person
    client.force_login(tovholder_of(forloeb), backend="django.contrib.auth.backends.ModelBackend")
    typed = {
        "first_name": "Bo",
        "last_name": "Åkjær",
        "kind": "parent",
        "birth_date": "1.1.1980",
        "custody": str(holder.pk),
    }
    assert client.post(reverse("cases:person_new", args=[forloeb.pk]), typed).status_code == 302
    assert not Person.objects.get(first_name="Bo").custody_held_by.exists()


# --- a citizen who is known elsewhere ----------------------------------------------------------------------------------------
def known(forloeb: Forloeb) -> Person:
    person = PersonFactory(first_name="Oda", cpr=NUMBER)
    return ForloebPersonFactory(forloeb=forloeb, person=person).person


def written_on(forloeb: Forloeb) -> Person:
    return actions.add_person(by=tovholder_of(forloeb), forloeb=forloeb, first_name="Anton", cpr=NUMBER, kind="child")


def test_F9_a_citizen_of_another_forloeb_that_one_leads_is_the_same_person() -> None:
    here = ForloebFactory()
    there = known(ForloebFactory(tovholder=tovholder_of(here)))
    assert written_on(here) == there


@pytest.mark.parametrize("part", ["nobody", "takes part", "left the department"])
def test_F9_a_citizen_known_elsewhere_becomes_a_row_of_its_own(part: str) -> None:
    here = ForloebFactory()
    me = tovholder_of(here)
    if part == "left the department":
        there = EmploymentFactory(user=me, to_date=timezone.localdate() + datetime.timedelta(days=1))
        other = ForloebFactory(tovholder=me, tovholder__department=there.department)
        there.to_date = timezone.localdate()
        there.save()
    else:
        other = ForloebFactory()
        if part == "takes part":
            ParticipationFactory(forloeb=other, user=me)
    person = known(other)
    assert written_on(here) != person
    person.refresh_from_db()
    assert person.first_name == "Oda"


def test_F13_a_bar_is_lifted_on_the_page_and_the_colleague_is_named(client) -> None:
    forloeb, colleague = ForloebFactory(), EmploymentFactory().user
    lead = tovholder_of(forloeb)
    bar = actions.bar(by=lead, forloeb=forloeb, user=colleague, reason="Nabo")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(reverse("cases:unbar", args=[forloeb.pk, bar.pk]), follow=True).content.decode()
    assert f"{colleague.name} er ikke spærret mere." in page
    assert not forloeb.barred.exists()
