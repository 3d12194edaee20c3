"""Who may what at a meeting, and the decorators that load a meeting for a view.

The frame (time, place, who is invited) is the tovholder's (F6, M1). Roles, agenda and order are shared with the meeting's
mødeleder (M3, M7). Everyone with a role, and the tovholder, may register attendance and write on the board; when the
meeting is held, only the tovholder, the mødeleder and the referent mend who came (M10), for it opens the board. Every employee
of the forløb may see the meeting and raise a point; what they see on the board is the sharing check's to say.
"""

from collections.abc import Iterable
from uuid import UUID

from cases.access import Standing, demand_open, demand_participant, loads, standing_of, tovholder_line
from cases.models import Forloeb
from cases.readiness import not_ready
from consent.access import demand_guidance
from consent.readiness import may_continue
from meetings.models import AgendaPoint, BoardNote, Meeting, MeetingRole, MeetingState, RoleKind
from organisation.access import SignedInRequest
from organisation.models import User
from web.errors import Refused


def roles_of(standing: Standing, meeting: Meeting) -> frozenset[str]:
    """The roles this employee has at this meeting. One query."""
    held = MeetingRole.objects.filter(meeting=meeting, participation=standing.participation)
    return frozenset(held.values_list("role", flat=True))


def may_frame(standing: Standing, roles: frozenset[str]) -> bool:
    """Roles, agenda and order: the tovholder and the meeting's mødeleder."""
    return standing.is_tovholder or RoleKind.MOEDELEDER in roles


def may_work(standing: Standing, roles: frozenset[str]) -> bool:
    """Attendance and board: the tovholder and everyone with a role at the meeting."""
    return standing.is_tovholder or bool(roles)


def may_mend(standing: Standing, roles: frozenset[str]) -> bool:
    """Attendance of a meeting that is held: the tovholder, the mødeleder and the referent."""
    return standing.is_tovholder or bool(roles & {RoleKind.MOEDELEDER, RoleKind.REFERENT})


def demand_framer(by: User, meeting: Meeting) -> Standing:
    """The standing of the tovholder or the mødeleder. Raises `Refused` that says who can."""
    standing = _in_open(by, meeting)
    if may_frame(standing, roles_of(standing, meeting)):
        return standing
    raise Refused(f"Det kan kun tovholderen og mødelederen. {_names(meeting, RoleKind.MOEDELEDER)}")


def demand_worker(by: User, meeting: Meeting, standing: Standing | None = None) -> Standing:
    """The standing of the tovholder or somebody with a role at the meeting. Raises `Refused` that says who can.

    standing: as the loader found it on this request, so that it is not asked for again.
    """
    if standing is None:
        standing = _in_open(by, meeting)
    else:
        demand_open(meeting.forloeb)
    if standing.is_tovholder or may_work(standing, roles_of(standing, meeting)):
        return standing
    raise Refused(f"Det kan kun tovholderen og dem, der har en rolle på mødet. {_names(meeting, *RoleKind.values)}")


def demand_mender(standing: Standing, meeting: Meeting) -> None:
    """Raises `Refused` unless they may mend who came to a meeting that is held (M10, C5)."""
    if not may_mend(standing, roles_of(standing, meeting)):
        names = _names(meeting, RoleKind.MOEDELEDER, RoleKind.REFERENT)
        raise Refused(f"Mødet er holdt. Fremmødet rettes af tovholderen, mødelederen eller referenten. {names}")


def demand_planned(meeting: Meeting) -> None:
    """A held or cancelled meeting stands as it was. Raises `Refused`."""
    if meeting.state == MeetingState.HELD:
        raise Refused("Mødet er holdt og kan ikke ændres. Det, der kom bagefter, skrives i Én Plan.")
    if meeting.state == MeetingState.CANCELLED:
        raise Refused("Mødet er aflyst. Planlæg et nyt møde.")


def demand_may_meet(forloeb: Forloeb) -> None:
    """No new meeting is planned when the forløb has lost what it stands on: two departments, and one person's valid yes to
    both (F1, F4, C7; a yes that has expired is none, C4). Raises `Refused` that says what is missing and what to do.

    What was planned before stays to be held or called off: the family was invited, and what may be said there is asked of
    each consent (C5).
    """
    if may_continue(forloeb):
        return
    missing = "; ".join(not_ready(forloeb))
    raise Refused(
        f"I kan ikke planlægge et møde nu. Det mangler: {missing}. Spørg familien igen under Samtykker, eller afslut "
        "forløbet. Et møde, der allerede er aftalt, kan holdes eller aflyses."
    )


def _in_open(by: User, meeting: Meeting) -> Standing:
    standing = demand_participant(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    return standing


def _names(meeting: Meeting, *kinds: str) -> str:
    """»Tovholder er Mette Lindskov, 09 31 23 10. Mødeleder er Peter Møller.«"""
    held = meeting.roles.filter(role__in=kinds).select_related("participation__user").order_by("role")
    told = [f"{role.get_role_display().capitalize()} er {role.participation.name}." for role in held]
    return " ".join(filter(None, [tovholder_line(meeting.forloeb), *told]))


class MeetingRequest(SignedInRequest):
    """A request after one of the loaders below: who asks, as what, and whom the answer tells about (C13)."""

    standing: Standing
    told_about: Iterable[UUID] | None


# --- loading for views ---------------------------------------------------------------------------------------------------
def load_meeting(pk: UUID) -> Meeting:
    return Meeting.objects.select_related("forloeb__family").get(pk=pk)


def guidance_read(user: User, forloeb: Forloeb) -> None:
    """C8: the board opens only for who has read the guidance."""
    demand_guidance(user)


meeting_view = loads(load_meeting, lambda meeting: meeting.forloeb)
board_view = loads(load_meeting, lambda meeting: meeting.forloeb, guidance_read)
point_view = loads(
    lambda pk: AgendaPoint.objects.select_related("meeting__forloeb__family").get(pk=pk),
    lambda point: point.meeting.forloeb,
)
note_view = loads(
    lambda pk: (
        BoardNote.objects.for_sharing().select_related("meeting__forloeb__family", "topic", "said_by").get(pk=pk)
    ),
    lambda note: note.meeting.forloeb,
    guidance_read,
)

__all__ = [
    "board_view",
    "demand_framer",
    "demand_may_meet",
    "demand_mender",
    "demand_planned",
    "demand_worker",
    "may_frame",
    "may_mend",
    "may_work",
    "meeting_view",
    "note_view",
    "point_view",
    "roles_of",
    "standing_of",
]
