"""Who must be told that a consent is withdrawn, and that they have been (C7)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models import Barred, Participation, ParticipationRole
from consent.models.consents import Withdrawal
from web.fields import OpaqueIdField


class WithdrawalNoticeQuerySet(models.QuerySet["WithdrawalNotice"]):
    def waiting(self) -> "WithdrawalNoticeQuerySet":
        """Of which nobody has said that they know yet."""
        return self.filter(told_on__isnull=True)

    def with_readers(self) -> "WithdrawalNoticeQuerySet":
        """Each with `is_manned`: does an employee of the department take part who can read it for themselves?

        The tovholder does not count: they wrote the withdrawal down.
        """
        barred = Barred.objects.filter(forloeb=OuterRef("forloeb"), user=OuterRef("user"))
        readers = (
            Participation.objects.giving_access().filter(~Exists(barred)).exclude(role=ParticipationRole.TOVHOLDER)
        )
        here = readers.filter(forloeb=OuterRef("withdrawal__forloeb"), department=OuterRef("department"))
        return self.annotate(is_manned=Exists(here))


class WithdrawalNotice(models.Model):
    """One department or external party that a withdrawal shuts out, and when they were told not to use what they hold.

    It holds no words: of whom and how much stands with the withdrawal.
    """

    id = OpaqueIdField()
    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="notices")
    department = models.ForeignKey(
        "organisation.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="afdeling"
    )
    external = models.ForeignKey(
        "organisation.ExternalParty",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ekstern part",
    )
    told_on = models.DateField("har fået besked den", null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bekræftet af"
    )

    objects = WithdrawalNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "besked om tilbagekaldelse"
        verbose_name_plural = "beskeder om tilbagekaldelse"
        constraints = [
            models.CheckConstraint(
                name="withdrawal_notice_one_recipient",
                condition=Q(department__isnull=False, external__isnull=True)
                | Q(department__isnull=True, external__isnull=False),
                violation_error_message="Vælg én modtager.",
            ),
            models.UniqueConstraint(
                fields=["withdrawal", "department"],
                condition=Q(department__isnull=False),
                name="withdrawal_notice_department_once",
                violation_error_message="Afdelingen har allerede fået en besked.",
            ),
            models.UniqueConstraint(
                fields=["withdrawal", "external"],
                condition=Q(external__isnull=False),
                name="withdrawal_notice_external_once",
                violation_error_message="Den eksterne part har allerede fået en besked.",
            ),
            models.CheckConstraint(
                name="withdrawal_notice_told_whole",
                condition=Q(told_on__isnull=True, told_by__isnull=True)
                | Q(told_on__isnull=False, told_by__isnull=False),
                violation_error_message="Skriv, hvem der bekræftede det, og hvornår.",
            ),
        ]

    def __str__(self) -> str:
        return f"Besked til {self.home}"

    @property
    def recipient(self) -> str:
        """`d:<department>` or `x:<external party>`: the same key as `Participation.recipient`."""
        return f"d:{self.department_id}" if self.department_id else f"x:{self.external_id}"

    @property
    def home(self) -> str:
        return str(self.department or self.external)
