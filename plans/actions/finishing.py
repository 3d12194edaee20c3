"""Finishing a version: what is missing is named; then text, names, papers and journal lines stand as that day (P5–P7)."""

import hashlib
import json
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases.access import demand_open, demand_participant
from cases.models import DepartmentCase
from consent.basis import load_basis
from consent.sharing import Basis, share
from documents import actions as documents
from documents.pdf import PdfError
from meetings.models import Attendance, Meeting, MeetingState
from organisation.models import User
from plans import front, marks, pdf
from plans.access import demand_draft, demand_hands_out, demand_writer, reader_of_standing
from plans.clues import demand_confirmed, found_for
from plans.filing import cases_to_file, not_filed
from plans.gaps import Incomplete, gaps_of
from plans.models import ItemKind, JournalEntry, Outcome, PlanCopy, PlanItem, PlanVersion, VersionState
from plans.readers import Addressee, addressees
from plans.unseen_gaps import unseen_gaps
from web.errors import Refused
from web.locking import take


@transaction.atomic
def finish(
    *, by: User, version: PlanVersion, row_version: int | None = None, clues: str = "", names: int = 0
) -> PlanVersion:
    """Make the draft the family's plan: freeze it, make each reader's PDF, and a journal line per citizen and system.

    clues: the fingerprint of the clues to a protected address that were shown and confirmed (C12).
    names: how many lines the writer let stand though they tell a reader of somebody unknown to them (`plans.named`).
    Raises Incomplete (a ValidationError with `gaps`) when something is missing that one of the writers can see;
    CluesFound (one with `found`) when a paper would name a clue that is not confirmed; Refused; Stale;
    ValidationError when the meeting has not begun (P2), or the PDFs cannot be made. Until it returns, nothing has happened.
    """
    standing = demand_writer(by, version)
    rows = PlanVersion.objects.select_related("plan__forloeb__family", "meeting", "corrects")
    draft = take(rows, version.pk, row_version)
    demand_draft(draft)
    forloeb = draft.plan.forloeb
    basis = load_basis(forloeb)
    items = list(draft.items.with_sources())
    seen = share(items, reader_of_standing(standing), basis).visible
    has_goal = any(item.kind == ItemKind.GOAL and item.is_open for item in items)
    here = {row.person_id for row in basis.family}
    if missing := gaps_of(seen, has_goal=has_goal, here=here) + unseen_gaps(draft, standing, items, seen, basis):
        raise Incomplete(missing)
    _demand_begun(draft.meeting)
    items = _without_empty(items, seen)
    _settle_unseen(items, seen)
    _attribute(items, draft.meeting, standing.recipient)
    page = front.compose(draft, items)
    _close(draft, items, page, by)
    # Read again as finished: a draft is open to those who were at its meeting, a paper to nobody for that reason.
    items = list(draft.items.with_sources())
    readers, writer = addressees(forloeb, basis), reader_of_standing(standing)
    named = found_for(draft, items, seen, page, readers, basis, writer, knows_all=standing.is_tovholder)
    demand_confirmed(named, clues, by=by, version=draft)
    copies = [_copy(draft, items, page, one, basis, by) for one in readers]
    _journal_lines(draft, copies)
    events.record(
        by=by,
        forloeb=forloeb,
        kind="plan.finished",
        text=f"Én Plan, version {draft.number}, er færdig.",
        data={"version": draft.pk, "meeting": draft.meeting_id},
    )
    if names:
        events.record(
            by=by,
            forloeb=forloeb,
            kind="plan.names_confirmed",
            text="Én Plan er lavet, selv om en linje nævner en, som ikke alle modtagere kender.",
            data={"version": draft.pk, "lines": names},
        )
    return draft


def _demand_begun(meeting: Meeting) -> None:
    """A version is of its meeting (P2); it may be finished at the table, before somebody has ticked that it was held."""
    if meeting.state == MeetingState.CANCELLED:
        raise ValidationError("Mødet er aflyst. Begynd planen fra det næste møde. Så går kladden med dertil.")
    if meeting.state == MeetingState.PLANNED and meeting.starts_at > timezone.now():
        raise ValidationError("Mødet er ikke begyndt endnu. Du kan skrive på kladden og gøre den færdig ved mødet.")


def _without_empty(items: list[PlanItem], seen: list[PlanItem]) -> list[PlanItem]:
    """A line that closed to its writer before it got any words says nothing, and nobody can write it: it goes (P5)."""
    known, holds = {item.pk for item in seen}, {item.parent_id for item in items}
    empty = [
        item
        for item in items
        if not (item.text.strip() or item.carried_from_id or item.pk in known or item.pk in holds)
    ]
    for item in empty:
        item.delete()
    gone = {item.pk for item in empty}
    return [item for item in items if item.pk not in gone]


def _settle_unseen(items: list[PlanItem], seen: list[PlanItem]) -> None:
    """What the writer may not see (any more) goes on untouched: nobody is asked about what they cannot know."""
    known = {item.pk for item in seen}
    for item in items:
        if item.pk not in known and item.carried_from_id and not item.outcome:
            item.outcome = Outcome.CARRIED
            item.save()


def _attribute(items: list[PlanItem], meeting: Meeting, writer: str) -> None:
    """Whoever wrote a line down for another has not contributed it (`marks.owner`)."""
    came = Attendance.objects.present().filter(meeting=meeting, participation__isnull=False)
    there = {row.participation.recipient for row in came.select_related("participation") if row.participation}
    for item in items:
        own = marks.owner(item, there, writer)
        if item.contributed_by != own:
            item.contributed_by = own
            item.save()


def _close(draft: PlanVersion, items: list[PlanItem], page: front.Page, by: User) -> None:
    draft.front_page = front.dumped(page)
    draft.sha256 = fingerprint(draft, items)
    draft.state, draft.finished_at, draft.finished_by = VersionState.FINISHED, timezone.now(), by
    draft.full_clean()
    draft.save()


def fingerprint(version: PlanVersion, items: list[PlanItem]) -> str:
    """SHA-256 over the front page and every word of the version: changes when anything in it does."""
    told = [
        {
            "id": str(item.pk),
            "kind": item.kind,
            "parent": str(item.parent_id or ""),
            "text": item.text,
            "who": item.responsible_label,
            "due": item.due_on.isoformat() if item.due_on else "",
            "said_by": str(item.said_by_id or ""),
            "outcome": item.outcome,
            "why": item.outcome_note,
            "topic": str(item.topic_id),
            "about": sorted(str(person.pk) for person in item.about.all()),
            "kept_from": sorted(str(person.pk) for person in item.kept_from.all()),
        }
        for item in sorted(items, key=lambda item: str(item.pk))
    ]
    whole = {"number": version.number, "meeting": str(version.meeting_id), "front": version.front_page, "items": told}
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _copy(
    version: PlanVersion, items: list[PlanItem], page: front.Page, addressee: Addressee, basis: Basis, by: User
) -> PlanCopy:
    try:
        paper = pdf.render(version, items, page, addressee, basis)
    except PdfError as failed:
        raise ValidationError(f"Planen er ikke gjort færdig. {failed.message}") from failed
    day = timezone.localtime(version.meeting.starts_at).date()
    file = documents.freeze(
        by=by,
        kind="en-plan",
        title=f"Fælles Familier – Én Plan, version {version.number}",
        filename=documents.filename_for("Én Plan", page["forloeb"], day, version.number),
        content=paper.content,
        forloeb=version.plan.forloeb_id,
    )
    copy = PlanCopy(
        version=version,
        recipient=addressee.reader.recipient,
        recipient_label=addressee.label,
        file=file,
        beside=paper.beside.dumped(),
        left_out=paper.left_out,
    )
    copy.full_clean()
    copy.save()
    copy.items.set(paper.shown)
    return copy


def _journal_lines(version: PlanVersion, copies: list[PlanCopy]) -> None:
    """One line per citizen with a case in a department that takes part and has a system of its own (O3, P7)."""
    taking_part = {copy.recipient.removeprefix("d:") for copy in copies if copy.recipient.startswith("d:")}
    cases = [case for case in cases_to_file(version.plan.forloeb_id) if str(case.department_id) in taking_part]
    _file(version, cases)


@transaction.atomic
def file_more(*, by: User, version: PlanVersion) -> int:
    """A line for each case that was written on after the version was finished (P7); how many.

    Raises Refused: not the referent and not the tovholder, or a draft, or there is a newer version.
    """
    standing = demand_participant(by, version.plan.forloeb)
    demand_open(version.plan.forloeb)
    demand_hands_out(standing, version)
    locked = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if locked.is_draft or locked.plan.versions.finished().filter(number__gt=locked.number).exists():
        raise Refused("Det er den nyeste færdige plan, der lægges til journalisering.")
    cases = not_filed(locked)
    _file(locked, cases)
    if cases:
        events.record(
            by=by,
            forloeb=locked.plan.forloeb,
            kind="plan.filed_more",
            text=f"Én Plan, version {locked.number}, er lagt til journalisering for flere sager.",
            data={"version": locked.pk},
        )
    return len(cases)


def _file(version: PlanVersion, cases: Iterable[DepartmentCase]) -> None:
    lines = {(case.person_id, case.department_id): case for case in cases}
    for case in lines.values():
        line = JournalEntry(
            version=version, person_id=case.person_id, department=case.department,
            system_id=case.department.record_system_id,  # type: ignore[misc]
        )  # fmt: skip
        line.full_clean()
        line.save()
