"""Read a scenario file and say in plain words what is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from insight.scenario.shape import Wrong, check_file
from web.toml import BadToml, read_toml

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"


class BadScript(Exception):
    """The file cannot be played; the text names the file, the place and what is expected."""


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario as written: persons and staff by key, steps in order, and what must be true at the end."""

    name: str
    title: str
    family: str
    model: str
    persons: dict[str, dict[str, Any]]
    staff: dict[str, dict[str, Any]]
    steps: list[dict[str, Any]]
    musts: list[dict[str, Any]]


def names() -> list[str]:
    """The scenarios that come with the app."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find(name_or_path: str) -> Path:
    """A scenario by name, or any file by path. Raises BadScript that lists the names."""
    path = Path(name_or_path)
    for candidate in (FOLDER / f"{name_or_path}.toml", path):
        if candidate.is_file():
            return candidate
    raise BadScript(f"Der er ikke et scenarie, der hedder »{name_or_path}«. Vælg mellem: {', '.join(names())}.")


def read(path: Path) -> Script:
    """Load one file. Raises BadScript with file, place and what is expected."""
    try:
        raw = read_toml(path)
    except BadToml as bad:
        raise BadScript(f"{path.name}: {bad}.") from bad
    try:
        check_file(raw)
    except Wrong as wrong:
        raise BadScript(f"{path.name}: {wrong}") from wrong
    return Script(
        name=path.stem,
        title=raw["title"],
        family=raw["family"],
        model=raw["model"],
        persons={row["key"]: row for row in raw["person"]},
        staff={row["key"]: row for row in raw["staff"]},
        steps=raw["step"],
        musts=raw.get("must", []),
    )
