"""The pages of the network list, the exchanges and the clues as one employee may read them."""

from dataclasses import dataclass

from cases.access import Standing
from cases.models import Forloeb, Participation, Person, oldest_first
from consent.actions import may_be_told_by
from consent.clues import Guard
from consent.kept import kept_in_words, to_tell
from consent.labels import Labels
from consent.models import ClueWord, Exchange
from consent.recipients import Recipient, recipients_of
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see
from consent.unmarked import names_only_known
from web.danish import danish_sorted, listed

SOMEBODY = "en anden"


@dataclass(frozen=True, slots=True)
class ExchangeLine:
    """One exchange; `reads` is False when only that it happened may be known (C6).

    kept: from whom it is kept, in words the reader may have; nobody_told: it is kept from all who would be told (M8).
    whom: first names of those it was about, of whom the reader may know. A department reads what it wrote itself; that
    »far« in its own words is marked as Jens gives it no name (C5). other: whom they talked with, as the reader may know it.
    """

    row: Exchange
    reads: bool
    may_tell: bool
    whom: str = ""
    other: str = ""
    kept: str = ""
    nobody_told: bool = False
    may_keep: bool = False


def people_here(forloeb: Forloeb, standing: Standing, basis: Basis) -> list[Person]:
    """The persons of the forløb whom this employee may know of; the tovholder knows all."""
    rows = forloeb.persons.filter(to_date__isnull=True).select_related("person")
    reader = Reader(standing.recipient)
    return [
        row.person
        for row in rows.order_by(oldest_first(), "pk")
        if standing.is_tovholder or may_know_of(reader, row.person_id, basis)
    ]


def callers(forloeb: Forloeb, basis: Basis) -> list[Recipient]:
    """The departments and external parties that may be given leave to call."""
    return [one for one in recipients_of(forloeb, basis) if one.takes_part and not one.is_adult]


def others_of(forloeb: Forloeb, standing: Standing, basis: Basis) -> list[Participation]:
    """Everybody else who takes part today."""
    rows = Participation.objects.open().filter(forloeb=forloeb).exclude(pk=standing.participation.pk)
    return _labels(standing, basis).told(rows.for_page())


def _labels(standing: Standing, basis: Basis) -> Labels:
    return Labels([Reader(standing.recipient)], basis, keeps_all=standing.is_tovholder)


def exchanges_for(forloeb: Forloeb, standing: Standing, basis: Basis) -> list[ExchangeLine]:
    """Every exchange, those to be told first. That one happened is no secret to the staff; what it was about may be."""
    reader = Reader(standing.recipient)
    rows = Exchange.objects.filter(forloeb=forloeb).for_sharing()
    lines = []
    labels = _labels(standing, basis)
    for row in rows:
        reads = may_see(reader, Facts.of(row), basis)
        known = [one for one in row.about.all() if standing.is_tovholder or may_know_of(reader, one.pk, basis)]
        whom = listed(danish_sorted(person.first_name for person in known)) if reads else ""
        nobody = not to_tell(Facts.of(row), basis)
        acts = reads and may_be_told_by(standing, row)
        kept = kept_for(row, standing, basis) if reads else ""
        other = other_told(row, reads, standing, labels)
        may_tell = acts and row.told_on is None and not nobody
        lines.append(ExchangeLine(row, reads, may_tell, whom, other, kept, nobody, acts))
    return sorted(lines, key=lambda line: line.row.told_on is not None)


def kept_for(row: Exchange, standing: Standing, basis: Basis) -> str:
    """From whom an exchange is kept, to an employee: the tovholder knows everybody, the others those they may (C5, M8)."""
    reader = Reader(standing.recipient)
    return kept_in_words(row.kept_from.all(), lambda pk: standing.is_tovholder or may_know_of(reader, pk, basis))


def other_told(row: Exchange, reads: bool, standing: Standing, labels: Labels) -> str:
    """Whom they talked with, as an employee may know it. In: whether the employee may have what it was about.

    A name that was typed is free text, »Bo, Jens' misbrugsbehandler«: it stands in no line that is left out (C6), and is
    read by the department that wrote it, the tovholder, and those who may know whom it names (C5).
    """
    if other := row.with_participation:
        named = reads and (other.user_id or labels.may_have_name(other.external_name))
        return str(other) if named else other.home
    own = standing.is_tovholder or row.contributed_by == standing.recipient
    named = reads and (own or names_only_known(Reader(standing.recipient), row.with_name, labels.basis))
    return row.with_name if named else SOMEBODY


def clue_lines(forloeb: Forloeb, guards: list[Guard]) -> list[tuple[Guard, list[str], list[ClueWord]]]:
    """Per protected person: which kinds are derived, and the words that were added."""
    words = list(ClueWord.objects.filter(forloeb=forloeb))
    lines = []
    for guard in guards:
        own = [word for word in words if word.person_id == guard.person]
        added = {(word.kind, word.word) for word in own}
        kinds = dict.fromkeys(clue.label for clue in guard.clues if (clue.kind, clue.word) not in added)
        lines.append((guard, list(kinds), own))
    return lines
