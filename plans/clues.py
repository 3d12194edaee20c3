"""Clues to a protected address in the papers of Én Plan, found before any of them is made (C12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError

from audit import events
from audit.models import Event
from cases.models import Person
from consent.clues import Clue, Found, Guard, against, fingerprint, found_in, guards_of
from consent.models import ClueKind
from consent.sharing import Basis, Reader, may_know_of
from meetings.models import Attendance
from organisation.models import User
from plans import front, pdf
from plans.beside import beside, person_of
from plans.models import PlanCopy, PlanItem, PlanVersion
from plans.readers import Addressee
from web.errors import Refused
from web.fields import keyed_index


class CluesFound(ValidationError):
    """The plan is not finished: papers would name clues to a protected address. `found` says which, to whom."""

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__("Planen er ikke færdig: Et papir nævner spor til en beskyttet adresse.")
        self.found = list(found)


def found_for(
    version: PlanVersion,
    items: list[PlanItem],
    seen: Collection[PlanItem],
    page: front.Page,
    readers: Sequence[Addressee],
    basis: Basis,
    writer: Reader,
    *,
    knows_all: bool,
) -> list[Found]:
    """Every clue that a reader's copy would hold. seen: what the writer may see; a word elsewhere is not named to them,
    nor a reader of the family whom they may not know of and did not meet there (C5)."""
    guards = guards_of(version.plan.forloeb)
    known = {one.person for one in guards if knows_all or may_know_of(writer, one.person, basis)}
    own = " ".join(f"{item.text} {item.outcome_note}" for item in seen)
    own += f" {page['meeting']['place']} {(page['next_meeting'] or {}).get('place', '')} {version.correction}"
    met = {UUID(one["id"]) for one in page["family_present"]} if version.meeting_id in writer.present_at else set()
    met_at = _places(version, page, guards)
    found: list[Found] = []
    for one in readers:
        clues = against(guards, one.reader) + met_at.unknown_to(one.reader, guards)
        if clues:
            hits = found_in(pdf.words(version, items, page, one, basis), clues)
            mine = set(found_in(own, hits))
            person = one.person.pk if one.person else None
            names = knows_all or person is None or person in met or may_know_of(writer, person, basis)
            found += [
                Found(clue, one.label, tells=clue in mine and clue.person in known, names_reader=names) for clue in hits
            ]
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Each meeting that the front page tells the place of: the place, and who of the family was asked there."""

    asked: dict[str, set[UUID]]

    def unknown_to(self, reader: Reader, guards: Sequence[Guard]) -> list[Clue]:
        """Where a protected person was or will be met, and this reader of the family was not asked: outside that door
        one can wait. Externals, who work with the family, are not warned of for it."""
        return [
            Clue(guard.person, guard.name, ClueKind.PLACE, place)
            for guard in guards
            if reader.person and guard.is_against(reader)
            for place, asked in self.asked.items()
            if guard.person in asked and reader.person not in asked
        ]


def _places(version: PlanVersion, page: front.Page, guards: Sequence[Guard]) -> Places:
    """One query when somebody is protected."""
    told = [one["number"] for one in (page["meeting"], page["next_meeting"]) if one and one.get("place")]
    asked: dict[str, set[UUID]] = {}
    if guards:
        rows = Attendance.objects.filter(
            meeting__forloeb=version.plan.forloeb_id, meeting__number__in=told, person__isnull=False
        )
        for place, person in rows.values_list("meeting__place", "person"):
            asked.setdefault(place, set()).add(person)
    return Places(asked)


def demand_confirmed(found: Sequence[Found], confirmed: str, *, by: User, version: PlanVersion) -> None:
    """Raises CluesFound unless exactly these clues were shown and confirmed; a confirmation stands in the timeline."""
    if not found:
        return
    if confirmed != fingerprint(found):
        raise CluesFound(found)
    events.record(
        by=by,
        forloeb=version.plan.forloeb,
        kind="paper.clues_confirmed",
        text="Et papir er lavet, selv om det nævner spor til en beskyttet adresse.",
        data={"version": version.pk, "clues": len(found)} | _marks(found),
    )


def learnt_since(
    copy: PlanCopy, items: list[PlanItem], guards: Sequence[Guard], basis: Basis, reader: Reader
) -> list[Clue]:
    """Clues in a frozen copy that nobody confirmed when it was made: the address was protected, or the word known, later.

    items: all that stands in the copy (`with_sources`). guards: of the forløb, today. reader: the copy's, from
    `plans.beside.readers_of`: words from the board stand in it because its reader heard them there. One query when there
    is a clue in it.
    """
    clues = against(guards, reader)
    if not clues:
        return []
    kept = beside(copy).words
    hits = found_in(_made_anew(copy, items, basis, reader) if kept is None else kept, clues)
    confirmed = _confirmed(copy.version) if hits else set()
    return [clue for clue in hits if str(_mark(clue, copy.recipient_label)) not in confirmed]


def _made_anew(copy: PlanCopy, items: list[PlanItem], basis: Basis, reader: Reader) -> str:
    """The words of a copy from before they were kept with it."""
    person = person_of(copy)
    whose = Person.objects.filter(pk=person).first() if person else None
    addressee = Addressee(reader, copy.recipient_label, person=whose)
    return pdf.words(copy.version, items, front.of(copy.version), addressee, basis)


def demand_none_learnt(copy: PlanCopy, items: list[PlanItem], basis: Basis, reader: Reader) -> None:
    """Raises `Refused` when a frozen copy would now give a protected address away (C12). As in `learnt_since`."""
    if learnt_since(copy, items, guards_of(copy.version.plan.forloeb), basis, reader):
        raise Refused(
            f"Udgaven til {copy.recipient_label} nævner noget, der kan røbe en beskyttet adresse. Det vidste I ikke, da "
            "planen blev færdig. Lav en rettelse af planen. Så får hver modtager en ny udgave."
        )


def _mark(clue: Clue, reader: str) -> UUID:
    """Stands for a clue to a reader in the timeline, which keeps no address."""
    return UUID(hex=keyed_index(f"{clue.person}|{clue.kind}|{clue.word}|{reader}")[:32])


def _marks(found: Sequence[Found]) -> dict[str, UUID]:
    return {f"clue_{number}": _mark(one.clue, one.reader) for number, one in enumerate(found, start=1)}


def _confirmed(version: PlanVersion) -> set[str]:
    told = Event.objects.filter(kind="paper.clues_confirmed", forloeb_id=version.plan.forloeb_id)
    return {
        str(value)
        for data in told.filter(data__version=str(version.pk)).values_list("data", flat=True)
        for value in data.values()
    }
