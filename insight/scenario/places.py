"""Where the pages and papers of a scenario stand: a short name and the keys of a must → an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, get_resolver, reverse

from cases.models import FamilyMember
from consent.models import Withdrawal
from insight.scenario.shape import Wrong, listed, nearest
from plans.models import PlanCopy

if TYPE_CHECKING:
    from insight.scenario.player import Player

# The person of the must stands in the address, after the forløb.
OF_PERSON = ("consent:person", "consent:declare", "consent:withdraw", "consent:blank")
OF_SUBJECT = (
    "privacy:subject_access", "privacy:subject_access_pdf", "privacy:subject_access_json", "privacy:lookups",
    "privacy:lookups_pdf",
)  # fmt: skip


def address(player: Player, page: str, must: dict[str, Any]) -> str:
    """The address of a page by the name of its route. The must says meeting, version, person, reader and topics.

    Raises Wrong: no such page, or its address has something in it that a scenario cannot say.
    """
    try:
        return _address(player, page, must)
    except NoReverseMatch:
        raise Wrong(_no_such(page)) from None
    except KeyError as lacking:
        raise Wrong(f"siden {page} skal have nøglen »{lacking.args[0]}«.") from lacking


def _no_such(page: str) -> str:
    """What is wrong with the name of a page, and which there are."""
    app, _, name = page.partition(":")
    apps = get_resolver().namespace_dict
    if app not in apps:
        return f"»{page}« er ikke en side. Den hedder fx desk:forloeb, og begynder med et af: {listed(sorted(apps))}."
    names = sorted(one for one in apps[app][1].reverse_dict if isinstance(one, str))
    if name in names:
        return f"siden {page} kan ikke nås her: dens adresse har noget i sig, som et scenarie ikke kan sige."
    return f"»{page}« er ikke en side.{nearest(name, names)} Under {app} er der: {listed(names)}."


def _address(player: Player, page: str, must: dict[str, Any]) -> str:
    if _stands_alone(page):
        return reverse(page)
    if page == "cases:henvendelse":
        return reverse(page, args=[player.sent().pk])
    if page in ("meetings:contacts_pdf", "consent:contacts_pdf"):
        slug = player.recipient(must["reader"]).replace(":", "-", 1)
        first = player.meetings[must.get("meeting", 1)].pk if page.startswith("meetings:") else player.forloeb_pk
        return reverse(page, args=[first, slug])
    if page in ("meetings:board_pdf", "meetings:agenda_for_pdf"):
        meeting = player.meetings[must.get("meeting", 1)]
        return reverse(page, args=[meeting.pk, player.attendance(meeting, must["reader"]).pk])
    if page.startswith("meetings:") and page != "meetings:new":
        return reverse(page, args=[player.meetings[must.get("meeting", 1)].pk])
    if page == "plans:copy":
        version = player.versions[must.get("version", 1)]
        copies = PlanCopy.objects.filter(version=version, recipient=player.recipient(must["reader"]))
        return reverse(page, args=[copies.latest("made_at").pk])
    if page.startswith("plans:"):
        return reverse(page, args=[player.versions[must.get("version", 1)].pk])
    if page == "consent:declaration_pdf":
        return reverse(page, args=[player.declaration(must["person"]).pk])
    if page == "consent:receipt":
        return reverse(page, args=[Withdrawal.objects.filter(person=player.persons[must["person"]]).latest("at").pk])
    if page in ("cases:show_address", "cases:person"):
        member = FamilyMember.objects.get(family__forloeb=player.forloeb_pk, person=player.persons[must["person"]])
        return reverse(page, args=[player.forloeb_pk, member.pk])
    if page in OF_PERSON or page in OF_SUBJECT:
        return reverse(page, args=[player.forloeb_pk, player.persons[must["person"]].pk]) + _query(player, must)
    return reverse(page, args=[player.forloeb_pk])


def _stands_alone(page: str) -> bool:
    """Has the page one address only, whatever the story: Min dag, the lists, the overview?"""
    try:
        reverse(page)
    except NoReverseMatch:
        return False
    return True


def _query(player: Player, must: dict[str, Any]) -> str:
    """`topics` of a withdrawal, as its first page sends them."""
    if "topics" not in must:
        return ""
    topics = [player.topic(key).pk for key in must["topics"]]
    return "?" + urlencode([("hvad", "noget"), *(("emne", str(pk)) for pk in topics)])
