"""Writing on the network list (C10), logging an exchange without the family (C11), and clues to an address (C12)."""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import events
from cases.access import Standing, demand_open, demand_participant, demand_tovholder, tovholder_line
from cases.models import Forloeb, ForloebPerson, Participation, Person
from consent.access import demand_guidance
from consent.basis import load_basis
from consent.kept import kept_as_told
from consent.marking import FALLBACK, people_of, suggest
from consent.models import ClueWord, Exchange, NetworkContact, ToldWay, Topic
from consent.models.clues import ADDED
from consent.recipients import split
from consent.sharing import Facts, Reader, may_see
from organisation.models import User
from web.errors import Refused
from web.locking import take

FUTURE = "Datoen kan ikke ligge i fremtiden."


# --- the network list (C10) ---------------------------------------------------------------------------------------------
@transaction.atomic
def add_contact(
    *,
    by: User,
    forloeb: Forloeb,
    about: Iterable[Person],
    name: str,
    relation: str,
    topics: Iterable[Topic],
    said_by: Person,
    phone: str = "",
    may_call: Collection[str] = (),
    note: str = "",
    said_on: date | None = None,
    kept_from: Iterable[Person] = (),
) -> NetworkContact:
    """Write down whom somebody of the family says may be contacted, about what, by whom.

    may_call: recipient keys; none = everybody who takes part. Raises Refused, or ValidationError keyed by field.
    """
    standing = _leading(by, forloeb)
    contact = NetworkContact(
        forloeb=forloeb,
        topic=Topic.objects.get(key=FALLBACK),
        contributed_by=standing.recipient,
        created_by=by,
    )
    _save_contact(
        contact,
        about=about,
        name=name,
        relation=relation,
        topics=topics,
        said_by=said_by,
        phone=phone,
        may_call=may_call,
        note=note,
        said_on=said_on,
        kept_from=kept_from,
    )
    events.record(
        by=by,
        forloeb=forloeb,
        kind="network.added",
        text="En kontakt er skrevet på netværkslisten.",
        data={"contact": contact.pk},
    )
    return contact


@transaction.atomic
def change_contact(
    *,
    by: User,
    contact: NetworkContact,
    row_version: int | None = None,
    about: Iterable[Person],
    name: str,
    relation: str,
    topics: Iterable[Topic],
    said_by: Person,
    phone: str = "",
    may_call: Collection[str] = (),
    note: str = "",
    said_on: date | None = None,
    kept_from: Iterable[Person] | None = None,
) -> NetworkContact:
    """Change a contact. From whom it is kept stays when it is not named (M8). Raises Refused, Stale, or ValidationError keyed by field."""
    _leading(by, contact.forloeb)
    locked = _open_contact(contact, row_version)
    _save_contact(
        locked,
        about=about,
        name=name,
        relation=relation,
        topics=topics,
        said_by=said_by,
        phone=phone,
        may_call=may_call,
        note=note,
        said_on=said_on or locked.said_on,
        kept_from=locked.kept_from.all() if kept_from is None else kept_from,
    )
    return locked


@transaction.atomic
def end_contact(*, by: User, contact: NetworkContact, on: date | None = None) -> NetworkContact:
    """The contact may not be called any more. Raises Refused or ValidationError."""
    _leading(by, contact.forloeb)
    locked = _open_contact(contact, None)
    locked.ended_on = _past(on, "on")
    locked.full_clean()
    locked.save()
    events.record(
        by=by,
        forloeb=locked.forloeb,
        kind="network.ended",
        text="En kontakt på netværkslisten gælder ikke mere.",
        data={"contact": locked.pk},
    )
    return locked


def _open_contact(contact: NetworkContact, row_version: int | None) -> NetworkContact:
    locked = take(NetworkContact.objects.select_related("forloeb", "topic"), contact.pk, row_version)
    if locked.ended_on is not None:
        raise Refused("Kontakten gælder ikke mere. Skriv den på igen, hvis familien siger ja til det.")
    return locked


def _save_contact(
    contact: NetworkContact,
    *,
    about: Iterable[Person],
    name: str,
    relation: str,
    topics: Iterable[Topic],
    said_by: Person,
    phone: str,
    may_call: Collection[str],
    note: str,
    said_on: date | None,
    kept_from: Iterable[Person],
) -> None:
    whose, subjects, hidden = list(about), list(topics), list(kept_from)
    if not whose:
        raise ValidationError({"about": "Vælg, hvem i familien kontakten hører til."})
    if not subjects:
        raise ValidationError({"topics": "Vælg mindst ét emne, kontakten må ringes op om."})
    _in_forloeb(contact.forloeb, [*whose, *hidden, said_by])
    if said_by in hidden:
        raise ValidationError({"kept_from": "Det kan ikke holdes fra den, der selv sagde det."})
    for key in may_call:
        split(key)
    contact.name, contact.relation, contact.phone = name.strip(), relation.strip(), phone.strip()
    contact.note, contact.said_by, contact.said_on = note.strip(), said_by, _past(said_on, "said_on")
    contact.may_call = sorted(set(may_call))
    contact.full_clean()
    contact.save()
    contact.about.set(whose)
    contact.topics.set(subjects)
    contact.kept_from.set(hidden)


# --- exchanges without the family (C11, M11) ----------------------------------------------------------------------------
@transaction.atomic
def log_exchange(
    *,
    by: User,
    forloeb: Forloeb,
    what: str,
    about: Iterable[Person] = (),
    topic: Topic | None = None,
    with_participation: Participation | None = None,
    with_name: str = "",
    on: date | None = None,
    kept_from: Iterable[Person] | None = None,
) -> Exchange:
    """Log in one line what was talked about without the family. It stands as »skal fortælles« until it is told.

    about, topic: none = what the text itself suggests. kept_from: None = from the parents of a child whose own words the
    text brings on (M8), else from nobody; an empty list is a choice. Raises Refused, or ValidationError keyed by field.
    """
    standing = demand_participant(by, forloeb)
    demand_open(forloeb)
    demand_guidance(by)
    if with_participation is not None and with_participation.forloeb_id != forloeb.pk:
        raise ValidationError({"with_participation": "Vælg en af dem, der er med i forløbet."})
    if with_participation is None and not with_name.strip():
        raise ValidationError({"with_participation": "Vælg, hvem du talte med, eller skriv navnet."})
    people = people_of(forloeb)
    found = suggest(people, what)
    persons = list(about) or list(found.about)
    if kept_from is None:
        kept_from = kept_as_told(people, what, {one.pk for one in persons}, load_basis(forloeb))
    hidden = list(kept_from)
    _in_forloeb(forloeb, [*persons, *hidden])
    row = Exchange(
        forloeb=forloeb,
        by=standing.participation,
        with_participation=with_participation,
        with_name="" if with_participation else with_name.strip(),
        what=what.strip(),
        topic=topic or found.topic,
        on=_past(on, "on"),
        contributed_by=standing.recipient,
    )
    row.full_clean()
    row.save()
    row.about.set(persons)
    row.kept_from.set(hidden)
    events.record(
        by=by,
        forloeb=forloeb,
        kind="exchange.logged",
        text="Viden er udvekslet uden familien. Familien skal have det fortalt.",
        data={"exchange": row.pk},
    )
    return row


def may_be_told_by(standing: Standing, exchange: Exchange) -> bool:
    """Who tells the family: the tovholder, or whoever talked."""
    return standing.is_tovholder or exchange.by_id == standing.participation.pk


@transaction.atomic
def keep_exchange(
    *, by: User, exchange: Exchange, kept_from: Iterable[Person], row_version: int | None = None
) -> Exchange:
    """From whom an exchange is kept, changed afterwards by whoever wrote it or the tovholder, in an ended forløb too: an
    Indsigt may be asked for then (M8). Raises Refused, Stale or ValidationError."""
    standing = demand_participant(by, exchange.forloeb)
    if not may_be_told_by(standing, exchange):
        raise Refused(
            f"Det kan kun {exchange.by.name}, som skrev det, eller tovholderen. {tovholder_line(exchange.forloeb)}"
        )
    demand_guidance(by)
    locked = take(Exchange.objects.select_related("forloeb", "by", "topic"), exchange.pk, row_version)
    if not may_see(Reader(standing.recipient), Facts.of(locked), load_basis(locked.forloeb)):
        raise Refused(f"Du må ikke se, hvad der blev talt om. {locked.by.name} vælger, hvem det holdes fra.")
    before, chosen = set(locked.kept_from.all()), set(kept_from)
    _in_forloeb(locked.forloeb, chosen - before, field="kept_from")
    if before == chosen:
        return locked
    locked.kept_from.set(chosen)
    locked.full_clean()
    locked.save()
    events.record(
        by=by,
        forloeb=locked.forloeb,
        kind="exchange.kept",
        text="Det er ændret, hvem en udveksling holdes fra.",
        data={"exchange": locked.pk},
    )
    return locked


@transaction.atomic
def mark_told(
    *, by: User, exchange: Exchange, way: str, on: date | None = None, row_version: int | None = None
) -> Exchange:
    """The family has been told: by this user, then and how. Raises Refused, Stale or ValidationError."""
    standing = demand_participant(by, exchange.forloeb)
    if not may_be_told_by(standing, exchange):
        raise Refused(
            f"Det kan kun {exchange.by.name}, som talte, eller tovholderen. {tovholder_line(exchange.forloeb)}"
        )
    locked = take(Exchange.objects.select_related("forloeb", "by", "topic"), exchange.pk, row_version)
    if not may_see(Reader(standing.recipient), Facts.of(locked), load_basis(locked.forloeb)):
        raise Refused(f"Du må ikke se, hvad der blev talt om. Det er {locked.by.name}, der fortæller familien det.")
    if locked.told_on is not None:
        return locked
    if way not in ToldWay.values:
        raise ValidationError({"way": "Vælg, hvordan familien fik det at vide."})
    told_on = _past(on, "on")
    if told_on < locked.on:
        raise ValidationError({"on": "Familien kan ikke have fået det at vide, før I talte sammen."})
    locked.told_on, locked.told_by, locked.told_way = told_on, by, way
    locked.full_clean()
    locked.save()
    events.record(
        by=by,
        forloeb=locked.forloeb,
        kind="exchange.told",
        text="Familien har fået fortalt, hvad der blev talt om uden dem.",
        data={"exchange": locked.pk},
    )
    return locked


# --- clues (C12) -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_clue(*, by: User, forloeb: Forloeb, person: Person, kind: str, word: str) -> ClueWord:
    """Add a word that would tell where a protected person is. Raises Refused, or ValidationError keyed by field."""
    _leading(by, forloeb)
    if not person.protected_address:
        raise ValidationError({"person": f"{person.first_name} har ikke beskyttet adresse."})
    if kind not in ADDED:
        raise ValidationError({"kind": "Vælg, hvad det er."})
    if len(word.strip()) < 3:
        raise ValidationError({"word": "Skriv mindst tre bogstaver, ellers findes ordet overalt."})
    row = ClueWord(forloeb=forloeb, person=person, kind=kind, word=word.strip(), added_by=by)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def remove_clue(*, by: User, clue: ClueWord) -> None:
    """Take a word away again. Raises Refused."""
    _leading(by, clue.forloeb)
    clue.delete()


@transaction.atomic
def confirm_clues(*, by: User, forloeb: Forloeb, count: int) -> None:
    """Write down that papers were made although they name clues: who knew, how many."""
    events.record(
        by=by,
        forloeb=forloeb,
        kind="paper.clues_confirmed",
        text="Et papir er lavet, selv om det nævner spor til en beskyttet adresse.",
        data={"clues": count},
    )


# --- what the verbs above share --------------------------------------------------------------------------------------------
def _leading(by: User, forloeb: Forloeb) -> Standing:
    standing = demand_tovholder(by, forloeb)
    demand_open(forloeb)
    demand_guidance(by)
    return standing


def _past(day: date | None, field: str) -> date:
    day = day or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({field: FUTURE})
    return day


def _in_forloeb(forloeb: Forloeb, people: Iterable[Person], field: str = "about") -> None:
    wanted = {person.pk for person in people}
    here = set(ForloebPerson.objects.filter(forloeb=forloeb, person__in=wanted).values_list("person_id", flat=True))
    if wanted - here:
        raise ValidationError({field: "Vælg en fra familien i dette forløb."})
