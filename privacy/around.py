"""The part of Indsigt that lies around the consents: network, exchanges without the family, clues to an address."""

from dataclasses import replace

from consent.models import ClueWord, Exchange, NetworkContact
from consent.sharing import Facts
from consent.unmarked import may_read
from privacy.blocks import Block, block
from privacy.voice import Listener


def network(told: Listener) -> list[Block]:
    """Whom the person said may be called; and contacts of others that concern the person and may be known."""
    rows = NetworkContact.objects.filter(forloeb=told.forloeb).for_sharing()
    found = []
    for row in rows:
        if told.may_have(row):
            one = block(told, row, leave=_unheard(told, row))
            callers = [told.recipients[key] for key in row.may_call if key in told.recipients]
            one.lines.append(("Må kontaktes af", ", ".join(callers) or "Alle, der er med"))
            found.append(one)
    return found


def _unheard(told: Listener, row: NetworkContact) -> set[str]:
    """What the person may not have of what was said of a contact, »mors misbrugskonsulent«. Their own words are theirs,
    until somebody whom they name has said no to it (C5)."""
    facts, own = Facts.of(row), told.reader.recipient
    is_own = row.said_by_id == told.person.pk
    if is_own:
        facts = replace(facts, contributed_by=own)
        hears = may_read(told.reader, row.note, told.basis, contributed_by=own, said_by=told.person.pk)
    else:
        hears = told.may_hear(row.note)
    leave = {name for name in ("name", "relation") if not told.labels.may_have_of(getattr(row, name), facts)}
    return leave if hears else leave | {"note"}


def exchanges(told: Listener) -> list[Block]:
    """What was said about the person without them (C11)."""
    rows = Exchange.objects.filter(forloeb=told.forloeb).for_sharing()
    return [block(told, row) for row in rows if told.may_have(row)]


def clues(told: Listener, is_kept: bool) -> list[Block]:
    """The words that guard the person's own address; not on a young child's paper, which a parent holds (C12)."""
    if is_kept:
        return []
    rows = ClueWord.objects.filter(forloeb=told.forloeb, person=told.person)
    return [block(told, row, "Ord, der ikke må stå i andres papirer") for row in rows]
