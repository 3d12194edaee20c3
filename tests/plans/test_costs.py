"""How much each page of Én Plan asks the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import DepartmentCase, Participation
from insight.bench import STATEMENTS
from plans import actions
from plans.models import ItemKind, PlanVersion
from tests.consent.factories import START
from tests.plans import factories
from tests.plans.browsing import browser_of

pytestmark = pytest.mark.django_db


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["edit", "page"])
def test_the_pages_ask_as_much_for_100_items_as_for_10(family, name):
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    client = browser_of(family.referent)
    goal = actions.add_item(by=family.referent, version=version, kind=ItemKind.GOAL, text="Ro om morgenen")
    asked = []
    for number in (9, 90):
        for row in range(number):
            note = factories.note(family, f"Punkt {row}", said_by=family.anton) if row % 9 == 0 else None
            actions.add_item(
                by=family.referent, version=version, kind=ItemKind.AGREEMENT, parent=goal, text=f"Aftale {row}",
                responsible_person=family.mor, from_note=note, about=[family.mor, family.anton],
                topic=factories.topic("skole"),
            )  # fmt: skip
        asked.append(queries_of(client, reverse(f"plans:{name}", args=[version.pk])))
    assert asked[0] == asked[1] < 60, asked


@pytest.mark.parametrize("who", ["louise", "mette"], ids=["the referent", "the tovholder"])
def test_P3_P4_the_sheet_is_fifteen_statements_at_most_with_everything_on_it(family, first, who):
    """What became of the last plan and why, how agreements went in words, an external who has a task, a correction: each
    text asked for the topics anew."""
    for start in ("Møder", "Følger"):
        line = factories.item(first, start)
        actions.follow_up(by=family.user("mette"), agreement=line, state="partly", note="Anton kom for sent i skole")
    version = factories.second_plan(family)
    for line in version.items.all():
        actions.set_outcome(by=family.referent, item=line, outcome="partly", note="Anton har været syg")
    PlanVersion.objects.filter(pk=version.pk).update(correction="Anton går i skole i Nordby")
    url, client = reverse("plans:edit", args=[version.pk]), browser_of(family.user(who))
    page = client.get(url).content.decode()
    assert "Anton har været syg" in page
    assert "Anton kom for sent i skole" in page
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    asked = [one["sql"] for one in caught if one["sql"].lstrip(" (").upper().startswith(STATEMENTS)]
    assert len(asked) <= 15, asked


@pytest.mark.any_database
def test_the_queue_asks_as_much_for_many_lines_as_for_two(family, first):
    client = browser_of(family.user("mette"))
    two = queries_of(client, reverse("plans:journal"))
    for number in ("2026-0151", "2026-0152"):
        other = factories.anton(number)
        Participation.objects.create(
            forloeb=other.forloeb,
            user=family.user("mette"),
            department=family.mette.department,
            from_date=START,
        )
        DepartmentCase.objects.create(person=other.anton, department=family.mette.department)
        factories.first_plan(other)
    assert client.get(reverse("plans:journal")).content.decode().count('id="linje-') == 4
    assert queries_of(client, reverse("plans:journal")) == two
