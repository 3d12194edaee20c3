"""C5 and M8: the one rule against an oracle of its own, pure and through the database."""

import datetime
import uuid

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.models import Custody
from consent import actions
from consent.basis import load_basis
from consent.models import Answer, Topic
from consent.sharing import Basis, Cell, Facts, Reader, Scope, may_know_of, may_see
from tests.consent.factories import case, key_of
from tests.consent.oracle import Item, Said, Somebody, World, may_be_told

TODAY = datetime.date(2026, 11, 23)
PERSONS = [uuid.UUID(int=n) for n in range(1, 7)]
TOPICS = [uuid.UUID(int=n) for n in range(101, 109)]
RECIPIENTS = [f"d:{uuid.UUID(int=n)}" for n in range(201, 206)] + [f"x:{uuid.UUID(int=n)}" for n in range(301, 305)]
MEETINGS = [uuid.UUID(int=n) for n in range(401, 404)]
PAST, AHEAD = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)
# How one cell came to its state, for the oracle; every state of C2 and of validity.
STORIES = {
    None: [],
    Cell.YES: [("yes", AHEAD, True)],
    Cell.NO: [("no", AHEAD, True)],
    Cell.EXPIRED: [("yes", TODAY, True)],
    Cell.WITHDRAWN: [("yes", AHEAD, True), ("withdraw", AHEAD, True)],
    Cell.UNSIGNED: [("yes", AHEAD, False)],
}
BIRTHDAYS = st.sampled_from(
    [None, datetime.date(1988, 2, 29), datetime.date(2011, 11, 22), datetime.date(2011, 11, 23),
     datetime.date(2011, 11, 24), datetime.date(2008, 11, 23), datetime.date(2022, 5, 2)]
)  # fmt: skip
some = lambda values, **more: st.sets(st.sampled_from(values), **more)  # noqa: E731


@st.composite
def situations(draw):
    born = {who: draw(BIRTHDAYS) for who in PERSONS}
    custody = {}
    for who in PERSONS:
        held = draw(some(PERSONS, max_size=2)) - {who}
        if held:
            custody[who] = held
    readers = st.one_of(
        st.builds(lambda key, at: (key, None, at), st.sampled_from(RECIPIENTS), some(MEETINGS)),
        st.builds(lambda who, at: (f"p:{who}", who, at), st.sampled_from(PERSONS), some(MEETINGS)),
    )
    recipient, family, was_at = draw(readers)
    about, topic = draw(some(PERSONS, max_size=3)), draw(st.sampled_from(TOPICS))
    item = Item(
        about,
        topic,
        draw(st.sampled_from(["", recipient, RECIPIENTS[0], f"p:{PERSONS[0]}"])),
        draw(st.sampled_from([None, *MEETINGS])),
        draw(some(PERSONS, max_size=2)),
    )
    # The cells that matter, and others that must not.
    keys = [(who, recipient, topic) for who in sorted(about)]
    keys += draw(
        st.lists(st.tuples(st.sampled_from(PERSONS), st.sampled_from(RECIPIENTS), st.sampled_from(TOPICS)), max_size=4)
    )
    return born, custody, (recipient, family, was_at), item, {key: draw(st.sampled_from(list(STORIES))) for key in keys}


@settings(max_examples=700)
@given(situations())
def test_C5_M8_the_rule_says_what_the_oracle_says(situation):
    born, custody, (recipient, family, was_at), item, states = situation
    world = World(TODAY, born, custody, [])
    for (who, key, topic), state in states.items():
        for kind, expires, signed in STORIES[state]:
            everyone = {who, *PERSONS} if signed else set()
            world.said.append(Said(kind, who, {key}, {topic}, expires, everyone))
    basis = Basis(
        on=TODAY,
        cells={key: state for key, state in states.items() if state is not None},
        custody={child: frozenset(holders) for child, holders in custody.items()},
        ages={who: world.age(who) for who in PERSONS},
    )
    # A child under fifteen without custody has no valid yes in the oracle; load_basis never makes one either.
    for (who, _, _), state in states.items():
        if state is Cell.YES and (world.age(who) or 99) < 15 and who not in custody:
            return
    facts = Facts(frozenset(item.about), item.topic, str(item.from_whom), item.on_board_of, frozenset(item.kept_from))
    reader = Reader(recipient, family, frozenset(was_at))
    assert may_see(reader, facts, basis) == may_be_told(world, Somebody(recipient, family, was_at), item)


def cell_basis(state):
    return Basis(
        on=TODAY, cells={(PERSONS[0], RECIPIENTS[0], TOPICS[0]): state} if state else {}, ages={PERSONS[0]: 40}
    )


@pytest.mark.parametrize(
    ("state", "alone", "contributed", "present"),
    [
        (Cell.YES, True, True, True),
        (Cell.NO, False, False, False),
        (Cell.WITHDRAWN, False, False, False),
        (Cell.EXPIRED, False, True, True),
        (Cell.UNSIGNED, False, True, True),
        (None, False, True, True),
    ],
)
def test_C5_each_state_alone_with_contribution_and_with_presence(state, alone, contributed, present):
    basis, reader = cell_basis(state), Reader(RECIPIENTS[0], present_at=frozenset(MEETINGS))
    facts = lambda **more: Facts(frozenset(PERSONS[:1]), TOPICS[0], **more)  # noqa: E731
    assert may_see(reader, facts(), basis) is alone
    assert may_see(reader, facts(contributed_by=RECIPIENTS[0]), basis) is contributed
    assert may_see(reader, facts(meeting_of_board=MEETINGS[0]), basis) is present


def test_C5_information_on_several_persons_needs_each_of_them():
    basis = cell_basis(Cell.YES)
    assert not may_see(Reader(RECIPIENTS[0]), Facts(frozenset(PERSONS[:2]), TOPICS[0]), basis)


def test_C7_a_withdrawal_of_all_closes_what_nobody_had_asked_about():
    open_to_those_present = Facts(frozenset(PERSONS[:1]), TOPICS[3], meeting_of_board=MEETINGS[0])
    reader = Reader(RECIPIENTS[2], present_at=frozenset(MEETINGS))
    assert may_see(reader, open_to_those_present, cell_basis(None))
    gone = Basis(on=TODAY, withdrawn={PERSONS[0]: (Scope(),)})
    assert not may_see(reader, open_to_those_present, gone)
    part = Basis(on=TODAY, withdrawn={PERSONS[0]: (Scope(topics=frozenset(TOPICS[:1])),)})
    assert may_see(reader, open_to_those_present, part)


def test_M8_kept_from_one_parent_reaches_the_other_and_nobody_by_presence():
    child, mother, father = PERSONS[:3]
    basis = Basis(on=TODAY, custody={child: frozenset({mother, father})}, ages={child: 9})
    facts = Facts(frozenset({child}), TOPICS[0], "", MEETINGS[0], frozenset({mother}))
    was_there = frozenset(MEETINGS)
    assert not may_see(Reader.of_person(mother, was_there), facts, basis)
    assert may_see(Reader.of_person(father), facts, basis)
    assert not may_see(Reader(RECIPIENTS[0], present_at=was_there), facts, basis)


def test_C5_who_may_know_that_a_person_takes_part():
    basis = cell_basis(Cell.YES)
    assert may_know_of(Reader(RECIPIENTS[0]), PERSONS[0], basis)
    assert not may_know_of(Reader(RECIPIENTS[1]), PERSONS[0], basis)
    assert not may_know_of(Reader(RECIPIENTS[0]), PERSONS[1], basis), "another's yes tells of nobody else"
    assert may_know_of(Reader.of_person(PERSONS[0]), PERSONS[0], basis)
    assert not may_know_of(Reader(RECIPIENTS[0]), PERSONS[0], cell_basis(Cell.EXPIRED))


# --- through the database ------------------------------------------------------------------------------------------------
NAMES = ("anna", "bo", "carl", "freja", "viggo")
TOPIC_KEYS = ("helbred", "skole", "fritid")
acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("declare"), st.sampled_from(NAMES), st.dictionaries(
                st.tuples(st.integers(0, 3), st.sampled_from(TOPIC_KEYS)), st.sampled_from(["yes", "no"]), min_size=1, max_size=5
            ), st.integers(0, 2), st.sampled_from([5, 400]),
        ),
        st.tuples(
            st.just("withdraw"), st.sampled_from(NAMES), st.one_of(st.none(), some([0, 1, 2, 3], min_size=1)),
            st.one_of(st.none(), some(TOPIC_KEYS, min_size=1)),
        ),
    ),
    max_size=7,
)  # fmt: skip


def replay(family, history, later):
    """Do the acts for real and tell the oracle; compare every cell on a later day, for every reader."""
    today = timezone.localdate()
    topics = {topic.key: topic for topic in Topic.objects.filter(key__in=TOPIC_KEYS)}
    readers = [*family.departments, family.external, family.anna]
    custody: dict = {}
    for row in Custody.objects.all():
        custody.setdefault(row.child_id, set()).add(row.holder_id)
    born = {one.pk: one.birth_date for one in family.people.values()}
    on = today + datetime.timedelta(days=later)
    world = World(on, born, custody, [])
    actions.read_guidance(by=family.tovholder)
    for act in history:
        person = family.people[act[1]]
        keys = [key_of(one) for one in readers if one != person]
        if act[0] == "withdraw":
            _, _, chosen, named = act
            recipients = None if chosen is None else {keys[n] for n in chosen if n < len(keys)} or None
            told = None if named is None else [topics[key] for key in named]
            actions.withdraw(
                by=family.tovholder,
                forloeb=family.forloeb,
                person=person,
                recipients=recipients,
                topics=told,
                receipt=False,
            )
            world.said.append(
                Said("withdraw", person.pk, recipients, None if told is None else {topic.pk for topic in told})
            )
            continue
        _, _, cells, signers, days = act
        answers = {(keys[n], topics[key]): answer for (n, key), answer in cells.items() if n < len(keys)}
        if not answers:
            continue
        expires = today + datetime.timedelta(days=days)
        signed = actions.allowed_signers(person, today)[:signers]
        actions.register_declaration(
            by=family.tovholder, forloeb=family.forloeb, person=person, answers=answers, way="paper",
            expires_on=expires, signatures=[(one, today) for one in signed],
        )  # fmt: skip
        for (key, topic), answer in answers.items():
            world.said.append(Said(answer, person.pk, {key}, {topic.pk}, expires, {one.pk for one in signed}))
    basis = load_basis(family.forloeb, on)
    verdicts = {Cell.YES: "yes", Cell.NO: "no", Cell.WITHDRAWN: "no"}
    for person in family.people.values():
        for recipient in map(key_of, readers):
            for topic in topics.values():
                found = verdicts.get(basis.cell(person.pk, recipient, topic.pk), "silent")
                assert found == world.answer(person.pk, recipient, topic.pk), (person.first_name, recipient, topic.key)


@pytest.mark.django_db
@settings(max_examples=40)
@given(history=acts, later=st.sampled_from([0, 4, 5, 6]))
def test_C3_C7_any_history_of_declarations_and_withdrawals_ends_as_the_oracle_says(history, later):
    with transaction.atomic():
        replay(case(), history, later)
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=3000)
@given(history=acts, later=st.sampled_from([0, 4, 5, 6, 400]))
def test_C3_C7_ten_thousand_steps_end_as_the_oracle_says(history, later):
    with transaction.atomic():
        replay(case(), history, later)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_C3_an_unsigned_yes_neither_lifts_a_no_nor_ends_a_yes():
    family = case()
    fritid = Topic.objects.get(key="fritid")
    actions.read_guidance(by=family.tovholder)
    today = timezone.localdate()

    def say(answer, signers):
        actions.register_declaration(
            by=family.tovholder, forloeb=family.forloeb, person=family.viggo, way="paper",
            answers={(key_of(family.departments[0]), fritid): answer}, signatures=[(one, today) for one in signers],
        )  # fmt: skip
        return load_basis(family.forloeb).cell(family.viggo.pk, key_of(family.departments[0]), fritid.pk)

    assert say("no", []) is Cell.NO
    assert say("yes", [family.anna]) is Cell.NO, "one parent cannot lift the other's no"
    assert say("yes", [family.anna, family.carl]) is Cell.YES
    assert say("yes", []) is Cell.YES, "a renewal that waits for a signature takes nothing away"
    assert say(Answer.NO, []) is Cell.NO, "a no needs no signature"
