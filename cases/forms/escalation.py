"""One disagreement (F12)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from cases.models import Participation
from web.forms import DanishDateField, FFForm, LongTextField


class EscalationForm(FFForm):
    what = LongTextField(
        label="Hvad er I uenige om?",
        max_length=2000,
        error_messages={"required": "Skriv, hvad I er uenige om."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    involved = forms.MultipleChoiceField(
        label="Hvem er med i det?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vælg, hvem der er med i det."},
    )
    leaders = forms.CharField(label="Ledere, I har spurgt", required=False, max_length=300)
    settled = LongTextField(
        label="Hvad er I blevet enige om?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on = DanishDateField(label="Hvornår?", error_messages={"required": "Skriv dagen, fx 23.11.2026"})

    def __init__(self, *args: Any, people: Sequence[Participation], **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": timezone.localdate()}, **kwargs)
        self.by_key = {str(one.pk): one for one in people}
        self.fields["involved"].choices = [(key, f"{one.name}, {one.home}") for key, one in self.by_key.items()]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["involved"] = [self.by_key[key] for key in data["involved"]]
        return data
