"""What will change by itself: consents that run out, and birthdays that change who decides (C1, C4). For Min dag."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.ages import ages
from cases.models import Custody, ForloebPerson, ForloebState, Person, oldest_first
from consent.models import Answer, Consent, Declaration, Signature

RENEW_DAYS = 30  # so long before it runs out is a new consent asked for (C4)


def expiring(on: date, days: int) -> QuerySet[Declaration]:
    """Those `to_renew` whose yes still stands today."""
    return to_renew(on, days).filter(expires_on__gt=on)


def to_renew(on: date, days: int) -> QuerySet[Declaration]:
    """Declarations with a yes that has run out, or does so within so many days, first the oldest, in open forløb, of those
    who are in it.

    A declaration whose every answer was given anew later is left out: renewing it is done. A new yes is given when all
    who must sign have signed; a no needs no signature.
    """
    again = Consent.objects.filter(
        Q(answer=Answer.NO) | _signed_by_all(on), declaration=OuterRef("pk"), topic=OuterRef(OuterRef("topic"))
    ).filter(
        Q(department=OuterRef(OuterRef("department")))
        | Q(external=OuterRef(OuterRef("external")))
        | Q(adult=OuterRef(OuterRef("adult")))
    )
    # From the person's few declarations to their answers: asked of the answers at once, SQLite goes through every
    # answer of the municipality to the topic.
    newer = Declaration.objects.filter(
        _said_later(),
        Exists(again),
        forloeb=OuterRef("declaration__forloeb"),
        person=OuterRef("declaration__person"),
    )
    standing = Consent.objects.filter(
        ~Exists(newer), declaration=OuterRef("pk"), answer=Answer.YES, withdrawn_at__isnull=True
    )
    here = ForloebPerson.objects.filter(forloeb=OuterRef("forloeb"), person=OuterRef("person"), to_date__isnull=True)
    return (
        Declaration.objects.filter(Exists(standing), Exists(here), expires_on__lte=on + timedelta(days=days))
        .exclude(forloeb__state=ForloebState.ENDED)
        .select_related("forloeb__family", "person")
        .order_by("expires_on", "pk")
    )


def _said_later() -> Q:
    """Of a declaration: was it said after the one of the answer asked about? As `sharing` orders them: a paper that is
    registered late is no newer for that."""
    same_day = Q(informed_on=OuterRef("declaration__informed_on"))
    return Q(informed_on__gt=OuterRef("declaration__informed_on")) | (
        same_day & Q(sequence__gt=OuterRef("declaration__sequence"))
    )


def _signed_by_all(on: date) -> Q:
    """Of an answer: is its declaration signed by everybody who must sign today (C1)? As `sharing.required_signers`."""
    holders = Custody.objects.on(on).filter(child=OuterRef("declaration__person"))
    signed = Signature.objects.filter(declaration=OuterRef("declaration"))
    by_holder = Signature.objects.filter(declaration=OuterRef(OuterRef("declaration")), signer=OuterRef("holder"))
    young = Q(declaration__person__birth_date__gt=_years_before(on, ages().signs_self)) | (
        Q(declaration__person__birth_date__isnull=True) & Exists(holders)
    )
    by_holders = Q(Exists(holders)) & ~Exists(holders.exclude(Exists(by_holder)))
    return (young & by_holders) | (~young & Exists(signed.filter(signer=OuterRef("declaration__person"))))


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


def turns(person: Person, years: int) -> date | None:
    """The day a person turns so many years; 29 February becomes 1 March."""
    born = person.birth_date
    if born is None:
        return None
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def birthdays_ahead(person: Person, on: date) -> list[tuple[int, date]]:
    """(years, day) of the ages that change who signs or decides, which the person turns in the days to come."""
    limits = ages()
    last = on + timedelta(days=limits.warn_days_before)
    wanted = sorted({limits.signs_self, limits.custody_sees_until, limits.adult})
    return [(years, day) for years in wanted if (day := turns(person, years)) and on < day <= last]


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
