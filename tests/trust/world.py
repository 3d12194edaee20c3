"""Two families side by side, everybody who might look, and an address for every route: the ground of the access proofs."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cases.models import Barred, DepartmentCase, FamilyMember, Participation, ParticipationRole
from consent import actions as consent_actions
from consent.models import ClueWord, ConsentText, Declaration, Topic, WithdrawalNotice
from insight.models import Target
from meetings.models import AgendaPoint, Attendance, MeetingRole, Presence, RoleKind
from organisation.models import User
from plans import actions as plan_actions
from plans.models import JournalEntry, PlanCopy
from tests.cases.factories import HenvendelseFactory
from tests.consent.factories import START, consented
from tests.kept import kept
from tests.organisation.factories import (
    AreaFactory,
    DepartmentFactory,
    EmploymentFactory,
    ExternalPartyFactory,
    RecordSystemFactory,
    UserFactory,
)
from tests.plans.factories import Anton, anton, first_plan, item, meeting_of, note

NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass
class Family:
    """One family with something of every kind; `keys` names the object in each kind of address."""

    anton: Anton
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass
class House:
    here: Family
    there: Family
    users: dict[str, User | None]
    clients: dict[str, Client]

    def client(self, persona: str) -> Client:
        """A browser of that persona, as it was right after sign-in."""
        client = Client()
        client.handler = self.clients[persona].handler  # its middleware is set up already
        client.cookies = self.clients[persona].cookies.copy()  # type: ignore[assignment]
        return client


@kept
def build() -> House:
    there, here = _family("2026-0148"), _family("2026-0147")
    staff, forloeb = here.anton.staff, here.anton.forloeb
    bystander = lambda: _join(here.anton, "Bypraksis").user  # noqa: E731
    barred, ended = bystander(), bystander()
    row = Barred.objects.create(forloeb=forloeb, user=barred, reason="Nabo", by=staff["mette"].user)
    here.keys["barred"] = row.pk
    other = _join(there.anton, "Nabopraksis").user
    there.keys["barred"] = Barred.objects.create(
        forloeb=there.anton.forloeb, user=other, reason="Nabo", by=other
    ).pk  # fmt: skip
    Participation.objects.filter(user=ended).update(to_date=START)
    teacher = EmploymentFactory(department=DepartmentFactory(school=True, name="Skolen på bakken"))
    leader = EmploymentFactory(department=staff["mette"].department, leader=True).user
    for family in (here, there):
        home = family.anton.staff["mette"].department
        family.keys["henvendelse"] = HenvendelseFactory(
            sender=teacher.user if family is here else EmploymentFactory(department=DepartmentFactory()).user,
            to_department=home, to_user=None, family_text="Familien Mikkelsen, en mor og to børn",
        ).pk  # fmt: skip
    users: dict[str, User | None] = {
        "anonymous": None,
        "no_role": EmploymentFactory().user,
        "tovholder": staff["mette"].user,
        "elsewhere": there.anton.staff["mette"].user,
        "moedeleder": staff["maria"].user,
        "referent": staff["louise"].user,
        "tavle": staff["thomas"].user,
        "consented": staff["karen"].user,
        "unconsented": staff["ole"].user,
        "teacher": teacher.user,
        "leader": leader,
        "koordinator": UserFactory(koordinator=True),
        "barred": barred,
        "ended": ended,
        "admin": UserFactory(system_admin=True),
        "deactivated": staff["gone"].user,
    }
    clients = {name: _signed_in(user) for name, user in users.items()}
    closed = users["deactivated"]
    assert closed is not None
    closed.is_active = False
    closed.save()
    return House(here, there, users, clients)


def _signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        consent_actions.read_guidance(by=user)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _join(family: Anton, name: str, role: str = ParticipationRole.PROFESSIONAL) -> Participation:
    department = DepartmentFactory(name=f"{name} {family.forloeb.number} {Participation.objects.count()}")
    user = EmploymentFactory(department=department).user
    return Participation.objects.create(
        forloeb=family.forloeb, user=user, department=department, role=role, from_date=START
    )


def _family(number: str) -> Family:
    made = anton(number)
    for name in ("maria", "ole", "gone"):
        made.staff[name] = _join(made, name.capitalize())
    for person in made.people.values():
        consented(made.forloeb, person, [made.staff["maria"]])
    version = first_plan(made)
    coming = meeting_of(made.forloeb, 2, timezone.localdate() + timedelta(days=3), made.staff, made.people, held=False)
    held, made.meeting = made.meeting, coming
    Attendance.objects.filter(meeting=coming, participation=made.staff["karen"]).update(presence=Presence.INVITED)
    scan = PlanCopy.objects.filter(version=version).first()
    assert scan is not None
    for declaration in Declaration.objects.filter(forloeb=made.forloeb, person=made.people["anton"]):
        declaration.evidence = scan.file
        declaration.save()
    MeetingRole.objects.filter(meeting=coming, role=RoleKind.MOEDELEDER).update(participation=made.staff["maria"])
    MeetingRole.objects.filter(meeting=held, role=RoleKind.MOEDELEDER).update(participation=made.staff["maria"])
    noted = note(made, "Vil gerne kunne gå til fodbold", said_by=made.people["anton"], topic="skole")
    point = AgendaPoint.objects.create(
        meeting=coming, text="Skolevejen", position=1, raised_by=made.staff["mette"],
        contributed_by=made.staff["mette"].recipient, topic=Topic.objects.get(key="skole"),
    )  # fmt: skip
    point.about.set([made.people["anton"]])
    mette = made.user("mette")
    withdrawal = consent_actions.withdraw(
        by=mette, forloeb=made.forloeb, person=made.people["ida"], recipients={made.staff["ole"].recipient}
    )
    draft = plan_actions.start_correction(by=made.referent, version=version, correction="Et navn var forkert")
    goal = item(draft, "Tre formiddage")
    entry = JournalEntry.objects.filter(version=version, department=made.staff["mette"].department).first()
    assert entry is not None
    keys = _around(made) | {
        "forloeb": made.forloeb.pk,
        "member": FamilyMember.objects.get(family=made.forloeb.family, person=made.people["anton"]).pk,
        "case": DepartmentCase.objects.filter(person=made.people["ida"]).get().pk,
        "participation": made.staff["karen"].pk,
        "person": made.people["anton"].pk,
        "declaration": Declaration.objects.filter(forloeb=made.forloeb, person=made.people["anton"]).first().pk,
        "withdrawal": withdrawal.pk,
        "notice": WithdrawalNotice.objects.create(withdrawal=withdrawal, department=made.staff["karen"].department).pk,
        "meeting": coming.pk,
        "held": held.pk,
        "attendance": Attendance.objects.get(meeting=coming, participation=made.staff["karen"]).pk,
        "point": point.pk,
        "note": noted.pk,
        "version": version.pk,
        "draft": draft.pk,
        "item": goal.pk,
        "agreement": item(version, "Møder Anton ved døren").pk,
        "copy": PlanCopy.objects.get(version=version, recipient=made.staff["karen"].recipient).pk,
        "entry": entry.pk,
        "text": _draft_text().pk,
        "department": DepartmentFactory(name=f"Ledig afdeling {number}").pk,
        "user": (someone := EmploymentFactory()).user_id,
        "employment": someone.pk,
        "external": ExternalPartyFactory(name=f"Part {number}").pk,
        "area": AreaFactory(name=f"Ledigt område {number}").pk,
        "system": RecordSystemFactory(name=f"Ledigt fagsystem {number}").pk,
        "target": Target.objects.create(key="meetings", name=f"Møder {number}", value=10, from_date=START).pk,
    }  # fmt: skip
    return Family(made, keys)


def _draft_text() -> ConsentText:
    """A consent text that may still be changed; the house has one, for both families."""
    said = {"title": "Samtykke", "purpose": "Vi vil gerne hjælpe.", "body": "Du bestemmer selv.", "months_valid": 12}
    return ConsentText.objects.get_or_create(number=2, defaults=said)[0]


def _around(made: Anton) -> dict[str, Any]:
    """The network, an exchange and a clue; whoever is protected has nothing on any paper of these families."""
    mette, child = made.user("mette"), made.people["anton"]
    common = {"by": mette, "forloeb": made.forloeb}
    school = Topic.objects.get(key="skole")
    contact = consent_actions.add_contact(
        **common, about=[child], name="Oda", relation="mormor", topics=[school], said_by=made.people["mor"]
    )
    exchange = consent_actions.log_exchange(
        **common, what="Om skolevejen", about=[child], topic=school, with_participation=made.staff["karen"]
    )
    hidden = ClueWord.objects.create(
        forloeb=made.forloeb, person=made.people["ida"], kind="institution", word="Kastanjegården", added_by=mette
    )
    return {"contact": contact.pk, "exchange": exchange.pk, "clue": hidden.pk}


# --- addresses -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Route:
    name: str
    path: str
    view: Any
    names: tuple[str, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.view.methods)


def routes() -> list[Route]:
    """Every route of the house, as the URLconf has it."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: Any, path: str, space: str) -> Any:
    for one in patterns:
        if isinstance(one, URLPattern):
            names = tuple(one.pattern.converters)
            yield Route(f"{space}{one.name}", path + str(one.pattern), one.callback, names)
        elif isinstance(one, URLResolver):
            yield from _walk(
                one.url_patterns, path + str(one.pattern), f"{space}{one.namespace}:" if one.namespace else space
            )


# Which object `<uuid:pk>` (and its companions) means, where the beginning of the address does not say so.
KEYS = {
    "cases:person": {"key": "member"},
    "cases:person_remove": {"key": "member"},
    "cases:show_address": {"key": "member"},
    "cases:case_new": {"key": "member"},
    "cases:case_end": {"key": "case"},
    "cases:unbar": {"key": "barred"},
    "cases:participant": {"pk": "participation"},
    "cases:participant_end": {"pk": "participation"},
    "meetings:uninvite": {"pk": "attendance"},
    "plans:start": {"pk": "held"},
    "plans:edit": {"pk": "draft"},
    "plans:correct": {"pk": "version"},
    "plans:file_more": {"pk": "version"},
    "plans:page": {"pk": "version"},
    "plans:item": {"pk": "item"},
    "plans:follow_up": {"pk": "agreement"},
    "plans:copy": {"pk": "copy"},
    "plans:distribute": {"pk": "copy"},
    "plans:journalise": {"pk": "entry"},
    "plans:take_back": {"pk": "entry"},
    "organisation:area_edit": {"pk": "area"},
    "organisation:area_close": {"pk": "area"},
    "organisation:area_open": {"pk": "area"},
    "organisation:system_edit": {"pk": "system"},
    "organisation:system_close": {"pk": "system"},
    "organisation:system_open": {"pk": "system"},
    "organisation:department_edit": {"pk": "department"},
    "organisation:department_close": {"pk": "department"},
    "organisation:department_open": {"pk": "department"},
    "organisation:employment_edit": {"pk": "employment"},
    "organisation:employment_end": {"pk": "employment"},
    "organisation:external_edit": {"pk": "external"},
    "insight:target": {"pk": "target"},
    "insight:target_remove": {"pk": "target"},
}
BEGINNINGS = (
    ("forloeb/", "forloeb"), ("henvendelser/", "henvendelse"), ("samtykke/erklaering/", "declaration"),
    ("netvaerk/", "contact"), ("udvekslinger/", "exchange"), ("spor/", "clue"),
    ("samtykke/tilbagekaldelse/", "withdrawal"), ("samtykke/besked/", "notice"), ("samtykketekster/", "text"), ("moeder/punkt/", "point"),
    ("moeder/note/", "note"), ("moeder/", "meeting"), ("drift/medarbejdere/", "user"),
)  # fmt: skip
PLAIN = {
    "model_key": "faelles_familier", "stamp": "intet-endnu", "slug": "naeste-moede", "provider_id": "kommune", "uid": "x", "token": "y",
}  # fmt: skip


def kind_of(route: Route, name: str) -> str | None:
    """The kind of object a part of the address names; None for what is no object."""
    if name in PLAIN or name == "to":
        return None
    if name in KEYS.get(route.name, {}):
        return KEYS[route.name][name]
    if name in ("person_pk", "person"):
        return "person"
    if name == "attendance":
        return "attendance"
    if name == "pk":
        return next(kind for start, kind in BEGINNINGS if route.path.startswith(start))
    return None


def url_of(route: Route, family: Family, **instead: Any) -> str:
    """The route's address in one family; `instead` puts another value in one of its parts."""
    parts = {"to": family.anton.staff["karen"].recipient.replace(":", "-")} if "to" in route.names else {}
    for name in [name for name in route.names if name != "to"]:
        kind = kind_of(route, name)
        parts[name] = family.keys[kind] if kind else PLAIN.get(name, "henvendelse")
    return reverse(route.name, kwargs=parts | instead)
