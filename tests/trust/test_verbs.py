"""Each verb asks for itself who may: called past its page, by whoever may not, it refuses (F5, F6, F10, C5, C8, O6)."""

import importlib
import inspect
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import DepartmentCase, Forloeb, Henvendelse, Participation
from consent.models import (
    ClueWord,
    ConsentText,
    Declaration,
    Exchange,
    Guidance,
    NetworkContact,
    Topic,
    Withdrawal,
    WithdrawalNotice,
)
from documents.models import FrozenFile
from insight.models import Target
from meetings.models import AgendaPoint, Attendance, BoardNote, Meeting
from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User
from plans.models import JournalEntry, PlanCopy, PlanItem, PlanVersion
from tests.trust.verbs import COMES_FROM, ELSEWHERE, GUIDED, LETS_IN, OF_A_FORLOEB, STILL, WHO
from web.errors import Refused

pytestmark = pytest.mark.django_db
APPS = ("cases", "consent", "insight", "meetings", "organisation", "plans", "privacy")
# Nobody else's refusal counts: that the meeting is held, or the agreement another's.
SAYS_WHO = r"[Dd]et kan kun|[Kk]un en systemadministrator|koordinator|ligger ikke hos dig|Kun modtageren|findes ikke"


def verbs():
    for app in APPS:
        actions = importlib.import_module(f"{app}.actions")
        for name in getattr(actions, "__all__", vars(actions)):
            verb = getattr(actions, name)
            if inspect.isfunction(verb) and verb.__module__.startswith(f"{app}.actions") and name[0] != "_":
                yield f"{app}.{name}", verb


VERBS = dict(verbs())


def test_every_verb_has_its_who():
    assert set(VERBS) == {*WHO, *ELSEWHERE}
    assert set(WHO) >= STILL | GUIDED


def given(family, verb):
    """What a verb needs, of this family, read anew: `text` is a consent text or a word, as the verb says."""
    keys, people, staff = family.keys, family.anton.people, family.anton.staff
    today, now = timezone.localdate(), timezone.now()
    free = Employment.objects.select_related("user", "department").get(pk=keys["employment"])
    objects = {
        Forloeb: "forloeb", Henvendelse: "henvendelse", DepartmentCase: "case", Declaration: "declaration",
        Withdrawal: "withdrawal", WithdrawalNotice: "notice", NetworkContact: "contact", Exchange: "exchange",
        ClueWord: "clue", ConsentText: "text",
        Meeting: "meeting", AgendaPoint: "point", BoardNote: "note", Target: "target", ExternalParty: "external",
        JournalEntry: "entry", PlanCopy: "copy", PlanItem: "item", PlanVersion: "draft", Attendance: "attendance",
        Participation: "participation", Department: "department", Employment: "employment", User: "user",
        Area: "area", RecordSystem: "system",
    }  # fmt: skip
    found = {
        "person": people["anton"], "child": people["anton"], "holders": [people["mor"]], "to_user": free.user,
        "to_department": free.department, "role": "professional", "first_name": "Ny", "kind": "child", "reason": "Hvorfor",
        "why": "Hvorfor", "what": "Hvad", "involved": [staff["karen"]], "answers": {}, "way": "oral", "word": "Skolen",
        "name": "Oda", "relation": "mormor", "topics": [Topic.objects.get(key="skole")], "said_by": people["mor"],
        "about": [people["anton"]], "signer": people["mor"], "signed_on": today, "values": {}, "row_version": 0,
        "starts_at": now, "ends_at": now + timedelta(hours=1), "place": "Her", "presence": "present", "column": "maal",
        "position": 0, "step": 1, "value": 3, "text": "Ord", "topic": None, "kept_from": [], "correction": "Et navn",
        "outcome": "done", "state": "done", "title": "Titel", "purpose": "Formål", "body": "Tekst", "months_valid": 12,
        "finding": None, "through": 0, "was": None,
    }  # fmt: skip
    arguments = {}
    for name, parameter in inspect.signature(verb).parameters.items():
        if name == "by" or parameter.default is not parameter.empty or parameter.kind is parameter.VAR_KEYWORD:
            continue
        model = next((one for one in objects if parameter.annotation in (one, one.__name__)), None)
        if name == "agreement":
            arguments[name] = PlanItem.objects.get(pk=keys["agreement"])
        elif name == "forloebs":
            arguments[name] = [Forloeb.objects.get(pk=keys["forloeb"])]
        elif name == "evidence":
            arguments[name] = FrozenFile.objects.first()
        elif name not in found and model:
            arguments[name] = model.objects.get(pk=keys[objects[model]])
        else:
            arguments[name] = found.get(name)
    arguments |= SPECIAL.get(verb.__name__, lambda family: {})(family)
    return arguments


SPECIAL = {
    "add_item": lambda family: {"kind": "goal"},
    "close": lambda family: {"row": Area.objects.get(pk=family.keys["area"])},
    "reopen": lambda family: {"row": Area.objects.get(pk=family.keys["area"])},
    "use_note": lambda family: {"kind": "goal"},
    "add_clue": lambda family: {"kind": "institution", "person": family.anton.people["ida"]},
    "set_role": lambda family: {"role": "tavle", "participation": family.anton.staff["thomas"]},
    "publish_text": lambda family: {"text": ConsentText.objects.get(pk=family.keys["text"])},
    "change_agenda_point": lambda family: {"text": "Ord"},
    "start_correction": lambda family: {"version": PlanVersion.objects.get(pk=family.keys["version"])},
    "start_version": lambda family: {"meeting": Meeting.objects.get(pk=family.keys["held"])},
    "set_presence": lambda family: {"participation": family.anton.staff["karen"]},
    "invite": lambda family: {"participation": family.anton.staff["karen"]},
}


def put_in_state(family, state):
    today = timezone.localdate()
    dates = {"ended": {"ended_on": today, "end_reason": "completed"}, "paused": {"paused_on": today}}
    Forloeb.objects.filter(pk=family.keys["forloeb"]).update(state=state, **dates[state])


def refusal_of(verb, by, asked):
    """What is said to this user; nothing when the verb is carried out."""
    try:
        with transaction.atomic():
            verb(by=by, **asked)
    except Refused as refused:
        return refused.message
    return ""


@pytest.mark.parametrize("name", WHO)
def test_F5_F6_F10_C5_a_verb_refuses_whoever_may_not(house, name):
    verb = VERBS[name]
    if name in COMES_FROM:
        put_in_state(house.here, COMES_FROM[name])
    asked = given(house.here, verb)
    for persona in set(house.users) - LETS_IN[WHO[name]] - {"anonymous"}:
        assert re.search(SAYS_WHO, refusal_of(verb, house.users[persona], asked)), persona


@pytest.mark.parametrize("name", [name for name, who in WHO.items() if who in OF_A_FORLOEB and name not in STILL])
def test_F7_an_ended_forloeb_is_read_only(house, name):
    verb = VERBS[name]
    put_in_state(house.here, "ended")
    refusal = refusal_of(verb, house.users["tovholder"], given(house.here, verb))
    assert re.search("afsluttet|sat i gang", refusal)


@pytest.mark.parametrize("name", sorted(GUIDED))
def test_C8_a_verb_waits_for_the_guidance(house, name):
    verb, newest = VERBS[name], Guidance.objects.order_by("-number").first()
    Guidance.objects.create(number=newest.number + 1, published_on=timezone.localdate(), body="Nyt")
    assert "Læs vejledningen" in refusal_of(verb, house.users["tovholder"], given(house.here, verb))
