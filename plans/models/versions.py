"""The family's one plan and its versions (P1, P2, P5)."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cases.models import Forloeb
from meetings.models import Meeting
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class Plan(models.Model):
    """The family's one plan (P1)."""

    id = OpaqueIdField()
    forloeb = models.OneToOneField(Forloeb, models.PROTECT, related_name="plan")

    class Meta:
        verbose_name = "Én Plan"
        verbose_name_plural = "Én Plan"

    def __str__(self) -> str:
        return f"Én Plan, {self.forloeb}"


class VersionState(models.TextChoices):
    DRAFT = "draft", "kladde"
    FINISHED = "finished", "færdig"


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def finished(self) -> "PlanVersionQuerySet":
        return self.filter(state=VersionState.FINISHED)

    def drafts(self) -> "PlanVersionQuerySet":
        return self.filter(state=VersionState.DRAFT)

    def before(self, version: "PlanVersion") -> "PlanVersionQuerySet":
        """Those of the meetings before its own: what a correction corrects is the same meeting's, and no plan before it."""
        return self.filter(number__lt=version.number).exclude(meeting=version.meeting_id)

    def unfinished(self, days: int, on: date | None = None) -> "PlanVersionQuerySet":
        """Drafts whose meeting was held at least so many days ago (U6)."""
        return self.drafts().filter(meeting__held_on__lte=(on or timezone.localdate()) - timedelta(days=days))

    def newest_finished(self) -> "PlanVersionQuerySet":
        """The version that counts in each plan."""
        later = PlanVersion.objects.filter(
            plan=OuterRef("plan"), state=VersionState.FINISHED, number__gt=OuterRef("number")
        )
        return self.finished().filter(~Exists(later))


class PlanVersion(Versioned):
    """One version, tied to its meeting (P2). A finished one never changes (P5): a trigger refuses it."""

    id = OpaqueIdField()
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("version")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="plan_versions")
    state = models.CharField("tilstand", max_length=10, choices=VersionState, default=VersionState.DRAFT)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="retter"
    )
    correction = EncryptedTextField("hvad rettes", blank=True, default="")
    created_at = models.DateTimeField("begyndt", auto_now_add=True)
    finished_at = models.DateTimeField("færdig", null=True, blank=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    front_page = EncryptedTextField(
        "forside",
        blank=True,
        default="",
        help_text="Navne, roller og mødet som de var den dag (JSON).",
        may_hold_cpr=True,
    )
    sha256 = models.CharField("kontrolsum", max_length=64, blank=True, default="")

    history = HistoricalRecords()
    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version af Én Plan"
        verbose_name_plural = "versioner af Én Plan"
        ordering = ["number"]
        indexes = [models.Index(fields=["meeting", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state="draft"),
                name="plan_one_draft",
                violation_error_message="Der er allerede en kladde. Skriv videre i den.",
            ),
            models.CheckConstraint(
                name="plan_version_state_and_dates_agree",
                condition=Q(state="draft", finished_at__isnull=True, finished_by__isnull=True)
                | (Q(state="finished", finished_at__isnull=False, finished_by__isnull=False) & ~Q(sha256="")),
                violation_error_message="Versionens tilstand og datoer passer ikke sammen.",
            ),
            models.CheckConstraint(
                name="plan_correction_has_text",
                condition=Q(corrects__isnull=True) | ~Q(correction=""),
                violation_error_message="Skriv, hvad der rettes.",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT
