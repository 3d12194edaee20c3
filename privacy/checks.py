"""The system check: no field without a class and a period, no line without a field, no secret in plain text."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from privacy.register import BadPeriods, Entry, Register, fields_of, models_with_lines
from privacy.register import register as read_register
from web.fields import EncryptedTextField

TEXT = (models.CharField, models.TextField, models.JSONField)


@register("privacy")
def every_field_has_a_line(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """`manage.py check` fails when privacy/fields.toml does not say it all."""
    return [] if own_days_can_be_read() else list(faults(read_register()))


@register("files")
def own_days_can_be_read(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The municipality's own days (FF_PERIODS): a file with a fault stops the start, with what to mend."""
    try:
        read_register()
    except BadPeriods as bad:
        hint = "Ret filen, som FF_PERIODS peger på, og start igen. Se docs/operations.md."
        return [Error(fault, hint=hint, id="privacy.E006") for fault in bad.faults]
    return []


def faults(known: Register) -> Iterator[CheckMessage]:
    """Every fault of a register, as system check errors."""
    for model in models_with_lines():
        entry = known.entries.get(model._meta.label)
        if entry is None:
            yield Error(f"{model._meta.label} has no lines in privacy/fields.toml.", id="privacy.E001", obj=model)
        else:
            yield from _of_model(model, entry, known)
    labels = {model._meta.label for model in models_with_lines()}
    for label in known.entries.keys() - labels:
        yield Error(f"privacy/fields.toml names {label}, which is no model.", id="privacy.E002")
    for path in known.left_out:
        label, _, name = path.rpartition(".")
        if label not in labels or name not in known.entries[label].classes:
            yield Error(f"privacy/fields.toml leaves out {path}, which is no field.", id="privacy.E002")


def _of_model(model: type[models.Model], entry: Entry, known: Register) -> Iterator[CheckMessage]:
    fields = {field.name: field for field in fields_of(model)}
    for name in fields.keys() - entry.classes.keys():
        yield Error(f"{entry.label}.{name} has no class in privacy/fields.toml.", id="privacy.E001", obj=model)
    for name in entry.classes.keys() - fields.keys():
        yield Error(f"privacy/fields.toml names {entry.label}.{name}, which is no field.", id="privacy.E002")
    for name in entry.twice:
        yield Error(f"privacy/fields.toml gives {entry.label}.{name} two classes.", id="privacy.E004")
    for name, kind in entry.classes.items():
        if kind not in known.classes:
            yield Error(f"privacy/fields.toml: {kind} ({entry.label}.{name}) is no class.", id="privacy.E004")
        elif name in fields:
            yield from _of_field(entry, fields[name], known.classes[kind])
    yield from _of_tree(model, entry, known)


def _of_field(entry: Entry, field: Any, must_be: bool) -> Iterator[CheckMessage]:
    is_encrypted = isinstance(field, EncryptedTextField | models.BinaryField)
    if is_encrypted != (field.name in entry.encrypted):
        said = "is not said to be" if is_encrypted else "is said to be"
        yield Error(f"{entry.label}.{field.name} {said} encrypted in privacy/fields.toml.", id="privacy.E003")
    if must_be and isinstance(field, TEXT) and not is_encrypted and not field.choices:
        yield Error(
            f"{entry.label}.{field.name} is {entry.classes[field.name]} text and stands in plain text.",
            hint="Make it an EncryptedTextField.",
            id="privacy.E003",
        )


def _of_tree(model: type[models.Model], entry: Entry, known: Register) -> Iterator[CheckMessage]:
    if entry.keep not in known.periods:
        yield Error(f"privacy/fields.toml: {entry.keep} ({entry.label}) is no period.", id="privacy.E004")
    if entry.of:
        try:
            parent = entry.parent
        except FieldDoesNotExist:
            yield Error(
                f"privacy/fields.toml: {entry.label} belongs by {entry.of}, which is no field.", id="privacy.E005"
            )
            return
        above = known.entries.get(parent)
        if above is None or not (above.of or above.label in known.tops):
            yield Error(f"privacy/fields.toml: {entry.label} belongs to {parent}, which is no tree.", id="privacy.E005")
        return
    if entry.label in known.tops:
        return
    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if getattr(field, "concrete", False) and target and target._meta.label in _family(known):
            yield Error(
                f"{entry.label}.{field.name} points into a family's rows, but the row is erased with none of them.",
                hint="Say in privacy/fields.toml by which field it belongs (`of`).",
                id="privacy.E005",
            )


def _family(known: Register) -> set[str]:
    """Labels of the models that are erased as trees."""
    return {label for label, entry in known.entries.items() if entry.of or label in known.tops} & {
        model._meta.label for model in apps.get_models()
    }
