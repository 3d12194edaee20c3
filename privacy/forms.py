"""The reviewer's one form: which look-ups, and a word about them."""

from collections.abc import Sequence
from typing import Any

from django import forms

from privacy.patterns import Finding
from web.forms import FFForm

GONE = "Opslagene er allerede gennemset, eller der er kommet nye. Se listen igen."


class ReviewForm(FFForm):
    """One finding of the list, named by its place in the key; `through` is the newest look-up that was shown."""

    finding = forms.CharField(
        max_length=200, widget=forms.HiddenInput, error_messages={"required": GONE, "max_length": GONE}
    )
    through = forms.IntegerField(
        min_value=1, max_value=2**62, widget=forms.HiddenInput,
        error_messages={"required": GONE, "invalid": GONE, "min_value": GONE, "max_value": GONE},
    )  # fmt: skip
    note = forms.CharField(label="Bemærkning", max_length=500, required=False)

    def __init__(self, *args: Any, findings: Sequence[Finding] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {name_of(one): one for one in findings}

    def clean_finding(self) -> Finding:
        found = self.known.get(self.cleaned_data["finding"])
        if found is None:
            raise forms.ValidationError(GONE)
        return found


def name_of(finding: Finding) -> str:
    """A finding's key as one line of text."""
    return ":".join(str(part or "") for part in finding.key)
