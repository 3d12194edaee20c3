"""The forløb page: where are we, what is next, who, what was agreed. Everything passes the sharing check first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from audit.models import Event
from cases.access import Standing
from cases.models import Forloeb, ForloebState, Participation
from cases.readiness import Missing
from consent import readiness
from consent.marking import mentioned, people_of
from consent.models import Topic
from consent.sharing import Basis, Cell, load_basis, share
from desk import next_step
from desk.family import FamilyList, family_of
from desk.track import sentence, track
from meetings.models import Meeting, MeetingRole, MeetingState, RoleKind
from meetings.readers import reader_of
from organisation.models import in_danish
from plans.models import FollowUp, FollowUpState, ItemKind, JournalEntry, PlanItem, PlanVersion

EVENTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement with its newest follow-up."""

    item: PlanItem
    done: bool
    follow_up: FollowUp | None
    overdue: bool

    @property
    def note(self) -> str:
        return "Delvist udført" if self.follow_up and self.follow_up.state == FollowUpState.PARTLY else ""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One thing to know before speaking: a person, and the recipients of whom the same holds, when it is not a yes."""

    state: Cell | None
    person: str
    recipients: list[str]
    whole: bool

    @property
    def names(self) -> str:
        *first, last = self.recipients
        return f"{', '.join(first)} og {last}" if first else last


def build(forloeb: Forloeb, standing: Standing) -> dict[str, Any]:
    """The page's context for one participant. In: the forløb with its family, and the reader's standing."""
    today = timezone.localdate()
    basis = load_basis(forloeb, today)
    reader = reader_of(standing.participation)
    family = family_of(forloeb, reader, basis, keeps_all=standing.is_tovholder)
    meetings = list(Meeting.objects.filter(forloeb=forloeb).exclude(state=MeetingState.CANCELLED).in_order())
    participants = list(
        Participation.objects.open()
        .filter(forloeb=forloeb)
        .select_related("user", "department", "external")
        .order_by(in_danish("department__name"), in_danish("external__name"), in_danish("user__name"))
    )
    versions = list(
        PlanVersion.objects.filter(plan__forloeb=forloeb)
        .select_related("meeting")
        .prefetch_related(Prefetch("journal", JournalEntry.objects.select_related("person", "system")))
        .order_by("-number")
    )
    finished = [version for version in versions if not version.is_draft]
    items = share(_items(finished[0]) if finished else [], reader, basis)
    agreements = [_line(item, today) for item in items.visible if item.kind == ItemKind.AGREEMENT and item.is_open]
    agreements.sort(key=lambda line: line.item.due_on or date.max)
    open_lines = [line for line in agreements if not line.done]
    overdue = sum(line.overdue for line in open_lines)
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    henvendelse = getattr(forloeb, "henvendelse", None)
    topics = list(Topic.objects.filter(is_active=True).values_list("pk", flat=True)) if standing.is_tovholder else []
    consents = _to_know(family, participants, basis, topics) if standing.is_tovholder else []
    facts = next_step.Facts(
        forloeb=forloeb,
        standing=standing,
        meetings=meetings,
        versions=versions,
        overdue=overdue,
        not_asked=[(line.person, line.recipients[0]) for line in consents if line.whole and line.state is not Cell.NO],
    )
    known = {line.person.pk for line in family.lines}
    goals = _goals(items.visible)
    return {
        "forloeb": forloeb,
        "is_tovholder": standing.is_tovholder,
        "standing": standing,
        "surnames": _surnames(family),
        "goal": _goal(forloeb, known, keeps_all=standing.is_tovholder) or (goals[0][0].text if goals else ""),
        "where": sentence(forloeb, meetings),
        "stops": track(forloeb, meetings, henvendelse.sent_at if henvendelse else None, overdue),
        "step": next_step.next_step(facts),
        "next_meeting": planned[0] if planned else None,
        "next_meeting_roles": _roles(planned[0]) if planned else "",
        "open_agreements": open_lines,
        "done_agreements": [line for line in agreements if line.done],
        "overdue": overdue,
        "goals": goals,
        "left_out": items.left_out,
        "consents": consents,
        "missing": _missing(forloeb) if standing.is_tovholder else [],
        "versions": [(version, *_journal(version, known)) for version in versions],
        "family": family,
        "departments": _by_home(participants),
        "events": _events(forloeb),
        "today": today,
    }


def _missing(forloeb: Forloeb) -> list[Missing]:
    """F1, F4: what is there and what is missing, until the forløb is active."""
    return readiness.missing(forloeb) if forloeb.state == ForloebState.CONSENT else []


def _events(forloeb: Forloeb) -> list[Event]:
    """The newest events, the same thing said twice on a day only once. The roles of a meeting stand on its page."""
    kept = Event.objects.filter(forloeb_id=forloeb.pk).exclude(kind="meeting.role")
    newest = kept.select_related("by").order_by("-at", "-pk")[: EVENTS_SHOWN * 3]
    once = {(timezone.localdate(event.at), event.text): event for event in reversed(newest)}
    return sorted(once.values(), key=lambda event: event.at, reverse=True)[:EVENTS_SHOWN]


def _items(version: PlanVersion) -> Sequence[PlanItem]:
    follow_ups = Prefetch("follow_ups", FollowUp.objects.order_by("at"), to_attr="follow_up_list")
    return list(PlanItem.objects.filter(version=version).for_sharing().prefetch_related(follow_ups))


def _line(item: PlanItem, today: date) -> AgreementLine:
    newest = item.follow_up_list[-1] if item.follow_up_list else None  # type: ignore[attr-defined]
    done = newest is not None and newest.state == FollowUpState.DONE
    return AgreementLine(item, done, newest, overdue=not done and item.due_on is not None and item.due_on < today)


def _goal(forloeb: Forloeb, known: set[UUID], *, keeps_all: bool) -> str:
    """The family's goal in the words of the start, when it names only people whom the reader may know of (C5)."""
    if not known or not forloeb.goal or keeps_all:
        return forloeb.goal if known else ""
    named = {person.pk for person in mentioned(people_of(forloeb), forloeb.goal)}
    return forloeb.goal if named <= known else ""


def _goals(items: Sequence[PlanItem]) -> list[tuple[PlanItem, list[PlanItem]]]:
    """Open goals with what stands directly or further under them, agreements apart (they have their own list)."""
    goals = [(item, list[PlanItem]()) for item in items if item.kind == ItemKind.GOAL and item.is_open]
    home = {goal.pk: below for goal, below in goals}
    for item in items:
        if item.kind in (ItemKind.SUB_GOAL, ItemKind.EFFORT) and item.is_open and item.parent_id in home:
            home[item.parent_id].append(item)
            home[item.pk] = home[item.parent_id]
    return goals


def _roles(meeting: Meeting) -> str:
    """»Mødeleder: Mette Lindskov. Referent og tavle er ikke valgt.«"""
    filled = {
        role.role: role.participation.name
        for role in MeetingRole.objects.filter(meeting=meeting).select_related("participation__user")
    }
    said = [f"{kind.label.capitalize()}: {filled[kind]}." for kind in RoleKind if kind in filled]
    empty = [kind.label for kind in RoleKind if kind not in filled]
    if empty:
        words = " og ".join([", ".join(empty[:-1]), empty[-1]]) if len(empty) > 1 else empty[0]
        said.append(f"{words.capitalize()} er ikke valgt.")
    return " ".join(said)


def _to_know(
    family: FamilyList, participants: Sequence[Participation], basis: Basis, topics: Sequence[UUID]
) -> list[ConsentLine]:
    """Consents to know before speaking: per person what is not a yes, and to whom; the silent yes is left out."""
    recipients = {participation.recipient: participation.home for participation in participants}
    recipients |= {f"p:{line.person.pk}": line.person.first_name for line in family.lines if _is_adult(line, basis)}
    found: dict[tuple[Cell | None, str, bool], list[str]] = {}
    for member in family.lines:
        name = member.person.first_name
        for recipient, home in recipients.items():
            cells = [basis.cell(member.person.pk, recipient, topic) for topic in topics]
            states = [cell for cell in cells if cell is not None]
            # An adult of the family is only a matter when somebody has been asked about them.
            if not states and not recipient.startswith("p:"):
                found.setdefault((None, name, True), []).append(home)
            for state in (Cell.WITHDRAWN, Cell.EXPIRED, Cell.UNSIGNED, Cell.NO):
                if count := states.count(state):
                    found.setdefault((state, name, count == len(states)), []).append(home)
    order = [Cell.WITHDRAWN, Cell.EXPIRED, Cell.UNSIGNED, Cell.NO, None]
    lines = [ConsentLine(state, name, homes, whole) for (state, name, whole), homes in found.items()]
    return sorted(lines, key=lambda line: order.index(line.state))


def _is_adult(line: Any, basis: Basis) -> bool:
    age = basis.ages.get(line.person.pk)
    return age is None or age >= 18


def _journal(version: PlanVersion, known: set[Any]) -> tuple[str, str, bool]:
    """»DUBU for Anton og Ida«, »Fasit for Sofie«, and whether something is missing; only persons the reader knows of."""
    done: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for entry in version.journal.all():
        if entry.person_id in known:
            (done if entry.journalised_on else missing).setdefault(entry.system.name, []).append(
                entry.person.first_name
            )
    return _systems(done), _systems(missing), bool(missing)


def _systems(lines: dict[str, list[str]]) -> str:
    parts = []
    for system, names in sorted(lines.items()):
        *first, last = sorted(set(names))
        parts.append(f"{system} for {', '.join(first)} og {last}" if first else f"{system} for {last}")
    return ", ".join(parts)


def _by_home(participants: Sequence[Participation]) -> list[tuple[str, list[Participation]]]:
    homes: dict[str, list[Participation]] = {}
    for participation in participants:
        homes.setdefault(participation.home, []).append(participation)
    return list(homes.items())


def _surnames(family: FamilyList) -> str:
    names = list(dict.fromkeys(line.person.last_name for line in family.lines if line.person.last_name))
    return f"{', '.join(names[:-1])} og {names[-1]}" if len(names) > 1 else "".join(names)
