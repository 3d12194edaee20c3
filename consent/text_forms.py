"""The forms of the guidance and the leaflet: always a new version."""

from django import forms

from web.forms import DanishDateField, FFForm, LongTextField


class _Version(FFForm):
    published_on = DanishDateField(
        label="I brug fra",
        help_text="I dag eller en dag, der kommer.",
        error_messages={"required": "Skriv, hvornår den skal i brug, fx i dag."},
    )


class GuidanceForm(_Version):
    """A line that begins with ## is a heading."""

    body = LongTextField(
        label="Vejledningen",
        help_text="En linje, der begynder med ##, bliver til en overskrift.",
        error_messages={"required": "Skriv vejledningen."},
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    field_order = ("body", "published_on")


class LeafletForm(_Version):
    """A line that begins with ## is a heading."""

    title = forms.CharField(label="Overskrift", max_length=200, error_messages={"required": "Skriv en overskrift."})
    body = LongTextField(
        label="Teksten",
        help_text="En linje, der begynder med ##, bliver til en overskrift. Skriv kort og til familien.",
        error_messages={"required": "Skriv den tekst, familien får med."},
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    field_order = ("title", "body", "published_on")
