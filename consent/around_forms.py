"""What the network list, the exchanges and the clues take in."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Participation, Person
from consent.models import NetworkContact, ToldWay, Topic
from consent.models.clues import ADDED
from consent.recipients import Recipient
from web.forms import DanishDateField, FFForm, PhoneField

ELSE = "andre"


class _Chooser(FFForm):
    """Turns the chosen keys into the rows themselves."""

    def offer(self, name: str, rows: dict[str, Any], labels: Sequence[str]) -> None:
        self.fields[name].choices = list(zip(rows, labels, strict=True))  # type: ignore[attr-defined]
        self._rows = {**getattr(self, "_rows", {}), name: rows}

    def chosen(self, name: str) -> list[Any]:
        return [self._rows[name][key] for key in self.cleaned_data.get(name) or []]

    def one(self, name: str) -> Any:
        return self._rows[name].get(self.cleaned_data.get(name) or "")


class ContactForm(_Chooser):
    """One contact of the network (C10)."""

    about = forms.MultipleChoiceField(
        label="Hvis netværk?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vælg, hvem i familien kontakten hører til."},
    )
    name = forms.CharField(label="Navn", max_length=120, error_messages={"required": "Skriv kontaktens navn."})
    relation = forms.CharField(
        label="Relation",
        max_length=120,
        help_text="Fx mormor, nabo eller træner.",
        error_messages={"required": "Skriv, hvem kontakten er for familien, fx mormor."},
    )
    phone = PhoneField(label="Telefon", required=False)
    topics = forms.MultipleChoiceField(
        label="Hvad må I ringe om?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vælg mindst ét emne, kontakten må ringes op om."},
    )
    may_call = forms.MultipleChoiceField(
        label="Hvem må ringe?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ingen krydser: alle, der er med.",
    )
    said_by = forms.ChoiceField(
        label="Hvem har sagt det?",
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvem der har sagt, at I må kontakte dem."},
    )
    said_on = DanishDateField(
        label="Hvornår?", error_messages={"required": "Skriv den dag, det blev sagt, fx 23.11.2026"}
    )
    note = forms.CharField(
        label="Bemærkning", required=False, max_length=300, help_text="Fx »helst om aftenen«. Kan stå tomt."
    )
    kept_from = forms.MultipleChoiceField(
        label="Hold kontakten fra",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Fx når et barn har nævnt en, som forældrene ikke skal vide om. Kontakten står ikke i deres papirer.",
    )
    row_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: Sequence[Person],
        recipients: Sequence[Recipient],
        topics: Sequence[Topic],
        contact: NetworkContact | None = None,
        shut: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """shut: of name, relation and note those that the writer may not have; they stay as they are (C5)."""
        kwargs["initial"] = _of(contact) if contact else {"said_on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        keys = {str(one.pk): one for one in people}
        for name in ("about", "said_by", "kept_from"):
            self.offer(name, keys, [one.first_name for one in people])
        self.unseen = [one for one in contact.kept_from.all() if one not in people] if contact else []
        self.offer("topics", {str(one.pk): one for one in topics}, [one.name for one in topics])
        self.offer("may_call", {one.key: one.key for one in recipients}, [one.title for one in recipients])
        self.stays = {name: getattr(contact, name) for name in shut}
        for name in shut:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "about": self.chosen("about"),
            "topics": self.chosen("topics"),
            "may_call": self.chosen("may_call"),
            "said_by": self.one("said_by"),
            "kept_from": [*self.chosen("kept_from"), *self.unseen],
            **{name: data[name] for name in ("name", "relation", "phone", "note", "said_on") if name in data},
            **self.stays,
        }


def _of(contact: NetworkContact) -> dict[str, Any]:
    return {
        "about": [str(one.pk) for one in contact.about.all()],
        "topics": [str(one.pk) for one in contact.topics.all()],
        "may_call": contact.may_call,
        "said_by": str(contact.said_by_id),
        "kept_from": [str(one.pk) for one in contact.kept_from.all()],
        "row_version": contact.row_version,
        **{name: getattr(contact, name) for name in ("name", "relation", "phone", "note", "said_on")},
    }


class ExchangeForm(_Chooser):
    """One line on what was talked about without the family (C11)."""

    other = forms.ChoiceField(
        label="Hvem talte du med?",
        error_messages={"required": "Vælg, hvem du talte med."},
    )
    with_name = forms.CharField(
        label="Navn, hvis det var en anden", required=False, max_length=120, help_text="Fx »Lise Holm, børnehaven«."
    )
    what = forms.CharField(
        label="Hvad talte I om?",
        max_length=300,
        help_text="Én linje.",
        error_messages={"required": "Skriv på én linje, hvad I talte om."},
    )
    about = forms.MultipleChoiceField(
        label="Hvem handlede det om?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ingen krydser: dem, teksten nævner.",
    )
    topic = forms.ChoiceField(label="Emne", required=False)
    kept_from = forms.MultipleChoiceField(
        label="Hold det fra",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ingen krydser: Noget, et barn selv har fortalt, holdes fra forældrene. Alt andet må familien få at vide.",
    )
    on = DanishDateField(label="Hvornår?", error_messages={"required": "Skriv dagen, fx 23.11.2026"})

    def __init__(
        self,
        *args: Any,
        people: Sequence[Person],
        others: Sequence[Participation],
        topics: Sequence[Topic],
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        rows: dict[str, Any] = {"": None, **{str(one.pk): one for one in others}, ELSE: None}
        self.offer("other", rows, ["Vælg", *[f"{one.name}, {one.home}" for one in others], "En anden"])
        for name in ("about", "kept_from"):
            self.offer(name, {str(one.pk): one for one in people}, [one.first_name for one in people])
        self.offer(
            "topic", {"": None, **{str(one.pk): one for one in topics}}, ["Det, teksten handler om", *map(str, topics)]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("other") == ELSE and not (data.get("with_name") or "").strip():
            self.add_error("with_name", "Skriv navnet på den, du talte med.")
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "with_participation": self.one("other"),
            "with_name": data["with_name"] if data["other"] == ELSE else "",
            "what": data["what"],
            "about": self.chosen("about"),
            "topic": self.one("topic"),
            "kept_from": self.chosen("kept_from") or None,
            "on": data["on"],
        }


class KeptForm(_Chooser):
    """From whom an exchange is kept (M8). Whom the employee may not know of stays as it was."""

    kept_from = forms.MultipleChoiceField(
        label="Hold det fra",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="De får det ikke fortalt, og det står ikke i deres papirer.",
    )
    row_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, people: Sequence[Person], kept: Sequence[Person], row_version: int, **kwargs: Any
    ) -> None:
        initial = {"kept_from": [str(one.pk) for one in kept], "row_version": row_version}
        super().__init__(*args, initial=initial, **kwargs)
        self.offer("kept_from", {str(one.pk): one for one in people}, [one.first_name for one in people])
        self.stays = [one for one in kept if one not in people]

    def values(self) -> list[Person]:
        return [*self.chosen("kept_from"), *self.stays]


class ToldForm(FFForm):
    """The family has been told."""

    way = forms.ChoiceField(
        label="Hvordan?",
        choices=ToldWay.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvordan familien fik det at vide."},
    )
    on = DanishDateField(label="Hvornår?", error_messages={"required": "Skriv den dag, de fik det at vide."})
    row_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row_version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": timezone.localdate(), "row_version": row_version}, **kwargs)


class ClueForm(_Chooser):
    """A word that would tell where somebody is (C12)."""

    person = forms.ChoiceField(
        label="Hvem beskytter det?",
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvem ordet beskytter."},
    )
    kind = forms.ChoiceField(
        label="Hvad er det?",
        choices=[(one.value, one.label.capitalize()) for one in ADDED],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvad det er."},
    )
    word = forms.CharField(
        label="Ordet",
        max_length=120,
        help_text="Fx navnet på en skole, et stoppested eller en arbejdsplads.",
        error_messages={"required": "Skriv det ord, der ikke må stå i papirerne."},
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        if len(people) == 1:
            kwargs["initial"] = {"person": str(people[0].pk)}
        super().__init__(*args, **kwargs)
        self.offer("person", {str(one.pk): one for one in people}, [one.first_name for one in people])

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if len(word) < 3:
            raise ValidationError("Skriv mindst tre bogstaver, ellers findes ordet overalt.")
        return word
