"""Words for the states of consent on the forløb page, and what the list of forløb says of meetings."""

from collections.abc import Iterable
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from cases.models import Forloeb
from consent.sharing import Cell
from meetings.models import Meeting
from web.templatetags.ff import state

register = template.Library()

CONSENT = {
    None: ("none", "Ikke spurgt", "help"),
    Cell.NO: ("none", "Nej", "close"),
    Cell.WITHDRAWN: ("soon", "Tilbagekaldt", "reply"),
    Cell.EXPIRED: ("late", "Udløbet", "hourglass"),
    Cell.UNSIGNED: ("late", "Mangler underskrift", "edit"),
}


@register.simple_tag
def consent_state(cell: Cell | None) -> SafeString | str:
    """Icon + word for one state that is not a yes."""
    kind, words, symbol = CONSENT[cell]
    return state(kind, words, symbol)


@register.simple_tag
def without_next_meeting(rows: Iterable[Forloeb]) -> set[UUID]:
    """Which of these have held a meeting and have no next one (F7); one query for a page of them."""
    alone = Meeting.objects.without_next().filter(forloeb__in=[row.pk for row in rows])
    return set(alone.order_by().values_list("forloeb", flat=True))
