"""Errors that carry a Danish sentence for the person at the screen."""

from typing import Any


class Refused(Exception):
    """The user may not do this. `message` says, in Danish, who can (shown as 403 or above the form)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Stale(Exception):
    """Somebody saved in between (409). `current` is the row as it is now, so that both texts can be shown."""

    def __init__(self, current: Any) -> None:
        super().__init__("Rækken er gemt af en anden i mellemtiden.")
        self.current = current
