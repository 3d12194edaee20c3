"""Words that would tell where somebody with a protected address is (C12): what the tovholder adds to the derived ones."""

from django.conf import settings
from django.db import models

from cases.models import Forloeb, Person
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords


class ClueKind(models.TextChoices):
    ADDRESS = "address", "adressen"
    PHONE = "phone", "telefonen"
    MAIL = "mail", "mailadressen"
    HOME = "home", "husstandens navn"
    NAME = "name", "det beskyttede navn"
    INSTITUTION = "institution", "skolen eller institutionen"
    PLACE = "place", "et mødested"
    OTHER = "other", "et andet spor"


ADDED = (ClueKind.INSTITUTION, ClueKind.PLACE, ClueKind.OTHER)


class ClueWord(models.Model):
    """A school, a bus stop, a workplace. Address, phone, mail, household and a protected name are derived (`consent.clues`), never stored."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="clues")
    person = models.ForeignKey(Person, models.PROTECT, related_name="clues", verbose_name="den, der er beskyttet")
    kind = models.CharField("hvad er det", max_length=12, choices=[(one.value, one.label) for one in ADDED])
    word = EncryptedTextField("ordet", max_length=120)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("skrevet", auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "spor"
        verbose_name_plural = "spor"
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
