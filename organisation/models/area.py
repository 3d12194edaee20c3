"""What the departments stand in and beside: areas (O1), record systems (O3), parties outside the municipality."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, OrderBy, Q
from django.db.models.functions import Collate

from web.fields import OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned

DANISH = "da-x-icu"


def in_danish(field: str) -> OrderBy:
    """Sort key with æ, ø and å last, and what has no name after that, alike on SQLite and PostgreSQL."""
    return Collate(field, DANISH).asc(nulls_last=True)


class InUseQuerySet(models.QuerySet["InUse"]):
    """What departments stand in, or use: an area, a record system."""

    def open(self) -> InUseQuerySet:
        return self.filter(closed_on__isnull=True)

    def open_or(self, pk: object) -> InUseQuerySet:
        """Those that may be chosen, and the one that is chosen already."""
        return self.filter(Q(closed_on__isnull=True) | Q(pk=pk))

    def with_departments(self) -> InUseQuerySet:
        """Adds `.used_by`: how many departments in use."""
        return self.annotate(used_by=Count("departments", filter=Q(departments__is_active=True)))


class InUse(Versioned):
    """Closed with a date, never deleted: what was written while it was open still names it."""

    closed_on = models.DateField("lukket", null=True, blank=True)

    objects = InUseQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    def clean(self) -> None:
        """What departments in use stand in cannot be closed."""
        super().clean()
        if self.closed_on and (names := self._departments_in_use()):
            many = f"Disse afdelinger bruger det: {', '.join(names)}. Luk dem, eller flyt dem først."
            raise ValidationError(f"{self} kan ikke lukkes. {many}")

    def _departments_in_use(self) -> list[str]:
        here = self.departments.filter(is_active=True)  # type: ignore[attr-defined]
        return [department.name for department in here.order_by(in_danish("name"))]


class Area(InUse):
    """Forvaltningsområde (O1). The flags decide what its staff may do (O4), never its name."""

    id = OpaqueIdField()
    name = models.CharField(
        "navn",
        max_length=100,
        unique=True,
        error_messages={"unique": "Der findes allerede et område med det navn."},
    )
    short_name = models.CharField(
        "forkortelse",
        max_length=10,
        unique=True,
        error_messages={"unique": "Et andet område har allerede den forkortelse."},
    )
    is_start_allowed = models.BooleanField(
        "må starte forløb",
        default=False,
        help_text="Medarbejdere i områdets myndighedsafdelinger må starte forløb og være tovholder.",
    )
    can_send = models.BooleanField(
        "må sende henvendelser",
        default=False,
        help_text="Alle områdets medarbejdere må sende en henvendelse.",
    )
    needs_management = models.BooleanField(
        "møder med ledelse",
        default=False,
        help_text="Når området er med til et møde, skal en fra områdets ledelse være med.",
    )
    order = models.PositiveSmallIntegerField("rækkefølge", default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "forvaltningsområde"
        verbose_name_plural = "forvaltningsområder"
        ordering = ("order", "short_name")

    def __str__(self) -> str:
        return self.name


class RecordSystem(InUse):
    """Fagsystem (O3): where a department journalises."""

    id = OpaqueIdField()
    name = models.CharField(
        "navn",
        max_length=100,
        unique=True,
        error_messages={"unique": "Der findes allerede et fagsystem med det navn."},
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "fagsystem"
        verbose_name_plural = "fagsystemer"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ExternalParty(Versioned):
    """An organisation outside the municipality: psychiatry, a residential home. Nobody signs in from it."""

    class Kind(models.TextChoices):
        PSYCHIATRY = "psychiatry", "Psykiatri"
        RESIDENTIAL = "residential", "Bosted eller opholdssted"
        HEALTH = "health", "Læge eller sygehus"
        EDUCATION = "education", "Uddannelse"
        ASSOCIATION = "association", "Forening eller frivillige"
        OTHER = "other", "Andet"

    id = OpaqueIdField()
    name = models.CharField(
        "navn",
        max_length=150,
        unique=True,
        error_messages={"unique": "Der findes allerede en ekstern part med det navn."},
    )
    kind = models.CharField("slags", max_length=20, choices=Kind, default=Kind.OTHER)
    contact_name = models.CharField("kontaktperson", max_length=150, blank=True)
    phone = models.CharField("telefon", max_length=30, blank=True)
    email = models.EmailField("e-mail", blank=True)

    class Meta:
        verbose_name = "ekstern part"
        verbose_name_plural = "eksterne parter"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
