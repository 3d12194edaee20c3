"""Rows of Min dag about meetings: today's, what must be written after the last one, and the missing next one."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from cases.models import Forloeb, ForloebState, Participation
from desk.day import Day, Gathered, Row
from meetings.models import Meeting, MeetingRole, MeetingState, RoleKind
from plans.deadlines import WRITE_DAYS
from plans.models import PlanVersion, VersionState
from web import dates
from web.danish import listed


def meetings_of(mine: Iterable[Participation]) -> QuerySet[Meeting]:
    """Their meetings, each with `.my_roles`, who the referent is, whether Én Plan is begun, and the draft of it."""
    ids = [one.pk for one in mine]
    roles = MeetingRole.objects.filter(meeting=OuterRef("pk"))
    versions = PlanVersion.objects.filter(meeting=OuterRef("pk")).order_by("number")
    referent = roles.filter(role=RoleKind.REFERENT)
    return (
        Meeting.objects.filter(forloeb__participations__in=ids)
        .exclude(state=MeetingState.CANCELLED)
        .annotate(
            **{f"is_{kind.value}": Exists(roles.filter(role=kind, participation__in=ids)) for kind in RoleKind},
            referent_name=Subquery(
                referent.values(name=Coalesce("participation__user__name", "participation__external_name"))[:1]
            ),
            is_written=Exists(versions),
            draft=Subquery(versions.filter(state=VersionState.DRAFT).values("pk")[:1]),
        )
        .in_order()
    )


def outlook(meetings: list[Meeting]) -> tuple[Meeting | None, bool]:
    """The next meeting, and whether one is missing (F7: held, and no next)."""
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD]
    return (planned[0] if planned else None), bool(held and not planned)


def meetings_and_plans(gathered: Gathered, day: Day) -> None:
    """Today's meetings, what must be written after the last one, and the missing next one (F7, P2)."""
    for forloeb_id, meetings in gathered.meetings.items():
        forloeb = gathered.forloeb(forloeb_id)
        _, missing = outlook(meetings)
        for meeting in meetings:
            roles = [kind.value for kind in RoleKind if getattr(meeting, f"is_{kind.value}")]
            _one_meeting(gathered, day, forloeb, meeting, roles)
        if missing and gathered.leads(forloeb_id) and forloeb.state == ForloebState.ACTIVE:
            held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD][-1]
            url = reverse("meetings:new", args=[forloeb.pk])
            day.add(
                Row(
                    "Aftal det næste møde",
                    f"{forloeb.family.name}. Møde {held.number} er holdt, og intet møde er aftalt",
                    "Planlæg mødet",
                    url,
                    due=held.held_on,
                )
            )


def _one_meeting(gathered: Gathered, day: Day, forloeb: Forloeb, meeting: Any, roles: list[str]) -> None:
    starts = timezone.localtime(meeting.starts_at)
    url = reverse("meetings:page", args=[meeting.pk])
    name = forloeb.family.name
    if meeting.state == MeetingState.PLANNED:
        if meeting.ends_at < timezone.now():
            if gathered.leads(forloeb.pk) or roles:
                day.add(
                    Row(f"Skriv, hvem der var med på møde {meeting.number}", name, "Åbn mødet", url, due=starts.date())
                )
            return
        if starts.date() == gathered.today:
            _meeting_today(day, meeting, name, roles)
        elif starts.date() > gathered.today:
            when = dates.clock(starts)
            day.add(
                Row(
                    f"Møde {meeting.number} kl. {when}",
                    f"{name}. {meeting.place}",
                    "Forbered mødet",
                    url,
                    due=starts.date(),
                )
            )
        return
    writes = RoleKind.REFERENT in roles or (gathered.leads(forloeb.pk) and meeting.referent_name is None)
    if meeting.held_on and (not meeting.is_written or meeting.draft):
        due = meeting.held_on + timedelta(days=WRITE_DAYS)
        whose = f"{name}, møde {meeting.number}, {dates.long_date(meeting.held_on)}"
        if writes:
            shown = due if due < gathered.today else gathered.today
            if meeting.draft:
                act = reverse("plans:edit", args=[meeting.draft])
                day.add(Row("Skriv Én Plan færdig", whose, "Skriv færdig", act, due=shown))
            else:
                act = reverse("plans:start", args=[meeting.pk])
                day.add(Row("Skriv Én Plan", whose, "Begynd planen", act, due=shown))
        elif gathered.leads(forloeb.pk):
            referent = meeting.referent_name or "referenten"
            day.add(
                Row("Én Plan er ikke færdig", f"{whose}. {referent} skriver den", "Åbn mødet", url, due=due, waits=True)
            )


def _meeting_today(day: Day, meeting: Meeting, family: str, roles: list[str]) -> None:
    """The day's first meeting stands by itself; each of the others is a row."""
    other, whose = meeting, family
    if day.next_up is None or meeting.starts_at < day.next_up.starts_at:
        names = [RoleKind(role).label for role in roles]
        other, whose = day.next_up, day.next_family  # type: ignore[assignment]
        day.next_up, day.next_family = meeting, family
        day.next_role = f"Du er {listed(names)}." if names else ""
    if other is not None:
        when = dates.clock(timezone.localtime(other.starts_at))
        url = reverse("meetings:page", args=[other.pk])
        day.add(Row(f"Møde {other.number} kl. {when}", f"{whose}. {other.place}", "Åbn mødet", url, due=day.today))
