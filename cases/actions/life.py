"""The life of a forløb after its start: pause, resume, end, reopen (F7, F8). Activation lies with the consents (F4)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases.access import demand_tovholder
from cases.models import EndReason, Forloeb, ForloebState
from cases.models.forloeb import TRANSITIONS
from cases.readiness import not_ready
from organisation.models import User
from web.errors import Refused
from web.locking import take

HELD_MEETINGS = 2
_NOW = {
    ForloebState.CONSENT: "Samtykket er ved at blive indhentet",
    ForloebState.ACTIVE: "Forløbet er aktivt",
    ForloebState.PAUSED: "Forløbet er på pause",
    ForloebState.ENDED: "Forløbet er afsluttet",
}
# Ended for want of consent: it is gathered again before the forløb goes on.
_WITHOUT_CONSENT = (EndReason.NO_CONSENT, EndReason.CONSENT_WITHDRAWN)


@transaction.atomic
def pause_forloeb(*, by: User, forloeb: Forloeb, row_version: int | None = None) -> Forloeb:
    row = _move(by, forloeb, ForloebState.PAUSED, row_version)
    row.paused_on = timezone.localdate()
    return _keep(by, row, "forloeb.paused", "Forløbet er sat på pause.")


@transaction.atomic
def resume_forloeb(*, by: User, forloeb: Forloeb, row_version: int | None = None) -> Forloeb:
    """Go on after a pause, when the people and the consent that it stands on are still there (F1, F4, C7).

    Raises Refused with all that is missing, Stale.
    """
    if forloeb.state != ForloebState.PAUSED:
        raise Refused(f"{_NOW[ForloebState(forloeb.state)]}. Kun et forløb på pause kan genoptages.")
    row = _move(by, forloeb, ForloebState.ACTIVE, row_version)
    if missing := not_ready(row):
        raise Refused(f"Forløbet kan ikke genoptages endnu. Det mangler: {'; '.join(missing)}.")
    row.paused_on = None
    return _keep(by, row, "forloeb.resumed", "Forløbet er genoptaget.")


@transaction.atomic
def end_forloeb(
    *,
    by: User,
    forloeb: Forloeb,
    reason: str,
    text: str = "",
    on: date | None = None,
    held_meetings: int = 0,
    row_version: int | None = None,
) -> Forloeb:
    """End with a coded reason. "Gennemført" takes two held meetings, which the caller has counted (F7)."""
    row = _move(by, forloeb, ForloebState.ENDED, row_version)
    if reason == EndReason.COMPLETED and held_meetings < HELD_MEETINGS:
        raise Refused(
            "Forløbet kan først afsluttes som gennemført efter to holdte møder. "
            f"Indtil nu er der holdt {held_meetings}. Vælg en anden grund, eller aftal et møde."
        )
    if reason != EndReason.COMPLETED and not text.strip():
        raise ValidationError({"text": "Skriv kort, hvorfor forløbet slutter."})
    day = on or timezone.localdate()
    if not row.start_checked_on <= day <= timezone.localdate():
        raise ValidationError({"on": "Vælg en dag fra forløbets start til i dag."})
    row.ended_on, row.end_reason, row.end_text = day, reason, text
    return _keep(by, row, "forloeb.ended", f"Forløbet er afsluttet: {row.get_end_reason_display()}.")


@transaction.atomic
def reopen_forloeb(*, by: User, forloeb: Forloeb, why: str, row_version: int | None = None) -> Forloeb:
    """Open an ended forløb where it was; one that lacks consent or people gathers them anew first (F1, F4, C7).

    What it stands on may have gone while it was closed: a yes expires, is withdrawn, or waits for a signature since a
    birthday. Raises Refused, Stale, ValidationError.
    """
    if forloeb.state != ForloebState.ENDED:
        raise Refused(f"{_NOW[ForloebState(forloeb.state)]}. Kun et afsluttet forløb kan genåbnes.")
    # Locked before it is looked at: nobody withdraws between the look and the opening.
    forloeb = take(Forloeb.objects.all(), forloeb.pk, row_version)
    to = opens_as(forloeb)
    row = _move(by, forloeb, to, None)
    if not why.strip():
        raise ValidationError({"why": "Skriv, hvorfor forløbet åbnes igen."})
    if to == ForloebState.CONSENT:
        row.activated_on = None
    row.paused_on = row.ended_on = None
    row.end_reason = ""
    # The reason for opening stands with the row, so that its history keeps it beside the end it undoes.
    row.end_text = why
    return _keep(by, row, "forloeb.reopened", "Forløbet er genåbnet.")


def opens_as(forloeb: Forloeb) -> ForloebState:
    """The state that an ended forløb would open in today (F1, F4)."""
    stands = forloeb.activated_on and forloeb.end_reason not in _WITHOUT_CONSENT and not not_ready(forloeb)
    return ForloebState.ACTIVE if stands else ForloebState.CONSENT


def _move(by: User, forloeb: Forloeb, to: ForloebState, row_version: int | None) -> Forloeb:
    row = take(Forloeb.objects.all(), forloeb.pk, row_version)
    demand_tovholder(by, row)
    if to not in TRANSITIONS[row.state]:
        raise Refused(f"{_NOW[ForloebState(row.state)]}. Det kan ikke ændres til »{to.label}« herfra.")
    row.state = to
    return row


def _keep(by: User, row: Forloeb, kind: str, text: str) -> Forloeb:
    row.full_clean()
    row.save()
    events.record(by=by, forloeb=row, kind=kind, text=text)
    return row
