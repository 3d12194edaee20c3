"""Beginning a version: from the one before (P4), or as a correction of it (P5)."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from audit import events
from cases.access import demand_open, demand_participant
from cases.models import Forloeb
from consent.basis import load_basis
from consent.sharing import Facts, may_see
from meetings.models import Meeting, MeetingState
from organisation.models import User
from plans.access import demand_may_agree, demand_writer, is_writer, reader_of_standing, referent_of
from plans.actions.from_the_board import marks_today
from plans.models import FollowUp, FollowUpState, ItemKind, Outcome, Plan, PlanItem, PlanVersion
from web.errors import Refused

# A goal stands until somebody says otherwise; what somebody was to do is asked about.
STANDS_BY_ITSELF = (ItemKind.GOAL, ItemKind.SUB_GOAL)
TOLD_BETWEEN = {FollowUpState.DONE: Outcome.DONE, FollowUpState.PARTLY: Outcome.PARTLY}


@transaction.atomic
def start_version(*, by: User, meeting: Meeting) -> PlanVersion:
    """The meeting's draft: a new one, or the one already begun.

    Carries on what was open in the last finished version. Items the writer may not see are carried on as they are,
    and counted as left out, never shown. The draft of a meeting that was called off goes along to this one.
    Raises Refused: not the referent or tovholder, the meeting is cancelled,
    another meeting's draft is open, the meeting already has its finished version, or it is still to be held and the
    consent has gone (C7).
    """
    # Read again, locked: somebody may have called it off since the page was opened.
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("forloeb").get(pk=meeting.pk)
    forloeb = meeting.forloeb
    standing = demand_participant(by, forloeb)
    demand_open(forloeb)
    if not is_writer(standing, meeting.pk):
        referent = referent_of(meeting.pk)
        who = f"Referenten er {referent.name}." if referent else "Mødet har ikke en referent endnu."
        raise Refused(f"Det kan kun mødets referent eller tovholderen. {who}")
    if meeting.state == MeetingState.CANCELLED:
        raise Refused("Mødet er aflyst, så det får ingen Én Plan.")
    plan = _plan_of(forloeb)
    versions = list(plan.versions.select_related("meeting").order_by("number"))
    for version in versions:
        if version.is_draft and version.meeting_id == meeting.pk:
            return version
        if version.is_draft and version.meeting.state == MeetingState.CANCELLED:
            return _moved(by, version, meeting)
        if version.is_draft:
            raise Refused(f"Kladden fra møde {version.meeting.number} er ikke færdig. Gør den færdig først.")
        if version.meeting_id == meeting.pk:
            raise Refused(
                f"Møde {meeting.number} har allerede Én Plan, version {version.number}. Ret den med en rettelse."
            )
    demand_may_agree(meeting)
    draft = _draft(plan, meeting, versions)
    if versions:
        items = list(versions[-1].items.with_sources().prefetch_related("follow_ups"))
        today = marks_today(items, versions[-1])
        reader, basis = reader_of_standing(standing), load_basis(forloeb)
        # As the draft will be: open to who was at its meeting.
        facts = {pk: replace(told, meeting_of_board=meeting.pk) for pk, told in today.items()}
        seen = {pk for pk, told in facts.items() if may_see(reader, told, basis)}
        _carry(_still_standing(items), draft, seen, today)
    events.record(
        by=by,
        forloeb=forloeb,
        kind="plan.started",
        text=f"Én Plan, version {draft.number}, er begyndt.",
        data={"version": draft.pk, "meeting": meeting.pk},
    )
    return draft


@transaction.atomic
def start_correction(*, by: User, version: PlanVersion, correction: str) -> PlanVersion:
    """A new draft that mends a finished version: the same items, and a sentence on what is corrected (P5). Also when the
    consent has gone (`demand_may_agree`).

    Raises Refused: not the newest version, not finished, or another draft is open. ValidationError without a text.
    """
    demand_writer(by, version)
    versions = list(version.plan.versions.select_related("meeting").order_by("number"))
    if versions[-1].is_draft:
        raise Refused(f"Der er allerede en kladde til version {versions[-1].number}. Skriv videre i den.")
    if versions[-1].pk != version.pk:
        raise Refused(f"Ret den nyeste version. Det er version {versions[-1].number}.")
    draft = _draft(version.plan, version.meeting, versions, corrects=version, correction=correction.strip())
    items = list(version.items.with_sources().prefetch_related("follow_ups"))
    today = marks_today(items, version)
    for old, new in _copies(items, draft):
        new.carried_from_id, new.outcome, new.outcome_note = old.carried_from_id, old.outcome, old.outcome_note
        _save_copy(new, today[old.pk])
        _keep_told(old, new)
    events.record(
        by=by,
        forloeb=version.plan.forloeb,
        kind="plan.correction",
        text=f"Én Plan, version {draft.number}, retter version {version.number}.",
        data={"version": draft.pk, "corrects": version.pk},
    )
    return draft


@transaction.atomic
def change_correction(*, by: User, version: PlanVersion, correction: str) -> PlanVersion:
    """Another sentence on what a draft corrects (P5). Raises Refused: not a writer, or no draft that corrects anything."""
    demand_writer(by, version)
    draft = PlanVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if not draft.is_draft or draft.corrects_id is None:
        raise Refused("Sætningen kan rettes, indtil rettelsen er færdig.")
    draft.correction = correction.strip()
    draft.full_clean()
    draft.save()
    return draft


def _moved(by: User, draft: PlanVersion, meeting: Meeting) -> PlanVersion:
    """What was written for a meeting that never was is the start of this one's plan (P2)."""
    draft.meeting = meeting
    draft.full_clean()
    draft.save()
    events.record(
        by=by,
        forloeb=meeting.forloeb,
        kind="plan.moved",
        text=f"Kladden til Én Plan, version {draft.number}, hører nu til møde {meeting.number}.",
        data={"version": draft.pk, "meeting": meeting.pk},
    )
    return draft


def _keep_told(old: PlanItem, new: PlanItem) -> None:
    """A correction is the same agreement: what was told of it still holds, said by whom and when it was (P3, P5)."""
    for told in old.follow_ups.all():
        copy = FollowUp.objects.create(agreement=new, state=told.state, note=told.note, by=told.by)
        FollowUp.objects.filter(pk=copy.pk).update(at=told.at)


def _plan_of(forloeb: Forloeb) -> Plan:
    Plan.objects.get_or_create(forloeb=forloeb)
    return Plan.objects.select_for_update().get(forloeb=forloeb)


def _draft(
    plan: Plan, meeting: Meeting, versions: list[PlanVersion], corrects: PlanVersion | None = None, correction: str = ""
) -> PlanVersion:
    number = versions[-1].number + 1 if versions else 1
    draft = PlanVersion(plan=plan, meeting=meeting, number=number, corrects=corrects, correction=correction)
    draft.full_clean()
    draft.save()
    return draft


def _still_standing(items: list[PlanItem]) -> list[PlanItem]:
    """What is open, with everything above it, in the old order and parents first."""
    by_id = {item.pk: item for item in items}
    wanted: set[UUID] = set()
    for item in items:
        above: PlanItem | None = item if item.is_open else None
        while above is not None and above.pk not in wanted:
            wanted.add(above.pk)
            above = by_id.get(above.parent_id) if above.parent_id else None
    return [item for item in items if item.pk in wanted]


def _carry(items: list[PlanItem], draft: PlanVersion, seen: set[UUID], today: Mapping[UUID, Facts]) -> None:
    for old, new in _copies(items, draft):
        new.carried_from = old
        new.outcome, new.outcome_note = _first_outcome(old, old.pk in seen)
        _save_copy(new, today[old.pk])


def _first_outcome(old: PlanItem, seen: bool) -> tuple[str, str]:
    """What is already known of an item: a goal stands, a follow-up has told, the unseen goes on untouched."""
    if not seen:
        return Outcome.CARRIED, ""
    told = max(old.follow_ups.all(), key=lambda follow_up: follow_up.at, default=None)
    if told is not None and told.state in TOLD_BETWEEN:
        return TOLD_BETWEEN[FollowUpState(told.state)], told.note
    if old.kind in STANDS_BY_ITSELF and old.is_open:
        return Outcome.CARRIED, ""
    return "", ""


def _copies(items: list[PlanItem], draft: PlanVersion) -> list[tuple[PlanItem, PlanItem]]:
    """Unsaved copies in a draft, each beside what it was copied from; parents before children."""
    by_id = {item.pk: item for item in items}
    new_of: dict[UUID, PlanItem] = {}

    def depth(item: PlanItem) -> int:
        return 1 + depth(by_id[item.parent_id]) if item.parent_id else 0

    for old in sorted(items, key=depth):
        new_of[old.pk] = PlanItem(
            version=draft,
            kind=old.kind,
            parent=new_of[old.parent_id] if old.parent_id else None,
            text=old.text,
            said_by=old.said_by,
            responsible=old.responsible,
            responsible_person=old.responsible_person,
            responsible_label=old.responsible_label,
            due_on=old.due_on,
            is_long_term=old.is_long_term,
            position=old.position,
            from_note_id=old.from_note_id,
            topic=old.topic,
            topic_is_guess=old.topic_is_guess,
            contributed_by=old.contributed_by,
        )
    return [(by_id[pk], new) for pk, new in new_of.items()]


def _save_copy(new: PlanItem, marks: Facts) -> None:
    """marks: those of what it was copied from, as they are today."""
    new.topic_is_guess = new.topic_is_guess and new.topic_id == marks.topic
    new.topic_id = marks.topic
    new.full_clean(exclude=["carried_from", "parent"])
    new.save()
    new.about.set(marks.about)  # type: ignore[arg-type]
    new.kept_from.set(marks.kept_from)  # type: ignore[arg-type]
