"""Cases that are written on after a plan was finished are not forgotten (O3, P7)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import DepartmentCase
from plans import actions
from plans.models import JournalEntry, PlanVersion
from tests.organisation.factories import RecordSystemFactory
from tests.plans import factories
from web.errors import Refused

pytestmark = pytest.mark.django_db
NONE_YET = "Ingen i familien havde en sag skrevet på"


def page(client, family, version, who: str) -> str:
    client.force_login(family.user(who))
    return client.get(reverse("plans:page", args=[version.pk])).content.decode()


def lines(version) -> set[tuple[str, str]]:
    return {
        (one.person.first_name, one.department.name.split()[0]) for one in JournalEntry.objects.filter(version=version)
    }


def test_P7_a_case_written_on_afterwards_is_filed_by_one_act(client) -> None:
    family = factories.anton()
    DepartmentCase.objects.all().delete()
    version = factories.first_plan(family)
    assert not JournalEntry.objects.exists()
    assert NONE_YET in page(client, family, version, "mette")
    assert NONE_YET not in page(client, family, version, "karen")
    DepartmentCase.objects.create(person=family.anton, department=family.mette.department)
    shown = page(client, family, version, "mette")
    assert f"Anton har nu en sag i {family.mette.department.name}." in shown
    assert "har nu en sag" not in page(client, family, version, "karen"), "where somebody has a case is the tovholder's"
    answer = client.post(reverse("plans:file_more", args=[version.pk]))
    assert answer.status_code == 403, "Karen is neither referent nor tovholder"
    client.force_login(family.user("mette"))
    for _ in range(2):
        assert client.post(reverse("plans:file_more", args=[version.pk])).status_code == 302
    assert lines(version) == {("Anton", "Myndighed")}
    assert "har nu en sag" not in page(client, family, version, "mette")


def test_P7_only_departments_that_got_a_copy_and_only_the_newest_version(client) -> None:
    family = factories.anton()
    old = factories.first_plan(family)
    before = lines(old)
    late = family.karen.department
    late.record_system = RecordSystemFactory(name="Skolens system")
    late.save()
    DepartmentCase.objects.create(person=family.anton, department=late)
    DepartmentCase.objects.create(person=family.far, department=late, to_date=timezone.localdate())
    draft = actions.start_correction(by=family.referent, version=old, correction="Et navn")
    with pytest.raises(Refused, match="nyeste færdige plan"):
        actions.file_more(by=family.referent, version=draft)
    actions.finish(by=family.referent, version=draft)
    assert lines(draft) == before | {("Anton", "Skole")}, "an ended case is not filed"
    with pytest.raises(Refused, match="nyeste færdige plan"):
        actions.file_more(by=family.referent, version=old)


def test_P7_the_writer_is_told_before_that_nothing_will_be_filed(client) -> None:
    family = factories.anton()
    draft = factories.first_plan(family, finished=False)
    client.force_login(family.user("louise"))
    url = reverse("plans:edit", args=[draft.pk])
    assert "ikke lagt til journalisering" not in client.get(url).content.decode()
    DepartmentCase.objects.all().delete()
    assert "Bed tovholderen om at skrive sagerne på." in client.get(url).content.decode()
    client.force_login(family.user("mette"))
    assert reverse("cases:people", args=[family.forloeb.pk]) in client.get(url).content.decode()


@pytest.mark.parametrize("left", [True, False])
def test_P7_a_closed_department_with_nobody_left_is_not_waited_for(left) -> None:
    family = factories.anton()
    home = family.thomas.department
    assert ("Sofie", "Job") in lines(factories.first_plan(family))
    home.is_active, home.closed_on = False, timezone.localdate()
    home.save()
    if left:
        family.user("thomas").employments.update(to_date=timezone.localdate())
    draft = actions.start_correction(by=family.referent, version=PlanVersion.objects.get(), correction="Et navn")
    actions.finish(by=family.referent, version=draft)
    assert (("Sofie", "Job") in lines(draft)) is not left, "whoever is still there journalises what is left to do"
