"""The network list: who around the family may be contacted, by whom, about what (C10)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Forloeb, Person
from consent.models.consents import Shared, Topic
from consent.models.marks import SharedQuerySet
from web.fields import EncryptedTextField, OpaqueIdField, TypedTexts
from web.history import HistoricalRecords
from web.locking import Versioned


class NetworkContactQuerySet(SharedQuerySet["NetworkContact"]):
    def for_sharing(self) -> "NetworkContactQuerySet":
        """With everything the sharing check and the list need: a constant number of queries."""
        return self.select_related("topic", "said_by").prefetch_related("topics").with_marks()

    def in_use(self) -> "NetworkContactQuerySet":
        return self.filter(ended_on__isnull=True)


class NetworkContact(TypedTexts, Shared, Versioned):
    """One person around somebody of the family (`about`). An item like any other: it is read through the sharing check."""

    typed = ("name", "relation")
    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="network")
    name = models.CharField("navn", max_length=120)
    relation = models.CharField("relation", max_length=120, help_text="Fx »mormor« eller »fodboldtræner«.")
    phone = models.CharField("telefon", max_length=30, blank=True, default="")
    topics = models.ManyToManyField(Topic, related_name="+", verbose_name="må kontaktes om")
    may_call = models.JSONField(
        "må kontaktes af", default=list, blank=True, help_text="Modtagernøgler. Tom: alle, der er med i forløbet."
    )
    note = EncryptedTextField("bemærkning", max_length=300, blank=True, default="")
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="sagt af")
    said_on = models.DateField("sagt den")
    ended_on = models.DateField("gælder ikke mere fra", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = HistoricalRecords(m2m_fields=["about", "kept_from", "topics"])
    objects = NetworkContactQuerySet.as_manager()

    class Meta:
        verbose_name = "kontakt i netværket"
        verbose_name_plural = "kontakter i netværket"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="network_said_before_ended",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("said_on")),
                violation_error_message="Aftalen kan ikke slutte, før den blev sagt.",
            )
        ]

    def __str__(self) -> str:
        return f"Kontakt {self.relation}"

    def may_be_called_by(self, recipient: str) -> bool:
        """Was this recipient, or everybody, given leave to call? An ended leave is nobody's."""
        return self.ended_on is None and (not self.may_call or recipient in self.may_call)
