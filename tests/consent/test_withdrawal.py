"""Withdrawal: C7, M8's neighbours and F4."""

import datetime
from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.models import ForloebState
from consent import actions, consequences, matrix, readiness
from consent.basis import load_basis
from consent.consequences import Consequence, Effect
from consent.models import Consent, Topic, Withdrawal
from consent.renewal import birthdays_changing_rules, expiring
from consent.sharing import Cell
from documents.models import FrozenFile
from tests.consent.factories import case, consented, key_of
from web.dates import long_date
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lasting_family(lasting):
    found = case(ForloebState.ACTIVE)
    consented(found.forloeb, found.anna, [*found.departments, found.carl])
    return found


@pytest.fixture
def family(db, lasting_family):
    return deepcopy(lasting_family)


def cell(family, person, recipient, topic="fritid"):
    basis = load_basis(family.forloeb)
    return basis.cell(person.pk, key_of(recipient), Topic.objects.get(key=topic).pk)


def withdraw(family, **more):
    given = {"receipt": False, **more}
    return actions.withdraw(
        by=family.tovholder, forloeb=family.forloeb, person=given.pop("person", family.anna), **given
    )


def test_C7_in_whole_it_acts_at_once_and_for_what_was_never_asked(family):
    withdraw(family)
    assert cell(family, family.anna, family.departments[0]) is Cell.WITHDRAWN
    assert cell(family, family.anna, family.external) is Cell.WITHDRAWN
    assert cell(family, family.bo, family.external) is None, "another person's cells are their own"


def test_C7_in_part_by_topic_and_by_recipient(family):
    withdraw(family, topics=[Topic.objects.get(key="misbrug")])
    assert cell(family, family.anna, family.departments[0], "misbrug") is Cell.WITHDRAWN
    assert cell(family, family.anna, family.departments[0]) is Cell.YES
    withdraw(family, recipients=[key_of(family.carl)])
    assert cell(family, family.anna, family.carl) is Cell.WITHDRAWN
    assert cell(family, family.anna, family.departments[0]) is Cell.YES


def test_C7_an_older_yes_does_not_come_back_and_a_new_one_is_possible(family):
    consented(family.forloeb, family.anna, family.departments[:1], ["fritid"])
    withdraw(family)
    assert cell(family, family.anna, family.departments[0]) is Cell.WITHDRAWN
    consented(family.forloeb, family.anna, family.departments[:1], ["fritid"])
    assert cell(family, family.anna, family.departments[0]) is Cell.YES


def test_C7_cannot_be_undone_in_the_database(family):
    withdraw(family)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=None, withdrawal=None)


def test_C7_the_receipt_is_frozen_and_its_name_tells_nobody(family):
    made = withdraw(family, receipt=True)
    kept = FrozenFile.objects.get(pk=made.receipt_id)
    assert kept.content.startswith(b"%PDF-")
    assert kept.filename.startswith("Fælles Familier - Kvittering for tilbagekaldelse - 2026-0412")
    assert "Anna" not in kept.filename + kept.title
    assert Event.objects.filter(kind="consent.withdrawn").count() == 1


def test_C7_works_without_the_guidance_and_after_the_end(family):
    family.tovholder.guidance_read.all().delete()
    family.forloeb.state, family.forloeb.ended_on, family.forloeb.end_reason = "ended", timezone.localdate(), "moved"
    family.forloeb.save()
    assert withdraw(family).pk


def test_C7_who_may_say_it(family):
    with pytest.raises(Refused, match="Bo kan ikke tilbagekalde for Viggo"):
        withdraw(family, person=family.viggo, told_by=family.bo)
    assert withdraw(family, person=family.viggo, told_by=family.carl).told_by == family.carl
    with pytest.raises(ValidationError):
        withdraw(family, recipients=[])
    with pytest.raises(Refused):
        actions.withdraw(by=family.members["job"].user, forloeb=family.forloeb, person=family.anna)


def test_F4_C7_when_the_last_needed_consent_goes_the_forloeb_cannot_continue(family):
    assert readiness.may_continue(family.forloeb)
    withdraw(family, recipients=[key_of(family.departments[0])])
    assert not readiness.may_continue(family.forloeb)
    assert Event.objects.filter(kind="consent.last_withdrawn").count() == 1


def test_C7_the_preview_changes_nothing_and_tells_who_what_and_whom_to_call(family):
    before = Consent.objects.filter(withdrawn_at__isnull=True).count()
    found = consequences.preview(
        family.forloeb, family.anna, load_basis(family.forloeb), recipients=[key_of(family.departments[1])]
    )
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == before
    assert not Withdrawal.objects.exists()
    told = {one.title: one for one in found.consequences}
    assert told["1 modtager mister adgang"].lines == ((family.departments[1].name, "Alle emner"),)
    assert any(family.members["job"].name in title for title in told)
    assert not found.may_continue


@pytest.mark.parametrize(("to", "about"), [(None, None), ([1], None), (None, ["skole"]), ([0, 1], ["skole", "fritid"])])
def test_C7_the_preview_rests_on_what_stands_afterwards(family, to, about):
    """Cell by cell, for whoever can be asked about."""
    consented(family.forloeb, family.anna, family.departments[1:], ["fritid"], answer="no")
    consented(family.forloeb, family.anna, family.departments[:1], ["misbrug"], signed=False)
    scope = {
        "recipients": None if to is None else [key_of(family.departments[n]) for n in to],
        "topics": None if about is None else list(Topic.objects.filter(key__in=about)),
    }
    told = consequences.loss_of(family.anna, load_basis(family.forloeb), **scope).after
    withdraw(family, **scope)
    real = load_basis(family.forloeb)
    for person in family.people.values():
        for one in (*family.departments, family.external, family.bo, family.carl):
            for topic in Topic.objects.all():
                cell = (person.pk, key_of(one), topic.pk)
                assert told.cell(*cell) == real.cell(*cell), (person, one, topic)


def test_C7_the_other_adult_is_not_told_by_us(family):
    found = consequences.preview(
        family.forloeb, family.anna, load_basis(family.forloeb), recipients=[key_of(family.carl)]
    )
    assert any("får ikke besked" in one.title for one in found.consequences)


def test_C7_the_apps_above_tell_their_part(family, monkeypatch):
    monkeypatch.setattr(consequences, "_sources", [])
    asked = []

    def plans(forloeb, person, loss):
        asked.append(loss.cells)
        kinds = [("note", "noter"), ("note", "noter"), ("aftale", "aftaler")]
        return [Consequence(Effect.STAYS, "Én Plan version 1 ligger i DUBU", consequences.counts(kinds))]

    consequences.register(plans)
    consequences.register(plans)
    found = consequences.preview(family.forloeb, family.anna, load_basis(family.forloeb))
    assert len(asked) == 1
    assert len(asked[0]) == 24, "three recipients, eight topics"
    stays = dict(found.groups())["Bliver, hvor det er"]
    assert stays[0].text == "2 noter og 1 aftale"
    made = withdraw(family)
    assert consequences.journalised(made)[0].title.startswith("Én Plan")


def test_C4_what_runs_out_is_found_in_time_and_not_twice(family):
    today = timezone.localdate()
    old = consented(
        family.forloeb, family.bo, family.departments[:1], ["fritid"], on=today - datetime.timedelta(days=350)
    )
    assert list(expiring(today, 30)) == [old]
    consented(family.forloeb, family.bo, family.departments[:1], ["fritid"])
    assert list(expiring(today, 30)) == []


def test_C4_a_paper_that_is_registered_late_renews_nothing_that_was_said_after_it(family):
    """The newer yes is the one that runs out: it is asked for, and the older one, which no longer counts, is not."""
    today = timezone.localdate()
    said = [today - datetime.timedelta(days=days) for days in (350, 360)]
    newer, late = (consented(family.forloeb, family.bo, family.departments[:1], ["fritid"], on=day) for day in said)
    assert late.sequence > newer.sequence, "the older paper came in last"
    assert list(expiring(today, 30)) == [newer]


def test_C1_a_birthday_that_changes_the_rules_is_told_before_it_comes(family):
    today = timezone.localdate()
    for years, days, found in (
        (15, 1, True),
        (15, 59, True),
        (15, 0, False),
        (18, 30, True),
        (15, 61, False),
        (9, 5, False),
    ):
        day = today + datetime.timedelta(days=days)
        family.viggo.birth_date = datetime.date(day.year - years, day.month, min(day.day, 28))
        family.viggo.save()
        near = birthdays_changing_rules(today).filter(person=family.viggo).exists()
        if day.day <= 28:
            assert near is found, (years, days)


def test_C7_the_preview_counts_contacts_and_exchanges_that_close(family):
    """For Job, which wrote neither: the unit that wrote them down loses what it wrote too, when it is taken back there."""
    consented(family.forloeb, family.bo, family.departments)
    familie = Topic.objects.get(key="familie")
    actions.add_contact(
        by=family.tovholder, forloeb=family.forloeb, about=[family.anna], name="Inger", relation="mormor",
        topics=[Topic.objects.get(key="skole")], said_by=family.anna,
    )  # fmt: skip
    for about in ([family.anna], [family.anna, family.carl]):
        actions.log_exchange(
            by=family.tovholder, forloeb=family.forloeb, what="Samvær", about=about, topic=familie, with_name="Lise"
        )

    def told(**scope):
        found = consequences.preview(family.forloeb, family.anna, load_basis(family.forloeb), **scope)
        return {one.title for one in found.consequences}

    job = [key_of(family.departments[1])]
    assert "1 kontakt i netværket og 1 udveksling" in told(recipients=job), "Carl has said no yes to Job"
    assert "1 kontakt i netværket og 2 udvekslinger" in told()
    assert "1 kontakt i netværket og 2 udvekslinger" in told(topics=[familie])
    assert not any("udveksling" in title for title in told(topics=[Topic.objects.get(key="fritid")]))
    found = consequences.preview(family.forloeb, family.anna, load_basis(family.forloeb)).consequences
    (around,) = [one for one in found if "udveksling" in one.title]
    today = long_date(timezone.localdate())
    assert around.lines == ((f"Udveksling {today}", f"Skrevet af {family.tovholder.name}"),) * 2
    assert "Samvær" not in str(around)
    assert "Inger" not in str(around)


def test_C7_C2_a_yes_to_a_topic_out_of_use_is_in_sight_and_can_be_withdrawn_by_itself(family, client):
    Topic.objects.filter(key="fritid").update(is_active=False)
    anna = next(row for row in matrix.build(family.forloeb).rows if row.person == family.anna)
    assert "fritid" in {topic.key for topic, _ in anna.topics}
    bo = next(row for row in matrix.build(family.forloeb).rows if row.person == family.bo)
    assert "fritid" not in {topic.key for topic, _ in bo.topics}, "nobody is asked about it any more"
    client.force_login(family.tovholder)
    page = client.get(reverse("consent:withdraw", args=[family.forloeb.pk, family.anna.pk]))
    assert str(Topic.objects.get(key="fritid").pk) in page.content.decode()
    withdraw(family, topics=[Topic.objects.get(key="fritid")])
    anna = next(row for row in matrix.build(family.forloeb).rows if row.person == family.anna)
    assert [told for _, told in anna.withdrawals] == ["Fritid, til alle modtagere."]
