"""The breadcrumb: where a page lies, from the main menu down."""

import re
from types import SimpleNamespace

from django.template import Context, Template

PLACES = [
    SimpleNamespace(section="min-dag", word="Min dag", url="/", here=False),
    SimpleNamespace(section="forloeb", word="Forløb", url="/forloeb/", here=True),
]


def trail(inside: str, **context: object) -> str:
    return Template("{% load trail %}{% trail %}" + inside + "{% endtrail %}").render(Context(context))


def words(html: str) -> list[str]:
    return re.findall(r"<li[^>]*><a[^>]*>(.*?)</a></li>", html)


def test_it_begins_in_the_menu_and_ends_with_the_nearest() -> None:
    html = trail('<a href="/forloeb/1/">{{ family }}</a><a href="/moeder/2/" class="back-link">Møde 2</a>',
                 places=PLACES, family="<b>Antons</b>")  # fmt: skip
    assert 'aria-label="Brødkrumme"' in html
    assert words(html) == ["Forløb", "&lt;b&gt;Antons&lt;/b&gt;", "Møde 2"]


def test_a_way_back_to_the_menu_itself_has_nothing_before_it() -> None:
    assert words(trail('<a href="/" class="back-link">Min dag</a>', places=PLACES)) == ["Min dag"]
    assert words(trail('<a href="/forloeb/?q=a">Forløb</a>', places=PLACES)) == ["Forløb"]


def test_a_page_that_says_its_place_itself_is_believed() -> None:
    assert words(trail('<a href="/x/">X</a>', places=PLACES, section="min-dag")) == ["Min dag", "X"]


def test_without_a_menu_only_the_way_back_and_without_that_nothing() -> None:
    assert words(trail('<a href="/konto/log-ind/">Log ind</a>', places=[])) == ["Log ind"]
    assert trail("  \n ", places=PLACES) == ""
