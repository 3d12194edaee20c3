"""What must be true in a scenario: asked of the real pages and papers, never of the code behind them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.models import AccessLog
from cases import collaboration
from cases.models import Forloeb, Person
from consent.basis import load_basis, whole_years
from consent.sharing import share
from insight.inside import HOST
from insight.scenario.places import address
from meetings.models import BoardNote
from meetings.readers import reader_of, reader_of_person
from organisation.models import User
from plans.models import JournalEntry, PlanCopy

if TYPE_CHECKING:
    from insight.scenario.player import Player

HINTS = ("udeladt", "samtykke mangler", "skjult", "må ikke se")


class Failed(Exception):
    """A must that does not hold; the text says what was found."""


def text_of(content: bytes) -> str:
    """The words of a PDF, white space folded."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() or "" for page in pages).split())


def check(player: Player, must: dict[str, Any]) -> None:
    """Check one must. In: its row from the file, with `check` naming the kind. Raises Failed, or Wrong: it names something
    that the story does not have."""
    CHECKS[must["check"]](player, must)


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
    text = text_of(copy.file.content)
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


def signed_in(user: User) -> Client:
    """A browser of this employee's."""
    client = Client(HTTP_HOST=HOST)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(player: Player, must: dict[str, Any]) -> None:
    """A page or a paper, fetched as a real request by a member of staff, holds and lacks words, or answers a status.

    logged: a person's key; the fetching leaves a row about that person in the access log (C13).
    {alder} in what it holds: the person's age on the day it is asked for.
    """
    logged = AccessLog.objects.about(player.persons[must["logged"]]) if "logged" in must else None
    before = logged.count() if logged is not None else 0
    answer = signed_in(player.users[must["as"]]).get(
        address(player, must["page"], must), secure=settings.SECURE_SSL_REDIRECT
    )
    expected = must.get("status", 200)
    if answer.status_code != expected:
        raise Failed(f"siden {must['page']} svarer {answer.status_code}, ikke {expected}")
    content = answer.getvalue()
    text = text_of(content) if answer["Content-Type"] == "application/pdf" else " ".join(content.decode().split())
    if "person" in must:
        age = str(whole_years(player.persons[must["person"]].birth_date, timezone.localdate()))
        must = must | {"holds": [word.replace("{alder}", age) for word in must.get("holds", ())]}
    _words(text, must, f"siden {must['page']} for {must['as']}")
    if logged is not None and logged.count() != before + 1:
        raise Failed(f"at {must['as']} så {must['page']}, står ikke i loggen")


def _search(player: Player, must: dict[str, Any]) -> None:
    """What the search before a start answers somebody who may start, by a CPR number or a name (F9)."""
    browser, secure = signed_in(player.users[must["as"]]), settings.SECURE_SSL_REDIRECT
    no = {question.key: "nej" for question in collaboration.questions()}
    browser.post(reverse("cases:start"), no, secure=secure)
    asked = {"search": "1", "cpr": must.get("cpr", ""), "name": must.get("name", "")}
    answer = browser.post(reverse("cases:start_family"), asked, secure=secure)
    if answer.status_code != 200:
        raise Failed(f"søgningen svarer {answer.status_code}, ikke 200")
    text = " ".join(answer.content.decode().split())
    _words(text[text.find("<main") : text.find("</main>")], must, f"søgningen for {must['as']}")


def _together(player: Player, must: dict[str, Any]) -> None:
    """Two write in the same line of the plan at once: the second is told, sees both texts, and nothing is lost (P5)."""
    version = player.versions[must["version"]]
    item = player.item(version, must["item"])
    url = reverse("plans:edit", args=[version.pk])
    field, seen = f"text-{item.pk}", str(item.row_version)
    first, second = (must["item"] + word for word in (" Først.", " Bagefter."))
    for key, text, expected in ((must["first"], first, 302), (must["second"], second, 409)):
        answer = signed_in(player.users[key]).post(
            url, {field: text, f"v-{item.pk}": seen}, secure=settings.SECURE_SSL_REDIRECT
        )
        if answer.status_code != expected:
            raise Failed(f"da {key} gemte, svarede siden {answer.status_code}, ikke {expected}")
    _words(answer.content.decode(), {"holds": [first, second, "Intet er tabt"]}, f"siden for {must['second']}")
    item.refresh_from_db()
    if item.text != first:
        raise Failed(f"der står »{item.text}«, før nogen har valgt")
    keep = {field: second, f"v-{item.pk}": seen, "keep": field}
    signed_in(player.users[must["second"]]).post(url, keep, secure=settings.SECURE_SSL_REDIRECT)
    item.refresh_from_db()
    if item.text != second or first not in item.history.values_list("text", flat=True):  # type: ignore[attr-defined]
        raise Failed("en af de to tekster er tabt")


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
    answer = signed_in(player.users[must["as"]]).get(
        address(player, must["page"], must), secure=settings.SECURE_SSL_REDIRECT
    )
    text = answer.content.decode()
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


def _erased(player: Player, must: dict[str, Any]) -> None:
    """The forløb and its people are gone, history included; that somebody looked at them is still in the log (C13)."""
    persons = [one.pk for one in player.persons.values()]
    for model, keys in ((Forloeb, [player.forloeb_pk]), (Person, persons)):
        for rows, key in ((model._base_manager, "pk__in"), (model.history, "id__in")):  # type: ignore[attr-defined]
            if rows.filter(**{key: keys}).exists():
                raise Failed(f"noget er ikke slettet: {model._meta.verbose_name_plural}")
    if not AccessLog.objects.in_forloeb(player.forloeb_pk).exists():
        raise Failed("loggen over, hvem der så hvad, er væk")


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
    "search": _search,
    "journal": _journal,
    "together": _together,
    "erased": _erased,
    "order": _order,
    "said": _said,
    "state": _state,
    "nothing": _nothing,
}
