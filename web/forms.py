"""The form base: Danish fields, own messages, an error summary; nothing typed is lost.

Every form of the house is an `FFForm` or `FFModelForm`. A required field without its own `required` message is a
programming error and fails when the class is made: "Dette felt er påkrævet." tells nobody what to do.
"""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.forms import DeclarativeFieldsMetaclass
from django.forms.models import ModelFormMetaclass
from django.utils import timezone

from web import dates
from web.cpr import CPR_HELP, NO_CPR_HELP, holds_cpr, parse_cpr, show_cpr
from web.phones import PHONE_HELP, parse_phone

MAX_TEXT = 20_000
MESSAGES = {
    "max_length": "Teksten er for lang: %(show_value)s tegn. Der er plads til %(limit_value)s.",
    "null_characters_not_allowed": "Teksten har et usynligt tegn, som ikke kan gemmes. Skriv teksten igen uden det.",
    "invalid_choice": "Vælg en af mulighederne på listen.",
    "invalid_pk_value": "Vælg en af mulighederne på listen.",
    "invalid_list": "Vælg mindst en af mulighederne på listen.",
}
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-checkbox"),
    (forms.CheckboxSelectMultiple, "form-checkbox"),
    (forms.RadioSelect, "form-radio"),
    (forms.Select, "form-select"),
    (forms.Textarea, "form-textarea"),
    (forms.widgets.Input, "form-input"),
)
# What the draft's script keeps by itself; ticks and lists say it with `data-draft`.
TYPED = (forms.Textarea, forms.TextInput, forms.HiddenInput, forms.FileInput)


def _demand_own_messages(name: str, fields: dict[str, forms.Field]) -> None:
    standard = forms.Field.default_error_messages["required"]
    bare = [key for key, field in fields.items() if field.required and field.error_messages["required"] is standard]
    if bare:
        raise ImproperlyConfigured(
            f"{name}: give each required field its own message, error_messages={{'required': …}}: {', '.join(bare)}"
        )


class FFFormMetaclass(DeclarativeFieldsMetaclass):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        made = super().__new__(mcs, name, bases, attrs)
        _demand_own_messages(name, made.base_fields)  # type: ignore[attr-defined]
        return made


class FFModelFormMetaclass(ModelFormMetaclass):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        made = super().__new__(mcs, name, bases, attrs)
        _demand_own_messages(name, made.base_fields)  # type: ignore[attr-defined]
        return made


class FFFormMixin:
    """Classes, messages and limits for the fields; shown by `{{ form }}`, `{% field form.x %}`, `{% form_errors form %}`."""

    template_name = "web/form.html"
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field)

    def add_error(self, field: str | None, error: Any) -> None:
        # A key that is no UUID is answered like one that is not on the list, without repeating it.
        chosen = self.fields.get(field or "")
        if isinstance(chosen, forms.ModelChoiceField) and getattr(error, "code", "") == "invalid":
            error = ValidationError(chosen.error_messages["invalid_choice"], code="invalid_choice")
        super().add_error(field, error)  # type: ignore[misc]


class FFForm(FFFormMixin, forms.Form, metaclass=FFFormMetaclass):
    """A form of the house."""

    draft_url = ""

    def save_itself(self, url: str) -> None:
        """Let the browser save what is typed and chosen at this address two seconds after the last touch.

        The whole form is one draft: two fields that saved themselves under one key would take it from each other. The
        template writes `{% draft_of form %}` in the form's tag.
        """
        self.draft_url = url
        for field in self.fields.values():
            if not isinstance(field.widget, TYPED):
                field.widget.attrs["data-draft"] = True


class FFModelForm(FFFormMixin, forms.ModelForm, metaclass=FFModelFormMetaclass):
    """A form of the house over a model: give the messages in `Meta.error_messages`."""


def _dress(field: forms.Field) -> None:
    widget = field.widget
    for kind, css in CLASSES:
        if isinstance(widget, kind) and not isinstance(widget, forms.HiddenInput):
            widget.attrs["class"] = " ".join([css, *widget.attrs.get("class", "").replace(css, "").split()])
            break
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        widget.template_name = "web/widgets/choices.html"
    # A browser cuts a pasted text at maxlength without a word; our own check says so and keeps it.
    widget.attrs.pop("maxlength", None)
    # One list of messages, ours: the browser's own bubbles say neither what to do nor in which language.
    field.use_required_attribute = lambda initial: False  # type: ignore[attr-defined]
    widget.use_required_attribute = lambda initial: False  # type: ignore[method-assign]
    for code, text in MESSAGES.items():
        if not isinstance(field, forms.FileField):
            field.error_messages[code] = text if code not in _own(field) else field.error_messages[code]
    # Django's UUIDField is a CharField whose value has no length.
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField) and not _is_limited(field):
        field.validators.append(MaxLengthValidator(MAX_TEXT))


def _own(field: forms.Field) -> set[str]:
    """The codes whose message was given for this very field (not inherited from Django's class)."""
    inherited: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        inherited.update(getattr(kind, "default_error_messages", {}))
    return {code for code, text in field.error_messages.items() if inherited.get(code) is not text}


def _is_limited(field: forms.CharField) -> bool:
    return field.max_length is not None or any(isinstance(check, MaxLengthValidator) for check in field.validators)


class _ParsedField(forms.CharField):
    """A line of text that is read by a parser raising ValueError with a Danish sentence."""

    help_css = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)
        self.widget.attrs["class"] = " ".join(filter(None, [self.widget.attrs.get("class", ""), self.help_css]))

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if not isinstance(value, str):
            return value
        if "\x00" in value or len(value) > 200:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        text = value.strip()
        if not text:
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def run_validators(self, value: Any) -> None:
        """The parser is the check; the text validators of a CharField do not fit what it returns."""
        for check in self.validators:
            if not isinstance(check, MaxLengthValidator) and type(check).__name__ != "ProhibitNullCharactersValidator":
                check(value)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else self.show(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class DanishDateField(_ParsedField):
    """A date in any form people write; `past=True` for birthdays (two-digit years are then the last such year)."""

    default_error_messages = {"required": dates.DATE_HELP, "invalid": dates.DATE_HELP}
    help_css = "ff-w-date"

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        self.past = past
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def read(self, text: str) -> date:
        today = timezone.localdate()
        day = dates.parse_date(text, latest=today if self.past else None)
        if self.past and day > today:
            raise ValueError(f"Datoen kan ikke ligge i fremtiden. {dates.DATE_HELP}")
        return day

    def show(self, value: date) -> str:
        return dates.input_date(value)


class DanishTimeField(_ParsedField):
    """A time of day: 14.00, 14:00, 1400, kl. 14."""

    default_error_messages = {"required": dates.TIME_HELP, "invalid": dates.TIME_HELP}
    help_css = "ff-w-time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def read(self, text: str) -> time:
        return dates.parse_time(text)

    def show(self, value: time) -> str:
        return dates.clock(value)


class DanishDateTimeField(_ParsedField):
    """A moment in one field: 23.11.2026 14.00, Danish time."""

    default_error_messages = {"required": dates.DATETIME_HELP, "invalid": dates.DATETIME_HELP}
    help_css = "ff-w-tel"

    def read(self, text: str) -> datetime:
        return dates.parse_datetime(text)

    def show(self, value: datetime) -> str:
        return f"{dates.input_date(value)} {dates.clock(value)}"


class PhoneField(_ParsedField):
    """A telephone number in any normal spelling; cleaned to `09 31 20 80` (foreign: `+46…`). Empty: the empty text."""

    default_error_messages = {"required": PHONE_HELP, "invalid": PHONE_HELP}
    help_css = "ff-w-tel"
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def read(self, text: str) -> str:
        return parse_phone(text)

    def clean(self, value: Any) -> str:
        return super().clean(value) or ""


class CprField(_ParsedField):
    """A CPR number in any normal spelling; cleaned to ten digits. Empty is the empty text."""

    default_error_messages = {"required": CPR_HELP, "invalid": CPR_HELP}
    help_css = "ff-w-cpr"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("spellcheck", "false")

    def read(self, text: str) -> str:
        return parse_cpr(text)

    def clean(self, value: Any) -> str:
        return super().clean(value) or ""

    def prepare_value(self, value: Any) -> Any:
        return show_cpr(value) if isinstance(value, str) and len(value) == 10 and value.isdigit() else value


def no_cpr(text: str) -> None:
    """A validator for what many read, or read without a look-up in the log: it holds no CPR number (C12)."""
    if holds_cpr(text):
        raise ValidationError(NO_CPR_HELP, code="cpr")


class LongTextField(forms.CharField):
    """A long text, kept as typed (only line ends are made one kind), that can save itself as a draft.

    Its state ("Gemt som kladde kl. 15.12") shows under it when the form carries `data-draft-url` (`save_itself`).
    """

    keeps_draft = True
    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        kwargs.setdefault("max_length", MAX_TEXT)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str):
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            if not text.strip():
                return self.empty_value
        return text
