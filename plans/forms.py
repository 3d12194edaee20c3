"""The forms of Én Plan."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst

from cases.models import Person
from consent.forms import TopicField
from consent.models import Topic
from organisation.models import in_danish
from plans.models import FollowUpState, ItemKind, PlanItem, SentWay
from web.forms import DanishDateField, FFForm, LongTextField

CHOOSE = {"required": "Vælg en af mulighederne."}


class FirstNames(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person: Person) -> str:  # type: ignore[override]
        return person.first_name


class FirstName(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:  # type: ignore[override]
        return person.first_name


class Place(forms.ModelChoiceField):
    def label_from_instance(self, item: PlanItem) -> str:  # type: ignore[override]
        return f"{capfirst(item.get_kind_display())}: {item.text}"


class ItemForm(FFForm):
    """Whom an item concerns, what it is about, from whom it is kept, and where it stands (C5, M8)."""

    about = FirstNames(
        Person.objects.none(),
        label="Hvem handler det om?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Punktet kommer kun med til dem, som alle de valgte har sagt ja til.",
    )
    topic = TopicField(label="Hvad handler det om?", error_messages=CHOOSE)
    said_by = FirstName(
        Person.objects.none(), label="Familiens egne ord fra", required=False, empty_label="Det er ikke et citat"
    )
    kept_from = FirstNames(
        Person.objects.none(),
        label="Må ikke ses af",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Fx når et barn har sagt noget, som forældrene ikke skal vide.",
    )
    parent = Place(PlanItem.objects.none(), label="Står under", empty_label=None, error_messages=CHOOSE)
    is_long_term = forms.BooleanField(label="Det er et mål på længere sigt", required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Hent siden igen."})

    def __init__(self, item: PlanItem, persons: list[Person], places: list[PlanItem], data: Any = None) -> None:
        self.item = item
        super().__init__(
            data,
            initial={
                "about": [person.pk for person in item.about.all()],
                "kept_from": [person.pk for person in item.kept_from.all()],
                "topic": item.topic_id,
                "said_by": item.said_by_id,
                "parent": item.parent_id,
                "is_long_term": item.is_long_term,
                "row_version": item.row_version,
            },
        )
        here = Person.objects.filter(pk__in=[person.pk for person in persons]).order_by(in_danish("first_name"), "pk")
        for name in ("about", "said_by", "kept_from"):
            self.fields[name].queryset = here  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.in_use_or(item.topic_id)  # type: ignore[attr-defined]
        self.offered = {person.pk for person in persons}
        if item.kind == ItemKind.GOAL:
            del self.fields["parent"]
        else:
            del self.fields["is_long_term"]
            self.fields["parent"].queryset = PlanItem.objects.filter(pk__in=[one.pk for one in places])  # type: ignore[attr-defined]
        self._leave_out_unseen({one.pk for one in places})

    def _leave_out_unseen(self, places: set[UUID]) -> None:
        """A select without what stands there now would put something else in its place, unasked (C5)."""
        if "parent" in self.fields and self.item.parent_id not in places:
            del self.fields["parent"]
        if self.item.said_by_id and self.item.said_by_id not in self.offered:
            del self.fields["said_by"]

    def changes(self) -> dict[str, Any]:
        """What was chosen, for `actions.change_item`. A mark or a place that the writer could not see stays: it protects
        somebody."""
        chosen = dict(self.cleaned_data)
        for name in ("about", "kept_from"):
            unseen = [person for person in getattr(self.item, name).all() if person.pk not in self.offered]
            chosen[name] = [*chosen[name], *unseen]
        return chosen


class CorrectionForm(FFForm):
    correction = LongTextField(
        label="Hvad skal rettes?",
        help_text="Én sætning. Den kommer til at stå på den nye version.",
        error_messages={"required": "Skriv, hvad der skal rettes."},
    )


class FollowUpForm(FFForm):
    state = forms.ChoiceField(
        label="Hvordan går det med aftalen?",
        choices=[(value, capfirst(label)) for value, label in FollowUpState.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvordan det går med aftalen."},
    )
    note = LongTextField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DistributeForm(FFForm):
    way = forms.ChoiceField(
        label="Hvordan",
        choices=[(value, capfirst(label)) for value, label in SentWay.choices],
        error_messages={"required": "Vælg, hvordan planen er sendt."},
    )
    on = DanishDateField(label="Dato", error_messages={"required": "Skriv datoen, fx 23.11.2026"})


class JournalForm(FFForm):
    document_number = forms.CharField(label="Dokumentnummer", required=False, max_length=60)


class TakeBackForm(FFForm):
    reason = LongTextField(
        label="Hvorfor?",
        help_text="Fx: »Jeg trykkede ved den forkerte.« Din afdeling kan læse det på linjen.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv, hvorfor journaliseringen tages tilbage."},
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Hent siden igen."})
