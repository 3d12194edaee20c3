"""Small rules of written Danish: how words are listed, whose a thing is, and in which order names stand."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# After z come æ, ø, å; what only looks different sorts beside its Danish letter.
_AFTER_Z = {"æ": 0, "ä": 0, "ø": 1, "ö": 1, "ő": 1, "å": 2}
_SAME_AS = {"ü": "y", "ű": "y", "ð": "d", "đ": "d", "ł": "l"}


@lru_cache(maxsize=4096)
def danish_key(text: str) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...], tuple[bool, ...], str]:
    """A sort key: letters first (aa = å), then accents, then capitals before small letters, then the code points."""
    letters: list[tuple[int, str]] = []
    accents: list[str] = []
    smalls: list[bool] = []
    plain = unicodedata.normalize("NFC", text)
    place = 0
    while place < len(plain):
        step = 2 if plain[place : place + 2].lower() == "aa" else 1
        part = plain[place : place + step]
        place += step
        low = "å" if step == 2 else part.lower()
        smalls.extend(not mark.isupper() for mark in part)
        if low in _AFTER_Z:
            letters.append((3, str(_AFTER_Z[low])))
            accents.append("" if low in "æøå" else low)
            continue
        base = _SAME_AS.get(low) or unicodedata.normalize("NFD", low)[:1]
        kind = 2 if base.isalpha() else 1 if base.isdigit() else 0
        letters.append((kind, base))
        accents.append("" if base == low else low)
    return tuple(letters), tuple(accents), tuple(smalls), plain


def danish_sorted(words: Iterable[str]) -> list[str]:
    """Names in the order a Dane looks for them: Anna, Zenia, Ærø, Øster, Ågård, and »Aage« beside »Åge«."""
    return sorted(words, key=danish_key)


def listed(words: Iterable[str]) -> str:
    """»Anna«, »Anna og Bo«, »Anna, Bo og Carl«; no comma before »og«. Nothing gives ""."""
    *before, last = [*words] or [""]
    return f"{', '.join(before)} og {last}" if before else last


def genitive(name: str) -> str:
    """»Annas«, »Mads'«."""
    return f"{name}'" if name[-1:].lower() in ("s", "x", "z") else f"{name}s"
