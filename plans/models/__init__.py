"""Én Plan: one shared plan per forløb, one immutable version per meeting (P1–P7). See docs/decisions on one item table."""

from plans.models.items import (
    CLOSED_OUTCOMES,
    NEEDS_WHY,
    FollowUp,
    FollowUpState,
    ItemKind,
    Outcome,
    PlanItem,
    PlanItemQuerySet,
)
from plans.models.papers import Distribution, JournalEntry, JournalQuerySet, JournalTakenBack, PlanCopy, SentWay
from plans.models.versions import Plan, PlanVersion, PlanVersionQuerySet, VersionState

__all__ = [
    "CLOSED_OUTCOMES",
    "Distribution",
    "FollowUp",
    "FollowUpState",
    "ItemKind",
    "JournalEntry",
    "JournalQuerySet",
    "JournalTakenBack",
    "NEEDS_WHY",
    "Outcome",
    "Plan",
    "PlanCopy",
    "PlanItem",
    "PlanItemQuerySet",
    "PlanVersion",
    "PlanVersionQuerySet",
    "SentWay",
    "VersionState",
]
