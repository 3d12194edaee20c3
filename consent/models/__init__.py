"""Consents, and what leans on them: the network list, exchanges without the family, clues to a protected address."""

from consent.models.clues import ClueKind, ClueWord
from consent.models.consents import (
    Answer,
    Consent,
    ConsentText,
    Declaration,
    Guidance,
    GuidanceRead,
    InformationLeaflet,
    Shared,
    Signature,
    Topic,
    Way,
    Withdrawal,
)
from consent.models.exchanges import Exchange, ToldWay
from consent.models.marks import Ids, Links, SharedQuerySet, keys_in, links_of, load_marks, together
from consent.models.network import NetworkContact
from consent.models.notices import WithdrawalNotice

__all__ = [
    "Answer",
    "ClueKind",
    "ClueWord",
    "Consent",
    "ConsentText",
    "Declaration",
    "Exchange",
    "Guidance",
    "GuidanceRead",
    "Ids",
    "InformationLeaflet",
    "Links",
    "NetworkContact",
    "Shared",
    "SharedQuerySet",
    "Signature",
    "ToldWay",
    "Topic",
    "Way",
    "Withdrawal",
    "WithdrawalNotice",
    "keys_in",
    "links_of",
    "load_marks",
    "together",
]
