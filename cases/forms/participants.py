"""The forms of who takes part, and of the tovholder's other acts."""

from typing import Any

from django import forms
from django.utils.text import capfirst

from cases.forms.fields import EmploymentChoice, VersionedForm, driving_employments
from cases.models import EndReason, Forloeb, ParticipationRole
from organisation.models import Employment, ExternalParty, User, in_danish
from web import dates
from web.forms import DanishDateField, FFForm, LongTextField, PhoneField

ROLES = [(key, capfirst(word)) for key, word in ParticipationRole.choices]
STAFF_ROLES = [row for row in ROLES if row[0] != ParticipationRole.TOVHOLDER]
OUTSIDE_ROLES = [row for row in ROLES if row[0] in (ParticipationRole.PROFESSIONAL, ParticipationRole.DECISION_MAKER)]
FOUND_AT_MOST = 20


class FindForm(FFForm):
    """Find a colleague by name, function or department: works without a script."""

    q = forms.CharField(label="Navn, funktion eller afdeling", max_length=100, required=False)


class _RoleForm(FFForm):
    role = forms.ChoiceField(
        label="Rolle i forløbet",
        choices=STAFF_ROLES,
        initial=ParticipationRole.PROFESSIONAL,
        error_messages={"required": "Vælg rollen i forløbet."},
    )
    title = forms.CharField(
        label="Funktion", max_length=120, required=False, help_text="Fx »klasselærer«. Ingen navne."
    )
    from_date = DanishDateField(label="Med fra", required=False, help_text="Skriver du intet, er det fra i dag.")


class ParticipantForm(_RoleForm):
    employment = EmploymentChoice(
        label="Kollega",
        queryset=Employment.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Vælg en kollega på listen.", "invalid_choice": "Vælg en kollega på listen."},
    )
    field_order = ("employment", "role", "title", "from_date")

    def __init__(self, *args: Any, found: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employment"].queryset = found  # type: ignore[attr-defined]
        self.fields["title"].help_text = "Skriver du intet, står kollegaens egen. Ingen navne."


class ExternalForm(_RoleForm):
    external = forms.ModelChoiceField(
        label="Sted",
        queryset=ExternalParty.objects.order_by(in_danish("name")),
        empty_label="Vælg sted",
        help_text="Mangler stedet? En systemadministrator kan oprette det.",
        error_messages={"required": "Vælg, hvor den eksterne kommer fra."},
    )
    name = forms.CharField(
        label="Navn", max_length=120, error_messages={"required": "Skriv navnet på den, der er med."}
    )
    phone = PhoneField(label="Telefon", required=False)
    field_order = ("external", "name", "phone", "role", "title", "from_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = OUTSIDE_ROLES  # type: ignore[attr-defined]


class ParticipationForm(VersionedForm, _RoleForm):
    to_date = DanishDateField(label="Med til", required=False, help_text="Adgangen lukker den dag. Tom: uden slutdato.")
    field_order = ("role", "title", "from_date", "to_date", "row_version")

    def __init__(self, *args: Any, outside: bool = False, lead: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        if lead:
            role.choices = [(ParticipationRole.TOVHOLDER, "tovholder")]  # type: ignore[attr-defined]
            del self.fields["from_date"], self.fields["to_date"]
        elif outside:
            role.choices = OUTSIDE_ROLES  # type: ignore[attr-defined]


class HandOverForm(FFForm):
    to = EmploymentChoice(
        label="Ny tovholder",
        queryset=Employment.objects.none(),
        empty_label="Vælg en kollega",
        help_text="Kun medarbejdere i en myndighed kan være tovholder.",
        error_messages={"required": "Vælg den kollega, der skal være tovholder."},
    )
    reason = forms.CharField(
        label="Hvorfor?", max_length=500, error_messages={"required": "Skriv, hvorfor forløbet overleveres."}
    )
    on = DanishDateField(
        label="Fra", required=False, help_text="Skriver du intet, er det fra i dag. Din adgang slutter den dag."
    )

    def __init__(self, *args: Any, without: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = driving_employments()
        self.fields["to"].queryset = found.exclude(user=without) if without else found  # type: ignore[attr-defined]


class HandOverManyForm(HandOverForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["on"]


class EndedForloebChoice(forms.ModelMultipleChoiceField):
    """Ended forløb to tick. names: may the one who chooses know the families? A leader who takes no part may not."""

    names = False

    def label_from_instance(self, obj: Forloeb) -> str:
        family = f"{obj.family.name}, forløb" if self.names else "Forløb"
        return f"{family} {obj.number}, afsluttet {dates.long_date(obj.ended_on)}" if obj.ended_on else str(obj.number)


class HandOverEndedForm(HandOverManyForm):
    forloeb = EndedForloebChoice(
        label="Hvilke forløb?",
        queryset=Forloeb.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Vælg mindst ét forløb.",
            "invalid_choice": "Vælg forløb på listen.",
            "invalid_pk_value": "Vælg forløb på listen.",
        },
    )
    field_order = ("forloeb", "to", "reason")

    def __init__(self, *args: Any, ended: Any, names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forloeb"].queryset, self.fields["forloeb"].names = ended, names  # type: ignore[attr-defined]


class EndForm(VersionedForm):
    reason = forms.ChoiceField(
        label="Hvorfor slutter forløbet?",
        choices=[(key, capfirst(word)) for key, word in EndReason.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvorfor forløbet slutter."},
    )
    text = LongTextField(
        label="Om afslutningen",
        required=False,
        help_text="Skriv altid noget, når forløbet ikke er gennemført.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(VersionedForm):
    why = LongTextField(
        label="Hvorfor åbnes forløbet igen?",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv, hvorfor forløbet åbnes igen."},
    )


class PauseForm(VersionedForm):
    """Only the version."""


class BarForm(FFForm):
    user = forms.ModelChoiceField(
        label="Kollega",
        queryset=User.objects.none(),
        empty_label="Vælg en kollega",
        error_messages={"required": "Vælg den kollega, der ikke må kende forløbet."},
    )
    reason = forms.CharField(
        label="Hvorfor?",
        max_length=200,
        help_text="Fx »nabo« eller »i familie med mor«.",
        error_messages={"required": "Skriv, hvorfor kollegaen ikke må kende forløbet, fx »nabo«."},
    )

    def __init__(self, *args: Any, forloeb: Forloeb, without: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.active().exclude(pk=without.pk).exclude(barred_from__forloeb=forloeb)
        self.fields["user"].queryset = others.by_name()  # type: ignore[attr-defined]


class ForloebFilter(FFForm):
    """What the list of forløb shows; in the address."""

    q = forms.CharField(label="Familie eller nummer", max_length=100, required=False)
    tilstand = forms.ChoiceField(
        label="Tilstand",
        required=False,
        choices=[
            ("", "Alle, der ikke er afsluttet"),
            ("consent", "Samtykke indhentes"),
            ("active", "Aktive"),
            ("paused", "På pause"),
            ("ended", "Afsluttede"),
        ],
        error_messages={"invalid_choice": "Vælg en tilstand på listen."},
    )
    rolle = forms.ChoiceField(
        label="Min rolle",
        required=False,
        choices=[("", "Alle roller"), ("tovholder", "Tovholder"), ("andre", "Andre roller")],
        error_messages={"invalid_choice": "Vælg en rolle på listen."},
    )
