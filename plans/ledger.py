"""The journalising queue: for each line the right paper, the text to paste, and the tick. Constant queries (P7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q

from cases.models import DepartmentCase, Forloeb, Participation
from consent.basis import load_bases
from consent.marking import Topics, topics_in_use
from consent.sharing import Basis
from organisation.models import User, in_danish
from plans.beside import may_have_all
from plans.forms import JournalForm
from plans.models import JournalEntry, JournalQuerySet, PlanCopy, PlanItem
from web.danish import listed
from web.dates import long_date

SHOWN_DONE = 20
NAMED = 4


@dataclass(slots=True)
class Waiting:
    """One line that waits. `copy` is None when a withdrawn consent has closed the department's paper."""

    entry: JournalEntry
    copy: PlanCopy | None
    case_number: str
    title: str
    description: str
    form: JournalForm


def mine(user: User) -> JournalQuerySet:
    """Lines of the departments through which the user takes part, in forløb the user may see."""
    here = Participation.objects.giving_access().filter(
        user=user, forloeb=OuterRef("version__plan__forloeb"), department=OuterRef("department")
    )
    visible = Forloeb.objects.visible_to(user)
    return JournalEntry.objects.filter(Exists(here), version__plan__forloeb__in=visible).select_related(
        "version__plan__forloeb__family", "version__meeting", "person", "department", "system", "journalised_by"
    )


def waiting(user: User, wrong: tuple[JournalEntry, JournalForm] | None = None) -> list[Waiting]:
    """What waits for the user's own departments, oldest first."""
    items = Prefetch("items", PlanItem.objects.with_sources())
    copies = Prefetch("version__copies", PlanCopy.objects.prefetch_related(items))
    entries = list(
        mine(user)
        .missing()
        .order_by("version__finished_at", in_danish("system__name"), in_danish("person__first_name"))
        .with_taken_back()
        .prefetch_related(copies)
    )
    bases = load_bases({entry.version.plan.forloeb_id for entry in entries})
    numbers, topics = _case_numbers(entries), topics_in_use()
    return [_row(entry, bases[entry.version.plan.forloeb_id], numbers, wrong, topics) for entry in entries]


def summary(rows: Sequence[Waiting]) -> str:
    """»1 plan venter på at blive lagt i dit fagsystem, for Anton og Ida«: a plan counts once, whoever it is filed for."""
    plans = len({row.entry.version_id for row in rows})
    names = list(dict.fromkeys(row.entry.person.first_name for row in rows))
    whom = listed(names) if len(names) <= NAMED else f"{len(names)} borgere"
    return f"{plans} {'plan' if plans == 1 else 'planer'} venter på at blive lagt i dit fagsystem, for {whom}"


def _row(
    entry: JournalEntry,
    basis: Basis,
    numbers: dict[tuple[object, object], str],
    wrong: tuple[JournalEntry, JournalForm] | None,
    topics: Topics,
) -> Waiting:
    version, key = entry.version, f"d:{entry.department_id}"
    copy = next((one for one in version.copies.all() if one.recipient == key), None)
    if copy and not may_have_all(copy, copy.items.all(), basis, topics):
        copy = None
    day = long_date(version.meeting.starts_at).replace("\u00a0", " ")
    form = JournalForm(auto_id=f"id_{entry.pk}_%s")
    if wrong and wrong[0].pk == entry.pk:
        form = wrong[1]
    return Waiting(
        entry=entry,
        copy=copy,
        case_number=numbers.get((entry.person_id, entry.department_id), ""),
        title=f"Fælles Familier – Én Plan, version {version.number}, {day}",
        description=f"Familiens fælles plan fra møde {version.meeting.number} den {day}. Udgave til {entry.department.name}. "
        f"Forløb {version.plan.forloeb.number}.",
        form=form,
    )


def _case_numbers(entries: list[JournalEntry]) -> dict[tuple[object, object], str]:
    wanted = Q(
        person__in=[entry.person_id for entry in entries], department__in={entry.department_id for entry in entries}
    )
    rows = DepartmentCase.objects.filter(wanted).order_by("from_date")
    return {(row.person_id, row.department_id): row.case_number for row in rows}


def done(user: User) -> list[JournalEntry]:
    """The newest receipts."""
    found = mine(user).filter(journalised_on__isnull=False).with_taken_back()
    return list(found.order_by("-journalised_on", "-pk")[:SHOWN_DONE])
