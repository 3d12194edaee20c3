"""From a key in the address to an object with everything up to its forløb; the decorators refuse and log."""

from uuid import UUID

from cases.access import loads
from meetings.models import Meeting
from plans.models import JournalEntry, PlanCopy, PlanItem, PlanVersion


def _version(pk: UUID) -> PlanVersion:
    joined = PlanVersion.objects.select_related("plan__forloeb__family", "meeting", "corrects", "finished_by")
    version = joined.get(pk=pk)
    version.meeting.forloeb = version.plan.forloeb  # the same (P1), so that nobody asks again
    return version


def _meeting(pk: UUID) -> Meeting:
    return Meeting.objects.select_related("forloeb__family").get(pk=pk)


def _item(pk: UUID) -> PlanItem:
    rows = PlanItem.objects.with_sources().select_related("version__plan__forloeb__family", "version__meeting")
    return rows.get(pk=pk)


def _copy(pk: UUID) -> PlanCopy:
    return PlanCopy.objects.select_related("version__plan__forloeb", "version__meeting", "file").get(pk=pk)


def _entry(pk: UUID) -> JournalEntry:
    rows = JournalEntry.objects.select_related(
        "version__plan__forloeb__family", "department", "system", "person", "journalised_by"
    )
    return rows.get(pk=pk)


version_view = loads(_version, lambda version: version.plan.forloeb)
meeting_view = loads(_meeting, lambda meeting: meeting.forloeb)
item_view = loads(_item, lambda item: item.version.plan.forloeb)
copy_view = loads(_copy, lambda copy: copy.version.plan.forloeb, channel="pdf")
copy_act_view = loads(_copy, lambda copy: copy.version.plan.forloeb)
entry_view = loads(_entry, lambda entry: entry.version.plan.forloeb)
