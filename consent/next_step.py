"""What to do about the consents of a forløb: one rule, for the band of the consents page and the next step of the forløb.

`most_urgent` names it on the page of the consents. The forløb page asks the same rules in three parts, with meetings and
plans between them: `deciding` (the forløb cannot begin or go on), `hindering` (something may not be shared that somebody
waits for) and `in_good_time` (nothing is closed yet). All from what both pages have fetched already: no query here.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from cases.ages import ages
from cases.models import Forloeb, ForloebState, Person
from cases.readiness import Missing
from consent import readiness
from consent.recipients import Recipient
from consent.renewal import RENEW_DAYS, turns
from consent.sharing import Basis, Cell, Paper
from web import dates
from web.danish import danish_key, genitive, listed


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


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the forløb. signers: who must sign, empty when nobody can. states: what was answered about each
    recipient. waiting: the newest paper that lacks a signature; unscanned: the newest whose signed page is not kept."""

    person: Person
    signers: list[Person]
    states: list[tuple[Recipient, set[Cell | None]]]
    any_answer: bool
    has_yes: bool
    waiting: Paper | None
    unscanned: Paper | None

    @property
    def waits_for(self) -> list[Person]:
        return [one for one in self.signers if self.waiting and one.pk not in self.waiting.signers]


@dataclass(frozen=True)
class Ground:
    """What the choice rests on.

    recipients: the departments and externals that take part, in the order of the matrix; topics: ids of those in use;
    missing: what stands before an active forløb (`readiness.missing`), asked for only while consent is being gathered;
    others: the custody holders who are not of the family.
    """

    forloeb: Forloeb
    basis: Basis
    recipients: Sequence[Recipient]
    topics: Collection[UUID]
    missing: Sequence[Missing] = ()
    others: Iterable[Person] = field(default=())

    @property
    def departments(self) -> set[str]:
        return {one.key for one in self.recipients if one.key.startswith("d:")}

    @cached_property
    def lines(self) -> list[Line]:
        """The persons of the forløb, the oldest first, as the matrix has them."""
        born = sorted(self.basis.family, key=lambda row: (row.person.birth_date or date.max, str(row.pk)))
        return [self._line(row.person) for row in born]

    @cached_property
    def _people(self) -> dict[UUID, Person]:
        members = {row.person_id: row.person for row in self.basis.everybody}
        return {one.pk: one for one in self.others} | members

    def _line(self, person: Person) -> Line:
        basis = self.basis
        known = (self._people.get(pk) for pk in basis.required_signers(person.pk))
        signers = sorted((one for one in known if one is not None), key=lambda one: danish_key(one.name))
        answered = {
            state for (who, _, topic), state in basis.cells.items() if who == person.pk and topic in self.topics
        }
        own = sorted((one for one in basis.papers if one.person == person.pk), key=lambda one: one.sequence)
        yes = [one for one in reversed(own) if one.has_yes]
        return Line(
            person=person,
            signers=signers,
            states=[(one, {basis.cell(person.pk, one.key, topic) for topic in self.topics}) for one in self.recipients],
            any_answer=bool(answered) or bool(basis.withdrawn.get(person.pk)),
            has_yes=Cell.YES in answered,
            waiting=next((one for one in yes if any(who.pk not in one.signers for who in signers)), None),
            unscanned=next((one for one in yes if not one.has_scan), None),
        )


Rule = Callable[[Ground], Step | None]


def most_urgent(ground: Ground) -> Step:
    """The first that applies, in the order a tovholder would take them."""
    if ground.forloeb.is_ended:
        return Step("Forløbet er slut", "Svarene kan læses, og et samtykke kan stadig tilbagekaldes.")
    found = (find(ground) for find in (deciding, hindering, in_good_time))
    step = next((one for one in found if one is not None), None)
    return step or Step("Alt er på plads", "Alle har svaret, og alle underskrifter er der.")


def deciding(ground: Ground) -> Step | None:
    """The step when consent decides it: until the forløb is active, and when it may not go on (F4, C7). Else None.

    The tovholder's own words and acts; nobody else is shown them.
    """
    return None if ground.forloeb.is_ended else _first(ground, (_refused, _stopped, _gather))


def hindering(ground: Ground) -> Step | None:
    """What somebody in the forløb may not be told until it is mended: unsigned, run out, nobody to sign, not asked."""
    return _first(ground, (_unsigned, _expired, _no_holder, _unasked, _partly))


def in_good_time(ground: Ground) -> Step | None:
    """What will close later, and the proof that is not kept yet."""
    return _first(ground, (_soon, _birthday, _paper))


def _first(ground: Ground, rules: Iterable[Rule]) -> Step | None:
    return next((step for step in (rule(ground) for rule in rules) if step is not None), None)


def _declare(ground: Ground, person: Person) -> str:
    return reverse("consent:declare", args=[ground.forloeb.pk, person.pk])


def _refused(ground: Ground) -> Step | None:
    if not readiness.refused_by_only_adults(ground.basis):
        return None
    return Step(
        "Samtykke er ikke opnået",
        "De voksne har sagt nej. Så kan familien ikke være i Fælles Familier. Det almindelige arbejde fortsætter.",
        "Afslut forløbet",
        reverse("cases:forloeb_acts", args=[ground.forloeb.pk]),
    )


def _stopped(ground: Ground) -> Step | None:
    if ground.forloeb.state == ForloebState.CONSENT or readiness.carries(ground.basis, ground.departments):
        return None
    person = ground.lines[0].person if ground.lines else None
    return Step(
        "Forløbet kan ikke fortsætte",
        "Der er ikke længere et gyldigt ja til to afdelinger. Spørg igen, eller afslut forløbet.",
        f"Spørg {person.first_name} igen" if person else "",
        _declare(ground, person) if person else "",
        second_label="Afslut forløbet",
        second_url=reverse("cases:forloeb_acts", args=[ground.forloeb.pk]),
    )


def _unsigned(ground: Ground) -> Step | None:
    line = next((line for line in ground.lines if line.waiting), None)
    if line is None or line.waiting is None:
        return None
    name = line.person.first_name
    names = listed(genitive(one.first_name) for one in line.waits_for)
    own = line.waits_for == [line.person]
    signed = [one.first_name for one in line.signers if one.pk in line.waiting.signers]
    before = f"{listed(signed)} har skrevet under. " if signed else ""
    until = f"Indtil {listed(one.first_name for one in line.waits_for)} {'også ' if signed else ''}gør det,"
    return Step(
        f"Få {names} underskrift" if own else f"Få {names} underskrift på {genitive(name)} erklæring",
        f"{before}{until} gælder de nye svar om {name} ikke."
        if line.has_yes
        else f"{before}{until} når intet om {name} frem til nogen.",
        f"Registrér {names} underskrift",
        reverse("consent:sign", args=[line.waiting.pk]),
        second_label="Print erklæringen",
        second_url=reverse("consent:declaration_pdf", args=[line.waiting.pk]),
    )


def _expired(ground: Ground) -> Step | None:
    for line in ground.lines:
        names = [one.name for one, states in line.states if Cell.EXPIRED in states]
        if names:
            more = f" og {len(names) - 1} mere" if len(names) > 1 else ""
            return Step(
                f"Spørg {line.person.first_name} igen",
                f"Samtykket til {names[0]}{more} er udløbet. Indtil der er et nyt, deler I det ikke.",
                f"Skriv {genitive(line.person.first_name)} nye svar",
                _declare(ground, line.person),
            )
    return None


def _no_holder(ground: Ground) -> Step | None:
    for line in ground.lines:
        if not line.signers:
            return Step(
                f"Skriv, hvem der har forældremyndighed over {line.person.first_name}",
                "De skal skrive under. Indtil da deler I intet.",
                "Gå til familien",
                reverse("cases:people", args=[ground.forloeb.pk]),
            )
    return None


def _unasked(ground: Ground) -> Step | None:
    left = [line.person for line in ground.lines if not line.any_answer]
    if not left:
        return None
    first = left[0]
    return Step(
        f"Spørg {first.first_name} om samtykke",
        f"Der er ikke spurgt om {listed(one.first_name for one in left)} endnu. Indtil da deler I intet.",
        f"Skriv {genitive(first.first_name)} svar",
        _declare(ground, first),
        second_label="Print en tom erklæring",
        second_url=reverse("consent:blank", args=[ground.forloeb.pk, first.pk]),
    )


def _partly(ground: Ground) -> Step | None:
    """Somebody takes part whom a person has not been asked about. A no and a withdrawal are answers (C4)."""
    if ground.forloeb.state != ForloebState.ACTIVE:
        return None
    found = (
        (line.person.first_name, one.name, line.person)
        for line in ground.lines
        for one, states in line.states
        if states == {None}
    )
    for who, recipient, person in found:
        return Step(
            f"Spørg {who}, om I må dele med {recipient}",
            f"Indtil {who} har svaret, må I ikke tale om {who}, mens {recipient} er med.",
            f"Skriv {genitive(who)} svar",
            _declare(ground, person),
        )
    return None


# What is missing of people → what to do there, and the words of the button.
PEOPLE = {
    "cases:people": ("Skriv familien på", "Åbn familien"),
    "cases:participants": ("Få de andre afdelinger med", "Tilføj deltagere"),
}


def _gather(ground: Ground) -> Step | None:
    """F1, F4: what stands before an active forløb, or the act itself as soon as nothing does; the rest stands beside."""
    forloeb = ground.forloeb
    if forloeb.state != ForloebState.CONSENT:
        return None
    consent = _first(ground, (_unsigned, _no_holder, _expired, _unasked))
    beside, address = (consent.label, consent.url) if consent else ("", "")
    left = [line for line in ground.missing if not line.done]
    if not left:
        more = f"Bagefter: {consent.text}." if consent else ""
        return Step(
            "Gør forløbet aktivt",
            f"Der er et gyldigt ja til mindst to afdelinger. Nu kan I planlægge det første møde. {more}".rstrip(),
            "Gør forløbet aktivt",
            reverse("consent:activate", args=[forloeb.pk]),
            post=True,
            second_label=beside,
            second_url=address,
        )
    first = left[0]
    if first.url_name in PEOPLE:
        text, label = PEOPLE[first.url_name]
        why = f"{first.text.rstrip('.')}." if first.text != text else "Det mangler, før forløbet kan blive aktivt."
        return Step(text, why, label, reverse(first.url_name, args=[forloeb.pk]), False, beside, address)
    if consent:
        return consent
    # Everybody has answered, and no single yes reaches two departments: somebody is asked again.
    if not ground.lines:
        return None
    person = ground.lines[0].person
    return Step(
        f"Spørg {person.first_name} igen",
        f"{first.text.rstrip('.')}. Det mangler, før forløbet kan blive aktivt.",
        f"Skriv {genitive(person.first_name)} svar",
        _declare(ground, person),
    )


def _soon(ground: Ground) -> Step | None:
    running = [(day, line) for line in ground.lines if (day := ground.basis.until.get(line.person.pk)) is not None]
    day, line = min(running, key=lambda one: one[0], default=(None, None))
    if day is None or line is None or (day - ground.basis.on).days > RENEW_DAYS:
        return None
    name = genitive(line.person.first_name)
    return Step(
        f"Forny {name} samtykke",
        f"Det udløber {dates.long_date(day)}. Den dag stopper delingen.",
        f"Skriv {name} nye svar",
        _declare(ground, line.person),
    )


def _birthday(ground: Ground) -> Step | None:
    limits = ages()
    for line in ground.lines:
        who, day = line.person.first_name, turns(line.person, limits.signs_self)
        if day is not None and 0 < (day - ground.basis.on).days <= limits.warn_days_before and line.has_yes:
            return Step(
                f"Få en erklæring klar til {who}",
                f"{who} fylder {limits.signs_self} år {dates.long_date(day)} og skriver selv under fra "
                "den dag. Forældrenes underskrift gælder så ikke mere.",
                "Print en tom erklæring",
                reverse("consent:blank", args=[ground.forloeb.pk, line.person.pk]),
            )
    return None


def _paper(ground: Ground) -> Step | None:
    for line in ground.lines:
        if line.has_yes and line.unscanned:
            return Step(
                f"Scan {genitive(line.person.first_name)} underskrevne erklæring",
                "Den er beviset på samtykket.",
                "Læg den ind",
                reverse("consent:sign", args=[line.unscanned.pk]) + "#scan",
            )
    return None
