"""The three papers of consent: Samtykkeerklæring, Sådan behandler vi dine oplysninger, Kvittering for tilbagekaldelse."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone

from cases.access import tovholder_line
from cases.models import Forloeb, Person
from consent.basis import load_basis
from consent.models import Answer, ConsentText, Declaration, InformationLeaflet, Topic, Withdrawal
from consent.recipients import Recipient, RecipientKind, acquaintance_of, recipients_of
from consent.texts import paragraphs
from documents import pdf
from organisation.models import Department

ANSWER_WORDS = {Answer.YES: "Ja", Answer.NO: "Nej"}
COLUMNS = 4  # recipients side by side on an upright A4 page


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper before it is made: what would stand in it is looked through first (C12)."""

    template: str
    context: dict[str, Any]
    facts: dict[str, Any]

    def words(self) -> str:
        """Everything that would stand in it, as text; nothing is made."""
        return pdf.words(self.template, self.context, **self.facts)

    def made(self) -> bytes:
        """The PDF. Raises PdfError."""
        return pdf.render(self.template, self.context, **self.facts)


def declaration(declaration: Declaration, signers: Sequence[Person]) -> Paper:
    """Samtykkeerklæring with the answers as registered. signers: who must sign, from `actions.allowed_signers`."""
    answers = {(row.recipient, row.topic_id): ANSWER_WORDS[Answer(row.answer)] for row in declaration.consents.all()}
    recipients = recipients_of(declaration.forloeb, load_basis(declaration.forloeb))
    asked = {key for key, _ in answers}
    called = _called_then(declaration)
    signed = {row.signer_id: row.signed_on for row in declaration.signatures.all()}
    return _declaration(
        forloeb=declaration.forloeb,
        person=declaration.person,
        text=declaration.text,
        recipients=[replace(one, name=called.get(one.key, one.name)) for one in recipients if one.key in asked],
        signers=[(one, signed.get(one.pk)) for one in signers],
        topics=Topic.objects.in_use_or_answered({topic for _, topic in answers}),
        answers=answers,
        on=declaration.informed_on,
        extra={
            "blank": False,
            "expires_on": declaration.expires_on,
            "informed": f"{declaration.informed_by.name} har forklaret det",
            "way": declaration.get_way_display(),
            "oral_note": declaration.oral_note,
        },
    )


def blank(forloeb: Forloeb, person: Person, text: ConsentText, signers: Sequence[Person]) -> Paper:
    """Samtykkeerklæring to be filled in by pen: every recipient and topic, boxes to tick, lines to sign on.

    Other adults of the family only as the person knows them anyway; others are written on by pen, when they are named.
    """
    basis = load_basis(forloeb)
    known = acquaintance_of(forloeb, basis)
    return _declaration(
        forloeb=forloeb,
        person=person,
        text=text,
        recipients=[one for one in recipients_of(forloeb, basis) if one.takes_part and known.stands(one, person.pk)],
        signers=[(one, None) for one in signers],
        topics=Topic.objects.in_use(),
        answers={},
        on=timezone.localdate(),
        extra={"blank": True, "expires_on": None, "informed": "", "way": "", "oral_note": ""},
    )


def _declaration(
    *,
    forloeb: Forloeb,
    person: Person,
    text: ConsentText,
    recipients: Sequence[Recipient],
    topics: Iterable[Topic],
    signers: Sequence[tuple[Person, date | None]],
    answers: Mapping[tuple[str, Any], str],
    on: date,
    extra: dict[str, Any],
) -> Paper:
    context = {
        "person": person,
        "text": text,
        "parts": paragraphs(text.body),
        "tables": _tables(recipients, list(topics), answers),
        "signers": signers,
        "signs_self": [one for one, _ in signers] == [person],
        "contact": tovholder_line(forloeb),
        **extra,
    }
    facts = {
        "title": "Fælles Familier – Samtykkeerklæring",
        "version_label": f"Tekst version {text.number}",
        "on": on,
        "reference": f"Forløb {forloeb.number}",
    }
    return Paper("consent/pdf/declaration.html", context, facts)


def _called_then(declaration: Declaration) -> dict[str, str]:
    """Recipient key → what each department was called when the answers were written down: a paper that has been signed
    does not say anything new because a department gets another name (C3). One query.

    Not so with people: a name that was protected since is not printed again (C12).
    """
    departments = {row.department_id for row in declaration.consents.all() if row.department_id}
    found: dict[str, str] = {}
    # As they were written: the last one that stood then, or the first there is.
    rows = Department.history.filter(id__in=departments).order_by("history_id")
    for pk, name, at in rows.values_list("id", "name", "history_date"):
        key = f"{RecipientKind.DEPARTMENT}:{pk}"
        if key not in found or at <= declaration.created_at:
            found[key] = name
    return found


def _tables(
    recipients: Sequence[Recipient], topics: Sequence[Topic], answers: Mapping[tuple[str, Any], str]
) -> list[dict[str, Any]]:
    """Topic by topic, four recipients at a time, so that the columns stay wide enough to tick in."""
    wide = math.ceil(len(recipients) / max(1, math.ceil(len(recipients) / COLUMNS)))
    parts = [recipients[at : at + wide] for at in range(0, len(recipients), wide)] if recipients else []
    return [
        {
            "recipients": part,
            "rows": [(topic.name, [answers.get((one.key, topic.pk), "") for one in part]) for topic in topics],
        }
        for part in parts
    ]


def leaflet(leaflet: InformationLeaflet, forloeb: Forloeb | None = None) -> bytes:
    """Sådan behandler vi dine oplysninger: the municipality's own words; with a forløb, whom to call."""
    context = {
        "leaflet": leaflet,
        "parts": paragraphs(leaflet.body),
        "contact": tovholder_line(forloeb) if forloeb else "",
    }
    return pdf.render(
        "consent/pdf/leaflet.html",
        context,
        title=f"Fælles Familier – {leaflet.title}",
        version_label=f"Version {leaflet.number}",
        on=leaflet.published_on,
    )


def receipt(withdrawal: Withdrawal) -> Paper:
    """Kvittering for tilbagekaldelse: what, from when, what stays where, how to give a new consent."""
    from consent.consequences import journalised  # the registry reads actions' neighbours; imported when used

    recipients = {one.key: one for one in recipients_of(withdrawal.forloeb, load_basis(withdrawal.forloeb))}
    topics = Topic.objects.filter(pk__in=withdrawal.topics) if withdrawal.topics else Topic.objects.none()
    context = {
        "withdrawal": withdrawal,
        "person": withdrawal.person,
        "recipients": [recipients[key].title for key in withdrawal.recipients if key in recipients],
        "topics": [topic.name for topic in topics],
        "stays": journalised(withdrawal),
        "contact": tovholder_line(withdrawal.forloeb),
    }
    facts = {
        "title": "Fælles Familier – Kvittering for tilbagekaldelse",
        "version_label": "Version 1",
        "on": timezone.localdate(withdrawal.at),
        "reference": f"Forløb {withdrawal.forloeb.number}",
    }
    return Paper("consent/pdf/receipt.html", context, facts)
