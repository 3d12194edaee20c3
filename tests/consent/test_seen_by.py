"""C5: the rule as the database asks it (`seen_by`) lets through exactly what the pure rule does, on both databases."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import actions
from consent.basis import load_basis
from consent.models import Exchange, NetworkContact, Shared, Topic
from consent.sharing import Basis, Cell, Facts, Reader, Scope, may_see
from meetings.models import AgendaPoint, BoardNote, Meeting, MeetingState
from plans.models import ItemKind, Plan, PlanItem, PlanVersion, VersionState
from tests.consent.factories import consented, key_of
from tests.meetings.factories import Sitting, sitting

pytestmark = pytest.mark.django_db
NAMES = ("anna", "bo", "carl", "freja", "viggo")
KEYS = ("helbred", "skole", "fritid")
KINDS: tuple[Any, ...] = (BoardNote, AgendaPoint, PlanItem, NetworkContact, Exchange)
few = lambda values, most=3: st.sets(st.sampled_from(values), max_size=most)  # noqa: E731
maybe = lambda value: st.one_of(st.none(), value)  # noqa: E731

# A row: kind, about, topic, who contributed (a reader's number), kept from, at which of two meetings, in a finished plan?
rows = st.tuples(
    st.sampled_from(KINDS), few(NAMES), st.sampled_from(KEYS), maybe(st.integers(0, 5)), few(NAMES, 2),
    st.integers(0, 1), st.booleans(),
)  # fmt: skip
cells = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 5), st.sampled_from(KEYS)),
    st.sampled_from(list(Cell)),
    max_size=14,
)
scopes = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.tuples(few(range(6), 2), few(KEYS, 2)), min_size=1, max_size=2), max_size=2
)
custody = st.dictionaries(st.sampled_from(NAMES), few(NAMES, 2), max_size=3)
ages = st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), st.sampled_from([4, 14, 15, 18, 40])))


class World:
    """Frejas familie with two meetings, and a plan with a version that will be finished."""

    def __init__(self) -> None:
        self.s: Sitting = sitting(yes=())
        self.people = [self.s.person(name) for name in NAMES]
        self.topics = {topic.key: topic for topic in Topic.objects.filter(key__in=KEYS)}
        # The departments, the external and two of the family, as keys and as who they are.
        parties = [self.s.members[name] for name in ("unge", "job", "psyk", "teacher")]
        self.keys = [*map(key_of, parties), *(key_of(self.s.person(name)) for name in ("anna", "freja"))]
        first = self.s.meeting
        second = Meeting.objects.create(
            forloeb=self.s.case.forloeb, number=2, state=MeetingState.PLANNED, starts_at=first.starts_at,
            ends_at=first.ends_at, place="Skolen", board_key=first.board_key,
        )  # fmt: skip
        self.meetings = [first, second]
        plan = Plan.objects.create(forloeb=self.s.case.forloeb)
        self.first = PlanVersion.objects.create(plan=plan, number=1, meeting=first)

    def readers(self, *counts: int) -> list[Reader]:
        """Each as having been at so many of the two meetings; a person as a reader of the family."""
        found = []
        for count in counts or range(3):
            here = frozenset(one.pk for one in self.meetings[:count])
            found += [Reader(key, present_at=here) for key in self.keys[:4]]
            found += [Reader.of_person(self.s.person(name).pk, here) for name in NAMES]
        return found

    def write(self, made: list[tuple[Any, ...]]) -> None:
        """The rows with their marks. A finished plan takes no lines, so those of one are written before it is finished."""
        self._write([row for row in made if row[-1]], self.first)
        PlanVersion.objects.filter(pk=self.first.pk).update(
            state=VersionState.FINISHED, finished_at=timezone.now(), finished_by=self.s.tovholder, sha256="0" * 64
        )
        drafted = [row for row in made if not row[-1]]
        at = drafted[0][-2] if drafted else 0
        draft = PlanVersion.objects.create(plan=self.first.plan, number=2, meeting=self.meetings[at])
        self._write(drafted, draft)

    def _write(self, made: list[tuple[Any, ...]], version: PlanVersion) -> None:
        done: dict[type[Shared], list[tuple[Any, Any]]] = {}
        for kind, about, topic, by, kept, at, _ in made:
            one = kind(
                topic=self.topics[topic],
                contributed_by="" if by is None else self.keys[by],
                **self.fields(kind, self.meetings[at], version),
            )
            done.setdefault(kind, []).append((one, (about, kept)))
        for kind, found in done.items():
            kind.objects.bulk_create([one for one, _ in found])
            for place, mark in enumerate(("about", "kept_from")):
                field: Any = kind._meta.get_field(mark)
                through, owner = field.remote_field.through, field.m2m_field_name()
                through.objects.bulk_create(
                    through(**{owner: one, "person": self.s.person(name)})
                    for one, names in found
                    for name in names[place]
                )

    def fields(self, kind: Any, meeting: Meeting, version: PlanVersion) -> dict[str, Any]:
        """What each kind asks for besides its marks."""
        forloeb, today = self.s.case.forloeb, timezone.localdate()
        said = {"said_by": self.s.person("anna"), "said_on": today, "created_by": self.s.tovholder}
        return {
            BoardNote: {"meeting": meeting, "column": "fungerer", "text": "x", "author": self.s.tavle},
            AgendaPoint: {"meeting": meeting, "text": "x"},
            PlanItem: {"version": version, "kind": ItemKind.GOAL, "text": "x"},
            NetworkContact: {"forloeb": forloeb, "name": "x", "relation": "y", **said},
            Exchange: {"forloeb": forloeb, "by": self.s.members["job"], "what": "x", "on": today, "with_name": "y"},
        }[kind]


def seen_as_the_rule_says(world: World, basis: Basis, readers: list[Reader] | None = None) -> None:
    for kind in KINDS:
        everything = list(kind.objects.with_mark_ids().select_related("topic", *_joined(kind)))
        for reader in readers or world.readers():
            by_rule = {row.pk for row in everything if may_see(reader, Facts.of(row), basis)}
            assert set(kind.objects.seen_by(reader, basis).values_list("pk", flat=True)) == by_rule, (kind, reader)


def _joined(kind: Any) -> list[str]:
    return ["version"] if kind is PlanItem else ["meeting"] if kind is BoardNote else []


@pytest.fixture(scope="module")
def world(lasting: None) -> World:
    return World()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare(world: World, made: Any, answers: Any, withdrawn: Any, held: Any, years: Any, *counts: int) -> None:
    pk = {name: world.s.person(name).pk for name in NAMES}
    topics = {key: topic.pk for key, topic in world.topics.items()}
    basis = Basis(
        on=datetime.date(2026, 11, 23),
        cells={(pk[who], world.keys[to], topics[about]): state for (who, to, about), state in answers.items()},
        custody={pk[child]: frozenset(pk[one] for one in holders - {child}) for child, holders in held.items()},
        ages={pk[name]: age for name, age in years.items()},
        withdrawn={
            pk[who]: tuple(
                Scope(frozenset(world.keys[n] for n in to), frozenset(topics[key] for key in about))
                for to, about in told
            )
            for who, told in withdrawn.items()
        },
    )
    with undone():
        world.write(made)
        seen_as_the_rule_says(world, basis, world.readers(*counts))


@settings(max_examples=60)
@given(st.lists(rows, min_size=1, max_size=12), cells, scopes, custody, ages, st.integers(0, 2))
def test_C5_M8_the_database_lets_through_exactly_what_the_rule_does(
    world, made, answers, withdrawn, held, years, present
):
    compare(world, made, answers, withdrawn, held, years, present)


@pytest.mark.slow
@settings(max_examples=500)
@given(st.lists(rows, min_size=1, max_size=12), cells, scopes, custody, ages)
def test_C5_M8_the_database_lets_through_exactly_what_the_rule_does_five_hundred_times(
    world, made, answers, withdrawn, held, years
):
    compare(world, made, answers, withdrawn, held, years)


@pytest.mark.parametrize("state", [None, *Cell])
@pytest.mark.parametrize("told", [(), ((), ()), ((1,), ()), ((), ("skole",)), ((2,), ()), ((), ("helbred",))])
def test_C5_M8_the_database_says_the_same_in_every_state(world, state, told):
    """One person's one cell in each state, taken back or not; every row by contribution, presence and what is kept."""
    anna, freja = world.s.person("anna").pk, world.s.person("freja").pk
    topics = {key: topic.pk for key, topic in world.topics.items()}
    cells = {(freja, world.keys[1], topics["skole"]): Cell.YES}
    if state is not None:
        cells[anna, world.keys[1], topics["skole"]] = state
    scope = (
        [Scope(frozenset(world.keys[n] for n in told[0]), frozenset(topics[key] for key in told[1]))] if told else []
    )
    basis = Basis(on=datetime.date(2026, 11, 23), cells=cells, withdrawn={anna: tuple(scope)} if scope else {})
    made = [
        (kind, about, "skole", by, kept, at, is_finished)
        for kind in KINDS
        for about in ((), ("anna",), ("anna", "freja"))
        for by in (None, 1)
        for kept in ((), ("bo",))
        for at in (0, 1)
        for is_finished in ((False, True) if kind is PlanItem else (False,))
    ]
    here = frozenset([world.meetings[0].pk])
    readers = [
        Reader(world.keys[1]),
        Reader(world.keys[1], present_at=here),
        Reader.of_person(world.s.person("bo").pk, here),
    ]
    with undone():
        world.write(made)
        seen_as_the_rule_says(world, basis, readers)


def test_C5_what_was_really_declared_is_asked_of_the_database_alike(world):
    """Through `load_basis`: declarations with too few signatures, a no, a withdrawal, custody of a boy of four."""
    s, parties = world.s, [world.s.members[name] for name in ("unge", "job", "psyk", "teacher")]
    with undone():
        consented(s.case.forloeb, s.person("anna"), parties, KEYS[:2])
        consented(s.case.forloeb, s.person("anna"), parties[1:2], KEYS[:1], answer="no")
        consented(s.case.forloeb, s.person("carl"), parties, signed=False)
        consented(s.case.forloeb, s.person("viggo"), [*parties[:2], s.person("anna")])
        actions.withdraw(
            by=s.tovholder, forloeb=s.case.forloeb, person=s.person("viggo"), receipt=False,
            recipients=[key_of(parties[0])],
        )  # fmt: skip
        every = [(name,) for name in NAMES] + [("anna", "viggo"), ()]
        world.write(
            [
                (kind, about, key, by, (), at, False)
                for kind in KINDS
                for about in every
                for key in KEYS
                for by, at in ((None, 0), (1, 1))
            ]
        )
        seen_as_the_rule_says(world, load_basis(s.case.forloeb))


def test_the_database_is_asked_once(world, django_assert_num_queries):
    basis, reader = (
        load_basis(world.s.case.forloeb),
        Reader(world.keys[1], present_at=frozenset([world.meetings[0].pk])),
    )
    with django_assert_num_queries(1):
        BoardNote.objects.filter(meeting=world.meetings[0]).seen_by(reader, basis).count()


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_C5_custody_goes_before_a_no_in_the_database_too(world, is_withdrawn):
    """Anna sees what concerns her boy of four and Bo, because it was said in the room, whatever was answered for the boy."""
    anna, viggo, topic = world.s.person("anna").pk, world.s.person("viggo").pk, world.topics["skole"].pk
    basis = Basis(
        on=datetime.date(2026, 11, 23),
        cells={} if is_withdrawn else {(viggo, world.keys[4], topic): Cell.NO},
        withdrawn={viggo: (Scope(),)} if is_withdrawn else {},
        custody={viggo: frozenset({anna})},
        ages={viggo: 4},
    )
    here = frozenset([world.meetings[0].pk])
    with undone():
        world.write([(BoardNote, ("viggo", "bo"), "skole", None, (), 0, False)])
        seen_as_the_rule_says(world, basis, [Reader.of_person(anna, here), Reader.of_person(anna)])
        assert BoardNote.objects.seen_by(Reader.of_person(anna, here), basis).count() == 1
