"""slet_udloebne: exactly what is due, history and files included, and nothing else (issue B10)."""

import datetime
import io
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.log import delivered
from audit.models import AccessLog, Event, OnceKey
from cases.models import Family, FamilyMember, Forloeb, ForloebPerson, ForloebState, Henvendelse, Person
from documents.models import FrozenFile
from drafts.models import Draft
from meetings.models import BoardNote, SmileyRating
from plans import actions as plans
from plans.models import JournalEntry, PlanItem, PlanVersion
from privacy import erasure
from privacy.management.commands import slet_udloebne
from privacy.models import ErasureReceipt
from tests.organisation.factories import EmploymentFactory, UserFactory
from tests.plans.factories import Anton, anton, note

Rows = dict[str, dict[Any, tuple[Any, ...]]]
LATER = timezone.now


def end(forloeb: Forloeb, days_ago: int, reason: str = "completed", activated: bool = True) -> Forloeb:
    forloeb.state, forloeb.end_reason = ForloebState.ENDED, reason
    forloeb.ended_on = timezone.localdate() - datetime.timedelta(days=days_ago)
    if not activated:
        forloeb.activated_on = None
    forloeb.save()
    return forloeb


def journalised(forloeb: Forloeb) -> None:
    for line in JournalEntry.objects.filter(version__plan__forloeb=forloeb):
        line.journalised_on, line.journalised_by = timezone.localdate(), EmploymentFactory().user
        line.save()


def everything() -> Rows:
    """Every row of every table, by key."""
    found: Rows = {}
    for model in apps.get_models(include_auto_created=True):
        rows = model._base_manager.values_list("pk", *[field.attname for field in model._meta.local_concrete_fields])
        found[model._meta.label] = {
            row[0]: tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in rows
        }
    return found


def difference(before: Rows, after: Rows) -> tuple[dict[str, set[Any]], dict[str, set[Any]]]:
    """(rows that are gone, rows that are new or changed), by table."""
    gone = {label: rows.keys() - after[label].keys() for label, rows in before.items()}
    other = {
        label: {key for key, row in rows.items() if before[label].get(key) != row} for label, rows in after.items()
    }
    return {k: v for k, v in gone.items() if v}, {k: v for k, v in other.items() if v}


def mikkel() -> Forloeb:
    """Scenario uden-samtykke: a forløb that ended before anything was shared."""
    other = anton("2026-0200")
    BoardNote.objects.all().filter(meeting__forloeb=other.forloeb).delete()
    return other.forloeb


def test_trial_and_real_run_name_the_same_rows_and_nothing_else_changes(family: Anton) -> None:
    for who, whose in (("thomas", family.mor), ("mette", family.anton)):
        line = JournalEntry.objects.get(version__plan__forloeb=family.forloeb, person=whose)
        plans.journalise(by=family.user(who), entry=line)
        plans.take_back(by=family.user(who), entry=line, reason="Den forkerte")
    journalised(family.forloeb)
    stays = anton("2026-0999")
    note(stays, "Går til håndbold")
    delivered(by=None, kind="pdf:en-plan", channel="pdf", forloeb=family.forloeb, persons=[family.mor])
    gone_before = note(family, "Slettet punkt")
    gone_before.delete()  # only its history is left
    end(family.forloeb, 1900)
    before = everything()
    plan = erasure.due()
    trial = erasure.counts(plan)
    assert everything() == before, "a trial run writes nothing"

    real = erasure.erase(erasure.due())

    assert real == trial
    after = everything()
    gone, other = difference(before, after)
    planned = {label: keys for label, keys in plan.everything().items() if label != "documents.FrozenFile"}
    for label, keys in planned.items():
        assert gone.get(label, set()) == keys & before[label].keys(), label
    for label in gone.keys() - planned.keys():
        model = apps.get_model(label)
        assert hasattr(model, "instance_type") or model._meta.auto_created, label
    for line in real:
        history = "{}.Historical{}".format(*line.table.split("."))
        if line.table != "documents.FrozenFile":
            assert len(gone.get(line.table, ())) == line.rows, line
        assert len(gone.get(history, ())) == line.history, line
    assert other.keys() <= {"documents.FrozenFile", "privacy.ErasureReceipt", "audit.Event"}
    assert other["documents.FrozenFile"] == plan.everything()["documents.FrozenFile"]
    # nothing of the family is left anywhere, and the other family has all of its own
    names = [one.pk for one in family.people.values()]
    assert not Person.objects.filter(pk__in=names).exists()
    assert not Person.history.filter(id__in=names).exists()
    assert not PlanItem.history.filter(version__plan__forloeb=family.forloeb.pk).exists()
    assert len(gone["plans.JournalTakenBack"]) == 2
    assert not BoardNote.history.filter(id=gone_before.pk or 0).exists()
    assert Person.objects.filter(pk__in=[one.pk for one in stays.people.values()]).count() == len(stays.people)
    assert BoardNote.objects.get().text == "Går til håndbold"


def test_the_access_log_stays_and_its_chain_holds_C13(family: Anton) -> None:
    from audit.checking import faults

    journalised(family.forloeb)
    row = delivered(by=None, kind="desk:forloeb", channel="page", forloeb=family.forloeb, persons=[family.mor])
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    assert AccessLog.objects.about(family.mor).get() == row
    assert list(faults()) == []


def test_frozen_files_lose_their_bytes_and_keep_their_checksum(family: Anton) -> None:
    journalised(family.forloeb)
    files = list(FrozenFile.objects.all())
    assert files
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    for file in files:
        kept = FrozenFile.objects.get(pk=file.pk)
        assert bytes(kept.sealed) == b""
        assert kept.erased_at
        assert kept.sha256 == file.sha256
        assert not [name for name in ("Sofie", "Jens", "Anton", "Ida") if name in kept.title + kept.filename]


def test_a_finished_version_is_guarded_again_afterwards_P5(family: Anton) -> None:
    journalised(family.forloeb)
    other = anton("2026-0998")
    from tests.plans.factories import first_plan

    version = first_plan(other)
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(number=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk)._raw_delete("default")


@pytest.mark.parametrize(("days", "gone"), [(1826, False), (1827, True)])
def test_an_ended_forloeb_is_kept_five_years_to_the_day(family: Anton, days: int, gone: bool) -> None:
    journalised(family.forloeb)
    end(family.forloeb, days)
    erasure.erase(erasure.due())
    assert Forloeb.objects.filter(pk=family.forloeb.pk).exists() is not gone


def test_a_forloeb_that_is_not_journalised_is_held_back_P7(family: Anton) -> None:
    assert JournalEntry.objects.missing().exists()
    end(family.forloeb, 1900)
    plan = erasure.due()
    assert plan.held == 1
    erasure.erase(plan)
    assert Forloeb.objects.filter(pk=family.forloeb.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "gone"), [(30, False), (31, True)])
def test_ended_without_consent_goes_after_the_set_days_and_the_log_says_so_F4(days: int, gone: bool) -> None:
    """Scenario uden-samtykke, m2."""
    forloeb = mikkel()
    people = list(forloeb.persons.values_list("person", flat=True))
    end(forloeb, days, "no_consent", activated=False)
    call_command("slet_udloebne", verbosity=0)
    assert Forloeb.objects.filter(pk=forloeb.pk).exists() is not gone
    assert Person.objects.filter(pk__in=people).exists() is not gone
    assert Family.objects.filter(pk=forloeb.family_id).exists() is not gone
    said = list(Event.objects.filter(kind="privacy.erased").values_list("text", flat=True))
    assert said == (["1 forløb er slettet. Samtykke ikke opnået."] if gone else [])


def test_the_receipt_has_no_personal_data(family: Anton) -> None:
    journalised(family.forloeb)
    ids = {str(pk) for pk in (family.forloeb.pk, *(one.pk for one in family.people.values()))}
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    lines = list(ErasureReceipt.objects.values())
    assert {line["table"] for line in lines} >= {
        "cases.Forloeb",
        "cases.Person",
        "plans.PlanItem",
        "documents.FrozenFile",
    }
    assert not [word for word in (*ids, "Sofie", "2026-0147") if word in str(lines)]


def test_the_receipts_are_read_by_the_system_administrator_and_hold_nobodys_name(family: Anton, client: Client) -> None:
    client.force_login(UserFactory(system_admin=True), backend="django.contrib.auth.backends.ModelBackend")
    assert "Intet er udløbet og slettet endnu." in client.get(reverse("system")).content.decode()
    journalised(family.forloeb)
    end(family.forloeb, 1900)
    number, names = family.forloeb.number, [one.first_name for one in family.people.values()]
    call_command("slet_udloebne", stdout=io.StringIO())
    page = client.get(reverse("system")).content.decode()
    for rule in ("Forløb, der er afsluttet", "Familier uden forløb", "Personer uden forløb"):
        assert re.search(rf"{rule}: \d+ rækker? og \d+ i historikken", page), rule
    assert not [word for word in (number, "Antons familie", *names) if word in page]


def test_a_person_who_is_in_another_family_stays_F9(family: Anton) -> None:
    journalised(family.forloeb)
    other = anton("2026-0997")
    FamilyMember.objects.create(family=other.forloeb.family, person=family.far, kind="parent", relation="far til Liv")
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    assert Person.objects.filter(pk=family.far.pk).exists()
    assert not Person.objects.filter(pk=family.mor.pk).exists()


def test_a_person_at_whom_a_kept_row_points_stays(family: Anton) -> None:
    journalised(family.forloeb)
    other = anton("2026-0996")
    told = note(other, "Sagt af morfar", said_by=family.mor)
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    assert told.said_by == Person.objects.get(pk=family.mor.pk)
    assert not Person.objects.filter(pk=family.far.pk).exists()


def test_a_reopened_forloeb_and_a_family_with_another_forloeb_stay(family: Anton) -> None:
    journalised(family.forloeb)
    again = Forloeb.objects.create(
        number="2026-0300", family=family.forloeb.family, model_key="faelles_familier", need="Igen",
        start_checked_on=timezone.localdate(),
    )  # fmt: skip
    ForloebPerson.objects.create(forloeb=again, person=family.mor, from_date=timezone.localdate())
    end(family.forloeb, 1900)
    erasure.erase(erasure.due())
    assert Family.objects.filter(pk=again.family_id).exists()
    assert Person.objects.filter(pk__in=[one.pk for one in family.people.values()]).count() == 4
    assert not SmileyRating.objects.exists()


def test_drafts_once_keys_sessions_and_declined_henvendelser(family: Anton) -> None:
    now = timezone.now()
    user = family.user("mette")
    for days, key in ((31, "gammel"), (29, "ny")):
        Draft.objects.create(user=user, key=key, content="{}", updated_at=now - datetime.timedelta(days=days))
        OnceKey.objects.create(user=user, key=key, at=now - datetime.timedelta(days=days - 28))
        Session.objects.create(session_key=key, session_data="", expire_date=now - datetime.timedelta(days=days - 30))
        department = family.mette.department
        Henvendelse.objects.create(
            sender=user, sender_department=department, to_department=department, family_text="Familien Holm",
            need="Hjælp", state="declined", answered_at=now - datetime.timedelta(days=days + 150), answered_by=user,
            answer=key,
        )  # fmt: skip
    lines = {line.rule: line.rows for line in erasure.erase(erasure.due())}
    assert lines == {"draft": 1, "once": 1, "session": 1, "henvendelse": 1}
    assert [one.key for one in Draft.objects.all()] == ["ny"]
    assert [one.key for one in OnceKey.objects.all()] == ["ny"]
    assert [one.session_key for one in Session.objects.all()] == ["ny"]
    assert [one.answer for one in Henvendelse.objects.all()] == ["ny"]
    assert {one.answer for one in Henvendelse.history.all()} == {"ny"}


def test_the_command_tells_what_it_would_do_and_does_it(family: Anton, capsys: pytest.CaptureFixture[str]) -> None:
    journalised(family.forloeb)
    end(family.forloeb, 1900)
    call_command("slet_udloebne", "--proev")
    trial = capsys.readouterr().out
    assert Forloeb.objects.exists()
    assert "Prøve: intet er slettet." in trial
    call_command("slet_udloebne")
    real = capsys.readouterr().out
    assert real == trial.replace("Prøve: intet er slettet.\n", "")
    assert not Forloeb.objects.exists()
    call_command("slet_udloebne")
    assert capsys.readouterr().out == "Intet er udløbet.\n"


def test_the_command_lets_go_of_what_it_erased_and_says_when_it_could_not(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(slet_udloebne, "let_go", lambda connection: bool(asked.append(connection)))
    call_command("slet_udloebne", "--proev")
    assert not asked
    with pytest.raises(CommandError, match="Kør kommandoen igen"):
        call_command("slet_udloebne")
    assert len(asked) == 1
