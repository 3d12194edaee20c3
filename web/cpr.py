"""Danish civil registration numbers: read, dated, shown. The check digit is never a reason to refuse."""

import re
from datetime import date

from stdnum.dk import cpr as stdnum_cpr
from stdnum.exceptions import ValidationError as StdnumError

CPR_HELP = "Skriv CPR-nummeret med 10 cifre, fx 010203-1234"
NO_CPR_HELP = "Der står et CPR-nummer i teksten. Fjern det, og skriv navnet i stedet."
CPR_IN_TEXT = re.compile(r"(?<![0-9])([0-9]{6})[ \u2013-]?[0-9]{4}(?![0-9])")


def parse_cpr(text: str) -> str:
    """Ten digits from any normal spelling (`050516-1234`, `050516 1234`, `0505161234`).

    Accepts day + 60 (replacement numbers) and any last four digits: modulus 11 has not held for all since 2007.
    Raises: ValueError with a Danish sentence.
    """
    digits = stdnum_cpr.compact(text)
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        raise ValueError(CPR_HELP)
    birth_date(digits)
    return digits


def holds_cpr(text: str) -> bool:
    """Does a CPR number stand in the text? Ten digits that begin with no date (a telephone number) are none."""
    for found in CPR_IN_TEXT.finditer(text):
        try:
            birth_date(found[0][:6] + found[0][-4:])
        except ValueError:
            continue
        return True
    return False


def birth_date(cpr: str) -> date:
    """The birthday in a CPR number of ten digits. Raises: ValueError (Danish sentence) when there is no such day."""
    day = int(cpr[:2])
    plain = f"{day - 60:02d}{cpr[2:]}" if day > 60 else cpr
    try:
        return stdnum_cpr.get_birth_date(plain)
    except (StdnumError, ValueError):
        raise ValueError(f"De første seks cifre er ikke en dato. {CPR_HELP}") from None


def show_cpr(cpr: str) -> str:
    """`050516-1234`."""
    return f"{cpr[:6]}-{cpr[6:]}"


def mask_cpr(cpr: str) -> str:
    """`050516-xxxx`: what a page shows until somebody asks and is logged."""
    return f"{cpr[:6]}-xxxx"
