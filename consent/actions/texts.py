"""The municipality's own texts, in versions: what is signed (C3), the guidance (C8) and the leaflet (C9)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from consent import texts
from consent.models import ConsentText, Guidance, InformationLeaflet
from organisation.models import User


@transaction.atomic
def write_text(
    *, by: User, text: ConsentText | None = None, title: str, purpose: str, body: str, months_valid: int
) -> ConsentText:
    """Write a new version of the consent text, or change one that is not in use yet. Raises Refused or ValidationError."""
    texts.demand_editor(by)
    if text is None:
        newest = ConsentText.objects.order_by("-number").values_list("number", flat=True).first()
        text = ConsentText(number=(newest or 0) + 1, created_by=by)
    else:
        texts.demand_draft(text)
    text.title, text.purpose, text.body, text.months_valid = title, purpose, body, months_valid
    text.full_clean()
    text.save()
    return text


@transaction.atomic
def publish_text(*, by: User, text: ConsentText, on: date | None = None) -> ConsentText:
    """Put a version in use from a day (today). New declarations are given on it; earlier ones stay on theirs."""
    texts.demand_editor(by)
    text = ConsentText.objects.select_for_update().get(pk=text.pk)
    if text.published_on is None:
        text.published_on = on or timezone.localdate()
        text.full_clean()
        text.save()
    return text


@transaction.atomic
def write_guidance(*, by: User, body: str, published_on: date) -> Guidance:
    """A new version of the guidance; from its day everybody confirms it anew (C8). Raises Refused or ValidationError."""
    made = Guidance(body=body, **_version(by, Guidance, published_on))
    made.full_clean()
    made.save()
    return made


@transaction.atomic
def write_leaflet(*, by: User, title: str, body: str, published_on: date) -> InformationLeaflet:
    """A new version of the leaflet that families are handed (C9). Raises Refused or ValidationError."""
    made = InformationLeaflet(title=title, body=body, **_version(by, InformationLeaflet, published_on))
    made.full_clean()
    made.save()
    return made


def _version(by: User, kind: type[Guidance] | type[InformationLeaflet], published_on: date) -> dict[str, object]:
    """What every new version has; an earlier one stays as it is, as somebody may have read it or have it at home."""
    texts.demand_editor(by)
    if published_on < timezone.localdate():
        raise ValidationError({"published_on": "Vælg i dag eller en dag, der kommer."})
    newest = kind._default_manager.order_by("-number").values_list("number", flat=True).first()
    return {"number": (newest or 0) + 1, "published_on": published_on, "created_by": by}
