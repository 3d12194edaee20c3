"""Every field in which somebody types: it carries a canary in the sea, or stands here with a reason."""

from collections.abc import Mapping

from django.db import models

from privacy.register import register
from tests.trust.canary import canaries

# Kinds of data (privacy/fields.toml) that no one types about a family: the municipality's own words, keys, the log.
OTHER_KINDS = {"setup", "technical", "log", "credential"}

KEY = "a key of who receives, made by the app"
STAFF = "of an employee, not of a family"
NOTHING = "no word at all may stand there: `Scan.left_behind`"
ELSEWHERE: Mapping[str, str] = {
    "account.EmailAddress.email": STAFF,
    "audit.Event.data": NOTHING,
    "audit.Event.kind": NOTHING,
    "audit.Event.text": NOTHING,
    "cases.Forloeb.number": "given by the app",
    "cases.Forloeb.situations": "picked from the model's list",
    "cases.Henvendelse.situations": "picked from the model's list",
    "cases.Person.cpr": "ten digits: tests/privacy/test_register.py, tests/cases/test_pages.py, tests/trust/test_headers.py",
    "cases.Person.first_name": "is looked for as it is: `Sea.found_in`",
    "cases.Person.protected_name": "a clue (C12), and no paper is made with one unasked: tests/consent/test_clues.py",
    "consent.Exchange.contributed_by": KEY,
    "consent.NetworkContact.contributed_by": KEY,
    "consent.NetworkContact.may_call": KEY,
    "consent.Withdrawal.scope": KEY,
    "documents.FrozenFile.filename": NOTHING,
    "documents.FrozenFile.kind": NOTHING,
    "documents.FrozenFile.title": NOTHING,
    "meetings.AgendaPoint.contributed_by": KEY,
    "meetings.BoardNote.contributed_by": KEY,
    "organisation.Employment.title": STAFF,
    "organisation.ExternalParty.contact_name": "of a party outside, whatever family it works with",
    "organisation.ExternalParty.email": "of a party outside, whatever family it works with",
    "organisation.ExternalParty.phone": "of a party outside, whatever family it works with",
    "organisation.User.email": STAFF,
    "organisation.User.name": STAFF,
    "organisation.User.phone": STAFF,
    "organisation.User.username": STAFF,
    "plans.PlanCopy.recipient": KEY,
    "plans.PlanItem.contributed_by": KEY,
}


def free_texts() -> dict[str, type[models.Model]]:
    """»cases.Person.phone« → model, of all fields of the register that hold what was typed or written down in words."""
    found = {}
    for entry in register().entries.values():
        for name, kind in entry.classes.items():
            field = entry.model._meta.get_field(name)
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if kind not in OTHER_KINDS and is_text and not field.choices and not isinstance(field, models.SlugField):
                found[f"{entry.label}.{name}"] = entry.model
    return found


def without_a_canary() -> set[str]:
    """The fields in which no row of the database holds one."""
    found = set()
    for label, model in free_texts().items():
        name = label.rpartition(".")[2]
        values = model._default_manager.values_list(name, flat=True)
        if not any(canaries(str(value)) for value in values):
            found.add(label)
    return found
