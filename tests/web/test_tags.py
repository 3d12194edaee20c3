"""The tags and filters pages are written with."""

from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone


def shown(text: str, **context: object) -> str:
    return Template("{% load ff %}" + text).render(Context(context))


def test_dates_for_people():
    day = date(2026, 11, 5)
    assert shown("{{ d|da_date }}", d=day) == "5.\u00a0november 2026"
    assert shown("{{ d|da_date_weekday }}", d=day) == "torsdag 5.\u00a0november 2026"
    assert shown("{{ d|da_date }}{{ d|da_time }}{{ d|days_phrase }}", d=None) == ""
    assert shown("{{ d|iso_week }}", d=day) == "45"


@pytest.mark.parametrize(("days", "css", "words"), [(-11, "is-late", "11 dage over tiden"), (0, "is-soon", "I dag"), (15, "is-none", "Om 15 dage")])  # fmt: skip
def test_a_deadline_is_icon_word_and_colour(days, css, words):
    page = shown("{% deadline d %}", d=timezone.localdate() + timedelta(days=days))
    assert css in page
    assert words in page
    assert "<use href=" in page


def test_a_deadline_that_is_done_or_not_set_says_nothing():
    assert shown("{% deadline d %}{% deadline e done=True %}", d=None, e=date(2020, 1, 1)) == ""


def test_danish_plural():
    assert shown("{{ n|plural:'dag,dage' }} {{ n|plural_word:'dag,dage' }}", n=1) == "1 dag dag"
    assert shown("{{ n|plural:'dag,dage' }}", n=0) == "0 dage"


def test_a_telephone_number_is_a_link_that_does_not_break():
    assert (
        shown("{{ n|tel }}", n="09312080") == '<a class="ff-tel" href="tel:+4509312080">09\u00a031\u00a020\u00a080</a>'
    )
    assert shown("{{ n|tel }}", n="<b>lokal 12</b>") == "&lt;b&gt;lokal 12&lt;/b&gt;"
    assert shown("{{ n|tel }}", n=None) == ""


def test_words_in_a_state_are_escaped():
    assert "<script>" not in shown("{% state 'late' w %}", w="<script>")


def test_each_form_has_its_own_once_key():
    assert shown("{% once_key %}") != shown("{% once_key %}")


def test_a_telephone_number_in_a_sentence_is_not_broken_over_two_lines():
    template = Template("{% load ff %}{{ text|numbers_whole }}")
    shown = template.render(Context({"text": "Ring 09 31 20 80 i dag"}))
    assert shown == "Ring 09\u00a031\u00a020\u00a080 i dag"
