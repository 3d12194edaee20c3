"""Fetching a frozen copy: as many questions to the database whatever stands in it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Household, Residence
from plans import actions
from plans.models import Outcome, PlanCopy
from tests.plans import factories

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("light_papers")
def test_C12_a_copy_is_looked_through_with_as_many_queries_whatever_it_holds(client) -> None:
    """Its words are made anew when an address is protected; what its lines were carried on from came one by one."""
    family = factories.anton()
    factories.first_plan(family)
    version = factories.second_plan(family)
    factories.answer_all(family, version, Outcome.CARRIED)
    actions.finish(by=family.referent, version=version)
    copy = PlanCopy.objects.get(version=version, recipient=f"p:{family.far.pk}")
    home = Household.objects.create(family=family.forloeb.family, label="Hos Sofie")
    Residence.objects.create(household=home, person=family.mor)
    family.mor.protected_address, family.mor.address = True, "Kanariehøj 17, 5800 Storebælt"
    family.mor.save()
    client.force_login(family.referent)

    def queries(one: PlanCopy) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("plans:copy", args=[one.pk])).status_code == 200
        return len(caught)

    lines = list(copy.items.all())
    assert sum(line.carried_from_id is not None for line in lines) > 2
    short = PlanCopy.objects.create(
        version=version,
        recipient=copy.recipient,
        recipient_label=copy.recipient_label,
        file=copy.file,
        beside=copy.beside,
    )
    short.items.add(next(line for line in lines if line.carried_from_id))
    queries(short)
    assert queries(copy) == queries(short)


@pytest.mark.usefixtures("light_papers")
def test_C5_P6_the_referent_carries_no_copy_that_names_somebody_unknown_and_not_at_the_table(client) -> None:
    """Mor's copy names Ida, of whom PPR may not know and who was not there; far's names those who were."""
    family = factories.anton()
    version = factories.first_plan(family)
    copies = {name: version.copies.get(recipient=f"p:{family.people[name].pk}") for name in ("mor", "far")}
    got = {}
    for who in ("louise", "mette"):
        client.force_login(family.user(who))
        got[who] = {name: client.get(reverse("plans:copy", args=[one.pk])) for name, one in copies.items()}
    assert {name: answer.status_code for name, answer in got["louise"].items()} == {"mor": 403, "far": 200}
    assert "Ida" not in got["louise"]["mor"].content.decode()
    assert "bed tovholderen om at give den videre" in got["louise"]["mor"].content.decode()
    assert got["mette"]["mor"].status_code == 200, "the tovholder knows everybody"
    client.force_login(family.user("louise"))
    page = client.get(reverse("plans:page", args=[version.pk])).content.decode()
    links = {name: f'href="{reverse("plans:copy", args=[one.pk])}"' in page for name, one in copies.items()}
    assert links == {"mor": False, "far": True}
