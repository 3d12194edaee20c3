"""Rows of Min dag about Én Plan: the agreements that are due, and what is not journalised."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from cases.models import ForloebState, Participation
from consent.sharing import Facts, may_know_of, may_see
from desk.day import Day, Gathered, Row
from organisation.models import Department
from plans import ledger
from plans.deadlines import JOURNAL_DAYS
from plans.models import FollowUp, FollowUpState, ItemKind, JournalEntry, PlanItem, PlanVersion, VersionState
from web import dates
from web.danish import listed


def agreements(gathered: Gathered, day: Day) -> None:
    """My own open agreements; as tovholder also the overdue ones of others (F6)."""
    newest = PlanVersion.objects.filter(plan__forloeb=OuterRef("version__plan__forloeb"), state=VersionState.FINISHED)
    last = FollowUp.objects.filter(agreement=OuterRef("pk")).order_by("-at").values("state")[:1]
    items = (
        PlanItem.objects.filter(kind=ItemKind.AGREEMENT, version__plan__forloeb__in=gathered.here)
        .filter(version=Subquery(newest.order_by("-number").values("pk")[:1]), due_on__isnull=False)
        .annotate(last_state=Subquery(last), forloeb_id=F("version__plan__forloeb"))
        .filter(Q(last_state__isnull=True) | ~Q(last_state=FollowUpState.DONE))
        .carried_on()
        .for_sharing()
        .with_mark_ids()
    )
    for item in items:
        forloeb_id = item.forloeb_id  # type: ignore[attr-defined]
        facts = Facts.of(item)
        mine = item.responsible is not None and item.responsible.user_id == gathered.user.pk
        if not may_see(gathered.reader(forloeb_id), facts, gathered.bases[forloeb_id]):
            continue
        late = item.due_on is not None and item.due_on < gathered.today
        if mine or (gathered.leads(forloeb_id) and (late or item.due_on == gathered.today)):
            who = "Du" if mine else item.responsible_label.split(",")[0] or "Ingen"
            day.persons |= facts.about
            url = reverse("plans:follow_up", args=[item.pk])
            family = gathered.forloeb(forloeb_id).family.name
            day.add(Row(f"{who}: {capfirst(item.text)}", family, "Følg op", url, due=item.due_on))


def to_journalise(gathered: Gathered, day: Day) -> None:
    """P7: my own department's missing lines are mine; others' wait, seen by the tovholder."""
    mine = {employment.department_id for employment in gathered.user.employed_now}
    # What is finished is journalised also when the forløb has ended since: by the department, from its queue.
    ended = ledger.mine(gathered.user).filter(version__plan__forloeb__state=ForloebState.ENDED)
    lines = (
        JournalEntry.objects.missing()
        # All are of these. Said first: over the "or" alone the databases read every line there is. And PostgreSQL finds the
        # best order among eight tables only, so the department's name is asked for beside them.
        .filter(version__plan__forloeb__in=Participation.objects.filter(user=gathered.user).values("forloeb"))
        .filter(Q(version__plan__forloeb__in=gathered.here) | Q(pk__in=ended.values("pk")))
        .select_related("version__plan__forloeb__family", "system", "person")
        .annotate(home=Subquery(Department.objects.filter(pk=OuterRef("department")).values("name")))
        .order_by("version__finished_at", "pk")
    )
    grouped: dict[tuple[UUID, UUID], list[JournalEntry]] = {}
    for entry in lines:
        grouped.setdefault((entry.version_id, entry.department_id), []).append(entry)
    for (_, department_id), entries in grouped.items():
        first = entries[0]
        forloeb_id = first.version.plan.forloeb_id
        if forloeb_id not in gathered.here:
            due = timezone.localdate(first.version.finished_at) + timedelta(days=JOURNAL_DAYS)
            whose = f"{first.version.plan.forloeb.family.name}, version {first.version.number}. Forløbet er afsluttet"
            what, url = f"Journalisér Én Plan i {first.system.name}", reverse("plans:journal")
            day.add(Row(what, whose, "Journalisér", url, due=min(due, gathered.today)))
            continue
        known = [
            entry
            for entry in entries
            if gathered.leads(forloeb_id)
            or department_id in mine  # one's own case is no news to the department
            or may_know_of(gathered.reader(forloeb_id), entry.person_id, gathered.bases[forloeb_id])
        ]
        if not known or not (department_id in mine or gathered.leads(forloeb_id)):
            continue
        day.persons |= {entry.person_id for entry in known}
        names = listed(list(dict.fromkeys(entry.person.first_name for entry in known)))
        family = gathered.forloeb(forloeb_id).family.name
        finished = timezone.localdate(first.version.finished_at)
        due = finished + timedelta(days=JOURNAL_DAYS)
        if department_id in mine:
            shown = due if due < gathered.today else gathered.today
            text = f"Journalisér Én Plan i {first.system.name} for {names}"
            day.add(
                Row(
                    text,
                    f"{family}, version {first.version.number}",
                    "Journalisér",
                    reverse("plans:journal"),
                    due=shown,
                )
            )
        else:
            text = f"Én Plan mangler i {first.system.name} for {names}"
            home = first.home  # type: ignore[attr-defined]
            whose = f"{home} {dates.has_had_it(finished, gathered.today)}. {family}"
            day.add(Row(text, whose, "Se planen", reverse("plans:page", args=[first.version_id]), due=due, waits=True))
