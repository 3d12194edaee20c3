"""The forløb page: where are we, what is next, who, what was agreed. Everything passes the sharing check first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases import collaboration
from cases.access import Standing
from cases.ages import ages
from cases.models import DepartmentCase, Forloeb, ForloebState, Participation, ParticipationRole, Person
from cases.readiness import Missing
from cases.reading import shows_contact
from consent import department_cases, readiness
from consent.basis import load_basis
from consent.labels import Labels
from consent.marking import Topics, topics_from, topics_together
from consent.models import together
from consent.next_step import Ground
from consent.recipients import Recipient, in_order, is_asked
from consent.sharing import Basis, Cell, Reader, share
from consent.unmarked import may_read, names_only_known
from desk import next_step
from desk.family import FamilyList, family_of
from desk.track import sentence, track
from meetings.models import Meeting, MeetingRole, MeetingState, RoleKind
from organisation.models import in_danish
from plans.access import may_follow_up
from plans.models import FollowUp, FollowUpState, ItemKind, PlanItem, PlanVersion
from plans.tree import who_has
from web.danish import danish_key, danish_sorted, listed

EVENTS_SHOWN = 8
# What somebody of the family did or is, told without a name: the system a plan is journalised in tells of a case there.
# That the last consent is gone stops everybody, and stays.
ABOUT_THE_FAMILY = (
    "consent.declared",
    "consent.signed",
    "consent.evidence",
    "consent.leaflet",
    "consent.withdrawn",
    "consent.withdrawal_told",
    "paper.clues_confirmed",
    "plan.filed_more",
    "plan.journalised",
    "plan.journal_taken_back",
    "plan.names_confirmed",
)


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement with the state and the moment of its newest follow-up ("" and None without)."""

    item: PlanItem
    who: str
    is_mine: bool
    done: bool
    state: str
    told_at: datetime | None
    overdue: bool
    may_follow: bool

    @property
    def note(self) -> str:
        return "Delvist udført" if self.state == FollowUpState.PARTLY else ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One person's line of a version in one record system: the department has a case with the person."""

    person: UUID
    department: UUID
    home: str
    name: str
    system: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One thing to know before speaking: a person, and the recipients of whom the same holds, when it is not a yes.

    whole: it holds for every topic."""

    state: Cell | None
    person: Person
    recipients: list[str]
    whole: bool

    @property
    def names(self) -> str:
        return listed(self.recipients)


def load(pk: UUID) -> Forloeb:
    """The forløb with its family, when it was asked for, and the topics in use: what `build` takes."""
    rows = Forloeb.objects.select_related("family").annotate(
        asked_at=F("henvendelse__sent_at"),
        topics_in_use=topics_together(),
    )
    return rows.get(pk=pk)


def build(forloeb: Any, standing: Standing, *, whole_history: bool = False) -> dict[str, Any]:
    """The page's context for one participant. In: the forløb from `load`, and the reader's standing."""
    events, more_events = _events(forloeb, whole=whole_history, keeps_all=standing.is_tovholder)
    today = timezone.localdate()
    basis = load_basis(forloeb, today)
    # No presence: it opens what was said on a board (C5); a finished plan and names are not that.
    reader = Reader(standing.recipient)
    in_use = topics_from(forloeb.topics_in_use)
    labels = Labels([reader], basis, keeps_all=standing.is_tovholder, topics=in_use)
    participants = labels.told(_participants(forloeb, reader, basis, keeps_all=standing.is_tovholder))
    ours = _with_a_case_at(standing, participants)
    contact = {row.person_id for row in basis.family if shows_contact(standing, row.person_id in ours)}
    family = family_of(reader, basis, keeps_all=standing.is_tovholder, contact=contact)
    rows = Meeting.objects.filter(forloeb=forloeb).exclude(state=MeetingState.CANCELLED)
    meetings = list(rows.with_role_names().in_order())
    versions, journal = _versions(forloeb, standing)
    finished = [version for version in versions if not version.is_draft]
    items = share(_items(finished[0]) if finished else [], reader, basis)
    agreements = [
        _line(item, today, who_has(item, labels), standing, is_ended=forloeb.is_ended)
        for item in items.visible
        if item.kind == ItemKind.AGREEMENT and item.is_open
    ]
    agreements.sort(key=lambda line: line.item.due_on or date.max)
    open_lines = [line for line in agreements if not line.done]
    overdue = sum(line.overdue for line in open_lines)
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    topics = {key: topic.pk for key, topic in in_use.items()}
    consents = _to_know(family, participants, basis, list(topics.values())) if standing.is_tovholder else []
    missing = _missing(forloeb, basis, participants)
    facts = next_step.Facts(
        forloeb=forloeb,
        standing=standing,
        meetings=meetings,
        versions=versions,
        late=[next_step.Late(line.who, line.is_mine, _follow_up_url(line)) for line in open_lines if line.overdue],
        consents=_ground(forloeb, basis, participants, topics.values(), missing),
        stopped=next(
            (
                one
                for one in participants
                if one.role == ParticipationRole.TOVHOLDER and one.has_stopped  # type: ignore[attr-defined]
            ),
            None,
        ),
    )
    known = {line.person.pk for line in family.lines}

    def tells(line: JournalLine) -> bool:
        """Only persons the reader knows of, and only that they have a case there when the reader may know that (C5)."""
        case = (line.person, line.department, line.home, basis, topics)
        return standing.is_tovholder or (line.person in known and department_cases.may_know_case(reader, *case))

    goals = _goals(items.visible)
    return {
        "forloeb": forloeb,
        "model": collaboration.model_for(forloeb),
        "is_tovholder": standing.is_tovholder,
        "standing": standing,
        "surnames": _surnames(family),
        "goal": goals[0][0].text if goals else "",
        "need": "" if finished else _need(forloeb, reader, basis),
        "ended_because": _ended_because(forloeb, reader, basis, in_use) if standing.is_tovholder else "",
        "where": sentence(forloeb, meetings),
        "stops": track(forloeb, meetings, forloeb.asked_at, overdue),
        "step": next_step.next_step(facts),
        "next_meeting": planned[0] if planned else None,
        "held_meetings": [one for one in reversed(meetings) if one.state == MeetingState.HELD],
        "next_meeting_roles": _roles(planned[0]) if planned else "",
        "open_agreements": open_lines,
        "done_agreements": [line for line in agreements if line.done],
        "overdue": overdue,
        "goals": goals,
        "left_out": items.left_out,
        "consents": consents,
        "missing": missing if standing.is_tovholder else [],
        "versions": [(version, *_journal(filter(tells, journal[version.pk]))) for version in versions],
        "family": family,
        "departments": _by_home(participants),
        "events": events,
        "more_events": more_events,
        "today": today,
    }


def _participants(forloeb: Forloeb, reader: Reader, basis: Basis, *, keeps_all: bool) -> list[Participation]:
    """Who takes part, each with the function as the reader may read it (»klasselærer for Ida« names Ida), and the keys of
    those with a case in the department: fetched along, for the page is fifteen statements at most."""
    cases = DepartmentCase.objects.filter(
        department=OuterRef("department"), to_date__isnull=True, person__in_forloeb__forloeb=OuterRef("forloeb")
    )
    rows: list[Any] = list(
        Participation.objects.open()
        .filter(forloeb=forloeb)
        .select_related("user", "department", "external")
        .annotate(
            case_keys=together(cases, "person"),
            has_stopped=Exists(Participation.objects.of_stopped().filter(pk=OuterRef("pk"))),
        )
        .order_by(in_danish("department__name"), in_danish("external__name"), in_danish("user__name"))
    )
    for one in rows:
        one.told_title = one.title if keeps_all or names_only_known(reader, one.title, basis) else ""
    return rows


def _with_a_case_at(standing: Standing, participants: Iterable[Any]) -> set[UUID]:
    """Those of the family who have an open case in the reader's own department."""
    keys = next((one.case_keys for one in participants if one.pk == standing.participation.pk), None)
    return {UUID(key) for key in (keys or "").split(",") if key}


def _missing(forloeb: Forloeb, basis: Basis, participants: Collection[Participation]) -> list[Missing]:
    """F1, F4: what is there and what is missing, until the forløb is active."""
    return readiness.missing(forloeb, basis, participants) if forloeb.state == ForloebState.CONSENT else []


def _ground(
    forloeb: Forloeb,
    basis: Basis,
    participants: Iterable[Participation],
    topics: Iterable[UUID],
    missing: Sequence[Missing],
) -> Ground:
    """What the consents' own next step rests on, from what the page has read. A query only for a custody holder who is
    not of the family."""
    recipients = {one.recipient: Recipient(one.recipient, one.home) for one in participants}
    unknown = set().union(*basis.custody.values()) - {row.person_id for row in basis.everybody}
    others = list(Person.objects.filter(pk__in=unknown)) if unknown else []
    return Ground(forloeb, basis, in_order(recipients.values()), list(topics), missing, others)


def _events(forloeb: Forloeb, *, whole: bool, keeps_all: bool) -> tuple[list[Event], bool]:
    """The newest events (or all), the same thing said twice on a day only once, and whether there are more.

    The roles of a meeting stand on its page. That and when somebody answered, took back or is protected, and where somebody
    has a case, is told to the tovholder only: the others get what may be shared, never why not (C5, C6)."""
    kept = Event.objects.filter(forloeb_id=forloeb.pk).exclude(kind="meeting.role")
    if not keeps_all:
        kept = kept.exclude(kind__in=ABOUT_THE_FAMILY)
    newest = kept.select_related("by").order_by("-at", "-pk")
    read = list(newest if whole else newest[: EVENTS_SHOWN * 3 + 1])
    once = {(timezone.localdate(event.at), event.text): event for event in reversed(read)}
    told = sorted(once.values(), key=lambda event: event.at, reverse=True)
    if whole:
        return told, False
    return told[:EVENTS_SHOWN], len(told) > EVENTS_SHOWN or len(read) > EVENTS_SHOWN * 3


def _versions(forloeb: Forloeb, standing: Standing) -> tuple[list[PlanVersion], dict[UUID, list[JournalLine]]]:
    """The versions, newest first, each with `is_mine` when this participant writes it; and by version its lines to
    journalise: one query."""
    referents = MeetingRole.objects.filter(role=RoleKind.REFERENT, participation=standing.participation)
    rows: Any = (
        PlanVersion.objects.filter(plan__forloeb=forloeb)
        .select_related("meeting")
        .annotate(
            line=F("journal"),
            line_person=F("journal__person"),
            line_department=F("journal__department"),
            line_home=F("journal__department__name"),
            line_name=F("journal__person__first_name"),
            line_system=F("journal__system__name"),
            line_done=F("journal__journalised_on"),
            is_mine=Value(True) if standing.is_tovholder else Exists(referents.filter(meeting=OuterRef("meeting"))),
        )
        .order_by("-number")
    )
    versions: dict[UUID, PlanVersion] = {}
    lines: dict[UUID, list[JournalLine]] = {}
    for row in rows:
        versions.setdefault(row.pk, row)
        lines.setdefault(row.pk, [])
        if row.line:
            where = (row.line_person, row.line_department, row.line_home)
            lines[row.pk].append(JournalLine(*where, row.line_name, row.line_system, bool(row.line_done)))
    return list(versions.values()), lines


def _items(version: PlanVersion) -> Sequence[PlanItem]:
    """Each with the state and the day of its newest follow-up."""
    newest = FollowUp.objects.filter(agreement=OuterRef("pk")).order_by("-at")
    told = {"told_state": Subquery(newest.values("state")[:1]), "told_at": Subquery(newest.values("at")[:1])}
    return list(PlanItem.objects.filter(version=version).for_sharing().with_mark_ids().annotate(**told))


def _line(item: Any, today: date, who: str, standing: Standing, *, is_ended: bool) -> AgreementLine:
    done = item.told_state == FollowUpState.DONE
    late = not done and item.due_on is not None and item.due_on < today
    is_mine = item.responsible_id == standing.participation.pk
    may = not is_ended and may_follow_up(standing, item)
    return AgreementLine(item, who, is_mine, done, item.told_state or "", item.told_at, overdue=late, may_follow=may)


def _follow_up_url(line: AgreementLine) -> str:
    return reverse("plans:follow_up", args=[line.item.pk])


def _need(forloeb: Forloeb, reader: Reader, basis: Basis) -> str:
    """What is to be coordinated (F2), in the words of the start, for whoever may have what it tells (C5)."""
    may = may_read(reader, forloeb.need, basis, contributed_by=forloeb.need_by)
    return forloeb.need if may else ""


def _ended_because(forloeb: Forloeb, reader: Reader, basis: Basis, in_use: Topics) -> str:
    """Why it was ended or opened again (F7), for a tovholder who may have what that tells: another may have written it (C5)."""
    may = may_read(reader, forloeb.end_text, basis, topics=in_use)
    return forloeb.end_text if may else ""


def _goals(items: Sequence[PlanItem]) -> list[tuple[PlanItem, list[PlanItem]]]:
    """Open goals with what stands directly or further under them, agreements apart (they have their own list)."""
    goals = [(item, list[PlanItem]()) for item in items if item.kind == ItemKind.GOAL and item.is_open]
    home = {goal.pk: below for goal, below in goals}
    for item in items:
        if item.kind in (ItemKind.SUB_GOAL, ItemKind.EFFORT) and item.is_open and item.parent_id in home:
            home[item.parent_id].append(item)
            home[item.pk] = home[item.parent_id]
    return goals


def _roles(meeting: Any) -> str:
    """»Mødeleder: Mette Lindskov. Referent og tavle er ikke valgt.«"""
    names = {kind: getattr(meeting, f"{kind.value}_name") for kind in RoleKind}
    filled = {kind: name for kind, name in names.items() if name}
    said = [f"{kind.label.capitalize()}: {filled[kind]}." for kind in RoleKind if kind in filled]
    empty = [kind.label for kind in RoleKind if kind not in filled]
    if empty:
        said.append(f"{listed(empty).capitalize()} er ikke valgt.")
    return " ".join(said)


def _to_know(
    family: FamilyList, participants: Sequence[Participation], basis: Basis, topics: Sequence[UUID]
) -> list[ConsentLine]:
    """Consents to know before speaking: per person what is not a yes, and to whom; the silent yes is left out."""
    # Two colleagues of one department are one recipient.
    recipients = list({one.recipient: Recipient(one.recipient, one.home) for one in participants}.values())
    adults = (line.person for line in family.lines if _is_adult(line, basis))
    recipients += [Recipient(f"p:{person.pk}", person.first_name) for person in adults]
    asked = {(person, recipient) for person, recipient, _ in basis.cells}
    found: dict[tuple[Cell | None, Person, bool], list[str]] = {}
    for member in family.lines:
        about = member.person
        for recipient in recipients:
            # An adult of the family is only a matter when somebody has been asked about them. A withdrawal of everything
            # asks nobody.
            is_matter = is_asked(recipient, about.pk, basis) and (about.pk, recipient.key) in asked
            if recipient.is_adult and not is_matter:
                continue
            states = [basis.cell(about.pk, recipient.key, topic) for topic in topics]
            if not any(states):
                found.setdefault((None, about, True), []).append(recipient.name)
            for state in (Cell.WITHDRAWN, Cell.EXPIRED, Cell.UNSIGNED, Cell.NO):
                if count := states.count(state):
                    found.setdefault((state, about, count == len(topics)), []).append(recipient.name)
    order = [Cell.WITHDRAWN, Cell.EXPIRED, Cell.UNSIGNED, Cell.NO, None]
    lines = [ConsentLine(state, person, homes, whole) for (state, person, whole), homes in found.items()]
    return sorted(lines, key=lambda line: order.index(line.state))


def _is_adult(line: Any, basis: Basis) -> bool:
    age = basis.ages.get(line.person.pk)
    return age is None or age >= ages().adult


def _journal(lines: Iterable[JournalLine]) -> tuple[str, str, bool]:
    """»DUBU for Anton og Ida«, »Fasit (KUI) for Sofie«, and whether something is missing."""
    told = list(lines)
    homes: dict[str, set[str]] = {}
    for line in told:
        homes.setdefault(line.system, set()).add(line.home)
    done: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for line in told:
        # Two departments may write in the same system: »DUBU« alone would be both there and missing.
        where = line.system if len(homes[line.system]) == 1 else f"{line.system} ({line.home})"
        (done if line.is_done else missing).setdefault(where, []).append(line.name)
    return _systems(done), _systems(missing), bool(missing)


def _systems(lines: dict[str, list[str]]) -> str:
    ordered = sorted(lines.items(), key=lambda line: danish_key(line[0]))
    return ", ".join(f"{system} for {listed(danish_sorted(set(names)))}" for system, names in ordered)


def _by_home(participants: Sequence[Participation]) -> list[tuple[str, list[Participation]]]:
    homes: dict[str, list[Participation]] = {}
    for participation in participants:
        homes.setdefault(participation.home, []).append(participation)
    return list(homes.items())


def _surnames(family: FamilyList) -> str:
    return listed(dict.fromkeys(line.person.last_name for line in family.lines if line.person.last_name))
