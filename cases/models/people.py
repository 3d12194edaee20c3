"""Persons, families, households and custody (F9). A person can be in more than one family."""

from datetime import date

from django.db import models
from django.db.models import F, OrderBy, Q
from django.db.models.functions import Collate
from django.utils import timezone

from cases.ages import ages
from web.fields import EncryptedTextField, OpaqueIdField, TypedTexts, keyed_index
from web.history import HistoricalRecords
from web.locking import Versioned


def oldest_first(person: str = "person") -> OrderBy:
    """Sort key by age, an unknown one last, alike on SQLite and PostgreSQL. person: the way to the person, "" from one."""
    return F(f"{person}__birth_date" if person else "birth_date").asc(nulls_last=True)


class FamilyRelation(models.TextChoices):
    PARENT = "parent", "forælder"
    STEP_PARENT = "step_parent", "bonusforælder"
    CHILD = "child", "barn"
    OTHER = "other", "anden i familien"


class PersonQuerySet(models.QuerySet["Person"]):
    def with_cpr(self, digits: str) -> "PersonQuerySet":
        """Persons with this CPR number (ten digits), found by keyed index; the number itself is encrypted."""
        return self.filter(cpr_index=keyed_index(digits))

    def in_danish_order(self) -> "PersonQuerySet":
        return self.order_by(Collate("last_name", "da-x-icu"), Collate("first_name", "da-x-icu"), "pk")


class Person(TypedTexts, Versioned):
    """A family member. What may be shown of a person is decided by the sharing check, never here.

    One citizen may stand in two rows, when two tovholdere who do not see each other's forløb both wrote the person on;
    `with_cpr` finds them all.
    """

    typed = ("first_name", "last_name", "interpreter")
    id = OpaqueIdField()
    first_name = models.CharField("fornavn", max_length=120)
    last_name = models.CharField("efternavn", max_length=120, blank=True)
    cpr = EncryptedTextField("CPR-nummer", blank=True, default="", may_hold_cpr=True)
    # Not unique: "the number exists already" would tell of a family that the writer may not see (trust.md, Access).
    cpr_index = models.CharField("CPR-opslag", max_length=64, null=True, blank=True, db_index=True, editable=False)
    birth_date = models.DateField("født", null=True, blank=True)
    phone = models.CharField("telefon", max_length=30, blank=True, default="")
    email = models.EmailField("mail", blank=True, default="")
    address = EncryptedTextField("adresse", blank=True, default="")
    protected_address = models.BooleanField("beskyttet adresse", default=False)
    # First and last name are what everybody may call the person; this one others must not know (C12).
    protected_name = EncryptedTextField("beskyttet navn", max_length=240, blank=True, default="")
    interpreter = models.CharField(
        "tolk", max_length=60, blank=True, default="", help_text="Sproget, hvis der skal tolk med."
    )
    accessibility = EncryptedTextField("særlige hensyn", max_length=200, blank=True, default="")

    history = HistoricalRecords()
    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "personer"
        constraints = [
            models.CheckConstraint(
                name="person_cpr_and_index_together",
                condition=Q(cpr="", cpr_index__isnull=True) | (~Q(cpr="") & Q(cpr_index__isnull=False)),
                violation_error_message="CPR-nummeret kan ikke gemmes uden sit opslag.",
            ),
            models.CheckConstraint(
                name="person_protected_name_is_protected",
                condition=Q(protected_name="") | Q(protected_address=True),
                violation_error_message="Sæt kryds ved, at navn eller adresse er beskyttet.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def age_on(self, on: date) -> int | None:
        """Whole years on a day (Danish calendar date), or None when the birth date is unknown."""
        born = self.birth_date
        if born is None:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class Family(TypedTexts):
    """The people one forløb is about, with those around them."""

    typed = ("name",)
    id = OpaqueIdField()
    name = models.CharField("familiens navn", max_length=120, help_text="Som I siger det, fx »Antons familie«.")
    people = models.ManyToManyField(Person, through="FamilyMember", related_name="families")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "familie"
        verbose_name_plural = "familier"

    def __str__(self) -> str:
        return self.name


class FamilyMember(TypedTexts):
    """A person's place in one family."""

    typed = ("relation",)
    id = OpaqueIdField()
    family = models.ForeignKey(Family, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    kind = models.CharField("rolle i familien", max_length=20, choices=FamilyRelation)
    relation = models.CharField(
        "relation", max_length=120, blank=True, default="", help_text="Fx »mor til Anton og Ida«."
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "familiemedlem"
        verbose_name_plural = "familiemedlemmer"
        constraints = [
            models.UniqueConstraint(
                fields=["family", "person"],
                name="family_member_once",
                violation_error_message="Personen er allerede skrevet på i familien.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.relation or self.get_kind_display()}"

    @property
    def may_be_held(self) -> bool:
        """Can custody of this member be written on: a child of the family, or anybody under age."""
        age = self.person.age_on(timezone.localdate())
        return self.kind == FamilyRelation.CHILD or (age is not None and age < ages().adult)

    @property
    def may_hold(self) -> bool:
        """Can this member have custody of another: not a child of the family, unless old enough to sign for themselves."""
        age = self.person.age_on(timezone.localdate())
        return self.kind != FamilyRelation.CHILD or (age is not None and age >= ages().signs_self)


class Household(TypedTexts):
    """A home of the family (F9). The address lies on the persons, where protection is decided."""

    typed = ("label",)
    id = OpaqueIdField()
    family = models.ForeignKey(Family, models.CASCADE, related_name="households")
    label = models.CharField("husstand", max_length=80, help_text="Fx »Hos Sofie«.")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "husstand"
        verbose_name_plural = "husstande"
        constraints = [
            models.UniqueConstraint(
                fields=["family", "label"],
                name="household_label_once",
                violation_error_message="Der er allerede en husstand med det navn.",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Residence(models.Model):
    """Who lives in which household, from and to. A child can live in two."""

    id = OpaqueIdField()
    household = models.ForeignKey(Household, models.CASCADE, related_name="residences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="residences")
    from_date = models.DateField("fra", null=True, blank=True)
    to_date = models.DateField("til", null=True, blank=True)
    is_placement = models.BooleanField("anbragt", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "bopæl"
        verbose_name_plural = "bopæle"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(to_date__isnull=True),
                name="residence_open_once",
                violation_error_message="Personen bor allerede i husstanden.",
            ),
            models.CheckConstraint(
                name="residence_from_before_to",
                condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(from_date__lte=F("to_date")),
                violation_error_message="Datoen for fraflytning ligger før indflytning.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.household}"


class CustodyQuerySet(models.QuerySet["Custody"]):
    def on(self, day: date) -> "CustodyQuerySet":
        """Custody that holds on a day (both ends included)."""
        return self.filter(
            Q(from_date__isnull=True) | Q(from_date__lte=day), Q(to_date__isnull=True) | Q(to_date__gte=day)
        )

    def now(self) -> "CustodyQuerySet":
        return self.on(timezone.localdate())


class Custody(models.Model):
    """Forældremyndighed: who decides for a child (F9, C1)."""

    id = OpaqueIdField()
    child = models.ForeignKey(Person, models.CASCADE, related_name="custody_held_by")
    holder = models.ForeignKey(Person, models.PROTECT, related_name="custody_of")
    from_date = models.DateField("fra", null=True, blank=True)
    to_date = models.DateField("til", null=True, blank=True)

    history = HistoricalRecords()
    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = "forældremyndighed"
        verbose_name_plural = "forældremyndigheder"
        constraints = [
            models.UniqueConstraint(
                fields=["child", "holder"],
                condition=Q(to_date__isnull=True),
                name="custody_open_once",
                violation_error_message="Forældremyndigheden er allerede skrevet på.",
            ),
            models.CheckConstraint(
                name="custody_not_of_self",
                condition=~Q(child=F("holder")),
                violation_error_message="Et barn kan ikke have forældremyndighed over sig selv.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} har forældremyndighed over {self.child}"


class DepartmentCase(models.Model):
    """A person has a case in a department, so papers about the person are journalised there (O3, P7)."""

    id = OpaqueIdField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="department_cases")
    department = models.ForeignKey(
        "organisation.Department", models.PROTECT, related_name="person_cases", verbose_name="afdeling"
    )
    case_number = models.CharField("sagsnummer", max_length=60, blank=True, default="")
    from_date = models.DateField("fra", null=True, blank=True)
    to_date = models.DateField("til", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "sag i afdelingen"
        verbose_name_plural = "sager i afdelingerne"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "department"],
                condition=Q(to_date__isnull=True),
                name="department_case_open_once",
                violation_error_message="Sagen er allerede skrevet på.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} i {self.department}"
