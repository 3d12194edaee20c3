"""What must be true in a scenario: asked of the real pages and papers, never of the code behind them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from consent.sharing import load_basis, share
from documents.models import FrozenFile
from meetings.models import BoardNote
from meetings.readers import reader_of, reader_of_person
from plans.models import JournalEntry, PlanCopy

if TYPE_CHECKING:
    from insight.scenario.player import Player

HINTS = ("udeladt", "samtykke mangler", "skjult", "må ikke se")


class Failed(Exception):
    """A must that does not hold; the text says what was found."""


def text_of(file: FrozenFile) -> str:
    """The words of a PDF, white space folded."""
    pages = PdfReader(io.BytesIO(file.content)).pages
    return " ".join(" ".join(page.extract_text() or "" for page in pages).split())


def check(player: Player, must: dict[str, Any]) -> None:
    """Check one must. In: its row from the file, with `check` naming the kind. Raises Failed."""
    kind: Callable[[Player, dict[str, Any]], None] | None = CHECKS.get(must["check"])
    if kind is None:
        raise Failed(f"»{must['check']}« er ikke en måde at kontrollere på. Vælg mellem: {', '.join(sorted(CHECKS))}.")
    kind(player, must)


def copy_of(player: Player, must: dict[str, Any]) -> PlanCopy:
    """The newest copy of a version for a reader (a department's name or a person's key)."""
    copies = PlanCopy.objects.filter(
        version=player.versions[must.get("version", 1)], recipient=player.recipient(must["reader"])
    )
    found = copies.select_related("file").last()
    if found is None:
        raise Failed(f"der er ingen udgave til {must['reader']}")
    return found


def _paper(player: Player, must: dict[str, Any]) -> None:
    """A reader's Én Plan holds and lacks words; a family member's paper gives no hint either (C5, C6)."""
    copy = copy_of(player, must)
    text = text_of(copy.file)
    _words(text, must, f"udgaven til {must['reader']}")
    if must["reader"] in player.persons:
        _lacks(text, list(HINTS), f"udgaven til {must['reader']}")


def _board(player: Player, must: dict[str, Any]) -> None:
    """The board of a meeting as one reader may have it, by the same function as the Tavlen paper (C5, M6)."""
    meeting = player.meetings[must.get("meeting", 1)]
    if must["reader"] in player.persons:
        reader = reader_of_person(player.persons[must["reader"]], meeting.forloeb_id)
    else:
        reader = reader_of(player.participations[must["reader"]])
    notes = share(BoardNote.objects.filter(meeting=meeting).for_sharing(), reader, load_basis(meeting.forloeb))
    _words(" | ".join(note.text for note in notes.visible), must, f"tavlen for {must['reader']}")


def _page(player: Player, must: dict[str, Any]) -> None:
    """A page, fetched as a real request by a member of staff, holds and lacks words, or answers a status."""
    client = Client(HTTP_HOST=(settings.ALLOWED_HOSTS or ["localhost"])[0].lstrip("*.") or "localhost")
    client.force_login(player.users[must["as"]], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address(player, must["page"], must), secure=settings.SECURE_SSL_REDIRECT)
    expected = must.get("status", 200)
    if answer.status_code != expected:
        raise Failed(f"siden svarer {answer.status_code}, ikke {expected}")
    _words(" ".join(answer.content.decode().split()), must, f"siden {must['page']} for {must['as']}")


def address(player: Player, page: str, must: dict[str, Any]) -> str:
    """The address of a page by its short name."""
    if page in ("desk:my_day", "insight:overview", "plans:journal", "cases:henvendelse_list", "cases:forloeb_list"):
        return reverse(page)
    if page.startswith("meetings:") and page != "meetings:new":
        return reverse(page, args=[player.meetings[must.get("meeting", 1)].pk])
    if page.startswith("plans:"):
        return reverse(page, args=[player.versions[must.get("version", 1)].pk])
    assert player.forloeb is not None
    return reverse(page, args=[player.forloeb.pk])


def _journal(player: Player, must: dict[str, Any]) -> None:
    """The ledger has exactly these lines: system → persons (P7)."""
    found: dict[str, set[str]] = {}
    lines = JournalEntry.objects.filter(version=player.versions[must.get("version", 1)]).select_related("system")
    by_pk = {person.pk: key for key, person in player.persons.items()}
    for entry in lines:
        found.setdefault(entry.system.name, set()).add(by_pk[entry.person_id])
    wanted = {system: set(keys) for system, keys in must["lines"].items()}
    if found != wanted:
        raise Failed(f"linjerne er {_sets(found)}, ikke {_sets(wanted)}")


def _sets(lines: dict[str, set[str]]) -> str:
    return "; ".join(f"{system}: {', '.join(sorted(keys))}" for system, keys in sorted(lines.items())) or "ingen"


def _order(player: Player, must: dict[str, Any]) -> None:
    """Names stand in this order on a page (Danish sorting)."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(player.users[must["as"]], backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(address(player, must["page"], must)).content.decode()
    text = text[text.find("<main") :]
    places = [text.find(name) for name in must["names"]]
    if -1 in places or places != sorted(places):
        raise Failed(f"rækkefølgen er en anden end {', '.join(must['names'])}")


def _said(player: Player, must: dict[str, Any]) -> None:
    """A refusal on the way said these words."""
    told = " ".join(player.said)
    _words(told, must, "det, der blev sagt")


def _state(player: Player, must: dict[str, Any]) -> None:
    """The forløb is in this state, with this reason when it has ended."""
    assert player.forloeb is not None
    player.forloeb.refresh_from_db()
    if player.forloeb.state != must["state"] or player.forloeb.end_reason != must.get("reason", ""):
        raise Failed(f"forløbet er {player.forloeb.get_state_display()} ({player.forloeb.end_reason})")


def _nothing(player: Player, must: dict[str, Any]) -> None:
    """Nothing was stored about the family: no forløb came of it (F3)."""
    if player.forloeb is not None or player.persons:
        raise Failed("noget blev gemt")


def _words(text: str, must: dict[str, Any], where: str) -> None:
    for word in must.get("holds", ()):
        if word not in text:
            raise Failed(f"{where} mangler »{word}«")
    _lacks(text, must.get("lacks", []), where)


def _lacks(text: str, words: list[str], where: str) -> None:
    for word in words:
        if word.lower() in text.lower():
            raise Failed(f"{where} har »{word}«")


CHECKS: dict[str, Callable[[Player, dict[str, Any]], None]] = {
    "paper": _paper,
    "board": _board,
    "page": _page,
    "journal": _journal,
    "order": _order,
    "said": _said,
    "state": _state,
    "nothing": _nothing,
}
