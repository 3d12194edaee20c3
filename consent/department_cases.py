"""Who may know that somebody has a case in a department (C5)."""

from collections.abc import Callable
from uuid import UUID

from cases.models import Forloeb
from consent.models import Topic
from consent.sharing import Basis, Facts, Reader, load_basis, may_see

# That one has a case at all tells what help one gets, whatever the case itself is about: social støtte.
TOPIC = "social"


def case_topic() -> UUID | None:
    """The topic's id; None where the municipality has no such topic, and then nobody is told by consent. One query."""
    return Topic.objects.in_use().filter(key=TOPIC).values_list("pk", flat=True).first()


def may_know_case(reader: Reader, person: UUID, department: UUID, basis: Basis, topic: UUID | None) -> bool:
    """May this reader know that the person has a case there? The policy in prose:

    the department itself, whose own it is; and whoever may have what is about the person on the topic. The tovholder,
    who writes the cases on, is let through by who asks.
    """
    if reader.recipient == f"d:{department}":
        return True
    return topic is not None and may_see(reader, Facts(frozenset({person}), topic), basis)


def knows_case(forloeb: Forloeb, recipient: str) -> Callable[[UUID, UUID], bool]:
    """`may_know_case` for one recipient of a forløb, for the app below this one. Three queries."""
    reader, basis, topic = Reader(recipient), load_basis(forloeb), case_topic()
    return lambda person, department: may_know_case(reader, person, department, basis, topic)
