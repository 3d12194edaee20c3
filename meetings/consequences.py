"""What a withdrawal does to boards and agendas, told before it is done (C7): counts and meetings, never a text."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Forloeb, Participation, Person
from consent.consequences import Consequence, Effect, Loss, counts, must_be_told
from consent.marking import topics_in_use
from consent.sharing import Reader
from consent.unmarked import may_hear
from meetings.models import AgendaPoint, Attendance, BoardNote, MeetingState, Presence, SmileyRating
from meetings.readers import readers_losing
from web import dates
from web.danish import danish_sorted, listed


def board_notes_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Notes about the person that close, by a yes that goes or because having been present gives them no more (C5)."""
    notes = BoardNote.objects.filter(meeting__forloeb=forloeb, about=person)
    gone = notes.lost_by(readers_losing(forloeb, person, loss), loss.before, loss.after)
    text = "Det lukkes for dem, der mister adgang, også for dem, der var med til mødet."
    yield from _closed(gone, ("punkt på tavlen", "punkter på tavlen"), text)


def agenda_points_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Points about the person that close: who loses the yes does not see them on the agenda any more."""
    points = AgendaPoint.objects.filter(meeting__forloeb=forloeb, about=person)
    gone = points.lost_by(readers_losing(forloeb, person, loss), loss.before, loss.after)
    text = "De, der mister adgang, kan ikke se det mere."
    yield from _closed(gone, ("punkt på en dagsorden", "punkter på dagsordener"), text)


def _closed(gone: QuerySet[Any], words: tuple[str, str], text: str) -> Iterable[Consequence]:
    """How many, and at which meetings (»Møde 1, 13. november 2026«): that one is held, everybody who takes part knows."""
    tally = Counter(gone.values_list("meeting__number", "meeting__starts_at"))
    lines = tuple(
        (f"Møde {number}, {dates.long_date(timezone.localdate(at))}", counts([("punkt", "punkter")] * many))
        for (number, at), many in sorted(tally.items())
    )
    if tally:
        yield Consequence(Effect.HIDDEN, counts([words] * tally.total()), text, lines=lines)


def invited_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Whoever loses something and is invited to a meeting still to come: shall they still be there? The family says (M1).

    One line for each meeting, read by the tovholder alone, who planned it."""
    losing = {row.pk: row for row in must_be_told(forloeb, loss.cells, loss.before.on)}
    coming = Attendance.objects.filter(
        participation__in=losing,
        presence=Presence.INVITED,
        meeting__forloeb=forloeb,
        meeting__state=MeetingState.PLANNED,
        meeting__starts_at__gte=timezone.now(),
    )
    invited: dict[tuple[int, Any], list[str]] = {}
    for number, at, row in coming.order_by("meeting__starts_at").values_list(
        "meeting__number", "meeting__starts_at", "participation"
    ):
        invited.setdefault((number, at), []).append(losing[row].name)
    for (number, at), names in invited.items():
        who = f"{listed(danish_sorted(names))} er inviteret"
        yield Consequence(
            Effect.TOLD,
            f"Møde {number}, {dates.long_date(timezone.localdate(at))}",
            f"{who}. Aftal med familien, om det stadig skal være sådan.",
        )


def smiley_words_concerned(forloeb: Forloeb, person: Person, loss: Loss) -> Iterable[Consequence]:
    """Words on the smiley ruler that the tovholder reads now and does not after it (M9). The face stays: who answered
    agreed to that."""
    said = [row for row in SmileyRating.objects.filter(meeting__forloeb=forloeb, may_be_named=True) if row.words]
    lead = Participation.objects.open().tovholder().filter(forloeb=forloeb).first() if said else None
    if lead is None:
        return
    reader, topics = Reader(lead.recipient), topics_in_use()
    hears = lambda row, basis: may_hear(reader, row.words, basis, row.person_id, topics)  # noqa: E731
    if number := sum(hears(row, loss.before) and not hears(row, loss.after) for row in said):
        told = counts([("svar på smiley-linealen", "svar på smiley-linealen")] * number)
        yield Consequence(Effect.HIDDEN, told, "Tovholderen kan ikke læse ordene mere. Ansigtet kan stadig ses.")
