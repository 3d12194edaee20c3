"""What the writing page shows: the board's slips, the sheet, and what is missing. Constant queries for any plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases import collaboration
from cases.access import Standing
from cases.models import ForloebPerson, Participation
from consent.access import guidance_read_by
from consent.basis import load_basis
from consent.labels import Labels
from consent.marking import topics_from, topics_together
from consent.models import keys_in, together
from consent.sharing import Basis, Facts, Reader, may_know_of, may_see, share
from consent.unmarked import may_read
from meetings.boards import board_of, column_of
from meetings.models import Attendance, BoardNote, Meeting, SmileyRating
from organisation.models import in_danish
from plans import marks, sheet, tree
from plans.access import is_referent
from plans.filing import cases_to_file
from plans.gaps import HAS_LEFT, Gap, fields_missing, gaps_of, has_left, start_of
from plans.models import FollowUp, ItemKind, Outcome, PlanItem, PlanVersion
from plans.named import NamedTo
from plans.unseen_gaps import unseen_gaps
from web.danish import danish_key, danish_sorted, listed

USES = (("goal", "Mål"), ("sub_goal", "Delmål"), ("effort", "Indsats"), ("agreement", "Aftale"))
KEPT = "Udeladt: samtykke mangler"
FIELD_NAMES = {"text": "teksten", "who": "hvem", "due": "datoen", "outcome": "svaret", "note": "bemærkningen"}


@dataclass(slots=True)
class Row:
    """One item's fields on the sheet."""

    item: PlanItem
    text: str
    who: str
    due: str
    line: tree.Line | None = None
    since: tree.Since | None = None
    outcome: str = ""
    note: str = ""
    is_note_kept: bool = False  # there is one, which this writer may not have
    follow_up: FollowUp | None = None
    errors: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    clashes: list[sheet.Clash] = field(default_factory=list)
    marked: str = ""
    only_for: str = ""
    warnings: tuple[str, ...] = ()
    gone: bool = False  # whoever has the task no longer takes part

    @property
    def unsaved(self) -> str:
        """»datoen i »Ringer til skolen««: what was refused of this line, and what two have written in."""
        fields = list(dict.fromkeys([*self.errors, *(clash.field for clash in self.clashes)]))
        text = start_of((self.since.text if self.since else self.item.text).strip())
        where = f"»{text}«" if text else f"et tomt punkt ({self.item.get_kind_display()})"
        return f"{listed([FIELD_NAMES[one] for one in fields])} i {where}" if fields else ""


@dataclass(slots=True)
class PartRows:
    sub: Row | None
    efforts: list[Row]
    agreements: list[Row]
    under: UUID | None
    above: str = ""


@dataclass(slots=True)
class GoalRows:
    row: Row
    number: int
    parts: list[PartRows]


@dataclass(slots=True)
class Slip:
    """A board note, with its place in the plan when it has one. who: said it, for a writer who may know of them."""

    note: BoardNote
    stands: str = ""
    who: str = ""


class Desk:
    """Built once per request: `Desk(version, standing)`, or with what a save left unsaved. found: from `around`, when it is
    asked for already."""

    def __init__(
        self,
        version: PlanVersion,
        standing: Standing,
        saved: sheet.Saved | None = None,
        found: dict[str, Any] | None = None,
    ) -> None:
        self.version, self.standing = version, standing
        self.saved = saved or sheet.Saved()
        self.forloeb = version.plan.forloeb
        self.basis: Basis = load_basis(self.forloeb)
        self.around = around(version, standing) if found is None else found
        self.reader = Reader(standing.recipient, present_at=keys_in(self.around["present_at"]))
        self.items = list(version.items.with_sources().with_mark_ids("carried_from", "from_note"))
        topics = topics_from(self.around["topics"])
        self.labels = Labels([self.reader], self.basis, keeps_all=standing.is_tovholder, topics=topics)
        self.tree = tree.read(self.items, self.reader, self.basis, labels=self.labels)
        self.visible = self.tree.visible

    def gaps(self) -> list[Gap]:
        has_goal = any(item.kind == ItemKind.GOAL and item.is_open for item in self.items)
        unseen = unseen_gaps(self.version, self.standing, self.items, self.visible, self.basis)
        return gaps_of(self.visible, has_goal=has_goal, here=self._here) + unseen

    def context(self) -> dict[str, Any]:
        """Everything the page and its fragments need."""
        self.people = marks.people_in(self.basis)
        gaps = self.gaps()
        self.missing = fields_missing(gaps)
        self.follow_ups = self._follow_ups()
        saved_at = self.around["saved_at"] or self.version.created_at
        meeting = self.version.meeting
        slips, notes_left_out = self._slips(meeting)
        known = [row.person for row in self._family() if self._may_name(row.person_id)]
        staff = list(
            Participation.objects.open()
            .filter(forloeb=self.forloeb)
            .annotate(was_there=Exists(_came(meeting)))
            .select_related("user", "department", "external")
            .order_by(in_danish("user__name"), in_danish("external_name"))
        )
        self.there = {one.recipient for one in staff if one.was_there}
        self.labels.told(staff)
        self.choices = {f"p:{person.pk}" for person in known} | {f"s:{one.pk}" for one in staff}
        return {
            "version": self.version,
            "forloeb": self.forloeb,
            "meeting": meeting,
            "names": listed([person.first_name for person in known]),
            "before": self._before(),
            "correction": self._correction(),
            "since": [self._row(item=row.item, since=row) for row in self.tree.since],
            "goals": [self._goal(goal) for goal in self.tree.goals],
            "others": [self._part(part, part.sub.item.pk if part.sub else None) for part in self.tree.others],
            "loose": self._part(self.tree.loose, None),
            "slips": slips,
            "goal_help": collaboration.model_for(self.forloeb).goal_help,
            "notes_left_out": notes_left_out,
            "left_out": self.tree.left_out,
            "gaps": gaps,
            "staff": staff,
            "family": known,
            "outcomes": Outcome.choices,
            "saved_at": saved_at,
            "saved_today": saved_at is not None and timezone.localdate(saved_at) == timezone.localdate(),
            "saved": self.saved,
            "next_meeting": self.around["next_at"] and {"starts_at": self.around["next_at"]},
            "smileys": self.around["smileys"],
            "is_filed": self.around["is_filed"],
            "leads": self.standing.is_tovholder,
        }

    def _correction(self) -> str:
        text = self.version.correction
        return text if may_read(self.reader, text, self.basis, topics=self.labels.topics) else ""

    # --- rows -----------------------------------------------------------------------------------------------------
    def _goal(self, goal: tree.Goal) -> GoalRows:
        parts = [self._part(part, part.sub.item.pk if part.sub else goal.line.item.pk) for part in goal.parts]
        if not parts:
            parts = [PartRows(None, [], [], goal.line.item.pk, goal.line.item.text)]
        return GoalRows(self._row(line=goal.line), goal.number, parts)

    def _part(self, part: tree.Part, under: UUID | None) -> PartRows:
        return PartRows(
            self._row(line=part.sub) if part.sub else None,
            [self._row(line=line) for line in part.efforts],
            [self._row(line=line) for line in part.agreements],
            under,
            above=part.sub.item.text if part.sub else "målet",
        )

    def _row(
        self, *, line: tree.Line | None = None, item: PlanItem | None = None, since: tree.Since | None = None
    ) -> Row:
        item = item or line.item  # type: ignore[union-attr]
        values = sheet.shown(item)
        values |= {key: self.saved.typed.get(f"{key}-{item.pk}", value) for key, value in values.items()}
        fields = ("outcome", "note") if since else ("text", "who", "due")
        is_note_kept = since is not None and not self._may_have_note(item)
        clashes = [clash for clash in self.saved.clashes.get(item.pk, []) if clash.field in fields]
        return Row(
            item=item,
            line=line,
            since=since,
            text=values["text"],
            who=values["who"],
            due=values["due"],
            outcome=values["outcome"],
            note="" if is_note_kept else values["note"],
            is_note_kept=is_note_kept,
            follow_up=self.follow_ups.get(item.carried_from_id) if since and item.carried_from_id else None,
            errors={
                key: self.saved.errors[f"{key}-{item.pk}"] for key in fields if f"{key}-{item.pk}" in self.saved.errors
            },
            missing={gap.removesuffix(f"-{item.pk}") for gap in self.missing if gap.endswith(str(item.pk))},
            clashes=[replace(one, theirs=KEPT) if is_note_kept and one.field == "note" else one for one in clashes],
            marked=self._marked(item),
            only_for=self._only_for(item),
            warnings=tuple(filter(None, self._warnings(item))),
            gone=bool(values["who"]) and values["who"] not in self.choices,
        )

    def _marked(self, item: PlanItem) -> str:
        """»Om Anton og Sofie · skole og dagtilbud (gættet) · holdes fra Jens«. Whom it is about is the writer's to know with it; from
        whom it is kept may be somebody the writer may not know of (C5)."""
        names = danish_sorted(self._names(item, "about").values())
        about = f"Om {listed(names)}" if names else "Om ingen bestemt"
        kept = self._names(item, "kept_from")
        told = danish_sorted(name for pk, name in kept.items() if self._may_name(pk))
        if len(told) < len(kept):
            told.append("andre" if told else "nogen")
        topic = f"{item.topic.name.lower()} (gættet)" if item.topic_is_guess else item.topic.name.lower()
        return f"{about} · {topic}" + (f" · holdes fra {listed(told)}" if told else "")

    def _warnings(self, item: PlanItem) -> Iterator[str]:
        """What the writer should look at, and may let stand."""
        yield marks.warning(item, self.people, self._may_name)
        if item.kind != ItemKind.AGREEMENT or not item.is_open:
            return
        day = timezone.localdate(self.version.meeting.starts_at)
        if item.due_on and item.due_on < day:
            yield "Dagen er gået. Skriv en ny, hvis aftalen stadig gælder."
        if has_left(item, self._here):
            yield HAS_LEFT
        elif not self._reaches_who_has_it(item):
            yield "Den, der skal gøre det, må ikke få det at vide. Vælg en anden, eller tal med dem, det handler om."

    def _reaches_who_has_it(self, item: PlanItem) -> bool:
        """Will whoever has the task find it in their own copy? It is their own when the plan is finished (C5)."""
        if item.responsible:
            own = marks.owner(item, self.there, self.standing.recipient)
            told = replace(Facts.of(item), contributed_by=own, meeting_of_board=None)
            return may_see(Reader(item.responsible.recipient), told, self.basis)
        who = item.responsible_person_id
        if who is None or not self._may_name(who):
            return True
        return may_see(Reader.of_person(who), Facts.of(item), self.basis)

    def named(self, one: NamedTo) -> dict[str, Any]:
        """A line that names somebody it is not marked with, and who would learn of them, in names the writer may know."""
        known = [person.first_name for person in one.persons if self._may_name(person.pk)]
        readers = [reader.label for reader in one.readers if reader.person is None or self._may_name(reader.person.pk)]
        if len(readers) < len(one.readers):
            readers.append("andre" if readers else "nogen i familien")
        return {
            "item": one.item,
            "names": listed(known if len(known) == len(one.persons) else [*known, "en anden"] if known else []),
            "readers": listed(readers),
            "many": len(one.readers) > 1,
        }

    def _names(self, item: PlanItem, mark: str) -> dict[UUID, str]:
        """First names of whom an item is about or kept from; a query only for one who has left the forløb."""
        here = {row.person_id: row.person.first_name for row in self.basis.family}
        ids = item.about_ids if mark == "about" else item.kept_from_ids
        if ids <= here.keys():
            return {pk: here[pk] for pk in ids}
        return {one.pk: one.first_name for one in getattr(item, mark).all()}

    def _may_have_note(self, item: PlanItem) -> bool:
        """Why it went as it did, in words that may name others than the line does (C5).

        One of the two who write the plan wrote it, so here only a no hides it; not where a line is kept from somebody (M8).
        """
        own = not item.kept_from_ids
        return marks.may_have_words(self.reader, item, item.outcome_note, self.basis, self.labels.topics, own=own)

    def _only_for(self, item: PlanItem) -> str:
        """»Helbred. Kommer kun med til dem, Sofie har sagt ja til.«"""
        names = danish_sorted(self._names(item, "about").values())
        if not item.topic.is_sensitive or not names:
            return ""
        return f"{item.topic.name}. Kommer kun med til dem, {listed(names)} har sagt ja til."

    def _follow_ups(self) -> dict[UUID, FollowUp]:
        """The newest follow-up on what each visible item was carried on from; its words have that item's marks (C5)."""
        before = [item.carried_from for item in self.visible if item.carried_from]
        old = [one.pk for one in before if may_see(self.reader, Facts.of(one), self.basis)]
        rows = FollowUp.objects.filter(agreement__in=old).select_related("by").order_by("at")
        newest = {row.agreement_id: row for row in rows}
        of = {one.pk: one for one in before}
        for row in newest.values():
            own = row.by_id == self.standing.participation.user_id
            row.may_read = marks.may_have_words(  # type: ignore[attr-defined]
                self.reader, of[row.agreement_id], row.note, self.basis, self.labels.topics, own=own
            )
        return newest

    # --- the board ------------------------------------------------------------------------------------------------
    def _slips(self, meeting: Meeting) -> tuple[list[tuple[Any, list[tuple[str, str]], list[Slip]]], int]:
        """The notes by column with what they may be used as, and how many the writer may not see: the board is not told to
        be whole (C6)."""
        shared = share(BoardNote.objects.filter(meeting=meeting).for_sharing().with_mark_ids(), self.reader, self.basis)
        notes = shared.visible
        places = {item.from_note_id: self._place(item) for item in self.items if item.from_note_id}
        board = board_of(meeting)
        # The goals first: they are what the plan begins with, and what the rest of the board is used under.
        ordered = sorted(board.columns, key=lambda column: not column.is_goal)
        columns = [(column, [note for note in notes if column_of(note, board) == column.key]) for column in ordered]
        slips = [
            (column, self._uses(column), [Slip(note, places.get(note.pk, ""), self._who(note)) for note in found])
            for column, found in columns
            if found
        ]
        return slips, shared.left_out

    def _uses(self, column: collaboration.BoardColumn) -> list[tuple[str, str]]:
        """What a note there may become, first what the model's column is for. Without a goal only that: the rest needs one."""
        offered = USES if self.tree.goals else USES[:1]
        return sorted(offered, key=lambda use: use[0] != column.becomes)

    def _who(self, note: BoardNote) -> str:
        """Who said it, as on the board: when the writer may know of that person, or the note is about them."""
        if note.said_by is None:
            return ""
        return note.said_by.first_name if note.said_by.pk in note.about_ids or self._may_name(note.said_by.pk) else ""

    def _place(self, item: PlanItem) -> str:
        for goal in self.tree.goals:
            if goal.line.item.pk == item.pk:
                return f"Står som mål {goal.number}"
            for part in goal.parts:
                if part.sub and part.sub.item.pk == item.pk:
                    return f"Står under mål {goal.number}"
                for line in part.agreements:
                    if line.item.pk == item.pk:
                        return f"Står som aftale {line.number}"
                if any(line.item.pk == item.pk for line in part.efforts):
                    return f"Står under mål {goal.number}"
        return "Står i planen"

    # --- small things ---------------------------------------------------------------------------------------------
    @cached_property
    def _here(self) -> frozenset[UUID]:
        """Who of the family is in the forløb now."""
        return frozenset(row.person_id for row in self.basis.family)

    def _family(self) -> Sequence[ForloebPerson]:
        """By first name in Danish order, as the basis has them by last name."""
        return sorted(self.basis.family, key=lambda row: (danish_key(row.person.first_name), row.person_id))

    def _may_name(self, person: UUID) -> bool:
        """Whom the writer may know of, and whom they sat with at the meeting."""
        return self.standing.is_tovholder or person in self.met or may_know_of(self.reader, person, self.basis)

    @cached_property
    def met(self) -> frozenset[UUID]:
        """Those of the family who sat at the meeting with the writer: their names are no news (M10)."""
        return keys_in(self.around["met"]) if self.version.meeting_id in self.reader.present_at else frozenset()

    def _before(self) -> dict[str, Any] | None:
        """The finished version »Siden sidst« speaks of, with what the page says of it."""
        if self.around["before_pk"] is None:
            return None
        return {
            "pk": self.around["before_pk"],
            "number": self.around["before_number"],
            "meeting": {"starts_at": self.around["before_at"]},
        }


def around(version: PlanVersion, standing: Standing) -> dict[str, Any]:
    """What stands around a draft, in one query: does this participant write it (`is_writer`), and is the guidance in use
    confirmed (C8); where the writer was present, and whom of the family they met there; when it was last saved; the version
    before; the next meeting; how many smileys were given; the topics in use."""
    meeting = version.meeting
    present = Attendance.objects.present()
    mine = present.of(standing.participation)
    smileys = SmileyRating.objects.filter(meeting=meeting).order_by()
    before = PlanVersion.objects.finished().before(version).filter(plan=OuterRef("plan")).order_by("-number")
    ahead = Meeting.objects.planned().filter(forloeb=meeting.forloeb_id, starts_at__gt=meeting.starts_at).in_order()
    saved = PlanItem.history.filter(version=version).order_by("-history_date")
    by = standing.participation.user
    rows = PlanVersion.objects.filter(pk=version.pk).values(
        was_referent=is_referent(standing, version.meeting_id),
        guidance=guidance_read_by(by) if by else Value(None),
        present_at=together(mine, "meeting"),
        met=together(present.filter(meeting=meeting, person__isnull=False), "person"),
        saved_at=Subquery(saved.values("history_date")[:1]),
        before_pk=Subquery(before.values("pk")[:1]),
        before_number=Subquery(before.values("number")[:1]),
        before_at=Subquery(before.values("meeting__starts_at")[:1]),
        next_at=Subquery(ahead.values("starts_at")[:1]),
        topics=topics_together(),
        is_filed=Exists(cases_to_file(meeting.forloeb_id)),
        smileys=Coalesce(Subquery(smileys.values("meeting").annotate(n=Count("pk")).values("n")), 0),
    )
    found = dict(rows.get())
    writes = standing.is_tovholder or found["was_referent"]
    return found | {"writes": writes, "has_read": found["guidance"] is not False}


def _came(meeting: Meeting) -> QuerySet[Any]:
    """For a participation: who of its department, or from the same place outside, was registered present."""
    same = Q(participation__department=OuterRef("department")) | Q(participation__external=OuterRef("external"))
    return Attendance.objects.present().filter(same, meeting=meeting)
