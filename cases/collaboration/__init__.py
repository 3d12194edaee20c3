"""Collaboration models as data: one TOML file per model, read and checked once, asked by all code (never `if model ==`).

`models()` gives all of them, `model_for(forloeb)` the one a forløb is run by. A municipality adds a folder of its own by
`settings.COLLABORATION_DIR`; a file there with the key of one of ours takes its place.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from cases.collaboration.reading import BadModel, read_model
from cases.collaboration.shape import (
    Board,
    BoardColumn,
    Check,
    CollaborationModel,
    Document,
    GoalHelp,
    Phase,
    Question,
    Role,
    Situation,
    Step,
)
from cases.collaboration.watching import watched
from web.danish import danish_key

__all__ = [
    "BadModel",
    "Board",
    "BoardColumn",
    "Check",
    "CollaborationModel",
    "Document",
    "GoalHelp",
    "Phase",
    "Question",
    "Role",
    "Situation",
    "Step",
    "forget",
    "model_for",
    "models",
    "questions",
    "read_all",
    "situation_texts",
    "situations",
    "watched",
]

OURS = Path(__file__).resolve().parent


def read_all(*folders: Path) -> tuple[dict[str, CollaborationModel], list[str]]:
    """Every model in the folders, a later one in place of an earlier of the same key, and what is wrong with the rest."""
    found: dict[str, CollaborationModel] = {}
    faults: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder}: mappen findes ikke. Ret FF_COLLABORATION til en mappe med TOML-filer.")
            continue
        here: dict[str, str] = {}
        for file in sorted(folder.glob("*.toml")):
            try:
                model = read_model(file)
            except BadModel as bad:
                faults += bad.faults
                continue
            if model.key in here:
                faults.append(f"{file.name}: key: »{model.key}« står også i {here[model.key]}. Giv hver sin egen key.")
            here[model.key] = file.name
            found[model.key] = model
    return found, faults


@lru_cache(maxsize=4)
def _all(own: str) -> dict[str, CollaborationModel]:
    found, faults = read_all(OURS, *([Path(own)] if own else []))
    if faults:
        raise BadModel(faults)
    return dict(sorted(found.items(), key=lambda row: (row[1].order, danish_key(row[1].name))))


def models() -> dict[str, CollaborationModel]:
    """All models by key, in the order they are offered. Raises BadModel (the system check tells it at start)."""
    return _all(settings.COLLABORATION_DIR)


def model_for(forloeb: Any) -> CollaborationModel:
    """The model of a forløb (an object with `model_key`); the first when the municipality has taken its file away."""
    found = models()
    return found.get(forloeb.model_key) or next(iter(found.values()))


def questions() -> list[Question]:
    """The start check (F3) is asked before a model is chosen, and so asks what any of them asks: each key once, in the
    words of the first model that has it."""
    return _once(model.start_check for model in models().values())


def situations() -> list[Situation]:
    """The examples of all models (F2), each key once: a need is written before, or apart from, the choice of a model."""
    return _once(model.situations for model in models().values())


def situation_texts(keys: Collection[str]) -> list[str]:
    """The texts of the chosen examples, in their order; a key that is in no model any more is left out."""
    return [row.text for row in situations() if row.key in keys]


def _once(rows: Iterable[Iterable[Any]]) -> list[Any]:
    found: dict[str, Any] = {}
    for row in (row for group in rows for row in group):
        found.setdefault(row.key, row)
    return list(found.values())


def forget() -> None:
    """Read the files again the next time (tests)."""
    _all.cache_clear()
