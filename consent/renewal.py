"""What will change by itself: consents that run out, and birthdays that change who decides (C1, C4). For Min dag."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.ages import ages
from cases.models import ForloebPerson, ForloebState, oldest_first
from consent.models import Answer, Consent, Declaration


def expiring(on: date, days: int) -> QuerySet[Declaration]:
    """Declarations with a yes that stands today and runs out within so many days, soonest first, in open forløb.

    A declaration whose every answer was given anew later is left out: renewing it is done.
    """
    newer = Consent.objects.filter(
        declaration__forloeb=OuterRef("declaration__forloeb"),
        declaration__person=OuterRef("declaration__person"),
        declaration__sequence__gt=OuterRef("declaration__sequence"),
        topic=OuterRef("topic"),
    ).filter(Q(department=OuterRef("department")) | Q(external=OuterRef("external")) | Q(adult=OuterRef("adult")))
    standing = Consent.objects.filter(
        ~Exists(newer), declaration=OuterRef("pk"), answer=Answer.YES, withdrawn_at__isnull=True
    )
    return (
        Declaration.objects.filter(Exists(standing), expires_on__gt=on, expires_on__lte=on + timedelta(days=days))
        .exclude(forloeb__state=ForloebState.ENDED)
        .select_related("forloeb__family", "person")
        .order_by("expires_on", "pk")
    )


def birthdays_changing_rules(on: date, days: int | None = None) -> QuerySet[ForloebPerson]:
    """Persons of open forløb who within so many days (the table's) turn an age that changes who signs or decides."""
    born = Q()
    for after, until in _turning(on, days):
        born |= Q(person__birth_date__gt=after, person__birth_date__lte=until)
    return (
        ForloebPerson.objects.filter(born, to_date__isnull=True)
        .exclude(forloeb__state=ForloebState.ENDED)
        .select_related("forloeb__family", "person")
        .order_by(oldest_first(), "pk")
    )


def birthday_changes_rules(born: date | None, on: date, days: int | None = None) -> bool:
    """`birthdays_changing_rules` for one person that is fetched already."""
    return born is not None and any(after < born <= until for after, until in _turning(on, days))


def _turning(on: date, days: int | None) -> list[tuple[date, date]]:
    """(born after, born until) for each of the ages that somebody may turn in the days to come."""
    limits = ages()
    last = on + timedelta(days=limits.warn_days_before if days is None else days)
    years = sorted({limits.signs_self, limits.custody_sees_until, limits.adult})
    return [(_years_before(on, one), _years_before(last, one)) for one in years]


def _years_before(day: date, years: int) -> date:
    """Who is born on or before it has turned so many years on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
