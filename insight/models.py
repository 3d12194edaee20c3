"""Targets (U2): what the koordinator wants to reach. All figures are computed where they are shown, never stored."""

from datetime import date
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from web.fields import OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class Measure(models.TextChoices):
    """What a target is measured by. `OWN` is counted outside the app, and the koordinator writes how far it is."""

    STARTED = "started", "Forløb startet"
    MEETINGS = "meetings", "Møder holdt"
    NEXT_MEETING = "next_meeting", "Næste møde aftalt efter et møde"
    COMPLETED = "completed", "Forløb gennemført"
    OWN = "own", "Noget, vi selv tæller"


class Per(models.TextChoices):
    YEAR = "year", "År"
    QUARTER = "quarter", "Kvartal"


class Unit(models.TextChoices):
    COUNT = "count", "Antal"
    PERCENT = "percent", "Procent"


class TargetQuerySet(models.QuerySet["Target"]):
    def in_force(self, on: date) -> "TargetQuerySet":
        """Those that had begun on a day, newest first: the first of a measure is the one that counts."""
        return self.filter(from_date__lte=on).order_by("-from_date", "name", "pk")

    def for_list(self) -> "TargetQuerySet":
        return self.order_by("name", "-from_date", "pk")


class Target(Versioned):
    """A number to reach in each period from a day on. A new row with a later day replaces it; the old one stays."""

    id = OpaqueIdField()
    key = models.CharField("hvad tælles", max_length=20, choices=Measure)
    name = models.CharField("navn", max_length=80)
    period = models.CharField("periode", max_length=10, choices=Per, default=Per.YEAR)
    unit = models.CharField("enhed", max_length=10, choices=Unit, default=Unit.COUNT)
    value = models.DecimalField(
        "mål", max_digits=7, decimal_places=1, validators=[MinValueValidator(1, "Målet skal være mindst 1.")]
    )
    reached = models.DecimalField(
        "nået indtil nu",
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0), "Skriv 0 eller mere.")],
    )
    from_date = models.DateField("gælder fra")

    history = HistoricalRecords()
    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "mål"
        verbose_name_plural = "mål"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "name", "from_date"],
                name="target_once_per_day",
                violation_error_message="Der er allerede et mål med det navn fra den dag. Ret det i stedet.",
            ),
            models.CheckConstraint(
                name="target_is_positive", condition=Q(value__gt=0), violation_error_message="Målet skal være mindst 1."
            ),
            models.CheckConstraint(
                name="target_percent_up_to_100",
                condition=~Q(unit="percent") | Q(value__lte=100),
                violation_error_message="Et mål i procent er højst 100.",
            ),
            models.CheckConstraint(
                name="target_only_own_is_written",
                condition=Q(key="own") | Q(reached__isnull=True),
                violation_error_message="Appen tæller selv, hvor langt I er.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """»40 på et år«, »90 % i hvert kvartal«."""
        number = f"{self.value:.1f}".removesuffix(".0").replace(".", ",")
        unit = " %" if self.unit == Unit.PERCENT else ""
        return f"{number}{unit} {'på et år' if self.period == Per.YEAR else 'i et kvartal'}"
