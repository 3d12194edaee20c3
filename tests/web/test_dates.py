"""Dates, times, CPR numbers and telephone numbers as people write them."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import dates
from web.cpr import birth_date, holds_cpr, mask_cpr, parse_cpr, show_cpr
from web.phones import parse_phone, tel_uri

DAY = date(2026, 11, 5)
SPELLINGS = [
    "5.11.2026", "05.11.2026", "05-11-2026", "5/11/2026", "5/11 2026", "5. 11. 2026", "5,11,2026", "051126", "05112026",
    "2026-11-05", "5. november 2026", "5 nov 2026", "5. nov. 26", " 5.11.26 ", "torsdag 5. november 2026",
    "Torsdag den 5. november 2026", "d. 5.11.2026", "5.\u00a0november 2026",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_date_is_read_in_any_form_people_write(text):
    assert dates.parse_date(text) == DAY


@pytest.mark.parametrize("text", ["", "i morgen", "5.11", "5.11.9999", "31-02-2026", "0.0.2026", "99999999", "5.13.2026", "5.11.1899", "٥.١١.٢٠٢٦", "<b>", "5.11.2026 og mere"])  # fmt: skip
def test_what_is_no_date_is_told_with_an_example(text):
    with pytest.raises(ValueError, match=r"Skriv datoen, fx 23\.11\.2026"):
        dates.parse_date(text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_spelling_of_every_day_comes_back(day):
    for text in (
        dates.long_date(day),
        dates.weekday_date(day),
        dates.input_date(day),
        day.isoformat(),
        f"{day:%d%m%Y}",
    ):
        assert dates.parse_date(text) == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_parsers(text):
    for parse in (dates.parse_date, dates.parse_time, dates.parse_datetime, parse_cpr, parse_phone):
        with suppress(ValueError):
            parse(text)


def test_two_digit_years_of_a_birthday_are_the_last_such_year():
    assert dates.parse_date("05.11.89", latest=date(2026, 11, 22)) == date(1989, 11, 5)
    assert dates.parse_date("05.11.18", latest=date(2026, 11, 22)) == date(2018, 11, 5)


@pytest.mark.parametrize("text", ["14.00", "14:00", "1400", "kl. 14", "14", "klokken 14.00", "14,00"])
def test_a_time_of_day_in_any_form(text):
    assert dates.parse_time(text) == time(14)


@pytest.mark.parametrize("text", ["25.00", "14.60", "to", "", "14.0.0"])
def test_what_is_no_time_is_told(text):
    with pytest.raises(ValueError, match="klokkeslæt"):
        dates.parse_time(text)


def test_a_moment_is_danish_time():
    assert dates.parse_datetime("23.11.2026 kl. 14.00") == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert dates.parse_datetime("2026-07-01T14:00") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="sommertiden"):
        dates.parse_datetime("29.3.2026 2.30")


def test_how_far_away_a_day_is():
    today = date(2026, 11, 23)
    told = {date(2026, 11, 12): "11 dage over tiden", date(2026, 11, 22): "1 dag over tiden", today: "I dag"}
    told |= {date(2026, 11, 24): "I morgen", date(2026, 12, 8): "om 15 dage"}
    assert {day: dates.days_phrase(day, today) for day in told} == told
    # Late in the evening in UTC it is already the next day in Denmark.
    assert dates.as_date(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == today


# --- CPR -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["651116-1234", "6511161234", "651116 1234", " 651116-1234 "])
def test_F8_a_replacement_number_with_day_plus_60_is_accepted(text):
    assert parse_cpr(text) == "6511161234"
    assert birth_date("6511161234") == date(1916, 11, 5)


@given(st.dates(date(1937, 1, 1), date(1999, 12, 31)), st.integers(0, 3999))
def test_F8_modulus_11_is_never_a_reason_to_refuse(day, serial):
    assert parse_cpr(f"{day:%d%m%y}-{serial:04d}") == f"{day:%d%m%y}{serial:04d}"
    assert birth_date(f"{day:%d%m%y}{serial:04d}") == day


@pytest.mark.parametrize(
    "text", ["", "123", "310218-4000", "000000-0000", "ABCDEF-1234", "6511161234567", "٦٥١١١٦1234"]
)
def test_F8_what_is_no_cpr_number_is_told(text):
    with pytest.raises(ValueError, match="Skriv CPR-nummeret med 10 cifre"):
        parse_cpr(text)


def test_a_cpr_number_is_shown_masked():
    assert show_cpr("6511161234") == "651116-1234"
    assert mask_cpr("6511161234") == "651116-xxxx"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sofies nummer er 711089-1122.", True),
        ("7110891122", True),
        ("(711089 1122)", True),
        ("711089–1122", True),
        ("Ring på 4531123456 eller 09 31 44 07", False),
        ("Sag 2026-000123", False),
        ("310288-1122 er ingen dag", False),
        ("17110891122 og 71108911223", False),
        ("Født 16.3.2016", False),
    ],
)
def test_C12_a_cpr_number_in_a_text_is_found_and_a_telephone_number_is_none(text, found):
    assert holds_cpr(text) is found


# --- how long something has lain ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "words"), [(0, "har fået den i dag"), (1, "har haft den i 1 dag"), (12, "har haft den i 12 dage")]
)
def test_U6_how_long_somebody_has_had_something_is_said_in_danish(days, words):
    today = date(2026, 11, 23)
    assert dates.has_had_it(today - timedelta(days=days), today) == words


# --- telephones ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["09312080", "09 31 20 80", "0931 2080", "+45 09312080", "+4509312080", "0045 09 31 20 80", "09-31-20-80", "(+45) 09.31.20.80"])  # fmt: skip
def test_a_telephone_number_in_any_spelling(text):
    assert parse_phone(text) == "09 31 20 80"


def test_a_foreign_number_keeps_its_country():
    assert parse_phone("+46 8 123 456 78") == "+46812345678"
    assert tel_uri("+46812345678") == "+46812345678"
    assert tel_uri("09 31 20 80") == "+4509312080"


@pytest.mark.parametrize("text", ["", "123", "ring", "+45 123", "093120801", "+", "=1+1"])
def test_what_is_no_number_is_told(text):
    with pytest.raises(ValueError, match="8 cifre"):
        parse_phone(text)
