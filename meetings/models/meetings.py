"""The meeting itself and the three roles at it (M1, M3)."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Forloeb, ForloebState, Participation
from web.fields import EncryptedTextField, OpaqueIdField, TypedTexts
from web.history import HistoricalRecords
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


class Meeting(TypedTexts, Versioned):
    """One Fælles Familier meeting with the family. It never stands alone (F7)."""

    typed = ("place", "interpreter")
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

    @property
    def has_begun(self) -> bool:
        """Is it the meeting's day, in Denmark, or later? Before it nobody can have been there."""
        return self.state == MeetingState.HELD or timezone.localdate(self.starts_at) <= timezone.localdate()


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
