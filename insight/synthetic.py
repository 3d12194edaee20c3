"""Many invented forløb in little time, for trying and measuring at full size. Deterministic by seed.

Rows are written in bulk, round the actions: no PDFs, no events, no access log. History rows are written for what a page
shows the history of (forløb, participations and meetings). Every CPR number has a day from 61 to 91, so it can belong to
nobody.
"""

import gc
import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace as Row
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from cases.models import (
    Custody,
    EndReason,
    Family,
    FamilyMember,
    FamilyRelation,
    Forloeb,
    ForloebPerson,
    ForloebState,
    Henvendelse,
    HenvendelseState,
    Household,
    Participation,
    ParticipationRole,
    Person,
    Residence,
)
from consent.models import Answer, Consent, Declaration, Signature, Way
from insight.synthetic_rows import Rows, roomy
from insight.synthetic_town import BATCH, Ground, make_ground, moment
from insight.synthetic_words import AGREEMENTS, FIRST, GOAL, LAST, NEED, NOTES
from meetings.models import (
    Attendance,
    BoardNote,
    Meeting,
    MeetingRole,
    MeetingState,
    Presence,
    RoleKind,
    SmileyRating,
)
from organisation.models import Department, Employment, User
from plans.models import (
    FollowUp,
    FollowUpState,
    ItemKind,
    JournalEntry,
    Outcome,
    Plan,
    PlanItem,
    PlanVersion,
    VersionState,
)
from web import workdays
from web.fields import keyed_index

YEARS = 3
NOTE_ABOUT, ITEM_ABOUT = BoardNote.about.through, PlanItem.about.through


def make(number: int, *, seed: int = 1, today: date | None = None, told: Callable[[int], None] | None = None) -> None:
    """Write `number` forløb, and the colleagues that work with them.

    In: a database with the municipality's set-up; told: is called with how many are written so far.
    """
    day = today or timezone.localdate()
    begin = Forloeb.objects.count()
    with transaction.atomic():
        ground = make_ground(number, day, random.Random(f"{seed}-staff-{User.objects.count()}"))  # noqa: S311  invented data, no secret
    with roomy():
        for first in range(0, number, BATCH):
            size = min(BATCH, number - first)
            with _uncollected(), transaction.atomic():
                Batch(random.Random(f"{seed}-{begin + first}"), ground, day).write(begin + first, size)  # noqa: S311
            if told:
                told(first + size)


@contextmanager
def _uncollected() -> Iterator[None]:
    """A batch makes a hundred thousand rows that all live until they are written: looking for garbage is in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
        gc.collect()


@dataclass(slots=True)
class Round:
    """The n-th version of many plans: written as drafts, filled, and then finished, as the database demands (P5)."""

    rows: Rows
    finished: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Seat:
    """One employee's participation."""

    id: UUID
    job: Employment

    @property
    def department(self) -> Department:
        return self.job.department

    @property
    def recipient(self) -> str:
        return f"d:{self.job.department_id}"

    @property
    def label(self) -> str:
        return f"{self.job.user.name}, {self.job.department.name}"


@dataclass(slots=True)
class Course:
    """One forløb while it is made."""

    forloeb: Row
    adults: list[Row]
    children: list[Row]
    participants: list[Seat]

    @property
    def people(self) -> list[Row]:
        return [*self.adults, *self.children]

    @property
    def leader(self) -> Seat:
        return self.participants[0]

    @property
    def is_ended(self) -> bool:
        return self.forloeb.ended_on is not None


class Batch:
    """Some hundred forløb, written together, each table at one go."""

    def __init__(self, chance: random.Random, ground: Ground, today: date) -> None:
        self.chance, self.ground, self.today = chance, ground, today
        self.rows = Rows(chance)
        self.rounds: list[Round] = []

    def write(self, begin: int, number: int) -> None:
        for place in range(begin + 1, begin + number + 1):
            self._forloeb(place)
        write = self.rows.write
        write(Person, Family, FamilyMember, Household, Residence, Custody)
        write(Forloeb, Participation, with_history=True)
        write(ForloebPerson, Henvendelse, Declaration, Signature, Consent)
        write(Meeting, with_history=True)
        write(Plan, MeetingRole, Attendance, BoardNote, NOTE_ABOUT, SmileyRating)
        for one in self.rounds:
            self._write_round(one)
        write(FollowUp, JournalEntry)

    def _write_round(self, one: Round) -> None:
        one.rows.write(PlanVersion, PlanItem, ITEM_ABOUT)
        # What a finished version bears of the day it was finished; its front page and fingerprint are not made here.
        ends = Meeting.objects.filter(pk=OuterRef("meeting")).values("ends_at")
        writer = MeetingRole.objects.filter(meeting=OuterRef("meeting"), role=RoleKind.REFERENT)
        PlanVersion.objects.filter(pk__in=one.finished).update(
            state=VersionState.FINISHED,
            finished_at=Subquery(ends),
            finished_by=Subquery(writer.values("participation__user")[:1]),
            front_page="{}",
            sha256="0" * 64,
        )

    # --- the family -------------------------------------------------------------------------------------------------
    def _forloeb(self, place: int) -> None:
        chance, today, add = self.chance, self.today, self.rows.add
        began = today - timedelta(days=int(chance.triangular(20, YEARS * 365, 90)))
        old = (today - began).days > 300
        state = chance.choices(list(ForloebState), weights=[1, 20, 3, 76] if old else [14, 76, 5, 5])[0]
        last = chance.choice(LAST)
        family = add(Family, name=f"{chance.choice(FIRST)}s familie")
        adults = [self._person(family, last, chance.randrange(24, 55)) for _ in range(chance.randint(1, 2))]
        children = [self._person(family, last, chance.randrange(0, 18)) for _ in range(chance.randint(1, 3))]
        home = add(Household, family_id=family.id, label=f"Hos {adults[0].first_name}")
        forloeb = self._course(place, family, state, began)
        for person in [*adults, *children]:
            add(Residence, household_id=home.id, person_id=person.id)
            is_focus = person is children[0]
            add(ForloebPerson, forloeb_id=forloeb.id, person_id=person.id, is_focus=is_focus, from_date=began)
        for child in children:
            for adult in adults:
                add(Custody, child_id=child.id, holder_id=adult.id)
        course = Course(forloeb, adults, children, self._participants(forloeb, began, place))
        if place % 7 == 0:
            self._henvendelse(began)
        if state != ForloebState.CONSENT:
            self._consents(course, began)
            self._meetings(course, began)

    def _person(self, family: Row, last: str, age: int) -> Row:
        chance = self.chance
        born = self.today - timedelta(days=age * 365 + chance.randrange(10, 350))
        cpr = f"{born.day + 60:02}{born:%m%y}{chance.randrange(10000):04}"
        person = self.rows.add(
            Person,
            first_name=chance.choice(FIRST),
            last_name=last,
            birth_date=born,
            cpr=cpr,
            cpr_index=keyed_index(cpr),
            protected_address=chance.random() < 0.02,
        )
        kind, relation = (FamilyRelation.PARENT, "forælder") if age >= 24 else (FamilyRelation.CHILD, "barn")
        self.rows.add(FamilyMember, family_id=family.id, person_id=person.id, kind=kind, relation=relation)
        return person

    def _course(self, place: int, family: Row, state: str, began: date) -> Row:
        active = min(began + timedelta(days=self.chance.randrange(5, 20)), self.today)
        ended = min(active + timedelta(days=self.chance.randrange(120, 400)), self.today)
        reason = self.chance.choices(
            [EndReason.COMPLETED, EndReason.FAMILY_WISH, EndReason.MOVED, EndReason.CONSENT_WITHDRAWN], [8, 2, 1, 1]
        )[0]
        return self.rows.add(
            Forloeb,
            number=f"FF-{began:%y}-{place:05}",
            family_id=family.id,
            model_key=self.ground.model_key,
            board_key=self.ground.board,
            state=state,
            need=NEED,
            start_checked_on=began,
            activated_on=None if state == ForloebState.CONSENT else active,
            paused_on=self.today - timedelta(days=10) if state == ForloebState.PAUSED else None,
            ended_on=ended if state == ForloebState.ENDED else None,
            end_reason=reason if state == ForloebState.ENDED else "",
        )

    def _participants(self, forloeb: Row, began: date, place: int) -> list[Seat]:
        lead = self.ground.leaders[place % len(self.ground.leaders)]
        other = [one for one in self.chance.sample(self.ground.others, 4) if one.department_id != lead.department_id]
        found = []
        for job in [lead, *other[:3]]:
            role = ParticipationRole.TOVHOLDER if job is lead else ParticipationRole.PROFESSIONAL
            row = self.rows.add(
                Participation,
                forloeb_id=forloeb.id,
                user_id=job.user_id,
                department_id=job.department_id,
                role=role,
                title=job.title,
                from_date=began,
            )
            found.append(Seat(row.id, job))
        return found

    def _henvendelse(self, began: date) -> None:
        """Some wait still, most are answered."""
        chance = self.chance
        sender, receiver = chance.choice(self.ground.others), chance.choice(self.ground.leaders)
        waits = chance.random() < 0.15
        sent = self.today - timedelta(days=chance.randrange(1, 14)) if waits else began
        self.rows.add(
            Henvendelse,
            sender_id=sender.user_id,
            sender_department_id=sender.department_id,
            to_department_id=receiver.department_id,
            to_user_id=receiver.user_id,
            family_text="En familie i området",
            need=NEED,
            state=HenvendelseState.SENT if waits else HenvendelseState.DECLINED,
            sent_at=moment(sent, 9),
            answered_at=None if waits else moment(sent, 15),
            answered_by_id=None if waits else receiver.user_id,
            answer="" if waits else "Familien får hjælp på en anden måde.",
        )

    # --- consents ---------------------------------------------------------------------------------------------------
    def _consents(self, course: Course, began: date) -> None:
        chance, add, leader = self.chance, self.rows.add, course.leader.job.user_id
        homes = list(dict.fromkeys(one.job.department_id for one in course.participants))
        renewed = self.today - timedelta(days=chance.randrange(0, 350))
        informed = max(began, renewed)
        for sequence, person in enumerate(course.people, start=1):
            declaration = add(
                Declaration,
                forloeb_id=course.forloeb.id,
                person_id=person.id,
                text_id=self.ground.text.pk,
                way=Way.PAPER,
                informed_by_id=leader,
                informed_on=informed,
                expires_on=informed + timedelta(days=365),
                answers_sha256=hashlib.sha256(person.id.bytes).hexdigest(),
                sequence=sequence,
                created_by_id=leader,
            )
            for signer in [person] if _age(person, self.today) >= 15 else course.adults:
                add(
                    Signature,
                    declaration_id=declaration.id,
                    signer_id=signer.id,
                    signed_on=informed,
                    registered_by_id=leader,
                )
            for topic in chance.sample(self.ground.topics, min(3, len(self.ground.topics))):
                for home in homes:
                    answer = Answer.YES if chance.random() < 0.93 else Answer.NO
                    add(Consent, declaration_id=declaration.id, department_id=home, topic_id=topic.pk, answer=answer)

    # --- meetings and plans -----------------------------------------------------------------------------------------
    def _meetings(self, course: Course, began: date) -> None:
        chance = self.chance
        until = course.forloeb.ended_on or self.today
        day = began + timedelta(days=chance.randrange(20, 40))
        plan = self.rows.add(Plan, forloeb_id=course.forloeb.id)
        before: list[Row] = []
        number = 0
        while day < until and number < 5:
            number += 1
            meeting = self._meeting(course, number, self._workday(day), held=True)
            is_last = day + timedelta(days=42) >= until
            is_new = is_last and (until - day).days < 14 and not course.is_ended
            done = chance.random() > (0.6 if is_new else 0.02)
            if done or (is_last and not course.is_ended):
                before = self._version(course, plan, meeting, number, before, done=done)
            if not done:
                break
            day += timedelta(days=chance.randrange(38, 52))
        if not course.is_ended and chance.random() < 0.85:
            ahead = self._workday(self.today + timedelta(days=chance.randrange(1, 45)))
            self._meeting(course, number + 1, ahead, held=False)

    def _workday(self, day: date) -> date:
        while not workdays.is_workday(day):
            day += timedelta(days=1)
        return day

    def _meeting(self, course: Course, number: int, day: date, *, held: bool) -> Row:
        chance, add = self.chance, self.rows.add
        held = held and day <= self.today
        meeting = add(
            Meeting,
            forloeb_id=course.forloeb.id,
            number=number,
            state=MeetingState.HELD if held else MeetingState.PLANNED,
            starts_at=moment(day, chance.randrange(9, 15)),
            ends_at=moment(day, 16),
            place="Rådhuset, lokale 4",
            purpose="Hvor langt er vi, og hvad er det næste?",
            board_key=self.ground.board,
            held_on=day if held else None,
        )
        authority = next(one for one in course.participants if one.department.is_authority)
        for role, who in zip(RoleKind, (course.leader, course.participants[-1], authority), strict=True):
            add(MeetingRole, meeting_id=meeting.id, role=role, participation_id=who.id)
        for seat in course.participants:
            add(Attendance, meeting_id=meeting.id, participation_id=seat.id, presence=self._presence(held))
        for person in course.people:
            sure = Presence.PRESENT if person is course.adults[0] else self._presence(held)
            presence = sure if held else Presence.INVITED
            add(Attendance, meeting_id=meeting.id, person_id=person.id, presence=presence)
        if held:
            self._board(course, meeting, day)
        return meeting

    def _presence(self, held: bool) -> str:
        if not held:
            return Presence.INVITED
        return self.chance.choices([Presence.PRESENT, Presence.PARTLY, Presence.ABSENT_NOTIFIED], [8, 1, 1])[0]

    def _board(self, course: Course, meeting: Row, day: date) -> None:
        chance, add, people = self.chance, self.rows.add, course.people
        for place in range(6):
            note = add(
                BoardNote,
                meeting_id=meeting.id,
                column=self.ground.columns[place % len(self.ground.columns)],
                text=NOTES[place % len(NOTES)],
                said_by_id=chance.choice(people).id if place % 2 else None,
                position=place,
                topic_id=chance.choice(self.ground.topics).pk,
                author_id=course.leader.job.user_id,
                contributed_by=course.leader.recipient,
            )
            add(NOTE_ABOUT, boardnote_id=note.id, person_id=chance.choice(people).id)
        for person in people:
            if chance.random() < 0.8:
                value = chance.choices([1, 2, 3, 4, 5], [1, 2, 4, 9, 10])[0]
                is_child = _age(person, day) < 15
                add(SmileyRating, meeting_id=meeting.id, person_id=person.id, value=value, is_child=is_child)

    def _version(
        self, course: Course, plan: Row, meeting: Row, number: int, before: list[Row], *, done: bool
    ) -> list[Row]:
        while len(self.rounds) < number:
            self.rounds.append(Round(Rows(self.chance)))
        here = self.rounds[number - 1]
        version = here.rows.add(PlanVersion, plan_id=plan.id, number=number, meeting_id=meeting.id)
        items = self._items(here.rows, course, version, timezone.localdate(meeting.starts_at), before)
        for item in items:
            here.rows.add(ITEM_ABOUT, planitem_id=item.id, person_id=course.children[0].id)
        if done and meeting.held_on:
            here.finished.append(version.id)
            self._after(course, version, items, meeting.held_on)
        return items

    def _items(self, rows: Rows, course: Course, version: Row, day: date, before: list[Row]) -> list[Row]:
        """Two goals with an effort and two agreements each; from the second version on, the old ones made up (P4)."""
        chance = self.chance
        items: list[Row] = []
        carried = {(one.kind, one.position): one.id for one in before}

        def add(kind: str, position: int, text: str, parent: Row | None = None, **more: Any) -> Row:
            old = carried.get((kind, position))
            outcome = chance.choice([Outcome.DONE, Outcome.CARRIED, Outcome.PARTLY]) if old else ""
            item = rows.add(
                PlanItem,
                version_id=version.id,
                kind=kind,
                parent_id=parent.id if parent else None,
                text=text,
                position=position,
                topic_id=self.ground.topics[0].pk,
                contributed_by=course.leader.recipient,
                carried_from_id=old,
                outcome=Outcome.CARRIED if old and kind == ItemKind.GOAL else outcome,
                **more,
            )
            items.append(item)
            return item

        for place in range(2):
            goal = add(ItemKind.GOAL, place, NOTES[2] if place else GOAL)
            effort = add(ItemKind.EFFORT, place, "Støtte i hjemmet", goal, responsible_id=course.leader.id)
            for turn in range(2):
                who = chance.choice(course.participants)
                due = day + timedelta(days=chance.randrange(7, 60))
                acts = {"responsible_id": who.id, "responsible_label": who.label, "due_on": due}
                add(ItemKind.AGREEMENT, place * 2 + turn, chance.choice(AGREEMENTS), effort, **acts)
        return items

    def _after(self, course: Course, version: Row, items: list[Row], finished: date) -> None:
        chance, add, leader = self.chance, self.rows.add, course.leader.job.user_id
        for item in items:
            if item.kind == ItemKind.AGREEMENT and chance.random() < 0.4:
                add(FollowUp, agreement_id=item.id, state=chance.choice(list(FollowUpState)), by_id=leader)
        systems = {one.department for one in course.participants if one.department.record_system_id}
        for department in sorted(systems, key=lambda one: one.name):
            is_new = (self.today - finished).days < 20
            waits = chance.random() < (0.4 if is_new else 0.01)
            add(
                JournalEntry,
                version_id=version.id,
                person_id=course.children[0].id,
                department_id=department.pk,
                system_id=department.record_system_id,
                document_number="" if waits else f"{chance.randrange(10**7)}",
                journalised_on=None if waits else finished,
                journalised_by_id=None if waits else leader,
            )


def _age(person: Row, on: date) -> int:
    born: date = person.birth_date
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
