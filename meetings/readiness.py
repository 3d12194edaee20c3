"""What the formøde looks at before a meeting (M4): facts in plain words. Nothing here stops a meeting (M5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cases import collaboration
from cases.models import Forloeb, Participation, ParticipationRole
from consent.access import unread_by
from consent.models import Topic
from consent.sharing import Basis, Cell
from meetings.models import Attendance, Meeting, MeetingRole, MeetingState, Presence, RoleKind
from organisation.models import Area, Employment
from web.danish import danish_sorted, listed

FIRST_MEETING_IN = timedelta(weeks=2)
SATURDAY = 5
SAID = "Må det siges her?"
MISSING, REFUSED, WITHDRAWN = "Samtykke mangler", "Har sagt nej", "Har tilbagekaldt samtykket"
LACKING = (MISSING, REFUSED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. is_warning: something to know, which never stops the meeting. act: what the button says
    that leads to where it is done."""

    text: str
    done: bool
    hint: str = ""
    url_name: str = ""
    is_warning: bool = False
    act: str = "Gør det nu"


def suggested_day(forloeb: Forloeb, today: date | None = None) -> date:
    """The next meeting's day: the model's cadence after the last one held (M12), never in the past or a weekend."""
    now = today or timezone.localdate()
    last = Meeting.objects.last_held(forloeb)
    if last is None or last.held_on is None:
        day = now + FIRST_MEETING_IN
    else:
        day = last.held_on + timedelta(weeks=collaboration.model_for(forloeb).cadence_weeks)
    day = max(day, now + timedelta(days=1))
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


def expected(meeting: Meeting, invited: list[Attendance]) -> list[Attendance]:
    """Without colleagues and externals who have left the forløb, or are barred from it, since they were invited to a
    meeting still to come (F10, F13). invited: with their participations."""
    gone = _gone(invited) if meeting.state == MeetingState.PLANNED else []
    return [row for row in invited if row not in gone]


def _gone(invited: list[Attendance]) -> list[Attendance]:
    """Whoever was there before they left was there."""
    there = (Presence.PRESENT, Presence.PARTLY)
    return [row for row in invited if row.participation and row.participation.has_ended and row.presence not in there]


def checklist(meeting: Meeting, invited: list[Attendance], basis: Basis, *, tells_names: bool) -> list[Check]:
    """The formøde's lines. invited: `Attendance.for_list()` of the meeting. tells_names: for the tovholder (C8, C5)."""
    coming = [row for row in invited if row.presence not in (Presence.ABSENT, Presence.ABSENT_NOTIFIED)]
    return [
        _roles(meeting),
        *_invitations(invited, tells_names),
        _consents(invited, basis, tells_names),
        _guidance(invited, tells_names),
        *_management(coming),
        _mandate(coming),
        *_interpreter(meeting, invited, tells_names),
        Check("Sted", bool(meeting.place), meeting.place),
        *_needs(invited, tells_names),
    ]


def _roles(meeting: Meeting) -> Check:
    here = Participation.objects.giving_access().filter(pk=OuterRef("participation"))
    rows = MeetingRole.objects.filter(meeting=meeting).select_related("participation__user").annotate(here=Exists(here))
    held = {row.role: row for row in rows}
    free = [str(RoleKind(role).label) for role in RoleKind.values if role not in held]
    # Whoever has left holds the role on paper only (F10): nobody would lead, write or stand at the board.
    gone = [
        f"{row.participation.name} er ikke med i forløbet mere. Vælg en anden som {row.get_role_display()}."
        for role, row in sorted(held.items())
        if not row.here
    ]
    if not free and not gone:
        return Check("Roller", True, "Mødeleder, referent og tavle er valgt.")
    missing = [f"Mangler: {listed(free)}."] if free else []
    return Check("Roller", False, " ".join([*missing, *gone]), "#roller", act="Vælg roller")


def _consents(invited: list[Attendance], basis: Basis, tells_names: bool) -> Check:
    """Who may hear nothing of somebody: a consent that is missing can be asked for; a no is an answer (M4, C4).

    With nothing but noes it is something to know, not to do: no step leads anybody to ask again. Whoever is not told
    names reads the same whatever the reason (C5).
    """
    lacking = _without_a_yes(invited, basis)
    if not lacking:
        return Check(SAID, True, "Alle inviterede har et samtykke at stå på.")
    if not tells_names:
        return Check(SAID, False, "Noget må ikke siges til alle. Spørg tovholderen.", is_warning=True)
    everybody = len({row.participation.recipient for row in invited if row.participation})
    told = [f"{words}: {_pairs(lacking[words], everybody)}." for words in LACKING if words in lacking]
    if MISSING in lacking:
        return Check(SAID, False, " ".join(told), "consent:matrix", act="Åbn samtykker")
    return Check(SAID, False, " ".join([*told, "Det er frivilligt."]), is_warning=True)


def _without_a_yes(invited: list[Attendance], basis: Basis) -> dict[str, dict[str, list[str]]]:
    """Why → first name → homes, of each invited person and each invited recipient without one yes between them."""
    recipients = {row.participation.recipient: row.participation.home for row in invited if row.participation}
    topics = list(Topic.objects.in_use().values_list("pk", flat=True))
    told_yes = {(who, to) for (who, to, _), state in basis.cells.items() if state is Cell.YES}
    found: dict[str, dict[str, list[str]]] = {}
    for person in (row.person for row in invited if row.person):
        for recipient, home in recipients.items():
            if (person.pk, recipient) not in told_yes:
                why = _why({basis.cell(person.pk, recipient, topic) for topic in topics})
                found.setdefault(why, {}).setdefault(person.first_name, []).append(home)
    return found


def _why(states: set[Cell | None]) -> str:
    """Of a pair without a yes: a no to all is never called missing; as long as one topic can be asked about, it is."""
    if not states or states - {Cell.NO, Cell.WITHDRAWN}:
        return MISSING
    return REFUSED if Cell.NO in states else WITHDRAWN


def _invitations(invited: list[Attendance], tells_names: bool) -> list[Check]:
    """An invitation is not taken back by itself: whoever leads the meeting knows whether somebody comes instead."""
    gone = [row.participation.name for row in _gone(invited) if row.participation]
    if not gone:
        return []
    told = listed(gone) if tells_names else "En inviteret" if len(gone) == 1 else f"{len(gone)} inviterede"
    hint = f"{told} er ikke med i forløbet mere. Fjern invitationen."
    return [Check("Inviterede", False, hint, "#inviterede", True, act="Se de inviterede")]


def _pairs(homes_of: dict[str, list[str]], everybody: int) -> str:
    """»Freja til alle; Bo til Skole og PPR«."""
    return "; ".join(
        f"{name} til {'alle' if len(homes) == everybody else listed(homes)}" for name, homes in homes_of.items()
    )


def _guidance(invited: list[Attendance], tells_names: bool) -> Check:
    unread = unread_by([row.participation.user for row in invited if row.participation and row.participation.user])
    if not unread:
        return Check("Vejledning om samtykke", True, "Alle inviterede medarbejdere har læst den.")
    told = listed([user.name for user in unread]) if tells_names else str(len(unread))
    return Check(
        "Vejledning om samtykke", False, f"Mangler at læse den: {told}.", "consent:guidance", act="Åbn vejledningen"
    )


def management_missed(there: list[Attendance]) -> list[str]:
    """F11 after the meeting: the areas whose management did not come, said as a fact. In: who was present."""
    return [check.text.replace(" er ikke med", " var ikke med") for check in _management(there) if not check.done]


def _management(invited: list[Attendance]) -> list[Check]:
    """F11: an area that needs its management at the table has sent somebody from it. A warning, never a stop."""
    areas: dict[Area, list[Participation]] = {}
    for row in invited:
        if row.participation and row.participation.department and row.participation.department.area.needs_management:
            areas.setdefault(row.participation.department.area, []).append(row.participation)
    checks = []
    for area, there in areas.items():
        leads = any(one.role == ParticipationRole.MANAGEMENT for one in there) or (
            Employment.objects.current()
            .filter(user__in=[one.user_id for one in there], is_management=True, department__area=area)
            .exists()
        )
        text = f"Ledelsen fra {area.name}" if leads else f"Ledelsen fra {area.name} er ikke med"
        checks.append(
            Check(text, leads, "" if leads else "Invitér en fra ledelsen. I kan godt holde mødet.", "#inviterede", True)
        )
    return checks


def _mandate(invited: list[Attendance]) -> Check:
    able = {ParticipationRole.AUTHORITY, ParticipationRole.DECISION_MAKER, ParticipationRole.TOVHOLDER}
    there = any(row.participation and row.participation.role in able for row in invited)
    hint = "En på mødet kan træffe beslutninger." if there else "Ingen på mødet kan træffe beslutninger."
    return Check("Beslutninger", there, hint, "#inviterede", True)


def _interpreter(meeting: Meeting, invited: list[Attendance], tells_names: bool) -> list[Check]:
    """Which language is somebody's: told to the tovholder (C5)."""
    languages = danish_sorted({row.person.interpreter for row in invited if row.person and row.person.interpreter})
    if not languages:
        return []
    booked, needed = (f": {meeting.interpreter}", f": {listed(languages)}") if tells_names else ("", "")
    hint = f"Bestilt{booked}." if meeting.interpreter else f"Der er brug for tolk{needed}."
    return [Check("Tolk", bool(meeting.interpreter), hint, "meetings:change", True)]


def _needs(invited: list[Attendance], tells_names: bool) -> list[Check]:
    needs = [
        f"{row.person.first_name}: {row.person.accessibility}"
        for row in invited
        if row.person and row.person.accessibility
    ]
    return [Check("Særlige hensyn", True, ". ".join(needs) + ".")] if needs and tells_names else []
