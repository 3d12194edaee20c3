"""Her sidder det fast: six lists of work that waits, each with its count, the longest, and the rows behind it.

A seventh list is not stuck yet: meetings that are just held and have no next one (F7).

These are lists of forløb to help on, not statistics: a row names the family only to who takes part in that forløb;
to others it says the number and whom to call.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, DateField, DateTimeField, Exists, F, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from cases.models import Barred, Forloeb, ForloebPerson, ForloebState, Henvendelse, Participation
from cases.models.henvendelse import ANSWER_WORKDAYS
from consent import renewal
from consent.models import Declaration
from consent.renewal import RENEW_DAYS
from insight.overview_scope import Scope
from meetings.models import Meeting
from organisation.models import Employment
from plans.deadlines import JOURNAL_DAYS, WRITE_DAYS
from plans.models import JournalEntry, PlanVersion
from web import dates, workdays

NEXT_WORKDAYS = 1
ON_A_PAGE = 25
OPEN = [state for state in ForloebState if state != ForloebState.ENDED]


def no_next(today: date) -> QuerySet[Meeting]:
    """F7: the last held meeting of each forløb that has no planned one, more than 1 hverdag after it was held."""
    return _without_next().filter(held_on__lte=no_next_since(today))


def no_next_yet(today: date) -> QuerySet[Meeting]:
    """F7: the same for meetings of today and of the last hverdag: a next one is still to be booked, nothing is stuck."""
    return _without_next().filter(held_on__gt=no_next_since(today))


def no_next_since(today: date) -> date:
    """The latest day a meeting can have been held on and be stuck today without a next one."""
    return workdays.before(today, NEXT_WORKDAYS)


def _without_next() -> QuerySet[Meeting]:
    return _of_open_forloeb(Meeting.objects.without_next())


def unwritten(today: date) -> QuerySet[Meeting]:
    """Held more than 7 days ago, and no finished version of Én Plan came of it (P2)."""
    written = PlanVersion.objects.finished().filter(meeting=OuterRef("pk"))
    late = Meeting.objects.held().filter(~Exists(written), held_on__lt=today - timedelta(days=WRITE_DAYS))
    return _of_open_forloeb(late)


def _of_open_forloeb(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """By the forløb's keys: SQLite takes them one by one then. Over a join it reads every meeting ever held."""
    return meetings.filter(forloeb__in=Forloeb.objects.filter(state__in=OPEN).values("pk"))


def leaderless(today: date) -> QuerySet[Participation]:
    """F5: the tovholder of an open forløb is no longer employed there, and nobody has taken over."""
    led = Participation.objects.of_stopped(today).tovholder().filter(forloeb__state__in=OPEN)
    return led.annotate(since=Coalesce("stopped_on", Value(today, DateField())))


def unanswered(today: date) -> QuerySet[Henvendelse]:
    """Nobody has answered for more than 5 hverdage (O4)."""
    return Henvendelse.objects.late(today)


def expiring(today: date) -> QuerySet[Declaration]:
    """C4: a yes that stands and ends within 30 days, as its tovholder is asked to renew it."""
    return renewal.expiring(today, RENEW_DAYS)


def unjournalised() -> QuerySet[JournalEntry]:
    """P7: lines of finished versions that are in no record system yet."""
    return JournalEntry.objects.missing()


@dataclass(frozen=True, slots=True)
class Kind:
    """One list: its words, its rows, where they reach a forløb, and the date they are counted from."""

    slug: str
    title: str
    why: str
    calm: str
    one: str
    many: str
    since: str
    path: str
    rows: Callable[[date], QuerySet[Any]]
    late_after: int
    is_stuck: bool = True

    @property
    def words(self) -> str:
        return f"{self.one},{self.many}"

    @property
    def is_ahead(self) -> bool:
        return self.slug == "samtykker"

    @property
    def rests_on_consent(self) -> bool:
        """A withdrawal shortens it at once (C7), so its count is never kept."""
        return self.slug == "samtykker"


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "naeste-moede", "Intet næste møde", f"Mere end {NEXT_WORKDAYS} hverdag efter mødet er det næste ikke aftalt.",
            "Alle forløb har aftalt det næste møde i tide.",
            "forløb", "forløb", "held_on", "forloeb", no_next, 0,
        ),
        Kind(
            "planer", "Planen er ikke færdig", f"Mere end {WRITE_DAYS} dage efter mødet.",
            "Alle planer er skrevet færdige.",
            "plan", "planer", "held_on", "forloeb", unwritten, 0,
        ),
        Kind(
            "henvendelser", "Henvendelser uden svar", f"Mere end {ANSWER_WORKDAYS} hverdage.",
            "Alle henvendelser er besvaret i tide.",
            "henvendelse", "henvendelser", "sent_at", "", unanswered, 0,
        ),
        Kind(
            "samtykker", "Samtykker udløber", f"Inden for {RENEW_DAYS} dage.",
            f"Ingen samtykker udløber de næste {RENEW_DAYS} dage.",
            "samtykke", "samtykker", "expires_on", "forloeb", expiring, 0,
        ),
        Kind(
            "journalisering", "Journalisering mangler", "Færdige planer, som ikke er lagt i et fagsystem.",
            "Alle færdige planer er journaliseret.",
            "linje", "linjer", "version__finished_at", "version__plan__forloeb", lambda today: unjournalised(), JOURNAL_DAYS,
        ),
        Kind(
            "tovholder", "Ingen tovholder", "Tovholderen er stoppet. Lederen finder en ny.",
            "Alle forløb har en tovholder.",
            "forløb", "forløb", "since", "forloeb", leaderless, 0,
        ),
        Kind(
            "nyt-moede", "Intet næste møde endnu", f"Højst {NEXT_WORKDAYS} hverdag efter mødet. Det sidder ikke fast endnu.",
            "Alle, der lige har holdt møde, har aftalt det næste.",
            "forløb", "forløb", "held_on", "forloeb", no_next_yet, 0, is_stuck=False,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of »Her sidder det fast«."""

    kind: Kind
    count: int
    age: str
    is_late: bool

    @property
    def link(self) -> str:
        words = f"{'det' if self.kind.one in ('forløb', 'møde', 'samtykke') else 'den'} ene {self.kind.one}"
        return f"Se {words if self.count == 1 else f'de {self.count} {self.kind.many}'}"


Tallied = tuple[str, int, date | datetime]


def tallies(scope: Scope, *, rests_on_consent: bool | None = None) -> list[Tallied]:
    """(list, how many, since when) of each list that has rows; one query.

    rests_on_consent: only of lists that do, or do not; of all without it.
    """
    kinds = [one for one in KINDS.values() if rests_on_consent in (None, one.rests_on_consent)]
    first, *others = [_tally(kind, scope) for kind in kinds]
    rows = first.union(*others, all=True) if others else first
    return [(slug, count, day or moment) for slug, count, day, moment in rows]


def without_consents(tallied: Iterable[Tallied]) -> list[Tallied]:
    return [row for row in tallied if not KINDS[row[0]].rests_on_consent]


def waiting(scope: Scope, tallied: list[Tallied]) -> list[Waiting]:
    """The six lines, from what `tallies` found."""
    return [_line_of(kind, scope, tallied) for kind in KINDS.values() if kind.is_stuck]


def just_held(scope: Scope, tallied: list[Tallied]) -> Waiting:
    """The line of meetings that have no next one yet, and are not stuck."""
    return _line_of(KINDS["nyt-moede"], scope, tallied)


def _line_of(kind: Kind, scope: Scope, tallied: list[Tallied]) -> Waiting:
    count, since = next(((count, since) for slug, count, since in tallied if slug == kind.slug), (0, None))
    days = _days(kind, since, scope.today) if since else 0
    late = bool(count) and not kind.is_ahead and days > kind.late_after
    return Waiting(kind, count, _longest(kind, since, days), late)


def _tally(kind: Kind, scope: Scope) -> QuerySet[Any]:
    """(slug, how many, the first day, the first moment): a list is counted from the one or the other."""
    rows = _rows(kind, scope).order_by().annotate(slug=Value(kind.slug)).values("slug")
    nothing = {"day": Cast(Value(None), DateField()), "moment": Cast(Value(None), DateTimeField())}
    known = {"moment" if kind.since.endswith("_at") else "day": Min(kind.since)}
    return rows.annotate(number=Count("pk"), **{**nothing, **known}).values_list("slug", "number", "day", "moment")


def _rows(kind: Kind, scope: Scope) -> Any:
    rows = kind.rows(scope.today)
    if kind.path:
        return scope.within(rows, kind.path, are_few=kind.rests_on_consent)
    # A henvendelse has no forløb yet: it waits in a department, and belongs to no model.
    rows = rows.exclude(forloeb__in=Barred.objects.filter(user=scope.user).values("forloeb"))
    return rows.filter(to_department__in=scope.home_ids) if scope.area else rows


def _day(moment: date | datetime) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment


def _days(kind: Kind, since: date | datetime, today: date) -> int:
    day = _day(since)
    return workdays.between(day, today) if kind.slug == "henvendelser" else abs((today - day).days)


def _longest(kind: Kind, since: date | datetime | None, days: int) -> str:
    if since is None:
        return ""
    if kind.is_ahead:
        return f"Først: {dates.long_date(since)}"
    return f"Længst: {_span(kind, days)}"


def _span(kind: Kind, days: int) -> str:
    if kind.slug == "henvendelser":
        return f"{days} hverdag" if days == 1 else f"{days} hverdage"
    return f"{days} dag" if days == 1 else f"{days} dage"


class Holder(NamedTuple):
    """Whom to call about a row."""

    name: str
    phone: str
    home: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row behind a figure. `family` and `url` only for who takes part in the forløb."""

    number: str
    what: str
    family: str
    url: str
    holder: str
    phone: str
    department: str
    age: str


def page_of(kind: Kind, scope: Scope, number: Any) -> tuple[Page, list[Line]]:
    """One page of the rows behind a figure, longest first: six queries, whatever the number."""
    rows = _rows(kind, scope).order_by(kind.since, "pk")
    if kind.slug == "henvendelser":
        page = Paginator(rows.for_list(), ON_A_PAGE).get_page(number)
        return page, _henvendelser(kind, page.object_list, scope)
    told = {"journalisering": ("system", "department", "version"), "tovholder": ("user",)}.get(kind.slug, ())
    rows = rows.select_related(f"{kind.path}__family", *told).annotate(row_since=F(kind.since))
    page = Paginator(rows, ON_A_PAGE).get_page(number)
    here = [(row, _forloeb(row, kind.path)) for row in page.object_list]
    ids = {forloeb.pk for _, forloeb in here}
    visible = set(Forloeb.objects.visible_to(scope.user, scope.today).filter(pk__in=ids).values_list("pk", flat=True))
    leads = _leaders_of(here) if kind.slug == "tovholder" else _tovholdere(ids)
    return page, [
        _line(kind, row, forloeb, leads.get(forloeb.pk), forloeb.pk in visible, scope) for row, forloeb in here
    ]


def persons_on(page: Page, kind: Kind) -> list[UUID]:
    """Whom a page of a list concerns, for the access log (C13): the persons of the forløb on it."""
    if not kind.path:
        return []
    ids = {_forloeb(row, kind.path).pk for row in page.object_list}
    return list(ForloebPerson.objects.filter(forloeb__in=ids).values_list("person_id", flat=True))


def _forloeb(row: Any, path: str) -> Forloeb:
    for step in path.split("__"):
        row = getattr(row, step)
    return row


def _tovholdere(ids: set[UUID]) -> dict[UUID, Holder]:
    rows = Participation.objects.open().tovholder().filter(forloeb__in=ids).select_related("user", "department")
    return {row.forloeb_id: Holder(row.name, row.phone, row.home) for row in rows}


def _leaders(homes: Iterable[UUID]) -> dict[UUID, Employment]:
    """Who leads each of these departments now."""
    found: dict[UUID, Employment] = {}
    for one in (
        Employment.objects.current().filter(department__in=homes, is_leader=True, user__is_active=True).by_person()
    ):
        found.setdefault(one.department_id, one)
    return found


def _leaders_of(here: Sequence[tuple[Any, Forloeb]]) -> dict[UUID, Holder]:
    """Whoever finds a new tovholder: the leader of the department of the one who stopped."""
    leaders = _leaders({row.department_id for row, _ in here if row.department_id})
    return {
        forloeb.pk: Holder(one.user.name, one.user.phone, one.department.name)
        for row, forloeb in here
        if row.department_id and (one := leaders.get(row.department_id))
    }


def _line(kind: Kind, row: Any, forloeb: Forloeb, holder: Holder | None, is_visible: bool, scope: Scope) -> Line:
    return Line(
        number=forloeb.number,
        what=_what(kind, row, is_named=is_visible),
        family=forloeb.family.name if is_visible else "",
        url=reverse("desk:forloeb", args=[forloeb.pk]) if is_visible else "",
        holder=holder.name if holder else "",
        phone=holder.phone if holder else "",
        department=holder.home if holder else "",
        age=_age(kind, row.row_since, scope.today),
    )


def _what(kind: Kind, row: Any, *, is_named: bool) -> str:
    """is_named: the line names the family. Then it does not say where the plan is to lie, and so where they have a case (C5):
    whoever may know that finds it on the page of the forløb."""
    if kind.slug in ("naeste-moede", "nyt-moede", "planer"):
        return f"Møde {row.number} blev holdt {dates.long_date(row.held_on)}"
    if kind.slug == "tovholder":
        return f"{row.user.name} er stoppet"
    if kind.slug == "samtykker":
        return f"Gælder til {dates.long_date(row.expires_on)}"
    where = "et fagsystem" if is_named else f"{row.system.name} ({row.department.name})"
    return f"Én Plan, version {row.version.number}, mangler i {where}"


def _age(kind: Kind, since: date | datetime, today: date) -> str:
    days = _days(kind, since, today)
    return f"om {_span(kind, days)}" if kind.is_ahead else _span(kind, days)


def _henvendelser(kind: Kind, rows: Any, scope: Scope) -> list[Line]:
    """Never what it says: only from where, to whom, and for how long."""
    rows = list(rows)
    mine = set(
        Henvendelse.objects.visible_to(scope.user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    leaders = _leaders({row.to_department_id for row in rows})
    lines = []
    for row in rows:
        holder = row.to_user or (leaders[row.to_department_id].user if row.to_department_id in leaders else None)
        lines.append(
            Line(
                number="",
                what=f"Fra {row.sender_department.name}, sendt {dates.long_date(_day(row.sent_at))}",
                family="Åbn henvendelsen" if row.pk in mine else "",
                url=reverse("cases:henvendelse", args=[row.pk]) if row.pk in mine else "",
                holder=holder.name if holder else "",
                phone=holder.phone if holder else row.to_department.phone,
                department=row.to_department.name,
                age=_age(kind, row.sent_at, scope.today),
            )
        )
    return lines
