"""The meeting itself: who came, that it was held, and what the family thought of it (M9, M10)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases.access import demand_participant
from cases.ages import ages
from cases.models import Participation, Person
from meetings.access import demand_mender, demand_worker
from meetings.actions.version import raise_board_version
from meetings.models import Attendance, Meeting, MeetingState, Presence, SmileyRating
from organisation.models import User
from web.dates import long_date
from web.errors import Refused
from web.locking import take

# Who is ill may say so days before; who came is known on the day, and opens what was said there (C5).
TOLD_ON_THE_DAY = {Presence.PRESENT, Presence.PARTLY, Presence.ABSENT}


@transaction.atomic
def set_presence(
    *,
    by: User,
    meeting: Meeting,
    participation: Participation | None = None,
    person: Person | None = None,
    presence: str,
    note: str = "",
) -> Attendance:
    """Register whether one of the invited came (M10); who is present may see the board (C5). Raises Refused, ValidationError.

    When the meeting is held it may still be mended, by the tovholder, the mødeleder and the referent; since it opens the
    board to somebody, or closes it, the forløb's history tells who, whom, and from what to what. A change raises the
    board's version: the wall may have to show less.
    """
    standing = demand_worker(by, meeting)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    if row.state == MeetingState.CANCELLED:
        raise Refused("Mødet er aflyst, så der er intet fremmøde.")
    if row.state == MeetingState.HELD:
        demand_mender(standing, row)
    attendance = Attendance.objects.filter(meeting=row, participation=participation, person=person).first()
    if attendance is None:
        raise ValidationError({"presence": "Vælg en af de inviterede. Tovholderen kan invitere flere."})
    if presence not in Presence.values:
        raise ValidationError({"presence": "Vælg, om personen var til stede."})
    if presence in TOLD_ON_THE_DAY and not row.has_begun:
        day = long_date(timezone.localdate(row.starts_at))
        raise ValidationError({"presence": f"Mødet er {day}. Skriv på dagen, hvem der kom."})
    before = attendance.get_presence_display()
    is_mended = row.state == MeetingState.HELD and attendance.presence != presence
    attendance.presence, attendance.note = presence, note.strip()
    attendance.full_clean()
    attendance.save()
    if row.state == MeetingState.HELD and not row.attendance.present().filter(person__isnull=False).exists():
        raise ValidationError({"presence": "Mødet er holdt, så mindst én fra familien var med. Ret den først."})
    raise_board_version(row)
    if is_mended:
        _tell_mended(by, row, attendance, before)
    return attendance


def _tell_mended(by: User, meeting: Meeting, attendance: Attendance, before: str) -> None:
    """Colleagues by name; nobody of the family, and no external, whose name is free text (C5): the row itself says whom."""
    there = attendance.participation
    whom = there.name if there and there.user_id else "en ekstern" if there else "en fra familien"
    events.record(
        by=by,
        forloeb=meeting.forloeb,
        kind="meeting.presence_mended",
        text=f"Fremmødet på møde {meeting.number} er rettet: {whom}, fra {before} til {attendance.get_presence_display()}.",
        data={"meeting": meeting.pk, "attendance": attendance.pk},
    )


@transaction.atomic
def hold(*, by: User, meeting: Meeting, on: date | None = None, row_version: int | None = None) -> Meeting:
    """»Mødet er holdt«: from now on the board stands as it is, and attendance is only mended (`set_presence`). Raises Refused, Stale, ValidationError.

    on: the day, by default the planned one. Somebody from the family must have been there (F7, U3); with nobody there it
    is an exchange without the family (C11), not a meeting.
    """
    demand_worker(by, meeting)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, row_version)
    if row.state == MeetingState.CANCELLED:
        raise Refused("Mødet er aflyst. Planlæg et nyt møde.")
    if row.state == MeetingState.HELD:
        return row
    day = on or timezone.localdate(row.starts_at)
    _demand_passed(day, row)
    if day < row.forloeb.start_checked_on:
        raise ValidationError(
            {"on": f"{long_date(day).capitalize()} er før forløbet begyndte. Skriv den dag, mødet blev holdt."}
        )
    if not row.attendance.present().filter(person__isnull=False).exists():
        raise ValidationError(
            {
                "presence": "Registrér først, hvem fra familien der var med. Uden familien er det ikke et møde: aflys det."
            }
        )
    row.state, row.held_on = MeetingState.HELD, day
    row.full_clean()
    row.save()
    raise_board_version(row)
    events.record(
        by=by, forloeb=row.forloeb, kind="meeting.held", text=f"Møde {row.number} er holdt.", data={"meeting": row.pk}
    )
    return row


def _demand_passed(day: date, meeting: Meeting) -> None:
    """A meeting is held on a day that has been. The planned day and a day typed wrongly are mended in different places."""
    if day <= timezone.localdate():
        return
    if day == timezone.localdate(meeting.starts_at):
        raise ValidationError({"on": f"Mødet er først {long_date(day)}. Flyt mødet, hvis I holdt det før."})
    raise ValidationError({"on": f"Datoen ligger i fremtiden: {long_date(day)}. Skriv den dag, mødet blev holdt."})


@transaction.atomic
def give_smiley(
    *, by: User, meeting: Meeting, person: Person, value: int, words: str = "", may_be_named: bool = False
) -> SmileyRating:
    """One person's answer on the smiley ruler, once (M9). `by` lends the tablet and never sees the answer here.

    Raises Refused, ValidationError.
    """
    demand_participant(by, meeting.forloeb)
    row = take(Meeting.objects.select_related("forloeb"), meeting.pk, None)
    if row.state == MeetingState.CANCELLED:
        raise Refused("Mødet er aflyst, så der er intet at svare på.")
    if not row.has_begun:
        raise ValidationError({"person": "Mødet har ikke været endnu. Spørg på dagen."})
    if not row.attendance.present().filter(person=person).exists():
        raise ValidationError({"person": "Kun dem fra familien, der er registreret til stede, kan svare."})
    if SmileyRating.objects.filter(meeting=row, person=person).exists():
        raise ValidationError({"person": "Der er allerede svaret. Hver person svarer en gang."})
    age = person.age_on(row.held_on or timezone.localdate(row.starts_at))
    rating = SmileyRating(
        meeting=row,
        person=person,
        value=value,
        words=words.strip(),
        may_be_named=may_be_named,
        is_child=age is not None and age < ages().signs_self,
    )
    rating.full_clean()
    rating.save()
    return rating
