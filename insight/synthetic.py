"""Many invented forløb in little time, for trying and measuring at full size. Deterministic by seed.

Rows are written in bulk, round the actions: no PDFs, no events, no access log. History rows are written for what a page
shows the history of (forløb and meetings). Every CPR number has a day from 61 to 91, so it can belong to nobody.
"""

import gc
import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from cases.models import (
    Custody,
    DepartmentCase,
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
from insight import workdays
from insight.synthetic_town import BATCH, Ground, make_ground, moment, new_id
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
from organisation.models import User
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
from web.fields import keyed_index

YEARS = 3


def make(number: int, *, seed: int = 1, today: date | None = None, told: Callable[[int], None] | None = None) -> None:
    """Write `number` forløb, and the colleagues that work with them.

    In: a database with the municipality's set-up; told: is called with how many are written so far.
    """
    day = today or timezone.localdate()
    begin = Forloeb.objects.count()
    with transaction.atomic():
        ground = make_ground(number, day, random.Random(f"{seed}-staff-{User.objects.count()}"))  # noqa: S311  invented data, no secret
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

    versions: list[PlanVersion] = field(default_factory=list)
    finished: list[UUID] = field(default_factory=list)
    items: list[PlanItem] = field(default_factory=list)
    about: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Course:
    """One forløb while it is made."""

    forloeb: Forloeb
    adults: list[Person]
    children: list[Person]
    leader: Participation
    participants: list[Participation]

    @property
    def people(self) -> list[Person]:
        return [*self.adults, *self.children]


class Batch:
    """Some hundred forløb, written together: each table by a few statements."""

    def __init__(self, chance: random.Random, ground: Ground, today: date) -> None:
        self.chance, self.ground, self.today = chance, ground, today
        self.rows: dict[type[Any], list[Any]] = {}
        self.rounds: list[Round] = []

    def write(self, begin: int, number: int) -> None:
        for place in range(begin + 1, begin + number + 1):
            self._forloeb(place)
        self._bulk(Person, Family, FamilyMember, Household, Residence, Custody, DepartmentCase)
        self._bulk(Forloeb, Participation, with_history=True)
        self._bulk(ForloebPerson, Henvendelse, Declaration, Signature, Consent)
        self._bulk(Meeting, with_history=True)
        self._bulk(Plan, MeetingRole, Attendance, BoardNote, BoardNote.about.through, SmileyRating)
        for one in self.rounds:
            self._write_round(one)
        self._bulk(FollowUp, JournalEntry)

    def _add(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def _bulk(self, *kinds: type[Any], with_history: bool = False) -> None:
        for kind in kinds:
            rows = self.rows.pop(kind, [])
            if with_history:
                bulk_create_with_history(rows, kind, batch_size=BATCH)
            else:
                kind._default_manager.bulk_create(rows, batch_size=BATCH)

    def _write_round(self, one: Round) -> None:
        PlanVersion.objects.bulk_create(one.versions, batch_size=BATCH)
        PlanItem.objects.bulk_create(one.items, batch_size=BATCH)
        PlanItem.about.through._default_manager.bulk_create(one.about, batch_size=BATCH)
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
        chance, today = self.chance, self.today
        began = today - timedelta(days=int(chance.triangular(20, YEARS * 365, 90)))
        old = (today - began).days > 300
        state = chance.choices(list(ForloebState), weights=[1, 20, 3, 76] if old else [14, 76, 5, 5])[0]
        last = chance.choice(LAST)
        family = self._add(Family(id=new_id(chance), name=f"{chance.choice(FIRST)}s familie"))
        adults = [self._person(family, last, chance.randrange(24, 55)) for _ in range(chance.randint(1, 2))]
        children = [self._person(family, last, chance.randrange(0, 18)) for _ in range(chance.randint(1, 3))]
        home = self._add(Household(id=new_id(chance), family=family, label=f"Hos {adults[0].first_name}"))
        forloeb = self._add(self._course(place, family, state, began))
        for person in [*adults, *children]:
            self._add(Residence(household=home, person=person))
            self._add(ForloebPerson(forloeb=forloeb, person=person, is_focus=person is children[0], from_date=began))
        for child in children:
            for adult in adults:
                self._add(Custody(child=child, holder=adult))
        participants = self._participants(forloeb, began, place)
        course = Course(forloeb, adults, children, participants[0], participants)
        if place % 7 == 0:
            self._henvendelse(began)
        if state != ForloebState.CONSENT:
            self._consents(course, began)
            self._meetings(course, began)

    def _person(self, family: Family, last: str, age: int) -> Person:
        chance = self.chance
        born = self.today - timedelta(days=age * 365 + chance.randrange(10, 350))
        cpr = f"{born.day + 60:02}{born:%m%y}{chance.randrange(10000):04}"
        person = self._add(
            Person(
                id=new_id(chance),
                first_name=chance.choice(FIRST),
                last_name=last,
                birth_date=born,
                cpr=cpr,
                cpr_index=keyed_index(cpr),
                protected_address=chance.random() < 0.02,
            )
        )
        kind = FamilyRelation.PARENT if age >= 24 else FamilyRelation.CHILD
        self._add(FamilyMember(family=family, person=person, kind=kind, relation="forælder" if age >= 24 else "barn"))
        return person

    def _course(self, place: int, family: Family, state: str, began: date) -> Forloeb:
        active = min(began + timedelta(days=self.chance.randrange(5, 20)), self.today)
        ended = min(active + timedelta(days=self.chance.randrange(120, 400)), self.today)
        reason = self.chance.choices(
            [EndReason.COMPLETED, EndReason.FAMILY_WISH, EndReason.MOVED, EndReason.CONSENT_WITHDRAWN], [8, 2, 1, 1]
        )[0]
        return Forloeb(
            id=new_id(self.chance),
            number=f"FF-{began:%y}-{place:05}",
            family=family,
            model_key=self.ground.model_key,
            board_key=self.ground.board,
            state=state,
            need=NEED,
            goal=GOAL if state != ForloebState.CONSENT else "",
            start_checked_on=began,
            activated_on=None if state == ForloebState.CONSENT else active,
            paused_on=self.today - timedelta(days=10) if state == ForloebState.PAUSED else None,
            ended_on=ended if state == ForloebState.ENDED else None,
            end_reason=reason if state == ForloebState.ENDED else "",
        )

    def _participants(self, forloeb: Forloeb, began: date, place: int) -> list[Participation]:
        lead = self.ground.leaders[place % len(self.ground.leaders)]
        other = [one for one in self.chance.sample(self.ground.others, 4) if one.department_id != lead.department_id]
        found = []
        for job in [lead, *other[:3]]:
            role = ParticipationRole.TOVHOLDER if job is lead else ParticipationRole.PROFESSIONAL
            found.append(
                self._add(
                    Participation(
                        id=new_id(self.chance),
                        forloeb=forloeb,
                        user=job.user,
                        department=job.department,
                        role=role,
                        title=job.title,
                        from_date=began,
                    )
                )
            )
        return found

    def _henvendelse(self, began: date) -> None:
        """Some wait still, most are answered."""
        chance = self.chance
        sender, receiver = chance.choice(self.ground.others), chance.choice(self.ground.leaders)
        waits = chance.random() < 0.15
        sent = self.today - timedelta(days=chance.randrange(1, 14)) if waits else began
        self._add(
            Henvendelse(
                id=new_id(chance),
                sender=sender.user,
                sender_department=sender.department,
                to_department=receiver.department,
                to_user=receiver.user,
                family_text="En familie i området",
                need=NEED,
                state=HenvendelseState.SENT if waits else HenvendelseState.DECLINED,
                sent_at=moment(sent, 9),
                answered_at=None if waits else moment(sent, 15),
                answered_by=None if waits else receiver.user,
                answer="" if waits else "Familien får hjælp på en anden måde.",
            )
        )

    # --- consents ---------------------------------------------------------------------------------------------------
    def _consents(self, course: Course, began: date) -> None:
        chance = self.chance
        homes = {one.department_id: one.department for one in course.participants}.values()
        renewed = self.today - timedelta(days=chance.randrange(0, 350))
        informed = max(began, renewed)
        for sequence, person in enumerate(course.people, start=1):
            age = person.age_on(self.today) or 0
            declaration = self._add(
                Declaration(
                    id=new_id(chance),
                    forloeb=course.forloeb,
                    person=person,
                    text=self.ground.text,
                    way=Way.PAPER,
                    informed_by=course.leader.user,
                    informed_on=informed,
                    expires_on=informed + timedelta(days=365),
                    answers_sha256=hashlib.sha256(person.pk.bytes).hexdigest(),
                    sequence=sequence,
                    created_by=course.leader.user,
                )
            )
            for signer in [person] if age >= 15 else course.adults:
                self._add(
                    Signature(
                        declaration=declaration, signer=signer, signed_on=informed, registered_by=course.leader.user
                    )
                )
            for topic in chance.sample(self.ground.topics, min(3, len(self.ground.topics))):
                for home in homes:
                    answer = Answer.YES if chance.random() < 0.93 else Answer.NO
                    self._add(Consent(declaration=declaration, department=home, topic=topic, answer=answer))

    # --- meetings and plans -----------------------------------------------------------------------------------------
    def _meetings(self, course: Course, began: date) -> None:
        chance = self.chance
        until = course.forloeb.ended_on or self.today
        day = began + timedelta(days=chance.randrange(20, 40))
        plan = self._add(Plan(id=new_id(chance), forloeb=course.forloeb))
        before: list[PlanItem] = []
        number = 0
        while day < until and number < 5:
            number += 1
            meeting = self._meeting(course, number, self._workday(day), held=True)
            is_last = day + timedelta(days=42) >= until
            is_new = is_last and (until - day).days < 14 and not course.forloeb.is_ended
            done = chance.random() > (0.6 if is_new else 0.02)
            if done or (is_last and not course.forloeb.is_ended):
                before = self._version(course, plan, meeting, number, before, done=done)
            if not done:
                break
            day += timedelta(days=chance.randrange(38, 52))
        if not course.forloeb.is_ended and chance.random() < 0.85:
            ahead = self._workday(self.today + timedelta(days=chance.randrange(1, 45)))
            self._meeting(course, number + 1, ahead, held=False)

    def _workday(self, day: date) -> date:
        while not workdays.is_workday(day):
            day += timedelta(days=1)
        return day

    def _meeting(self, course: Course, number: int, day: date, *, held: bool) -> Meeting:
        chance = self.chance
        held = held and day <= self.today
        meeting = self._add(
            Meeting(
                id=new_id(chance),
                forloeb=course.forloeb,
                number=number,
                state=MeetingState.HELD if held else MeetingState.PLANNED,
                starts_at=moment(day, chance.randrange(9, 15)),
                ends_at=moment(day, 16),
                place="Rådhuset, lokale 4",
                purpose="Hvor langt er vi, og hvad er det næste?",
                board_key=self.ground.board,
                held_on=day if held else None,
            )
        )
        authority = next(one for one in course.participants if one.department and one.department.is_authority)
        for role, who in zip(RoleKind, (course.leader, course.participants[-1], authority), strict=True):
            self._add(MeetingRole(meeting=meeting, role=role, participation=who))
        for participation in course.participants:
            self._add(Attendance(meeting=meeting, participation=participation, presence=self._presence(held)))
        for person in course.people:
            sure = Presence.PRESENT if person is course.adults[0] else self._presence(held)
            self._add(Attendance(meeting=meeting, person=person, presence=sure if held else Presence.INVITED))
        if held:
            self._board(course, meeting, day)
        return meeting

    def _presence(self, held: bool) -> str:
        if not held:
            return Presence.INVITED
        return self.chance.choices([Presence.PRESENT, Presence.PARTLY, Presence.ABSENT_NOTIFIED], [8, 1, 1])[0]

    def _board(self, course: Course, meeting: Meeting, day: date) -> None:
        chance = self.chance
        for place in range(6):
            note = self._add(
                BoardNote(
                    id=new_id(chance),
                    meeting=meeting,
                    column=self.ground.columns[place % len(self.ground.columns)],
                    text=NOTES[place % len(NOTES)],
                    said_by=chance.choice(course.people) if place % 2 else None,
                    position=place,
                    topic=chance.choice(self.ground.topics),
                    author=course.leader.user,
                    contributed_by=course.leader.recipient,
                )
            )
            about = BoardNote.about.through(boardnote=note, person=chance.choice(course.people))
            self._add(about)
        for person in course.people:
            if chance.random() < 0.8:
                value = chance.choices([1, 2, 3, 4, 5], [1, 2, 4, 9, 10])[0]
                is_child = (person.age_on(day) or 0) < 15
                self._add(SmileyRating(meeting=meeting, person=person, value=value, is_child=is_child))

    def _version(
        self, course: Course, plan: Plan, meeting: Meeting, number: int, before: list[PlanItem], *, done: bool
    ) -> list[PlanItem]:
        while len(self.rounds) < number:
            self.rounds.append(Round())
        here = self.rounds[number - 1]
        version = PlanVersion(id=new_id(self.chance), plan=plan, number=number, meeting=meeting)
        here.versions.append(version)
        items = self._items(course, version, before)
        here.items += items
        for item in items:
            here.about.append(PlanItem.about.through(planitem=item, person=course.children[0]))
        if done and meeting.held_on:
            here.finished.append(version.pk)
            self._after(course, version, items, meeting.held_on)
        return items

    def _items(self, course: Course, version: PlanVersion, before: list[PlanItem]) -> list[PlanItem]:
        """Two goals with an effort and two agreements each; from the second version on, the old ones made up (P4)."""
        chance = self.chance
        topic = self.ground.topics[0]
        items: list[PlanItem] = []
        carried = {(one.kind, one.position): one for one in before}

        def add(kind: str, position: int, text: str, parent: PlanItem | None = None, **more: Any) -> PlanItem:
            old = carried.get((kind, position))
            outcome = chance.choice([Outcome.DONE, Outcome.CARRIED, Outcome.PARTLY]) if old else ""
            item = PlanItem(
                id=new_id(chance), version=version, kind=kind, parent=parent, text=text, position=position, topic=topic,
                contributed_by=course.leader.recipient, carried_from=old,
                outcome=Outcome.CARRIED if old and kind == ItemKind.GOAL else outcome, **more,
            )  # fmt: skip
            items.append(item)
            return item

        for place in range(2):
            goal = add(ItemKind.GOAL, place, NOTES[2] if place else GOAL)
            effort = add(ItemKind.EFFORT, place, "Støtte i hjemmet", goal, responsible=course.leader)
            for turn in range(2):
                who = chance.choice(course.participants)
                due = timezone.localdate(version.meeting.starts_at) + timedelta(days=chance.randrange(7, 60))
                text = chance.choice(AGREEMENTS)
                label = f"{who.name}, {who.home}"
                add(
                    ItemKind.AGREEMENT,
                    place * 2 + turn,
                    text,
                    effort,
                    responsible=who,
                    responsible_label=label,
                    due_on=due,
                )
        return items

    def _after(self, course: Course, version: PlanVersion, items: list[PlanItem], finished: date) -> None:
        for item in items:
            if item.kind == ItemKind.AGREEMENT and self.chance.random() < 0.4:
                state = self.chance.choice(list(FollowUpState))
                self._add(FollowUp(agreement=item, state=state, by=course.leader.user))
        systems = {one.department for one in course.participants if one.department and one.department.record_system_id}
        for department in sorted(systems, key=lambda one: one.name):
            is_new = (self.today - finished).days < 20
            waits = self.chance.random() < (0.4 if is_new else 0.01)
            self._add(
                JournalEntry(
                    version=version,
                    person=course.children[0],
                    department=department,
                    system=department.record_system,
                    document_number="" if waits else f"{self.chance.randrange(10**7)}",
                    journalised_on=None if waits else finished,
                    journalised_by=None if waits else course.leader.user,
                )
            )
