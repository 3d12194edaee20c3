"""The agenda, and the sentences about a meeting, as one reader may have them: on the page and on paper (C5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from consent.labels import Labels
from consent.sharing import Basis, Reader, may_know_of, share
from meetings.board import Member
from meetings.models import AgendaPoint, Meeting


@dataclass(frozen=True, slots=True)
class PointLine:
    """One point and who raised it."""

    point: AgendaPoint
    who: str = ""

    @property
    def by_family(self) -> bool:
        return self.point.raised_by_person_id is not None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a reader gets, in order, and how many points are left out (told to staff only, C6)."""

    lines: list[PointLine]
    left_out: int
    lasts: int  # minutes of the meeting

    @property
    def minutes(self) -> int:
        return sum(line.point.minutes or 0 for line in self.lines)

    @property
    def too_long(self) -> str:
        """What to say when the points that the reader gets last longer than the meeting: a warning, never a stop."""
        return f"Dagsordenen er {self.minutes} minutter. Mødet er {self.lasts}." if self.minutes > self.lasts else ""


def agenda_for(
    meeting: Meeting,
    reader: Reader,
    basis: Basis,
    members: Mapping[UUID, Member],
    also: Sequence[Reader] = (),
    labels: Labels | None = None,
) -> Agenda:
    """The agenda for one reader. One query, and one more when an external is called after somebody of the family.

    members: everybody of the forløb, by id. also: through whose hands the paper goes (who makes it, who has custody of a
    young child), and who by that get no more than their own. labels: what all of them may have, for who has it already.
    """
    points = AgendaPoint.objects.filter(meeting=meeting).for_sharing().with_mark_ids()
    theirs = share(points, reader, basis)
    shown = theirs.visible
    for one in also:
        shown = share(shown, one, basis).visible
    (labels or Labels([reader, *also], basis)).told(point.raised_by for point in shown if point.raised_by)
    lines = [PointLine(one, _raiser(one, members, [reader, *also], basis)) for one in shown]
    return Agenda(lines, theirs.left_out, int((meeting.ends_at - meeting.starts_at).total_seconds() // 60))


def interpreter_for(meeting: Meeting, readers: Sequence[Reader], basis: Basis) -> str:
    """The language, for readers who may all know of somebody who speaks it; to others only that one comes (C5). No query.

    »Tyrkisk« tells whoever looks round the table of somebody who is not on their list.
    """
    if not meeting.interpreter:
        return ""
    speakers = [row.person_id for row in basis.everybody if row.person.interpreter]
    known = any(all(may_know_of(reader, pk, basis) for reader in readers) for pk in speakers)
    return meeting.interpreter if known or not readers else "er bestilt"


def _raiser(point: AgendaPoint, members: Mapping[UUID, Member], readers: Sequence[Reader], basis: Basis) -> str:
    """Who raised it. One of the family only when the point is about them, and so theirs to see, or all may know of them."""
    if point.raised_by_person is None or point.raised_by_person_id is None:
        return point.raised_by.name if point.raised_by else ""
    who = point.raised_by_person_id
    if who not in point.about_ids and not all(may_know_of(one, who, basis) for one in readers):
        return ""
    return members[who].label if who in members else point.raised_by_person.first_name
