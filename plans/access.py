"""Who may write in Én Plan, who may fetch which copy, and who may tick which journal line (P6, P7)."""

from collections.abc import Iterable
from uuid import UUID

from cases.access import Standing, demand_open, demand_participant
from cases.models import Participation
from consent.sharing import Basis, Facts, Reader, may_see
from meetings.models import Attendance, MeetingRole, RoleKind
from meetings.readers import reader_of
from organisation.models import User
from plans.models import PlanCopy, PlanItem, PlanVersion
from web.errors import Refused


def referent_of(meeting_id: UUID) -> Participation | None:
    """The meeting's referent: who is referent also makes the Én Plan (M3)."""
    role = (
        MeetingRole.objects.filter(meeting=meeting_id, role=RoleKind.REFERENT)
        .select_related("participation__user", "participation__department", "participation__external")
        .first()
    )
    return role.participation if role else None


def is_writer(standing: Standing, meeting_id: UUID) -> bool:
    """The meeting's referent, or the tovholder, who can always step in."""
    if standing.is_tovholder:
        return True
    return MeetingRole.objects.filter(
        meeting=meeting_id, role=RoleKind.REFERENT, participation=standing.participation
    ).exists()


def demand_writer(by: User, version: PlanVersion) -> Standing:
    """The standing of one who writes this draft. Raises `Refused`, saying who can."""
    forloeb = version.plan.forloeb
    standing = demand_participant(by, forloeb)
    demand_open(forloeb)
    if is_writer(standing, version.meeting_id):
        return standing
    referent = referent_of(version.meeting_id)
    who = f"Referenten er {referent.name}." if referent else "Mødet har ikke en referent endnu."
    raise Refused(f"Det kan kun mødets referent eller tovholderen. {who}")


def demand_hands_out(standing: Standing, version: PlanVersion) -> None:
    """Who writes down that a reader has got a copy: the referent and the tovholder (P6). Raises `Refused`."""
    if not is_writer(standing, version.meeting_id):
        raise Refused("Det kan kun mødets referent eller tovholderen.")


def demand_draft(version: PlanVersion) -> None:
    """A finished version never changes (P5). Raises `Refused`."""
    if not version.is_draft:
        raise Refused(f"Version {version.number} er færdig og kan ikke ændres. Lav en rettelse, hvis der er en fejl.")


def may_fetch(standing: Standing, copy: PlanCopy, writes: bool) -> bool:
    """One's own department's copy; the referent and the tovholder (`writes`) also hand out those of the family and of
    the external parties (P6)."""
    return copy.recipient == standing.recipient or (writes and copy.recipient[:2] in ("p:", "x:"))


def demand_may_fetch(standing: Standing, copy: PlanCopy, basis: Basis) -> None:
    """A frozen copy is given only while its reader may have every item in it. Who carries it to the family must be free
    to know it too, or have written it down at the meeting (P6). Raises `Refused` that says what to do (C5, C7)."""
    label = copy.recipient_label
    if not may_fetch(standing, copy, is_writer(standing, copy.version.meeting_id)):
        raise Refused(f"Udgaven er til {label}. Du kan hente den udgave, der er til din egen afdeling.")
    items = list(copy.items.for_sharing())
    if not may_have_all(items, Reader(copy.recipient, person_of(copy)), basis):
        raise Refused(
            f"Udgaven kan ikke hentes mere: et samtykke er trukket tilbage eller udløbet, så {label} må ikke få alt, hvad "
            "der står i den. Lav en rettelse af planen. Så får hver modtager en ny udgave, som passer med samtykket i dag."
        )
    if copy.recipient == standing.recipient or hands_out(standing, copy.version.meeting_id):
        return
    if not may_have_all(items, reader_of_standing(standing), basis):
        referent = referent_of(copy.version.meeting_id)
        who = f"Bed referenten, {referent.name}, om at give den videre." if referent else "Mødet havde ingen referent."
        raise Refused(
            f"Udgaven til {label} rummer noget, som {standing.participation.home} ikke har samtykke til at se. {who}"
        )


def hands_out(standing: Standing, meeting_id: UUID) -> bool:
    """P6: the referent sends the decisions to all. One who was present and wrote them down already knows them."""
    role = MeetingRole.objects.filter(
        meeting=meeting_id, role=RoleKind.REFERENT, participation=standing.participation
    ).exists()
    return (
        role and Attendance.objects.present().filter(meeting=meeting_id, participation=standing.participation).exists()
    )


def person_of(copy: PlanCopy) -> UUID | None:
    """The family member a copy is for."""
    return UUID(copy.recipient[2:]) if copy.recipient.startswith("p:") else None


def may_have_all(items: Iterable[PlanItem], reader: Reader, basis: Basis) -> bool:
    """May this reader have every one of these items (`for_sharing`)? Presence at a meeting says nothing of a plan."""
    return all(may_see(reader, Facts.of(item), basis) for item in items)


def may_follow_up(standing: Standing, agreement: PlanItem) -> bool:
    """Whoever is responsible, or the tovholder (F6)."""
    return standing.is_tovholder or (
        agreement.responsible is not None and agreement.responsible.user_id == standing.participation.user_id
    )


def reader_of_standing(standing: Standing) -> Reader:
    return reader_of(standing.participation)
