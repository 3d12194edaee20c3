"""The meeting page as one employee may see it: where are we, what is next, who comes, what is on the agenda."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cases import collaboration
from cases.access import Standing
from consent.basis import load_basis
from consent.labels import Labels
from consent.marking import topics_in_use
from consent.sharing import Basis, Reader
from consent.unmarked import may_hear, may_read
from meetings.access import may_frame, may_mend, may_work, roles_of
from meetings.actions.planning import who_can
from meetings.agenda import agenda_for, interpreter_for
from meetings.board import Member, known_members, members_in, reader_here
from meetings.models import Attendance, Meeting, MeetingState, Presence, RoleKind, SmileyRating
from meetings.readiness import Check, checklist, management_missed

FACES = {1: "Slet ikke godt", 2: "Ikke så godt", 3: "Midt imellem", 4: "Godt", 5: "Rigtig godt"}
WORDS_LEFT_OUT = "Ordene er udeladt: samtykke mangler"


@dataclass(frozen=True, slots=True)
class NextAct:
    """post: each of the two that is done by its press, and not a page to go to."""

    text: str
    why: str = ""
    label: str = ""
    url: str = ""
    second_label: str = ""
    second_url: str = ""
    post: bool = False
    second_post: bool = False


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role with what it is to do, who has it and who could."""

    key: str
    label: str
    task: str
    holder: Any = None
    able: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Came:
    """One invited with the four taps of attendance."""

    attendance: Attendance
    name: str
    home: str

    @property
    def taps(self) -> list[tuple[str, str, bool]]:
        return [(key, word, self.attendance.presence == key) for key, word in TAPS]


@dataclass(frozen=True, slots=True)
class SmileyLine:
    """Who has answered; what, only when the person agreed and the reader is the tovholder (M9).

    words: only when the tovholder may have what they tell of whoever said them and whom they name (C5).
    """

    person: Any
    answered: bool
    face: int = 0
    word: str = ""
    words: str = ""


TAPS = (
    (Presence.PRESENT, "Til stede"),
    (Presence.PARTLY, "Noget af tiden"),
    (Presence.ABSENT_NOTIFIED, "Meldt afbud"),
    (Presence.ABSENT, "Udeblevet"),
)
# What each role does, when the forløb's model does not say it.
TASKS = {
    RoleKind.MOEDELEDER: "Leder mødet og sørger for, at alle bliver hørt.",
    RoleKind.REFERENT: "Skriver Én Plan efter mødet.",
    RoleKind.TAVLE: "Skriver på tavlen. Skal komme fra en myndighedsafdeling.",
}


def page_of(meeting: Meeting, standing: Standing) -> dict[str, Any]:
    """The context of the meeting page: only what this employee may have (C5), with counts of the rest (C6)."""
    basis = load_basis(meeting.forloeb)
    reader = reader_here(standing)
    everybody = members_in(basis)
    members = known_members(everybody, reader, basis, keeps_all=standing.is_tovholder)
    known = {one.person.pk: one for one in members}
    rows = list(Attendance.objects.filter(meeting=meeting).for_list())
    labels = Labels([reader], basis, keeps_all=standing.is_tovholder)
    labels.told(row.participation for row in rows if row.participation)
    invited = [row for row in rows if row.participation or row.person_id in known]
    roles = roles_of(standing, meeting)
    agenda = agenda_for(meeting, reader, basis, {one.person.pk: one for one in everybody}, labels=labels)
    is_held, is_planned = meeting.state == MeetingState.HELD, meeting.state == MeetingState.PLANNED
    checks = checklist(meeting, rows, basis, tells_names=standing.is_tovholder) if is_planned else []
    came = [row for row in rows if row.presence in (Presence.PRESENT, Presence.PARTLY)]
    following = Meeting.objects.next_meeting(meeting.forloeb) if is_held else None
    asks = meeting.has_begun and meeting.state != MeetingState.CANCELLED
    smileys = _smileys(meeting, invited, standing, basis) if asks else []
    version = meeting.plan_versions.order_by("-number").first()
    may_open = may_work(standing, roles) and not meeting.forloeb.is_ended
    return {
        "meeting": meeting,
        "forloeb": meeting.forloeb,
        "standing": standing,
        "own_slug": standing.recipient.replace(":", "-", 1),
        "is_tovholder": standing.is_tovholder,
        "is_open": not meeting.forloeb.is_ended,
        "may_frame": may_frame(standing, roles) and is_planned and not meeting.forloeb.is_ended,
        "may_work": may_open,
        "may_register": may_open and (not is_held or may_mend(standing, roles)),
        "is_planned": is_planned,
        "is_held": is_held,
        "has_begun": meeting.has_begun,
        "roles": _roles(meeting) if is_planned else _roles(meeting, ask=False),
        "family": [_came(row, known) for row in invited if row.person_id],
        "staff": [_came(row, known) for row in invited if row.participation_id],
        "hidden_people": len(rows) - len(invited),
        "is_invited": any(row.participation_id == standing.participation.pk for row in rows),
        "not_invited": _not_invited(meeting, rows, members) if standing.is_tovholder and is_planned else [],
        "agenda": agenda,
        "purpose": purpose_for(meeting, reader, basis),
        "interpreter": interpreter_for(meeting, [] if standing.is_tovholder else [reader], basis),
        "checks": checks,
        "missed": management_missed(came) if is_held else [],
        "waiting": sum(row.presence == Presence.INVITED for row in rows) if is_held and may_open else 0,
        "following": following,
        "stands_alone": is_held and following is None and not meeting.forloeb.is_ended,
        "smileys": smileys,
        "asked_smileys": any(line.answered for line in smileys),
        "version": version,
        "act": _next_act(
            meeting, standing, may_open, checks, following, version, _why_cancelled(meeting, reader, basis)
        ),
        "members": members,
        "raisers": raisers(meeting, members, labels),
    }


def knows_invited(standing: Standing, row: Attendance, meeting: Meeting) -> bool:
    """Does the invitation stand on this employee's page of the meeting? Of the family, only whom they may know of (C5)."""
    if row.person_id is None:
        return True
    basis, reader = load_basis(meeting.forloeb), reader_here(standing)
    known = known_members(members_in(basis), reader, basis, keeps_all=standing.is_tovholder)
    return row.person_id in {one.person.pk for one in known}


def raisers(meeting: Meeting, members: Iterable[Member], labels: Labels) -> dict[str, tuple[str, dict[str, Any]]]:
    """Who may have raised a point: key → (label, what the action takes). The family first."""
    chosen: dict[str, tuple[str, dict[str, Any]]] = {
        f"p{one.person.pk}": (one.label, {"raised_by_person": one.person}) for one in members
    }
    staff = (
        meeting.forloeb.participations.open()
        .select_related("user", "department", "external")
        .order_by("from_date", "pk")
    )
    return chosen | {f"d{one.pk}": (f"{one.name}, {one.home}", {"raised_by": one}) for one in labels.told(staff)}


def _came(row: Attendance, known: dict[Any, Member]) -> Came:
    if row.person is None:
        return Came(row, row.participation.name, row.participation.home)  # type: ignore[union-attr]
    return Came(row, row.person.name, known[row.person.pk].relation)


def _roles(meeting: Meeting, *, ask: bool = True) -> list[RoleLine]:
    held = {
        role.role: role.participation
        for role in meeting.roles.select_related("participation__user", "participation__department")
    }
    model = collaboration.model_for(meeting.forloeb)
    return [
        RoleLine(
            str(kind),
            str(RoleKind(kind).label),
            model.task(kind) or TASKS[RoleKind(kind)],
            held.get(kind),
            who_can(meeting, kind) if ask else [],
        )
        for kind in RoleKind.values
    ]


def purpose_for(meeting: Meeting, reader: Reader, basis: Basis) -> str:
    """The purpose, for whoever may have what it tells; "" to others (C5). It has no marks of its own."""
    may = may_read(reader, meeting.purpose, basis, contributed_by=meeting.purpose_by)
    return meeting.purpose if may else ""


def _why_cancelled(meeting: Meeting, reader: Reader, basis: Basis) -> str:
    may = may_read(reader, meeting.cancelled_reason, basis, contributed_by=meeting.cancelled_by)
    return f"Aflyst: {meeting.cancelled_reason}" if may else "Mødet er aflyst."


def _not_invited(meeting: Meeting, rows: list[Attendance], members: list[Member]) -> list[tuple[str, str]]:
    there = {row.participation_id or row.person_id for row in rows}
    people = [(f"p{one.person.pk}", one.label) for one in members if one.person.pk not in there]
    staff = meeting.forloeb.participations.open().select_related("user", "department", "external")
    return people + [(f"d{one.pk}", f"{one.name}, {one.home}") for one in staff if one.pk not in there]


def _smileys(meeting: Meeting, invited: list[Attendance], standing: Standing, basis: Basis) -> list[SmileyLine]:
    answers = {row.person_id: row for row in SmileyRating.objects.filter(meeting=meeting)}
    present = (Presence.PRESENT, Presence.PARTLY)
    told = standing.is_tovholder and any(answer.words and answer.may_be_named for answer in answers.values())
    reader, topics = reader_here(standing), topics_in_use() if told else {}
    lines = []
    for row in invited:
        if not row.person_id or row.presence not in present:
            continue
        answer = answers.get(row.person_id)
        if answer is not None and answer.may_be_named and standing.is_tovholder:
            may = not answer.words or may_hear(reader, answer.words, basis, row.person_id, topics)
            word = FACES[answer.value] if may else f"{FACES[answer.value]}. {WORDS_LEFT_OUT}"
            lines.append(SmileyLine(row.person, True, answer.value, word, answer.words if may else ""))
        else:
            lines.append(SmileyLine(row.person, answer is not None))
    return lines


def _plan_url(meeting: Meeting, version: Any) -> str:
    if version is None:
        return address("plans:start", meeting.pk)
    return address("plans:edit" if version.is_draft else "plans:page", version.pk)


def _next_act(
    meeting: Meeting,
    standing: Standing,
    may_open: bool,
    checks: list[Check],
    following: Meeting | None,
    version: Any,
    why_cancelled: str,
) -> NextAct:
    if meeting.state == MeetingState.CANCELLED:
        url = address("meetings:new", meeting.forloeb_id) if standing.is_tovholder else ""
        return NextAct("Planlæg et nyt møde", why_cancelled, "Planlæg et møde", url)
    if meeting.state == MeetingState.HELD:
        return _after(meeting, standing, following, version)
    if meeting.has_begun:
        if may_open and meeting.ends_at < timezone.now():
            return NextAct(
                "Afslut mødet",
                "Registrér, hvem der var med, og skriv, at mødet er holdt. Så kan I skrive Én Plan.",
                "Afslut mødet",
                "#holdt",
                "Skriv på tavlen",
                address("meetings:board", meeting.pk),
            )
        if may_open:
            return NextAct(
                "Hold mødet",
                "Registrér, hvem der kom, og skriv på tavlen, mens I taler.",
                "Skriv på tavlen",
                address("meetings:board", meeting.pk),
            )
        return NextAct("Mødet er i dag", "Se tavlen på væggen.", "Vis tavlen", address("meetings:wall", meeting.pk))
    missing = next((check for check in checks if not check.done and not check.is_warning), None)
    if missing is None:
        return NextAct("Alt er klar til formødet", "Print dagsordenen, eller vis den på skærmen.")
    url = missing.url_name if missing.url_name.startswith("#") else _check_url(missing, meeting)
    return NextAct(f"Gør mødet klar: {missing.text}", missing.hint, missing.act, url)


def _check_url(check: Check, meeting: Meeting) -> str:
    return {
        "consent:matrix": address("consent:matrix", meeting.forloeb_id),
        "consent:guidance": address("consent:guidance"),
        "meetings:change": address("meetings:change", meeting.pk),
    }.get(check.url_name, "")


def _after(meeting: Meeting, standing: Standing, following: Meeting | None, version: Any) -> NextAct:
    """One act for each: the referent writes the plan (M3), the tovholder books the next meeting and can step in."""
    book = address("meetings:new", meeting.forloeb_id) if standing.is_tovholder else ""
    stands_alone = following is None and not meeting.forloeb.is_ended
    if version is None or version.is_draft:
        label, url = "Skriv videre" if version else "Skriv Én Plan", _plan_url(meeting, version)
        begins = version is None  # nothing to answer first: one press begins the draft and opens it
        referent = meeting.roles.filter(role=RoleKind.REFERENT).select_related("participation__user").first()
        is_referent = referent is not None and referent.participation == standing.participation
        if version is not None and version.corrects_id:
            why = "Den forrige udgave gælder, til rettelsen er færdig."
            if is_referent or standing.is_tovholder:
                return NextAct("Gør rettelsen færdig", why, "Skriv videre", url)
            return NextAct("Planen bliver rettet", why, "Se Én Plan", address("plans:page", version.corrects_id))
        if is_referent:
            return NextAct("Skriv Én Plan", "Alle venter på at se, hvad I aftalte.", label, url, post=begins)
        writes = f"{referent.participation.name} skriver Én Plan." if referent else "Mødet havde ingen referent."
        own = "Skriv den selv" if referent else label
        if standing.is_tovholder and referent is None:
            return NextAct("Skriv Én Plan", f"{writes} Så kan tovholderen gøre det.", label, url, post=begins)
        if standing.is_tovholder and stands_alone:
            why = f"Et møde står aldrig alene. {writes}"
            return NextAct("Aftal det næste møde", why, "Planlæg næste møde", book, own, url, second_post=begins)
        if standing.is_tovholder:
            return NextAct("Vent på Én Plan", writes, second_label=own, second_url=url, second_post=begins)
        return NextAct("Vent på Én Plan", writes)
    if stands_alone:
        return NextAct("Aftal det næste møde", "Et møde står aldrig alene.", "Planlæg næste møde", book)
    return NextAct("Planen er skrevet", "Se, hvem der skal have den.", "Se Én Plan", _plan_url(meeting, version))


def address(name: str, *args: Any) -> str:
    """The address of a route of a floor above, or nothing while it does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
