"""Every change of a family, a forløb and a henvendelse: one keyword-only verb each; nothing else saves them."""

from cases.actions.escalation import log_escalation
from cases.actions.henvendelse import accept_henvendelse, decline_henvendelse, pass_on_henvendelse, send_henvendelse
from cases.actions.leading import bar, hand_over, hand_over_many, unbar
from cases.actions.life import end_forloeb, pause_forloeb, reopen_forloeb, resume_forloeb
from cases.actions.participants import add_external, add_participant, change_participation, end_participation
from cases.actions.people import (
    add_person,
    change_person,
    end_department_case,
    leave_forloeb_person,
    record_department_case,
    set_custody,
)
from cases.actions.removing import remove_person
from cases.actions.start import start_forloeb

__all__ = [
    "log_escalation",
    "accept_henvendelse",
    "add_external",
    "add_participant",
    "add_person",
    "bar",
    "change_participation",
    "change_person",
    "decline_henvendelse",
    "end_department_case",
    "end_forloeb",
    "end_participation",
    "hand_over",
    "hand_over_many",
    "leave_forloeb_person",
    "pass_on_henvendelse",
    "pause_forloeb",
    "record_department_case",
    "remove_person",
    "reopen_forloeb",
    "resume_forloeb",
    "send_henvendelse",
    "set_custody",
    "start_forloeb",
    "unbar",
]
