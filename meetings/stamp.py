"""The stamp of a board as one reader has it: changes when anything shown changes, also by a consent taken back."""

import hashlib


def stamp_of(shown: str) -> str:
    """In: what is shown, as text. Out: 16 hex characters for the address to poll."""
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]
