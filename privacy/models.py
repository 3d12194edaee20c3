"""What remains of an erasure, and who has looked at a look-up out of pattern."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from web.fields import EncryptedTextField, OpaqueIdField


class ErasureReceipt(models.Model):
    """That something was erased: when, by which rule, how many rows of which table. Never whose."""

    id = OpaqueIdField()
    run = models.UUIDField("kørsel", db_index=True)
    at = models.DateTimeField("slettet")
    rule = models.CharField("regel", max_length=40)
    table = models.CharField("tabel", max_length=80)
    rows = models.PositiveIntegerField("rækker", default=0)
    history = models.PositiveIntegerField("rækker i historikken", default=0)

    class Meta:
        verbose_name = "kvittering for sletning"
        verbose_name_plural = "kvitteringer for sletning"
        ordering = ["-at", "rule", "table"]
        constraints = [models.UniqueConstraint(fields=["run", "rule", "table"], name="erasure_receipt_line_once")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.rows} {self.table}"


class Pattern(models.TextChoices):
    """Why a look-up asks to be seen by somebody else (C13)."""

    OWN_NAME = "own_name", "Personen hedder det samme som medarbejderen"
    OWN_FAMILY = "own_family", "Personen har samme efternavn som medarbejderen"
    COLLEAGUE = "colleague", "En i familien hedder det samme som en kollega i afdelingen"
    MANY = "many", "Mange forløb på kort tid"
    SEARCHES = "searches", "Mange søgninger på kort tid"
    ENDED = "ended", "Forløbet var afsluttet"


class LookupReview(models.Model):
    """Gennemset: somebody has looked at these look-ups, up to and with the log's row `through`. Later ones ask anew."""

    id = OpaqueIdField()
    pattern = models.CharField("mønster", max_length=20, choices=Pattern)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="medarbejder")
    forloeb_id = models.UUIDField("forløb", null=True, blank=True)
    day = models.DateField("dag", null=True, blank=True)
    through = models.BigIntegerField("til og med række i loggen")
    note = EncryptedTextField("bemærkning", blank=True, default="")
    at = models.DateTimeField("gennemset")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gennemset af")

    class Meta:
        verbose_name = "gennemset opslag"
        verbose_name_plural = "gennemsete opslag"
        indexes = [models.Index(fields=["pattern", "actor"])]
        constraints = [
            models.CheckConstraint(
                name="lookup_review_by_another",
                condition=~Q(by=models.F("actor")),
                violation_error_message="Dine egne opslag skal gennemses af en anden.",
            ),
            models.CheckConstraint(
                name="lookup_review_forloeb_or_day",
                condition=Q(forloeb_id__isnull=True) | Q(day__isnull=True),
                violation_error_message="Et gennemset opslag gælder et forløb eller en dag.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_pattern_display()} ({self.at:%Y-%m-%d})"
