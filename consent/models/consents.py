"""Consent: who may know what about whom (C1–C4), and the marks that every shared item carries (C5)."""

import hashlib
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Forloeb, Person
from web.fields import EncryptedTextField, OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned


class TopicQuerySet(models.QuerySet["Topic"]):
    def in_use(self) -> "TopicQuerySet":
        return self.filter(is_active=True)

    def in_use_or_answered(self, answered: Collection[UUID]) -> "TopicQuerySet":
        """Those in use, and those that somebody's answers are about: what was said of them stands when they go out of use."""
        return self.filter(Q(is_active=True) | Q(pk__in=answered))

    def in_use_or(self, chosen: UUID | None) -> "TopicQuerySet":
        """Those to choose among where one is chosen already: it stays a choice when it goes out of use."""
        return self.filter(Q(is_active=True) | Q(pk=chosen))


class Topic(models.Model):
    """What a consent is about (C2). Data: a municipality edits the list."""

    id = OpaqueIdField()
    key = models.SlugField("nøgle", unique=True)
    name = models.CharField("emne", max_length=80, unique=True)
    position = models.PositiveSmallIntegerField("rækkefølge", default=0)
    is_sensitive = models.BooleanField("kun de nærmeste", default=False, help_text="Står aldrig på køleskabsplanen.")
    is_active = models.BooleanField("i brug", default=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "emne"
        verbose_name_plural = "emner"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def published(self, on: date | None = None) -> "ConsentTextQuerySet":
        return self.filter(published_on__lte=on or timezone.localdate())

    def current(self, on: date | None = None) -> "ConsentText | None":
        """The version people sign on a day: the newest published one."""
        return self.published(on).order_by("-number").first()


class ConsentText(models.Model):
    """One version of the text people sign. Frozen as soon as somebody has signed it (C3); legal wording is data (LAW)."""

    id = OpaqueIdField()
    number = models.PositiveIntegerField("version", unique=True)
    title = models.CharField("overskrift", max_length=200)
    purpose = models.TextField("formål")
    body = models.TextField("tekst")
    months_valid = models.PositiveSmallIntegerField("gælder i måneder", default=12)
    published_on = models.DateField("i brug fra", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("oprettet", auto_now_add=True)

    history = HistoricalRecords()
    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = "samtykketekst"
        verbose_name_plural = "samtykketekster"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def sha256(self) -> str:
        """Over the words that were signed: title, purpose and body."""
        return hashlib.sha256("\n\n".join([self.title, self.purpose, self.body]).encode()).hexdigest()


class Way(models.TextChoices):
    PAPER = "paper", "på papir"
    DIGITAL = "digital", "digitalt"
    ORAL = "oral", "mundtligt"


class Declaration(Versioned):
    """One samtykkeerklæring: a person's answers, given on one text version, by those who must sign (C1, C3, C4)."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="declarations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="declarations")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="declarations", verbose_name="tekst")
    way = models.CharField("hvordan", max_length=10, choices=Way)
    informed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="informeret af"
    )
    informed_on = models.DateField("informeret den")
    oral_note = EncryptedTextField("notat om mundtligt samtykke", blank=True, default="")
    evidence = models.ForeignKey(
        "documents.FrozenFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="underskrevet erklæring",
    )
    leaflet_given_on = models.DateField("oplysningsseddel givet", null=True, blank=True)
    expires_on = models.DateField("gælder til")
    answers_sha256 = models.CharField("kontrolsum", max_length=64)
    sequence = models.PositiveIntegerField("nummer i forløbet")
    created_at = models.DateTimeField("registreret", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "samtykkeerklæring"
        verbose_name_plural = "samtykkeerklæringer"
        ordering = ["sequence"]
        indexes = [models.Index(fields=["expires_on"])]  # those that soon expire, out of all there ever were (C4)
        constraints = [
            models.UniqueConstraint(fields=["forloeb", "sequence"], name="declaration_sequence_once"),
            models.CheckConstraint(
                name="declaration_oral_has_note",
                condition=~Q(way="oral") | ~Q(oral_note=""),
                violation_error_message="Skriv, hvem der hørte det, hvornår, og hvad der blev spurgt om.",
            ),
            models.CheckConstraint(
                name="declaration_expires_after",
                condition=Q(expires_on__gt=F("informed_on")),
                violation_error_message="Samtykket skal gælde længere end til den dag, det blev givet.",
            ),
        ]

    def __str__(self) -> str:
        return f"Erklæring {self.sequence} for {self.person}"


class Signature(models.Model):
    """One person's signature: the person themself, or a custody holder of a child under 15 (C1)."""

    id = OpaqueIdField()
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="signatures")
    signer = models.ForeignKey(Person, models.PROTECT, related_name="signatures", verbose_name="underskriver")
    signed_on = models.DateField("underskrevet")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "underskrift"
        verbose_name_plural = "underskrifter"
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "signer"],
                name="signature_once",
                violation_error_message="Underskriften er allerede registreret.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.signer}, {self.signed_on}"


class Answer(models.TextChoices):
    YES = "yes", "ja"
    NO = "no", "nej"


class Consent(models.Model):
    """One cell of the matrix: person × recipient × topic. No row means not asked (C2)."""

    id = OpaqueIdField()
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="consents")
    department = models.ForeignKey("organisation.Department", models.PROTECT, null=True, blank=True, related_name="+")
    external = models.ForeignKey("organisation.ExternalParty", models.PROTECT, null=True, blank=True, related_name="+")
    adult = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="voksen i familien"
    )
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name="emne")
    answer = models.CharField("svar", max_length=3, choices=Answer)
    withdrawn_at = models.DateTimeField("tilbagekaldt", null=True, blank=True)
    withdrawal = models.ForeignKey("consent.Withdrawal", models.PROTECT, null=True, blank=True, related_name="consents")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "samtykke"
        verbose_name_plural = "samtykker"
        constraints = [
            models.CheckConstraint(
                name="consent_one_recipient",
                condition=Q(department__isnull=False, external__isnull=True, adult__isnull=True)
                | Q(department__isnull=True, external__isnull=False, adult__isnull=True)
                | Q(department__isnull=True, external__isnull=True, adult__isnull=False),
                violation_error_message="Vælg én modtager.",
            ),
            models.UniqueConstraint(
                fields=["declaration", "department", "topic"],
                condition=Q(department__isnull=False),
                name="consent_department_cell_once",
                violation_error_message="Der er allerede et svar til den modtager om det emne.",
            ),
            models.UniqueConstraint(
                fields=["declaration", "external", "topic"],
                condition=Q(external__isnull=False),
                name="consent_external_cell_once",
                violation_error_message="Der er allerede et svar til den modtager om det emne.",
            ),
            models.UniqueConstraint(
                fields=["declaration", "adult", "topic"],
                condition=Q(adult__isnull=False),
                name="consent_adult_cell_once",
                violation_error_message="Der er allerede et svar til den modtager om det emne.",
            ),
            models.CheckConstraint(
                name="consent_withdrawn_only_yes",
                condition=Q(withdrawn_at__isnull=True, withdrawal__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawal__isnull=False, answer="yes"),
                violation_error_message="Kun et ja kan tilbagekaldes.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_answer_display()}"

    @property
    def recipient(self) -> str:
        """`d:<department>`, `x:<external party>` or `p:<adult>`: the same key as `Participation.recipient`."""
        if self.department_id:
            return f"d:{self.department_id}"
        return f"x:{self.external_id}" if self.external_id else f"p:{self.adult_id}"


class Withdrawal(models.Model):
    """Tilbagekaldelse (C7): takes effect when it is saved, has a receipt letter."""

    id = OpaqueIdField()
    forloeb = models.ForeignKey(Forloeb, models.CASCADE, related_name="withdrawals")
    person = models.ForeignKey(Person, models.PROTECT, related_name="withdrawals")
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="sagt af")
    way = models.CharField("hvordan", max_length=10, choices=Way)
    told_on = models.DateField("sagt den")
    at = models.DateTimeField("tilbagekaldt")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scope = models.JSONField(
        "omfang",
        default=dict,
        blank=True,
        help_text="Modtagernøgler og emners id. Tom liste: alle, også dem, der aldrig er spurgt om.",
    )
    receipt = models.ForeignKey(
        "documents.FrozenFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kvittering"
    )

    class Meta:
        verbose_name = "tilbagekaldelse"
        verbose_name_plural = "tilbagekaldelser"

    def __str__(self) -> str:
        return f"Tilbagekaldelse {self.at:%Y-%m-%d}"

    @property
    def recipients(self) -> list[str]:
        """Recipient keys; empty = every recipient."""
        return list(self.scope.get("recipients", []))

    @property
    def topics(self) -> list[str]:
        """Ids of topics, as text; empty = every topic."""
        return list(self.scope.get("topics", []))


class Guidance(models.Model):
    """The guidance to the consent declaration, in versions (C8)."""

    id = OpaqueIdField()
    number = models.PositiveIntegerField("version", unique=True)
    body = models.TextField("vejledning")
    published_on = models.DateField("i brug fra")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "vejledning til samtykke"
        verbose_name_plural = "vejledninger til samtykke"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Vejledning {self.number}"


class InformationLeaflet(models.Model):
    """Sådan behandler vi dine oplysninger, in versions (C9). The municipality's own text."""

    id = OpaqueIdField()
    number = models.PositiveIntegerField("version", unique=True)
    title = models.CharField("overskrift", max_length=200)
    body = models.TextField("tekst")
    published_on = models.DateField("i brug fra")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "oplysningsseddel"
        verbose_name_plural = "oplysningssedler"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Oplysningsseddel {self.number}"


class GuidanceRead(models.Model):
    """An employee has confirmed one version of the guidance (C8)."""

    id = OpaqueIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="guidance_read")
    guidance = models.ForeignKey(Guidance, models.PROTECT, related_name="readers")
    at = models.DateTimeField("læst", auto_now_add=True)

    class Meta:
        verbose_name = "læst vejledning"
        verbose_name_plural = "læste vejledninger"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "guidance"],
                name="guidance_read_once",
                violation_error_message="Du har allerede læst vejledningen.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.guidance}"


class Shared(models.Model):
    """What every item about persons carries: about whom, on what topic, from whom, and kept from whom (C5, M8).

    Subclasses are read only through `consent.sharing`. The fields are set by the item's actions.
    """

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name="emne")
    about = models.ManyToManyField(Person, related_name="+", blank=True, verbose_name="handler om")
    kept_from = models.ManyToManyField(Person, related_name="+", blank=True, verbose_name="holdes fra")
    contributed_by = models.CharField(
        "fra", max_length=40, blank=True, default="", help_text="Modtagernøgle for den, der bidrog med det."
    )

    class Meta:
        abstract = True

    @property
    def about_ids(self) -> frozenset[UUID]:
        """Whom it is about: as it was fetched (`with_mark_ids`, `with_marks`), else asked for."""
        return self._mark("about")

    @property
    def kept_from_ids(self) -> frozenset[UUID]:
        return self._mark("kept_from")

    def _mark(self, name: str) -> frozenset[UUID]:
        if (keys := f"{name}_keys") in self.__dict__:
            return frozenset(UUID(key) for key in (self.__dict__[keys] or "").split(",") if key)
        return frozenset(person.pk for person in getattr(self, name).all())

    @property
    def meeting_of_board(self) -> object:
        """The meeting on whose board this was written (its id), or None: only board notes have one."""
        return None

    @classmethod
    def written_at(cls, meetings: Collection[UUID]) -> Q:
        """The same as the database asks it: was it written on the board of one of these meetings?"""
        return Q(pk__in=[])
