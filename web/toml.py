"""Read a TOML file that a municipality wrote, and say in Danish what is wrong with it and where."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = 60  # of a line that cannot be read: enough to find it by
LONGEST_KEY = 80
# TOML lets these in by an escape only; PostgreSQL keeps no NUL, and nobody sees the others.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ESCAPE = re.compile(r"\\(?:[bfr]|u00[0189]|u007[fF]|U000000[0189]|U0000007[fF])")
LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000}")


class BadToml(Exception):
    """The file cannot be read. The message is a Danish sentence without the file's name."""


def read_toml(file: Path) -> dict[str, Any]:
    """What the file holds. A mark of UTF-8 at its start, as Windows writes it, is passed over. Raises BadToml."""
    return parse_toml(read_text(file))


def read_text(file: Path) -> str:
    """The text of a file that is to be UTF-8. Raises BadToml."""
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise BadToml("filen findes ikke") from error
    except IsADirectoryError as error:
        raise BadToml("det er en mappe, ikke en fil") from error
    except OSError as error:
        raise BadToml("filen kan ikke åbnes. Se, om appen må læse den") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadToml("filen er ikke gemt som UTF-8, men som UTF-16. Gem den igen, og vælg UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadToml(f"filen er ikke gemt som UTF-8: se linje {line}. Gem den igen, og vælg UTF-8") from error


def parse_toml(text: str) -> dict[str, Any]:
    """What stands in the text, all of it fit to be kept and shown. Raises BadToml."""
    try:
        data = tomllib.loads(text)
        words = list(_words(data))
    except tomllib.TOMLDecodeError as error:
        raise BadToml(f"filen er ikke gyldig TOML: {_place(str(error), text)}") from error
    except RecursionError as error:
        raise BadToml("filen er ikke gyldig TOML: for mange parenteser inden i hinanden") from error
    except ValueError as error:  # Python turns no number of more than 4300 figures into an int
        number, _ = _line(LONG_NUMBER, text)
        raise BadToml(f"linje {number} har et tal, der er for langt") from error
    for word, is_key in words:
        if is_key and len(word) > LONGEST_KEY:
            number, line = _line(re.compile(re.escape(word[:LONGEST_KEY])), text)
            raise BadToml(f"nøglen i linje {number} er på {len(word)} tegn: »{line}…«. Skriv højst {LONGEST_KEY}")
        if UNSEEN.search(word):
            number, line = _line(ESCAPE, text)
            raise BadToml(f"linje {number} har et usynligt tegn, som ikke kan gemmes: »{line}«")
    return data


def _words(value: Any) -> Iterator[tuple[str, bool]]:
    """Every text of the file, and whether it is a key."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key, True
            yield from _words(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _words(inside)
    elif isinstance(value, str):
        yield value, False


def _line(sought: re.Pattern[str], text: str) -> tuple[int, str]:
    """Number and beginning of the first line that holds it; the first line of all when none does."""
    lines = text.splitlines() or [""]
    number = next((number for number, line in enumerate(lines, 1) if sought.search(line)), 1)
    return number, lines[number - 1].strip()[:WORDS]


def _place(message: str, text: str) -> str:
    """The parser's words are English; its place is kept, with the line itself."""
    lines = text.splitlines() or [""]
    where = re.search(r"line (\d+), column (\d+)", message)
    number = min(int(where[1]), len(lines)) if where else len(lines)
    told = f"se linje {number}, tegn {where[2]}" if where else f"den slutter midt i noget i linje {number}"
    line = lines[number - 1].strip()[:WORDS]
    if re.search(r"overwrite|twice|immutable|namespace", message):
        told = f"se linje {number}. Nøglen eller afsnittet står to gange"
    return f"{told}: »{line}«" if line else told
