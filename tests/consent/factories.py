"""Consents for tests: a family with its forløb, and a short way to a signed declaration. Everybody is invented."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import (
    Custody,
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
from consent import actions
from consent.models import ConsentText, Declaration, Guidance, InformationLeaflet, Topic
from organisation.models import Department, ExternalParty, User
from tests.kept import kept
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory

START = datetime.date(2026, 1, 1)


class TopicFactory(DjangoModelFactory):
    """`TopicFactory(key="fritid")` finds the default topic, or makes it when a test has emptied the tables."""

    class Meta:
        model = Topic
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"emne-{n}")
    name = factory.LazyAttribute(lambda o: o.key.capitalize())
    position = factory.Sequence(lambda n: n + 100)


class DeclarationFactory(DjangoModelFactory):
    """A bare row, without answers; `consented` gives a whole declaration."""

    class Meta:
        model = Declaration

    text = factory.LazyFunction(lambda: ground() or ConsentText.objects.current())
    way = "paper"
    informed_on = factory.LazyFunction(timezone.localdate)
    expires_on = factory.LazyAttribute(lambda o: o.informed_on + datetime.timedelta(days=365))
    answers_sha256 = "0" * 64
    sequence = factory.Sequence(lambda n: n + 1000)
    created_by = factory.SelfAttribute("informed_by")


def ground() -> None:
    """What the migrations lay and a browser test's flush takes away: text, guidance, leaflet and the eight topics."""
    ConsentText.objects.get_or_create(
        number=1,
        defaults={
            "title": "Samtykke",
            "purpose": "Vi vil gerne hjælpe jer sammen.",
            "body": "## Det er frivilligt\nDu bestemmer selv.",
            "published_on": START,
        },
    )
    Guidance.objects.get_or_create(number=1, defaults={"body": "## Spørg først\nSpørg.", "published_on": START})
    InformationLeaflet.objects.get_or_create(
        number=1,
        defaults={"title": "Sådan behandler vi dine oplysninger", "body": "Vi passer på.", "published_on": START},
    )
    names = {
        "helbred": "Helbred",
        "beskaeftigelse": "Beskæftigelse og uddannelse",
        "oekonomi": "Økonomi og bolig",
        "skole": "Skole og dagtilbud",
        "social": "Social støtte",
        "misbrug": "Misbrug",
        "familie": "Familie og netværk",
        "fritid": "Fritid",
    }
    for position, (key, name) in enumerate(names.items(), start=1):
        Topic.objects.get_or_create(
            key=key, defaults={"name": name, "position": position, "is_sensitive": key in ("helbred", "misbrug")}
        )


def consented(
    forloeb: Forloeb,
    person: Person,
    recipients: Iterable[object],
    topics: Iterable[Topic | str] | None = None,
    answer: str = "yes",
    on: datetime.date | None = None,
    signed: bool = True,
) -> Declaration:
    """A declaration by everyone who must sign. recipients: departments, externals, adults or keys; topics: None = all."""
    ground()
    tovholder = Participation.objects.open().tovholder().get(forloeb=forloeb).user
    actions.read_guidance(by=tovholder)
    day = on or timezone.localdate()
    known = {topic.key: topic for topic in Topic.objects.in_use()}
    chosen = [known[topic] if isinstance(topic, str) else topic for topic in topics or known.values()]
    return actions.register_declaration(
        by=tovholder,
        forloeb=forloeb,
        person=person,
        answers={(key_of(one), topic): answer for one in recipients for topic in chosen},
        way="paper",
        informed_on=day,
        signatures=[(one, day) for one in actions.allowed_signers(person, day)] if signed else [],
    )


def key_of(recipient: object) -> str:
    if isinstance(recipient, str):
        return recipient
    if isinstance(recipient, Participation):
        return recipient.recipient
    prefix = {Department: "d", ExternalParty: "x", Person: "p"}[type(recipient)]
    return f"{prefix}:{recipient.pk}"


@dataclass
class Case:
    """Frejas familie: three adults, a girl of 15 and a boy of 4 with two custody holders; two departments, an external."""

    forloeb: Forloeb
    tovholder: User
    people: dict[str, Person]
    departments: list[Department]
    external: ExternalParty
    members: dict[str, Participation] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def person(first: str, born: datetime.date | None, last: str = "Bæk") -> Person:
    return Person.objects.create(first_name=first, last_name=last, birth_date=born)


def born(years: int) -> datetime.date:
    """A birth date that is so many years ago, counted from today."""
    return timezone.localdate().replace(year=timezone.localdate().year - years, day=1, month=1)


@kept
def case(state: str = ForloebState.CONSENT, number: str = "2026-0412") -> Case:
    """Make the family, its forløb and those who take part. Birth dates count from today."""
    ground()
    today = timezone.localdate()
    family = Family.objects.create(name="Frejas familie")
    people = {
        "anna": person("Anna", born(38)),
        "bo": person("Bo", born(41), "Aagaard"),
        "carl": person("Carl", born(36), "Ærø"),
        "freja": person("Freja", born(15), "Bæk Aagaard"),
        "viggo": person("Viggo", born(4), "Bæk Ærø"),
    }
    roles = {
        "anna": (FamilyRelation.PARENT, "mor til Freja og Viggo"),
        "bo": (FamilyRelation.PARENT, "far til Freja"),
        "carl": (FamilyRelation.STEP_PARENT, "far til Viggo"),
        "freja": (FamilyRelation.CHILD, "datter"),
        "viggo": (FamilyRelation.CHILD, "søn"),
    }
    forloeb = Forloeb.objects.create(
        number=number,
        family=family,
        model_key="faelles_familier",
        state=state,
        need="Familien har mange aftaler.",
        start_checked_on=START,
        activated_on=None if state == ForloebState.CONSENT else today,
    )
    for name, one in people.items():
        kind, relation = roles[name]
        FamilyMember.objects.create(family=family, person=one, kind=kind, relation=relation)
        ForloebPerson.objects.create(forloeb=forloeb, person=one, is_focus=name == "freja", from_date=START)
    for child, holder in (("freja", "anna"), ("freja", "bo"), ("viggo", "anna"), ("viggo", "carl")):
        Custody.objects.create(child=people[child], holder=people[holder])
    job = EmploymentFactory(department=DepartmentFactory(may_drive=True, name=f"Job og Udvikling {number}"))
    unge = EmploymentFactory(department=DepartmentFactory(may_drive=True, name=f"Myndighed unge {number}"))
    psyk = ExternalPartyFactory(name=f"Psykiatrien {number}")
    members = {
        "unge": Participation.objects.create(
            forloeb=forloeb,
            user=unge.user,
            department=unge.department,
            role=ParticipationRole.TOVHOLDER,
            from_date=START,
        ),
        "job": Participation.objects.create(forloeb=forloeb, user=job.user, department=job.department, from_date=START),
        "psyk": Participation.objects.create(
            forloeb=forloeb, external=psyk, external_name="Signe Holm", external_phone="09 31 55 10", from_date=START
        ),
    }
    return Case(forloeb, unge.user, people, [unge.department, job.department], psyk, members)
