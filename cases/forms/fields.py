"""Fields that several forms share."""

from typing import Any

from django import forms

from organisation.models import Department, Employment
from web.forms import FFForm


class VersionField(forms.IntegerField):
    """The version of the row that the form was made from."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        old = "Siden er for gammel. Hent den igen, og prøv en gang til."
        super().__init__(error_messages={"required": old, "invalid": old})


class VersionedForm(FFForm):
    row_version = VersionField()


class EmploymentChoice(forms.ModelChoiceField):
    """A colleague and the department that the colleague takes part through, as one choice."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name}, {obj.title[:1].lower()}{obj.title[1:]}, {obj.department.name}"


class DepartmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def driving_departments() -> Any:
    """Departments that a henvendelse can go to (O4)."""
    return Department.objects.may_drive().by_name()


def driving_employments() -> Any:
    """Who can be tovholder, by name, one row for each department they can be it from (F5)."""
    return Employment.objects.current().may_drive().filter(user__is_active=True).by_person()
