"""Every write of this app: consents (C1–C9), the network list (C10), exchanges without the family (C11), clues (C12)."""

from consent.actions.around import (
    add_clue,
    add_contact,
    change_contact,
    confirm_clues,
    end_contact,
    keep_exchange,
    log_exchange,
    mark_told,
    may_be_told_by,
    remove_clue,
)
from consent.actions.consents import (
    activate_forloeb,
    add_signature,
    allowed_signers,
    attach_evidence,
    confirm_told,
    give_leaflet,
    make_receipt,
    read_guidance,
    register_declaration,
    withdraw,
)
from consent.actions.texts import publish_text, write_guidance, write_leaflet, write_text

__all__ = [
    "activate_forloeb",
    "add_clue",
    "add_contact",
    "add_signature",
    "allowed_signers",
    "attach_evidence",
    "change_contact",
    "confirm_clues",
    "confirm_told",
    "end_contact",
    "give_leaflet",
    "keep_exchange",
    "log_exchange",
    "make_receipt",
    "mark_told",
    "may_be_told_by",
    "publish_text",
    "read_guidance",
    "register_declaration",
    "remove_clue",
    "withdraw",
    "write_guidance",
    "write_leaflet",
    "write_text",
]
