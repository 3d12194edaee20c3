"""The forløb: one family, one course across departments (F1–F8)."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate

from cases.models.participation import Participation
from cases.models.people import Family, Person
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned

if TYPE_CHECKING:
    from organisation.models import User


class ForloebState(models.TextChoices):
    CONSENT = "consent", "samtykke indhentes"
    ACTIVE = "active", "aktivt"
    PAUSED = "paused", "på pause"
    ENDED = "ended", "afsluttet"


TRANSITIONS: dict[str, tuple[str, ...]] = {
    ForloebState.CONSENT: (ForloebState.ACTIVE, ForloebState.ENDED),
    ForloebState.ACTIVE: (ForloebState.PAUSED, ForloebState.ENDED),
    ForloebState.PAUSED: (ForloebState.ACTIVE, ForloebState.ENDED),
    ForloebState.ENDED: (ForloebState.ACTIVE, ForloebState.CONSENT),
}


class EndReason(models.TextChoices):
    COMPLETED = "completed", "gennemført"
    NO_CONSENT = "no_consent", "samtykke ikke opnået"
    CONSENT_WITHDRAWN = "consent_withdrawn", "samtykke tilbagekaldt"
    FAMILY_WISH = "family_wish", "familien ønsker at stoppe"
    MOVED = "moved", "familien er flyttet"
    OTHER_TRACK = "other_track", "familien får hjælp på en anden måde"
    OTHER = "other", "andet"


class ForloebQuerySet(models.QuerySet["Forloeb"]):
    def visible_to(self, user: "User", on: date | None = None) -> "ForloebQuerySet":
        """The forløb a user may know exists: an open participation there, the account active, not barred (F10, F13)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        here = Participation.objects.giving_access(on).filter(user=user)
        return self.filter(pk__in=here.values("forloeb")).exclude(
            pk__in=Barred.objects.filter(user=user).values("forloeb")
        )

    def open(self) -> "ForloebQuerySet":
        return self.exclude(state=ForloebState.ENDED)

    def ended(self) -> "ForloebQuerySet":
        return self.filter(state=ForloebState.ENDED)

    def active(self) -> "ForloebQuerySet":
        return self.filter(state=ForloebState.ACTIVE)

    def led_by(self, user: "User") -> "ForloebQuerySet":
        """Forløb whose active tovholder is this user."""
        return self.filter(pk__in=Participation.objects.open().tovholder().filter(user=user).values("forloeb"))

    def narrowed(self, user: "User", *, q: str = "", tilstand: str = "", rolle: str = "") -> "ForloebQuerySet":
        """The list's filters: words of the family's name or the number, state (else not ended), the user's own role."""
        rows = self.filter(state=tilstand) if tilstand else self.open()
        for word in q.split():
            rows = rows.filter(Q(family__name__icontains=word) | Q(number__icontains=word))
        led = Participation.objects.open().tovholder().filter(user=user).values("forloeb")
        if rolle == "tovholder":
            rows = rows.filter(pk__in=led)
        elif rolle:
            rows = rows.exclude(pk__in=led)
        return rows

    def in_danish_order(self) -> "ForloebQuerySet":
        return self.order_by(Collate("family__name", "da-x-icu"), "number")

    def to_hand_over(self, by: "User", leaving: "User") -> "ForloebQuerySet":
        """What `leaving` leads and `by` may hand over: one's own, or a colleague's of the department one leads (F5).

        Ended ones too: `open()` or `ended()` says which are meant.
        """
        if by == leaving:
            return self.visible_to(by).led_by(by)
        reach = Participation.objects.led_under(by).filter(user=leaving)
        return self.filter(pk__in=reach.values("forloeb"))

    def for_list(self) -> "ForloebQuerySet":
        return self.select_related("family").prefetch_related(
            models.Prefetch(
                "participations",
                queryset=Participation.objects.open().select_related("user", "department", "external"),
                to_attr="open_participations",
            )
        )


class Forloeb(Versioned):
    """One course for one family. State and dates can never disagree (F8)."""

    id = OpaqueIdField()
    number = models.CharField("forløbsnummer", max_length=20, unique=True)
    family = models.ForeignKey(Family, models.PROTECT, related_name="forloeb")
    model_key = models.SlugField("samarbejdsmodel", max_length=60)
    board_key = models.SlugField(
        "tavle", max_length=60, blank=True, default="", help_text="Tavlens variant, når modellen har flere."
    )
    state = models.CharField("tilstand", max_length=20, choices=ForloebState, default=ForloebState.CONSENT)
    need = EncryptedTextField("hvad skal koordineres", help_text="Det, der kræver, at flere afdelinger taler sammen.")
    situations = models.JSONField("eksempler", default=list, blank=True)
    # Which department wrote the need, as `Participation.recipient`: its own it may read (C5).
    need_by = models.CharField("behovet er skrevet af", max_length=40, blank=True, default="", editable=False)
    start_checked_on = models.DateField("startcheck")
    activated_on = models.DateField("aktivt fra", null=True, blank=True)
    paused_on = models.DateField("på pause fra", null=True, blank=True)
    ended_on = models.DateField("afsluttet", null=True, blank=True)
    end_reason = models.CharField("grund til afslutning", max_length=30, choices=EndReason, blank=True, default="")
    end_text = EncryptedTextField("om afslutningen", blank=True, default="")
    created_at = models.DateTimeField("oprettet", auto_now_add=True)

    history = HistoricalRecords()
    objects = ForloebQuerySet.as_manager()

    class Meta:
        verbose_name = "forløb"
        verbose_name_plural = "forløb"
        indexes = [models.Index(fields=["state"]), models.Index(fields=["activated_on"])]
        constraints = [
            models.CheckConstraint(
                name="forloeb_state_and_dates_agree",
                condition=Q(state="consent", activated_on__isnull=True, paused_on__isnull=True, ended_on__isnull=True)
                | Q(state="active", activated_on__isnull=False, paused_on__isnull=True, ended_on__isnull=True)
                | Q(state="paused", activated_on__isnull=False, paused_on__isnull=False, ended_on__isnull=True)
                | Q(state="ended", ended_on__isnull=False),
                violation_error_message="Forløbets tilstand og datoer passer ikke sammen.",
            ),
            models.CheckConstraint(
                name="forloeb_end_reason_when_ended",
                condition=(Q(state="ended") & ~Q(end_reason="")) | (~Q(state="ended") & Q(end_reason="")),
                violation_error_message="Skriv, hvorfor forløbet slutter.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family} ({self.number})"

    def part_of(self, user: "User") -> Participation | None:
        """The user's own part, among those that `for_list` fetched."""
        return next((row for row in self.open_participations if row.user_id == user.pk), None)  # type: ignore[attr-defined]

    @property
    def is_running(self) -> bool:
        return self.state == ForloebState.ACTIVE

    @property
    def is_ended(self) -> bool:
        return self.state == ForloebState.ENDED


class ForloebPerson(models.Model):
    """A person the forløb is about. Others of the family stand in no list of it."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="persons")
    person = models.ForeignKey(Person, models.PROTECT, related_name="in_forloeb")
    is_focus = models.BooleanField("forløbet handler især om", default=False)
    from_date = models.DateField("fra")
    to_date = models.DateField("til", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "person i forløbet"
        verbose_name_plural = "personer i forløbet"
        constraints = [
            models.UniqueConstraint(
                fields=["forloeb", "person"],
                condition=Q(to_date__isnull=True),
                name="forloeb_person_open_once",
                violation_error_message="Personen er allerede med i forløbet.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} i {self.forloeb}"


class HandOver(models.Model):
    """Overlevering of the tovholder's job: from, to, when, why (F5)."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="hand_overs")
    from_participation = models.ForeignKey("cases.Participation", models.PROTECT, related_name="+")
    to_participation = models.ForeignKey("cases.Participation", models.PROTECT, related_name="+")
    on = models.DateField("dato")
    reason = EncryptedTextField("grund", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "overlevering"
        verbose_name_plural = "overleveringer"

    def __str__(self) -> str:
        return f"{self.forloeb}: {self.from_participation} → {self.to_participation}"


class Barred(models.Model):
    """An employee who may not know that the forløb exists (F13)."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="barred")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="barred_from")
    reason = EncryptedTextField("grund", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("dato", auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "spærret medarbejder"
        verbose_name_plural = "spærrede medarbejdere"
        constraints = [
            models.UniqueConstraint(
                fields=["forloeb", "user"],
                name="barred_once",
                violation_error_message="Medarbejderen er allerede spærret.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} er spærret"
