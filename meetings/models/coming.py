"""Who came, how they scaled it, and what they thought of it (M6, M9, M10)."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from cases.models import Participation, Person
from meetings.models.meetings import Meeting
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords


class Presence(models.TextChoices):
    INVITED = "invited", "inviteret"
    PRESENT = "present", "til stede"
    PARTLY = "partly", "med noget af tiden"
    ABSENT_NOTIFIED = "absent_notified", "meldt afbud"
    ABSENT = "absent", "udeblevet"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def present(self) -> "AttendanceQuerySet":
        """Registered present, all or part of the time (M10); gives the sight of the board in C5."""
        return self.filter(presence__in=[Presence.PRESENT, Presence.PARTLY])

    def in_the_room(self) -> "AttendanceQuerySet":
        """Present, and those invited of whom nobody has yet said whether they came: the wall is careful for them too."""
        return self.exclude(presence__in=[Presence.ABSENT, Presence.ABSENT_NOTIFIED])

    def of(self, one: Participation) -> "AttendanceQuerySet":
        """Those of an external, or of an employee in the same department under whichever row of the forløb."""
        if one.user_id is None:
            return self.filter(participation=one)
        return self.filter(
            participation__forloeb=one.forloeb_id,
            participation__user=one.user_id,
            participation__department=one.department_id,
        )

    def for_list(self) -> "AttendanceQuerySet":
        return self.select_related(
            "person", "participation__user", "participation__department__area", "participation__external"
        ).order_by(
            # the family, externals, departments: the two databases do not agree on where a missing name stands
            F("participation__department__name").asc(nulls_first=True),
            F("participation__external__name").asc(nulls_first=True),
            F("person__birth_date").asc(nulls_first=True),
            "pk",
        )

    def with_scaling(self) -> "AttendanceQuerySet":
        """Adds `.scale_start` and `.scale_end`: what a family member answered at this meeting, else None (M6)."""
        answer = ScalingAnswer.objects.filter(meeting=OuterRef("meeting"), person=OuterRef("person"))
        return self.annotate(
            scale_start=Subquery(answer.values("start")[:1]), scale_end=Subquery(answer.values("end")[:1])
        )


class Attendance(models.Model):
    """Fremmøde: one invited employee, external or family member (M1, M10)."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    participation = models.ForeignKey(
        Participation, models.PROTECT, null=True, blank=True, related_name="attendance", verbose_name="deltager"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="attendance", verbose_name="fra familien"
    )
    presence = models.CharField("fremmøde", max_length=20, choices=Presence, default=Presence.INVITED)
    note = EncryptedTextField(
        "bemærkning", max_length=200, blank=True, default="", help_text="Fx »de første 20 minutter«."
    )

    history = HistoricalRecords()
    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "fremmøde"
        verbose_name_plural = "fremmøde"
        indexes = [models.Index(fields=["meeting", "presence"])]
        constraints = [
            models.CheckConstraint(
                name="attendance_staff_or_family",
                condition=Q(participation__isnull=False, person__isnull=True)
                | Q(participation__isnull=True, person__isnull=False),
                violation_error_message="Vælg en deltager eller en fra familien.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "participation"],
                condition=Q(participation__isnull=False),
                name="attendance_participation_once",
                violation_error_message="Deltageren er allerede inviteret.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=Q(person__isnull=False),
                name="attendance_person_once",
                violation_error_message="Personen er allerede inviteret.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation or self.person}: {self.get_presence_display()}"

    @property
    def is_present(self) -> bool:
        """As `present` says it of many."""
        return self.presence in (Presence.PRESENT, Presence.PARTLY)

    @property
    def is_in_the_room(self) -> bool:
        """As `in_the_room` says it of many."""
        return self.presence not in (Presence.ABSENT, Presence.ABSENT_NOTIFIED)


class ScalingAnswer(models.Model):
    """0–10 at the start and the end of a meeting (M6). Optional; one row per person."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="scaling")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    start = models.PositiveSmallIntegerField("ved start", null=True, blank=True)
    end = models.PositiveSmallIntegerField("ved slut", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "skalasvar"
        verbose_name_plural = "skalasvar"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="scaling_once"),
            models.CheckConstraint(
                name="scaling_0_to_10",
                condition=(Q(start__isnull=True) | Q(start__lte=10)) & (Q(end__isnull=True) | Q(end__lte=10)),
                violation_error_message="Vælg et tal fra 0 til 10.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.start}–{self.end}"


class SmileyRating(models.Model):
    """Smiley-lineal (M9): five faces, 1 (slet ikke godt) – 5 (rigtig godt), one answer per person and meeting."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="smileys")
    person = models.ForeignKey(Person, models.PROTECT, related_name="smileys")
    value = models.PositiveSmallIntegerField("svar")
    words = EncryptedTextField("med egne ord", blank=True, default="")
    may_be_named = models.BooleanField("tovholder må se svaret med navn", default=False)
    is_child = models.BooleanField(
        "barn", default=False, help_text="Under 15 den dag, mødet blev holdt. Børn tælles for sig."
    )
    at = models.DateTimeField("svaret", auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "smiley"
        verbose_name_plural = "smileys"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                name="smiley_once",
                violation_error_message="Personen har allerede svaret.",
            ),
            models.CheckConstraint(
                name="smiley_1_to_5",
                condition=Q(value__gte=1, value__lte=5),
                violation_error_message="Vælg en af de fem smileys.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value}"
