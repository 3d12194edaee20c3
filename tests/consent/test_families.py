"""Shapes of families that live apart: who signs, who sees what of a child, and what stands on each one's paper (C1 C5 F9).

Each shape says in plain words who signs for whom and which of the family see a child's item by custody alone. The oracle
judges every reader besides, before any consent, with one signature, and with all of them.
"""

import datetime
from dataclasses import dataclass, field, replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import actions as cases
from cases.models import (
    Custody,
    Family,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    Household,
    Participation,
    ParticipationRole,
    Person,
    Residence,
)
from consent import actions, contact_list
from consent.basis import load_basis
from consent.models import Topic
from consent.recipients import is_asked, recipients_of
from consent.sharing import Reader
from meetings.models import Attendance, BoardNote, Meeting, MeetingState, Presence
from tests.consent.factories import START, ground, key_of
from tests.consent.oracle import Item, Said, Somebody, World, may_be_told
from tests.organisation.factories import DepartmentFactory, EmploymentFactory
from tests.trust.scan import reading_once
from web.errors import Refused

pytestmark = pytest.mark.django_db
NOBODY: tuple[str, ...] = ()
Years = int | None


@dataclass
class Shape:
    """people: name → (whole years or None, kind). custody: child → holders. signs: person → who must sign for them.

    sees: child → those of the family, besides the child, who see what concerns it with no consent at all.
    outside: of the family, not in the forløb. then: what happens meanwhile, and signs_then/sees_then after it.
    still: of those who had a full declaration before, whose still holds after.
    """

    name: str
    people: dict[str, tuple[Years, str]]
    custody: dict[str, tuple[str, ...]]
    signs: dict[str, tuple[str, ...]]
    sees: dict[str, tuple[str, ...]]
    outside: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    then: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: int = 0
    signs_then: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sees_then: dict[str, tuple[str, ...]] = field(default_factory=dict)
    still: tuple[str, ...] = ()


A, C, S, O = "parent", "child", "step_parent", "other"  # noqa: E741
SHAPES = [
    Shape(
        "joint custody, parents apart: both sign, both see",
        {"mor": (38, A), "far": (40, A), "barn": (9, C)},
        {"barn": ("mor", "far")},
        {"mor": ("mor",), "far": ("far",), "barn": ("far", "mor")},
        {"barn": ("far", "mor")},
    ),
    Shape(
        "one parent has custody alone: the other neither signs nor sees",
        {"mor": (38, A), "far": (40, A), "barn": (9, C)},
        {"barn": ("mor",)},
        {"far": ("far",), "barn": ("mor",)},
        {"barn": ("mor",)},
    ),
    Shape(
        "a step-parent in the home has no say and sees nothing by himself",
        {"mor": (38, A), "bonus": (35, S), "barn": (9, C)},
        {"barn": ("mor",)},
        {"bonus": ("bonus",), "barn": ("mor",)},
        {"barn": ("mor",)},
        together=("mor", "bonus", "barn"),
    ),
    Shape(
        "two mothers, both with custody",
        {"mor": (38, A), "medmor": (36, A), "barn": (3, C)},
        {"barn": ("mor", "medmor")},
        {"barn": ("medmor", "mor")},
        {"barn": ("medmor", "mor")},
    ),
    Shape(
        "foster home: the child is placed, the parents keep custody and sign",
        {"mor": (30, A), "far": (31, A), "plejemor": (50, O), "barn": (7, C)},
        {"barn": ("mor", "far")},
        {"plejemor": ("plejemor",), "barn": ("far", "mor")},
        {"barn": ("far", "mor")},
        together=("plejemor", "barn"),
    ),
    Shape(
        "custody moved to the foster parents: they sign, the parents see nothing",
        {"mor": (30, A), "plejemor": (50, O), "plejefar": (52, O), "barn": (7, C)},
        {"barn": ("plejemor", "plejefar")},
        {"mor": ("mor",), "barn": ("plejefar", "plejemor")},
        {"barn": ("plejefar", "plejemor")},
    ),
    Shape(
        "the child turns fifteen meanwhile: signs alone, and the parents' signatures hold no more",
        {"mor": (40, A), "far": (41, A), "barn": (14, C)},
        {"barn": ("mor", "far")},
        {"barn": ("far", "mor")},
        {"barn": ("far", "mor")},
        days=366,
        signs_then={"barn": ("barn",), "mor": ("mor",)},
        sees_then={"barn": NOBODY},
        still=("mor", "far"),
    ),
    Shape(
        "one parent has died: the one who is left signs alone, and what both signed holds",
        {"mor": (40, A), "far": (41, A), "barn": (8, C)},
        {"barn": ("mor", "far")},
        {"barn": ("far", "mor")},
        {"barn": ("far", "mor")},
        then={"barn": ("mor",)},
        days=2,
        signs_then={"barn": ("mor",)},
        sees_then={"barn": ("mor",)},
        still=("mor", "far", "barn"),
    ),
    Shape(
        "nobody is known to have custody: nobody can sign, and nothing reaches anybody",
        {"mor": (25, A), "barn": (2, C)},
        {},
        {"mor": ("mor",), "barn": NOBODY},
        {"barn": NOBODY},
    ),
    Shape(
        "half-siblings: each has its own second holder",
        {"mor": (38, A), "far": (40, A), "carl": (36, A), "barn": (12, C), "lille": (4, C)},
        {"barn": ("mor", "far"), "lille": ("mor", "carl")},
        {"barn": ("far", "mor"), "lille": ("carl", "mor")},
        {"barn": ("far", "mor"), "lille": ("carl", "mor")},
        together=("mor", "carl", "barn", "lille"),
    ),
    Shape(
        "a grandmother has custody, and the mother has not",
        {"mor": (24, A), "mormor": (58, O), "barn": (6, C)},
        {"barn": ("mormor",)},
        {"mormor": ("mormor",), "barn": ("mormor",)},
        {"barn": ("mormor",)},
    ),
    Shape(
        "one parent's address is protected from the other: both still sign and see",
        {"mor": (33, A), "far": (35, A), "barn": (10, C)},
        {"barn": ("mor", "far")},
        {"barn": ("far", "mor")},
        {"barn": ("far", "mor")},
        together=("mor", "barn"),
        protected=("mor",),
    ),
    Shape(
        "custody goes from one parent to the other meanwhile: the new one must sign anew",
        {"mor": (33, A), "far": (35, A), "barn": (10, C)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        then={"barn": ("far",)},
        days=2,
        signs_then={"barn": ("far",)},
        sees_then={"barn": ("far",)},
        still=("mor", "far"),
    ),
    Shape(
        "custody becomes joint meanwhile: one signature is not enough any more",
        {"mor": (33, A), "far": (35, A), "barn": (10, C)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        then={"barn": ("mor", "far")},
        days=2,
        signs_then={"barn": ("far", "mor")},
        sees_then={"barn": ("far", "mor")},
        still=("mor", "far"),
    ),
    Shape(
        "the only custody holder is gone and no other is named yet: nobody can sign, and what was signed holds no more",
        {"mor": (33, A), "far": (35, A), "barn": (10, C)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        then={"barn": NOBODY},
        days=2,
        signs_then={"barn": NOBODY},
        sees_then={"barn": NOBODY},
        still=("mor", "far"),
    ),
    Shape(
        "not born yet, so no birth date and no CPR number: the holder signs; nobody is let in by an age not known",
        {"mor": (29, A), "far": (30, A), "barn": (None, C)},
        {"barn": ("mor",)},
        {"barn": ("mor",)},
        {"barn": NOBODY},
    ),
    Shape(
        "a grown-up child at home signs alone, and the parents see nothing by themselves",
        {"mor": (50, A), "far": (51, A), "barn": (19, C)},
        {"barn": ("mor", "far")},
        {"barn": ("barn",)},
        {"barn": NOBODY},
        together=("mor", "far", "barn"),
    ),
    Shape(
        "the parent is seventeen: signs for herself and her baby; her own mother for neither",
        {"mormor": (40, A), "ungmor": (17, A), "barn": (1, C)},
        {"ungmor": ("mormor",), "barn": ("ungmor",)},
        {"mormor": ("mormor",), "ungmor": ("ungmor",), "barn": ("ungmor",)},
        {"ungmor": NOBODY, "barn": ("ungmor",)},
    ),
    Shape(
        "a new spouse in the other home is not in the forløb: on nobody's list, asked about by nobody",
        {"mor": (38, A), "far": (40, A), "ny": (39, S), "barn": (9, C)},
        {"barn": ("mor", "far")},
        {"barn": ("far", "mor")},
        {"barn": ("far", "mor")},
        outside=("ny",),
        together=("far", "ny"),
    ),
]


class House:
    """One shape in the database, and what the oracle was told of it."""

    def __init__(self, shape: Shape) -> None:
        ground()
        self.shape, self.today = shape, timezone.localdate()
        family = Family.objects.create(name="Familien")
        self.forloeb = Forloeb.objects.create(
            number="2026-0500", family=family, model_key="faelles_familier", state="active", need="Der er brug for det.",
            start_checked_on=self.today, activated_on=self.today,
        )  # fmt: skip
        self.people = {name: self.writes_on(family, name, *told) for name, told in shape.people.items()}
        home = Household.objects.create(family=family, label="Sammen")
        for name in shape.together:
            Residence.objects.create(household=home, person=self.people[name])
        for child, holders in shape.custody.items():
            for holder in holders:
                Custody.objects.create(child=self.people[child], holder=self.people[holder], from_date=START)
        self.lead, self.job = (
            self.takes_part(EmploymentFactory(department=DepartmentFactory(may_drive=True, name=name)), role)
            for name, role in (("Myndighed børn", ParticipationRole.TOVHOLDER), ("Job", ParticipationRole.PROFESSIONAL))
        )
        for one in (self.lead, self.job):
            actions.read_guidance(by=one.user)
        born = {one.pk: one.birth_date for one in self.people.values()}
        self.world = World(self.today, born, self.custody_of(shape.custody), [])
        self.topic = Topic.objects.get(key="skole")
        self.here = {name: one for name, one in self.people.items() if name not in shape.outside}
        self.words = {name: f"Zq{number:02}q" for number, name in enumerate(self.here)}
        self.meets()

    def custody_of(self, told: dict[str, tuple[str, ...]]) -> dict:
        return {self.people[child].pk: {self.people[one].pk for one in holders} for child, holders in told.items()}

    def writes_on(self, family: Family, name: str, years: Years, kind: str) -> Person:
        # A month off, so that the birthday lies a month ahead.
        born = (
            None if years is None else self.today.replace(year=self.today.year - years, day=1) - datetime.timedelta(1)
        )
        one = Person.objects.create(
            first_name=name.capitalize(), birth_date=born, phone="09 31 00 07" if name in self.shape.protected else "",
            protected_address=name in self.shape.protected,
            address="Kanariehøj 17" if name in self.shape.protected else "",
        )  # fmt: skip
        FamilyMember.objects.create(family=family, person=one, kind=kind)
        if name not in self.shape.outside:
            ForloebPerson.objects.create(forloeb=self.forloeb, person=one, from_date=START)
        return one

    def takes_part(self, job, role: str) -> Participation:
        return Participation.objects.create(
            forloeb=self.forloeb, user=job.user, department=job.department, role=role, from_date=START
        )

    def meets(self) -> None:
        """A meeting where nobody was present, and one line about each, given by the tovholder's department."""
        now = timezone.now()
        self.meeting = Meeting.objects.create(
            forloeb=self.forloeb, number=1, state=MeetingState.HELD, held_on=self.today, starts_at=now,
            ends_at=now + datetime.timedelta(hours=1), place="Her", board_key="ff",
        )  # fmt: skip
        self.rows = {
            name: Attendance.objects.create(meeting=self.meeting, person=one, presence=Presence.ABSENT)
            for name, one in self.here.items()
        }
        self.rows |= {
            name: Attendance.objects.create(meeting=self.meeting, participation=one, presence=Presence.ABSENT)
            for name, one in (("lead", self.lead), ("job", self.job))
        }
        self.items = {}
        for position, (name, one) in enumerate(self.here.items()):
            note = BoardNote.objects.create(
                meeting=self.meeting, column="fungerer", text=self.words[name], author=self.lead.user, topic=self.topic,
                contributed_by=self.lead.recipient, position=position,
            )  # fmt: skip
            note.about.set([one])
            self.items[name] = Item({one.pk}, self.topic.pk, self.lead.recipient, self.meeting.pk)

    # --- what is asked ----------------------------------------------------------------------------------------------------
    def signers(self, name: str) -> tuple[str, ...]:
        try:
            return tuple(one.first_name.lower() for one in actions.allowed_signers(self.people[name], self.day))
        except Refused:
            return NOBODY

    @property
    def day(self) -> datetime.date:
        return timezone.localdate()

    def paper(self, reader: str) -> set[str]:
        """Whom the lines on this one's Tavle are about, as the tovholder fetches it (a department fetches its own)."""
        client = Client()
        client.force_login((self.job if reader == "job" else self.lead).user)
        url = reverse("meetings:board_pdf", args=[self.meeting.pk, self.rows[reader].pk])
        answer = client.get(url)
        assert answer.status_code == 200
        text = answer.content.decode()
        return {name for name, word in self.words.items() if word in text}

    def may_have(self, reader: str) -> set[str]:
        """The same by the oracle."""
        self.world.today = self.day
        who = {"job": Somebody(self.job.recipient), "lead": Somebody(self.lead.recipient)}.get(reader)
        hands = [who]
        if who is None:
            person = self.people[reader].pk
            hands = [Somebody(f"p:{one}", one) for one in (person, *self.world.handed_to(person))]
        told = self.items.items()
        return {name for name, item in told if all(may_be_told(self.world, one, item) for one in hands)}

    def declare(self, name: str, signers: tuple[str, ...]) -> None:
        """A yes to Job and to every adult who can be asked about, signed by these."""
        person, basis = self.people[name], load_basis(self.forloeb)
        keys = [one.key for one in recipients_of(self.forloeb, basis) if is_asked(one, person.pk, basis)]
        actions.register_declaration(
            by=self.lead.user, forloeb=self.forloeb, person=person, way="paper",
            answers={(key, self.topic): "yes" for key in keys if key != self.lead.recipient},
            signatures=[(self.people[one], self.day) for one in signers],
            expires_on=self.day + datetime.timedelta(days=800),
        )  # fmt: skip
        pks = {self.people[one].pk for one in signers}
        for key in keys:
            if key != self.lead.recipient:
                end = self.day + datetime.timedelta(days=800)
                self.world.said.append(Said("yes", person.pk, {key}, {self.topic.pk}, end, pks))

    def judge(self, moment: str) -> None:
        """Every paper holds what the oracle says, no more and no less."""
        with reading_once():
            papers = {reader: self.paper(reader) for reader in self.rows}
        for reader, paper in papers.items():
            assert paper == self.may_have(reader), f"{moment}: {reader}"


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.name)
def shape(request) -> Shape:
    return request.param


@pytest.fixture
def house(shape: Shape) -> House:
    return House(shape)


def expect(house: House, signs: dict[str, tuple[str, ...]], sees: dict[str, tuple[str, ...]]) -> None:
    """Who signs and who sees by custody, as the shape says it in words."""
    for name, signers in signs.items():
        assert house.signers(name) == signers, f"who signs for {name}"
    papers = {name: house.paper(name) for name in house.here}
    for child, readers in sees.items():
        without = {name for name in house.here if child in papers[name]} - {child}
        assert without == set(readers), f"who sees {child}"


@pytest.mark.any_database
def test_C1_C5_F9_who_signs_who_sees_and_what_stands_on_each_paper(house: House, shape: Shape, time_machine) -> None:
    expect(house, shape.signs, shape.sees)
    house.judge("before any consent")
    assert house.paper("job") == set()
    everybody = {name: house.signers(name) for name in house.here}
    for name, signers in everybody.items():
        if len(signers) > 1:
            house.declare(name, signers[:1])
    house.judge("with one of two signatures")
    assert house.paper("job") == set(), "half a declaration gives nothing"
    for name, signers in everybody.items():
        if signers:
            house.declare(name, signers)
    house.judge("with every signature")
    assert house.paper("job") == {name for name, signers in everybody.items() if signers}
    if shape.days:
        meanwhile(house, shape, time_machine)


def meanwhile(house: House, shape: Shape, time_machine) -> None:
    """A birthday, a death, a ruling: the next day's papers are other papers."""
    for child, holders in shape.then.items():
        cases.set_custody(
            by=house.lead.user, forloeb=house.forloeb, child=house.people[child],
            holders=[house.people[one] for one in holders],
        )  # fmt: skip
    time_machine.move_to(timezone.now() + datetime.timedelta(days=shape.days))
    house.world.custody = house.custody_of(shape.custody | shape.then)
    house.judge("afterwards")
    assert house.paper("job") == set(shape.still)
    for name, signers in shape.signs_then.items():
        assert house.signers(name) == signers, f"who signs for {name} now"
    # What was signed before is taken back from all but the tovholder's department, so that only custody is left.
    keys = {one.key for one in recipients_of(house.forloeb, load_basis(house.forloeb))} - {house.lead.recipient}
    for child, readers in shape.sees_then.items():
        person = house.people[child]
        actions.withdraw(
            by=house.lead.user, forloeb=house.forloeb, person=person, recipients=keys - {key_of(person)}, receipt=False
        )
        house.world.said.append(Said("withdraw", person.pk, keys, None))
        without = {name for name in house.here if child in house.paper(name)} - {child}
        assert without == set(readers), f"who sees {child} now"
    house.judge("withdrawn")


def test_C2_C12_who_is_asked_about_and_who_can_be_called(house: House, shape: Shape) -> None:
    """Nobody outside the forløb is a recipient or stands on a list; what is protected is on no other's list."""
    basis = load_basis(house.forloeb)
    asked = {one.name.lower() for one in recipients_of(house.forloeb, basis) if one.is_adult}
    grown = {name for name, (years, _) in shape.people.items() if years is None or years >= 18}
    assert asked == {name for name in grown if shape.people[name][1] != C or shape.people[name][0]} - set(shape.outside)
    for name, signers in ((name, house.signers(name)) for name in house.here):
        if signers:
            house.declare(name, signers)
    basis = load_basis(house.forloeb)
    for one in contact_list.addressees(house.forloeb, basis):
        found = contact_list.build(house.forloeb, one.reader, Reader(house.lead.recipient), basis=basis)
        told = " ".join(str(line) for line in [*found.staff, *found.family, *found.network]).lower()
        assert "kanariehøj" not in told
        for name in shape.outside:
            assert f"'{name}'" not in told
        if one.reader.person is not None and one.name.lower() not in (*shape.protected, *shape.together):
            assert "09 31 00 07" not in told, one.name


def test_there_are_at_least_twelve_shapes() -> None:
    assert len({repr(replace(shape, name="")) for shape in SHAPES}) >= 12, "no two are the same under another name"
    assert all(shape.sees and shape.signs for shape in SHAPES)
