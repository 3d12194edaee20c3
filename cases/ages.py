"""The age limits of C1, read from `ages.toml`: a table, not constants.

A municipality points at a file of its own by `settings.AGES_FILE` (FF_AGES); a line it leaves out is ours.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from web.toml import BadToml, read_toml

OURS = Path(__file__).parent / "ages.toml"
# The least and the most of each line: what is outside is a slip of the pen, not a law.
BOUNDS = {
    "signs_self": (10, 18),
    "custody_sees_until": (10, 18),
    "adult": (15, 21),
    "warn_days_before": (1, 365),
}


class BadAges(Exception):
    """What is wrong with the file: one Danish line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Ages:
    """Whole years, and days for the warning."""

    signs_self: int
    custody_sees_until: int
    adult: int
    warn_days_before: int


def ages() -> Ages:
    """The municipality's table. Raises BadAges (the system check tells it at start)."""
    return _ages(settings.AGES_FILE)


@lru_cache(maxsize=4)
def _ages(own: str) -> Ages:
    ours = Ages(**read_toml(OURS))
    return read_ages(Path(own), ours) if own else ours


def read_ages(file: Path, ours: Ages) -> Ages:
    """A municipality's own file on top of `ours`. Raises BadAges with every fault at once."""
    try:
        data = read_toml(file)
    except BadToml as bad:
        raise BadAges([f"{file.name}: {bad}."]) from bad
    faults = [f"{file.name}: {fault}" for key, value in data.items() if (fault := _fault(key, value))]
    values = asdict(ours) | {key: value for key, value in data.items() if key in BOUNDS}
    if not faults:
        faults = [
            f"{file.name}: {key}: er højere end adult. Et barn kan ikke blive myndigt før det."
            for key in ("signs_self", "custody_sees_until")
            if values[key] > values["adult"]
        ]
    if faults:
        raise BadAges(faults)
    return Ages(**values)


def _fault(key: str, value: Any) -> str:
    if key not in BOUNDS:
        return f"{key}: kendes ikke. Brug en af: {', '.join(BOUNDS)}."
    low, high = BOUNDS[key]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        return f"{key}: skriv et helt tal mellem {low} og {high}."
    return ""


def check_ages(**kwargs: Any) -> list[CheckMessage]:
    """The system check: a file with a fault stops the start, with what to mend."""
    try:
        ages()
    except BadAges as bad:
        hint = "Ret filen, som FF_AGES peger på, og start igen. Se docs/operations.md."
        return [Error(fault, hint=hint, id="cases.E002") for fault in bad.faults]
    return []
