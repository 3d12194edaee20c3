"""Read a TOML file that a municipality wrote, and say in Danish what is wrong with it and where."""

import re
import tomllib
from pathlib import Path
from typing import Any

WORDS = 60  # of a line that cannot be read: enough to find it by


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
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadToml(f"filen er ikke gyldig TOML: {_place(str(error), text)}") from error
    except RecursionError as error:
        raise BadToml("filen er ikke gyldig TOML: for mange parenteser inden i hinanden") from error


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
