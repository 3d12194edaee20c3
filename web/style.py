"""The form of the style page: one of each field, and what somebody may have typed wrong in it."""

from typing import ClassVar

from django import forms

from web.forms import (
    CprField,
    DanishDateField,
    DanishDateTimeField,
    DanishTimeField,
    FFForm,
    LongTextField,
    PhoneField,
)

ANSWERS = (("ja", "Ja"), ("nej", "Nej"))
DEPARTMENTS = (("", "Vælg en afdeling"), ("skole", "Skole"), ("ppr", "PPR"), ("job", "Job og Fastholdelse"))


class StyleForm(FFForm):
    WRONG: ClassVar[dict[str, object]] = {
        "name": "",
        "birthday": "31.02.2019",
        "clock": "25.10",
        "moment": "i morgen",
        "phone": "12345",
        "cpr": "999999-1234",
        "department": "",
        "topics": [],
        "text": "",
    }

    name = forms.CharField(label="Barnets navn", error_messages={"required": "Skriv barnets navn."})
    birthday = DanishDateField(label="Fødselsdag", help_text="Fx 5.11.2018", past=True)
    clock = DanishTimeField(label="Hvornår begynder mødet?", help_text="Fx 14.00")
    moment = DanishDateTimeField(label="Hvornår blev det sagt?", help_text="Fx 23.11.2026 14.00", required=False)
    phone = PhoneField(label="Telefon", required=False)
    cpr = CprField(label="CPR-nummer", help_text="10 cifre. Opslaget bliver logget.")
    department = forms.ChoiceField(
        label="Afdeling", choices=DEPARTMENTS, error_messages={"required": "Vælg en afdeling."}
    )
    report = forms.ChoiceField(
        label="Er der grund til at lave en underretning?",
        help_text="Fx hvis du er bekymret for vold eller overgreb.",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": "Svar ja eller nej."},
    )
    topics = forms.MultipleChoiceField(
        label="Hvad må deles?",
        choices=(("skole", "Skole"), ("helbred", "Helbred"), ("familie", "Familie")),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vælg mindst ét emne."},
    )
    text = LongTextField(
        label="Hvad drejer det sig om?",
        help_text="Skriv, som du ville sige det til en kollega.",
        error_messages={"required": "Skriv, hvad det drejer sig om."},
    )
    agreed = forms.BooleanField(
        label="Familien ved, at jeg skriver", error_messages={"required": "Sæt kryds, når du har talt med familien."}
    )
