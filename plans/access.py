"""Who may write in Én Plan, who may fetch which copy, and who may tick which journal line (P6, P7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Exists

from cases.access import Standing, demand_open, demand_participant
from cases.models import Participation
from consent.labels import Labels
from consent.marking import Topics, guarded_in, mentioned, topics_in_use
from consent.models import keys_in, together
from consent.readiness import may_continue
from consent.sharing import Basis, Reader, may_know_of, may_see
from consent.unmarked import facts_of_text, on_each_topic
from meetings.models import Attendance, Meeting, MeetingRole, MeetingState, RoleKind
from meetings.readers import reader_of
from organisation.models import User
from plans import front
from plans.beside import beside, held_in, may_have_all, person_of
from plans.models import JournalEntry, PlanCopy, PlanItem, PlanVersion
from web.errors import Refused


def referent_of(meeting_id: UUID) -> Participation | None:
    """The meeting's referent: who is referent also makes the Én Plan (M3)."""
    role = (
        MeetingRole.objects.filter(meeting=meeting_id, role=RoleKind.REFERENT)
        .select_related("participation__user", "participation__department", "participation__external")
        .first()
    )
    return role.participation if role else None


def demand_may_agree(version_of: Meeting, *, corrects: bool = False) -> None:
    """Is this plan still one that the departments may write together, when the consent has gone (F4, C7)? Raises `Refused`.

    - The plan of a meeting that was held may be written and finished: the meeting had the consent, P2 asks for its plan,
      and each copy holds only what its reader may have today (C5).
    - A plan ahead of a meeting that has not been held waits for the consent.
    - A finished plan may be corrected: a mistake about a person is mended whatever they have said (P5), and a correction
      is the way to copies that fit the consents of today (C7). But nothing new is agreed in it.
    """
    if version_of.state == MeetingState.HELD and not corrects:
        return
    if may_continue(version_of.forloeb):
        return
    if corrects:
        raise Refused(
            "Der er ikke længere et gyldigt ja til to afdelinger. Rettelsen kan rette det, der står, og tage noget ud, "
            "men der kan ikke aftales noget nyt. Spørg familien igen under Samtykker."
        )
    raise Refused(
        "Der er ikke længere et gyldigt ja til to afdelinger. Én Plan kan begyndes, når mødet er holdt. Spørg familien "
        "igen under Samtykker, eller afslut forløbet."
    )


def is_writer(standing: Standing, meeting_id: UUID) -> bool:
    """The meeting's referent, or the tovholder, who can always step in."""
    if standing.is_tovholder:
        return True
    return MeetingRole.objects.filter(
        meeting=meeting_id, role=RoleKind.REFERENT, participation=standing.participation
    ).exists()


def is_referent(standing: Standing, meeting_id: UUID) -> Exists:
    """Was this participant the meeting's referent? As an expression to fetch with other rows."""
    role = MeetingRole.objects.filter(role=RoleKind.REFERENT, participation=standing.participation)
    return Exists(role.filter(meeting=meeting_id))


def demand_writer(
    by: User, version: PlanVersion, standing: Standing | None = None, *, writes: bool = False
) -> Standing:
    """The standing of one who writes this draft. Raises `Refused`, saying who can.

    standing, writes: as they were found on this request, so that they are not asked for again.
    """
    forloeb = version.plan.forloeb
    if standing is None:
        standing = demand_participant(by, forloeb)
    demand_open(forloeb)
    if writes or is_writer(standing, version.meeting_id):
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


@dataclass(frozen=True, slots=True)
class Hands:
    """Through whose hands a copy goes to whom. writes: is the carrier a writer of the version (`is_writer`)? wrote: as
    `wrote_at` has it. carrier, reader: both with where they were present."""

    writes: bool
    wrote: UUID | None
    carrier: Reader
    reader: Reader


def hands_of(standing: Standing, copy: PlanCopy) -> Hands:
    """Of this participant and this copy: one query for all four."""
    present, person, meeting = Attendance.objects.present(), person_of(copy), copy.version.meeting_id
    row = PlanCopy.objects.filter(pk=copy.pk).annotate(
        was_referent=is_referent(standing, meeting),
        carrier_at=together(present.of(standing.participation), "meeting"),
        reader_at=together(present.filter(person=person) if person else present.none(), "meeting"),
    )
    was_referent, carrier_at, reader_at = row.values_list("was_referent", "carrier_at", "reader_at").get()
    return Hands(
        writes=standing.is_tovholder or was_referent,
        wrote=meeting if was_referent else None,
        carrier=Reader(standing.recipient, present_at=keys_in(carrier_at)),
        reader=Reader(copy.recipient, person, keys_in(reader_at)),
    )


def demand_may_fetch(
    standing: Standing,
    copy: PlanCopy,
    items: Sequence[PlanItem],
    basis: Basis,
    hands: Hands | None = None,
    topics: Topics | None = None,
) -> None:
    """A frozen copy is given only while its reader may have everything in it, and whoever carries it to the family may
    know it too (`may_carry`). Raises `Refused` that says what to do (C5, C7).

    items: all that stands in the copy (`with_sources`). hands, topics: when they are fetched already.
    """
    hands = hands or hands_of(standing, copy)
    topics = topics_in_use() if topics is None else topics
    label = _called(copy, standing, hands.carrier, basis)
    if not may_fetch(standing, copy, hands.writes):
        raise Refused(f"Udgaven er til {label}. Du kan hente den udgave, der er til din egen afdeling.")
    if not may_have_all(copy, items, basis, topics, hands.reader):
        raise Refused(
            f"Udgaven kan ikke hentes mere: et samtykke er tilbagekaldt eller udløbet, så {label} må ikke få alt, hvad "
            "der står i den. Lav en rettelse af planen. Så får hver modtager en ny udgave, som passer med samtykket i dag."
        )
    if copy.recipient == standing.recipient or may_carry(
        copy, items, standing, hands.wrote, basis, topics, hands.carrier
    ):
        return
    referent = referent_of(copy.version.meeting_id)
    other = "en anden fra mødet" if standing.is_tovholder else "tovholderen"
    who = (
        f"Bed referenten, {referent.name}, om at give den videre."
        if referent and referent != standing.participation
        else f"Tal med familien om et samtykke, eller bed {other} om at give den videre."
    )
    raise Refused(f"Udgaven til {label} rummer noget, som {standing.participation.home} ikke må se. {who}")


def _called(copy: PlanCopy, standing: Standing, carrier: Reader, basis: Basis) -> str:
    """Whom a copy is for, in words that whoever asks for it may have: its page is a refusal, and names somebody all the same."""
    person = person_of(copy)
    knows = person is None or standing.is_tovholder or may_know_of(carrier, person, basis)
    return copy.recipient_label if knows else "en i familien"


def wrote_at(standing: Standing, meeting_id: UUID) -> UUID | None:
    """The meeting, when this participant was its referent: what they wrote down there they know from there (P6)."""
    role = MeetingRole.objects.filter(
        meeting=meeting_id, role=RoleKind.REFERENT, participation=standing.participation
    ).exists()
    return meeting_id if role else None


def may_carry(
    copy: PlanCopy,
    items: Iterable[PlanItem],
    standing: Standing,
    wrote: UUID | None,
    basis: Basis,
    topics: Topics,
    carrier: Reader | None = None,
) -> bool:
    """May this participant bring a copy with these items (`with_sources`) to somebody else (P6)?

    By consent; and for the referent (`wrote`, from `wrote_at`) also by having been present where it was written, as if
    the version were still the draft. So a no stops the referent too (C5). The board's words in it they may have as they
    may on that board, and the notes of who came and what is corrected by what they tell. Whoever the front page names must
    be known to them as well: the tovholder knows everybody, the referent those who sat at the table. What an external is
    called is nobody's by having been there.
    """
    reader, held, found = carrier or reader_of_standing(standing), held_in(copy, items, basis, topics), beside(copy)
    told = [
        facts
        for text in found.sentences
        if (whole := facts_of_text(basis, text, topics))
        for facts in on_each_topic(whole, text, topics)
    ]
    by_function = {one.pk for label in found.functions for one in mentioned(guarded_in(basis), label)}
    at_the_table = {UUID(one["id"]) for one in front.of(copy.version)["family_present"]} if wrote else set()
    here = [replace(facts, meeting_of_board=facts.meeting_of_board or wrote) for facts in [*held.facts, *told]]
    return all(may_see(reader, facts, basis) for facts in here) and (
        standing.is_tovholder
        or (
            all(one in at_the_table or may_know_of(reader, one, basis) for one in held.names | by_function)
            and all(map(Labels([reader], basis, topics=topics).may_have_name, found.called))
        )
    )


def demand_journals(standing: Standing, entry: JournalEntry) -> None:
    """A line of the ledger is its department's own: to tick, and to take back (P7). Raises `Refused`."""
    if standing.participation.department_id != entry.department_id:
        raise Refused(f"Det kan kun {entry.department.name}, som journaliserer i {entry.system.name}.")


def may_follow_up(standing: Standing, agreement: PlanItem) -> bool:
    """Whoever is responsible, or the tovholder (F6)."""
    return standing.is_tovholder or (
        agreement.responsible is not None and agreement.responsible.user_id == standing.participation.user_id
    )


def reader_of_standing(standing: Standing) -> Reader:
    return reader_of(standing.participation)
