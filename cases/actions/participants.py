"""Who takes part, in which role, from when and until when (F10). The tovholder's acts."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import events
from cases.access import demand_open, demand_tovholder
from cases.models import Barred, Forloeb, Participation, ParticipationRole
from organisation.models import Department, Employment, ExternalParty, User
from web.errors import Refused
from web.locking import take

ONE_TOVHOLDER = "Der er allerede en tovholder. Brug »Overlevér forløbet«."


@transaction.atomic
def add_participant(
    *,
    by: User,
    forloeb: Forloeb,
    user: User,
    department: Department,
    role: str,
    title: str = "",
    from_date: date | None = None,
) -> Participation:
    """An employee, through one department. A tovholder is made by hand-over only; management comes from its area (F11).
    Without a title the employee's own function there stands with the name, as it does with the tovholder's.

    Raises Refused, ValidationError.
    """
    forloeb = _lock(by, forloeb)
    if role == ParticipationRole.TOVHOLDER:
        raise ValidationError({"role": ONE_TOVHOLDER})
    demand_employed(user, department)
    demand_not_barred(forloeb, user)
    _demand_leads_here(role, department)
    known_as = title or title_in(user, department)
    part = Participation(forloeb=forloeb, user=user, department=department, role=role, title=known_as)
    return _add(by, part, from_date)


@transaction.atomic
def add_external(
    *,
    by: User,
    forloeb: Forloeb,
    external: ExternalParty,
    name: str,
    role: str,
    title: str = "",
    phone: str = "",
    from_date: date | None = None,
) -> Participation:
    """Somebody from outside the municipality, who gets no access to the app (O1)."""
    forloeb = _lock(by, forloeb)
    if role in (
        ParticipationRole.TOVHOLDER,
        ParticipationRole.AUTHORITY,
        ParticipationRole.KOORDINATOR,
        ParticipationRole.MANAGEMENT,
    ):
        raise ValidationError({"role": "Den rolle kan kun en medarbejder i kommunen have."})
    if not name.strip():
        raise ValidationError({"name": "Skriv navnet på den, der er med."})
    row = Participation(
        forloeb=forloeb, external=external, external_name=name.strip(), external_phone=phone, role=role, title=title
    )
    return _add(by, row, from_date)


@transaction.atomic
def change_participation(
    *,
    by: User,
    participation: Participation,
    row_version: int | None = None,
    role: str,
    title: str = "",
    from_date: date | None = None,
    to_date: date | None = None,
) -> Participation:
    """Role, title and dates; the tovholder's role is changed by hand-over only."""
    _lock(by, participation.forloeb)
    row = take(Participation.objects.select_related("user", "external"), participation.pk, row_version)
    if row.has_ended:
        raise Refused(f"{row.name} er ikke med mere. Skal {row.name} med igen, så føj til som ny deltager.")
    was = (row.role, row.from_date, row.to_date)
    is_lead = row.role == ParticipationRole.TOVHOLDER
    _demand_leads_here(role, row.department)
    if (role == ParticipationRole.TOVHOLDER) != is_lead:
        raise ValidationError({"role": ONE_TOVHOLDER})
    if is_lead and to_date:
        raise ValidationError({"to_date": "Overlevér forløbet, før tovholderen stopper."})
    if is_lead and from_date not in (None, row.from_date):
        raise ValidationError({"from_date": "Tovholderens dage ændres kun ved at overlevere. Overlevér forløbet."})
    row.role, row.title, row.from_date = role, title, from_date or row.from_date
    # A planned hand-over has set the day the tovholder stops; it is not this form's to forget.
    row.to_date = row.to_date if is_lead else to_date
    _demand_apart(row)
    row.full_clean()
    row.save()
    if (row.role, row.from_date, row.to_date) != was:
        events.record(
            by=by,
            forloeb=row.forloeb_id,
            kind="participant.changed",
            text=f"{row.name} er med som {row.get_role_display()}. Rolle eller dage er ændret."[:250],
            data={"participation": row},
        )
    return row


@transaction.atomic
def end_participation(
    *, by: User, participation: Participation, on: date | None = None, row_version: int | None = None
) -> Participation:
    """Access ends on that day (today); what the participant did and wrote stays."""
    _lock(by, participation.forloeb)
    row = take(Participation.objects.all(), participation.pk, row_version)
    if row.has_ended:  # said from an old page: the day it ended is history
        return row
    if row.role == ParticipationRole.TOVHOLDER:
        raise Refused("Forløbet skal altid have en tovholder. Overlevér forløbet til en kollega først.")
    close(row, on or timezone.localdate())
    events.record(
        by=by,
        forloeb=row.forloeb_id,
        kind="participant.ended",
        text=f"{row.name} er ikke længere med."[:250],
        data={"participation": row},
    )
    return row


def close(row: Participation, on: date) -> None:
    """Ends a participation that day; one that has not begun never begins."""
    row.to_date = max(on, row.from_date)
    row.full_clean()
    row.save()


def _demand_apart(row: Participation) -> None:
    """One part at a time: two on one day would make it chance which role counts (F10)."""
    if row.user is None or row.to_date == row.from_date:
        return
    others = Participation.objects.filter(forloeb=row.forloeb_id, user=row.user).exclude(pk=row.pk)
    others = others.filter(Q(to_date__isnull=True) | Q(to_date__gt=row.from_date)).exclude(to_date=F("from_date"))
    if row.to_date is not None:
        others = others.filter(from_date__lt=row.to_date)
    if others.exists():
        raise ValidationError(
            {"from_date": f"{row.name} er allerede med i de dage. Ret den deltagelse, der står på listen."}
        )


def demand_employed(user: User, department: Department) -> None:
    here = Employment.objects.current().filter(user=user, department=department, department__is_active=True)
    if not user.is_active or not here.exists():
        raise ValidationError({"user": f"{user.name} arbejder ikke i {department.name} nu. Vælg en anden."})


def _demand_leads_here(role: str, department: Department | None) -> None:
    """F11: the management of Børn og Skole comes from a department there; from elsewhere it would only look so."""
    if role != ParticipationRole.MANAGEMENT or (department is not None and department.is_school_area):
        return
    home = department.name if department else "Stedet"
    raise ValidationError({"role": f"{home} hører ikke til Børn og Skole. Vælg en anden rolle, eller en leder derfra."})


def title_in(user: User, department: Department) -> str:
    """The employee's function in the department, as it is today."""
    found = Employment.objects.current().filter(user=user, department=department)
    return found.values_list("title", flat=True).first() or ""


def demand_not_barred(forloeb: Forloeb, user: User) -> None:
    if Barred.objects.filter(forloeb=forloeb, user=user).exists():
        raise ValidationError({"user": f"{user.name} er spærret fra forløbet. Ophæv spærringen, hvis det er en fejl."})


def _lock(by: User, forloeb: Forloeb) -> Forloeb:
    row = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    demand_tovholder(by, row)
    demand_open(row)
    return row


def _add(by: User, row: Participation, from_date: date | None) -> Participation:
    row.from_date = from_date or timezone.localdate()
    _demand_apart(row)
    row.full_clean()
    row.save()
    events.record(
        by=by,
        forloeb=row.forloeb_id,
        kind="participant.added",
        text=f"{row.name} er med som {row.get_role_display()}."[:250],
        data={"participation": row},
    )
    return row
