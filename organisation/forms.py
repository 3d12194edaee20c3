"""Forms of the directory and of the system administrator's pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from organisation.models import Department, Employment, ExternalParty, RecordSystem, User, in_danish
from web.forms import DanishDateField, FFForm, FFModelForm, PhoneField


class SearchForm(FFForm):
    q = forms.CharField(
        label="Søg",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000, widget=forms.HiddenInput)


class VersionedForm(FFModelForm):
    """Carries the version the page was made from; `values` is what the action is to save."""

    row_version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["row_version"] = self.instance.row_version

    @property
    def version(self) -> int:
        # A page that lost its version is a stale page, not a right to overwrite.
        return self.cleaned_data.get("row_version") or 0

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}

    def differences(self, now: Any) -> list[dict[str, Any]]:
        """Label, what stands there now and what was typed, for each field where they differ."""
        return [
            {"label": self.fields[name].label, "now": _shown(getattr(now, name)), "yours": _shown(value)}
            for name, value in self.values.items()
            if getattr(now, name) != value
        ]

    def accept(self, now: Any) -> None:
        """Both texts have been shown: the next save may overwrite what stands there now."""
        self.data = {**self.data.dict(), self.add_prefix("row_version"): str(now.row_version)}  # type: ignore[attr-defined]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return str(value) if value not in (None, "") else "(tom)"


class DepartmentForm(VersionedForm):
    phone = PhoneField(label="Telefon", required=False)

    class Meta:
        model = Department
        fields = (
            "name", "area", "is_authority", "always_assesses", "record_system", "phone", "what_to_call_about", "is_active",
        )  # fmt: skip
        labels: ClassVar[dict[str, str]] = {
            "name": "Navn",
            "area": "Forvaltningsområde",
            "is_authority": "Afdelingen er myndighed",
            "always_assesses": "Afdelingen vurderer altid, om en sag er relevant",
            "record_system": "Fagsystem",
            "what_to_call_about": "Hvad kan man ringe om?",
            "is_active": "Afdelingen er i brug",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_authority": "Er området også åbent for at starte, kan afdelingens ansatte starte forløb og være tovholder.",
            "always_assesses": "",
            "record_system": "Her journaliserer afdelingen.",
            "is_active": "En afdeling, der ikke er i brug, kan ikke vælges, og dens ansatte kan ikke starte forløb.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv afdelingens navn."},
            "area": {"required": "Vælg det område, afdelingen hører til."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record_system"].queryset = RecordSystem.objects.order_by(in_danish("name"))  # type: ignore[attr-defined]
        self.fields["record_system"].empty_label = "Intet"  # type: ignore[attr-defined]
        self.fields["area"].empty_label = "Vælg område"  # type: ignore[attr-defined]


class UserForm(VersionedForm):
    phone = PhoneField(label="Telefon", required=False)

    class Meta:
        model = User
        fields = (
            "name", "username", "email", "phone", "is_koordinator", "is_system_admin", "external_issuer", "external_subject",
        )  # fmt: skip
        labels: ClassVar[dict[str, str]] = {
            "name": "Navn",
            "username": "Brugernavn",
            "email": "E-mail",
            "is_koordinator": "Koordinator af Fælles Familier",
            "is_system_admin": "Systemadministrator",
            "external_issuer": "Udsteder (issuer)",
            "external_subject": "Login-id hos udstederen (subject)",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_system_admin": "Ser og ændrer kommunens opsætning, men aldrig familier.",
            "external_issuer": "Bruges kun, når kommunens fælles login er slået til.",
            "external_subject": "Står på den side, medarbejderen får, hvis fælles login ikke kender brugeren.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv medarbejderens navn."},
            "username": {"required": "Skriv et brugernavn."},
            "email": {"invalid": "Skriv e-mailen som navn@kommune.dk, eller lad feltet stå tomt."},
        }


class EmploymentForm(VersionedForm):
    from_date = DanishDateField(label="Begynder", error_messages={"required": "Skriv den dag, ansættelsen begynder."})
    to_date = DanishDateField(
        label="Slutter", required=False, help_text="På denne dag lukker adgangen. Lad feltet stå tomt, når ingen slutdag er aftalt."
    )  # fmt: skip

    class Meta:
        model = Employment
        fields = ("department", "title", "is_leader", "is_management", "from_date", "to_date")
        labels: ClassVar[dict[str, str]] = {
            "department": "Afdeling",
            "title": "Funktion",
            "is_leader": "Leder af afdelingen",
            "is_management": "Hører til områdets ledelse",
        }
        help_texts: ClassVar[dict[str, str]] = {"title": "For eksempel socialrådgiver"}
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "department": {"required": "Vælg en afdeling."},
            "title": {"required": "Skriv medarbejderens funktion."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["department"]
        chosen.empty_label = "Vælg afdeling"  # type: ignore[attr-defined]
        here = Department.objects.active()
        if self.instance.department_id:
            here = here | Department.objects.filter(pk=self.instance.department_id)
        chosen.queryset = here.by_name()  # type: ignore[attr-defined]


class ExternalPartyForm(VersionedForm):
    phone = PhoneField(label="Telefon", required=False)

    class Meta:
        model = ExternalParty
        fields = ("name", "kind", "contact_name", "phone", "email")
        labels: ClassVar[dict[str, str]] = {
            "name": "Navn", "kind": "Slags", "contact_name": "Kontaktperson", "email": "E-mail",
        }  # fmt: skip
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv navnet."},
            "kind": {"required": "Vælg, hvad det er for en part."},
            "email": {"invalid": "Skriv e-mailen som navn@sted.dk, eller lad feltet stå tomt."},
        }
