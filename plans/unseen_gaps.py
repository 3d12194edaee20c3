"""What an agreement lacks when the writer may not see it, and whom to ask (P3, C5, C6).

A line can close to its writer before it has a person and a day. Nobody is asked about what they cannot know; but a plan
whose other writer can see the line is not finished without it.
"""

from collections.abc import Iterable
from uuid import UUID

from cases.access import Standing
from cases.models import Forloeb, Participation
from consent.sharing import Basis, Facts, may_see
from meetings.readers import reader_of
from plans.access import referent_of
from plans.gaps import Gap, lacks_who_or_when
from plans.models import PlanItem, PlanVersion


def unseen_gaps(
    version: PlanVersion, standing: Standing, items: Iterable[PlanItem], seen: Iterable[PlanItem], basis: Basis
) -> list[Gap]:
    """One gap that names the other writer; none when they cannot see the agreements either, so that no plan is stuck.

    items: all of the draft's; seen: those the writer may see. Asks the database only when something is lacking.
    """
    known = {item.pk for item in seen}
    here = {row.person_id for row in basis.family}
    lacking = [item for item in items if item.pk not in known and lacks_who_or_when(item, here)]
    other = _other_writer(standing, version.plan.forloeb, version.meeting_id) if lacking else None
    if other is None:
        return []
    reader = reader_of(other)
    theirs = sum(may_see(reader, Facts.of(item), basis) for item in lacking)
    if not theirs:
        return []
    role = "referenten" if standing.is_tovholder else "tovholderen"
    what = "En aftale" if theirs == 1 else f"{theirs} aftaler"
    text = f"{what}, som du ikke må se, mangler en person eller en dag. Bed {role}, {other.name}, om at skrive det."
    return [Gap(text, "unseen")]


def _other_writer(standing: Standing, forloeb: Forloeb, meeting: UUID) -> Participation | None:
    """The tovholder for the referent, the referent for the tovholder."""
    if standing.is_tovholder:
        found = referent_of(meeting)
    else:
        found = Participation.objects.open().tovholder().filter(forloeb=forloeb).select_related("user").first()
    return found if found is not None and found.pk != standing.participation.pk else None
