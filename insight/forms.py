"""The koordinator's form for a target (U2)."""

from typing import Any, ClassVar

from django import forms

from insight.models import Measure, Target
from web.forms import DanishDateField, FFModelForm


class TargetForm(FFModelForm):
    row_version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    from_date = DanishDateField(
        label="Gælder fra", error_messages={"required": "Skriv den dag, målet gælder fra, fx 01.01.2026"}
    )

    class Meta:
        model = Target
        fields = ("key", "name", "unit", "value", "period", "from_date", "reached")
        labels: ClassVar[dict[str, str]] = {
            "key": "Hvad tæller I?",
            "name": "Hvad skal målet hedde?",
            "unit": "Enhed",
            "value": "Hvor mange vil I nå?",
            "period": "På hvor lang tid?",
            "reached": "Hvor langt er I nu?",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "unit": "Bruges kun, når I selv tæller. Resten kender appen.",
            "reached": "Kun når I selv tæller.",
        }
        widgets: ClassVar[dict[str, Any]] = {
            "period": forms.RadioSelect,
            "value": forms.TextInput(attrs={"inputmode": "decimal", "class": "ff-w-date"}),
            "reached": forms.TextInput(attrs={"inputmode": "decimal", "class": "ff-w-date"}),
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "key": {"required": "Vælg, hvad I vil tælle."},
            "name": {"required": "Skriv, hvad målet skal hedde, fx »Møder holdt«."},
            "unit": {"required": "Vælg antal eller procent."},
            "value": {
                "required": "Skriv et tal, fx 40.",
                "invalid": "Skriv et tal, fx 40.",
                "max_digits": "Tallet er for stort.",
                "max_decimal_places": "Skriv højst en decimal, fx 6,7.",
                "max_whole_digits": "Tallet er for stort.",
            },
            "period": {"required": "Vælg år eller kvartal."},
            "reached": {
                "invalid": "Skriv et tal, fx 12.",
                "max_digits": "Tallet er for stort.",
                "max_decimal_places": "Skriv højst en decimal, fx 6,7.",
                "max_whole_digits": "Tallet er for stort.",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [("", "Vælg"), *Measure.choices]  # type: ignore[attr-defined]
        for name in ("value", "reached"):
            self.fields[name].localize = True
        if not self.instance._state.adding:
            self.initial["row_version"] = self.instance.row_version

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}
