"""Look-ups out of pattern, for the reviewer: that they happened and in which forløb, never what was seen (C13)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, QuerySet
from django.db.models.functions import TruncDate, TruncHour
from django.utils import timezone

from audit.models import AccessLog, AccessLogSubject
from cases.models import Barred, FamilyMember, Forloeb, Person
from organisation.models import Employment, User
from privacy.models import LookupReview, Pattern

DAYS = 90  # how far back
MANY = 12  # different forløb, or searches for a family before a start, …
# … within an hour by the clock
QUIET = 30  # days after the end in which a look-up of an ended forløb is still everyday

Key = tuple[str, UUID, UUID | None, date | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """count look-ups of one pattern by one employee, in one forløb or (MANY, SEARCHES) on one day. through: the newest row."""

    pattern: Pattern
    actor: User
    forloeb: Forloeb | None
    day: date | None
    count: int
    first: datetime
    last: datetime
    through: int

    @property
    def key(self) -> Key:
        return (self.pattern.value, self.actor.pk, self.forloeb.pk if self.forloeb else None, self.day)

    @property
    def words(self) -> str:
        return str(self.pattern.label)

    @property
    def counted(self) -> str:
        return f"{self.count} {'søgninger' if self.pattern is Pattern.SEARCHES else 'forløb'}"


@dataclass(slots=True)
class _Pair:
    """One employee's look-ups in one forløb (None: in searches and lists), and of whom."""

    actor: UUID
    forloeb: UUID | None
    subjects: set[UUID]
    count: int
    first: datetime
    last: datetime
    through: int


def findings(by: User, now: datetime | None = None) -> list[Finding]:
    """Those nobody has looked at yet, newest first. Ten queries for any number of look-ups.

    by: the reviewer. A forløb they are barred from is not there (F13), and their own look-ups wait for another.
    """
    now = now or timezone.now()
    since = now - timedelta(days=DAYS)
    seen = _seen()
    barred = set(Barred.objects.filter(user=by).values_list("forloeb", flat=True))
    forloeb = {row.pk: row for row in Forloeb.objects.only("pk", "number", "state", "ended_on")}
    actors = {row.pk: row for row in User.objects.only("pk", "name")}
    found = [
        *_of_names(since, actors, forloeb),
        *_many(since, actors),
        *_searches(since, actors),
        *_ended(since, actors, forloeb),
    ]
    kept = [
        one
        for one in found
        if one.through > seen.get(one.key, 0)
        and one.actor.pk != by.pk
        and not (one.forloeb and one.forloeb.pk in barred)
    ]
    return sorted(kept, key=lambda one: (-one.last.timestamp(), one.pattern, str(one.actor.pk)))


def _seen() -> dict[Key, int]:
    rows = LookupReview.objects.values_list("pattern", "actor", "forloeb_id", "day").annotate(Max("through"))
    return {(pattern, actor, forloeb, day): through for pattern, actor, forloeb, day, through in rows}


def reviewed(actors: Iterable[User]) -> dict[Key, LookupReview]:
    """What was said the last time the same look-ups of these employees were looked through, and by whom. One query."""
    rows = LookupReview.objects.filter(actor__in=[one.pk for one in actors]).select_related("by").order_by("at")
    return {(row.pattern, row.actor_id, row.forloeb_id, row.day): row for row in rows}


# --- names ---------------------------------------------------------------------------------------------------------------
def _of_names(since: datetime, actors: Mapping[UUID, User], forloeb: Mapping[UUID, Forloeb]) -> Iterator[Finding]:
    pairs = _pairs(since)
    subjects = AccessLogSubject.objects.filter(log__at__gte=since).values("subject")
    names = {
        pk: _fold(f"{first} {last}")
        for pk, first, last in Person.objects.filter(pk__in=subjects).values_list("pk", "first_name", "last_name")
    }
    last_names = {pk: _fold(last) for pk, last in Person.objects.filter(pk__in=subjects).values_list("pk", "last_name")}
    relatives = _relatives(subjects)
    colleagues = _colleagues()
    for pair in pairs:
        actor = actors.get(pair.actor)
        if actor is None:
            continue
        own = _fold(actor.name)
        theirs = colleagues.get(actor.pk, frozenset())
        kinds = {
            Pattern.OWN_NAME: any(names.get(one) == own for one in pair.subjects),
            Pattern.OWN_FAMILY: any(_is_last_name(last_names.get(one, ""), own) for one in pair.subjects),
            Pattern.COLLEAGUE: any(relatives.get(one, frozenset()) & theirs for one in pair.subjects),
        }
        kind = next((pattern for pattern, holds in kinds.items() if holds), None)
        if kind is not None:
            row = forloeb.get(pair.forloeb) if pair.forloeb else None
            yield Finding(kind, actor, row, None, pair.count, pair.first, pair.last, pair.through)


def _pairs(since: datetime) -> Iterable[_Pair]:
    rows = (
        AccessLogSubject.objects.filter(log__at__gte=since, log__actor__isnull=False)
        .values("log__actor", "log__forloeb_id", "subject")
        .annotate(n=Count("pk"), first=Min("log__at"), last=Max("log__at"), through=Max("log__seq"))
        .order_by()
    )
    found: dict[tuple[UUID, UUID | None], _Pair] = {}
    for row in rows:
        key = (row["log__actor"], row["log__forloeb_id"])
        pair = found.setdefault(key, _Pair(*key, set(), 0, row["first"], row["last"], 0))
        pair.subjects.add(row["subject"])
        pair.count = max(pair.count, row["n"])
        pair.first, pair.last = min(pair.first, row["first"]), max(pair.last, row["last"])
        pair.through = max(pair.through, row["through"])
    return found.values()


def _relatives(subjects: Any) -> dict[UUID, frozenset[str]]:
    """Person → names of everybody in the same family, the person's own included."""
    families = FamilyMember.objects.filter(person__in=subjects).values("family")
    rows = FamilyMember.objects.filter(family__in=families).values_list(
        "family", "person", "person__first_name", "person__last_name"
    )
    together: dict[UUID, set[str]] = {}
    inside: dict[UUID, set[UUID]] = {}
    for family, person, first, last in rows:
        together.setdefault(family, set()).add(_fold(f"{first} {last}"))
        inside.setdefault(person, set()).add(family)
    return {person: frozenset().union(*(together[one] for one in families)) for person, families in inside.items()}


def _colleagues() -> dict[UUID, frozenset[str]]:
    """Employee → names of the others in the same departments today."""
    rows = Employment.objects.current().values_list("department", "user", "user__name")
    there: dict[UUID, dict[UUID, str]] = {}
    for department, user, name in rows:
        there.setdefault(department, {})[user] = _fold(name)
    found: dict[UUID, set[str]] = {}
    for staff in there.values():
        for user in staff:
            found.setdefault(user, set()).update(name for other, name in staff.items() if other != user)
    return {user: frozenset(names) for user, names in found.items()}


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_last_name(last: str, own: str) -> bool:
    return bool(last) and own.endswith(f" {last}")


# --- numbers and ended forløb -----------------------------------------------------------------------------------------------
def _many(since: datetime, actors: Mapping[UUID, User]) -> Iterator[Finding]:
    rows = AccessLog.objects.filter(at__gte=since, actor__isnull=False, forloeb_id__isnull=False)
    return _in_an_hour(Pattern.MANY, rows, Count("forloeb_id", distinct=True), actors)


def _searches(since: datetime, actors: Mapping[UUID, User]) -> Iterator[Finding]:
    """Who asks whether one after the other is known, whatever the answer (F9)."""
    rows = AccessLog.objects.filter(at__gte=since, actor__isnull=False, kind="cases:search")
    return _in_an_hour(Pattern.SEARCHES, rows, Count("pk"), actors)


def _in_an_hour(
    pattern: Pattern, rows: QuerySet[AccessLog], number: Count, actors: Mapping[UUID, User]
) -> Iterator[Finding]:
    """One finding for each employee and day with an hour of that many: the most in one, and up to the last look-up."""
    hours = rows.annotate(hour=TruncHour("at")).values("actor", "hour")
    found = hours.annotate(n=number, first=Min("at"), last=Max("at"), through=Max("seq")).filter(n__gte=MANY)
    days: dict[tuple[UUID, date], Finding] = {}
    for row in found.order_by():
        key = (row["actor"], timezone.localdate(row["first"]))
        if row["actor"] not in actors:
            continue
        now = Finding(pattern, actors[row["actor"]], None, key[1], row["n"], row["first"], row["last"], row["through"])
        before = days.setdefault(key, now)
        days[key] = replace(
            now,
            count=max(now.count, before.count),
            first=min(now.first, before.first),
            last=max(now.last, before.last),
            through=max(now.through, before.through),
        )
    yield from days.values()


def _ended(since: datetime, actors: Mapping[UUID, User], forloeb: Mapping[UUID, Forloeb]) -> Iterator[Finding]:
    ended = {pk: row.ended_on for pk, row in forloeb.items() if row.is_ended and row.ended_on}
    rows = (
        AccessLog.objects.filter(
            at__gte=since, actor__isnull=False, forloeb_id__in=Forloeb.objects.exclude(ended_on=None).values("pk")
        )
        .annotate(day=TruncDate("at"))
        .values("actor", "day", there=F("forloeb_id"))
        .annotate(n=Count("pk"), first=Min("at"), last=Max("at"), through=Max("seq"))
        .order_by("day")
    )
    found: dict[tuple[UUID, UUID], Finding] = {}
    for row in rows:
        key = (row["actor"], row["there"])
        if key[1] not in ended or key[0] not in actors or (row["day"] - ended[key[1]]).days <= QUIET:
            continue
        before = found.get(key)
        found[key] = Finding(
            Pattern.ENDED,
            actors[key[0]],
            forloeb[key[1]],
            None,
            row["n"] + (before.count if before else 0),
            before.first if before else row["first"],
            row["last"],
            max(row["through"], before.through if before else 0),
        )
    yield from found.values()
