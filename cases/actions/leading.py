"""Hand over the tovholder's job (F5), and bar a colleague from knowing of a forløb (F13)."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit import events
from cases.access import NO_LEADER, demand_tovholder, may_hand_over, who_may_lead
from cases.actions.participants import close, demand_employed, demand_not_barred, title_in
from cases.models import Barred, Forloeb, HandOver, Participation, ParticipationRole
from organisation.models import Department, User
from web.errors import Refused


@transaction.atomic
def hand_over(
    *, by: User, forloeb: Forloeb, to_user: User, to_department: Department, reason: str, on: date | None = None
) -> HandOver:
    """From the tovholder to a colleague in an authority department. The former tovholder's access ends that day.

    By the tovholder, or by the leader of the tovholder's department (a colleague who has left), or where it has none by
    the koordinator. Everything open stays on the forløb, and so goes along. An ended forløb can be handed over too, and
    stays ended: else nobody could open it again when its tovholder has left. Raises Refused, ValidationError.
    """
    forloeb = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    day = on or timezone.localdate()
    if not may_hand_over(by, forloeb):
        raise Refused(f"Det kan kun tovholderen eller lederen af tovholderens afdeling. {NO_LEADER}")
    old, planned = _leads(forloeb)
    _demand_may_lead(to_user, to_department)
    if old.user_id == to_user.pk:
        raise ValidationError({"to_user": f"{to_user.name} er allerede tovholder. Vælg en anden."})
    if not reason.strip():
        raise ValidationError({"reason": "Skriv, hvorfor forløbet overleveres."})
    if day < timezone.localdate():
        raise ValidationError({"on": "Vælg i dag eller en senere dag."})
    demand_not_barred(forloeb, to_user)
    if planned is not None:  # planned anew: what never happened is no hand-over, and its part never begins
        HandOver.objects.filter(to_participation=planned).delete()
        close(planned, planned.from_date)
    close(old, day)
    for other in _going_on(forloeb, to_user, day):
        close(other, day)
    new = Participation(
        forloeb=forloeb,
        user=to_user,
        department=to_department,
        role=ParticipationRole.TOVHOLDER,
        title=title_in(to_user, to_department),
        from_date=old.to_date or day,
    )
    new.full_clean()
    new.save()
    done = HandOver(
        forloeb=forloeb, from_participation=old, to_participation=new, on=new.from_date, reason=reason.strip(), by=by
    )
    done.full_clean()
    done.save()
    events.record(
        by=by,
        forloeb=forloeb,
        kind="forloeb.handed_over",
        text=f"Forløbet er overleveret fra {old.name} til {new.name}."[:250],
        data={"hand_over": done},
    )
    return done


def _leads(forloeb: Forloeb) -> tuple[Participation, Participation | None]:
    """The tovholder now, and who takes over on a later day already agreed on. Locked."""
    rows = Participation.objects.select_for_update(of=("self",)).tovholder().filter(forloeb=forloeb)
    now, *later = _not_over(rows, timezone.localdate()).order_by("from_date", F("to_date").asc(nulls_last=True))
    return now, (later[-1] if later else None)


def _going_on(forloeb: Forloeb, user: User, day: date) -> list[Participation]:
    """The user's parts that reach beyond a day."""
    return list(_not_over(Participation.objects.filter(forloeb=forloeb, user=user), day))


def _not_over(rows: QuerySet[Participation], day: date) -> QuerySet[Participation]:
    return rows.filter(Q(to_date__isnull=True) | Q(to_date__gt=day)).exclude(to_date=F("from_date"))


@transaction.atomic
def hand_over_many(
    *, by: User, forloebs: Iterable[Forloeb], to_user: User, to_department: Department, reason: str
) -> list[HandOver]:
    """All of them, or none."""
    rows = sorted(forloebs, key=lambda row: str(row.pk))
    return [hand_over(by=by, forloeb=row, to_user=to_user, to_department=to_department, reason=reason) for row in rows]


@transaction.atomic
def bar(*, by: User, forloeb: Forloeb, user: User, reason: str) -> Barred:
    """The colleague cannot see that the forløb exists from now on; a participation of theirs ends."""
    forloeb = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    demand_tovholder(by, forloeb)
    if not reason.strip():
        raise ValidationError({"reason": "Skriv, hvorfor kollegaen ikke må kende forløbet, fx »nabo«."})
    here = _going_on(forloeb, user, timezone.localdate())
    if any(row.role == ParticipationRole.TOVHOLDER for row in here):
        raise Refused("Tovholderen kan ikke spærres. Overlevér forløbet først.")
    row = Barred(forloeb=forloeb, user=user, reason=reason.strip(), by=by)
    row.full_clean()
    row.save()
    for participation in here:
        close(participation, timezone.localdate())
    events.record(by=by, forloeb=forloeb, kind="colleague.barred", text="En kollega er spærret fra forløbet.")
    return row


@transaction.atomic
def unbar(*, by: User, forloeb: Forloeb, user: User) -> None:
    """The colleague may be added again; no access comes of itself."""
    forloeb = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    demand_tovholder(by, forloeb)
    row = Barred.objects.filter(forloeb=forloeb, user=user).first()
    if row is not None:
        row.delete()
        events.record(by=by, forloeb=forloeb, kind="colleague.unbarred", text="En spærring er ophævet.")


def _demand_may_lead(user: User, department: Department) -> None:
    demand_employed(user, department)
    if not department.may_drive:
        raise Refused(f"{user.name} kan ikke være tovholder fra {department.name}. {who_may_lead()}")
