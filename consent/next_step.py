"""The most urgent act about consent, why, and what happens until then: the band of the matrix page, and the next step of
a forløb that is not active yet or cannot go on (`of_forloeb`), so that the two pages name the same."""

from dataclasses import dataclass

from django.urls import reverse

from cases.ages import ages
from cases.models import Forloeb, ForloebState, Person
from consent import readiness
from consent.matrix import Matrix, Row, build
from consent.renewal import turns
from consent.sharing import Basis, Cell
from consent.texts import genitive, listed
from web import dates


@dataclass(frozen=True, slots=True)
class Step:
    """post: the act is a form, not a link. second: a quieter act beside it. is_own: the reader's to do, tovholder or not."""

    text: str
    why: str = ""
    label: str = ""
    url: str = ""
    post: bool = False
    second_label: str = ""
    second_url: str = ""
    is_own: bool = False


def most_urgent(matrix: Matrix) -> Step:
    """The first that applies, in the order a tovholder would take them."""
    for find in (
        _ended,
        _refused,
        _stopped,
        _gather,
        _unsigned,
        _expired,
        _no_holder,
        _unasked,
        _soon,
        _birthday,
        _paper,
        _partly,
    ):
        step = find(matrix)
        if step is not None:
            return step
    return Step("Alt er på plads", "Alle har svaret, og alle underskrifter er der.")


def _declare(matrix: Matrix, row: Row) -> str:
    return reverse("consent:declare", args=[matrix.forloeb.pk, row.person.pk])


def about_one(forloeb: Forloeb, person: Person, recipient: str, state: Cell | None) -> Step | None:
    """What to do about one recipient of whom nothing said holds: not asked (None), unsigned or expired.

    recipient: its name. A no and a withdrawal are answers: nobody is asked again for that (C4).
    """
    who, matrix = person.first_name, reverse("consent:matrix", args=[forloeb.pk])
    declare = reverse("consent:declare", args=[forloeb.pk, person.pk])
    if state is Cell.UNSIGNED:
        why = f"Indtil da når intet om {who} frem til {recipient}."
        return Step(f"Få {genitive(who)} erklæring skrevet under", why, "Åbn samtykkerne", matrix)
    if state is Cell.EXPIRED:
        why = f"Samtykket til {recipient} er udløbet. Indtil der er et nyt, deler I det ikke."
        return Step(f"Spørg {who} igen", why, f"Skriv {genitive(who)} nye svar", declare)
    if state is None:
        why = f"Indtil {who} har svaret, må I ikke tale om {who}, mens {recipient} er med."
        return Step(f"Spørg {who}, om I må dele med {recipient}", why, f"Skriv {genitive(who)} svar", declare)
    return None


def _ended(matrix: Matrix) -> Step | None:
    if not matrix.forloeb.is_ended:
        return None
    return Step("Forløbet er slut", "Svarene kan læses, og et samtykke kan stadig tilbagekaldes.")


def _refused(matrix: Matrix) -> Step | None:
    if not readiness.refused_by_only_adults(matrix.forloeb, matrix.basis, [row.person for row in matrix.rows]):
        return None
    return Step(
        "Samtykke er ikke opnået",
        "De voksne har sagt nej. Så kan familien ikke være i Fælles Familier. Det almindelige arbejde fortsætter.",
        "Afslut forløbet",
        reverse("cases:forloeb_acts", args=[matrix.forloeb.pk]),
    )


def _stopped(matrix: Matrix) -> Step | None:
    if matrix.forloeb.state == ForloebState.CONSENT or readiness.may_continue(matrix.forloeb, matrix.basis):
        return None
    row = matrix.rows[0] if matrix.rows else None
    return Step(
        "Forløbet kan ikke fortsætte",
        "Der er ikke længere et gyldigt ja til to afdelinger. Spørg igen, eller afslut forløbet.",
        f"Spørg {row.person.first_name} igen" if row else "",
        _declare(matrix, row) if row else "",
        second_label="Afslut forløbet",
        second_url=reverse("cases:forloeb_acts", args=[matrix.forloeb.pk]),
    )


def _unsigned(matrix: Matrix) -> Step | None:
    for row in matrix.rows:
        waiting = row.waiting
        if waiting is None or not row.signers:
            continue
        names = listed(genitive(one.first_name) for one in waiting.waits_for)
        own = waiting.waits_for == [row.person]
        signed = [one.first_name for one in waiting.signed_by if one in row.signers]
        before = f"{listed(signed)} har skrevet under. " if signed else ""
        then = listed(one.first_name for one in waiting.waits_for)
        return Step(
            f"Få {names} underskrift"
            if own
            else f"Få {names} underskrift på {genitive(row.person.first_name)} erklæring",
            f"{before}Indtil {then} {'også ' if signed else ''}gør det, gælder de nye svar om {row.person.first_name} ikke."
            if row.has_yes
            else f"{before}Indtil {then} {'også ' if signed else ''}gør det, når intet om {row.person.first_name} frem til nogen.",
            f"Registrér {names} underskrift",
            reverse("consent:sign", args=[waiting.declaration.pk]),
            second_label="Print erklæringen",
            second_url=reverse("consent:declaration_pdf", args=[waiting.declaration.pk]),
        )
    return None


def _expired(matrix: Matrix) -> Step | None:
    for row in matrix.rows:
        cells = [(one.name, shown) for one, shown in row.cells if shown.state is Cell.EXPIRED]
        if cells:
            name, shown = cells[0]
            more = f" og {len(cells) - 1} mere" if len(cells) > 1 else ""
            return Step(
                f"Spørg {row.person.first_name} igen",
                f"Samtykket til {name}{more} er udløbet. Indtil der er et nyt, deler I det ikke.",
                f"Skriv {genitive(row.person.first_name)} nye svar",
                _declare(matrix, row),
            )
    return None


def _no_holder(matrix: Matrix) -> Step | None:
    for row in matrix.rows:
        if not row.signers:
            return Step(
                f"Skriv, hvem der har forældremyndighed over {row.person.first_name}",
                "De skal skrive under. Indtil da deler I intet.",
                "Gå til familien",
                reverse("cases:people", args=[matrix.forloeb.pk]),
            )
    return None


def _unasked(matrix: Matrix) -> Step | None:
    left = [row for row in matrix.rows if not row.any_answer]
    if not left or matrix.forloeb.is_ended:
        return None
    names = listed(row.person.first_name for row in left)
    return Step(
        f"Spørg {left[0].person.first_name} om samtykke",
        f"Der er ikke spurgt om {names} endnu. Indtil da deler I intet.",
        f"Skriv {genitive(left[0].person.first_name)} svar",
        _declare(matrix, left[0]),
        second_label="Print en tom erklæring",
        second_url=reverse("consent:blank", args=[matrix.forloeb.pk, left[0].person.pk]),
    )


# What is missing of people → what to do there, and the words of the button.
PEOPLE = {
    "cases:people": ("Skriv familien på", "Åbn familien"),
    "cases:participants": ("Få de andre afdelinger med", "Tilføj deltagere"),
}


def _gather(matrix: Matrix) -> Step | None:
    """F1, F4: what stands before an active forløb, or the act itself as soon as nothing does; the rest stands beside."""
    if matrix.forloeb.state != ForloebState.CONSENT:
        return None
    found = (find(matrix) for find in (_unsigned, _no_holder, _expired, _unasked))
    consent = next((step for step in found if step is not None), None)
    beside, address = (consent.label, consent.url) if consent else ("", "")
    left = [line for line in readiness.missing(matrix.forloeb, matrix.basis) if not line.done]
    if not left:
        more = f"Bagefter: {consent.text}." if consent else ""
        return Step(
            "Gør forløbet aktivt",
            f"Der er et gyldigt ja til mindst to afdelinger. Nu kan I planlægge det første møde. {more}".rstrip(),
            "Gør forløbet aktivt",
            reverse("consent:activate", args=[matrix.forloeb.pk]),
            post=True,
            second_label=beside,
            second_url=address,
        )
    first = left[0]
    if first.url_name in PEOPLE:
        text, label = PEOPLE[first.url_name]
        why = f"{first.text.rstrip('.')}." if first.text != text else "Det mangler, før forløbet kan blive aktivt."
        return Step(text, why, label, reverse(first.url_name, args=[matrix.forloeb.pk]), False, beside, address)
    if consent:
        return consent
    # Everybody has answered, and no single yes reaches two departments: somebody is asked again.
    if not matrix.rows:
        return None
    name = matrix.rows[0].person.first_name
    return Step(
        f"Spørg {name} igen",
        f"{first.text.rstrip('.')}. Det mangler, før forløbet kan blive aktivt.",
        f"Skriv {genitive(name)} svar",
        _declare(matrix, matrix.rows[0]),
    )


def of_forloeb(forloeb: Forloeb, basis: Basis, departments: set[str] | None = None) -> Step | None:
    """The next step when consent decides it: until the forløb is active, and when it may not go on (C7). Else None.

    The tovholder's own words and acts; nobody else is shown them.
    """
    if forloeb.is_ended or (
        forloeb.state != ForloebState.CONSENT and readiness.may_continue(forloeb, basis, departments)
    ):
        return None
    return most_urgent(build(forloeb, basis=basis))


def _soon(matrix: Matrix) -> Step | None:
    running = [row for row in matrix.rows if row.expires_on is not None]
    first = min(running, key=lambda row: row.expires_on or matrix.basis.on, default=None)
    if first is None or first.expires_on is None or (first.expires_on - matrix.basis.on).days > ages().warn_days_before:
        return None
    return Step(
        f"Forny {genitive(first.person.first_name)} samtykke",
        f"Det udløber {dates.long_date(first.expires_on)}. Den dag stopper delingen.",
        f"Skriv {genitive(first.person.first_name)} nye svar",
        _declare(matrix, first),
    )


def _birthday(matrix: Matrix) -> Step | None:
    limits = ages()
    for row in matrix.rows:
        day = turns(row.person, limits.signs_self)
        if day is not None and 0 < (day - matrix.basis.on).days <= limits.warn_days_before and row.has_yes:
            return Step(
                f"Få en erklæring klar til {row.person.first_name}",
                f"{row.person.first_name} fylder {limits.signs_self} år {dates.long_date(day)} og skriver selv under fra "
                "den dag. Forældrenes underskrift gælder så ikke mere.",
                "Print en tom erklæring",
                reverse("consent:blank", args=[matrix.forloeb.pk, row.person.pk]),
            )
    return None


def _paper(matrix: Matrix) -> Step | None:
    for row in matrix.rows:
        if (
            row.has_yes
            and row.latest
            and row.latest.declaration.way == "paper"
            and not row.latest.declaration.evidence_id
        ):
            return Step(
                f"Scan {genitive(row.person.first_name)} underskrevne erklæring",
                "Den er beviset på samtykket.",
                "Læg den ind",
                reverse("consent:sign", args=[row.latest.declaration.pk]) + "#scan",
            )
    return None


def _partly(matrix: Matrix) -> Step | None:
    """Somebody takes part whom a person has not been asked about."""
    if matrix.forloeb.state != ForloebState.ACTIVE:
        return None
    left = ((row.person, one.name) for row in matrix.rows for one, shown in row.cells if shown.state is None)
    first = next(left, None)
    return about_one(matrix.forloeb, *first, None) if first else None
