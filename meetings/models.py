"""Meetings: time, place, people, roles, the board and the smileys (M1–M12)."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from cases.models import Forloeb, ForloebState, Participation, Person
from consent.models import Shared, SharedQuerySet
from web.fields import EncryptedTextField, OpaqueIdField
from web.locking import Versioned


class MeetingState(models.TextChoices):
    PLANNED = "planned", "planlagt"
    HELD = "held", "holdt"
    CANCELLED = "cancelled", "aflyst"


TRANSITIONS: dict[str, tuple[str, ...]] = {
    MeetingState.PLANNED: (MeetingState.HELD, MeetingState.CANCELLED),
    MeetingState.HELD: (),
    MeetingState.CANCELLED: (),
}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def held(self) -> "MeetingQuerySet":
        return self.filter(state=MeetingState.HELD)

    def planned(self) -> "MeetingQuerySet":
        return self.filter(state=MeetingState.PLANNED)

    def in_order(self) -> "MeetingQuerySet":
        return self.order_by("starts_at", "pk")

    def next_meeting(self, forloeb: Forloeb) -> "Meeting | None":
        """The nearest planned meeting of a forløb, also when its day has passed and nobody said that it was held."""
        return self.planned().filter(forloeb=forloeb).in_order().first()

    def with_role_names(self) -> "MeetingQuerySet":
        """Adds `.moedeleder_name`, `.referent_name` and `.tavle_name`: who has the role, or None (M3); and `.referent_key`,
        the id of the referent's participation."""
        name = Coalesce("participation__user__name", "participation__external_name")
        roles = MeetingRole.objects.filter(meeting=OuterRef("pk"))
        found = {f"{kind.value}_name": Subquery(roles.filter(role=kind).values(name=name)[:1]) for kind in RoleKind}
        chosen = roles.filter(role=RoleKind.REFERENT).values("participation")[:1]
        referent = Subquery(chosen, output_field=models.UUIDField())
        return self.annotate(referent_key=referent, **found)

    def last_held(self, forloeb: Forloeb) -> "Meeting | None":
        return self.held().filter(forloeb=forloeb).order_by("-held_on", "-number").first()

    def held_count(self, forloeb: Forloeb) -> int:
        """How many were held: two make a forløb that can end as gennemført (F7)."""
        return self.held().filter(forloeb=forloeb).count()

    def without_next(self) -> "MeetingQuerySet":
        """The last held meeting of each running forløb that has no planned one: it must not stand alone (F7)."""
        same = Meeting.objects.filter(forloeb=OuterRef("forloeb"))
        later = same.held().filter(
            Q(held_on__gt=OuterRef("held_on")) | Q(held_on=OuterRef("held_on"), number__gt=OuterRef("number"))
        )
        return (
            self.held()
            .filter(~Exists(later), ~Exists(same.planned()))
            .exclude(forloeb__state=ForloebState.ENDED)
            .select_related("forloeb__family")
            .order_by("held_on", "pk")
        )


def _written_by(what: str) -> "models.CharField[str, str]":
    """Which department wrote a text of the tovholder's, as `Participation.recipient`: its own it may read (C5)."""
    return models.CharField(f"{what} er skrevet af", max_length=40, blank=True, default="", editable=False)


class Meeting(Versioned):
    """One Fælles Familier meeting with the family. It never stands alone (F7)."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField("møde nr.")
    state = models.CharField("tilstand", max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField("begynder")
    ends_at = models.DateTimeField("slutter")
    pre_meeting_at = models.DateTimeField("formøde", null=True, blank=True)
    place = models.CharField("sted", max_length=200)
    purpose = EncryptedTextField("formål", blank=True, default="")
    purpose_by = _written_by("formålet")
    board_key = models.SlugField(
        "tavle", max_length=60, help_text="Tavlens variant, som den var valgt, da mødet blev planlagt."
    )
    board_version = models.PositiveIntegerField("tavlens version", default=1, editable=False)
    interpreter = models.CharField("tolk", max_length=60, blank=True, default="")
    held_on = models.DateField("holdt", null=True, blank=True)
    cancelled_reason = EncryptedTextField("hvorfor aflyst", max_length=300, blank=True, default="")
    cancelled_by = _written_by("grunden til aflysningen")

    history = HistoricalRecords()
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "møde"
        verbose_name_plural = "møder"
        indexes = [
            models.Index(fields=["state", "starts_at"]),
            # Without it SQLite reads every planned meeting to find one forløb's next (F7).
            models.Index(fields=["forloeb", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["forloeb", "number"], name="meeting_number_once"),
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="Mødet skal slutte efter, at det begynder.",
            ),
            models.CheckConstraint(
                name="meeting_pre_meeting_before",
                condition=Q(pre_meeting_at__isnull=True) | Q(pre_meeting_at__lt=F("starts_at")),
                violation_error_message="Formødet skal ligge før mødet.",
            ),
            models.CheckConstraint(
                name="meeting_state_and_date_agree",
                condition=(Q(state="held", held_on__isnull=False)) | (~Q(state="held") & Q(held_on__isnull=True)),
                violation_error_message="Et holdt møde har en dato, andre har ikke.",
            ),
        ]

    def __str__(self) -> str:
        return f"Møde {self.number}"


class RoleKind(models.TextChoices):
    MOEDELEDER = "moedeleder", "mødeleder"
    REFERENT = "referent", "referent"
    TAVLE = "tavle", "tavle"


class MeetingRole(models.Model):
    """One mødeleder, one referent, one tavle per meeting (M3). The same person may hold two."""

    id = OpaqueIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="roles")
    role = models.CharField("rolle", max_length=20, choices=RoleKind)
    participation = models.ForeignKey(
        Participation, models.PROTECT, related_name="meeting_roles", verbose_name="medarbejder"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "rolle på mødet"
        verbose_name_plural = "roller på mødet"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "role"],
                name="meeting_role_once",
                violation_error_message="Rollen er allerede besat.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.participation.name}"


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
