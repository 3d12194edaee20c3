"""Min dag (U6): what is overdue, what is today and this week, what waits for others. Each row has one act."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from cases.models import Forloeb, ForloebState, Participation
from consent import notices
from consent.access import guidance_read_by
from consent.basis import load_bases
from consent.sharing import Reader
from desk.day import Day, Elsewhere, Gathered
from desk.rows import cases, consents, meetings, plans
from meetings.models import Meeting
from organisation.models import User
from web.danish import danish_key

GATHERERS: tuple[Callable[[Gathered, Day], None], ...] = (
    consents.guidance,
    cases.without_tovholder,
    consents.withdrawn,
    plans.agreements,
    meetings.meetings_and_plans,
    plans.to_journalise,
    consents.to_renew,
    consents.to_tell_of,
    cases.henvendelser,
)

_sources: list[Callable[[User, date, bool], Elsewhere | None]] = []


def register(source: Callable[[User, date, bool], Elsewhere | None]) -> None:
    """Let an app above add what only it knows, asked for a user on a day. Registering twice counts once.

    It may count, with two statements, for a user without forløb of their own; else it gives the way there only: the page
    is fifteen statements at most.
    """
    if source not in _sources:
        _sources.append(source)


def build(user: User) -> Day:
    """The user's own day in a constant number of queries, whatever the number of forløb."""
    today = timezone.localdate()
    participations = (
        Participation.objects.giving_access(today)
        .filter(user=user, forloeb__in=Forloeb.objects.visible_to(user, today))
        .select_related("forloeb__family", "department", "user")
        .annotate(guidance_read=guidance_read_by(user), notices=notices.waiting_in("forloeb"))
        .filter(~Q(forloeb__state=ForloebState.ENDED) | Q(notices__isnull=False))
    )
    everywhere: dict[UUID, Participation] = {one.forloeb_id: one for one in participations}
    here = {pk: one for pk, one in everywhere.items() if not one.forloeb.is_ended}
    meetings_of: dict[UUID, list[Meeting]] = {pk: [] for pk in here}
    for meeting in meetings.meetings_of(here.values()):
        meetings_of[meeting.forloeb_id].append(meeting)
    # No presence: it opens only what was said on a board (C5), and no board is read here.
    readers = {one.pk: Reader(one.recipient) for one in everywhere.values()}
    gathered = Gathered(user, today, here, everywhere, load_bases(list(everywhere), today), readers, meetings_of)
    day = Day(today)
    for gather in GATHERERS:
        gather(gathered, day)
    for group in (day.overdue, day.due_today, day.this_week, day.in_good_time, day.waiting):
        group.sort(key=lambda row: (row.due or today, danish_key(row.what)))
    day.mine = sorted(
        ((forloeb.forloeb, *meetings.outlook(meetings_of[pk])) for pk, forloeb in here.items()), key=_next_first
    )
    day.elsewhere = [told for source in _sources if (told := source(user, today, not everywhere)) is not None]
    return day


def _next_first(mine: tuple[Forloeb, Meeting | None, bool]) -> Any:
    return (mine[1] is None, mine[1].starts_at if mine[1] else timezone.now(), mine[0].number)
