"""A family for the canaries: 6 persons × 8 topics × 9 recipients, each cell in one of 6 states, one word in each item.

`generation` turns the states one step, so that six generations hold every combination. What was said is told to the
oracle in the same order; the oracle alone says who may have which word.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from cases.models import (
    Barred,
    Custody,
    DepartmentCase,
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
from consent.models import ClueWord, Declaration, Exchange, NetworkContact, Topic, Withdrawal, WithdrawalNotice
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
from plans import actions as plan_actions
from plans.models import ItemKind, JournalEntry, Plan, PlanCopy, PlanItem, PlanVersion
from tests.consent.factories import START, ground
from tests.consent.oracle import Item, Said, World
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory
from tests.trust import typed, typed_items
from tests.trust.canary import Canary, Sea
from tests.trust.writer import may_name

STATES = ("yes", "no", "not asked", "expired", "withdrawn", "unsigned")
PEOPLE = (("mor", 37), ("far", 41), ("sted", 40), ("teen", 16), ("barn", 10), ("lille", 4))
STRANGER = 7  # of the staff: takes part, and of all the family only teen has said yes to anything
HELD_BY = {"barn": ("mor", "far"), "lille": ("mor",)}


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
    staff.append(_employee(forloeb, STRANGER))
    for one in staff:
        if one.user:
            actions.read_guidance(by=one.user)
    topics = list(Topic.objects.order_by("position"))
    born = {one.pk: one.birth_date for one in people.values()}
    world = World(today, born, custody, [], leads=staff[0].recipient, topics={one.key: one.pk for one in topics})
    _consents(forloeb, people, staff, world, generation)
    meeting, attendance = _meeting(forloeb, people, staff)
    sea = Sea(forloeb, meeting, None, people, staff, world, attendance=attendance)  # type: ignore[arg-type]
    for one in people.values():  # the first name too, wherever it is not part of what somebody typed
        sea.sentences.append(Canary(one.first_name, None, one, may=partial(may_name, who=one.pk)))
    typed.write(sea)
    _board(sea, topics)
    _plan(sea, topics)
    typed_items.draft(sea)
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


def states_of(people: dict[str, Person], staff: list[Participation], turn: int) -> dict[tuple[Person, str, Topic], str]:
    """The state of every cell. Nobody is asked about what they may know of themselves."""
    recipients = [one.recipient for one in staff[:STRANGER]] + [f"p:{people[name].pk}" for name in ("mor", "far")]
    topics = list(Topic.objects.order_by("position"))
    return {
        (person, key, topic): STATES[(i + j + k + turn) % len(STATES)]
        for i, person in enumerate(people.values())
        for j, key in enumerate(recipients)
        for k, topic in enumerate(topics)
        if key != f"p:{person.pk}"
    }


def _consents(forloeb: Forloeb, people: dict[str, Person], staff: list[Participation], world: World, turn: int) -> None:
    by, today = staff[0].user, world.today
    said = {"yes": "yes", "withdrawn": "yes", "expired": "yes", "unsigned": "yes", "no": "no"}
    states = states_of(people, staff, turn)
    for person in people.values():
        cells: dict[str, dict[tuple[str, Topic], str]] = {}
        for (who, key, topic), state in states.items():
            if who == person and state != "not asked":
                cells.setdefault(state, {})[key, topic] = said[state]
        if person == people["teen"]:
            cells["yes"][staff[STRANGER].recipient, Topic.objects.order_by("position")[0]] = "yes"
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
    """Going on now. d0, d1, an outsider and mor are here; d2 and teen for a part; the rest are not."""
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
        presence = {"mor": Presence.PRESENT, "teen": Presence.PARTLY}.get(name, Presence.ABSENT)
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
        sea.spoken.add(text)
        sea.sentences.append(Canary(text.split(":")[0], item, None))


def _plan(sea: Sea, topics: list[Topic]) -> None:
    """A draft with an agreement for each that somebody contributed, who is its responsible, and a sub-goal for the rest;
    before them what was carried on from the last version."""
    _last_plan(sea, topics)
    draft = plan_actions.start_version(by=sea.lead, meeting=sea.meeting)
    goal = PlanItem.objects.create(
        version=draft, kind=ItemKind.GOAL, text="Et godt hverdagsliv", topic=topics[0], position=20
    )
    due = sea.world.today + timedelta(days=30)
    for n, (about, topic, gift, kept) in enumerate(_marks(sea, topics)):
        who = next((one for one in sea.staff if one.recipient == gift), None)
        row = PlanItem.objects.create(
            version=draft, kind=ItemKind.AGREEMENT if who else ItemKind.SUB_GOAL, parent=goal, text=f"Zqplan{n:03d}q",
            topic=topic, due_on=due if who else None, responsible=who, responsible_label=f"{who.name} ({who.home})" if who else "",
            contributed_by=gift, position=n + 21,
        )  # fmt: skip
        row.about.set(about)
        row.kept_from.set(kept)
        item = Item({one.pk for one in about}, topic.pk, gift, None, {one.pk for one in kept})
        sea.plan.append(Canary(row.text, item, row))
    sea.version = draft


def _last_plan(sea: Sea, topics: list[Topic]) -> None:
    """The version before, finished: some agreements and sub-goals without a canary, for the draft to carry on."""
    then = timezone.now() - timedelta(days=30)
    meeting = Meeting.objects.create(
        forloeb=sea.forloeb, number=3, state=MeetingState.HELD, held_on=timezone.localdate(then), starts_at=then,
        ends_at=then + timedelta(hours=1), place="Skolen", board_key="ff",
    )  # fmt: skip
    version = PlanVersion.objects.create(plan=Plan.objects.create(forloeb=sea.forloeb), number=1, meeting=meeting)
    goal = PlanItem.objects.create(
        version=version, kind=ItemKind.GOAL, text="Ro om morgenen", topic=topics[0], position=0
    )
    for n, (about, topic, gift, kept) in enumerate(list(_marks(sea, topics))[::4]):
        who = next((one for one in sea.staff if one.recipient == gift), None)
        row = PlanItem.objects.create(
            version=version, kind=ItemKind.AGREEMENT if who else ItemKind.SUB_GOAL, parent=goal, text=f"Det aftalte vi {n}",
            topic=topic, due_on=sea.world.today if who else None, responsible=who,
            responsible_label=f"{who.name} ({who.home})" if who else "", contributed_by=gift, position=n + 1,
        )  # fmt: skip
        row.about.set(about)
        row.kept_from.set(kept)
    version.front_page, version.sha256, version.state = "{}", "0" * 64, "finished"
    version.finished_at, version.finished_by = then, sea.lead
    version.save()


# --- addresses ----------------------------------------------------------------------------------------------------------------
def keys(sea: Sea) -> dict[str | None, list[Any]]:
    """Kind of object (`world.kind_of`) → the ids of the sea's own, some of the kinds that there are many of."""

    def of(model: Any, **where: Any) -> list[Any]:
        return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))

    here = {"forloeb": sea.forloeb}
    return {
        "forloeb": [sea.forloeb.pk],
        "meeting": [sea.meeting.pk],
        "held": [sea.meeting.pk],
        "version": [sea.version.pk],
        "draft": [sea.version.pk],
        "person": [one.pk for one in sea.people.values()],
        "member": of(FamilyMember, family=sea.forloeb.family),
        "case": of(DepartmentCase, person__in=sea.people.values()),
        "barred": of(Barred, **here),
        "participation": [sea.staff[1].pk, sea.staff[6].pk],
        "henvendelse": [one.pk for one in sea.requests],
        "declaration": of(Declaration, **here)[:3],
        "withdrawal": of(Withdrawal, **here)[:2],
        "notice": of(WithdrawalNotice, withdrawal__forloeb=sea.forloeb)[:2],
        "contact": of(NetworkContact, **here),
        "exchange": of(Exchange, **here),
        "clue": of(ClueWord, **here),
        "point": [one.row.pk for one in sea.agenda],
        "note": [one.row.pk for one in sea.board],
        "item": [one.row.pk for one in sea.plan],
        "agreement": [one.row.pk for one in sea.plan if one.row.kind == "agreement"],
        "copy": of(PlanCopy, version=sea.version),
        "entry": of(JournalEntry, version=sea.version),
    }


def values(sea: Sea) -> dict[str, Any]:
    """What stands for itself in `channels.ASKED`: one of each, for who may ask for it."""
    colleague = sea.staff[0]
    return {
        "aar": sea.world.today.year - 1,
        "omraade": colleague.department.area_id,
        "afdeling": colleague.department_id,
        "kollega": colleague.user_id,
        "henvendelse": sea.requests[-1].pk,
        "emne": Topic.objects.order_by("position").values_list("pk", flat=True)[1],
        "modtager": sea.staff[1].recipient,
    }
