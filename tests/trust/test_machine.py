"""Whatever people do, in whatever order: what is delivered is what was consented to, on every step (C1, C4, C5, C7, M6, M8)."""

import time
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases import actions as cases
from cases.access import Standing, standing_of
from cases.models import Custody, ForloebState, Participation
from consent import actions
from consent.basis import load_basis
from consent.models import Topic
from meetings.board import Table, board_for, reader_of_attendance, wall_of, written_board
from meetings.models import Attendance, BoardNote, Meeting, MeetingState, Presence
from meetings.readers import reader_of
from plans import actions as plan_actions
from plans.beside import may_have_all, person_of
from plans.models import ItemKind, PlanCopy, PlanItem
from tests.consent.factories import case, key_of
from tests.consent.oracle import Item, Said, Somebody, World, may_be_told
from tests.trust.scan import reading_once

NAMES = ("anna", "bo", "carl", "freja", "viggo")
TOPICS = ("helbred", "skole")
people = st.sampled_from(NAMES)
topics = st.sampled_from(TOPICS)
readers = st.integers(0, 3)
NOW = timezone.now


class Family(RuleBasedStateMachine):
    """One family; `self.world` is what the oracle was told."""

    steps = 0  # of all families together: how often somebody did something and every reader was looked at afterwards

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.later, self.begun = timedelta(), False
        self.clock = mock.patch("django.utils.timezone.now", self.now)
        self.clock.start()

    def now(self) -> datetime:
        return NOW() + self.later

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize(days_to_15=st.integers(0, 40))
    def begin(self, days_to_15) -> None:
        self.case = case(ForloebState.ACTIVE)
        today = timezone.localdate()
        freja = self.case.freja
        freja.birth_date = (today + timedelta(days=days_to_15)).replace(year=today.year - 15, day=min(today.day, 28))
        freja.save()
        custody: dict = {}
        for row in Custody.objects.all():
            custody.setdefault(row.child_id, set()).add(row.holder_id)
        self.world = World(today, {one.pk: one.birth_date for one in self.case.people.values()}, custody, [])
        self.topics = {topic.key: topic for topic in Topic.objects.filter(key__in=TOPICS)}
        actions.read_guidance(by=self.case.tovholder)
        now = timezone.now()
        self.meeting = Meeting.objects.create(
            forloeb=self.case.forloeb, number=1, state=MeetingState.PLANNED, starts_at=now,
            ends_at=now + timedelta(hours=1), place="Her", board_key="ff",
        )  # fmt: skip
        self.rows = {}
        for one in self.case.members.values():
            self.rows[one.recipient] = Attendance.objects.create(
                meeting=self.meeting, participation=one, presence=Presence.ABSENT
            )
        for one in self.case.people.values():
            self.rows[f"p:{one.pk}"] = Attendance.objects.create(
                meeting=self.meeting, person=one, presence=Presence.ABSENT
            )
        self.notes: dict[str, tuple[BoardNote, Item]] = {}
        self.items: dict[str, Item] = {}
        self.version = None
        self.pending: list = []
        self.number = 0

    # --- what people do ---------------------------------------------------------------------------------------------------
    def keys(self, person) -> list[str]:
        found = [*self.case.departments, self.case.external, self.case.anna]
        return [key_of(one) for one in found if one != person]

    @rule(
        name=people,
        answers=st.dictionaries(st.tuples(readers, topics), st.sampled_from(["yes", "no"]), min_size=1, max_size=5),
        signed=st.sampled_from(["all", "none", "some"]),
        days=st.sampled_from([3, 30, 400]),
    )
    def declare(self, name, answers, signed, days) -> None:
        person, today = self.case.people[name], timezone.localdate()
        keys = self.keys(person)
        told = {(keys[n], key): answer for (n, key), answer in answers.items() if n < len(keys)}
        signers = actions.allowed_signers(person, today)
        who = {"all": signers, "none": [], "some": signers[:1]}[signed]
        if not told:
            return
        declaration = actions.register_declaration(
            by=self.case.tovholder, forloeb=self.case.forloeb, person=person, way="paper", informed_on=today,
            answers={(key, self.topics[topic]): answer for (key, topic), answer in told.items()},
            signatures=[(one, today) for one in who], expires_on=today + timedelta(days=days),
        )  # fmt: skip
        names = {one.pk for one in who}
        for (key, topic), answer in told.items():
            ends = today + timedelta(days=days)
            self.world.said.append(Said(answer, person.pk, {key}, {self.topics[topic].pk}, ends, names))
        self.pending.append((declaration, person, names))

    @precondition(lambda self: getattr(self, "pending", None))
    @rule(choice=st.integers(0, 9))
    def sign(self, choice) -> None:
        declaration, person, names = self.pending[choice % len(self.pending)]
        missing = [one for one in actions.allowed_signers(person, timezone.localdate()) if one.pk not in names]
        if missing:
            actions.add_signature(
                by=self.case.tovholder, declaration=declaration, signer=missing[0], signed_on=timezone.localdate()
            )
            names.add(missing[0].pk)

    @rule(name=people, who=st.none() | st.sets(readers, min_size=1), about=st.none() | st.sets(topics, min_size=1))
    def withdraw(self, name, who, about) -> None:
        person = self.case.people[name]
        keys = self.keys(person)
        chosen = None if who is None else {keys[n] for n in who if n < len(keys)} or None
        told = None if about is None else [self.topics[key] for key in about]
        actions.withdraw(
            by=self.case.tovholder, forloeb=self.case.forloeb, person=person, recipients=chosen, topics=told,
            receipt=False,
        )  # fmt: skip
        pks = None if told is None else {topic.pk for topic in told}
        self.world.said.append(Said("withdraw", person.pk, chosen, pks))

    @rule(days=st.sampled_from([1, 2, 7, 40, 200]))
    def time_goes(self, days) -> None:
        """Consents run out; somebody turns fifteen."""
        self.later += timedelta(days=days)

    @precondition(lambda self: getattr(self, "world", None))
    @rule(child=st.sampled_from(("freja", "viggo")), holders=st.sets(st.sampled_from(NAMES[:3]), min_size=1))
    def custody_moves(self, child, holders) -> None:
        """A ruling: from today others sign and see, and what lacks one of them holds no more (C1, C5, F9)."""
        one, people = self.case.people[child], [self.case.people[name] for name in sorted(holders)]
        if one.age_on(timezone.localdate()) < 18:
            cases.set_custody(by=self.case.tovholder, forloeb=self.case.forloeb, child=one, holders=people)
            self.world.custody[one.pk] = {holder.pk for holder in people}

    @rule(key=st.integers(0, 7), presence=st.sampled_from([Presence.PRESENT, Presence.ABSENT, Presence.PARTLY]))
    def come_or_go(self, key, presence) -> None:
        row = list(self.rows.values())[key % len(self.rows)]
        row.presence = presence
        row.save()

    @rule(about=st.sets(people, max_size=2), topic=topics, gift=st.none() | readers, kept=st.sets(people, max_size=1))
    def write(self, about, topic, gift, kept) -> None:
        self.number += 1
        keys = [key_of(one) for one in [*self.case.departments, self.case.external, self.case.anna]]
        given = "" if gift is None else keys[gift]
        note = BoardNote.objects.create(
            meeting=self.meeting, column="fungerer", text=f"Zq{self.number:04d}q", author=self.case.tovholder,
            topic=self.topics[topic], contributed_by=given, position=self.number,
        )  # fmt: skip
        self.mark(note, about, kept)
        self.notes[note.text] = (note, self.item(note, self.meeting.pk, given, about, kept))

    @precondition(lambda self: getattr(self, "notes", None) is not None and self.version is None)
    @rule(marks=st.lists(st.tuples(st.sets(people, max_size=2), topics, st.none() | st.integers(0, 2)), max_size=4))
    def finish(self, marks) -> None:
        by = self.case.tovholder
        # Written as after a meeting: ahead of one a plan waits for the consent (F4, C7).
        meeting = Meeting.objects.filter(pk=self.meeting.pk)
        meeting.update(state=MeetingState.HELD, held_on=timezone.localdate())
        draft = plan_actions.start_version(by=by, meeting=meeting.get())
        goal = PlanItem.objects.create(
            version=draft, kind=ItemKind.GOAL, text="Et mål", topic=self.topics["skole"], position=0
        )
        members = list(self.case.members.values())
        gone = set(Participation.objects.filter(to_date__isnull=False).values_list("pk", flat=True))
        for about, topic, who in marks:
            if who is not None and members[who].pk in gone:
                continue  # a plan is not finished with an agreement of somebody who has left
            self.number += 1
            responsible = None if who is None else members[who]
            row = PlanItem.objects.create(
                version=draft, kind=ItemKind.SUB_GOAL if who is None else ItemKind.AGREEMENT, parent=goal,
                text=f"Zq{self.number:04d}q", topic=self.topics[topic], position=self.number, responsible=responsible,
                due_on=None if who is None else timezone.localdate(), contributed_by=members[0].recipient,
            )  # fmt: skip
            self.mark(row, about, set())
            # Who took it at the table, or wrote it, has contributed it; who was only given it has not (C5).
            took = responsible and (
                responsible.recipient == members[0].recipient
                or Attendance.objects.filter(
                    meeting=self.meeting, participation=responsible, presence__in=[Presence.PRESENT, Presence.PARTLY]
                ).exists()
            )
            self.items[row.text] = self.item(row, None, responsible.recipient if took else "", about, set())
        self.version = plan_actions.finish(by=by, version=draft)
        meeting.update(state=MeetingState.PLANNED, held_on=None)
        self.world.today = timezone.localdate()
        for copy in PlanCopy.objects.filter(version=self.version):
            text = copy.file.content.decode()
            got = {word for word in self.items if word in text}
            assert got == self.told(self.items, Somebody(copy.recipient, person_of(copy))), copy.recipient

    def mark(self, row, about, kept) -> None:
        row.about.set([self.case.people[name] for name in about])
        row.kept_from.set([self.case.people[name] for name in kept])

    def item(self, row, meeting, given, about, kept) -> Item:
        pk = lambda name: self.case.people[name].pk  # noqa: E731
        return Item(set(map(pk, about)), row.topic_id, given, meeting, set(map(pk, kept)))

    # --- what must hold ---------------------------------------------------------------------------------------------------
    def told(self, items, *who) -> set[str]:
        return {word for word, item in items.items() if all(may_be_told(self.world, one, item) for one in who)}

    def somebody(self, key: str, *, here: bool = False) -> Somebody:
        row = Attendance.objects.get(pk=self.rows[key].pk)
        came = here or row.presence in (Presence.PRESENT, Presence.PARTLY)
        family = row.person_id
        return Somebody(key, family, {self.meeting.pk} if came else set())

    def hands(self, key: str) -> list[Somebody]:
        """The reader behind a key, and for a young child those who get the child's paper too."""
        family = self.rows[key].person_id
        holders = self.world.handed_to(family) if family else ()
        return [self.somebody(key), *(self.somebody(f"p:{holder}") for holder in holders)]

    @invariant()
    def delivered_is_consented(self) -> None:
        if not getattr(self, "rows", None):
            return
        Family.steps += self.begun
        self.begun = True
        self.world.today = timezone.localdate()
        with reading_once():
            self.every_reader_has_what_was_consented()
            self.copies_are_open_while_all_in_them_may_be_had()

    def every_reader_has_what_was_consented(self) -> None:
        notes = {word: item for word, (_, item) in self.notes.items()}
        lead = self.case.members["unge"]
        handing = self.somebody(lead.recipient)
        for member in self.case.members.values():
            table = Table.load(self.meeting, Standing(member))
            got = words(written_board(table))
            assert got == self.told(notes, self.somebody(member.recipient))
        for key, row in self.rows.items():
            row.meeting = self.meeting
            got = words(board_for(self.meeting, reader_of_attendance(row), reader_of(lead)))
            assert got == self.told(notes, *self.hands(key), handing), key
        room = [self.somebody(key, here=True) for key, row in self.rows.items() if row.presence != Presence.ABSENT]
        secret = {word for word, item in notes.items() if item.kept_from}
        assert words(wall_of(self.meeting, reader_of(lead))) == self.told(notes, *room, handing) - secret

    def copies_are_open_while_all_in_them_may_be_had(self) -> None:
        """A frozen copy is shut as soon as one word in it may not be had (C7)."""
        if self.version is None:
            return
        basis = load_basis(self.case.forloeb)
        for copy in PlanCopy.objects.filter(version=self.version).select_related("version"):
            items = list(copy.items.for_sharing())
            who = Somebody(copy.recipient, person_of(copy))
            held = {one.text: self.items[one.text] for one in items if one.text in self.items}
            named = [one for one in self.case.people.values() if one.name in copy.file.content.decode()]
            whole = self.told(held, who) == set(held) and all(self.may_be_known(one.pk, who) for one in named)
            assert may_have_all(copy, items, basis) == whole, copy.recipient

    def may_be_known(self, person, who) -> bool:
        """A name is told to whoever may be told anything at all about the person."""
        return any(may_be_told(self.world, who, Item({person}, topic.pk)) for topic in self.topics.values())

    @invariant()
    def who_has_left_has_nothing(self) -> None:
        if getattr(self, "case", None):
            member = self.case.members["job"]
            assert (standing_of(member.user, self.case.forloeb) is None) == bool(
                Participation.objects.get(pk=member.pk).to_date
            )

    @rule()
    def leave_or_come_back(self) -> None:
        member = Participation.objects.get(pk=self.case.members["job"].pk)
        member.to_date = None if member.to_date else timezone.localdate() - timedelta(days=1)
        member.save()


def words(board) -> set[str]:
    return {line.note.text for column in board.columns for line in column.lines}


def run(steps: int, examples: int, each: int, capsys) -> None:
    """At least so many steps, in families of `each` steps; what was run is told, with what it cost."""
    Family.steps, began = 0, time.process_time()
    while Family.steps < steps:
        run_state_machine_as_test(
            Family,
            settings=settings(
                max_examples=examples,
                stateful_step_count=each,
                deadline=None,
                derandomize=False,  # as a build server would have it: the same few families again and again
                suppress_health_check=list(HealthCheck),
            ),
        )
    with capsys.disabled():
        print(f"\n{Family.steps} steps, {time.process_time() - began:.0f} s of processor")  # noqa: T201
    assert Family.steps >= steps


@pytest.mark.django_db
def test_C5_C7_whatever_is_done_delivered_is_consented(capsys):
    assert isinstance(timezone.now(), datetime)
    run(200, 3, 20, capsys)


@pytest.mark.slow
@pytest.mark.django_db
def test_C5_C7_ten_thousand_steps(capsys):
    run(10_000, 50, 50, capsys)
