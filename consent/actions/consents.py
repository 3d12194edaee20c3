"""Every write to consents: one verb each (C1, C3, C4, C7, C8, C9, F4)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from audit import events
from cases.access import demand_open, demand_participant, demand_tovholder
from cases.models import Custody, FamilyMember, FamilyRelation, Forloeb, ForloebPerson, ForloebState, Person
from consent import consequences, hashing, readiness, texts
from consent.access import current_guidance, demand_guidance
from consent.basis import load_basis
from consent.models import (
    Answer,
    Consent,
    ConsentText,
    Declaration,
    GuidanceRead,
    Signature,
    Topic,
    Way,
    Withdrawal,
    WithdrawalNotice,
)
from consent.notices import may_confirm
from consent.receipts import freeze_receipt
from consent.recipients import RecipientKind, split
from consent.sharing import required_signers
from documents.models import FrozenFile
from organisation.models import User
from web.danish import genitive, listed
from web.errors import Refused
from web.locking import take

Answers = Mapping[tuple[str, Topic], str]
_FIELD = {RecipientKind.DEPARTMENT: "department", RecipientKind.EXTERNAL: "external", RecipientKind.ADULT: "adult"}


# --- giving ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def register_declaration(
    *,
    by: User,
    forloeb: Forloeb,
    person: Person,
    answers: Answers,
    way: str,
    informed_on: date | None = None,
    oral_note: str = "",
    evidence: FrozenFile | None = None,
    leaflet_given_on: date | None = None,
    signatures: Iterable[tuple[Person, date]] = (),
    expires_on: date | None = None,
) -> Declaration:
    """Register what a person answered, on the consent text in use the day they were informed by `by`.

    answers: (recipient key, topic) → "yes" or "no"; a cell that is not there was not asked (C2) and keeps its earlier
    answer. signatures: who signed (for an oral consent: who said it) and when; those who are missing are added later.
    expires_on: default informed_on plus the text's months. Raises Refused, or ValidationError keyed by field.
    """
    demand_tovholder(by, forloeb)
    demand_guidance(by)
    locked = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    demand_open(locked)
    if not ForloebPerson.objects.filter(forloeb=locked, person=person, to_date__isnull=True).exists():
        raise Refused(f"{person.name} er ikke med i forløbet.")
    informed = informed_on or timezone.localdate()
    # The words that were explained and signed that day, also when the paper is registered after a newer version came.
    text = ConsentText.objects.current(informed) or ConsentText.objects.current()
    if text is None:
        raise Refused("Der er ingen samtykketekst i brug. Koordinatoren kan sætte en i brug.")
    cells = _cells(locked, person, answers)
    last = Declaration.objects.filter(forloeb=locked).order_by("-sequence").values_list("sequence", flat=True).first()
    declaration = Declaration(
        forloeb=locked,
        person=person,
        text=text,
        way=way,
        informed_by=by,
        informed_on=informed,
        oral_note=oral_note.strip(),
        evidence=evidence,
        leaflet_given_on=leaflet_given_on,
        expires_on=expires_on or texts.months_after(informed, text.months_valid),
        sequence=(last or 0) + 1,
        created_by=by,
        answers_sha256=hashing.answers_sha256(
            text_number=text.number,
            text_sha256=text.sha256,
            person=person.pk,
            answers=[(key, str(topic.pk), answer) for (key, topic), answer in cells.items()],
        ),
    )
    _check(declaration)
    declaration.save()
    rows = [_row(declaration, key, topic, answer) for (key, topic), answer in cells.items()]
    bulk_create_with_history(rows, Consent, default_user=by)
    events.record(
        by=by,
        forloeb=locked,
        kind="consent.declared",
        text="En samtykkeerklæring er registreret.",
        data={"declaration": declaration.pk, "person": person.pk},
    )
    if leaflet_given_on:
        _leaflet_event(by, declaration)
    for signer, signed_on in signatures:
        _sign(by, declaration, signer, signed_on)
    return declaration


@transaction.atomic
def add_signature(
    *, by: User, declaration: Declaration, signer: Person, signed_on: date, evidence: FrozenFile | None = None
) -> Signature:
    """Register one more signature on a declaration; the scanned paper may come with it."""
    demand_tovholder(by, declaration.forloeb)
    demand_guidance(by)
    demand_open(declaration.forloeb)
    declaration = take(Declaration.objects.select_related("forloeb", "person"), declaration.pk, None)
    signature = _sign(by, declaration, signer, signed_on)
    if evidence is not None:
        _attach(by, declaration, evidence)
    return signature


@transaction.atomic
def attach_evidence(*, by: User, declaration: Declaration, evidence: FrozenFile) -> Declaration:
    """Lay the scanned, signed paper with its declaration (C3). A newer scan goes before an older; both are kept."""
    demand_tovholder(by, declaration.forloeb)
    declaration = take(Declaration.objects.select_related("forloeb"), declaration.pk, None)
    _attach(by, declaration, evidence)
    return declaration


@transaction.atomic
def give_leaflet(*, by: User, declaration: Declaration, on: date | None = None) -> Declaration:
    """Log that the leaflet was handed out (C9). The first hand-out stands."""
    demand_tovholder(by, declaration.forloeb)
    declaration = take(Declaration.objects.select_related("forloeb"), declaration.pk, None)
    if declaration.leaflet_given_on is None:
        declaration.leaflet_given_on = _not_in_future(on or timezone.localdate(), "leaflet_given_on")
        declaration.save()
        _leaflet_event(by, declaration)
    return declaration


def allowed_signers(person: Person, on: date) -> list[Person]:
    """Who must sign for a person on a day (C1), in Danish order.

    Raises Refused when it cannot be told, with what must be written first: a child's birth date or custody.
    """
    holders = frozenset(Custody.objects.on(on).filter(child=person).values_list("holder_id", flat=True))
    age = person.age_on(on)
    if age is None and not holders and FamilyMember.objects.filter(person=person, kind=FamilyRelation.CHILD).exists():
        raise Refused(f"Skriv {genitive(person.first_name)} fødselsdato først. Så ved vi, hvem der skal skrive under.")
    required = required_signers(person.pk, age, holders)
    if not required:
        raise Refused(f"Skriv først, hvem der har forældremyndighed over {person.first_name}. De skal skrive under.")
    return list(Person.objects.filter(pk__in=required).in_danish_order())


def _sign(by: User, declaration: Declaration, signer: Person, signed_on: date) -> Signature:
    _not_in_future(signed_on, "signed_on")
    if signed_on < declaration.informed_on:
        raise ValidationError(
            {"signed_on": "Underskriften kan ikke være fra før den dag, personen fik det forklaret. Ret den ene dato."}
        )
    allowed = allowed_signers(declaration.person, signed_on)
    if signer not in allowed:
        raise Refused(_wrong_signer(declaration.person, signer, allowed, signed_on))
    signature = Signature(declaration=declaration, signer=signer, signed_on=signed_on, registered_by=by)
    signature.full_clean()
    signature.save()
    events.record(
        by=by,
        forloeb=declaration.forloeb_id,
        kind="consent.signed",
        text="En underskrift på en samtykkeerklæring er registreret.",
        data={"declaration": declaration.pk, "signer": signer.pk},
    )
    return signature


def _wrong_signer(person: Person, signer: Person, allowed: list[Person], on: date) -> str:
    if allowed == [person]:
        return f"{person.first_name} skriver selv under. {signer.first_name} kan ikke gøre det i stedet."
    names = listed([one.first_name for one in allowed])
    return (
        f"For {person.first_name} skriver alle med forældremyndighed under: {names}. "
        f"{signer.first_name} kan ikke skrive under."
    )


def _attach(by: User, declaration: Declaration, evidence: FrozenFile) -> None:
    declaration.evidence = evidence
    declaration.save()
    events.record(
        by=by,
        forloeb=declaration.forloeb_id,
        kind="consent.evidence",
        text="En underskrevet samtykkeerklæring er lagt ind.",
        data={"declaration": declaration.pk, "file": evidence.pk},
    )


def _leaflet_event(by: User, declaration: Declaration) -> None:
    events.record(
        by=by,
        forloeb=declaration.forloeb_id,
        kind="consent.leaflet",
        text="Sedlen om behandling af oplysninger er givet.",
        data={"declaration": declaration.pk, "person": declaration.person_id},
    )


def _cells(forloeb: Forloeb, person: Person, answers: Answers) -> dict[tuple[str, Topic], str]:
    """The answers, checked: known recipients, none to oneself, yes or no, and at least one."""
    if not answers:
        raise ValidationError({"answers": f"Skriv mindst ét svar for {person.first_name}."})
    family = set(FamilyMember.objects.filter(family=forloeb.family_id).values_list("person_id", flat=True))
    for (key, _), answer in answers.items():
        kind, pk = split(key)
        if answer not in Answer.values:
            raise ValidationError({"answers": "Svaret er ja eller nej."})
        if kind is RecipientKind.ADULT and pk == person.pk:
            raise ValidationError({"answers": "Man skal ikke give samtykke til sig selv."})
        if kind is RecipientKind.ADULT and pk not in family:
            raise ValidationError({"answers": "Den voksne er ikke skrevet på familien."})
    return dict(answers)


def _row(declaration: Declaration, key: str, topic: Topic, answer: str) -> Consent:
    kind, pk = split(key)
    return Consent(declaration=declaration, topic=topic, answer=answer, **{f"{_FIELD[kind]}_id": pk})


def _check(declaration: Declaration) -> None:
    _not_in_future(declaration.informed_on, "informed_on")
    if declaration.leaflet_given_on:
        _not_in_future(declaration.leaflet_given_on, "leaflet_given_on")
    if declaration.way == Way.ORAL and not declaration.oral_note:
        raise ValidationError(
            {"oral_note": "Skriv, hvem der hørte det, hvornår det var, og præcis hvad der blev spurgt om."}
        )
    declaration.full_clean()


def _not_in_future(day: date, field: str) -> date:
    if day > timezone.localdate():
        raise ValidationError({field: "Datoen kan ikke ligge i fremtiden. Skriv den dag, det skete."})
    return day


# --- taking back ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def withdraw(
    *,
    by: User,
    forloeb: Forloeb,
    person: Person,
    recipients: Collection[str] | None = None,
    topics: Collection[Topic] | None = None,
    way: str = Way.ORAL,
    told_by: Person | None = None,
    told_on: date | None = None,
    receipt: bool = True,
) -> Withdrawal:
    """Withdraw a person's consent in whole (None = all) or in part, at once (C7).

    Works also in an ended forløb, and without the guidance read: it must be as easy as giving it. Every yes in the scope
    is withdrawn, also one that waits for a signature, and cells nobody asked about are closed as well. Whoever loses
    something gets a notice, which stands until it is confirmed (`confirm_told`). A receipt is made and frozen; when this
    machine can make no PDF it waits (`make_receipt`). Raises Refused or ValidationError.
    """
    demand_tovholder(by, forloeb)
    locked = Forloeb.objects.select_for_update(of=("self",)).get(pk=forloeb.pk)
    scope = _scope(recipients, topics)
    if told_by is not None and told_by != person and told_by not in allowed_signers(person, timezone.localdate()):
        raise Refused(f"{told_by.first_name} kan ikke tilbagekalde for {person.first_name}.")
    withdrawal = Withdrawal(
        forloeb=locked,
        person=person,
        told_by=told_by,
        told_on=_not_in_future(told_on or timezone.localdate(), "told_on"),
        way=way,
        at=timezone.now(),
        by=by,
        scope=scope,
    )
    withdrawal.full_clean()
    basis = load_basis(locked)  # as it stands before: what is lost can be seen only now
    withdrawal.save()
    _notify(withdrawal, consequences.lost_cells(person, basis, recipients=recipients, topics=topics), basis.on)
    for consent in _standing(locked, person, scope):
        consent.withdrawal, consent.withdrawn_at = withdrawal, withdrawal.at
        consent.save()
    events.record(
        by=by,
        forloeb=locked,
        kind="consent.withdrawn",
        text="Et samtykke er tilbagekaldt.",
        data={"withdrawal": withdrawal.pk, "person": person.pk},
    )
    if not locked.is_ended and locked.state != ForloebState.CONSENT and not readiness.may_continue(locked):
        events.record(
            by=by,
            forloeb=locked,
            kind="consent.last_withdrawn",
            text="Det sidste samtykke, som forløbet hviler på, er tilbagekaldt. Forløbet kan ikke fortsætte.",
            data={"withdrawal": withdrawal.pk},
        )
    if receipt:
        freeze_receipt(by=by, withdrawal=withdrawal)
    return withdrawal


@transaction.atomic
def make_receipt(*, by: User, withdrawal: Withdrawal) -> Withdrawal:
    """Make the receipt of a withdrawal that has none yet. Raises Refused when this machine can make no PDF."""
    demand_tovholder(by, withdrawal.forloeb)
    withdrawal = (
        Withdrawal.objects.select_for_update(of=("self",)).select_related("forloeb", "person").get(pk=withdrawal.pk)
    )
    if withdrawal.receipt_id is None and not freeze_receipt(by=by, withdrawal=withdrawal):
        raise Refused("Serveren kan ikke lave PDF lige nu. Tilbagekaldelsen gælder alligevel.")
    return withdrawal


def _notify(withdrawal: Withdrawal, lost: Collection[consequences.CellKey], on: date) -> None:
    """A notice for each department and external party that loses something."""
    rows = consequences.must_be_told(withdrawal.forloeb, lost, on)
    for department, external in dict.fromkeys((row.department_id, row.external_id) for row in rows):
        notice = WithdrawalNotice(withdrawal=withdrawal, department_id=department, external_id=external)
        notice.full_clean()
        notice.save()


@transaction.atomic
def confirm_told(*, by: User, notice: WithdrawalNotice) -> WithdrawalNotice:
    """Write down that a recipient knows of a withdrawal, by this user today (C7). The first time stands.

    Possible in an ended forløb too: what was handed out is held there still. Raises Refused with who can.
    """
    standing = demand_participant(by, notice.withdrawal.forloeb)
    locked = (
        WithdrawalNotice.objects.select_for_update(of=("self",))
        .with_readers()
        .select_related("withdrawal__forloeb", "department", "external")
        .get(pk=notice.pk)
    )
    if not may_confirm(standing.participation, locked.recipient, locked.is_manned):  # type: ignore[attr-defined]
        who = f"en medarbejder i {locked.home}, som er med" if standing.is_tovholder else "den, beskeden er til"
        raise Refused(f"Det kan kun {who}.")
    if locked.told_on is None:
        locked.told_on, locked.told_by = timezone.localdate(), by
        locked.full_clean()
        locked.save()
        events.record(
            by=by,
            forloeb=locked.withdrawal.forloeb,
            kind="consent.withdrawal_told",
            text="En modtager har fået besked om en tilbagekaldelse.",
            data={"notice": locked.pk},
        )
    return locked


def _scope(recipients: Collection[str] | None, topics: Collection[Topic] | None) -> dict[str, list[str]]:
    if (recipients is not None and not recipients) or (topics is not None and not topics):
        raise ValidationError({"scope": "Vælg, hvad der tilbagekaldes."})
    for key in recipients or ():
        split(key)
    return {"recipients": sorted(recipients or ()), "topics": sorted(str(topic.pk) for topic in topics or ())}


def _standing(forloeb: Forloeb, person: Person, scope: dict[str, list[str]]) -> list[Consent]:
    """Every yes of the person inside the scope that is not withdrawn yet, locked."""
    rows = Consent.objects.select_for_update(of=("self",)).filter(
        declaration__forloeb=forloeb, declaration__person=person, answer=Answer.YES, withdrawn_at__isnull=True
    )
    if scope["topics"]:
        rows = rows.filter(topic__in=[UUID(pk) for pk in scope["topics"]])
    return [row for row in rows if not scope["recipients"] or row.recipient in scope["recipients"]]


# --- the forløb and the guidance ---------------------------------------------------------------------------------------
@transaction.atomic
def activate_forloeb(*, by: User, forloeb: Forloeb) -> Forloeb:
    """Make a forløb active once people and consents are there (F1, F4). Raises Refused with all that is missing."""
    demand_tovholder(by, forloeb)
    forloeb = take(Forloeb.objects.select_related("family"), forloeb.pk, None)
    if forloeb.state != ForloebState.CONSENT:
        raise Refused("Forløbet er allerede sat i gang.")
    left = [line.text for line in readiness.missing(forloeb) if not line.done]
    if left:
        raise Refused(f"Forløbet kan ikke blive aktivt endnu. Det mangler: {'; '.join(left)}.")
    forloeb.state, forloeb.activated_on = ForloebState.ACTIVE, timezone.localdate()
    forloeb.full_clean()
    forloeb.save()
    events.record(by=by, forloeb=forloeb, kind="forloeb.activated", text="Forløbet er aktivt.")
    return forloeb


@transaction.atomic
def read_guidance(*, by: User) -> GuidanceRead:
    """Confirm the guidance in use, once per version (C8)."""
    guidance = current_guidance()
    if guidance is None:
        raise Refused("Der er ingen vejledning i brug lige nu.")
    read, _ = GuidanceRead.objects.get_or_create(user=by, guidance=guidance)
    return read
