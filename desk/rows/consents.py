"""Rows of Min dag about consent: the guidance, withdrawals, renewals, signatures, and what the family must be told."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from cases.ages import ages
from cases.models import ParticipationRole
from consent import notices, renewal
from consent.kept import kept_in_words, to_tell
from consent.models import Exchange
from consent.sharing import Cell, Facts, may_know_of, may_see
from desk.day import Day, Gathered, Row
from web import dates
from web.danish import genitive

TELL_DAYS = 7


def guidance(gathered: Gathered, day: Day) -> None:
    """C8: whoever takes part is told to read the guidance; it opens the board and the consents."""
    if any(one.guidance_read is False for one in gathered.here.values()):  # type: ignore[attr-defined]
        why = "Den åbner tavlen og samtykkerne. Det tager to minutter"
        day.add(Row("Læs vejledningen om samtykke", why, "Læs den", reverse("consent:guidance"), due=gathered.today))


def withdrawn(gathered: Gathered, day: Day) -> None:
    """C7: whoever a withdrawal shuts out reads that they may not use what they hold; the tovholder sees who has not yet.

    A department that may know of the person no more is told of no person (C5)."""
    for participation in gathered.everywhere.values():
        family = participation.forloeb.family.name
        for notice in notices.waiting(participation.notices):  # type: ignore[attr-defined]
            when = f"Tilbagekaldt {dates.long_date(notice.on)}. {family}"
            url = reverse("consent:confirm_told", args=[notice.pk])
            due = min(gathered.today, notice.on + timedelta(days=TELL_DAYS))
            acts = notices.may_confirm(participation, notice.recipient, notice.is_manned)
            if participation.role == ParticipationRole.TOVHOLDER:
                day.persons.add(notice.person)
                if acts:
                    what = f"Sig til {notice.home}: Del ikke mere om {notice.first_name}"
                    day.add(Row(what, when, "Har fået besked", url, due=due, waits=True, posts=True))
                else:
                    what = f"{notice.home} skal læse: Del ikke mere om {notice.first_name}"
                    url = reverse("consent:matrix", args=[participation.forloeb_id])
                    day.add(Row(what, when, "Se samtykkerne", url, due=due, waits=True))
            elif acts:
                reader, basis = gathered.readers[participation.pk], gathered.bases[participation.forloeb_id]
                what, whose = f"Et samtykke er tilbagekaldt i {family}", "Brug ikke det, du har fået"
                if may_know_of(reader, notice.person, basis):
                    day.persons.add(notice.person)
                    what = f"Del ikke mere om {notice.first_name}: samtykket er tilbagekaldt"
                    whose = f"Noget må stadig deles. Det står under samtykker. {family}"
                day.add(Row(what, whose, "Det er læst", url, due=due, posts=True))


def to_renew(gathered: Gathered, day: Day) -> None:
    """C4, C1: renewals are asked for in good time, and so are birthdays that change who signs; by the tovholder. What has
    run out, or lacks a signature, stands until it is given anew: nothing is shared meanwhile."""
    led = [pk for pk in gathered.here if gathered.leads(pk)]
    over: set[tuple[UUID, UUID]] = set()
    for declaration in renewal.to_renew(gathered.today, renewal.RENEW_DAYS).filter(forloeb__in=led):
        url = reverse("consent:matrix", args=[declaration.forloeb_id])
        when, whose = declaration.expires_on, declaration.forloeb.family.name
        who, key = genitive(declaration.person.first_name), (declaration.forloeb_id, declaration.person_id)
        day.persons.add(declaration.person_id)
        if when > gathered.today:
            due, told = max(gathered.today, when - timedelta(days=7)), f"Gælder til {dates.long_date(when)}. {whose}"
            day.add(Row(f"Forny {who} samtykke", told, "Forny", url, due=due, early=True))
        elif key not in over:
            over.add(key)
            told = f"Udløb {dates.long_date(when)}. Det deles ikke mere. {whose}"
            day.add(Row(f"Forny {who} samtykke", told, "Forny", url, due=when))
    _unsigned(gathered, day, led)
    for entry in (row for pk in led for row in gathered.bases[pk].family):
        for years, birthday in renewal.birthdays_ahead(entry.person, gathered.today):
            day.persons.add(entry.person_id)
            url = reverse("consent:matrix", args=[entry.forloeb_id])
            text = f"{entry.person.first_name} fylder {years} år {dates.long_date(birthday)}"
            whose = f"{_what_changes(years)} {gathered.forloeb(entry.forloeb_id).family.name}"
            due = max(gathered.today, birthday - timedelta(days=14))
            day.add(Row(text, whose, "Åbn samtykkerne", url, due=due, early=True))


def _unsigned(gathered: Gathered, day: Day, led: Iterable[UUID]) -> None:
    """C1: a yes that somebody still must sign, also because the child has turned old enough to sign for themselves."""
    for pk in led:
        basis = gathered.bases[pk]
        lacking = {person for (person, _, _), state in basis.cells.items() if state is Cell.UNSIGNED}
        for entry in (row for row in basis.family if row.person_id in lacking):
            day.persons.add(entry.person_id)
            what = f"{genitive(entry.person.first_name)} samtykke mangler en underskrift"
            whose = f"Indtil da deles det ikke. {gathered.forloeb(pk).family.name}"
            day.add(Row(what, whose, "Åbn samtykkerne", reverse("consent:matrix", args=[pk]), waits=True))


def _what_changes(years: int) -> str:
    if years == ages().signs_self:
        return "Så skal samtykket gives på ny."
    return (
        "Så holder forældremyndigheden op. Samtykket gælder stadig." if years == ages().adult else "Så ændres reglerne."
    )


def to_tell_of(gathered: Gathered, day: Day) -> None:
    """C11: what was talked about without the family stands until somebody has told them, with the tovholder and with
    whoever talked: both may tell. What is kept from all who would be told asks nobody (M8)."""
    mine = [one.pk for one in gathered.here.values()]
    led = [pk for pk in gathered.here if gathered.leads(pk)]
    rows = Exchange.objects.filter(Q(forloeb__in=led) | Q(by__in=mine), forloeb__in=gathered.here)
    for row in rows.to_be_told().for_sharing().with_mark_ids():
        facts, basis, reader = Facts.of(row), gathered.bases[row.forloeb_id], gathered.reader(row.forloeb_id)
        if not to_tell(facts, basis):
            continue
        reads = may_see(reader, facts, basis)
        url = reverse("consent:told", args=[row.pk]) if reads else reverse("consent:exchanges", args=[row.forloeb_id])
        family = gathered.forloeb(row.forloeb_id).family.name
        leads, talked = gathered.leads(row.forloeb_id), row.by_id in mine
        if not reads:
            text = f"{row.by.name} skal fortælle familien, hvad der er talt om uden dem"
            day.add(Row(text, family, "Se udvekslingen", url, waits=True))
            continue
        day.persons |= facts.about
        who = "Du" if talked else row.by.name
        whose = f"{family}. {who} talte med {row.other} {dates.long_date(row.on)}"
        due = min(gathered.today, row.on + timedelta(days=TELL_DAYS))
        here = [one.person for one in basis.family if one.person_id in facts.kept_from]
        known = {one.pk for one in here if leads or may_know_of(reader, one.pk, basis)}
        kept = kept_in_words(here, known.__contains__) or ("nogen i familien" if facts.kept_from else "")
        what = f"Skal fortælles, men ikke til {kept}: {row.what}" if kept else f"Skal fortælles: {row.what}"
        day.add(Row(what, whose, "Det er fortalt", url, due=due))
