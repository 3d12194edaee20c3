"""Send, accept, decline and pass on a henvendelse (O4)."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import collaboration
from cases.access import who_may_lead
from cases.models import Henvendelse, HenvendelseMove, HenvendelseState
from drafts.actions import drop_draft
from organisation.access import may_start
from organisation.models import Department, User
from web.errors import Refused
from web.locking import take

DRAFT = "henvendelse"


@transaction.atomic
def send_henvendelse(
    *,
    by: User,
    sender_department: Department,
    to_department: Department,
    to_user: User | None = None,
    family_text: str,
    need: str,
    situations: Sequence[str] = (),
    family_knows: bool = False,
) -> Henvendelse:
    """From anybody in an area that may see a need, to an authority department that may start.

    Raises Refused (the sender does not work there, or the area may not send), ValidationError.
    """
    home = Department.objects.of(by).filter(pk=sender_department.pk, is_active=True, area__can_send=True)
    if not by.is_active or not home.exists():
        raise Refused(f"Du kan ikke sende en henvendelse fra {sender_department.name}. {who_may_lead()}")
    _demand_receiver(by, to_department, to_user)
    row = Henvendelse(
        sender=by,
        sender_department=sender_department,
        to_department=to_department,
        to_user=to_user,
        family_text=_written(family_text, "family_text", "Skriv, hvem det drejer sig om."),
        need=_written(need, "need", "Skriv, hvad der er brug for. Intet er for småt."),
        situations=known_situations(situations),
        family_knows=family_knows,
    )
    row.full_clean()
    row.save()
    drop_draft(by=by, key=DRAFT)
    return row


@transaction.atomic
def accept_henvendelse(*, by: User, henvendelse: Henvendelse, row_version: int | None = None) -> Henvendelse:
    """By its receiver, from an authority department that may start: the acceptor is going to be the tovholder."""
    row = _receive(by, henvendelse, row_version)
    if row.state != HenvendelseState.SENT:
        raise Refused(_answered(row))
    if not may_start(by):
        raise Refused(f"Du kan ikke tage imod henvendelsen. {who_may_lead()}")
    return _answer(row, by, HenvendelseState.ACCEPTED, "")


@transaction.atomic
def decline_henvendelse(
    *, by: User, henvendelse: Henvendelse, reason: str, row_version: int | None = None
) -> Henvendelse:
    """By its receiver, with a reason that the sender reads. Also after accepting, as long as no forløb is started."""
    row = _receive(by, henvendelse, row_version)
    _demand_unsettled(row)
    reason = _written(reason, "reason", "Skriv, hvorfor henvendelsen afvises. Afsenderen læser det.")
    return _answer(row, by, HenvendelseState.DECLINED, reason)


@transaction.atomic
def pass_on_henvendelse(
    *,
    by: User,
    henvendelse: Henvendelse,
    to_department: Department,
    to_user: User | None = None,
    note: str = "",
    row_version: int | None = None,
) -> Henvendelse:
    """To another authority department or colleague; it waits anew there, and the trail says from whom."""
    row = _receive(by, henvendelse, row_version)
    _demand_unsettled(row)
    _demand_receiver(by, to_department, to_user)
    if (row.to_department_id, row.to_user_id) == (to_department.pk, to_user.pk if to_user else None):
        raise ValidationError({"to_department": "Henvendelsen ligger der allerede. Vælg en anden."})
    move = HenvendelseMove(
        henvendelse=row,
        from_department=row.to_department,
        from_user=row.to_user,
        to_department=to_department,
        to_user=to_user,
        note=note,
        by=by,
    )
    move.full_clean()
    move.save()
    row.to_department, row.to_user = to_department, to_user
    row.state, row.answered_at, row.answered_by, row.answer = HenvendelseState.SENT, None, None, ""
    row.full_clean()
    row.save()
    return row


def known_situations(keys: Sequence[str]) -> list[str]:
    """The chosen example situations (F2) in their order. Raises ValidationError for one that no model has."""
    known = [situation.key for situation in collaboration.situations()]
    if set(keys) - set(known):
        raise ValidationError({"situations": "Vælg blandt eksemplerne på listen."})
    return [key for key in known if key in keys]


def _receive(by: User, henvendelse: Henvendelse, row_version: int | None) -> Henvendelse:
    """The locked row, for its receiver only. The sender may read it but not answer it."""
    rows = Henvendelse.objects.visible_to(by)
    try:
        row = take(Henvendelse.objects.filter(pk__in=rows.values("pk")), henvendelse.pk, row_version)
    except Henvendelse.DoesNotExist:
        raise Refused("Henvendelsen ligger ikke hos dig.") from None
    if not Henvendelse.objects.received_by(by).filter(pk=row.pk).exists():
        raise Refused(f"Kun modtageren kan svare. Henvendelsen ligger hos {place_of(row)}.")
    return row


def _demand_unsettled(row: Henvendelse) -> None:
    if row.state == HenvendelseState.DECLINED or row.forloeb_id:
        raise Refused(_answered(row))


def _demand_receiver(by: User, department: Department, user: User | None) -> None:
    if not department.may_drive:
        raise ValidationError(
            {"to_department": f"{department.name} kan ikke starte et forløb. Vælg en afdeling, der er myndighed."}
        )
    if user is None:
        if not User.objects.leaders_of(department).exists():
            raise ValidationError(
                {"to_user": f"{department.name} har ingen leder i systemet. Vælg en kollega i afdelingen."}
            )
        return
    if user == by:
        raise ValidationError({"to_user": "Vælg en anden end dig selv. Du kan selv starte forløbet."})
    if not User.objects.working_in(department).filter(pk=user.pk).exists():
        raise ValidationError({"to_user": f"{user.name} arbejder ikke i {department.name}. Vælg en anden kollega."})


def _answer(row: Henvendelse, by: User, state: str, answer: str) -> Henvendelse:
    row.state, row.answered_by, row.answered_at, row.answer = state, by, timezone.now(), answer
    row.full_clean()
    row.save()
    return row


def _answered(row: Henvendelse) -> str:
    who = row.answered_by.name if row.answered_by else "en kollega"
    return f"Henvendelsen er allerede besvaret af {who}."


def place_of(row: Henvendelse) -> str:
    """»Mette Lindskov, Myndighed børn« or »lederen af Myndighed børn«."""
    if row.to_user:
        return f"{row.to_user.name}, {row.to_department.name}"
    return f"lederen af {row.to_department.name}"


def _written(text: str, field: str, message: str) -> str:
    if not text.strip():
        raise ValidationError({field: message})
    return text
