"""Who takes part in a forløb: employees and externals, with role and dates (F5, F10)."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Collate
from django.utils import timezone

from organisation.models import Employment
from web.fields import OpaqueIdField, TypedTexts
from web.history import HistoricalRecords
from web.locking import Versioned

if TYPE_CHECKING:
    from organisation.models import User


class ParticipationRole(models.TextChoices):
    TOVHOLDER = "tovholder", "tovholder"
    AUTHORITY = "authority_representative", "myndighedsrepræsentant"
    DECISION_MAKER = "decision_maker", "beslutningstager"
    PROFESSIONAL = "professional", "fagperson"
    MANAGEMENT = "management", "ledelse for Børn og Skole"
    KOORDINATOR = "koordinator", "koordinator"


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def open(self, on: date | None = None) -> "ParticipationQuerySet":
        """Participations that hold on a day; access ends on `to_date` itself (F10)."""
        day = on or timezone.localdate()
        return self.filter(Q(to_date__isnull=True) | Q(to_date__gt=day), from_date__lte=day)

    def giving_access(self, on: date | None = None) -> "ParticipationQuerySet":
        """Open, by an active user who is still employed in the department the participation is for (trust.md, Access)."""
        employed = Employment.objects.current(on).filter(user=OuterRef("user"), department=OuterRef("department"))
        return self.open(on).filter(Exists(employed), user__is_active=True)

    def of_stopped(self, on: date | None = None) -> "ParticipationQuerySet":
        """Open parts of employees who are no longer employed in that department, or whose account is closed: such a
        tovholder leaves the forløb with nobody who acts (F5).

        Adds `.stopped_on`: the first day without, None when only the account is closed."""
        there = Employment.objects.filter(user=OuterRef("user"), department=OuterRef("department"))
        last = there.order_by(F("to_date").desc(nulls_first=True)).values("to_date")[:1]
        rows = self.open(on).filter(user__isnull=False).annotate(stopped_on=Subquery(last))
        return rows.filter(~Exists(there.current(on)) | Q(user__is_active=False))

    def tovholder(self) -> "ParticipationQuerySet":
        return self.filter(role=ParticipationRole.TOVHOLDER)

    def led_under(self, leader: "User") -> "ParticipationQuerySet":
        """Tovholdere in the departments that this user leads, of forløb, ended ones too, the leader is not barred from
        (F5, F13). A department that nobody leads any more, e.g. one that has closed, is the koordinator's (O6)."""
        leading = Employment.objects.current().filter(is_leader=True, user__is_active=True)
        reach = Q(department__in=leading.filter(user=leader).values("department"))
        if leader.is_koordinator:
            led = leading.filter(department=OuterRef("department"))
            reach |= Q(~Exists(led), department__isnull=False)
        return self.open().tovholder().filter(reach).exclude(forloeb__barred__user=leader)

    def for_page(self) -> "ParticipationQuerySet":
        """Tovholder first, then by department and name."""
        first = Case(When(role=ParticipationRole.TOVHOLDER, then=0), default=1, output_field=IntegerField())
        home = Collate(Coalesce("department__name", "external__name"), "da-x-icu")
        name = Collate(Coalesce("user__name", "external_name"), "da-x-icu")
        return self.select_related("user", "department__area", "external").order_by(first, home, name, "from_date")


UNNAMED = "En ekstern"


class Participation(TypedTexts, Versioned):
    """One employee's (through one department) or one external's part in a forløb.

    is_nameless: set on rows for a reader who may not have the external's name, which is free text (C5).
    """

    typed = ("external_name", "title")
    is_nameless = False

    id = OpaqueIdField()
    forloeb = models.ForeignKey("cases.Forloeb", models.CASCADE, related_name="participations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name="medarbejder",
    )
    department = models.ForeignKey(
        "organisation.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name="afdeling",
    )
    external = models.ForeignKey(
        "organisation.ExternalParty",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name="ekstern",
    )
    external_name = models.CharField("navn på den eksterne", max_length=120, blank=True, default="")
    external_phone = models.CharField("telefon", max_length=30, blank=True, default="")
    role = models.CharField("rolle", max_length=30, choices=ParticipationRole, default=ParticipationRole.PROFESSIONAL)
    title = models.CharField("funktion", max_length=120, blank=True, default="")
    from_date = models.DateField("fra")
    to_date = models.DateField("til", null=True, blank=True)

    history = HistoricalRecords()
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "deltager"
        verbose_name_plural = "deltagere"
        constraints = [
            models.CheckConstraint(
                name="participation_employee_or_external",
                condition=Q(user__isnull=False, department__isnull=False, external__isnull=True)
                | (Q(user__isnull=True, department__isnull=True, external__isnull=False) & ~Q(external_name="")),
                violation_error_message="Vælg en medarbejder med afdeling eller en ekstern med navn.",
            ),
            models.CheckConstraint(
                name="participation_from_before_to",
                condition=Q(to_date__isnull=True) | Q(from_date__lte=F("to_date")),
                violation_error_message="Slutdatoen ligger før startdatoen.",
            ),
            models.CheckConstraint(
                name="participation_tovholder_is_employee",
                condition=~Q(role="tovholder") | Q(user__isnull=False),
                violation_error_message="Tovholderen skal være ansat i kommunen.",
            ),
            models.UniqueConstraint(
                fields=["forloeb"],
                condition=Q(role="tovholder", to_date__isnull=True),
                name="one_active_tovholder",
                violation_error_message="Der er allerede en tovholder. Brug overlevering.",
            ),
            models.UniqueConstraint(
                fields=["forloeb", "user"],
                condition=Q(to_date__isnull=True, user__isnull=False),
                name="participation_open_once",
                violation_error_message="Medarbejderen er allerede med i forløbet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.home}"

    @property
    def has_ended(self) -> bool:
        """No longer takes part today; `open` says the same of many."""
        return self.to_date is not None and self.to_date <= timezone.localdate()

    @property
    def has_begun(self) -> bool:
        return self.from_date <= timezone.localdate()

    @property
    def name(self) -> str:
        if self.user:
            return self.user.name
        return UNNAMED if self.is_nameless else self.external_name

    @property
    def home(self) -> str:
        """The department's or external party's name."""
        return self.department.name if self.department else self.external.name if self.external else ""

    @property
    def phone(self) -> str:
        return self.user.phone if self.user else self.external_phone

    @property
    def recipient(self) -> str:
        """The key under which consent is asked for: `d:<department>` or `x:<external party>` (C2)."""
        return f"d:{self.department_id}" if self.department_id else f"x:{self.external_id}"
