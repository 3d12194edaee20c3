"""What a withdrawal means for Én Plan, told before it is done: counts and places, never an item's text (C7)."""

from collections.abc import Iterable, Iterator
from datetime import date

from cases.models import Forloeb, Person
from consent.consequences import Consequence, Effect, Loss, counts
from meetings.readers import readers_losing
from organisation.models import in_danish
from plans.beside import beside
from plans.models import JournalEntry, PlanCopy, PlanItem, PlanVersion
from web import dates

KINDS = {
    "goal": ("mål", "mål"),
    "sub_goal": ("delmål", "delmål"),
    "effort": ("indsats", "indsatser"),
    "agreement": ("aftale", "aftaler"),
}
SHOWN = "Papirudgaver, som allerede er hentet, kan appen ikke tage tilbage."


def plan_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """The current plan's items about this person that close, and where finished versions are journalised."""
    newest = PlanVersion.objects.filter(plan__forloeb=forloeb)
    current = newest.newest_finished() | newest.drafts()
    items = PlanItem.objects.filter(version__in=current.values("pk"), about=person)
    items = items.lost_by(readers_losing(forloeb, person, loss), loss.before, loss.after)
    found = list(items.order_by("version__number").values_list("version__number", "version__meeting__number", "kind"))
    if told := counts(KINDS[kind] for _, _, kind in found):
        text = f"De, der mister adgang, kan ikke se det mere eller hente en udgave, hvor det står. {SHOWN}"
        yield Consequence(Effect.HIDDEN, f"I Én Plan: {told}", text, lines=tuple(_by_version(found)))
    yield from _journalised(forloeb, person)


def _by_version(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    """(»Version 2, fra møde 2«, »1 mål og 2 aftaler«) of each version that holds some."""
    kinds: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for version, meeting, kind in found:
        kinds.setdefault((version, meeting), []).append(KINDS[kind])
    for (version, meeting), words in kinds.items():
        yield f"Version {version}, fra møde {meeting}", counts(words)


def _journalised(forloeb: Forloeb, person: Person) -> Iterable[Consequence]:
    """What lies about this person in a system of record stays there, and the page and the receipt say so.

    Only where the line is the person's own, or the department's copy holds something about them: that a department has
    filed the plan for somebody else tells that they have a case there, and that is theirs to tell (C5).
    """
    copies = PlanCopy.objects.filter(version__plan__forloeb=forloeb).select_related("version")
    held = set(copies.filter(items__about=person).values_list("version", "recipient"))
    held |= {(one.version_id, one.recipient) for one in copies if person.pk in beside(one).persons}
    entries = (
        JournalEntry.objects.filter(version__plan__forloeb=forloeb, journalised_on__isnull=False)
        .select_related("version", "system", "department")
        .order_by("version__number", in_danish("system__name"))
    )
    filed: dict[tuple[int, str, str], date] = {}  # the first day it lay there
    for entry in entries:
        day = entry.journalised_on
        if day and (entry.person_id == person.pk or (entry.version_id, f"d:{entry.department_id}") in held):
            place = (entry.version.number, entry.system.name, entry.department.name)
            filed[place] = min(filed.get(place, day), day)
    for (number, system, department), day in filed.items():
        text = f"Den blev journaliseret {dates.long_date(day)} af {department} og kan ikke trækkes ud igen."
        yield Consequence(Effect.STAYS, f"Én Plan, version {number}, i {system}", text)
