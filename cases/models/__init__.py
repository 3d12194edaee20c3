"""The family, the forløb and the henvendelse; split by noun."""

from cases.models.escalation import Escalation
from cases.models.forloeb import Barred, EndReason, Forloeb, ForloebPerson, ForloebState, HandOver
from cases.models.henvendelse import Henvendelse, HenvendelseMove, HenvendelseState
from cases.models.participation import UNNAMED, Participation, ParticipationRole
from cases.models.people import (
    Custody,
    DepartmentCase,
    Family,
    FamilyMember,
    FamilyRelation,
    Household,
    Person,
    Residence,
    oldest_first,
)

__all__ = [
    "UNNAMED",
    "Barred",
    "Custody",
    "DepartmentCase",
    "EndReason",
    "Escalation",
    "Family",
    "FamilyMember",
    "FamilyRelation",
    "Forloeb",
    "ForloebPerson",
    "ForloebState",
    "HandOver",
    "Henvendelse",
    "HenvendelseMove",
    "HenvendelseState",
    "Household",
    "Participation",
    "ParticipationRole",
    "Person",
    "Residence",
    "oldest_first",
]
