"""Antons familie for the tests of Én Plan: the scenario's people, consents, cases, and a board to write from."""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.utils import timezone

from cases.models import (
    Custody,
    DepartmentCase,
    Family,
    FamilyMember,
    FamilyRelation,
    Forloeb,
    ForloebPerson,
    ForloebState,
    Participation,
    ParticipationRole,
    Person,
)
from consent.actions import read_guidance
from consent.models import Topic
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
from plans import actions
from plans.models import ItemKind, Outcome, PlanItem, PlanVersion
from tests.consent.factories import START, consented, ground
from tests.kept import kept
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, RecordSystemFactory

STAFF = {
    "mette": ("Mette Lindskov", "Myndighed børn", ParticipationRole.TOVHOLDER, "socialrådgiver"),
    "thomas": ("Thomas Ravn", "Job og Fastholdelse", ParticipationRole.AUTHORITY, "sagsbehandler"),
    "karen": ("Karen Ullerup", "Skole", ParticipationRole.PROFESSIONAL, "klasselærer"),
    "louise": ("Louise Aagaard", "PPR", ParticipationRole.PROFESSIONAL, "psykolog"),
}


@dataclass
class Anton:
    """mor, far, anton and ida are persons; mette (tovholder), thomas, karen and louise (referent) participations."""

    forloeb: Forloeb
    meeting: Meeting
    people: dict[str, Person]
    staff: dict[str, Participation]

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__.get("people", {}).get(name) or self.__dict__.get("staff", {}).get(name)
        if found is None:
            raise AttributeError(name)
        return found

    def user(self, name: str) -> User:
        return self.staff[name].user

    @property
    def referent(self) -> User:
        return self.user("louise")


@kept
def anton(number: str = "2026-0147") -> Anton:
    """The family, its forløb, who takes part, what they said yes to, and meeting 1 held five weeks ago."""
    ground()
    today = timezone.localdate()
    family = Family.objects.create(name="Antons familie")
    people = {
        "mor": _person("Sofie", "Østergård-Åkjær", 37),
        "far": _person("Jens", "Mikkelsen", 41),
        "anton": _person("Anton", "Østergård Mikkelsen", 10),
        "ida": _person("Ida", "Østergård-Åkjær", 5),
    }
    relations = {
        "mor": (FamilyRelation.PARENT, "mor til Anton og Ida"),
        "far": (FamilyRelation.PARENT, "far til Anton"),
        "anton": (FamilyRelation.CHILD, "barn"),
        "ida": (FamilyRelation.CHILD, "barn"),
    }
    forloeb = Forloeb.objects.create(
        number=number, family=family, model_key="faelles_familier", state=ForloebState.ACTIVE,
        need="Anton har ikke været i skole i ti uger.", start_checked_on=START, activated_on=START,
    )  # fmt: skip
    for name, one in people.items():
        kind, relation = relations[name]
        FamilyMember.objects.create(family=family, person=one, kind=kind, relation=relation)
        ForloebPerson.objects.create(forloeb=forloeb, person=one, is_focus=name == "anton", from_date=START)
    for child, holder in (("anton", "mor"), ("anton", "far"), ("ida", "mor")):
        Custody.objects.create(child=people[child], holder=people[holder])
    staff = {name: _participation(forloeb, *row) for name, row in STAFF.items()}
    for one in staff.values():
        read_guidance(by=one.user)  # the sheet of Én Plan shows the board beside it (C8)
    _cases(people, staff)
    _consents(forloeb, people, staff)
    meeting = meeting_of(forloeb, 1, today - datetime.timedelta(days=35), staff, people)
    return Anton(forloeb, meeting, people, staff)


def _person(first: str, last: str, years: int) -> Person:
    today = timezone.localdate()
    return Person.objects.create(
        first_name=first, last_name=last, birth_date=today.replace(month=1, day=1, year=today.year - years)
    )


def _participation(forloeb: Forloeb, name: str, home: str, role: str, title: str) -> Participation:
    drives = home in ("Myndighed børn", "Job og Fastholdelse")
    department = DepartmentFactory(name=f"{home} {forloeb.number}", may_drive=drives)
    user = EmploymentFactory(department=department, user__name=name, title=title).user
    return Participation.objects.create(
        forloeb=forloeb, user=user, department=department, role=role, title=title, from_date=START
    )


def _cases(people: dict[str, Person], staff: dict[str, Participation]) -> None:
    """DUBU for the children, Fasit for mor; far has no case (scenario anton, m3)."""
    for key, system in (("mette", "DUBU"), ("thomas", "Fasit")):
        department = staff[key].department
        department.record_system = RecordSystemFactory(name=f"{system} {department.name}")
        department.save()
    for person, key in (("anton", "mette"), ("ida", "mette"), ("mor", "thomas")):
        DepartmentCase.objects.create(person=people[person], department=staff[key].department, case_number="17-4")


def _consents(forloeb: Forloeb, people: dict[str, Person], staff: dict[str, Participation]) -> None:
    mette, thomas, karen, louise = (staff[name] for name in STAFF)
    consented(forloeb, people["mor"], [mette, karen, louise])
    consented(forloeb, people["mor"], [thomas], ["helbred", "beskaeftigelse"])
    consented(forloeb, people["mor"], [people["far"]], ["helbred"], answer="no")
    consented(forloeb, people["far"], [mette, karen], ["skole", "familie"])
    consented(forloeb, people["anton"], [karen, louise, mette], ["skole", "helbred"])
    consented(forloeb, people["ida"], [mette], ["familie"])


def meeting_of(
    forloeb: Forloeb, number: int, day: datetime.date, staff: dict[str, Participation], people: dict[str, Person],
    held: bool = True,
) -> Meeting:  # fmt: skip
    """A meeting with its roles and everyone but Ida present."""
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(14)))
    meeting = Meeting.objects.create(
        forloeb=forloeb, number=number, state=MeetingState.HELD if held else MeetingState.PLANNED,
        starts_at=at, ends_at=at + datetime.timedelta(minutes=90), place="Skolen, lokale 12", board_key="ff",
        held_on=day if held else None,
    )  # fmt: skip
    for role, name in ((RoleKind.MOEDELEDER, "mette"), (RoleKind.REFERENT, "louise"), (RoleKind.TAVLE, "thomas")):
        MeetingRole.objects.create(meeting=meeting, role=role, participation=staff[name])
    for one in staff.values():
        Attendance.objects.create(meeting=meeting, participation=one, presence=Presence.PRESENT)
    for name in ("mor", "far", "anton"):
        Attendance.objects.create(meeting=meeting, person=people[name], presence=Presence.PRESENT)
    return meeting


def note(
    family: Anton, text: str, column: str = "maal", said_by: Person | None = None, topic: str = "skole", **about: Any
) -> BoardNote:
    """A note on the board; about=[…], without it about Anton."""
    made = BoardNote.objects.create(
        meeting=family.meeting, column=column, text=text, said_by=said_by, author=family.user("mette"),
        topic=Topic.objects.get(key=topic), contributed_by=family.mette.recipient,
        position=BoardNote.objects.filter(meeting=family.meeting).count(),
    )  # fmt: skip
    made.about.set(about.get("about") or [family.anton])
    return made


def topic(key: str) -> Topic:
    return Topic.objects.get(key=key)


@kept
def first_plan(family: Anton, finished: bool = True) -> PlanVersion:
    """Version 1 as in the scenario: a goal, a sub-goal, two efforts and four agreements, mor's about her health."""
    by = family.referent
    due = timezone.localdate() + datetime.timedelta(days=7)
    version = actions.start_version(by=by, meeting=family.meeting)
    goal = actions.add_item(by=by, version=version, kind=ItemKind.GOAL, text="Anton er en del af sin klasse igen")
    sub = actions.add_item(
        by=by, version=version, kind=ItemKind.SUB_GOAL, parent=goal, text="Tre formiddage i skolen om ugen inden jul",
        about=[family.anton], topic=topic("skole"),
    )  # fmt: skip
    for text, who in (
        ("Samtaler med Anton hver 14. dag", family.louise),
        ("Afklaring passer til Antons morgener", family.thomas),
    ):
        actions.add_item(
            by=by, version=version, kind=ItemKind.EFFORT, parent=sub, text=text, responsible=who,
            about=[family.anton], topic=topic("skole"),
        )  # fmt: skip
    rows = (
        ("Møder Anton ved døren kl. 8.15", {"responsible": family.karen}, [family.anton], "skole"),
        ("Følger Anton i skole om onsdagen", {"responsible_person": family.far}, [family.anton], "skole"),
        ("Bestiller tid hos egen læge", {"responsible_person": family.mor}, [family.mor], "helbred"),
        ("Søger praktik i et bageri", {"responsible_person": family.far}, [family.far], "beskaeftigelse"),
    )
    for text, who, about, about_what in rows:
        actions.add_item(
            by=by, version=version, kind=ItemKind.AGREEMENT, parent=sub, text=text, due_on=due, about=about,
            topic=topic(about_what), **who,
        )  # fmt: skip
    if finished:
        SmileyRating.objects.create(meeting=family.meeting, person=family.mor, value=4)
        SmileyRating.objects.create(meeting=family.meeting, person=family.far, value=2)
        actions.finish(by=by, version=version)
        version.refresh_from_db()
    return version


def second_meeting(family: Anton) -> Meeting:
    family.meeting = meeting_of(family.forloeb, 2, timezone.localdate(), family.staff, family.people)
    return family.meeting


def second_plan(family: Anton) -> PlanVersion:
    """A draft of version 2, nothing answered yet."""
    return actions.start_version(by=family.referent, meeting=second_meeting(family))


def item(version: PlanVersion, start: str) -> PlanItem:
    """The version's item whose text begins so (texts are encrypted: no query can)."""
    return next(one for one in version.items.all() if one.text.startswith(start))


def answer_all(family: Anton, version: PlanVersion, outcome: str = Outcome.DONE) -> None:
    """Answer what the referent is asked about."""
    from plans.gaps import Incomplete

    try:
        actions.finish(by=family.referent, version=version)
    except Incomplete as missing:
        for gap in missing.gaps:
            if gap.field == "outcome":
                actions.set_outcome(by=family.referent, item=PlanItem.objects.get(pk=gap.item), outcome=outcome)


def pdf_text(content: bytes) -> str:
    """What stands in a PDF, as one line."""
    return _read(content)


@lru_cache(maxsize=32)
def _read(content: bytes) -> str:
    from pypdf import PdfReader

    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
