"""The life of a forløb on one line: where are we (F8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cases.models import Forloeb, ForloebState
from meetings.models import Meeting, MeetingState

DONE, HERE, AHEAD = "done", "here", "ahead"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop on the track: done, here or ahead; `far` ones are hidden on a phone."""

    state: str
    name: str
    note: str = ""
    day: date | None = None
    far: bool = False


def track(forloeb: Forloeb, meetings: Sequence[Meeting], asked_on: datetime | None, overdue: int) -> list[Stop]:
    """The stops from henvendelse to end. In: the meetings in order, when a henvendelse was sent, overdue agreements."""
    held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD]
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    stops = [Stop(DONE, "Henvendelse", day=timezone.localtime(asked_on).date())] if asked_on else []
    stops.append(Stop(DONE, "Startcheck", day=forloeb.start_checked_on))
    if forloeb.activated_on is None:
        stops.append(Stop(DONE if forloeb.is_ended else HERE, "Samtykke", "indhentes nu"))
    else:
        stops.append(Stop(DONE, "Samtykke", day=forloeb.activated_on))
    # A long forløb shows its last meetings; the whole history stands further down.
    stops += [Stop(DONE, f"Møde {meeting.number}", day=meeting.held_on) for meeting in held[-2:]]
    if forloeb.is_ended:
        return _far([*stops, Stop(HERE, "Afsluttet", day=forloeb.ended_on)])
    if forloeb.state == ForloebState.PAUSED:
        stops.append(Stop(HERE, "På pause", "siden", forloeb.paused_on))
    elif forloeb.state == ForloebState.ACTIVE and held:
        stops.append(Stop(HERE, "Aftaler følges op", f"nu, {overdue} er over tiden" if overdue else "nu"))
    elif forloeb.state == ForloebState.ACTIVE:
        stops.append(Stop(HERE, "Mødet forberedes" if planned else "Første møde aftales", "nu"))
    if planned:
        next_up = planned[0]
        stops.append(Stop(AHEAD, f"Møde {next_up.number}", day=timezone.localtime(next_up.starts_at).date()))
    elif len(held) < 2:
        stops.append(Stop(AHEAD, f"Møde {len(held) + 1}", "ikke aftalt"))
    stops.append(Stop(AHEAD, "Afslutning", "" if len(held) > 1 else "tidligst efter møde 2"))
    return _far(stops)


def _far(stops: list[Stop]) -> list[Stop]:
    here = next(index for index, stop in enumerate(stops) if stop.state == HERE)
    return [
        Stop(stop.state, stop.name, stop.note, stop.day, far=abs(index - here) > 1) for index, stop in enumerate(stops)
    ]


def sentence(forloeb: Forloeb, meetings: Sequence[Meeting]) -> str:
    """Where are we, in one plain sentence."""
    held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD]
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    if forloeb.state == ForloebState.CONSENT:
        return "Forløbet er ikke begyndt endnu. Samtykkerne er ved at blive indhentet."
    if forloeb.state == ForloebState.PAUSED:
        return "Forløbet er på pause."
    if forloeb.is_ended:
        return f"Forløbet er afsluttet: {forloeb.get_end_reason_display()}."
    if held and planned:
        return f"Forløbet er aktivt. I er mellem møde {held[-1].number} og møde {planned[0].number}."
    if held:
        return f"Forløbet er aktivt. Møde {held[-1].number} er holdt. Intet møde er aftalt."
    return (
        f"Forløbet er aktivt. Møde {planned[0].number} er aftalt."
        if planned
        else "Forløbet er aktivt. Intet møde er aftalt."
    )
