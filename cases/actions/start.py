"""Start a forløb (F2, F3, F5, F8): the start check first; a "yes" stores nothing at all."""

import secrets
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases import collaboration
from cases.access import who_may_lead
from cases.actions.henvendelse import accept_henvendelse, known_situations
from cases.actions.participants import title_in
from cases.models import Family, Forloeb, Henvendelse, HenvendelseState, Participation, ParticipationRole
from drafts.actions import drop_draft
from organisation.models import Department, Employment, User
from web.errors import Refused

# Letters and figures that cannot be taken for one another when read aloud.
_SIGNS = "ABCDEFGHJKLMNPRSTUVXYZ23456789"
STEPS = ("tjek", "familie", "behov")


def draft_keys(henvendelse: Henvendelse | None) -> dict[str, str]:
    """Where the three steps of a start keep themselves until it is carried out (drafts.actions)."""
    return {step: f"start:{henvendelse.pk}:{step}" if henvendelse else f"start:{step}" for step in STEPS}


def drop_drafts(*, by: User, henvendelse: Henvendelse | None = None) -> None:
    for key in draft_keys(henvendelse).values():
        drop_draft(by=by, key=key)


def demand_may_start(by: User, department: Department) -> None:
    """O4, F5: employed today in that department, which is an authority of an area that may start."""
    here = Employment.objects.current().may_drive().filter(user=by, department=department)
    if not by.is_active or not here.exists():
        raise Refused(f"Du kan ikke starte et forløb fra {department.name}. {who_may_lead()}")


@transaction.atomic
def start_forloeb(
    *,
    by: User,
    department: Department,
    family_name: str,
    need: str,
    model_key: str = "faelles_familier",
    board_key: str = "",
    situations: Sequence[str] = (),
    stopped_by: Collection[str] = (),
    henvendelse: Henvendelse | None = None,
) -> Forloeb:
    """A new forløb in the state "samtykke indhentes", with `by` as tovholder through `department`.

    stopped_by: the keys of the start check's questions that were answered with a yes: Refused before anything is
    stored (F3).
    henvendelse: accepted by `by` (or waiting for `by`, and then accepted here).
    Raises Refused, ValidationError.
    """
    model = collaboration.models().get(model_key)
    if model is None:
        raise ValidationError({"model_key": "Vælg en af kommunens samarbejdsmodeller."})
    for question in collaboration.questions():
        if question.key in stopped_by:
            raise Refused(f"{question.stop}. {question.why}")
    demand_may_start(by, department)
    if board_key and board_key not in [board.key for board in model.boards]:
        raise ValidationError({"board_key": "Vælg en af de tavler, som samarbejdsmodellen har."})
    accepted = _accepted(by, henvendelse) if henvendelse else None
    if not need.strip():
        raise ValidationError({"need": "Skriv, hvad der skal koordineres. Intet er for småt."})
    family = Family(name=family_name.strip())
    if not family.name:
        raise ValidationError({"family_name": "Skriv, hvad I kalder familien, fx »Antons familie«."})
    family.full_clean()
    family.save()
    today = timezone.localdate()
    forloeb = Forloeb(
        number=_number(),
        family=family,
        model_key=model.key,
        board_key=board_key or model.boards[0].key,
        need=need,
        need_by=f"d:{department.pk}",
        situations=known_situations(situations),
        start_checked_on=today,
    )
    forloeb.full_clean()
    forloeb.save()
    lead = Participation(
        forloeb=forloeb,
        user=by,
        department=department,
        role=ParticipationRole.TOVHOLDER,
        title=title_in(by, department),
        from_date=today,
    )
    lead.full_clean()
    lead.save()
    if accepted:
        accepted.forloeb = forloeb
        accepted.full_clean()
        accepted.save()
    drop_drafts(by=by, henvendelse=henvendelse)
    events.record(by=by, forloeb=forloeb, kind="forloeb.started", text=f"Forløbet er startet. {by.name} er tovholder.")
    return forloeb


def _accepted(by: User, henvendelse: Henvendelse) -> Henvendelse:
    row = Henvendelse.objects.select_for_update(of=("self",)).get(pk=henvendelse.pk)
    if row.state == HenvendelseState.SENT:
        return accept_henvendelse(by=by, henvendelse=row)
    if row.state != HenvendelseState.ACCEPTED or row.answered_by_id != by.pk or row.forloeb_id:
        raise Refused("Henvendelsen er besvaret. Forløbet kan ikke startes fra den igen.")
    return row


def _number() -> str:
    """`FF-26-7K3MP`: drawn, not counted, so that a number tells nothing of how many forløb there are."""
    year = timezone.localdate().year % 100
    while True:
        number = f"FF-{year:02d}-{''.join(secrets.choice(_SIGNS) for _ in range(5))}"
        if not Forloeb.objects.filter(number=number).exists():
            return number
