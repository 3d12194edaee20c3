"""Hverdage: Monday to Friday without Danish public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("DK", language="da")


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays()


def between(start: date, end: date) -> int:
    """Hverdage after `start` up to and with `end`: sent Friday and looked at on Monday is one."""
    return sum(is_workday(start + timedelta(days=away)) for away in range(1, (end - start).days + 1))


def after(day: date, number: int) -> date:
    """The hverdag that comes `number` hverdage after the day."""
    found = day
    while number:
        found += timedelta(days=1)
        number -= is_workday(found)
    return found


def before(day: date, number: int) -> date:
    """The latest day from which there are more than `number` hverdage until `day`."""
    found = day
    while between(found, day) <= number:
        found -= timedelta(days=1)
    return found
