"""Danish civil registration numbers: read, dated, shown. The check digit is never a reason to refuse."""

from datetime import date

from stdnum.dk import cpr as stdnum_cpr
from stdnum.exceptions import ValidationError as StdnumError

CPR_HELP = "Skriv CPR-nummeret med 10 cifre, fx 010203-1234"


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
