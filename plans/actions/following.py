"""After a version is finished: how it goes, who got it, where it is journalised. The version itself never changes."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases.access import demand_participant
from consent.basis import load_basis
from consent.labels import Labels
from consent.sharing import Facts, may_see
from organisation.models import User
from plans.access import demand_hands_out, demand_journals, may_follow_up, reader_of_standing
from plans.models import (
    Distribution,
    FollowUp,
    FollowUpState,
    ItemKind,
    JournalEntry,
    JournalTakenBack,
    PlanCopy,
    PlanItem,
    SentWay,
)
from plans.tree import who_has
from web.cpr import NO_CPR_HELP, holds_cpr
from web.errors import Refused
from web.locking import take


@transaction.atomic
def follow_up(*, by: User, agreement: PlanItem, state: str, note: str = "") -> FollowUp:
    """Say how an agreement of a finished version goes: done, partly or not yet.

    Raises Refused: not the responsible and not the tovholder, or the agreement may not be seen (C5). ValidationError.
    """
    version = agreement.version
    standing = demand_participant(by, version.plan.forloeb)
    reader, basis = reader_of_standing(standing), load_basis(version.plan.forloeb)
    if not may_see(reader, Facts.of(agreement), basis):
        raise Refused("Aftalen findes ikke, eller du kan ikke se den.")
    if not may_follow_up(standing, agreement):
        has_it = who_has(agreement, Labels([reader], basis))
        raise Refused(f"Det kan kun den, der har aftalen, eller tovholderen. Aftalen har {has_it}.")
    if version.is_draft or agreement.kind != ItemKind.AGREEMENT:
        raise Refused("Der kan følges op på aftaler i en færdig plan.")
    newer = version.plan.versions.finished().filter(number__gt=version.number).order_by("-number").first()
    if newer is not None:
        raise Refused(f"Der er kommet en nyere plan. Følg op på aftalen i version {newer.number}, hvis den står der.")
    if state not in FollowUpState.values:
        raise ValidationError({"state": "Vælg, hvordan det går med aftalen."})
    told = FollowUp(agreement=agreement, state=state, note=note.strip(), by=by)
    told.full_clean()
    told.save()
    events.record(
        by=by,
        forloeb=version.plan.forloeb,
        kind="plan.follow_up",
        text=f"En aftale i Én Plan, version {version.number}: {told.get_state_display()}.",
        data={"version": version.pk, "agreement": agreement.pk},
    )
    return told


@transaction.atomic
def journalise(
    *, by: User, entry: JournalEntry, document_number: str = "", on: date | None = None, row_version: int | None = None
) -> JournalEntry:
    """Write down that the version now lies in the department's own system (P7).

    Raises Refused: only the department's own participants may tick its lines. Ticking twice changes nothing.
    """
    standing = demand_participant(by, entry.version.plan.forloeb)
    locked = take(
        JournalEntry.objects.select_related("version__plan__forloeb", "department", "system"), entry.pk, row_version
    )
    demand_journals(standing, locked)
    if locked.journalised_on is not None:
        _demand_same_number(locked, document_number.strip())
        return locked
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"on": "Datoen kan ikke ligge i fremtiden."})
    locked.document_number, locked.journalised_on, locked.journalised_by = document_number.strip(), day, by
    locked.full_clean()
    locked.save()
    events.record(
        by=by,
        forloeb=locked.version.plan.forloeb,
        kind="plan.journalised",
        text=f"Én Plan, version {locked.version.number}, er journaliseret i {locked.system.name}.",
        data={"version": locked.version_id, "entry": locked.pk},
    )
    return locked


def _demand_same_number(entry: JournalEntry, number: str) -> None:
    """Nobody is told that a number was kept when it was not. Raises `Refused` with both numbers."""
    if number and number != entry.document_number:
        who = entry.journalised_by.name if entry.journalised_by else "en kollega"
        kept = f"med nummer {entry.document_number}" if entry.document_number else "uden nummer"
        raise Refused(f"Linjen er allerede journaliseret af {who}, {kept}. Dit nummer, {number}, er ikke gemt.")


@transaction.atomic
def take_back(*, by: User, entry: JournalEntry, reason: str, row_version: int | None = None) -> JournalTakenBack:
    """A line was ticked by mistake: it is missing again, and what it said stays, with who took it back and why (P7).

    Raises Refused: not the line's own department, or the line is not journalised; Stale when a colleague has changed it
    since; ValidationError for a reason that is missing or holds a CPR number.
    """
    standing = demand_participant(by, entry.version.plan.forloeb)
    locked = take(
        JournalEntry.objects.select_related("version__plan__forloeb", "department", "system"), entry.pk, row_version
    )
    demand_journals(standing, locked)
    if locked.journalised_on is None or locked.journalised_by is None:
        raise Refused("Linjen er ikke skrevet som journaliseret, så der er ikke noget at tage tilbage.")
    if holds_cpr(reason):
        raise ValidationError({"reason": NO_CPR_HELP})
    kept = JournalTakenBack(
        entry=locked,
        document_number=locked.document_number,
        journalised_on=locked.journalised_on,
        journalised_by=locked.journalised_by,
        reason=reason.strip(),
        by=by,
    )
    kept.full_clean()
    kept.save()
    locked.document_number, locked.journalised_on, locked.journalised_by = "", None, None
    locked.full_clean()
    locked.save()
    events.record(
        by=by,
        forloeb=locked.version.plan.forloeb,
        kind="plan.journal_taken_back",
        text=f"Én Plan, version {locked.version.number}, mangler i {locked.system.name}: journaliseringen er taget tilbage.",
        data={"version": locked.version_id, "entry": locked.pk, "taken_back": kept.pk},
    )
    return kept


@transaction.atomic
def distribute(*, by: User, copy: PlanCopy, way: str, on: date | None = None) -> Distribution:
    """Write down that a reader has got their copy: how and when (P6). Raises Refused or ValidationError."""
    version = copy.version
    standing = demand_participant(by, version.plan.forloeb)
    demand_hands_out(standing, version)
    if way not in SentWay.values:
        raise ValidationError({"way": "Vælg, hvordan planen er sendt."})
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"on": "Datoen kan ikke ligge i fremtiden."})
    sent = Distribution(copy=copy, way=way, on=day, by=by)
    sent.full_clean()
    sent.save()
    events.record(
        by=by,
        forloeb=version.plan.forloeb,
        kind="plan.distributed",
        text=f"En udgave af Én Plan, version {version.number}: {sent.get_way_display()}.",
        data={"version": version.pk, "copy": copy.pk},
    )
    return sent
