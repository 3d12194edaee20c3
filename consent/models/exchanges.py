"""Knowledge exchanged while the family was not there, and that the family was told afterwards (C11, M11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Forloeb, Participation
from consent.models.consents import Shared
from consent.models.marks import SharedQuerySet
from web.fields import EncryptedTextField, OpaqueIdField, TypedTexts
from web.history import HistoricalRecords
from web.locking import Versioned


class ToldWay(models.TextChoices):
    TALK = "talk", "i en samtale"
    PHONE = "phone", "i telefonen"
    MEETING = "meeting", "på et møde"
    LETTER = "letter", "i et brev"


class ExchangeQuerySet(SharedQuerySet["Exchange"]):
    def to_be_told(self) -> "ExchangeQuerySet":
        """Of which the family has not been told yet."""
        return self.filter(told_on__isnull=True)

    def for_sharing(self) -> "ExchangeQuerySet":
        """With everything the sharing check and the list need: a constant number of queries."""
        return (
            self.select_related(
                "topic",
                "by__user",
                "by__department",
                "with_participation__user",
                "with_participation__department",
                "with_participation__external",
                "told_by",
            )
            .with_marks()
            .order_by("-on", "pk")
        )


class Exchange(TypedTexts, Shared, Versioned):
    """Who talked with whom about whom, on what topic: one line. Stands as »skal fortælles« until somebody has told."""

    typed = ("with_name",)
    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="exchanges")
    by = models.ForeignKey(Participation, models.PROTECT, related_name="+", verbose_name="den, der talte")
    with_participation = models.ForeignKey(
        Participation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="talte med"
    )
    with_name = models.CharField("talte med en anden", max_length=120, blank=True, default="")
    what = EncryptedTextField("hvad", max_length=300)
    on = models.DateField("hvornår")
    told_on = models.DateField("fortalt den", null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fortalt af"
    )
    told_way = models.CharField("fortalt hvordan", max_length=10, choices=ToldWay, blank=True, default="")
    created_at = models.DateTimeField("skrevet", auto_now_add=True)

    history = HistoricalRecords(m2m_fields=["about", "kept_from"])
    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = "udveksling uden familien"
        verbose_name_plural = "udvekslinger uden familien"
        indexes = [models.Index(fields=["forloeb", "told_on"])]
        constraints = [
            models.CheckConstraint(
                name="exchange_with_one",
                condition=Q(with_participation__isnull=False, with_name="")
                | (Q(with_participation__isnull=True) & ~Q(with_name="")),
                violation_error_message="Vælg, hvem du talte med, eller skriv navnet.",
            ),
            models.CheckConstraint(
                name="exchange_told_whole",
                condition=Q(told_on__isnull=True, told_by__isnull=True, told_way="")
                | (Q(told_on__isnull=False, told_by__isnull=False) & ~Q(told_way="")),
                violation_error_message="Skriv, hvem der fortalte det, hvornår og hvordan.",
            ),
            models.CheckConstraint(
                name="exchange_told_after",
                condition=Q(told_on__isnull=True) | Q(told_on__gte=F("on")),
                violation_error_message="Familien kan ikke have fået det at vide, før I talte sammen.",
            ),
        ]

    def __str__(self) -> str:
        return f"Udveksling {self.on:%Y-%m-%d}"

    @property
    def other(self) -> str:
        """Whom they talked with: »Karen Ullerup, Skole« or the name as written."""
        return str(self.with_participation) if self.with_participation else self.with_name
