"""Henvendelse: a request to start a forløb (O4). Nothing sent is ever lost."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, When
from django.utils import timezone

from cases.models.forloeb import Barred, Forloeb
from organisation.models import Employment
from web import workdays
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned

if TYPE_CHECKING:
    from organisation.models import User


ANSWER_WORKDAYS = 5  # so long may a henvendelse wait for an answer


class HenvendelseState(models.TextChoices):
    SENT = "sent", "venter på svar"
    ACCEPTED = "accepted", "taget imod"
    DECLINED = "declined", "afvist"


class HenvendelseQuerySet(models.QuerySet["Henvendelse"]):
    def visible_to(self, user: "User") -> "HenvendelseQuerySet":
        """Sent by the user; addressed to the user; or to a department the user leads (O4). Passed on = the old receiver sees it no more."""
        return self.filter(Q(sender=user) | Q(pk__in=self.received_by(user).values("pk")))

    def received_by(self, user: "User") -> "HenvendelseQuerySet":
        """Waiting for, or answered by, this user.

        One without a name, or to a colleague who has left the department, waits for the department's leaders.
        """
        led = Employment.objects.current().filter(user=user, is_leader=True).values("department")
        there = Employment.objects.current().filter(
            user=OuterRef("to_user"), department=OuterRef("to_department"), user__is_active=True
        )
        nobodys = Q(to_user__isnull=True) | ~Exists(there)
        mine = Q(to_user=user) | Q(answered_by=user) | (Q(to_department__in=led) & nobodys)
        return self.filter(mine).exclude(forloeb__in=Barred.objects.filter(user=user).values("forloeb"))

    def told_to(self, user: "User") -> "HenvendelseQuerySet":
        """Each with `hides_forloeb`: the user is barred from the forløb that came of it, and may not learn of it (F13)."""
        return self.annotate(hides_forloeb=Exists(Barred.objects.filter(user=user, forloeb=OuterRef("forloeb"))))

    def sent_by(self, user: "User") -> "HenvendelseQuerySet":
        return self.filter(sender=user)

    def open(self) -> "HenvendelseQuerySet":
        """Still somebody's to act on: not answered, or taken on without a forløb yet."""
        return self.filter(Q(state=HenvendelseState.SENT) | Q(state=HenvendelseState.ACCEPTED, forloeb__isnull=True))

    def unanswered(self) -> "HenvendelseQuerySet":
        return self.filter(state=HenvendelseState.SENT)

    def late(self, today: date) -> "HenvendelseQuerySet":
        """Nobody has answered, and more than `ANSWER_WORKDAYS` hverdage have gone (O4)."""
        return self.unanswered().older_than(workdays.before(today, ANSWER_WORKDAYS) + timedelta(days=1))

    def older_than(self, day: date) -> "HenvendelseQuerySet":
        return self.filter(sent_at__date__lt=day)

    def listed_for(self, user: "User", shown: str = "") -> "HenvendelseQuerySet":
        """The user's list: »venter« what waits for the user, »mine« what the user sent, else both; waiting ones first."""
        rows = self.visible_to(user)
        if shown == "venter":
            rows = self.received_by(user).open()
        elif shown == "mine":
            rows = self.sent_by(user)
        waits = Case(When(state=HenvendelseState.SENT, then=0), default=1, output_field=IntegerField())
        waits_long = Case(When(state=HenvendelseState.SENT, then=F("sent_at")))
        return rows.for_list().told_to(user).order_by(waits, waits_long, "-sent_at", "pk")

    def for_list(self) -> "HenvendelseQuerySet":
        return self.select_related(
            "sender", "sender_department", "to_department", "to_user", "answered_by", "forloeb__family"
        )


class Henvendelse(Versioned):
    """A colleague says that a family needs this. Answered once: accepted (opens a forløb) or declined with a reason."""

    id = OpaqueIdField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="henvendelser_sent", verbose_name="afsender"
    )
    sender_department = models.ForeignKey(
        "organisation.Department", models.PROTECT, related_name="+", verbose_name="afsenders afdeling"
    )
    to_department = models.ForeignKey(
        "organisation.Department", models.PROTECT, related_name="henvendelser", verbose_name="afdeling"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="henvendelser_received",
        verbose_name="kollega",
    )
    family_text = EncryptedTextField("hvem drejer det sig om")
    need = EncryptedTextField("hvad er der brug for")
    situations = models.JSONField("eksempler", default=list, blank=True)
    family_knows = models.BooleanField("familien ved det", default=False)
    state = models.CharField("tilstand", max_length=20, choices=HenvendelseState, default=HenvendelseState.SENT)
    sent_at = models.DateTimeField("sendt", default=timezone.now)
    answered_at = models.DateTimeField("besvaret", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="henvendelser_answered",
        verbose_name="besvaret af",
    )
    answer = EncryptedTextField("svar", blank=True, default="")
    forloeb = models.OneToOneField(Forloeb, models.SET_NULL, null=True, blank=True, related_name="henvendelse")

    history = HistoricalRecords()
    objects = HenvendelseQuerySet.as_manager()

    class Meta:
        verbose_name = "henvendelse"
        verbose_name_plural = "henvendelser"
        indexes = [models.Index(fields=["state", "sent_at"])]
        constraints = [
            models.CheckConstraint(
                name="henvendelse_answer_and_state_agree",
                condition=Q(state="sent", answered_at__isnull=True, answered_by__isnull=True)
                | Q(state="accepted", answered_at__isnull=False, answered_by__isnull=False)
                | (Q(state="declined", answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                violation_error_message="Skriv, hvorfor henvendelsen afvises.",
            )
        ]

    def __str__(self) -> str:
        return f"Henvendelse fra {self.sender}"

    @property
    def is_waiting(self) -> bool:
        return self.state == HenvendelseState.SENT

    @property
    def answer_by(self) -> date:
        """The last hverdag to answer on (O4)."""
        return workdays.after(timezone.localdate(self.sent_at), ANSWER_WORKDAYS)

    def is_late(self, today: date) -> bool:
        """As `HenvendelseQuerySet.late`, of one row."""
        return self.is_waiting and workdays.between(timezone.localdate(self.sent_at), today) > ANSWER_WORKDAYS

    @property
    def is_settled(self) -> bool:
        """Declined, or a forløb has come of it: nobody has more to do."""
        return self.state == HenvendelseState.DECLINED or self.forloeb_id is not None

    @property
    def tells_of_forloeb(self) -> bool:
        """A forløb came of it, and whoever reads it may know so. Only of rows from `told_to`: of others, no."""
        return self.forloeb_id is not None and not getattr(self, "hides_forloeb", True)

    def visible_forloeb_to(self, user: "User") -> Forloeb | None:
        """The forløb that came of it, when the user takes part in it. One query."""
        return Forloeb.objects.visible_to(user).filter(pk=self.forloeb_id).first() if self.forloeb_id else None


class HenvendelseMove(models.Model):
    """One passing-on of a henvendelse: the trail that nothing is lost (O4)."""

    id = OpaqueIdField()
    henvendelse = models.ForeignKey(Henvendelse, models.CASCADE, related_name="moves")
    from_department = models.ForeignKey("organisation.Department", models.PROTECT, related_name="+")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    to_department = models.ForeignKey("organisation.Department", models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = EncryptedTextField("besked", blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("tidspunkt", default=timezone.now)

    class Meta:
        verbose_name = "sendt videre"
        verbose_name_plural = "sendt videre"
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.from_department} → {self.to_department}"
