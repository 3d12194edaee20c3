"""Planning a meeting: time, place, who is invited and which role they have (M1, M3)."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit import events
from cases import collaboration
from cases.access import demand_open, demand_tovholder
from cases.models import Forloeb, ForloebPerson, ForloebState, Participation, Person
from consent.marking import topic_for, topics_in_use
from meetings.access import demand_framer, demand_may_meet, demand_planned
from meetings.models import AgendaPoint, Attendance, Meeting, MeetingRole, MeetingState, Presence, RoleKind
from organisation.models import User, in_danish
from web.dates import long_date
from web.errors import Refused
from web.locking import take

NOT_RUNNING = {
    ForloebState.CONSENT: "Forløbet er ikke i gang endnu. Samtykket skal være på plads, før I kan planlægge et møde.",
    ForloebState.PAUSED: "Forløbet er på pause. Genoptag det, før I planlægger et møde.",
}


@transaction.atomic
def plan_meeting(
    *,
    by: User,
    forloeb: Forloeb,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    participations: Iterable[Participation] = (),
    persons: Iterable[Person] = (),
    purpose: str = "",
    pre_meeting_at: datetime | None = None,
    interpreter: str = "",
    board_key: str = "",
) -> Meeting:
    """A new meeting with its invited and, as a first agenda, the model's phases (M1, M5). The tovholder's act.

    Raises Refused (not the tovholder, or the forløb is not running or has lost the consent it stands on),
    ValidationError.
    """
    forloeb = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    lead = demand_tovholder(by, forloeb)
    demand_open(forloeb)
    if not forloeb.is_running:
        raise Refused(NOT_RUNNING[ForloebState(forloeb.state)])
    demand_may_meet(forloeb)
    model = collaboration.model_for(forloeb)
    last = forloeb.meetings.aggregate(last=Max("number"))["last"] or 0
    meeting = Meeting(
        forloeb=forloeb,
        number=last + 1,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        purpose=purpose,
        purpose_by=lead.recipient if purpose else "",
        pre_meeting_at=pre_meeting_at,
        interpreter=interpreter,
        board_key=_board_key(model, board_key or forloeb.board_key),
    )
    meeting.full_clean()
    _within_forloeb(meeting)
    meeting.save()
    for participation in participations:
        _invite(meeting, participation=participation)
    for person in persons:
        _invite(meeting, person=person)
    topics = topics_in_use()
    for position, phase in enumerate(model.phases, start=1):
        topic = topic_for(phase.title, topics)
        AgendaPoint.objects.create(
            meeting=meeting, text=phase.title, minutes=phase.minutes, position=position, topic=topic
        )
    events.record(
        by=by,
        forloeb=forloeb,
        kind="meeting.planned",
        text=f"Møde {meeting.number} er planlagt.",
        data={"meeting": meeting.pk},
    )
    return meeting


def _board_key(model: collaboration.CollaborationModel, key: str) -> str:
    keys = [board.key for board in model.boards]
    if key and key not in keys:
        raise ValidationError({"board_key": "Vælg en af de tavler, som samarbejdsmodellen har."})
    return key or keys[0]


def _within_forloeb(meeting: Meeting) -> None:
    """A meeting is of its forløb, so it is not before it: a wrong year is told at once. Raises ValidationError."""
    began = meeting.forloeb.start_checked_on
    if timezone.localdate(meeting.starts_at) < began:
        raise ValidationError({"day": f"Dagen ligger før forløbet, som begyndte {long_date(began)}. Ret datoen."})


@transaction.atomic
def change_meeting(
    *,
    by: User,
    meeting: Meeting,
    row_version: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    place: str | None = None,
    purpose: str | None = None,
    pre_meeting_at: datetime | None = None,
    interpreter: str | None = None,
    board_key: str | None = None,
) -> Meeting:
    """Move or mend a planned meeting (M1). What is None stays, but for `pre_meeting_at`, which follows a given `starts_at`.

    Raises Refused, Stale, ValidationError.
    """
    lead = demand_tovholder(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, row_version)
    demand_planned(row)
    if purpose is not None and purpose != row.purpose:
        row.purpose_by = lead.recipient if purpose else ""
    moved = starts_at is not None and starts_at != row.starts_at
    given = {"starts_at": starts_at, "ends_at": ends_at, "place": place, "purpose": purpose, "interpreter": interpreter}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    if starts_at is not None or pre_meeting_at is not None:
        row.pre_meeting_at = pre_meeting_at
    if board_key is not None and board_key != row.board_key:
        if row.notes.exists():
            raise ValidationError({"board_key": "Der står noget på tavlen, så den kan ikke skiftes ud."})
        row.board_key = _board_key(collaboration.model_for(row.forloeb), board_key)
    row.full_clean()
    if moved:
        _within_forloeb(row)
    row.save()
    text = f"Møde {row.number} er flyttet." if moved else f"Møde {row.number} er ændret."
    events.record(by=by, forloeb=row.forloeb, kind="meeting.changed", text=text, data={"meeting": row.pk})
    return row


@transaction.atomic
def cancel_meeting(*, by: User, meeting: Meeting, reason: str, row_version: int | None = None) -> Meeting:
    """Call a planned meeting off, with why. Raises Refused, Stale, ValidationError."""
    lead = demand_tovholder(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, row_version)
    demand_planned(row)
    if row.plan_versions.filter(state="finished").exists():
        raise Refused("Mødet har en færdig Én Plan, så det kan ikke aflyses. Skriv på mødets side, at det er holdt.")
    if not reason.strip():
        raise ValidationError({"reason": "Skriv, hvorfor mødet er aflyst."})
    row.state, row.cancelled_reason, row.cancelled_by = MeetingState.CANCELLED, reason.strip(), lead.recipient
    row.full_clean()
    row.save()
    events.record(
        by=by,
        forloeb=row.forloeb,
        kind="meeting.cancelled",
        text=f"Møde {row.number} er aflyst.",
        data={"meeting": row.pk},
    )
    return row


@transaction.atomic
def invite(
    *, by: User, meeting: Meeting, participation: Participation | None = None, person: Person | None = None
) -> Attendance:
    """Invite one more; inviting twice changes nothing. Raises Refused, ValidationError."""
    demand_tovholder(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    demand_planned(take(Meeting.objects.all(), meeting.pk, None))
    return _invite(meeting, participation=participation, person=person)


def _invite(
    meeting: Meeting, *, participation: Participation | None = None, person: Person | None = None
) -> Attendance:
    if participation is not None and not meeting.forloeb.participations.open().filter(pk=participation.pk).exists():
        raise ValidationError({"participations": "Vælg en, der er med i forløbet nu."})
    if person is not None and not is_in_forloeb(meeting.forloeb, person):
        raise ValidationError({"persons": "Vælg en fra familien, som er med i forløbet nu."})
    there = meeting.attendance.filter(participation=participation, person=person).first()
    if there is not None:
        return there
    attendance = Attendance(meeting=meeting, participation=participation, person=person)
    attendance.full_clean()
    attendance.save()
    return attendance


def is_in_forloeb(forloeb: Forloeb, person: Person) -> bool:
    return ForloebPerson.objects.filter(forloeb=forloeb, person=person, to_date__isnull=True).exists()


@transaction.atomic
def uninvite(*, by: User, attendance: Attendance) -> None:
    """Take an invitation back; a role at the meeting goes with it. Raises Refused when attendance is registered."""
    meeting = take(Meeting.objects.select_related("forloeb"), attendance.meeting_id, None)
    demand_tovholder(by, meeting.forloeb)
    demand_open(meeting.forloeb)
    demand_planned(meeting)
    # Read again under the meeting's lock: somebody may have registered that the person came.
    attendance = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    if attendance.presence != Presence.INVITED:
        raise Refused("Fremmødet er registreret. Ret det til »inviteret«, før invitationen tages tilbage.")
    if attendance.participation_id:
        for role in meeting.roles.filter(participation=attendance.participation_id):
            role.delete()
    attendance.delete()


@transaction.atomic
def set_role(*, by: User, meeting: Meeting, role: str, participation: Participation | None) -> MeetingRole | None:
    """Give a role, or take it back with None (M3). Who gets one is invited too.

    Only employees; the board is for someone from an authority department. Raises Refused, ValidationError (who can).
    """
    demand_framer(by, meeting)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    demand_planned(row)
    if role not in RoleKind.values:
        raise ValidationError({"role": "Vælg mødeleder, referent eller tavle."})
    held = MeetingRole.objects.filter(meeting=row, role=role).first()
    if participation is None:
        if held is not None:
            held.delete()
        return None
    _demand_fits(row, role, participation)
    held = held or MeetingRole(meeting=row, role=role)
    held.participation = participation
    held.full_clean()
    held.save()
    _invite(row, participation=participation)
    events.record(
        by=by,
        forloeb=row.forloeb,
        kind="meeting.role",
        text=f"Rollen som {RoleKind(role).label} til møde {row.number} er besat.",
        data={"meeting": row.pk, "participation": participation.pk},
    )
    return held


def who_can(meeting: Meeting, role: str) -> list[Participation]:
    """The participants who may have the role: employees; at the board those of an authority department (M3)."""
    staff = meeting.forloeb.participations.open().filter(user__isnull=False).select_related("user", "department__area")
    if role == RoleKind.TAVLE:
        staff = staff.filter(department__is_authority=True)
    return list(staff.order_by(in_danish("user__name"), "pk"))


def _demand_fits(meeting: Meeting, role: str, participation: Participation) -> None:
    able = who_can(meeting, role)
    if any(one.pk == participation.pk for one in able):
        return
    names = ", ".join(one.name for one in able) or "ingen endnu. Få en medarbejder mere med i forløbet"
    if role == RoleKind.TAVLE:
        told = f"Ved tavlen skal der stå en fra en myndighedsafdeling. Det kan være: {names}."
    else:
        told = f"Rollen skal have en medarbejder, der er med i forløbet. Det kan være: {names}."
    raise ValidationError({"participation": told})
