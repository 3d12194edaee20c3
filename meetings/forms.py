"""The forms of a meeting. They read and clean; the actions decide."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from cases.models import Participation, Person
from consent.forms import TopicField
from meetings.models import Meeting, Presence, RoleKind
from web import dates
from web.forms import DanishDateField, DanishTimeField, FFForm, LongTextField, no_cpr

PRE_MEETING = timedelta(minutes=30)
LENGTH = timedelta(minutes=90)


class ParticipantChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Participation) -> str:
        return f"{obj.name}, {obj.home}"


class OneParticipant(forms.ModelChoiceField):
    def label_from_instance(self, obj: Participation) -> str:
        return f"{obj.name}, {obj.home}"


def _participants(required: bool = False, **kwargs: Any) -> ParticipantChoice:
    return ParticipantChoice(
        queryset=Participation.objects.none(), required=required, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def _persons(label: str, **kwargs: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        queryset=Person.objects.none(), required=False, label=label, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def _topic() -> TopicField:
    return TopicField(label="Emne", error_messages={"required": "Vælg, hvad punktet handler om."})


class MeetingForm(FFForm):
    """Time, place and purpose. The formøde may be left empty: then there is none."""

    day = DanishDateField(label="Dato", error_messages={"required": "Skriv, hvilken dag mødet er, fx 23.11.2026."})
    starts = DanishTimeField(label="Begynder", error_messages={"required": "Skriv, hvornår mødet begynder, fx 14.00."})
    ends = DanishTimeField(label="Slutter", error_messages={"required": "Skriv, hvornår mødet slutter, fx 15.30."})
    pre_meeting = DanishTimeField(
        label="Formøde for medarbejdere", required=False, help_text="15–30 minutter før. Her fordeler I rollerne."
    )
    place = forms.CharField(
        label="Sted",
        max_length=200,
        help_text="Fx »Skolen, lokale 12«. Vælg et sted sammen med familien.",
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvor mødet er. Er I i tvivl, så skriv det sted, I regner med."},
    )
    purpose = LongTextField(
        label="Formål",
        required=False,
        help_text="Det, familien gerne vil have ud af mødet.",
        validators=[no_cpr],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    interpreter = forms.CharField(
        label="Tolk",
        max_length=60,
        required=False,
        help_text="Sproget, hvis der skal tolk med.",
        validators=[no_cpr],
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, starts, ends = (cleaned.get(name) for name in ("day", "starts", "ends"))
        if not (day and starts and ends):
            return cleaned
        for name, clock in (("starts_at", starts), ("ends_at", ends), ("pre_meeting_at", cleaned.get("pre_meeting"))):
            try:
                cleaned[name] = dates.at(day, clock) if clock else None
            except ValueError as error:
                self.add_error({"starts_at": "starts", "ends_at": "ends"}.get(name, "pre_meeting"), str(error))
                return cleaned
        if cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends", "Mødet skal slutte efter, at det begynder.")
        if cleaned["pre_meeting_at"] and cleaned["pre_meeting_at"] >= cleaned["starts_at"]:
            self.add_error("pre_meeting", "Formødet skal ligge før mødet.")
        return cleaned

    @property
    def frame(self) -> dict[str, Any]:
        """What the actions take of it."""
        names = ("starts_at", "ends_at", "pre_meeting_at", "place", "purpose", "interpreter")
        return {name: self.cleaned_data[name] for name in names}


class NewMeetingForm(MeetingForm):
    """A meeting with its invited; everybody is ticked from the start."""

    board_key = forms.ChoiceField(
        label="Tavle", widget=forms.RadioSelect, error_messages={"required": "Vælg, hvilken tavle I bruger."}
    )
    persons = _persons("Fra familien", help_text="Familien vælger selv, hvem der er med.")
    participations = _participants(label="Medarbejdere og eksterne")

    def __init__(self, *args: Any, people: Any, staff: Any, boards: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persons"].queryset = people  # type: ignore[attr-defined]
        self.fields["participations"].queryset = staff  # type: ignore[attr-defined]
        self.fields["board_key"].choices = boards  # type: ignore[attr-defined]
        if len(boards) == 1:
            del self.fields["board_key"]


class ChangeMeetingForm(MeetingForm):
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, meeting: Meeting, purpose: str, **kwargs: Any) -> None:
        """purpose: what the reader may have of it (C5). What is hidden stays, unless something is written instead."""
        self.hides_purpose = bool(meeting.purpose) and not purpose
        initial = {
            "day": meeting.starts_at,
            "starts": meeting.starts_at,
            "ends": meeting.ends_at,
            "pre_meeting": meeting.pre_meeting_at,
            "place": meeting.place,
            "purpose": purpose,
            "interpreter": meeting.interpreter,
            "row_version": meeting.row_version,
        }
        super().__init__(*args, initial=initial, **kwargs)
        if self.hides_purpose:
            self.fields[
                "purpose"
            ].help_text = "Her står et formål, du ikke må se, fordi et samtykke mangler. Det bliver stående, hvis du lader feltet være tomt."

    @property
    def frame(self) -> dict[str, Any]:
        given = super().frame
        return given | {"purpose": given["purpose"] or None} if self.hides_purpose else given


class CancelForm(FFForm):
    reason = forms.CharField(
        label="Hvorfor er mødet aflyst?",
        max_length=300,
        help_text="Kort. Familien og deltagerne får det at vide.",
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvorfor mødet er aflyst."},
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class RoleForm(FFForm):
    """One role; empty takes it back."""

    role = forms.ChoiceField(choices=RoleKind.choices, error_messages={"required": "Vælg en rolle."})
    participation = OneParticipant(queryset=Participation.objects.none(), required=False)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participation"].queryset = staff  # type: ignore[attr-defined]


class PointForm(FFForm):
    text = forms.CharField(
        label="Punkt",
        max_length=400,
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvad punktet handler om."},
    )
    raised = forms.ChoiceField(label="Rejst af", required=False)
    minutes = forms.IntegerField(
        label="Minutter",
        required=False,
        min_value=1,
        max_value=240,
        error_messages={
            "invalid": "Skriv minutterne med tal, fx 15.",
            "min_value": "Skriv mindst 1 minut.",
            "max_value": "Skriv højst 240 minutter.",
        },
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, raisers: dict[str, tuple[str, dict[str, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.raisers = raisers
        self.fields["raised"].choices = [("", "Ingen bestemt"), *((key, label) for key, (label, _) in raisers.items())]  # type: ignore[attr-defined]
        self.fields["minutes"].widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "form-input ff-w-time"})

    @property
    def point(self) -> dict[str, Any]:
        """text, minutes, and who raised it as the actions take it."""
        chosen = self.raisers.get(self.cleaned_data["raised"])
        return {
            "text": self.cleaned_data["text"],
            "minutes": self.cleaned_data["minutes"],
            **(chosen[1] if chosen else {}),
        }


class ChangePointForm(PointForm):
    """A point with its marks."""

    about = _persons("Hvem handler det om?", help_text="Vælger du ingen, kan alle, der er med i forløbet, se punktet.")
    topic = _topic()
    kept_from = _persons(
        "Hold det fra",
        help_text="Fx noget, et barn har sagt, som en forælder ikke skal se. Så er det ikke i papiret til dem.",
    )

    def __init__(self, *args: Any, people: Any, topics: Any, hidden: set[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("about", "kept_from"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = lambda person: person.first_name  # type: ignore[attr-defined]
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        self.hidden = hidden  # persons marked on it whom the writer may not know of: they stay

    @property
    def point(self) -> dict[str, Any]:
        return super().point | {name: self.cleaned_data[name] for name in ("about", "topic", "kept_from")}


class PresenceForm(FFForm):
    attendance = forms.UUIDField(
        error_messages={"required": "Vælg en af de inviterede.", "invalid": "Vælg en af de inviterede."}
    )
    presence = forms.ChoiceField(
        choices=Presence.choices, error_messages={"required": "Vælg, om personen var til stede."}
    )
    note = forms.CharField(max_length=200, required=False)


class HoldForm(FFForm):
    on = DanishDateField(label="Mødet blev holdt", error_messages={"required": "Skriv, hvilken dag mødet blev holdt."})
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class NoteForm(FFForm):
    """A line at the foot of a column; and whether it is a child's, which the parents must not see (M8)."""

    column = forms.SlugField(max_length=40, error_messages={"required": "Vælg en kolonne."})
    text = forms.CharField(max_length=2000, error_messages={"required": "Skriv, hvad der skal stå på tavlen."})
    said_by = forms.ModelChoiceField(queryset=Person.objects.none(), required=False)
    kept_from_parents = forms.BooleanField(required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].queryset = people  # type: ignore[attr-defined]


class ChangeNoteForm(FFForm):
    """A note with its marks."""

    text = forms.CharField(
        label="Tekst",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv, hvad der skal stå på tavlen. Eller tag punktet af."},
    )
    said_by = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        required=False,
        label="Hvem sagde det?",
        empty_label="Ikke et citat",
        blank=True,
        widget=forms.RadioSelect,
    )
    about = _persons("Hvem handler det om?")
    topic = _topic()
    kept_from = _persons(
        "Hold det fra",
        help_text="Fx noget, et barn har sagt, som en forælder ikke skal se. Så kommer det ikke på væggen.",
    )
    column = forms.ChoiceField(widget=forms.HiddenInput, error_messages={"required": "Vælg en kolonne."})
    row_version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, error_messages={"required": "Hent siden igen."}
    )

    def __init__(
        self, *args: Any, people: Any, topics: Any, columns: list[tuple[str, str]], hidden: set[UUID], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("said_by", "about", "kept_from"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = lambda person: person.first_name  # type: ignore[attr-defined]
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        self.fields["column"].choices = columns  # type: ignore[attr-defined]
        self.hidden = hidden  # persons on the note whom the writer may not know of: they stay

    def clean_about(self) -> list[Person]:
        chosen = list(self.cleaned_data["about"])
        if not chosen and not self.hidden:
            raise ValidationError("Vælg, hvem punktet handler om.")
        return chosen


class MoveForm(FFForm):
    """Where a note goes: a column, and before which note there (none: last); or one step up or down."""

    column = forms.SlugField(max_length=40, required=False)
    before = forms.UUIDField(required=False)
    step = forms.TypedChoiceField(choices=[("-1", "op"), ("1", "ned")], coerce=int, required=False, empty_value=None)
    row_version = forms.IntegerField(required=False, min_value=1)


class RemoveForm(FFForm):
    row_version = forms.IntegerField(required=False, min_value=1)


class ScalingForm(FFForm):
    person = forms.ModelChoiceField(queryset=Person.objects.none(), error_messages={"required": "Vælg en person."})
    when = forms.ChoiceField(choices=[("start", "ved start"), ("end", "nu"), ("anew", "forfra")], required=False)
    value = forms.TypedChoiceField(
        choices=[(str(n), str(n)) for n in range(11)],
        coerce=int,
        error_messages={"required": "Vælg et tal fra 0 til 10.", "invalid_choice": "Vælg et tal fra 0 til 10."},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["value"].required = self.data.getlist("when")[-1:] != ["anew"]  # type: ignore[attr-defined]


class SmileyForm(FFForm):
    value = forms.TypedChoiceField(
        choices=[(str(n), str(n)) for n in range(1, 6)],
        coerce=int,
        error_messages={
            "required": "Vælg et ansigt. Eller tryk »Jeg vil ikke svare«.",
            "invalid_choice": "Vælg et ansigt.",
        },
    )
    words = forms.CharField(
        label="Vil du sige mere?", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    may_be_named = forms.BooleanField(required=False)


def first_values(day: Any, interpreter: str) -> dict[str, Any]:
    """A new meeting as it is suggested: 14–15.30 with half an hour before."""
    starts = datetime(2000, 1, 1, 14, 0)  # noqa: DTZ001  a time of day
    return {
        "day": day,
        "starts": starts.time(),
        "ends": (starts + LENGTH).time(),
        "pre_meeting": (starts - PRE_MEETING).time(),
        "interpreter": interpreter,
    }
