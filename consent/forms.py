"""What the consent pages take in: answers, signatures, scans, withdrawals, texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Person
from consent.models import Answer, ConsentText, Topic, Way
from consent.recipients import Recipient
from consent.sharing import Basis, Cell
from documents.uploads import ACCEPT, Scan, clean_scan
from web.danish import genitive
from web.forms import DanishDateField, FFForm, FFModelForm, LongTextField

ALL, SOME, NO, SKIP = "all", "some", "no", "skip"
CHOICES = ((ALL, "Ja til alt"), (SOME, "Ja til noget"), (NO, "Nej"), (SKIP, "Spørg ikke nu"))
WAYS = ((Way.PAPER, "På papir"), (Way.ORAL, "Mundtligt"), (Way.DIGITAL, "Digitalt"))
NOT_ASKED = ""
# One topic. »Ikke spurgt« is chosen from the start and stands last: an arrow to the right is a yes, one to the left a no.
TOPIC_CHOICES = ((Answer.YES.value, "Ja"), (Answer.NO.value, "Nej"), (NOT_ASKED, "Ikke spurgt"))
# What a topic's earlier answer becomes as a start. What was withdrawn is not suggested again.
BEFORE = {Cell.YES: Answer.YES, Cell.EXPIRED: Answer.YES, Cell.UNSIGNED: Answer.YES, Cell.NO: Answer.NO}
STANDS = (
    Cell.YES,
    Cell.UNSIGNED,
    Cell.NO,
)  # an answer that goes on until another is given: »ikke spurgt« is not true of it


class TopicField(forms.ModelChoiceField):
    """One topic. A topic that is out of use is among the choices only of what is marked with it, and says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Topic.objects.none(), empty_label=None, **kwargs)

    def label_from_instance(self, topic: Topic) -> str:  # type: ignore[override]
        return topic.name if topic.is_active else f"{topic.name} (bruges ikke mere)"


class ScanField(forms.FileField):
    """A scanned paper, cleaned to a `documents.uploads.Scan`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        kwargs.setdefault("error_messages", {}).setdefault("required", "Vælg den scannede erklæring.")
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Scan | None:
        upload = super().clean(data, initial)
        return clean_scan(upload) if upload else None


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient as the template needs it: the one choice, each topic, and no to the topics that are left."""

    recipient: Recipient
    choice: forms.BoundField
    topics: list[forms.BoundField]
    rest: forms.BoundField
    errors: list[Any]


class DeclarationForm(FFForm):
    """One person's answers: per recipient all, some, no or not now; then how it was given.

    »Ja til noget« opens the topics. A topic nobody spoke of is left out of the answers (C2: yes, no, or not asked).
    """

    way = forms.ChoiceField(
        label="Hvordan er svarene givet?",
        choices=WAYS,
        initial=Way.PAPER,
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvordan svarene er givet."},
    )
    informed_on = DanishDateField(
        label="Hvornår fik personen det forklaret?",
        error_messages={"required": "Skriv den dag, personen fik det forklaret, fx 23.11.2026"},
    )
    signers = forms.MultipleChoiceField(
        label="Hvem har skrevet under?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Er svaret mundtligt: Hvem har sagt det?",
    )
    signed_on = DanishDateField(label="Underskrevet den", required=False)
    heard_by = forms.CharField(label="Hvem hørte det?", required=False, max_length=200)
    heard_when = forms.CharField(label="Hvornår og hvor?", required=False, max_length=200)
    question = LongTextField(label="Hvad blev der præcis spurgt om?", required=False, max_length=4000)
    evidence = ScanField(label="Den underskrevne erklæring", required=False, help_text="PDF, JPG eller PNG.")
    leaflet = forms.BooleanField(label="Sedlen »Sådan behandler vi dine oplysninger« er givet", required=False)
    expires_on = DanishDateField(label="Gælder kun til", required=False, help_text="Tom: så længe, som teksten siger.")

    def __init__(
        self,
        *args: Any,
        person: Person,
        recipients: Sequence[Recipient],
        topics: Sequence[Topic],
        signers: Sequence[Person],
        basis: Basis,
        **kwargs: Any,
    ) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"informed_on": today, "signed_on": today, "leaflet": False, **kwargs.get("initial", {})}
        self.person, self.recipients, self.topics = person, recipients, list(topics)
        super().__init__(*args, **kwargs)
        self.fields["signers"].choices = [(str(one.pk), one.name) for one in signers]  # type: ignore[attr-defined]
        self.by_signer = {str(one.pk): one for one in signers}
        for recipient in recipients:
            self._ask(recipient, basis)

    def _ask(self, one: Recipient, basis: Basis) -> None:
        """The fields of one recipient, with the earlier answers as a start."""
        states = {topic: basis.cell(self.person.pk, one.key, topic.pk) for topic in self.topics}
        choice = self.fields[f"r_{one.key}"] = forms.ChoiceField(
            label=one.title, choices=CHOICES, initial=_start(states.values()), required=False, widget=forms.RadioSelect
        )
        choice.widget.attrs["class"] = "form-radio"
        for topic, state in states.items():
            field = self.fields[_name(one, topic)] = forms.ChoiceField(
                label=topic.name,
                choices=TOPIC_CHOICES[:2] if state in STANDS else TOPIC_CHOICES,
                initial=BEFORE.get(state, NOT_ASKED) if state else NOT_ASKED,
                required=False,
                widget=forms.RadioSelect,
            )
            field.widget.attrs["class"] = "form-radio"
        rest = self.fields[f"n_{one.key}"] = forms.BooleanField(label="Nej til resten", required=False)
        rest.widget.attrs["class"] = "form-checkbox"

    def lines(self) -> list[Line]:
        return [
            Line(
                one,
                self[f"r_{one.key}"],
                topics := [self[_name(one, topic)] for topic in self.topics],
                self[f"n_{one.key}"],
                [error for field in topics for error in field.errors],
            )
            for one in self.recipients
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["answers"] = {}
        for one in self.recipients:
            data["answers"] |= self._answers(one, data)
        if not data["answers"] and not self.errors:
            raise ValidationError(f"Skriv mindst ét svar for {self.person.first_name}.")
        if data.get("way") == Way.ORAL:
            self._oral(data)
        elif data.get("signers") and not data.get("signed_on") and "signed_on" not in self.errors:
            self.add_error("signed_on", "Skriv den dag, der blev skrevet under, fx 23.11.2026")
        data["signed"] = [self.by_signer[pk] for pk in data.get("signers") or []]
        return data

    def _answers(self, one: Recipient, data: Mapping[str, Any]) -> dict[tuple[str, Topic], str]:
        choice = data.get(f"r_{one.key}")
        if choice in (None, "", SKIP):
            return {}
        if choice != SOME:
            return {(one.key, topic): Answer.YES if choice == ALL else Answer.NO for topic in self.topics}
        rest = Answer.NO if data.get(f"n_{one.key}") else NOT_ASKED
        said = {topic: data.get(_name(one, topic)) or rest for topic in self.topics}
        if Answer.YES not in said.values() and not self.errors:
            self.add_error(
                _name(one, self.topics[0]), f"Sæt »Ja« ved det, {one.name} må vide. Er der ikke noget, så vælg »Nej«."
            )
        return {(one.key, topic): answer for topic, answer in said.items() if answer}

    def _oral(self, data: dict[str, Any]) -> None:
        """C3: an oral consent is proven by who heard it, when, and the exact question."""
        wanted = {
            "heard_by": "Skriv, hvem der hørte det.",
            "heard_when": "Skriv, hvornår og hvor det blev sagt.",
            "question": "Skriv præcis, hvad der blev spurgt om.",
        }
        for name, message in wanted.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if self.by_signer and not data.get("signers") and "signers" not in self.errors:
            self.add_error("signers", "Vælg, hvem der har sagt det.")
        data["oral_note"] = (
            f"Hørt af {data.get('heard_by', '')}. {data.get('heard_when', '')}. Spørgsmål: {data.get('question', '')}"
        )


class NamedForm(FFForm):
    """An adult of the family whom the person names, while the declaration is filled in with them."""

    navn = forms.CharField(
        label="Hvem?",
        max_length=200,
        help_text="Fornavnet er nok.",
        error_messages={"required": "Skriv navnet på den voksne."},
    )

    def __init__(self, *args: Any, adults: Sequence[Recipient], **kwargs: Any) -> None:
        """adults: those who can be asked about and do not stand there yet."""
        super().__init__(*args, **kwargs)
        self.adults = adults

    def clean_navn(self) -> Recipient:
        wanted = " ".join(self.cleaned_data["navn"].casefold().split())
        whole = [one for one in self.adults if one.name.casefold() == wanted]
        found = whole or [one for one in self.adults if one.name.casefold().startswith(f"{wanted} ")]
        if len(found) > 1:
            raise ValidationError("Det navn passer på flere. Skriv hele navnet.")
        if not found:
            raise ValidationError(
                "Det navn kan ikke vælges. Er det en voksen i forløbet, så se, hvordan det er stavet."
            )
        return found[0]


def _name(one: Recipient, topic: Topic) -> str:
    return f"t_{one.key}_{topic.pk}"


def _start(states: Collection[Cell | None]) -> str:
    """The choice that says what is said so far."""
    before = {BEFORE.get(state) if state else None for state in states}
    if before == {Answer.YES}:
        return ALL
    if before == {Answer.NO}:
        return NO
    return SKIP if before <= {None} else SOME


class SignatureForm(FFForm):
    """One more signature on a declaration, with the paper if it is at hand."""

    signer = forms.ChoiceField(
        label="Hvem har skrevet under?",
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvem der har skrevet under."},
    )
    signed_on = DanishDateField(
        label="Underskrevet den", error_messages={"required": "Skriv den dag, der blev skrevet under, fx 23.11.2026"}
    )
    evidence = ScanField(label="Den underskrevne erklæring", required=False, help_text="PDF, JPG eller PNG.")

    def __init__(self, *args: Any, signers: Sequence[Person], **kwargs: Any) -> None:
        kwargs["initial"] = {
            "signed_on": timezone.localdate(),
            "signer": str(signers[0].pk) if len(signers) == 1 else None,
        }
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.pk): one for one in signers}
        self.fields["signer"].choices = [(key, one.name) for key, one in self.by_key.items()]  # type: ignore[attr-defined]

    def clean_signer(self) -> Person:
        return self.by_key[self.cleaned_data["signer"]]


class ScanForm(FFForm):
    """The signed paper, scanned or photographed."""

    evidence = ScanField(label="Den underskrevne erklæring", help_text="PDF, JPG eller PNG. Højst 10 MB.")


class WhichScanForm(FFForm):
    """Which of the papers that were laid in; without a number the newest."""

    papir = forms.IntegerField(label="Papir", required=False, min_value=1)


class ScopeForm(FFForm):
    """What is withdrawn: all of it, or what is ticked. Sent by GET, so that the preview changes nothing."""

    hvad = forms.ChoiceField(
        label="Hvad tilbagekaldes?",
        choices=(("alt", "Det hele"), ("noget", "Noget af det")),
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvad der tilbagekaldes: det hele eller noget af det."},
    )
    emne = forms.MultipleChoiceField(
        label="Hvilke emner?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ingen krydser: alle emner.",
    )
    modtager = forms.MultipleChoiceField(
        label="Hvilke modtagere?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ingen krydser: alle modtagere.",
    )

    def __init__(self, *args: Any, recipients: Sequence[Recipient], topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_topic = {str(topic.pk): topic for topic in topics}
        self.fields["emne"].choices = [(key, topic.name) for key, topic in self.by_topic.items()]  # type: ignore[attr-defined]
        self.fields["modtager"].choices = [(one.key, one.title) for one in recipients]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        part = data.get("hvad") == "noget"
        if part and not data.get("emne") and not data.get("modtager") and not self.errors:
            self.add_error("emne", "Sæt kryds ved mindst ét emne eller én modtager. Eller vælg »Det hele«.")
        data["topics"] = [self.by_topic[key] for key in data.get("emne") or []] if part else []
        data["recipients"] = list(data.get("modtager") or []) if part else []
        return data


class WithdrawForm(FFForm):
    """The confirmation: when, how, and for a child by whom. No reason is asked."""

    told_on = DanishDateField(
        label="Hvornår blev det sagt?", error_messages={"required": "Skriv den dag, det blev sagt, fx 23.11.2026"}
    )
    way = forms.ChoiceField(
        label="Hvordan blev det sagt?",
        choices=((Way.ORAL, "Mundtligt"), (Way.PAPER, "Skriftligt"), (Way.DIGITAL, "Digitalt")),
        initial=Way.ORAL,
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvordan det blev sagt."},
    )
    told_by = forms.ChoiceField(
        label="Hvem sagde det?",
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvem der sagde det."},
    )

    def __init__(self, *args: Any, person: Person, tellers: Sequence[Person], **kwargs: Any) -> None:
        kwargs["initial"] = {"told_on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.pk): one for one in tellers}
        if len(tellers) == 1:
            del self.fields["told_by"]
        else:
            self.fields["told_by"].choices = [(key, one.name) for key, one in self.by_key.items()]  # type: ignore[attr-defined]
        self.fields["told_on"].label = (
            f"Hvornår sagde {person.first_name} det?" if len(tellers) == 1 else "Hvornår blev det sagt?"
        )
        self.only = tellers[0] if len(tellers) == 1 else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["teller"] = self.only or self.by_key.get(data.get("told_by", ""))
        return data


class TextForm(FFModelForm):
    """A version of the consent text. A line that begins with ## is a heading."""

    purpose = LongTextField(
        label="Formål",
        max_length=2000,
        help_text="Hvorfor vi spørger. Skriv kort.",
        error_messages={"required": "Skriv, hvorfor vi spørger."},
    )
    body = LongTextField(
        label="Teksten",
        help_text="En linje, der begynder med ##, bliver til en overskrift.",
        error_messages={"required": "Skriv den tekst, der skrives under på."},
        widget=forms.Textarea(attrs={"rows": 18}),
    )

    class Meta:
        model = ConsentText
        fields = ("title", "purpose", "body", "months_valid")
        labels = {"title": "Overskrift", "months_valid": "Gælder i måneder"}
        error_messages = {
            "title": {"required": "Skriv en overskrift."},
            "months_valid": {"required": "Skriv, hvor mange måneder samtykket gælder, fx 12."},
        }

    def clean_months_valid(self) -> int:
        months: int = self.cleaned_data["months_valid"]
        if not 1 <= months <= 60:
            raise ValidationError("Skriv et tal fra 1 til 60.")
        return months


class Confirm(FFForm):
    """A press of a button and nothing else."""


def scan_title(person: Person) -> str:
    return f"{genitive(person.first_name)} underskrevne erklæring"
