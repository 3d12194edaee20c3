"""Departments, their staff and the employments between them (O2–O5, F5): three nouns that ask about each other."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.functional import cached_property

from organisation.models.area import Area, RecordSystem, in_danish
from web.fields import OpaqueIdField
from web.history import HistoricalRecords
from web.locking import Versioned

MAX_WORDS = 8  # of a search; what is typed after them narrows no further


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> DepartmentQuerySet:
        return self.filter(is_active=True)

    def may_drive(self) -> DepartmentQuerySet:
        """O4: authority departments in an area that may start. The same rule as `Department.may_drive`."""
        return self.filter(is_active=True, is_authority=True, area__is_start_allowed=True)

    def of(self, user: User, on: datetime.date | None = None) -> DepartmentQuerySet:
        """Departments where the user is employed on that day (today)."""
        open_here = Employment.objects.current(on).filter(department=OuterRef("pk"), user=user)
        return self.filter(Exists(open_here))

    def without_leader(self) -> DepartmentQuerySet:
        leaders = Employment.objects.current().filter(department=OuterRef("pk"), is_leader=True, user__is_active=True)
        return self.exclude(Exists(leaders))

    def matching(self, text: str) -> DepartmentQuerySet:
        """Free text over what an employee would look for: the name, the area, what to call about."""
        found = self
        for word in text.split()[:MAX_WORDS]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(area__name__icontains=word)
                | Q(area__short_name__iexact=word)
                | Q(what_to_call_about__icontains=word)
                | Exists(
                    Employment.objects.current().filter(
                        department=OuterRef("pk"), user__is_active=True, user__name__icontains=word
                    )
                )
            )
        return found

    def by_name(self) -> DepartmentQuerySet:
        return self.order_by(in_danish("name"))

    def by_area(self) -> DepartmentQuerySet:
        return self.select_related("area").order_by("area__order", in_danish("area__name"), in_danish("name"))

    def for_directory(self) -> DepartmentQuerySet:
        """With area, record system and `.leader_list` (current leaders): four queries for any number."""
        leaders = (
            Employment.objects.current()
            .filter(is_leader=True, user__is_active=True)
            .select_related("user")
            .order_by(in_danish("user__name"))
        )
        return (
            self.by_area()
            .select_related("area", "record_system")
            .prefetch_related(Prefetch("employments", queryset=leaders, to_attr="leader_list"))
        )


class Department(Versioned):
    """Afdeling (O2): what assesses, what drives, where it journalises and whom to call."""

    id = OpaqueIdField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="departments", verbose_name="forvaltningsområde")
    name = models.CharField(
        "navn",
        max_length=100,
        unique=True,
        error_messages={"unique": "Der findes allerede en afdeling med det navn."},
    )
    is_authority = models.BooleanField(
        "myndighed", default=False, help_text="Afdelingen har lovens beslutningskompetence."
    )
    always_assesses = models.BooleanField(
        "vurderer altid",
        default=False,
        help_text="Afdelingen vurderer altid, om en sag er relevant for Fælles Familier.",
    )
    record_system = models.ForeignKey(
        RecordSystem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departments",
        verbose_name="fagsystem",
    )
    phone = models.CharField("telefon", max_length=30, blank=True)
    what_to_call_about = models.CharField("ring om", max_length=300, blank=True)
    is_active = models.BooleanField("i brug", default=True)
    closed_on = models.DateField("lukket", null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "afdeling"
        verbose_name_plural = "afdelinger"
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="department_assesses_is_authority",
                condition=Q(always_assesses=False) | Q(is_authority=True),
                violation_error_message="Kun en myndighedsafdeling kan være blandt dem, der altid vurderer.",
            ),
            models.CheckConstraint(
                name="department_closed_has_its_day",
                condition=Q(is_active=True, closed_on__isnull=True) | Q(is_active=False, closed_on__isnull=False),
                violation_error_message="En afdeling, der er lukket, har den dag, den blev lukket. En åben har ikke.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A department in use stands in an open area, and journalises in an open record system."""
        super().clean()
        if not self.is_active:
            return
        if self.area_id and self.area.is_closed:
            raise ValidationError({"area": f"{self.area} er lukket. Vælg et andet område, eller åbn det igen."})
        if self.record_system and self.record_system.is_closed:
            told = f"{self.record_system} er lukket. Vælg et andet fagsystem, eller åbn det igen."
            raise ValidationError({"record_system": told})

    @property
    def may_drive(self) -> bool:
        """O4: its staff may start and drive a forløb. The same rule as `DepartmentQuerySet.may_drive`."""
        return self.is_active and self.is_authority and self.area.is_start_allowed

    @property
    def is_school_area(self) -> bool:
        """F11: someone from the area's management must be at the meeting."""
        return self.area.needs_management


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def working_in(self, department: Department, on: datetime.date | None = None) -> UserQuerySet:
        return self.active()._employed(Q(department=department), on)

    def may_be_tovholder(self, on: datetime.date | None = None) -> UserQuerySet:
        """F5: active staff of an authority department of an area that may start."""
        return self.active()._employed(
            Q(
                department__is_active=True,
                department__is_authority=True,
                department__area__is_start_allowed=True,
            ),
            on,
        )

    def leaders_of(self, department: Department, on: datetime.date | None = None) -> UserQuerySet:
        return self.active()._employed(Q(department=department, is_leader=True), on)

    def koordinators(self) -> UserQuerySet:
        return self.active().filter(is_koordinator=True)

    def without_employment(self, on: datetime.date | None = None) -> UserQuerySet:
        return self.exclude(Exists(Employment.objects.current(on).filter(user=OuterRef("pk"))))

    def matching(self, text: str) -> UserQuerySet:
        found = self
        for word in text.split()[:MAX_WORDS]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(username__icontains=word)
                | Exists(
                    Employment.objects.current()
                    .filter(user=OuterRef("pk"))
                    .filter(Q(title__icontains=word) | Q(department__name__icontains=word))
                )
            )
        return found

    def by_name(self) -> UserQuerySet:
        return self.order_by(in_danish("name"), "username")

    def with_current_employments(self) -> UserQuerySet:
        """Adds `.employment_list`: current employments with department and area, one query for all."""
        return self.prefetch_related(
            Prefetch("employments", queryset=Employment.objects.current().for_list(), to_attr="employment_list")
        )

    def _employed(self, where: Q, on: datetime.date | None) -> UserQuerySet:
        # Exists, not a join: a person with two employments is still one row.
        return self.filter(Exists(Employment.objects.current(on).filter(where, user=OuterRef("pk"))))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    def create_user(self, username: str, name: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(username=username, name=name, **extra)
        user.set_password(password)
        user.full_clean()
        user.save()
        return user

    def create_superuser(self, username: str, name: str, password: str | None = None, **extra: Any) -> User:
        """The strongest account there is: the system administrator, who runs the app without reading cases."""
        return self.create_user(username, name, password, is_system_admin=True, **extra)


class User(Versioned, AbstractBaseUser, PermissionsMixin):
    """One person who signs in. Matched on issuer + subject at single sign-on, never on e-mail."""

    # No sign-in time here: sign-ins stand in the access log, and a save at each sign-in would fill the history.
    last_login = None

    id = OpaqueIdField()
    username = models.CharField(
        "brugernavn",
        max_length=150,
        unique=True,
        error_messages={"unique": "Der findes allerede en bruger med det brugernavn."},
    )
    name = models.CharField("navn", max_length=150)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("telefon", max_length=30, blank=True)
    is_system_admin = models.BooleanField("systemadministrator", default=False)
    is_koordinator = models.BooleanField("koordinator", default=False)
    is_active = models.BooleanField("aktiv", default=True)
    external_issuer = models.CharField("login-udsteder (issuer)", max_length=255, blank=True)
    external_subject = models.CharField("login-id (subject)", max_length=255, blank=True)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password"])

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "bruger"
        verbose_name_plural = "brugere"
        ordering = ("name", "username")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["external_issuer", "external_subject"],
                name="user_one_per_issuer_and_subject",
                condition=~Q(external_subject=""),
                violation_error_message="En anden bruger har allerede det login-id hos samme udsteder.",
            ),
            models.CheckConstraint(
                name="user_issuer_and_subject_together",
                condition=Q(external_issuer="", external_subject="")
                | (~Q(external_issuer="") & ~Q(external_subject="")),
                violation_error_message="Skriv både udsteder og login-id, eller lad begge stå tomme.",
            ),
            models.CheckConstraint(
                name="user_admin_is_not_koordinator",
                condition=Q(is_system_admin=False) | Q(is_koordinator=False),
                violation_error_message=(
                    "En systemadministrator har ikke adgang til forløb og kan derfor ikke være koordinator."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_system_admin

    @property
    def current_employments(self) -> EmploymentQuerySet:
        return Employment.objects.current().filter(user=self).for_list()

    @cached_property
    def employed_now(self) -> list[Employment]:
        """`current_employments`, asked for once: for the pages of a request, where the user is fetched anew each time.

        Never for who may do something to a family: that is asked of the database at the act.
        """
        return list(self.current_employments)

    @property
    def header_line(self) -> str:
        """Where the person works, for the line under the name."""
        if self.is_system_admin:
            return "Systemadministrator"
        places = [employment.department.name for employment in self.employed_now]
        return ", ".join(["Koordinator"] * self.is_koordinator or places)

    @property
    def departments(self) -> DepartmentQuerySet:
        """Departments where the user is employed today."""
        return Department.objects.of(self).by_name()


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def current(self, on: datetime.date | None = None) -> EmploymentQuerySet:
        """In force that day (today): begun, and not ended. The end day itself is the first day without."""
        on = on or timezone.localdate()
        return self.filter(Q(from_date__lte=on), Q(to_date__isnull=True) | Q(to_date__gt=on))

    def may_drive(self) -> EmploymentQuerySet:
        """O4, F5: employments that let a person start and drive a forløb."""
        return self.filter(
            department__is_active=True,
            department__is_authority=True,
            department__area__is_start_allowed=True,
        )

    def matching(self, text: str) -> EmploymentQuerySet:
        """Free text over the person's name, the function and the department."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(user__name__icontains=word) | Q(title__icontains=word) | Q(department__name__icontains=word)
            )
        return found

    def for_list(self) -> EmploymentQuerySet:
        return self.select_related("department__area", "department__record_system").order_by(
            in_danish("department__name"), "from_date"
        )

    def all_dated(self) -> EmploymentQuerySet:
        """Newest first, ended ones too."""
        return self.select_related("department__area").order_by("-from_date", in_danish("department__name"))

    def by_person(self) -> EmploymentQuerySet:
        return self.select_related("user", "department__area").order_by(in_danish("user__name"), "from_date")


class Employment(Versioned):
    """Ansættelse: one person's work in one department, with its dates. A person may have several."""

    id = OpaqueIdField()
    user = models.ForeignKey(User, models.PROTECT, related_name="employments", verbose_name="medarbejder")
    department = models.ForeignKey(Department, models.PROTECT, related_name="employments", verbose_name="afdeling")
    title = models.CharField("funktion", max_length=100)
    is_leader = models.BooleanField("leder af afdelingen", default=False)
    is_management = models.BooleanField(
        "hører til ledelsen",
        default=False,
        help_text="Kan være områdets ledelse ved et møde.",
    )
    from_date = models.DateField("fra")
    to_date = models.DateField(
        "slutter", null=True, blank=True, help_text="Adgangen lukker på denne dag. Tom: uden slutdato."
    )

    objects = EmploymentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "ansættelse"
        verbose_name_plural = "ansættelser"
        ordering = ("from_date",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "department"],
                name="employment_one_open_per_department",
                condition=Q(to_date__isnull=True),
                violation_error_message="Medarbejderen har allerede en åben ansættelse i afdelingen.",
            ),
            models.CheckConstraint(
                name="employment_from_before_to",
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                violation_error_message="Slutdatoen ligger før den dag, ansættelsen begynder.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.title}, {self.department}"

    def is_current(self, on: datetime.date | None = None) -> bool:
        """The same rule as `EmploymentQuerySet.current`."""
        on = on or timezone.localdate()
        return self.from_date <= on and (self.to_date is None or self.to_date > on)
