"""The demo's sign-in page: the groups of the demo municipality's file, with the users that are there now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from organisation.models import User
from organisation.municipality import Municipality, read

DEMO_FILE = Path(__file__).parent / "demo" / "storebaelt.toml"


@dataclass(frozen=True)
class DemoUser:
    user: User
    shown_as: str
    what_to_try: str


@dataclass(frozen=True)
class DemoGroup:
    title: str
    hint: str
    people: list[DemoUser]


@cache
def municipality() -> Municipality:
    return read(DEMO_FILE)


def groups() -> list[DemoGroup]:
    """In the file's order; a user who is deactivated or not loaded is left out."""
    by_name = {user.username: user for user in User.objects.active().filter(username__in=_usernames())}
    return [
        DemoGroup(
            group.values["title"],
            group.values.get("hint", ""),
            [
                DemoUser(by_name[person.values["username"]], person.values["shown_as"], person.values["try"])
                for person in group.children
                if person.values["username"] in by_name
            ],
        )
        for group in municipality().rows["demo_group"]
    ]


def find(username: str) -> User | None:
    """Only those shown may be signed in without a password."""
    if username not in _usernames():
        return None
    return User.objects.active().filter(username=username).first()


def _usernames() -> set[str]:
    return {person.values["username"] for group in municipality().rows["demo_group"] for person in group.children}
