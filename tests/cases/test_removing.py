"""Somebody who was written on by mistake is taken out of the family, and only then (F9)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalChanges

from audit.models import Event
from cases import actions
from cases.actions.removing import PLACE, is_written_about, way_to_forloeb
from cases.models import Custody, DepartmentCase, FamilyMember, Forloeb, ForloebPerson, Person, Residence
from consent.models import Topic
from documents.actions import freeze
from meetings.models import Attendance
from tests.cases.factories import CustodyFactory, ForloebFactory, ForloebPersonFactory, tovholder_of
from tests.consent.factories import consented
from tests.meetings.factories import sitting
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def forloeb(db: None) -> Forloeb:
    return ForloebFactory()


@pytest.fixture
def mistaken(forloeb: Forloeb) -> Person:
    """A wrong Sofie, with a home, custody of a child, and a case."""
    by = tovholder_of(forloeb)
    wrong = actions.add_person(
        by=by, forloeb=forloeb, first_name="Sofie", kind="parent", household="Hos Sofie", cpr="740375-1234"
    )
    child = ForloebPersonFactory(forloeb=forloeb, kind="child", person__first_name="Anton").person
    CustodyFactory(child=child, holder=wrong)
    department = by.departments.get()
    actions.record_department_case(by=by, forloeb=forloeb, person=wrong, department=department)
    return wrong


def page(forloeb: Forloeb, person: Person) -> str:
    member = FamilyMember.objects.get(family=forloeb.family_id, person=person)
    return reverse("cases:person_remove", args=[forloeb.pk, member.pk])


def lead(forloeb: Forloeb) -> Client:
    client = Client()
    client.force_login(tovholder_of(forloeb), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_F9_a_person_written_on_by_mistake_leaves_nothing_behind(forloeb: Forloeb, mistaken: Person) -> None:
    """Asked first; then the place in the family is gone at once, and the person with all history in the night."""
    client, url = lead(forloeb), page(forloeb, mistaken)
    assert "bliver alle oplysninger slettet i nat" in client.get(url).content.decode()
    assert FamilyMember.objects.filter(person=mistaken).exists(), "to look takes nothing away"
    assert client.post(url, {}, follow=True).redirect_chain[-1][0] == reverse("cases:people", args=[forloeb.pk])
    tables = (FamilyMember, Residence, DepartmentCase, ForloebPerson)
    assert not [table for table in tables if table._default_manager.filter(person=mistaken).exists()]
    assert not Custody.objects.exists()
    assert "Sofie" not in Event.objects.get(kind="person.removed").text
    call_command("slet_udloebne", verbosity=0)
    assert not Person.objects.filter(pk=mistaken.pk).exists()
    assert not Person.history.filter(id=mistaken.pk).exists()
    assert Person.objects.filter(first_name="Anton").exists()


def test_F9_a_person_of_another_family_stays_there(forloeb: Forloeb, mistaken: Person) -> None:
    other = ForloebFactory()
    ForloebPersonFactory(forloeb=other, person=mistaken, kind="parent")
    actions.remove_person(by=tovholder_of(forloeb), forloeb=forloeb, person=mistaken)
    assert FamilyMember.objects.get(person=mistaken).family == other.family
    assert DepartmentCase.objects.filter(person=mistaken).exists(), "the case is the person's, wherever they stand"


def test_F9_whoever_has_answered_is_not_taken_out(forloeb: Forloeb, mistaken: Person) -> None:
    consented(forloeb, mistaken, [tovholder_of(forloeb).departments.get()])
    with pytest.raises(Refused, match="Der er skrevet noget om Sofie"):
        actions.remove_person(by=tovholder_of(forloeb), forloeb=forloeb, person=mistaken)
    client, url = lead(forloeb), page(forloeb, mistaken)
    assert "Sofie kan ikke tages ud af familien" in client.get(url).content.decode()
    assert client.post(url).status_code == 403
    assert FamilyMember.objects.filter(person=mistaken).exists()


def test_F9_a_mark_on_a_note_or_a_seat_at_a_meeting_keeps_a_person() -> None:
    """Many-to-many marks count as rows of their own do."""
    s = sitting()
    by, forloeb = s.case.tovholder, s.case.forloeb
    marked, invited, nobody = (
        actions.add_person(by=by, forloeb=forloeb, first_name=name, kind="other") for name in ("Ask", "Birk", "Cilia")
    )
    note = s.meeting.notes.create(column="maal", text="Ro", topic=Topic.objects.first(), position=99, author=by)
    note.about.set([marked])
    Attendance.objects.create(meeting=s.meeting, person=invited)
    assert [is_written_about(forloeb, one) for one in (marked, invited, nobody)] == [True, True, False]


def test_F9_a_paper_made_meanwhile_may_name_the_person(forloeb: Forloeb, mistaken: Person) -> None:
    by = tovholder_of(forloeb)
    freeze(by=by, kind="plan", title="Én Plan", filename="x.pdf", content=b"%PDF-1.7", forloeb=forloeb)
    with pytest.raises(Refused, match="lavet papirer"):
        actions.remove_person(by=by, forloeb=forloeb, person=mistaken)
    later = timezone.localdate() + timedelta(days=3)
    ForloebPerson.objects.filter(person=mistaken).update(from_date=later)
    assert not is_written_about(forloeb, mistaken), "a paper from before names nobody who came later"


def test_F9_only_the_tovholder_of_an_open_forloeb(forloeb: Forloeb, mistaken: Person) -> None:
    stranger = tovholder_of(ForloebFactory())
    with pytest.raises(Refused):
        actions.remove_person(by=stranger, forloeb=forloeb, person=mistaken)
    assert FamilyMember.objects.filter(person=mistaken).exists()


def test_C1_F9_custody_among_two_who_stand_together_elsewhere_is_left() -> None:
    """Taking father out of one family must not make mother's signature enough in another."""
    here, there = ForloebFactory(), ForloebFactory()
    child, mother, father = (
        ForloebPersonFactory(forloeb=there, kind=kind).person for kind in ("child", "parent", "parent")
    )
    for one, kind in ((child, "child"), (father, "parent")):
        ForloebPersonFactory(forloeb=here, person=one, kind=kind)
    for holder in (mother, father):
        CustodyFactory(child=child, holder=holder)
    only_here = ForloebPersonFactory(forloeb=here, kind="child").person
    CustodyFactory(child=only_here, holder=father)
    actions.remove_person(by=tovholder_of(here), forloeb=here, person=father)
    assert {row.holder for row in Custody.objects.filter(child=child)} == {mother, father}
    assert not Custody.objects.filter(child=only_here).exists()


def test_F9_what_is_written_in_another_forloeb_is_not_told_of(forloeb: Forloeb, mistaken: Person) -> None:
    """Somebody with a past in a forløb that this tovholder may not see is taken out here like anybody else."""
    there = ForloebFactory()
    ForloebPersonFactory(forloeb=there, person=mistaken, kind="parent")
    consented(there, mistaken, [tovholder_of(there).departments.get()])
    assert is_written_about(there, mistaken)
    assert not is_written_about(forloeb, mistaken)
    actions.remove_person(by=tovholder_of(forloeb), forloeb=forloeb, person=mistaken)
    assert FamilyMember.objects.get(person=mistaken).family == there.family


def test_F9_every_row_about_a_person_leads_to_its_forloeb() -> None:
    """But for what is the person's place; so that nothing elsewhere is asked when somebody is taken out."""
    found = {}
    for relation in Person._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            table = relation.related_model
            if not issubclass(table, (*PLACE, HistoricalChanges)):
                found[table.__name__] = way_to_forloeb(table)
    assert found["BoardNote_about"] == "boardnote__meeting__forloeb"
    assert found["PlanItem"] == "version__meeting__forloeb"
    assert all(found.values()), [name for name, way in found.items() if not way]
