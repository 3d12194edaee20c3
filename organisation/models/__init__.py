"""The municipality: areas, departments, employees and the parties outside it (O1–O5).

All of it is data that a municipality edits; no code asks for an area or a department by name.
"""

from organisation.models.area import DANISH, Area, ExternalParty, RecordSystem, in_danish
from organisation.models.staff import (
    Department,
    DepartmentQuerySet,
    Employment,
    EmploymentQuerySet,
    User,
    UserManager,
    UserQuerySet,
)

__all__ = [
    "DANISH",
    "Area",
    "Department",
    "DepartmentQuerySet",
    "Employment",
    "EmploymentQuerySet",
    "ExternalParty",
    "RecordSystem",
    "User",
    "UserManager",
    "UserQuerySet",
    "in_danish",
]
