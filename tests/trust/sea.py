"""A family for the canaries: 6 persons × 8 topics × 9 recipients, each cell in one of 6 states, one word in each item.

`generation` turns the states one step, so that six generations hold every combination. What was said is told to the
oracle in the same order; the oracle alone says who may have which word.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.models import (
    Custody,
    Family,
    FamilyMember,
    Forloeb,
    ForloebPerson,
    ForloebState,
    Participation,
    ParticipationRole,
    Person,
)
from consent import actions
from consent.models import Topic
from meetings.models import (
    AgendaPoint,
    Attendance,
    BoardNote,
    Meeting,
    MeetingRole,
    MeetingState,
    Presence,
    RoleKind,
)
from organisation.models import User
from plans import actions as plan_actions
from plans.models import ItemKind, PlanItem, PlanVersion
from tests.consent.factories import START, ground
from tests.consent.oracle import Item, Said, Somebody, World, may_be_told
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory

STATES = ("yes", "no", "not asked", "expired", "withdrawn", "unsigned")
PEOPLE = (("mor", 37), ("far", 41), ("sted", 40), ("teen", 16), ("barn", 10), ("lille", 4))
HELD_BY = {"barn": ("mor", "far"), "lille": ("mor",)}


@dataclass
class Canary:
    word: str
    item: Item
    row: Any


@dataclass
class Sea:
    forloeb: Forloeb
    meeting: Meeting
    version: PlanVersion
    people: dict[str, Person]
    staff: list[Participation]
    world: World
    board: list[Canary] = field(default_factory=list)
    plan: list[Canary] = field(default_factory=list)
    agenda: list[Canary] = field(default_factory=list)
    sentences: list[Canary] = field(default_factory=list)  # with no marks of their own
    cancelled: Meeting | None = None
    attendance: dict[str, Attendance] = field(default_factory=dict)

    @property
    def lead(self) -> User:
        return self.staff[0].user

    def reader(self, key: str) -> Somebody:
        """The oracle's reader behind a recipient key or `d:…`: where they were present is read off the attendance."""
        family = next((one.pk for one in self.people.values() if key == f"p:{one.pk}"), None)
        row = self.attendance.get(key)
        came = row is not None and row.presence in (Presence.PRESENT, Presence.PARTLY)
        return Somebody(key, family, {self.meeting.pk} if came else set())

    def hands(self, key: str) -> list[Somebody]:
        """The reader behind a key, and for a child who else gets the child's paper."""
        reader = self.reader(key)
        holders = self.world.handed_to(reader.family) if reader.family is not None else ()
        return [reader, *(self.reader(f"p:{holder}") for holder in holders)]

    def allowed(self, canaries: list[Canary], *readers: Somebody) -> set[str]:
        return {one.word for one in canaries if all(may_be_told(self.world, who, one.item) for who in readers)}

    @property
    def words(self) -> set[str]:
        return {one.word for one in self.everything}

    @property
    def everything(self) -> list[Canary]:
        return [*self.board, *self.plan, *self.agenda, *self.sentences]


def build(generation: int = 0) -> Sea:
    ground()
    today = timezone.localdate()
    family = Family.objects.create(name="Kanariefamilien")
    people = {
        name: Person.objects.create(
            first_name=f"{name.capitalize()}y", last_name="Fugl", birth_date=today.replace(year=today.year - age, day=1, month=1)
        )
        for name, age in PEOPLE
    }  # fmt: skip
    forloeb = Forloeb.objects.create(
        number=f"2026-09{generation:02d}", family=family, model_key="faelles_familier", state=ForloebState.ACTIVE,
        need="Kanarier.", start_checked_on=START, activated_on=START,
    )  # fmt: skip
    for name, one in people.items():
        FamilyMember.objects.create(family=family, person=one, kind="child" if name in HELD_BY else "parent")
        ForloebPerson.objects.create(forloeb=forloeb, person=one, is_focus=name == "barn", from_date=START)
    custody = {people[child].pk: {people[name].pk for name in names} for child, names in HELD_BY.items()}
    for child, holders in custody.items():
        for holder in holders:
            Custody.objects.create(child_id=child, holder_id=holder)
    staff = [_employee(forloeb, number) for number in range(5)] + [_outsider(forloeb, number) for number in range(2)]
    actions.read_guidance(by=staff[0].user)
    for one in staff[1:5]:
        actions.read_guidance(by=one.user)
    world = World(today, {one.pk: one.birth_date for one in people.values()}, custody, [])
    _consents(forloeb, people, staff, world, generation)
    meeting, attendance = _meeting(forloeb, people, staff)
    sea = Sea(forloeb, meeting, None, people, staff, world, attendance=attendance)  # type: ignore[arg-type]
    topics = list(Topic.objects.order_by("position"))
    _board(sea, topics)
    _plan(sea, topics)
    _agenda(sea, topics)
    _sentences(sea)
    return sea


def _employee(forloeb: Forloeb, number: int) -> Participation:
    user = EmploymentFactory(department=DepartmentFactory(may_drive=True)).user
    role = ParticipationRole.PROFESSIONAL if number else ParticipationRole.TOVHOLDER
    return Participation.objects.create(
        forloeb=forloeb, user=user, department=user.departments.get(), role=role, from_date=START
    )


def _outsider(forloeb: Forloeb, number: int) -> Participation:
    return Participation.objects.create(
        forloeb=forloeb, external=ExternalPartyFactory(), external_name=f"Ebbe {number}", from_date=START
    )


def _consents(forloeb: Forloeb, people: dict[str, Person], staff: list[Participation], world: World, turn: int) -> None:
    by, today = staff[0].user, world.today
    recipients = [one.recipient for one in staff] + [f"p:{people[name].pk}" for name in ("mor", "far")]
    topics = list(Topic.objects.order_by("position"))
    said = {"yes": "yes", "withdrawn": "yes", "expired": "yes", "unsigned": "yes", "no": "no"}
    for i, person in enumerate(people.values()):
        cells: dict[str, dict[tuple[str, Topic], str]] = {}
        for j, key in enumerate(recipients):
            for k, topic in enumerate(topics):
                state = STATES[(i + j + k + turn) % len(STATES)]
                if state != "not asked" and key != f"p:{person.pk}":
                    cells.setdefault(state, {})[key, topic] = said[state]
        signers = actions.allowed_signers(person, today)
        for state, answers in cells.items():
            old = state == "expired"
            day, ends = (today - timedelta(days=400), today) if old else (today, today + timedelta(days=365))
            signed = [] if state == "unsigned" else signers
            actions.register_declaration(
                by=by, forloeb=forloeb, person=person, answers=answers, way="paper", informed_on=day,
                signatures=[(one, day) for one in signed], expires_on=ends,
            )  # fmt: skip
            who = {one.pk for one in signed}
            for (key, topic), answer in answers.items():
                world.said.append(Said(answer, person.pk, {key}, {topic.pk}, ends, who))
        for key, topic in cells.get("withdrawn", {}):
            actions.withdraw(by=by, forloeb=forloeb, person=person, recipients={key}, topics=[topic], receipt=False)
            world.said.append(Said("withdraw", person.pk, {key}, {topic.pk}))


def _meeting(
    forloeb: Forloeb, people: dict[str, Person], staff: list[Participation]
) -> tuple[Meeting, dict[str, Attendance]]:
    """Going on now. d0, d1, an outsider and mor are here; d2 for a part; the rest are not."""
    now = timezone.now()
    meeting = Meeting.objects.create(
        forloeb=forloeb, number=1, state=MeetingState.PLANNED, starts_at=now - timedelta(minutes=10),
        ends_at=now + timedelta(minutes=80), place="Skolen", board_key="ff",
    )  # fmt: skip
    roles = ((RoleKind.MOEDELEDER, 1), (RoleKind.REFERENT, 2), (RoleKind.TAVLE, 3))
    for role, number in roles:
        MeetingRole.objects.create(meeting=meeting, role=role, participation=staff[number])
    here = {0: Presence.PRESENT, 1: Presence.PRESENT, 2: Presence.PARTLY, 5: Presence.PRESENT}
    rows = {}
    for number, one in enumerate(staff):
        presence = here.get(number, Presence.ABSENT)
        rows[one.recipient] = Attendance.objects.create(meeting=meeting, participation=one, presence=presence)
    for name, one in people.items():
        presence = Presence.PRESENT if name == "mor" else Presence.ABSENT
        rows[f"p:{one.pk}"] = Attendance.objects.create(meeting=meeting, person=one, presence=presence)
    return meeting, rows


def _marks(sea: Sea, topics: list[Topic]) -> Any:
    """About whom and what, from whom, kept from whom: every person × topic alone, and then pairs, gifts and secrets."""
    people = list(sea.people.values())
    for i, one in enumerate(people):
        for k, topic in enumerate(topics):
            gift = sea.staff[(i + k) % 7].recipient if (i + k) % 3 == 0 else ""
            yield {one}, topic, gift, set()
    for k, topic in enumerate(topics):
        yield {people[k % 6], people[(k + 2) % 6]}, topic, "", set()
        yield {people[4]}, topic, sea.staff[k % 5].recipient, {people[k % 2]}
    yield set(), topics[0], "", set()


def _board(sea: Sea, topics: list[Topic]) -> None:
    for n, (about, topic, gift, kept) in enumerate(_marks(sea, topics)):
        row = BoardNote.objects.create(
            meeting=sea.meeting, column="fungerer", text=f"Zqtavle{n:03d}q", author=sea.lead, topic=topic,
            contributed_by=gift, position=n,
        )  # fmt: skip
        row.about.set(about)
        row.kept_from.set(kept)
        item = Item({one.pk for one in about}, topic.pk, gift, sea.meeting.pk, {one.pk for one in kept})
        sea.board.append(Canary(row.text, item, row))


def _agenda(sea: Sea, topics: list[Topic]) -> None:
    for n, (about, topic, gift, kept) in enumerate(_marks(sea, topics)):
        row = AgendaPoint.objects.create(
            meeting=sea.meeting, text=f"Zqpunkt{n:03d}q", topic=topic, contributed_by=gift, position=n
        )
        row.about.set(about)
        row.kept_from.set(kept)
        item = Item({one.pk for one in about}, topic.pk, gift, None, {one.pk for one in kept})
        sea.agenda.append(Canary(row.text, item, row))


def _sentences(sea: Sea) -> None:
    """What the meetings are for, why one was called off, and the need of the start: marked by what they tell.

    The first is the school's own words, the others nobody's.
    """
    topic = {one.key: one.pk for one in Topic.objects.all()}
    told = {
        "Zqpunkt900q: Teenys skolegang": ("teen", "skole"),
        "Zqpunkt901q: Mory er syg": ("mor", "helbred"),
        "Zqpunkt902q: mindre gæld": ("barn", "oekonomi"),  # names nobody: whom the forløb is especially about
    }
    purpose, reason, need = told
    school = next(one.recipient for one in sea.staff[1:])
    sea.meeting.purpose, sea.meeting.purpose_by = purpose, school
    sea.meeting.save()
    later = timezone.now() + timedelta(days=9)
    sea.cancelled = Meeting.objects.create(
        forloeb=sea.forloeb, number=2, state=MeetingState.CANCELLED, starts_at=later, ends_at=later + timedelta(hours=1),
        place="Skolen", board_key="ff", cancelled_reason=reason,
    )  # fmt: skip
    sea.forloeb.need = need
    sea.forloeb.save()
    for text, (who, about) in told.items():
        item = Item({sea.people[who].pk}, topic[about], school if text == purpose else "")
        sea.sentences.append(Canary(text.split(":")[0], item, None))


def _plan(sea: Sea, topics: list[Topic]) -> None:
    """A draft with an agreement for each that somebody contributed, who is its responsible, and a sub-goal for the rest."""
    draft = plan_actions.start_version(by=sea.lead, meeting=sea.meeting)
    goal = PlanItem.objects.create(
        version=draft, kind=ItemKind.GOAL, text="Et godt hverdagsliv", topic=topics[0], position=0
    )
    due = sea.world.today + timedelta(days=30)
    for n, (about, topic, gift, kept) in enumerate(_marks(sea, topics)):
        who = next((one for one in sea.staff if one.recipient == gift), None)
        row = PlanItem.objects.create(
            version=draft, kind=ItemKind.AGREEMENT if who else ItemKind.SUB_GOAL, parent=goal, text=f"Zqplan{n:03d}q",
            topic=topic, due_on=due if who else None, responsible=who, responsible_label=who.name if who else "",
            contributed_by=gift, position=n + 1,
        )  # fmt: skip
        row.about.set(about)
        row.kept_from.set(kept)
        item = Item({one.pk for one in about}, topic.pk, gift, None, {one.pk for one in kept})
        sea.plan.append(Canary(row.text, item, row))
    sea.version = draft
