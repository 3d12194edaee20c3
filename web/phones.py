"""Telephone numbers: any normal spelling in, one spelling out."""

import re

PHONE_HELP = "Skriv et telefonnummer med 8 cifre, fx 09 31 20 80"


def parse_phone(text: str) -> str:
    """`09 31 20 80` from 09312080, 0931 2080, +45 09-31-20-80, 0045 …; a foreign number keeps its `+` and country.

    Raises: ValueError with a Danish sentence.
    """
    bare = re.sub(r"[\s().\-/–\u00a0]", "", text)
    bare = re.sub(r"^00", "+", bare)
    if not re.fullmatch(r"\+?[0-9]+", bare):
        raise ValueError(PHONE_HELP)
    bare = re.sub(r"^\+45(?=[0-9]{8}$)", "", bare)
    if re.fullmatch(r"[0-9]{8}", bare):
        return " ".join(bare[at : at + 2] for at in range(0, 8, 2))
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", bare) and not bare.startswith("+45"):
        return bare
    raise ValueError(PHONE_HELP)


def tel_uri(phone: str) -> str:
    """The number behind a `tel:` link, with country."""
    bare = re.sub(r"[^0-9+]", "", phone)
    return bare if bare.startswith("+") else f"+45{bare}"
