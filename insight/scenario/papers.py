"""Every paper of a played scenario: the frozen ones, and those made on demand, fetched by their addresses as the tovholder does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from cases.models import Forloeb
from consent.models import Declaration
from documents.models import FrozenFile
from insight.scenario.musts import signed_in
from meetings.models import Attendance
from plans.models import PlanCopy

if TYPE_CHECKING:
    from insight.scenario.player import Player


@dataclass(frozen=True, slots=True)
class Paper:
    """reader: who gets it or whom it is about, in words; "" when it is for all. content: empty when it was not made."""

    title: str
    reader: str
    content: bytes = b""


def papers(player: Player) -> Iterator[Paper]:
    """The papers of a forløb as it stands on the last day of the script; none of one that has been erased."""
    if player.forloeb is None or not Forloeb.objects.filter(pk=player.forloeb_pk).exists():
        return
    yield from _frozen(player)
    browser = signed_in(player.tovholder())
    for title, reader, url in _addresses(player):
        answer = browser.get(url, secure=settings.SECURE_SSL_REDIRECT)
        if answer.status_code == 404:  # children get no list of contacts
            continue
        is_paper = answer.headers.get("Content-Type") == "application/pdf"
        yield Paper(title, reader, answer.getvalue() if is_paper else b"")


def _frozen(player: Player) -> Iterator[Paper]:
    copies = PlanCopy.objects.filter(version__plan__forloeb=player.forloeb_pk)
    readers = dict(copies.values_list("file", "recipient_label"))
    for file in FrozenFile.objects.filter(forloeb_id=player.forloeb_pk, erased_at=None).order_by("made_at", "pk"):
        yield Paper(file.filename.removesuffix(".pdf"), readers.get(file.pk, ""), file.content)


def _addresses(player: Player) -> Iterator[tuple[str, str, str]]:
    """(document, reader, address) of each paper that is made when somebody asks for it."""
    forloeb = player.forloeb_pk
    people = [row.person for row in Forloeb.objects.get(pk=forloeb).persons.select_related("person")]
    yield "Sådan behandler vi dine oplysninger", "", reverse("consent:leaflet", args=[forloeb])
    for person in people:
        yield "Tom samtykkeerklæring", person.name, reverse("consent:blank", args=[forloeb, person.pk])
        yield "Indsigt", person.name, reverse("privacy:subject_access_pdf", args=[forloeb, person.pk])
        yield "Opslag", person.name, reverse("privacy:lookups_pdf", args=[forloeb, person.pk])
    for given in Declaration.objects.filter(forloeb=forloeb).select_related("person").order_by("sequence"):
        yield "Samtykkeerklæring", given.person.name, reverse("consent:declaration_pdf", args=[given.pk])
    for number, meeting in sorted(player.meetings.items()):
        yield f"Må det siges her, møde {number}", "", reverse("meetings:said_pdf", args=[meeting.pk])
        for row in Attendance.objects.filter(meeting=meeting).for_list():
            yield from _of_invited(number, row)


def _of_invited(number: int, row: Attendance) -> Iterator[tuple[str, str, str]]:
    there: Any = row.participation or row.person
    slug = row.participation.recipient.replace(":", "-", 1) if row.participation else f"p-{row.person_id}"
    both = [row.meeting_id, row.pk]
    yield f"Dagsorden, møde {number}", there.name, reverse("meetings:agenda_for_pdf", args=both)
    yield f"Tavlen, møde {number}", there.name, reverse("meetings:board_pdf", args=both)
    contacts = reverse("meetings:contacts_pdf", args=[row.meeting_id, slug])
    yield f"Kontaktliste, møde {number}", there.name, contacts
