"""What stands in the plan in a board note's words follows the note's marks (C5, M8).

A child may keep its words from somebody after they were put into the plan, and a topic may be mended on the board. A draft
follows at once. A finished version never changes (P5): its papers are shut (`plans.beside`), and what is carried on from it,
or corrected, follows as it is copied.
"""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from consent.sharing import Facts
from meetings.models import BoardNote
from plans.models import PlanItem, PlanVersion, VersionState


def follow_note(note: BoardNote, before: Facts) -> None:
    """For `meetings.followers`. A mark that somebody has set otherwise in the plan stays; what the note is kept from, all
    that stands under it in the draft is kept from too."""
    drafts = PlanItem.objects.filter(from_note=note, version__state=VersionState.DRAFT)
    for item in drafts.select_for_update(of=("self",)).for_sharing():
        kept_from = (item.kept_from_ids - (before.kept_from - note.kept_from_ids)) | note.kept_from_ids
        always = {pk for pk in (item.said_by_id, item.responsible_person_id) if pk}
        about = note.about_ids | always if item.about_ids == before.about | always else item.about_ids
        topic = note.topic_id if item.topic_id == before.topic else item.topic_id
        if Facts.of(item).kept_from == kept_from and item.about_ids == about and item.topic_id == topic:
            continue
        item.topic_id, item.topic_is_guess = topic, item.topic_is_guess and topic == before.topic
        item.save()
        item.about.set(about)  # type: ignore[arg-type]
        item.kept_from.set(kept_from)  # type: ignore[arg-type]
        _keep_what_is_under(item, note.kept_from_ids)


def _keep_what_is_under(item: PlanItem, kept_from: Iterable[UUID]) -> None:
    """An agreement under a child's kept goal would give the goal away."""
    for child in item.children.all():
        child.kept_from.add(*kept_from)  # type: ignore[arg-type]
        child.save()
        _keep_what_is_under(child, kept_from)


def marks_today(items: Iterable[PlanItem], version: PlanVersion) -> dict[UUID, Facts]:
    """Item → its facts for what is copied from a finished version: kept from whom its note, or that of something above it,
    is kept from by now; and about whom and on what the note is, if it was marked anew since and the words are its own.

    items: of the version, with their notes (`with_sources`), parents before children or not. One query.
    """
    rows = {item.pk: item for item in items}
    notes = {item.from_note_id for item in rows.values() if item.from_note_id}
    finished = version.finished_at or timezone.now()
    history = BoardNote.history.filter(id__in=notes, history_date__gt=finished)
    anew = set(history.values_list("id", flat=True)) if notes else set()
    return {pk: _today(item, rows, anew) for pk, item in rows.items()}


def _today(item: PlanItem, rows: dict[UUID, PlanItem], anew: set[UUID]) -> Facts:
    facts, note = Facts.of(item), item.from_note
    kept_from, above = facts.kept_from, item
    while True:
        kept_from |= above.from_note.kept_from_ids if above.from_note else frozenset()
        if above.parent_id not in rows:
            break
        above = rows[above.parent_id]
    about, topic = facts.about, facts.topic
    if note is not None and note.pk in anew and note.text == item.text:
        always = {pk for pk in (item.said_by_id, item.responsible_person_id) if pk}
        about, topic = note.about_ids | always, note.topic_id
    return Facts(about, topic, facts.contributed_by, facts.meeting_of_board, kept_from)
