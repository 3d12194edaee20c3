"""Who may know that somebody has a case in a department (C5)."""

from collections.abc import Callable, Mapping
from uuid import UUID

from cases.models import Forloeb
from consent.basis import load_basis
from consent.marking import keys_told
from consent.models import Topic
from consent.sharing import Basis, Facts, Reader, may_see

# That one has a case at all tells what help one gets, whatever the case itself is about: social støtte.
TOPIC = "social"

Topics = Mapping[str, UUID]  # those in use, by key


def topics_by_key() -> Topics:
    """The topics in use; without »social støtte« among them nobody is told by consent. One query."""
    return dict(Topic.objects.in_use().values_list("key", "pk"))


def may_know_case(reader: Reader, person: UUID, department: UUID, name: str, basis: Basis, topics: Topics) -> bool:
    """May this reader know that the person has a case there? The policy in prose:

    the department itself, whose own it is; and whoever may have what is about the person on social støtte, and on every
    topic that the department's name tells of: a case in »Rusmiddelcenter« says more than that one gets help. The
    tovholder, who writes the cases on, is let through by who asks.

    name: the department's.
    """
    if reader.recipient == f"d:{department}":
        return True
    told = {TOPIC, *(key for key in keys_told(name) if key in topics)}
    return TOPIC in topics and all(may_see(reader, Facts(frozenset({person}), topics[key]), basis) for key in told)


def knows_case(forloeb: Forloeb, recipient: str) -> Callable[[UUID, UUID, str], bool]:
    """`may_know_case` for one recipient of a forløb, for the app below this one. Three queries."""
    reader, basis, topics = Reader(recipient), load_basis(forloeb), topics_by_key()
    return lambda person, department, name: may_know_case(reader, person, department, name, basis, topics)
