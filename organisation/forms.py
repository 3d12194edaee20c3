"""Forms of the directory and of the system administrator's pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings

from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User, in_danish
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
            "name", "area", "is_authority", "always_assesses", "record_system", "phone", "what_to_call_about",
        )  # fmt: skip
        labels: ClassVar[dict[str, str]] = {
            "name": "Navn",
            "area": "Forvaltningsområde",
            "is_authority": "Afdelingen er myndighed. Dens ansatte må starte forløb, når området må",
            "always_assesses": "Afdelingen vurderer altid, om en sag er relevant",
            "record_system": "Fagsystem",
            "what_to_call_about": "Hvad kan man ringe om?",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_authority": "",
            "always_assesses": "",
            "record_system": "Her journaliserer afdelingen.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv afdelingens navn."},
            "area": {"required": "Vælg det område, afdelingen hører til."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = RecordSystem.objects.open_or(self.instance.record_system_id).order_by(in_danish("name"))
        self.fields["record_system"].queryset = systems  # type: ignore[attr-defined]
        self.fields["area"].queryset = Area.objects.open_or(self.instance.area_id)  # type: ignore[attr-defined]
        self.fields["record_system"].empty_label = "Intet"  # type: ignore[attr-defined]
        self.fields["area"].empty_label = "Vælg område"  # type: ignore[attr-defined]


class AreaForm(VersionedForm):
    order = forms.IntegerField(
        label="Plads på listen",
        help_text="1 står øverst.",
        min_value=0,
        max_value=999,
        error_messages={
            "required": "Skriv et tal, fx 1.",
            "invalid": "Skriv et helt tal, fx 1.",
            "min_value": "Skriv et tal fra 0 og op.",
            "max_value": "Skriv et mindre tal, fx 1.",
        },
    )

    class Meta:
        model = Area
        fields = ("name", "short_name", "is_start_allowed", "can_send", "needs_management", "order")
        labels: ClassVar[dict[str, str]] = {
            "name": "Navn",
            "short_name": "Forkortelse",
            "is_start_allowed": "Områdets myndighedsafdelinger må starte forløb og være tovholder",
            "can_send": "Områdets ansatte må sende henvendelser",
            "needs_management": "En fra ledelsen skal med, når området er med til et møde",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "short_name": "Højst 10 tegn, fx SF. Den står, hvor der er lidt plads.",
            "is_start_allowed": "",
            "can_send": "",
            "needs_management": "",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv områdets navn."},
            "short_name": {"required": "Skriv en forkortelse, fx SF."},
        }


class RecordSystemForm(VersionedForm):
    class Meta:
        model = RecordSystem
        fields = ("name",)
        labels: ClassVar[dict[str, str]] = {"name": "Navn"}
        help_texts: ClassVar[dict[str, str]] = {"name": "For eksempel DUBU eller Nexus"}
        error_messages: ClassVar[dict[str, dict[str, str]]] = {"name": {"required": "Skriv fagsystemets navn."}}


class CloseForm(FFForm):
    on = DanishDateField(label="Lukket fra", error_messages={"required": "Skriv den dag, der lukkes fra."})


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
            "is_system_admin": "Systemadministrator. Ser og ændrer opsætningen, men aldrig familier",
            "external_issuer": "Udsteder (issuer)",
            "external_subject": "Login-id hos udstederen (subject)",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "external_issuer": "",
            "external_subject": "Står på den side, medarbejderen får, hvis fælles login ikke kender brugeren.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "name": {"required": "Skriv medarbejderens navn."},
            "username": {"required": "Skriv et brugernavn."},
            "email": {"invalid": "Skriv e-mailen som navn@kommune.dk, eller lad feltet stå tomt."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Words of single sign-on are asked for where there is one, and shown where somebody has them.
        if not settings.SOCIALACCOUNT_PROVIDERS and not self.instance.external_subject:
            del self.fields["external_issuer"], self.fields["external_subject"]


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
            "is_management": "Kan være områdets ledelse ved et møde",
        }
        help_texts: ClassVar[dict[str, str]] = {"title": "For eksempel socialrådgiver", "is_management": ""}
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
