"""The form base: own messages, limits, and text that comes back as it was typed."""

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from web.forms import MAX_TEXT, CprField, DanishDateField, FFForm, LongTextField, PhoneField
from web.style import StyleForm


class Note(FFForm):
    title = forms.CharField(label="Overskrift", error_messages={"required": "Skriv en overskrift."})
    text = LongTextField(label="Tekst", help_text="Kort", error_messages={"required": "Skriv teksten."})


def test_a_required_field_without_its_own_message_is_a_programming_error():
    with pytest.raises(ImproperlyConfigured, match="own message.*name"):

        class Bare(FFForm):
            name = forms.CharField(label="Navn")


@given(
    st.text(alphabet=st.characters(blacklist_characters="\0\r", blacklist_categories=["Cs"]), min_size=1, max_size=200)
)
def test_a_long_text_comes_back_as_it_was_typed(text):
    form = Note({"title": "x", "text": text})
    if text.strip():
        assert form.is_valid(), form.errors
        assert form.cleaned_data["text"] == text
    else:
        assert form.errors["text"] == ["Skriv teksten."]


@pytest.mark.parametrize(
    "text", ["Mor \u202eabc\u202c", "👩‍👩‍👧‍👦", "<script>alert(1)</script> & »citat«", "  indrykket\n\nlinje  "]
)
def test_rtl_emoji_markup_and_spaces_are_kept(text):
    form = Note({"title": "x", "text": text.replace("\n", "\r\n")})
    assert form.is_valid()
    assert form.cleaned_data["text"] == text


def test_nul_and_too_long_are_told_and_kept():
    form = Note({"title": "a\0b", "text": "æ" * (MAX_TEXT + 1)})
    assert "usynligt tegn" in form.errors["title"][0]
    assert form.errors["text"] == ["Teksten er for lang: 20001 tegn. Der er plads til 20000."]
    assert "æ" * 500 in str(form["text"])


def test_a_million_characters_in_a_parsed_field_is_one_message():
    class Short(FFForm):
        day = DanishDateField(label="Dato")
        cpr = CprField(label="CPR")
        phone = PhoneField(label="Telefon")

    form = Short(dict.fromkeys(("day", "cpr", "phone"), "9" * 1_000_000))
    assert [len(errors) for errors in form.errors.values()] == [1, 1, 1]


def test_errors_stand_above_the_field_in_the_summary_and_for_screen_readers():
    form = StyleForm(StyleForm.WRONG)
    page = Template("{% load ff %}{% form_errors form %}{{ form }}").render(Context({"form": form}))
    assert "Der er problemer" in page
    assert '<a href="#id_birthday">Den dato findes ikke.' in page
    assert 'aria-describedby="id_birthday_helptext id_birthday_error"' in page
    assert page.index('id="id_birthday_error"') < page.index('name="birthday"')
    assert '<a href="#id_report_0">Svar ja eller nej.</a>' in page
    assert 'value="31.02.2019"' in page
    assert "påkrævet" not in page
    assert "maxlength" not in page


def test_a_good_form_is_read():
    form = StyleForm(
        {
            "name": "Anton",
            "birthday": "051116",
            "clock": "1400",
            "moment": "23.11.2026 14.00",
            "phone": "+4509312080",
            "cpr": "651116 1234",
            "department": "skole",
            "report": "nej",
            "topics": ["skole"],
            "text": "Hej",
            "agreed": "on",
        }  # fmt: skip
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["cpr"] == "6511161234"
    assert form.cleaned_data["phone"] == "09 31 20 80"


def test_dates_are_shown_as_they_are_written_in_the_field():
    from datetime import date

    class Day(FFForm):
        day = DanishDateField(label="Dato")

    assert 'value="05.11.2026"' in str(Day(initial={"day": date(2026, 11, 5)}))
    assert not Day({"day": "5/11 26"}, initial={"day": date(2026, 11, 5)}).has_changed()
