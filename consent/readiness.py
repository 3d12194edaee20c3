"""What a forløb still lacks before it may become active or go on, in plain words (F1, F4, C7)."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from cases.ages import ages
from cases.models import Forloeb, ForloebPerson, Participation, Person
from cases.readiness import Missing, missing_among, missing_people
from consent.basis import load_basis
from consent.sharing import Basis, Cell
from web.danish import genitive, listed


def departments_of(forloeb: Forloeb, basis: Basis) -> set[str]:
    """Recipient keys of the departments that take part today."""
    rows = Participation.objects.open(basis.on).filter(forloeb=forloeb, department__isnull=False)
    return {f"d:{pk}" for pk in rows.values_list("department_id", flat=True)}


def carries(basis: Basis, departments: set[str]) -> bool:
    """Does somebody's valid yes, on any topic, reach two different departments that take part (F4)?"""
    reached: dict[UUID, set[str]] = {}
    for (person, recipient, _), state in basis.cells.items():
        if state is Cell.YES and recipient in departments:
            reached.setdefault(person, set()).add(recipient)
    return any(len(keys) >= 2 for keys in reached.values())


def may_continue(forloeb: Forloeb, basis: Basis | None = None, departments: set[str] | None = None) -> bool:
    """Is the consent still there that collaboration needs (F4, C7)? Two departments, one person's valid yes to both.

    departments: `departments_of`, by who has fetched the participants already.
    """
    basis = basis or load_basis(forloeb)
    return carries(basis, departments_of(forloeb, basis) if departments is None else departments)


def missing(
    forloeb: Forloeb, basis: Basis | None = None, participants: Collection[Participation] | None = None
) -> list[Missing]:
    """What stands before an active forløb: people first, then consent. `done` lines are shown ticked.

    participants: those of today with their department, by who has fetched them; with the basis too there is no query.
    """
    basis = basis or load_basis(forloeb)
    if participants is None:
        return [*missing_people(forloeb), *missing_consent(forloeb, basis)]
    departments = {one.recipient for one in participants if one.department_id}
    people = missing_among(participants, [row.is_focus for row in basis.family])
    return [*people, *missing_consent(forloeb, basis, departments)]


def consent_lines(forloeb: Forloeb) -> list[Missing]:
    """`missing_consent` as it stands today, for the app below, which pauses, resumes and reopens (F4, C7)."""
    return missing_consent(forloeb, load_basis(forloeb))


def missing_consent(forloeb: Forloeb, basis: Basis, departments: set[str] | None = None) -> list[Missing]:
    """The consent lines: the one that carries the forløb, and for each person who has none yet, what to do."""
    if carries(basis, departments_of(forloeb, basis) if departments is None else departments):
        return [Missing("Et gyldigt samtykke til mindst to afdelinger", True, "consent:matrix")]
    lines = [_person_line(row.person, basis) for row in _people(basis)]
    waiting = [Missing(text, False, "consent:matrix") for text in lines if text]
    return waiting or [
        Missing("Et gyldigt samtykke fra én i familien til mindst to afdelinger", False, "consent:matrix")
    ]


def _people(basis: Basis) -> list[ForloebPerson]:
    """Those it is mainly about first, then the oldest."""
    return sorted(basis.family, key=lambda row: (not row.is_focus, row.person.birth_date or date.max, str(row.pk)))


def _person_line(person: Person, basis: Basis) -> str:
    states = {state for (who, _, _), state in basis.cells.items() if who == person.pk}
    if Cell.UNSIGNED in states:
        return f"Alle underskrifter på {genitive(person.first_name)} erklæring"
    if Cell.EXPIRED in states and Cell.YES not in states:
        return f"Et nyt samtykke fra {person.first_name}: det gamle er udløbet"
    return "" if states else f"Samtykke for {person.first_name}"


def refused_by_only_adults(basis: Basis) -> bool:
    """Has every adult of the forløb answered, and none of them, nor any young person, left a yes (F4)?

    Then consent cannot be had and the forløb can be ended with that reason.
    """
    persons = [row.person for row in basis.family]
    states: dict[UUID, set[Cell]] = {}
    for (who, _, _), state in basis.cells.items():
        states.setdefault(who, set()).add(state)
    adults = [one for one in persons if (age := basis.ages.get(one.pk)) is None or age >= ages().adult]
    closed = {Cell.NO, Cell.WITHDRAWN}
    nobody = not any(found & {Cell.YES, Cell.UNSIGNED} for found in states.values())
    return bool(adults) and nobody and all(states.get(one.pk) and states[one.pk] <= closed for one in adults)


def signers_in_words(person: Person, signers: Iterable[Person], basis: Basis) -> str:
    """»15 år. Skriver selv under«, »4 år. Anna og Carl skriver under«."""
    age = basis.ages.get(person.pk)
    years = f"{age} år. " if age is not None and age < ages().adult else ""
    names = [one.first_name for one in signers]
    if names == [person.first_name]:
        return f"{years}Skriver selv under"
    return f"{years}{listed(names)} skriver under" if names else f"{years}Ingen forældremyndighed skrevet på"
