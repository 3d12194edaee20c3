"""Tables of the access log (append-only, chained), domain events and once-keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models

from web.fields import OpaqueIdField


class Channel(models.TextChoices):
    """The way by which personal data left the app; or that somebody came in or went."""

    PAGE = "page", "Side"
    FRAGMENT = "fragment", "Del af side"
    LIST = "list", "Liste"
    SEARCH = "search", "Søgning"
    PDF = "pdf", "PDF"
    FILE = "file", "Fil"
    MAIL = "mail", "Mail"
    CALENDAR = "calendar", "Kalender"
    EXPORT = "export", "Udtræk"
    SIGN_IN = "sign-in", "Login"


class AccessLogQuerySet(models.QuerySet["AccessLog"]):
    """Reads of the access log."""

    def about(self, person: Any) -> AccessLogQuerySet:
        """Rows of deliveries that held data about `person` (object with `.id`, or UUID), newest first (C13)."""
        subject = getattr(person, "id", person)
        return self.filter(subject_rows__subject=subject).order_by("-seq")

    def in_forloeb(self, forloeb: Any) -> AccessLogQuerySet:
        """Rows of deliveries made in `forloeb` (object with `.id`, or UUID), newest first."""
        return self.filter(forloeb_id=getattr(forloeb, "id", forloeb)).order_by("-seq")


class AccessLog(models.Model):
    """One delivery of personal data: who, whom, what kind, in which role, when. No content, no CPR.

    Written only by `audit.log.delivered`. Rows can neither be changed nor removed (trigger), and each row's
    `mac` covers the row before it, so `manage.py kontroller_log` finds what a database owner might do anyway.
    """

    id = OpaqueIdField()
    seq = models.BigIntegerField("løbenummer", unique=True)
    at = models.DateTimeField("tidspunkt")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="bruger",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    role = models.CharField("formål (rolle)", max_length=60, blank=True)
    kind = models.CharField("side eller dokument", max_length=80)
    channel = models.CharField("kanal", max_length=10, choices=Channel.choices)
    forloeb_id = models.UUIDField("forløb", null=True, blank=True, db_index=True)
    subjects = models.TextField("personer", default="[]")
    count = models.PositiveIntegerField("antal personer", default=0)
    previous_mac = models.CharField("forrige kontrolsum", max_length=64, blank=True)
    mac = models.CharField("kontrolsum", max_length=64, unique=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = "adgang"
        verbose_name_plural = "adgangslog"
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class AccessLogSubject(models.Model):
    """Look-up index: which log rows concern a person. `AccessLog.subjects` is what the chain protects."""

    id = OpaqueIdField()
    log = models.ForeignKey(AccessLog, on_delete=models.PROTECT, related_name="subject_rows")
    subject = models.UUIDField("person", db_index=True)

    class Meta:
        verbose_name = "person i adgangslog"
        verbose_name_plural = "personer i adgangslog"
        constraints = [models.UniqueConstraint(fields=["log", "subject"], name="audit_subject_once_per_row")]

    def __str__(self) -> str:
        return str(self.subject)


class AccessLogHead(models.Model):
    """The chain's end: how many rows there are and the last one's `mac`, itself authenticated.

    One row. Without it a log that had lost its newest rows would still be a valid, shorter chain.
    """

    id = OpaqueIdField()
    only = models.BooleanField(default=True, unique=True, editable=False)
    count = models.BigIntegerField("antal rækker", default=0)
    last_mac = models.CharField("sidste kontrolsum", max_length=64, blank=True)
    mac = models.CharField("kontrolsum", max_length=64)

    class Meta:
        verbose_name = "adgangsloggens ende"
        verbose_name_plural = "adgangsloggens ende"
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="audit_one_log_head")]

    def __str__(self) -> str:
        return str(self.count)


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of domain events."""

    def in_forloeb(self, forloeb: Any) -> EventQuerySet:
        """The timeline of `forloeb` (object with `.id`, or UUID), newest first."""
        return self.filter(forloeb_id=getattr(forloeb, "id", forloeb)).order_by("-at", "-id")


class Event(models.Model):
    """Something that happened in a forløb, for its timeline. The text never holds the family's names.

    Written only by `audit.events.record`; never changed, but erased together with the forløb it tells of.
    """

    id = OpaqueIdField()
    at = models.DateTimeField("tidspunkt", db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="bruger",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    forloeb_id = models.UUIDField("forløb", null=True, blank=True)
    kind = models.CharField("slags", max_length=60)
    text = models.CharField("tekst", max_length=250)
    data = models.JSONField("henvisninger", default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "hændelse"
        verbose_name_plural = "hændelser"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["forloeb_id", "-at"], name="audit_event_timeline")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class OnceKey(models.Model):
    """A form that has had its effect. `key` is a SHA-256 over user, path and the form's own key."""

    id = OpaqueIdField()
    key = models.CharField("nøgle", max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField("tidspunkt", db_index=True)
    location = models.CharField("svarets adresse", max_length=2000, blank=True)

    class Meta:
        verbose_name = "engangsnøgle"
        verbose_name_plural = "engangsnøgler"

    def __str__(self) -> str:
        return self.key[:12]


def identifier(thing: Any) -> UUID | None:
    """The UUID of `thing`: an object with `.id`, a UUID, its text, or None. Raises ValueError for anything else."""
    value = getattr(thing, "id", thing)
    if value is None or isinstance(value, UUID):
        return value
    return UUID(str(value))
