"""Goals, sub-goals, efforts and agreements, and how they are followed up (P3, P4)."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from cases.models import Participation, Person
from consent.models import Shared, SharedQuerySet
from meetings.models import BoardNote
from plans.models.versions import PlanVersion, VersionState
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class ItemKind(models.TextChoices):
    GOAL = "goal", "mål"
    SUB_GOAL = "sub_goal", "delmål"
    EFFORT = "effort", "indsats"
    AGREEMENT = "agreement", "aftale"


class Outcome(models.TextChoices):
    """What became of an item carried over from the version before (P4)."""

    DONE = "done", "Gjort"
    PARTLY = "partly", "Delvist gjort"
    CARRIED = "carried", "Føres videre"
    NOT_YET = "not_yet", "Kan ikke endnu"
    CHANGED = "changed", "Ændret"
    DROPPED = "dropped", "Udgår"


CLOSED_OUTCOMES = (Outcome.DONE, Outcome.DROPPED)
NEEDS_WHY = (Outcome.NOT_YET, Outcome.CHANGED, Outcome.DROPPED)


class PlanItemQuerySet(SharedQuerySet["PlanItem"]):
    def agreements(self) -> "PlanItemQuerySet":
        return self.filter(kind=ItemKind.AGREEMENT)

    def open_agreements(self) -> "PlanItemQuerySet":
        """Agreements that stand: in the newest finished version, not over there, and not told done since (P3)."""
        newest = FollowUp.objects.filter(agreement=OuterRef("pk")).order_by("-at").values("state")[:1]
        standing = self.agreements().carried_on().filter(version__in=PlanVersion.objects.newest_finished())
        return standing.alias(told=Subquery(newest)).filter(Q(told__isnull=True) | ~Q(told=FollowUpState.DONE))

    def overdue(self, on: date | None = None) -> "PlanItemQuerySet":
        return self.filter(due_on__lt=on or timezone.localdate())

    def mine(self, user: Any) -> "PlanItemQuerySet":
        """What this employee is responsible for. Each reader's own sharing check still comes after (C5)."""
        return self.filter(responsible__user=user)

    def carried_on(self) -> "PlanItemQuerySet":
        """Items that still stand: not done and not dropped in their own version."""
        return self.exclude(outcome__in=CLOSED_OUTCOMES)

    def for_sharing(self) -> "PlanItemQuerySet":
        """With everything the sharing check and the pages need: a constant number of queries."""
        return (
            self.select_related(
                "version",
                "topic",
                "said_by",
                "responsible_person",
                "responsible__user",
                "responsible__department",
                "responsible__external",
                "carried_from__version",
            )
            .with_marks()
            .order_by("position", "created_at", "pk")
        )

    def with_sources(self) -> "PlanItemQuerySet":
        """`for_sharing`, and the same for what an item was carried on from and for its board note."""
        joined = self.for_sharing().select_related("from_note__topic", "from_note__said_by")
        return joined.with_marks("carried_from", "from_note")


class PlanItem(Shared, Versioned):
    """A goal, sub-goal, effort or agreement in one version; the parent gives the tree (P1, P3, P4)."""

    id = OpaqueIdField()
    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="items")
    kind = models.CharField("slags", max_length=12, choices=ItemKind)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    text = EncryptedTextField("tekst", blank=True, default="")
    topic_is_guess = models.BooleanField("emnet er gættet", default=False, help_text="Ordene lader det stå åbent.")
    said_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="familiens egne ord fra"
    )
    responsible = models.ForeignKey(
        Participation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_items",
        verbose_name="hvem (medarbejder)",
    )
    responsible_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name="hvem (familien)"
    )
    responsible_label = models.CharField("hvem, som det stod", max_length=300, blank=True, default="")
    due_on = models.DateField("senest", null=True, blank=True)
    is_long_term = models.BooleanField("langsigtet", default=False)
    position = models.PositiveIntegerField("rækkefølge", default=0)
    from_note = models.ForeignKey(
        BoardNote, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name="fra tavlen"
    )
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", verbose_name="videreført fra"
    )
    outcome = models.CharField("hvad blev der af det", max_length=10, choices=Outcome, blank=True, default="")
    outcome_note = EncryptedTextField("hvorfor", blank=True, default="")
    created_at = models.DateTimeField("skrevet", auto_now_add=True)

    history = HistoricalRecords(m2m_fields=["about", "kept_from"])
    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "punkt i planen"
        verbose_name_plural = "punkter i planen"
        constraints = [
            models.CheckConstraint(
                name="plan_item_goal_is_top",
                condition=Q(kind="goal", parent__isnull=True) | (~Q(kind="goal") & Q(parent__isnull=False)),
                violation_error_message="Et mål står øverst. Delmål, indsatser og aftaler hører under et mål.",
            ),
            models.CheckConstraint(
                name="plan_item_one_responsible",
                condition=Q(responsible__isnull=True) | Q(responsible_person__isnull=True),
                violation_error_message="Vælg én, der har ansvaret.",
            ),
            models.CheckConstraint(
                name="plan_item_only_agreement_is_due",
                condition=Q(kind="agreement") | Q(due_on__isnull=True),
                violation_error_message="Kun en aftale har en dato.",
            ),
            models.CheckConstraint(
                name="plan_item_only_acts_have_responsible",
                condition=Q(kind__in=["effort", "agreement"])
                | Q(responsible__isnull=True, responsible_person__isnull=True),
                violation_error_message="Kun indsatser og aftaler har en ansvarlig.",
            ),
            models.CheckConstraint(
                name="plan_item_outcome_only_carried",
                condition=Q(outcome="") | Q(carried_from__isnull=False),
                violation_error_message="Kun det, der stod i sidste plan, kan gøres op.",
            ),
            models.UniqueConstraint(
                fields=["version", "carried_from"],
                condition=Q(carried_from__isnull=False),
                name="plan_item_carried_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} i {self.version}"

    @property
    def is_open(self) -> bool:
        return self.outcome not in CLOSED_OUTCOMES

    @property
    def meeting_of_board(self) -> UUID | None:
        """A draft is written from what was said at its meeting, so it is as open as the board was; a finished one is not."""
        return self.version.meeting_id if self.version.is_draft else None

    @classmethod
    def written_at(cls, meetings: Collection[UUID]) -> Q:
        return Q(version__state=VersionState.DRAFT, version__meeting__in=meetings)


class FollowUpState(models.TextChoices):
    DONE = "done", "udført"
    PARTLY = "partly", "delvist udført"
    NOT_YET = "not_yet", "ikke endnu"


class FollowUp(models.Model):
    """A note between meetings on an agreement of a finished version: the version itself never changes (P5)."""

    id = OpaqueIdField()
    agreement = models.ForeignKey(PlanItem, models.CASCADE, related_name="follow_ups")
    state = models.CharField("hvordan går det", max_length=10, choices=FollowUpState)
    note = EncryptedTextField("note", blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("skrevet", auto_now_add=True)

    class Meta:
        verbose_name = "opfølgning"
        verbose_name_plural = "opfølgninger"
        ordering = ["at"]

    def __str__(self) -> str:
        return self.get_state_display()
