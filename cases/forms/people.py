"""The forms of the family's people."""

from typing import Any

from django import forms
from django.utils.text import capfirst

from cases.forms.fields import DepartmentChoice, VersionedForm
from cases.models import FamilyMember, FamilyRelation, Forloeb, Person
from organisation.models import Department
from web.cpr import birth_date, mask_cpr
from web.forms import CprField, DanishDateField, FFForm, PhoneField, no_cpr


class HolderChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PersonForm(FFForm):
    """One person and the person's place in the family."""

    first_name = forms.CharField(
        label="Fornavn", max_length=120, error_messages={"required": "Skriv personens fornavn."}
    )
    last_name = forms.CharField(label="Efternavn", max_length=120, required=False)
    protected_address = forms.BooleanField(label="Navn eller adresse er beskyttet", required=False)
    protected_name = forms.CharField(
        label="Beskyttet navn",
        max_length=240,
        required=False,
        help_text="Et navn, de andre ikke må kende. Skriv det kun her: ovenfor står det navn, de andre bruger.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    cpr = CprField(label="CPR-nummer", required=False)
    birth_date = DanishDateField(
        label="Født", past=True, required=False, help_text="Kun når du ikke har CPR-nummeret. Fx 16.3.2016"
    )
    kind = forms.ChoiceField(
        label="Rolle i familien",
        choices=[(key, capfirst(word)) for key, word in FamilyRelation.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg personens rolle i familien."},
    )
    relation = forms.CharField(
        label="Relation", max_length=120, required=False, help_text="Fx »mor til Anton og Ida«. Det står ved navnet."
    )
    custody = HolderChoice(
        label="Hvem har forældremyndigheden?",
        help_text="Kun for en, der er under 18 år. De skriver under for et barn under 15 år.",
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Vælg voksne på listen."},
    )
    households = forms.MultipleChoiceField(
        label="Bor", required=False, help_text="Et barn kan bo to steder.", widget=forms.CheckboxSelectMultiple
    )
    new_household = forms.CharField(
        label="Ny husstand", max_length=80, required=False, help_text="Fx »Hos Sofie«. Skriv ikke adressen her."
    )
    placement = forms.CharField(
        label="Anbragt", max_length=80, required=False, help_text="Kun for et anbragt barn, fx »Plejefamilien«."
    )
    in_forloeb = forms.BooleanField(label="Er med i forløbet", required=False, initial=True)
    is_focus = forms.BooleanField(label="Forløbet handler især om denne person", required=False)
    phone = PhoneField(label="Telefon", required=False)
    email = forms.EmailField(
        label="Mail", required=False, error_messages={"invalid": "Skriv en mailadresse, fx navn@eksempel.dk"}
    )
    address = forms.CharField(
        label="Adresse",
        max_length=300,
        required=False,
        help_text="Er den beskyttet, så sæt kryds ved navnet.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    interpreter = forms.CharField(
        label="Tolk", max_length=60, required=False, help_text="Sproget, hvis der skal tolk med."
    )
    accessibility = forms.CharField(
        label="Særlige hensyn",
        max_length=200,
        required=False,
        help_text="Det praktiske ved et møde, fx »kørestol« eller »korte møder«.",
    )

    def __init__(
        self, *args: Any, forloeb: Forloeb, person: Person | None = None, is_sheltered: bool = False, **kwargs: Any
    ) -> None:
        """is_sheltered: the person's address is a protected one, by the person or by somebody they live with."""
        super().__init__(*args, **kwargs)
        family = forloeb.family
        members = family.members.select_related("person")
        able = [one.person_id for one in members if one.may_hold and (person is None or one.person_id != person.pk)]
        custody = self.fields["custody"]
        custody.queryset = family.people.filter(pk__in=able).in_danish_order().distinct()  # type: ignore[attr-defined]
        labels = list(family.households.order_by("label").values_list("label", flat=True))
        self.fields["households"].choices = [(label, label) for label in labels]  # type: ignore[attr-defined]
        if not labels:
            del self.fields["households"]
        if not able:
            del self.fields["custody"]
        self.person = person
        self.hides_address = bool(person and is_sheltered and person.address)
        self.hides_name = bool(person and person.protected_name)
        if person:
            self._hide(person)

    def _hide(self, person: Person) -> None:
        """What is shown on a logged click only does not stand in the form; written anew, it is changed."""
        if person.cpr:
            self.fields["cpr"].help_text = f"{mask_cpr(person.cpr)}. Skriv kun her, hvis nummeret skal ændres."
            del self.fields["birth_date"]
        if self.hides_address:
            self.fields["address"].help_text = "Adressen er beskyttet og vises ikke her. Skriv kun, hvis den er ny."
        if self.hides_name:
            self.fields[
                "protected_name"
            ].help_text = "Navnet er beskyttet og vises ikke her. Skriv kun, hvis det er nyt."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.may_be_held = self._may_be_held(data)
        if not self.may_be_held:
            data["custody"] = []
        if data.get("is_focus"):
            data["in_forloeb"] = True
        if data.get("protected_name") and not data.get("protected_address"):
            self.add_error("protected_address", "Sæt kryds her, når der er et beskyttet navn.")
        return data

    def _may_be_held(self, data: dict[str, Any]) -> bool:
        """A child of the family, or anybody under age by what is typed or stands (F9)."""
        number = data.get("cpr")
        born = birth_date(number) if number else data.get("birth_date") or (self.person and self.person.birth_date)
        return FamilyMember(person=Person(birth_date=born or None), kind=data.get("kind") or "").may_be_held

    def homes(self) -> list[str]:
        new = self.cleaned_data["new_household"]
        return [*self.cleaned_data.get("households", []), *([new] if new else [])]


class PersonEditForm(PersonForm, VersionedForm):
    pass


class CaseForm(FFForm):
    """A person's case in a department (O3)."""

    department = DepartmentChoice(
        label="Afdeling",
        queryset=Department.objects.none(),
        empty_label="Vælg afdeling",
        error_messages={"required": "Vælg den afdeling, hvor personen har en sag."},
    )
    case_number = forms.CharField(
        label="Sagsnummer",
        max_length=60,
        required=False,
        help_text="Skriv ikke CPR-nummeret.",
        validators=[no_cpr],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active().by_name()  # type: ignore[attr-defined]
