"""The agenda and the board (M5, M6)."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Participation, Person
from consent.models import Shared, SharedQuerySet
from meetings.models.meetings import Meeting
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class AgendaPointQuerySet(SharedQuerySet["AgendaPoint"]):
    def for_sharing(self) -> "AgendaPointQuerySet":
        """In order, with everything the sharing check and the page need."""
        raised = ("raised_by__user", "raised_by__department", "raised_by__external", "raised_by_person")
        return self.select_related("topic", *raised).with_marks().order_by("position", "pk")


class AgendaPoint(Shared, Versioned):
    """A point on the agenda; the family may raise points too (M1). About nobody: a phase of the meeting, free to all."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    text = EncryptedTextField("punkt")
    raised_by_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="rejst af familien"
    )
    raised_by = models.ForeignKey(
        Participation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="rejst af"
    )
    minutes = models.PositiveSmallIntegerField("minutter", null=True, blank=True)
    position = models.PositiveIntegerField("rækkefølge", default=0)

    history = HistoricalRecords(m2m_fields=["about", "kept_from"])
    objects = AgendaPointQuerySet.as_manager()

    class Meta:
        verbose_name = "punkt på dagsordenen"
        verbose_name_plural = "punkter på dagsordenen"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"Punkt {self.position}"


class BoardNoteQuerySet(SharedQuerySet["BoardNote"]):
    def for_sharing(self) -> "BoardNoteQuerySet":
        """With everything the sharing check and the board need: a constant number of queries."""
        return (
            self.select_related("topic", "said_by", "meeting")
            .with_marks()
            .order_by("column", "position", "created_at", "pk")
        )


class BoardNote(Shared, Versioned):
    """One note on the board (M6). The family's own words are kept and marked: who said it."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="notes")
    column = models.SlugField("kolonne", max_length=40)
    text = EncryptedTextField("tekst")
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="sagt af")
    topic_is_guess = models.BooleanField("emnet er gættet", default=False, help_text="Ordene lader det stå åbent.")
    position = models.PositiveIntegerField("rækkefølge", default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("skrevet", auto_now_add=True)
    changed_at = models.DateTimeField("ændret", auto_now=True)

    history = HistoricalRecords(m2m_fields=["about", "kept_from"])
    objects = BoardNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "punkt på tavlen"
        verbose_name_plural = "punkter på tavlen"

    def __str__(self) -> str:
        return f"Punkt i {self.column}"

    @property
    def meeting_of_board(self) -> UUID:
        return self.meeting_id

    @classmethod
    def written_at(cls, meetings: Collection[UUID]) -> Q:
        return Q(meeting__in=meetings)
