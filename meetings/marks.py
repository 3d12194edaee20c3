"""About whom and on what topic a point on the agenda is: read from its words, kept when set by hand (C5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cases import collaboration
from cases.models import Forloeb, Person
from consent.marking import Named, Topics, mentioned, suggest
from consent.models import Topic


@dataclass(frozen=True, slots=True)
class Marks:
    about: frozenset[Person]
    topic: Topic


def phases_of(forloeb: Forloeb) -> frozenset[str]:
    """The parts of a meeting as the collaboration model calls them; they say nothing about this family (M5)."""
    return frozenset(phase.title for phase in collaboration.model_for(forloeb).phases)


def suggested(
    people: Sequence[Named],
    text: str,
    *,
    raised_by: Person | None = None,
    phases: Collection[str] = (),
    topics: Topics | None = None,
) -> Marks:
    """What the words say. A phase of the meeting is about nobody, and so free to all.

    raised_by: whoever of the family raised the point is among those it is about. Else as a note on the board.
    """
    found = suggest(people, text, said_by=raised_by, topics=topics)
    is_phase = raised_by is None and text.strip() in phases
    return Marks(frozenset() if is_phase else found.about, found.topic)


def followed(was: Marks, now: Marks, stored: Marks, given: Marks, named_anew: Collection[Person]) -> Marks:
    """The marks after a change of words. was, now: what the old and the new words say. stored: as they were.

    given: as the form came back. A mark that the writer left as the old words had it follows the new words; one that was
    set by hand stays. Whoever is named anew is marked in any case.
    """
    about = now.about if given.about == stored.about == was.about else given.about | frozenset(named_anew)
    return Marks(about, now.topic if given.topic == stored.topic == was.topic else given.topic)


def named_anew(people: Sequence[Named], old: str, new: str) -> list[Person]:
    """Those whom the new words name and the old did not."""
    before = mentioned(people, old)
    return [person for person in mentioned(people, new) if person not in before]
