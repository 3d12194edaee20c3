"""Tags and filters of the look: `{% load ff %}`. The style page (/stil/) shows each of them."""

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import danish, dates, phones
from web.cpr import mask_cpr, show_cpr

register = template.Library()

# Icons of Det Fælles Designsystem, copied at set-up; our own marks and faces lie in static/ff/.
SPRITE = "vendor/dkfds/img/all-svg-icons.svg"
OWN_SPRITE = "ff/marks.svg"
STATES = {
    "late": ("warning", "is-late"),
    "soon": ("time", "is-soon"),
    "ok": ("check", "is-ok"),
    "none": ("time", "is-none"),
}


@register.simple_tag
def icon(name: str, css: str = "icon-svg") -> SafeString:
    """An icon beside a word, hidden from screen readers: `{% icon "warning" %}`, `{% icon "mark-done" "i" %}`."""
    own = name.startswith(("mark-", "face-"))
    return format_html(
        '<svg class="{}" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css,
        static(OWN_SPRITE if own else SPRITE),
        name,
    )


@register.simple_tag
def state(kind: str, words: str, symbol: str = "", href: str = "") -> SafeString:
    """Icon + word + colour: `{% state "late" "11 dage over tiden" %}`.

    In: kind late, soon, ok or none; the words; another icon; where it leads.
    """
    default, css = STATES[kind]
    inside = format_html("{}<span>{}</span>", icon(symbol or default), words)
    if href:
        return format_html('<a class="ff-state {}" href="{}">{}</a>', css, href, inside)
    return format_html('<span class="ff-state {}">{}</span>', css, inside)


@register.filter
def numbers_whole(text: str) -> str:
    """The text with its telephone numbers in one piece: no line breaks between two digits."""
    return re.sub(r"(?<=\d) (?=\d)", "\u00a0", text)


@register.filter
def da_date(value: date | datetime | None) -> str:
    """`5. november 2026`."""
    return dates.long_date(value) if value else ""


@register.filter
def da_day_month(value: date | datetime | None) -> str:
    """`5. november`: only where the year is plain (the track of a forløb)."""
    return dates.long_date(value).rsplit(" ", 1)[0] if value else ""


@register.filter
def da_date_weekday(value: date | datetime | None) -> str:
    """`torsdag 5. november 2026`."""
    return dates.weekday_date(value) if value else ""


@register.filter
def da_time(value: datetime | time | None) -> str:
    """`14.00` (write "kl." before it)."""
    return dates.clock(value) if value else ""


@register.filter
def iso_week(value: date | datetime | None) -> str:
    """`48`."""
    return str(dates.week(value)) if value else ""


@register.filter
def days_phrase(value: date | datetime | None) -> str:
    """`11 dage over tiden`, `I dag`, `I morgen`, `om 15 dage`."""
    return dates.days_phrase(value) if value else ""


@register.simple_tag
def deadline(value: date | datetime | None, done: bool = False) -> SafeString | str:
    """The state of a deadline: late, today, or plainly how far away. Nothing when it is done or not set."""
    if value is None or done:
        return ""
    words = dates.days_phrase(value)
    kind = "late" if words.endswith("over tiden") else "soon" if words == "I dag" else "none"
    return state(kind, words[0].upper() + words[1:], "calendar-month" if kind == "none" else "")


@register.filter
def plural(number: int, words: str) -> str:
    """`{{ n|plural:"dag,dage" }}` → "1 dag", "3 dage"; the number stands first."""
    one, many = words.split(",", 1)
    return f"{number} {one if number == 1 else many}"


@register.filter
def plural_word(number: int, words: str) -> str:
    """Only the word: `{{ n|plural_word:"dag,dage" }}`."""
    one, many = words.split(",", 1)
    return one if number == 1 else many


@register.filter
def tel(phone: str | None) -> SafeString | str:
    """A telephone number as a link that does not break: `{{ person.phone|tel }}`. Nothing when there is none."""
    if not phone:
        return ""
    try:
        shown = phones.parse_phone(phone)
    except ValueError:
        return phone
    return format_html('<a class="ff-tel" href="tel:{}">{}</a>', phones.tel_uri(shown), shown.replace(" ", "\u00a0"))


@register.filter
def cpr(number: str | None) -> str:
    """`050516-1234`."""
    return show_cpr(number) if number else ""


@register.filter
def cpr_masked(number: str | None) -> str:
    """`050516-xxxx`."""
    return mask_cpr(number) if number else ""


@register.filter
def listed(words: Iterable[str]) -> str:
    """»Anna, Bo og Carl«."""
    return danish.listed(words)


@register.filter
def citat(text: str) -> str:
    """The family's own words in Danish quotation marks: »…«."""
    return f"»{text}«"


@register.simple_tag
def once_key() -> SafeString:
    """The hidden key that makes a double submit one act: put it in every form that writes, after `{% csrf_token %}`."""
    return format_html('<input type="hidden" name="_once" value="{}">', secrets.token_urlsafe(24))


@register.simple_tag
def draft_of(form: BaseForm) -> SafeString:
    """Where the form saves itself while it is filled in (`FFForm.save_itself`), as an attribute of its tag."""
    url = getattr(form, "draft_url", "")
    return format_html(' data-draft-url="{}"', url) if url else SafeString()


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, needed: bool = False) -> dict[str, Any]:
    """One field with label, hint, error above it and what a screen reader needs: `{% field form.name %}`.

    needed: the form demands it whenever it is shown, though not always; nothing says that it may be left out.
    """
    return {
        "field": bound,
        "errors": bound.errors,
        "fieldset": bound.use_fieldset,
        "tick": isinstance(bound.field.widget, CheckboxInput),
        "optional": not needed and not bound.field.required and not isinstance(bound.field.widget, CheckboxInput),
        "describedby": _described_by(bound) if bound.use_fieldset else "",
        "draft": getattr(bound.field, "keeps_draft", False),
    }


def _described_by(bound: BoundField) -> str:
    ids = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    return " ".join([*ids, f"{bound.auto_id}_error"] if bound.errors else ids)


@register.inclusion_tag("web/_error_summary.html")
def form_errors(*forms: BaseForm) -> dict[str, Any]:
    """The summary above a form: "Der er problemer" and a link to each field. Nothing when all is well."""
    problems = []
    for form in forms:
        if not form.is_bound:
            continue
        for name, errors in form.errors.items():
            target = _target(form[name]) if name in form.fields else ""
            problems += [{"target": target, "text": text} for text in errors]
    return {"problems": problems}


def _target(bound: BoundField) -> str:
    return bound.id_for_label or (f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id)
