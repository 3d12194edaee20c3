"""What the two pages say about agreements that are late and about what is not journalised."""

from types import SimpleNamespace
from uuid import uuid4

from consent.next_step import Step
from desk import next_step
from desk.forloeb_page import JournalLine, _journal


def late(who: str, *, mine: bool = False) -> next_step.Late:
    return next_step.Late(who, mine, "/planer/1/#aftale-1")


def follow_up(*rows: next_step.Late, is_tovholder: bool) -> Step | None:
    facts = SimpleNamespace(late=rows, standing=SimpleNamespace(is_tovholder=is_tovholder))
    return next_step._follow_up(facts)  # type: ignore[arg-type]


def line(system: str, home: str, name: str, *, done: bool) -> JournalLine:
    return JournalLine(uuid4(), uuid4(), home, name, system, done)


def test_F6_ones_own_late_agreement_is_ones_own_to_follow_up() -> None:
    found = follow_up(late("Jens"), late("Karen Ullerup (Skole)", mine=True), is_tovholder=False)
    assert found is not None
    assert (found.text, found.is_own) == ("Følg op på din aftale", True)


def test_F6_the_tovholder_follows_up_on_those_of_others_and_reads_with_whom_they_lie() -> None:
    found = follow_up(late("Jens"), late("Thomas Ravn (Job og Fastholdelse)"), late("Jens"), is_tovholder=True)
    assert found is not None
    assert found.text == "Følg op på 3 aftaler"
    assert found.why == "De er over tiden. De ligger hos Jens og Thomas Ravn."


def test_F6_the_tovholders_own_late_agreement_stands_among_the_others() -> None:
    found = follow_up(late("Mette Lindskov (Myndighed børn)", mine=True), late("Jens"), is_tovholder=True)
    assert found is not None
    assert (found.text, found.why) == ("Følg op på 2 aftaler", "De er over tiden. De ligger hos dig og Jens.")
    own = follow_up(late("Mette Lindskov", mine=True), is_tovholder=True)
    assert own is not None
    assert own.text == "Følg op på din aftale"


def test_F6_a_participant_is_told_that_the_tovholder_follows_up_on_those_of_others() -> None:
    found = follow_up(late("Jens"), is_tovholder=False)
    assert found is not None
    assert (found.text, found.why, found.url) == ("1 aftale er over tiden", "Tovholderen følger op.", "")


def test_P7_two_departments_with_the_same_system_are_told_apart() -> None:
    both = [
        line("DUBU", "Myndighed børn", "Anton", done=True),
        line("DUBU", "Myndighed unge", "Ida", done=False),
        line("DUBU", "Myndighed børn", "Østen", done=True),
        line("Fasit", "KUI", "Sofie", done=False),
    ]
    assert _journal(both) == (
        "DUBU (Myndighed børn) for Anton og Østen",
        "DUBU (Myndighed unge) for Ida, Fasit for Sofie",
        True,
    )
    assert _journal([line("DUBU", "Myndighed børn", "Anton", done=True)])[0] == "DUBU for Anton"
