"""What is asked of what was measured, and whether it holds. Pure: rows of `Measured` of the small and the large in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from insight.bench import BARE, PAPER

MOST_QUERIES, MOST_GROWTH, MOST_FILE, MOST_PDF = 15, 2.0, 1.5, 1.2
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """found: the rows that miss the aim with their figures, or the one that came nearest to missing it."""

    aim: str
    is_met: bool
    found: str


def verdicts(small: Rows, large: Rows) -> Iterator[Verdict]:
    pairs = list(zip(small, large, strict=True))
    pages = [(one, two) for one, two in pairs if two["aim"] == "page"]
    files = [(one, two) for one, two in pairs if two["aim"] == "file"]
    differ = {two["name"]: two["queries"] - one["queries"] for one, two in pages + files}
    yield _judge(
        "Lige mange sql ved begge størrelser",
        {name: abs(more) for name, more in differ.items()},
        0,
        " flere eller færre",
    )
    yield _judge(f"Højst {MOST_QUERIES} sql pr. side", {two["name"]: two["queries"] for _, two in pages}, MOST_QUERIES)
    yield _judge(f"Ingen side over {MOST_GROWTH:.1f} × den lilles tid", _growth(pages), MOST_GROWTH, " ×")
    yield _judge("En frosset PDF koster det samme (omkring 1)", _growth(files), MOST_FILE, " ×")
    ours = {two["name"]: two["milliseconds"] for _, two in pairs}
    bare = ours[BARE]
    yield _judge(
        f"Én Plan som PDF højst {MOST_PDF} × WeasyPrint alene",
        {name: milliseconds / bare for name, milliseconds in ours.items() if name.startswith(PAPER)},
        MOST_PDF,
        " ×",
    )


def _growth(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, float]:
    return {two["name"]: two["milliseconds"] / one["milliseconds"] for one, two in pairs}


def _judge(aim: str, figures: dict[str, float], most: float, unit: str = "") -> Verdict:
    missed = {name: figure for name, figure in figures.items() if figure > most}
    worst = max(figures, key=lambda name: figures[name])
    said = missed or {worst: figures[worst]}
    words = "; ".join(f"{name}: {f'{figure:.2f}'.removesuffix('.00')}{unit}" for name, figure in said.items())
    return Verdict(aim, not missed, words if missed else f"Højest er {words}")
