"""What one participant gets of a version today: the tree, the follow-ups, the copies and the journal lines they may see."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404

from cases.access import Standing
from cases.models import Participation
from consent.basis import load_basis
from consent.clues import guards_of
from consent.department_cases import may_know_case, topics_by_key
from consent.labels import Labels
from consent.marking import topics_in_use
from consent.sharing import may_know_of
from consent.unmarked import may_read
from organisation.models import in_danish
from plans import front, marks, tree
from plans.access import is_writer, may_carry, may_fetch, may_follow_up, reader_of_standing, referent_of, wrote_at
from plans.beside import may_have_all, person_of, readers_of
from plans.clues import learnt_since
from plans.filing import not_filed
from plans.forms import DistributeForm
from plans.models import Distribution, FollowUp, FollowUpState, JournalEntry, PlanCopy, PlanItem, PlanVersion


@dataclass(slots=True)
class ReadLine:
    line: tree.Line
    follow_ups: list[FollowUp]
    may_follow: bool

    @property
    def newest(self) -> FollowUp | None:
        return self.follow_ups[-1] if self.follow_ups else None

    @property
    def is_done(self) -> bool:
        return self.newest is not None and self.newest.state == FollowUpState.DONE


@dataclass(slots=True)
class CopyRow:
    """One reader's copy. `open`: this participant may fetch it; `shut`: the consent no longer covers it.
    `not_for_us`: it holds what this participant's own department may not see. `tells_address`: what stands in it is known
    today to give a protected address away (C12)."""

    copy: PlanCopy
    open: bool
    shut: bool
    not_for_us: bool
    tells_address: bool
    form: DistributeForm | None

    @property
    def is_familys(self) -> bool:
        return not self.copy.recipient.startswith("d:")


class Reading:
    def __init__(
        self,
        version: PlanVersion,
        standing: Standing,
        distribute_form: tuple[PlanCopy, DistributeForm] | None = None,
    ) -> None:
        self.version, self.standing, self.wrong = version, standing, distribute_form
        self.forloeb = version.plan.forloeb
        self.named: set[UUID] = set()
        self.basis = load_basis(self.forloeb)
        self.reader = reader_of_standing(standing)
        self.items = list(
            version.items.with_sources().prefetch_related(
                Prefetch("follow_ups", FollowUp.objects.select_related("by").order_by("at"), to_attr="told")
            )
        )
        self.page = front.of(version) if not version.is_draft else front.compose(version, self.items)
        voices = None if version.is_draft else self.page["voices"]
        labels = Labels([self.reader], self.basis, keeps_all=standing.is_tovholder)
        self.tree = tree.read(self.items, self.reader, self.basis, voices, labels=labels)

    def persons(self) -> set[UUID]:
        """Whom the page tells about, for the log: those too whose copy or journal line it names (C13). Asked for after
        `context`, which finds them."""
        about = {person.pk for item in self.tree.visible for person in item.about.all()}
        return about | self.named | {UUID(member["id"]) for member in self._front().members}

    def line_of(self, agreement: PlanItem) -> tree.Line:
        """The agreement's line. Raises Http404 when this reader may not see it."""
        for line in [*self.tree.agreements]:
            if line.item.pk == agreement.pk:
                return line
        raise Http404

    def context(self) -> dict[str, Any]:
        finished = not self.version.is_draft
        writes = self._writes(self.version)
        later = self.version.plan.versions.filter(number__gt=self.version.number).order_by("number")
        newer = later.finished().first()
        follows = finished and newer is None
        return {
            "version": self.version,
            "forloeb": self.forloeb,
            "front": self._front(),
            "correction": self._correction(),
            "page": self.page,
            "tree": self.tree,
            "since": tree.told_since(self.tree),
            "goals": [self._goal(goal, follows) for goal in self.tree.goals],
            "others": [self._part(part, follows) for part in self.tree.others],
            "loose": self._part(self.tree.loose, follows),
            "left_out": self.tree.left_out,
            "home": self.standing.participation.home,
            "copies": self._named_copies(writes) if finished else [],
            "journal": self._named_lines() if finished else [],
            "leads": self.standing.is_tovholder,
            "to_file": not_filed(self.version) if follows and writes and self.standing.is_tovholder else [],
            "writes": writes,
            "writer": (writer := referent_of(self.version.meeting_id)),
            "ask": self._ask(writer),
            "later": newer,
            "draft": (draft := later.drafts().first()),
            "writes_draft": draft is not None and self._writes(draft),
            "before": self.version.plan.versions.finished().before(self.version).order_by("-number").first(),
        }

    def _writes(self, version: PlanVersion) -> bool:
        return not self.forloeb.is_ended and is_writer(self.standing, version.meeting_id)

    def _ask(self, referent: Participation | None) -> str:
        """What to do about a copy that one's own department may not see (P6). Nobody is told to ask themselves."""
        if referent is not None and referent.pk != self.standing.participation.pk:
            return "Bed mødets referent om at give den videre."
        talk = "Tal med familien om et samtykke"
        return f"{talk}." if self.standing.is_tovholder else f"{talk}, eller bed tovholderen om at give den videre."

    def _front(self) -> front.Front:
        if self.standing.is_tovholder:
            return front.Front(self.page, self.page["members"], self.page["family_present"], self.page["staff"])
        return front.for_reader(self.page, self.reader, self.basis)

    def _correction(self) -> str:
        """What is corrected, for who may have it (C5)."""
        text = self.version.correction
        return text if may_read(self.reader, text, self.basis) else ""

    def _goal(self, goal: tree.Goal, follows: bool) -> dict[str, Any]:
        parts = [self._part(part, follows) for part in goal.parts]
        return {"line": goal.line, "number": goal.number, "parts": parts}

    def _part(self, part: tree.Part, follows: bool) -> dict[str, Any]:
        agreements = [self._line(line, follows) for line in part.agreements]
        return {"sub": part.sub, "efforts": part.efforts, "agreements": agreements}

    def _line(self, line: tree.Line, follows: bool) -> ReadLine:
        may = follows and not self.forloeb.is_ended and may_follow_up(self.standing, line.item)
        told: list[FollowUp] = list(line.item.told)  # type: ignore[attr-defined]
        for one in told:
            own = one.by_id == self.standing.participation.user_id
            one.may_read = marks.may_have_words(  # type: ignore[attr-defined]
                self.reader, line.item, one.note, self.basis, self._topics if one.note else {}, own=own
            )
        return ReadLine(line, told, may)

    @cached_property
    def _topics(self) -> marks.Topics:
        return marks.topics_in_use()

    def knows(self, person: UUID | None) -> bool:
        return person is None or self.standing.is_tovholder or may_know_of(self.reader, person, self.basis)

    def _named_copies(self, writes: bool) -> list[CopyRow]:
        rows = self._copies(writes)
        self.named |= {person for row in rows if (person := person_of(row.copy))}
        return rows

    def _named_lines(self) -> list[JournalEntry]:
        rows = self._journal()
        self.named |= {row.person_id for row in rows}
        return rows

    def _copies(self, writes: bool) -> list[CopyRow]:
        sent = Prefetch("distributions", Distribution.objects.select_related("by").order_by("on"))
        self.guards = guards_of(self.forloeb)
        # With what they were carried on from and their notes: those words stand in a copy too (C5, C12).
        copies = list(self.version.copies.prefetch_related(sent, Prefetch("items", PlanItem.objects.with_sources())))
        self.topics, self.readers = topics_in_use(), readers_of(copies)
        wrote = wrote_at(self.standing, self.version.meeting_id) if writes else None
        rows = [self._copy_row(copy, writes, wrote) for copy in copies]
        return [row for row in rows if row.open or self.knows(person_of(row.copy))]

    def _copy_row(self, copy: PlanCopy, writes: bool, wrote: UUID | None) -> CopyRow:
        mine = may_fetch(self.standing, copy, writes)
        items, reader = list(copy.items.all()), self.readers[copy.pk]
        shut = not may_have_all(copy, items, self.basis, self.topics, reader)
        own = copy.recipient == self.standing.recipient
        free = own or may_carry(copy, items, self.standing, wrote, self.basis, self.topics)
        form = DistributeForm(auto_id=f"id_{copy.pk}_%s") if writes else None
        if self.wrong and self.wrong[0].pk == copy.pk:
            form = self.wrong[1]
        tells = mine and not shut and bool(learnt_since(copy, items, self.guards, self.basis, reader))
        return CopyRow(copy, mine and free and not shut and not tells, mine and shut, mine and not free, tells, form)

    def _journal(self) -> list[JournalEntry]:
        """Where it is journalised tells in which departments somebody has a case: the same rule (C5)."""
        rows = self.version.journal.select_related("person", "department", "system", "journalised_by")
        found = list(rows.with_taken_back().order_by(in_danish("system__name"), in_danish("person__first_name")))
        own = self.standing.participation.department_id
        for row in found:
            row.is_own = row.department_id == own  # type: ignore[attr-defined]
        if self.standing.is_tovholder or all(row.department_id == own for row in found):
            return found
        topics = topics_by_key()
        return [
            row
            for row in found
            if may_know_case(self.reader, row.person_id, row.department_id, row.department.name, self.basis, topics)
        ]
