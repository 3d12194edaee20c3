"""Who goes by a board note's marks. The plan stands above this app and registers what it does when they change (C5, M8)."""

from collections.abc import Callable

from consent.sharing import Facts
from meetings.models import BoardNote

Follower = Callable[[BoardNote, Facts], None]

_followers: list[Follower] = []


def register(follow: Follower) -> None:
    """Called once, when the app that uses notes is ready. follow: gets the note, and the facts of it as they were."""
    if follow not in _followers:
        _followers.append(follow)


def follow(note: BoardNote, before: Facts) -> None:
    """Let all that was made from the note follow it, when its marks are others than before."""
    if Facts.of(note) != before:
        for one in _followers:
            one(note, before)
