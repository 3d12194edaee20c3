"""Disagreement between professionals, and how it was settled: the staff's own log (F12)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery

from cases.models.forloeb import Forloeb
from cases.models.participation import Participation
from organisation.models import Employment
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords

if TYPE_CHECKING:
    from organisation.models import User


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def for_page(self) -> "EscalationQuerySet":
        return (
            self.select_related("by", "forloeb")
            .prefetch_related("involved__user", "involved__department", "involved__external")
            .order_by("-on", "-created_at", "pk")
        )

    def with_writers_department(self) -> "EscalationQuerySet":
        """Each with `written_in`: the id of the department its writer took part for that day."""
        parts = Participation.objects.filter(
            forloeb=OuterRef("forloeb"), user=OuterRef("by"), from_date__lte=OuterRef("created_at__date")
        )
        newest = parts.order_by("-from_date").values("department")[:1]
        return self.annotate(written_in=Subquery(newest, output_field=models.UUIDField()))

    def led_by(self, leader: "User") -> "EscalationQuerySet":
        """Those that involve a department this user leads, in forløb the leader is not barred from (F13)."""
        led = Employment.objects.current().filter(user=leader, is_leader=True).values("department")
        rows = self.filter(involved__department__in=led).exclude(forloeb__barred__user=leader)
        return rows.distinct()


class Escalation(models.Model):
    """What, who was involved, what was settled, when. Never on a board, in a plan, on a paper or in Indsigt."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="escalations")
    what = EncryptedTextField("hvad I var uenige om", max_length=2000)
    involved = models.ManyToManyField(Participation, related_name="+", verbose_name="hvem var med")
    leaders = EncryptedTextField("ledere, der blev spurgt", max_length=300, blank=True, default="")
    settled = EncryptedTextField("hvad I blev enige om", max_length=2000, blank=True, default="")
    on = models.DateField("hvornår")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("skrevet", auto_now_add=True)

    history = HistoricalRecords(m2m_fields=["involved"])
    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "uenighed"
        verbose_name_plural = "uenigheder"

    def __str__(self) -> str:
        return f"Uenighed {self.on:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """All that was written, to be judged as one text."""
        return "\n".join(part for part in (self.what, self.settled, self.leaders) if part)
