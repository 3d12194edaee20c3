"""A line that would tell a reader of somebody unknown to them is asked about before the papers are made (C5)."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from consent.basis import load_basis
from plans import actions
from plans.models import ItemKind
from plans.named import fingerprint, named_to_others
from plans.readers import addressees
from tests.plans import factories

pytestmark = pytest.mark.django_db


def drafted(family, text: str, *about):
    """A draft whose one agreement has this text, marked with whom is given only."""
    by = family.referent
    draft = actions.start_version(by=by, meeting=family.meeting)
    school = {"topic": factories.topic("skole")}
    goal = actions.add_item(
        by=by, version=draft, kind=ItemKind.GOAL, text="Hverdagen hænger sammen", about=[family.mor], **school
    )
    line = actions.add_item(
        by=by, version=draft, kind=ItemKind.AGREEMENT, parent=goal, text=text, responsible=family.louise,
        due_on=timezone.localdate(), about=list(about), **school,
    )  # fmt: skip
    return draft, line


def found_in(family, draft):
    basis = load_basis(family.forloeb)
    return named_to_others(list(draft.items.with_sources()), addressees(family.forloeb, basis), basis)


def test_C5_a_name_that_a_reader_may_not_know_is_found_with_who_would_learn_it(family):
    """Far has said yes to the school only: neither PPR nor mor may know that he is in the forløb."""
    draft, line = drafted(family, "Ringer til Jens om fredagen", family.mor)
    (one,) = found_in(family, draft)
    assert (one.item.pk, [person.pk for person in one.persons]) == (line.pk, [family.far.pk])
    assert [reader.label for reader in one.readers] == [family.louise.home, family.mor.name]


def test_C5_a_line_marked_with_whom_it_names_is_no_question(family):
    draft, line = drafted(family, "Ringer til Jens om fredagen", family.mor, family.far)
    assert found_in(family, draft) == []


def test_C5_a_name_that_all_its_readers_know_is_no_question(family):
    draft, _ = drafted(family, "Ringer til Sofie om fredagen", family.mor)
    assert found_in(family, draft) == []


def test_C5_the_plan_waits_for_an_answer_and_tells_what_to_do(family):
    draft, line = drafted(family, "Ringer til Jens om fredagen", family.mor)
    client = Client()
    client.force_login(family.referent)
    url = reverse("plans:edit", args=[draft.pk])
    asked = client.post(url, {"do": "finish"})
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "»Ringer til Jens om fredagen«" in page
    assert "Nævner Jens. Linjen er ikke mærket med Jens." in page
    assert reverse("plans:item", args=[line.pk]) in page
    draft.refresh_from_db()
    assert draft.is_draft
    assert client.post(url, {"do": "finish", "navne": "another"}).status_code == 422
    done = client.post(url, {"do": "finish", "navne": fingerprint(found_in(family, draft))})
    assert done.status_code == 302
    draft.refresh_from_db()
    assert not draft.is_draft
    (event,) = Event.objects.filter(kind="plan.names_confirmed")
    assert event.data["lines"] == 1
    assert "Jens" not in event.text


def test_C5_a_changed_line_is_asked_about_anew(family):
    draft, line = drafted(family, "Ringer til Jens om fredagen", family.mor)
    before = fingerprint(found_in(family, draft))
    actions.change_item(by=family.referent, item=line, text="Skriver til Jens om fredagen")
    assert fingerprint(found_in(family, draft)) != before


def test_C5_what_is_missing_is_said_before_the_question(family):
    draft, line = drafted(family, "Ringer til Jens om fredagen", family.mor)
    actions.change_item(by=family.referent, item=line, due_on=None)
    client = Client()
    client.force_login(family.referent)
    page = client.post(reverse("plans:edit", args=[draft.pk]), {"do": "finish"}).content.decode()
    assert "hvornår?" in page
    assert "Ret linjen, eller mærk den" not in page
