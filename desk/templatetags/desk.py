"""Words for the states of consent on the forløb page."""

from django import template
from django.utils.safestring import SafeString

from consent.sharing import Cell
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
