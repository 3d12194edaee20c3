"""Each reader's copy, to whom it was sent, and where it is journalised (P6, P7)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Person
from plans.models.items import PlanItem
from plans.models.versions import PlanVersion
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class PlanCopy(models.Model):
    """One reader's PDF of a finished version, frozen (P5, P6). Served only while the reader may have all it holds."""

    id = OpaqueIdField()
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="copies")
    recipient = models.CharField("modtager", max_length=40, help_text="Modtagernøgle: d:, x: eller p:")
    recipient_label = models.CharField("modtager, som det stod", max_length=200)
    file = models.ForeignKey("documents.FrozenFile", models.PROTECT, related_name="+")
    items = models.ManyToManyField(PlanItem, related_name="copies")
    # What stands in it beside the items, and all its words (`plans.beside`), as it was that day; "" in a copy from before.
    beside = EncryptedTextField("uden om punkterne", default="", blank=True, editable=False, may_hold_cpr=True)
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
