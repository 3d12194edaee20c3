"""The family's people, homes, custody and department cases (F9). The tovholder's acts."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit import events
from cases.access import demand_open, demand_tovholder
from cases.ages import ages
from cases.models import (
    Custody,
    DepartmentCase,
    Family,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    Household,
    Person,
    Residence,
)
from organisation.models import Department, User
from web.cpr import birth_date as birth_date_of
from web.cpr import parse_cpr
from web.fields import keyed_index
from web.locking import take

NOT_HERE = "Personen er ikke skrevet på i familien."


@transaction.atomic
def add_person(
    *,
    by: User,
    forloeb: Forloeb,
    first_name: str,
    last_name: str = "",
    cpr: str = "",
    birth_date: date | None = None,
    kind: str,
    relation: str = "",
    household: str | Iterable[str] = "",
    placement: str = "",
    in_forloeb: bool = True,
    is_focus: bool = False,
    custody: Iterable[Person] = (),
    phone: str = "",
    email: str = "",
    address: str = "",
    protected_address: bool = False,
    protected_name: str = "",
    interpreter: str = "",
    accessibility: str = "",
) -> Person:
    """Write a person on, in the forløb or only in the family.

    A citizen whom `by` leads another forløb about is the same person there and here, with what stands already; one
    that is known elsewhere becomes a row of its own, and nothing in the answer tells (trust.md: no creation oracle).
    """
    forloeb = _lock(by, forloeb)
    number, born = _identity(cpr, birth_date)
    _demand_new(forloeb.family, number)
    person = _led_elsewhere(by, number) or Person(cpr=number, cpr_index=keyed_index(number) if number else None)
    given = {
        "first_name": first_name.strip(),
        "last_name": last_name.strip(),
        "birth_date": born,
        "phone": phone,
        "email": email,
        "address": address,
        "protected_address": protected_address,
        "protected_name": protected_name,
        "interpreter": interpreter,
        "accessibility": accessibility,
    }
    for name, value in given.items():
        setattr(person, name, getattr(person, name) or value)
    person.full_clean()
    person.save()
    member = FamilyMember(family=forloeb.family, person=person, kind=kind, relation=relation)
    member.full_clean()
    member.save()
    _live(forloeb.family, person, [household] if isinstance(household, str) else household, placement)
    _take_part(forloeb, person, in_forloeb=in_forloeb, is_focus=is_focus)
    if custody:
        _hold(forloeb, person, list(custody))
    events.record(
        by=by, forloeb=forloeb, kind="person.added", text="En person er skrevet på familien.", data={"person": person}
    )
    return person


@transaction.atomic
def change_person(
    *,
    by: User,
    forloeb: Forloeb,
    person: Person,
    row_version: int | None = None,
    kind: str | None = None,
    relation: str | None = None,
    households: Iterable[str] | None = None,
    placement: str = "",
    in_forloeb: bool | None = None,
    is_focus: bool | None = None,
    custody: Iterable[Person] | None = None,
    cpr: str | None = None,
    **fields: Any,
) -> Person:
    """Change a person and the person's place in the family. What is None (or not named) stays as it is.

    fields: names of `Person`; an `address` or a `protected_name` that is not named is not touched, so a form need not show
    a protected one. What is no longer protected has no protected name either.
    """
    forloeb = _lock(by, forloeb)
    member = _member(forloeb, person)
    row = take(Person.objects.all(), person.pk, row_version)
    if cpr is not None and cpr != row.cpr:
        number, born = _identity(cpr, fields.get("birth_date"))
        _demand_new(forloeb.family, number)
        row.cpr, row.cpr_index = number, keyed_index(number) if number else None
        fields["birth_date"] = born
    elif row.cpr:
        fields.pop("birth_date", None)
    if fields.get("protected_address") is False:
        fields.setdefault("protected_name", "")
    for name, value in fields.items():
        if name not in CHANGEABLE:
            raise TypeError(f"Not a field that may be changed: {name}")
        setattr(row, name, value)
    row.full_clean()
    row.save()
    member.kind, member.relation = kind or member.kind, member.relation if relation is None else relation
    member.full_clean()
    member.save()
    if households is not None:
        _live(forloeb.family, row, households, placement)
    if in_forloeb is not None:
        _take_part(forloeb, row, in_forloeb=in_forloeb, is_focus=bool(is_focus))
    if custody is not None:
        _hold(forloeb, row, list(custody))
    events.record(
        by=by, forloeb=forloeb, kind="person.changed", text="Oplysninger om en person er ændret.", data={"person": row}
    )
    return row


CHANGEABLE = {
    "first_name",
    "last_name",
    "birth_date",
    "phone",
    "email",
    "address",
    "protected_address",
    "protected_name",
    "interpreter",
    "accessibility",
}


@transaction.atomic
def leave_forloeb_person(*, by: User, forloeb: Forloeb, person: Person) -> None:
    """The forløb is no longer about this person, who stays in the family. What was written is kept."""
    forloeb = _lock(by, forloeb)
    _member(forloeb, person)
    _take_part(forloeb, person, in_forloeb=False, is_focus=False)
    events.record(
        by=by,
        forloeb=forloeb,
        kind="person.left",
        text="En person er ikke længere med i forløbet.",
        data={"person": person},
    )


@transaction.atomic
def set_custody(*, by: User, forloeb: Forloeb, child: Person, holders: Iterable[Person]) -> list[Custody]:
    """Who decides for the child from today. Those not named stop; what was stays in the history."""
    forloeb = _lock(by, forloeb)
    _hold(forloeb, child, list(holders))
    events.record(
        by=by, forloeb=forloeb, kind="custody.set", text="Forældremyndigheden er skrevet på.", data={"person": child}
    )
    return list(Custody.objects.on(timezone.localdate()).filter(child=child))


@transaction.atomic
def record_department_case(
    *, by: User, forloeb: Forloeb, person: Person, department: Department, case_number: str = ""
) -> DepartmentCase:
    """The person has a case there, so papers about the person are journalised there (O3, P7)."""
    forloeb = _lock(by, forloeb)
    _member(forloeb, person)
    case = DepartmentCase(
        person=person, department=department, case_number=case_number.strip(), from_date=timezone.localdate()
    )
    case.full_clean()
    case.save()
    return case


@transaction.atomic
def end_department_case(*, by: User, forloeb: Forloeb, case: DepartmentCase) -> None:
    """The case is closed; nothing more about the person is journalised there."""
    forloeb = _lock(by, forloeb)
    _member(forloeb, case.person)
    case.to_date = timezone.localdate()
    case.full_clean()
    case.save()


def _lock(by: User, forloeb: Forloeb) -> Forloeb:
    row = Forloeb.objects.select_for_update(of=("self",)).select_related("family").get(pk=forloeb.pk)
    demand_tovholder(by, row)
    demand_open(row)
    return row


def _member(forloeb: Forloeb, person: Person) -> FamilyMember:
    member = FamilyMember.objects.filter(family=forloeb.family_id, person=person).first()
    if member is None:
        raise ValidationError(NOT_HERE)
    return member


def _identity(cpr: str, born: date | None) -> tuple[str, date | None]:
    """Ten digits and the birthday in them; without a number, the birthday that was given."""
    if not cpr.strip():
        return "", born
    try:
        number = parse_cpr(cpr)
    except ValueError as error:
        raise ValidationError({"cpr": str(error)}) from None
    found = birth_date_of(number)
    if found > timezone.localdate():
        raise ValidationError({"cpr": "CPR-nummerets dato ligger i fremtiden. Se tallene efter."})
    if born and born != found:
        raise ValidationError({"birth_date": "Fødselsdagen passer ikke med CPR-nummeret. Ret en af dem."})
    return number, found


def _demand_new(family: Family, number: str) -> None:
    if number and Person.objects.with_cpr(number).filter(families=family).exists():
        raise ValidationError({"cpr": "Personen er allerede skrevet på i familien."})


def _led_elsewhere(by: User, number: str) -> Person | None:
    if not number:
        return None
    led = Forloeb.objects.visible_to(by).led_by(by)
    return Person.objects.with_cpr(number).filter(memberships__family__forloeb__in=led).order_by("pk").first()


def _live(family: Family, person: Person, labels: Iterable[str], placement: str) -> None:
    """The person lives in exactly these homes of the family from now on (none named: nothing is known)."""
    wanted = {label.strip(): False for label in labels if label.strip()}
    if placement.strip():
        wanted[placement.strip()] = True
    today = timezone.localdate()
    for residence in Residence.objects.filter(household__family=family, person=person, to_date__isnull=True):
        label = residence.household.label
        if wanted.get(label) != residence.is_placement:
            residence.to_date = today
            residence.save()
        else:
            wanted.pop(label)
    for label, placed in wanted.items():
        home = Household.objects.filter(family=family, label=label).first() or Household(family=family, label=label)
        if home._state.adding:
            home.full_clean()
            home.save()
        residence = Residence(household=home, person=person, from_date=today, is_placement=placed)
        residence.full_clean()
        residence.save()


def _take_part(forloeb: Forloeb, person: Person, *, in_forloeb: bool, is_focus: bool) -> None:
    row = ForloebPerson.objects.filter(forloeb=forloeb, person=person, to_date__isnull=True).first()
    today = timezone.localdate()
    if not in_forloeb:
        if is_focus:
            raise ValidationError({"is_focus": "Den, forløbet især handler om, skal være med i forløbet."})
        if row:
            row.to_date, row.is_focus = today, False
            row.save()
        return
    row = row or ForloebPerson(forloeb=forloeb, person=person, from_date=today)
    row.is_focus = is_focus
    row.full_clean()
    row.save()


def _hold(forloeb: Forloeb, child: Person, holders: list[Person]) -> None:
    """A young mother is the child of one and the parent of another: under age, custody is held of her whatever she is in
    the family, and from the age at which she signs for herself she holds it, though she is written on as a child."""
    members = FamilyMember.objects.filter(family=forloeb.family_id).select_related("person")
    kinds = {member.person_id: member for member in members}
    today = timezone.localdate()
    if child.pk not in kinds or not kinds[child.pk].may_be_held:
        raise ValidationError({"custody": "Forældremyndighed skrives kun på et barn."})
    if any(holder.pk not in kinds or not kinds[holder.pk].may_hold for holder in holders):
        years = ages().signs_self
        raise ValidationError(
            {"custody": f"Vælg voksne, der er skrevet på i familien, eller en, der er fyldt {years} år."}
        )
    if Custody.objects.on(today).filter(child__in=holders, holder=child).exists():
        raise ValidationError({"custody": "Et barn kan ikke have forældremyndighed over sin egen forælder."})
    # Only those of this family: a holder who stands in another family of the child is that tovholder's to change.
    open_rows = Custody.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), child=child, holder__in=kinds)
    first = not open_rows.exists()
    wanted = {holder.pk: holder for holder in holders}
    for row in open_rows:
        if row.holder_id in wanted:
            wanted.pop(row.holder_id)
        elif row.from_date == today:
            row.delete()
        else:
            row.to_date = today - timedelta(days=1)
            row.save()
    for holder in wanted.values():
        row = Custody(child=child, holder=holder, from_date=None if first else today)
        row.full_clean()
        row.save()
