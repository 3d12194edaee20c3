"""The way to a page: `{% load trail %}{% trail %}…{% endtrail %}` in base.html, around the blocks `trail` and `back`."""

import re

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>.*?</a>', re.DOTALL)


class TrailNode(template.Node):
    """In: links, the nearest last. Out: a breadcrumb of them, with the place of the main menu they lie under before them;
    nothing where there is no link."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        found = [(match[1], match[0]) for match in LINK.finditer(self.nodelist.render(context))]
        if not found:
            return SafeString()
        places = list(context.get("places") or ())
        if found[0][0].split("?")[0] not in {place.url for place in places}:
            section = context.get("section")
            root = next((place for place in places if (place.section == section if section else place.here)), None)
            if root:
                found.insert(0, (root.url, format_html('<a href="{}">{}</a>', root.url, root.word)))
        # the links come out of a template, which has escaped what is in them
        rows = format_html_join("", '<li class="breadcrumbs__list-item">{}</li>', ((mark_safe(a),) for _, a in found))  # noqa: S308
        return format_html(
            '<nav class="breadcrumbs ff-trail" aria-label="Brødkrumme"><ol class="breadcrumbs__list no-max-width">{}</ol></nav>',
            rows,
        )


@register.tag
def trail(parser: Parser, token: Token) -> TrailNode:
    nodelist = parser.parse(("endtrail",))
    parser.delete_first_token()
    return TrailNode(nodelist)
