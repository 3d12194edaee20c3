"""Dates and times as Danes write and read them: one parser for every form, one set of phrases for every page."""

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
FIRST_YEAR, LAST_YEAR = 1900, 2100

DATE_HELP = "Skriv datoen, fx 23.11.2026"
TIME_HELP = "Skriv klokkeslættet, fx 14.00"
DATETIME_HELP = "Skriv dato og klokkeslæt, fx 23.11.2026 14.00"

_LEAD = re.compile(rf"^(?:(?:{'|'.join(WEEKDAYS)})\b\.?,?\s*)?(?:d\.|den\b)?\s*", re.IGNORECASE)
_FORMS = (
    re.compile(r"^(?P<d>[0-9]{1,2})\s*[.,/\-\s]\s*(?P<m>[0-9]{1,2})\s*[.,/\-\s]\s*(?P<y>[0-9]{4}|[0-9]{2})\.?$"),
    re.compile(r"^(?P<y>[0-9]{4})[.,/\-](?P<m>[0-9]{1,2})[.,/\-](?P<d>[0-9]{1,2})$"),
    re.compile(r"^(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4}|[0-9]{2})$"),
    re.compile(r"^(?P<d>[0-9]{1,2})\.?\s*(?P<name>[a-zæøå]{3,9})\.?,?\s*(?P<y>[0-9]{4}|[0-9]{2})$", re.IGNORECASE),
)
_TIME = re.compile(
    r"^(?:kl\.?|klokken)?\s*(?P<h>[0-9]{1,2})(?:\s*[.:,]\s*(?P<m>[0-9]{2})|(?P<m2>[0-9]{2}))?$", re.IGNORECASE
)


def parse_date(text: str, *, latest: date | None = None) -> date:
    """Read a date in any form people write: 5.11.2026, 05-11-2026, 5/11 2026, 051126, 5. november 2026, 2026-11-05.

    In: the text; `latest` for dates that cannot lie in the future (a year of two digits is then the last such year).
    Raises: ValueError with a Danish sentence that says what to do.
    """
    text = _LEAD.sub("", " ".join(text.split()))
    for form in _FORMS:
        if found := form.match(text):
            break
    else:
        raise ValueError(DATE_HELP)
    parts = found.groupdict()
    month = _month(parts["name"]) if parts.get("name") else int(parts["m"])
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000
        if latest and year > latest.year:
            year -= 100
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Året skal være mellem {FIRST_YEAR} og {LAST_YEAR}. {DATE_HELP}")
    try:
        return date(year, month, int(parts["d"]))
    except ValueError:
        raise ValueError(f"Den dato findes ikke. {DATE_HELP}") from None


def parse_time(text: str) -> time:
    """Read a time of day: 14.00, 14:00, 1400, kl. 14. Raises: ValueError with a Danish sentence."""
    found = _TIME.match(" ".join(text.split()))
    if not found:
        raise ValueError(TIME_HELP)
    try:
        return time(int(found["h"]), int(found["m"] or found["m2"] or 0))
    except ValueError:
        raise ValueError(f"Det klokkeslæt findes ikke. {TIME_HELP}") from None


def parse_datetime(text: str) -> datetime:
    """Read `23.11.2026 14.00` (also with "kl.", and ISO with T) as Danish time. Raises: ValueError, Danish sentence."""
    text = " ".join(text.replace("T", " ").split())
    day, _, clock = re.sub(r",?\s+(?:kl\.?|klokken)\s*", " ", text, flags=re.IGNORECASE).rpartition(" ")
    if not day:
        raise ValueError(DATETIME_HELP)
    try:
        return at(parse_date(day), parse_time(clock))
    except ValueError as error:
        raise ValueError(DATETIME_HELP if str(error) in (DATE_HELP, TIME_HELP) else str(error)) from None


def at(day: date, clock: time) -> datetime:
    """A day and a time of day as one moment in Danish time. Raises: ValueError for the hour that summer time skips."""
    moment = datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
    there = datetime.fromtimestamp(moment.timestamp(), tz=timezone.get_default_timezone())
    if there.replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise ValueError("Den time findes ikke den dag, fordi sommertiden begynder. " + TIME_HELP)
    return moment


def _month(name: str) -> int:
    name = name.lower()
    for number, month in enumerate(MONTHS, start=1):
        if month.startswith(name) or (name == "sept" and number == 9):
            return number
    raise ValueError(DATE_HELP)


def as_date(value: date | datetime) -> date:
    """The Danish calendar day of a date or a moment."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def long_date(value: date | datetime) -> str:
    """`5. november 2026` (the space after the point does not break)."""
    day = as_date(value)
    return f"{day.day}.\u00a0{MONTHS[day.month - 1]} {day.year}"


def weekday_date(value: date | datetime) -> str:
    """`torsdag 5. november 2026`."""
    return f"{WEEKDAYS[as_date(value).weekday()]} {long_date(value)}"


def clock(value: datetime | time) -> str:
    """`14.00`, in Danish time."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H.%M}"


def input_date(value: date | datetime) -> str:
    """`23.11.2026`, as it stands in a field."""
    return f"{as_date(value):%d.%m.%Y}"


def week(value: date | datetime) -> int:
    """ISO week."""
    return as_date(value).isocalendar().week


def days_phrase(value: date | datetime, today: date | None = None) -> str:
    """How far away a day is; a deadline that has passed is always told in days.

    In: the day and the day it is told (default: today). Out: "11 dage over tiden", "1 dag over tiden", "I dag",
    "I morgen", "om 15 dage".
    """
    away = (as_date(value) - (today or timezone.localdate())).days
    if away < 0:
        return f"{_days(-away)} over tiden"
    if away < 2:
        return ("I dag", "I morgen")[away]
    return f"om {_days(away)}"


def days_since(value: date | datetime, today: date | None = None) -> int:
    """Whole Danish calendar days from that day until today; never below 0."""
    return max(0, ((today or timezone.localdate()) - as_date(value)).days)


def has_had_it(since: date, today: date) -> str:
    """How long something has lain with somebody: "har fået den i dag", "har haft den i 1 dag", "har haft den i 12 dage"."""
    days = (today - since).days
    return f"har haft den i {_days(days)}" if days > 0 else "har fået den i dag"


def _days(number: int) -> str:
    return f"{number} dag" if number == 1 else f"{number} dage"


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
