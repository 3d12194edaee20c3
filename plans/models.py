"""Én Plan: one shared plan per forløb, one immutable version per meeting (P1–P7). See docs/decisions on one item table."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models import Forloeb, Participation, Person
from consent.models import Shared, SharedQuerySet
from meetings.models import BoardNote, Meeting
from web.fields import EncryptedTextField, OpaqueIdField
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
        "forside", blank=True, default="", help_text="Navne, roller og mødet som de var den dag (JSON)."
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


class PlanCopy(models.Model):
    """One reader's PDF of a finished version, frozen (P5, P6). Served only while the reader may have all it holds."""

    id = OpaqueIdField()
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="copies")
    recipient = models.CharField("modtager", max_length=40, help_text="Modtagernøgle: d:, x: eller p:")
    recipient_label = models.CharField("modtager, som det stod", max_length=200)
    file = models.ForeignKey("documents.FrozenFile", models.PROTECT, related_name="+")
    items = models.ManyToManyField(PlanItem, related_name="copies")
    # What stands in it beside the items (`plans.beside`), as it was that day; "" in a copy from before it was kept.
    beside = EncryptedTextField("uden om punkterne", default="", blank=True, editable=False)
    left_out = models.PositiveSmallIntegerField("udeladt", default=0)
    made_at = models.DateTimeField("lavet", auto_now_add=True)

    class Meta:
        verbose_name = "udgave af Én Plan"
        verbose_name_plural = "udgaver af Én Plan"
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.version} til {self.recipient_label}"


class SentWay(models.TextChoices):
    HANDED = "handed", "givet i hånden"
    DIGITAL_POST = "digital_post", "Digital Post"
    LETTER = "letter", "brev"
    IN_APP = "in_app", "her i Fælles Familier"


class Distribution(models.Model):
    """The referent sends the decisions to all relevant parties: who got which copy, when, how (P6)."""

    id = OpaqueIdField()
    copy = models.ForeignKey(PlanCopy, models.PROTECT, related_name="distributions")
    way = models.CharField("hvordan", max_length=20, choices=SentWay)
    on = models.DateField("dato")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "udsendelse"
        verbose_name_plural = "udsendelser"

    def __str__(self) -> str:
        return f"{self.copy}, {self.get_way_display()}"


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def missing(self) -> "JournalQuerySet":
        return self.filter(journalised_on__isnull=True)

    def with_taken_back(self) -> "JournalQuerySet":
        """With the receipts that were taken back. One query, two when there are any."""
        rows = JournalTakenBack.objects.select_related("by", "journalised_by").order_by("at")
        return self.prefetch_related(models.Prefetch("taken_back", rows))


class JournalEntry(Versioned):
    """Ledger line: this version, this citizen, this department's record system: journalised or missing (P7)."""

    id = OpaqueIdField()
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="journal")
    person = models.ForeignKey(Person, models.PROTECT, related_name="journal_entries")
    department = models.ForeignKey("organisation.Department", models.PROTECT, related_name="+", verbose_name="afdeling")
    system = models.ForeignKey("organisation.RecordSystem", models.PROTECT, related_name="+", verbose_name="fagsystem")
    document_number = models.CharField("dokumentnummer", max_length=60, blank=True, default="")
    journalised_on = models.DateField("journaliseret", null=True, blank=True)
    journalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    history = HistoricalRecords()
    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = "journalisering"
        verbose_name_plural = "journaliseringer"
        indexes = [
            # The few lines that are missing, out of all there ever were (P7).
            models.Index(fields=["version"], condition=Q(journalised_on__isnull=True), name="journal_missing_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["version", "person", "department"], name="journal_line_once"),
            models.CheckConstraint(
                name="journal_done_and_by_agree",
                condition=Q(journalised_on__isnull=True, journalised_by__isnull=True)
                | Q(journalised_on__isnull=False, journalised_by__isnull=False),
                violation_error_message="En journalisering har både dato og medarbejder.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.person}, {self.system}"


class JournalTakenBack(models.Model):
    """A receipt in the ledger that was given by mistake: what it said, and who took it back, when and why (P7).

    The line itself is missing again. What was taken back never changes: a trigger refuses it.
    """

    id = OpaqueIdField()
    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="taken_back")
    document_number = models.CharField("dokumentnummer, som det stod", max_length=60, blank=True, default="")
    journalised_on = models.DateField("skrevet som journaliseret")
    journalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = EncryptedTextField("hvorfor")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("taget tilbage", auto_now_add=True)

    class Meta:
        verbose_name = "journalisering, der er taget tilbage"
        verbose_name_plural = "journaliseringer, der er taget tilbage"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="journal_taken_back_says_why",
                condition=~Q(reason=""),
                violation_error_message="Skriv, hvorfor journaliseringen tages tilbage.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}, taget tilbage"
