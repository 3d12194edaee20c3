"""Every change of the municipality's set-up: one verb each, by a system administrator.

The set-up file (`municipality.py`) writes through the same rules; its command runs on the server and has no user.
"""

from __future__ import annotations

import datetime
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from organisation import one_time
from organisation.access import is_system_admin
from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User
from organisation.models.area import InUse
from web.errors import Refused
from web.locking import Versioned, take

RowT = TypeVar("RowT", bound=Versioned)


def _require_admin(by: User) -> None:
    if not is_system_admin(by):
        raise Refused("Kun en systemadministrator kan ændre kommunens opsætning.")


def _save(row: RowT, values: dict[str, Any]) -> RowT:
    for field, value in values.items():
        setattr(row, field, value)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def create_department(*, by: User, values: dict[str, Any]) -> Department:
    _require_admin(by)
    return _save(Department(), values)


@transaction.atomic
def change_department(*, by: User, department: Department, row_version: int, values: dict[str, Any]) -> Department:
    _require_admin(by)
    return _save(take(Department.objects.all(), department.pk, row_version), values)


@transaction.atomic
def close_department(*, by: User, department: Department, on: datetime.date) -> Department:
    """Takes the right to start and drive from its staff at once; what they wrote, and their employments, stay."""
    _require_admin(by)
    row = take(Department.objects.all(), department.pk, None)
    return _save(row, {"is_active": False, "closed_on": _day_of_closing(on, row.closed_on)})


@transaction.atomic
def open_department(*, by: User, department: Department) -> Department:
    """Raises ValidationError when its area or its record system is closed meanwhile."""
    _require_admin(by)
    return _save(take(Department.objects.all(), department.pk, None), {"is_active": True, "closed_on": None})


@transaction.atomic
def create_area(*, by: User, values: dict[str, Any]) -> Area:
    _require_admin(by)
    return _save(Area(), values)


@transaction.atomic
def change_area(*, by: User, area: Area, row_version: int, values: dict[str, Any]) -> Area:
    """The flags decide what the staff of its departments may do from the next request on (O4)."""
    _require_admin(by)
    return _save(take(Area.objects.all(), area.pk, row_version), values)


@transaction.atomic
def create_record_system(*, by: User, values: dict[str, Any]) -> RecordSystem:
    _require_admin(by)
    return _save(RecordSystem(), values)


@transaction.atomic
def change_record_system(*, by: User, system: RecordSystem, row_version: int, values: dict[str, Any]) -> RecordSystem:
    _require_admin(by)
    return _save(take(RecordSystem.objects.all(), system.pk, row_version), values)


@transaction.atomic
def close(*, by: User, row: InUse, on: datetime.date) -> InUse:
    """Close an area or a record system. Raises ValidationError with the departments that still use it."""
    _require_admin(by)
    found = take(type(row).objects.all(), row.pk, None)
    return _save(found, {"closed_on": _day_of_closing(on, found.closed_on)})


@transaction.atomic
def reopen(*, by: User, row: InUse) -> InUse:
    _require_admin(by)
    return _save(take(type(row).objects.all(), row.pk, None), {"closed_on": None})


def _day_of_closing(on: datetime.date, before: datetime.date | None) -> datetime.date:
    """It is closed from now on; the day says since when. What is closed already keeps its day."""
    if on > timezone.localdate():
        raise ValidationError({"on": "Vælg i dag eller en dag, der er gået. Luk, når dagen kommer."})
    return before or on


@transaction.atomic
def create_user(*, by: User, values: dict[str, Any]) -> User:
    """A new account has no password: it signs in through single sign-on, or by a one-time link."""
    _require_admin(by)
    return _save(User(password=make_password(None)), values)


@transaction.atomic
def change_user(*, by: User, user: User, row_version: int, values: dict[str, Any]) -> User:
    _require_admin(by)
    if user == by and values.get("is_system_admin") is False:
        raise Refused("Du kan ikke tage din egen rolle som systemadministrator. En anden administrator kan.")
    return _save(take(User.objects.all(), user.pk, row_version), values)


@transaction.atomic
def deactivate_user(*, by: User, user: User) -> User:
    """Signs the person out on the next request. Nothing the person did is removed; employments stay as they are."""
    _require_admin(by)
    if user == by:
        raise Refused("Du kan ikke lukke din egen adgang. En anden administrator kan.")
    return _save(take(User.objects.all(), user.pk, None), {"is_active": False})


@transaction.atomic
def reactivate_user(*, by: User, user: User) -> User:
    _require_admin(by)
    return _save(take(User.objects.all(), user.pk, None), {"is_active": True})


@transaction.atomic
def start_employment(*, by: User, user: User, values: dict[str, Any]) -> Employment:
    _require_admin(by)
    return _save(Employment(user=user), values)


@transaction.atomic
def change_employment(*, by: User, employment: Employment, row_version: int, values: dict[str, Any]) -> Employment:
    _require_admin(by)
    return _save(take(Employment.objects.all(), employment.pk, row_version), values)


@transaction.atomic
def end_employment(*, by: User, employment: Employment, on: datetime.date | None = None) -> Employment:
    """Ends today when no day is given: what the employment gave access to closes on the next request."""
    _require_admin(by)
    day = on or timezone.localdate()
    return _save(take(Employment.objects.all(), employment.pk, None), {"to_date": day})


@transaction.atomic
def create_external(*, by: User, values: dict[str, Any]) -> ExternalParty:
    _require_admin(by)
    return _save(ExternalParty(), values)


@transaction.atomic
def change_external(*, by: User, external: ExternalParty, row_version: int, values: dict[str, Any]) -> ExternalParty:
    _require_admin(by)
    return _save(take(ExternalParty.objects.all(), external.pk, row_version), values)


@transaction.atomic
def choose_password(*, user: User, password: str) -> User:
    """By the owner of a one-time link, which stops working here. The form has judged the password."""
    row = take(User.objects.all(), user.pk, None)
    row.set_password(password)
    row.save()
    return row


def make_one_time_link(*, by: User, user: User) -> str:
    """The path of a link with which `user` chooses a password, to be handed over in person."""
    _require_admin(by)
    if not user.is_active:
        raise Refused("Brugeren er lukket. Åbn brugeren, før du laver et link.")
    return one_time.path_for(user)
