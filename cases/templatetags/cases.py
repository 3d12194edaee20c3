"""Filters of the cases' pages: `{% load cases %}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from cases.actions.henvendelse import place_of
from cases.models import Forloeb, ForloebState, Henvendelse, HenvendelseState, Participation, ParticipationRole
from organisation.models import User
from web.danish import danish_sorted
from web.dates import days_since, long_date
from web.templatetags.ff import state

register = template.Library()


@register.filter
def part_of(forloeb: Forloeb, user: User) -> Participation | None:
    """The user's own part, in a forløb from `for_list`."""
    return forloeb.part_of(user)


@register.filter
def since(forloeb: Forloeb) -> str:
    """`fra 5. november 2026`: the day that belongs to the state."""
    day = {
        ForloebState.CONSENT: forloeb.start_checked_on,
        ForloebState.ACTIVE: forloeb.activated_on,
        ForloebState.PAUSED: forloeb.paused_on,
        ForloebState.ENDED: forloeb.ended_on,
    }[ForloebState(forloeb.state)]
    return f"fra {long_date(day)}" if day else ""


@register.filter
def tovholder_name(forloeb: Forloeb) -> str:
    """The tovholder's name, in a forløb from `for_list`."""
    rows = forloeb.open_participations  # type: ignore[attr-defined]
    return next((row.name for row in rows if row.role == ParticipationRole.TOVHOLDER), "Ingen lige nu")


@register.filter
def homes(forloeb: Forloeb) -> str:
    """The departments and externals that take part, in a forløb from `for_list`."""
    return ", ".join(danish_sorted({row.home for row in forloeb.open_participations}))  # type: ignore[attr-defined]


@register.filter
def place(henvendelse: Henvendelse) -> str:
    """Where it lies: »Mette Lindskov, Myndighed børn«."""
    return place_of(henvendelse)


@register.filter
def henvendelse_state(row: Henvendelse) -> SafeString:
    """What became of it, in words; one that waits says for how long, and when it is too long.

    row: from `told_to`, so that whoever is barred from the forløb reads the same as before there was one (F13)."""
    if row.state == HenvendelseState.SENT:
        days = days_since(row.sent_at)
        waited = {0: "Sendt i dag", 1: "Har ventet siden i går"}.get(days, f"Har ventet i {days} dage")
        return state("late" if row.is_late(timezone.localdate()) else "none", waited)
    who = row.answered_by.name if row.answered_by else ""
    if row.state == HenvendelseState.DECLINED:
        return state("none", f"Afvist af {who}", "close")
    if row.tells_of_forloeb:
        return state("ok", f"{who} har startet et forløb")
    return state("soon", f"{who} har taget imod")


@register.filter
def entry(found: Mapping[str, Any], key: str) -> Any:
    """`found[key]`, or nothing."""
    return found.get(key, "")
