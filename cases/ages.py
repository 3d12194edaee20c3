"""The age limits of C1, read from `ages.toml`: a table, not constants."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ages:
    """Whole years, and days for the warning."""

    signs_self: int
    custody_sees_until: int
    adult: int
    warn_days_before: int


@lru_cache(maxsize=1)
def ages() -> Ages:
    """The municipality's table. Raises TypeError at start when a line is missing or unknown."""
    return Ages(**tomllib.loads((Path(__file__).parent / "ages.toml").read_text(encoding="utf-8")))
