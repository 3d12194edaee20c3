"""Forms of a henvendelse."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases import collaboration
from cases.forms.fields import (
    DepartmentChoice,
    EmploymentChoice,
    VersionedForm,
    driving_departments,
    driving_employments,
)
from organisation.models import Department, User
from web.forms import FFForm, LongTextField, no_cpr

TO_DEPARTMENT = "Vælg den afdeling, som henvendelsen skal sendes til."


class _ToWhom(FFForm):
    to_department = DepartmentChoice(
        label="Send til",
        queryset=Department.objects.none(),
        error_messages={"required": TO_DEPARTMENT},
        empty_label="Vælg afdeling",
        help_text="Afdelingens leder får den, når du ikke vælger en kollega.",
    )
    to_colleague = EmploymentChoice(
        label="Eller en bestemt kollega",
        queryset=None,
        required=False,
        empty_label="Ingen bestemt",
    )

    def offer(self) -> None:
        self.fields["to_department"].queryset = driving_departments()  # type: ignore[attr-defined]
        self.fields["to_colleague"].queryset = driving_employments()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        colleague, department = data.get("to_colleague"), data.get("to_department")
        if colleague and department and colleague.department_id != department.pk:
            self.add_error("to_colleague", f"{colleague.user.name} er ikke i {department.name}. Ret en af dem.")
        elif colleague and self.has_error("to_department", "required"):
            # The colleague's own department is meant.
            del self.errors["to_department"]
        data["to_department"] = department or (colleague.department if colleague else None)
        data["to_user"] = colleague.user if colleague else None
        return data


class HenvendelseForm(_ToWhom):
    """Two minutes: who, what, to whom."""

    family_text = LongTextField(
        label="Hvem drejer det sig om?",
        help_text="Fx »Anton på 10 år og hans mor«. Skriv ikke CPR-numre.",
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvem det drejer sig om."},
    )
    need = LongTextField(
        label="Hvad er der brug for?",
        help_text="Skriv kort, hvad du ser, og hvem der burde tale sammen. Intet er for småt.",
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvad der er brug for. Intet er for småt."},
    )
    situations = forms.MultipleChoiceField(
        label="Ligner det noget af det her?", required=False, widget=forms.CheckboxSelectMultiple
    )
    family_knows = forms.BooleanField(label="Familien ved, at jeg sender henvendelsen", required=False)
    sender_department = DepartmentChoice(
        label="Du sender den fra",
        queryset=Department.objects.none(),
        empty_label=None,
        error_messages={"required": "Vælg den afdeling, som du sender fra."},
    )
    field_order = (
        "family_text",
        "need",
        "situations",
        "family_knows",
        "to_department",
        "to_colleague",
        "sender_department",
    )

    def __init__(self, *args: Any, by: User, draft_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()
        model = next(iter(collaboration.models().values()))
        self.fields["situations"].choices = [(row.key, row.text) for row in model.situations]  # type: ignore[attr-defined]
        homes = Department.objects.of(by).active().filter(area__can_send=True).by_name()
        home = self.fields["sender_department"]
        home.queryset = homes  # type: ignore[attr-defined]
        found = list(homes[:2])
        if len(found) == 1:
            home.initial = found[0].pk
            home.widget = forms.HiddenInput()
        self.save_itself(draft_url)


class DeclineForm(VersionedForm):
    reason = LongTextField(
        label="Hvorfor afviser du den?",
        help_text="Afsenderen læser det. Skriv også, hvad afsenderen kan gøre i stedet.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv, hvorfor henvendelsen afvises. Afsenderen læser det."},
    )


class PassOnForm(_ToWhom, VersionedForm):
    note = LongTextField(label="Besked til modtageren", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("to_department", "to_colleague", "note", "row_version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()


class AcceptForm(VersionedForm):
    """Only the version: the act itself says everything."""


class HenvendelseFilter(FFForm):
    """What the list shows; from the address, so that it can be shared and gone back to."""

    vis = forms.ChoiceField(
        label="Vis",
        required=False,
        choices=[("", "Alle"), ("venter", "De, der venter på mig"), ("mine", "De, jeg har sendt")],
        error_messages={"invalid_choice": "Vælg på listen, hvad du vil se."},
    )

    def clean_vis(self) -> str:
        value = self.cleaned_data["vis"]
        if "\x00" in value:
            raise ValidationError("Vælg på listen, hvad du vil se.")
        return str(value)
