"""One cell in words: icon, colour and what to say, for a topic and summed for a recipient (C2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from consent.models import Topic
from consent.sharing import Cell
from web.danish import listed

# state → (kind of the look, icon, word). None = not asked. A no is grey: it is a right, not an error.
LOOK: dict[Cell | None, tuple[str, str, str]] = {
    Cell.YES: ("ok", "check", "Ja"),
    Cell.NO: ("none", "close", "Nej"),
    Cell.EXPIRED: ("late", "hourglass", "Udløbet"),
    Cell.WITHDRAWN: ("soon", "reply", "Tilbagekaldt"),
    Cell.UNSIGNED: ("late", "edit", "Mangler underskrift"),
    None: ("none", "help", "Ikke spurgt"),
}
SOME = ("ok", "checklist", "Ja til {} af {}")
# The order of exceptions in words: what somebody must act on first.
EXCEPTIONS: tuple[tuple[Cell | None, str], ...] = (
    (Cell.UNSIGNED, "Mangler underskrift"),
    (Cell.EXPIRED, "Udløbet"),
    (Cell.WITHDRAWN, "Tilbagekaldt"),
    (Cell.NO, "Nej"),
    (None, "Ikke spurgt"),
)
ACT = (Cell.UNSIGNED, Cell.EXPIRED, Cell.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows. state: the state it counts as in the tallies; note: exceptions or a date, in words."""

    state: Cell | None
    kind: str
    icon: str
    words: str
    note: str = ""
    tint: str = ""


# No icon: nobody was asked, so it is no answer; a cross would look like a no.
NOBODY = Shown(None, "none", "", "Ingen at spørge om")


def shown(state: Cell | None, note: str = "") -> Shown:
    kind, icon, words = LOOK[state]
    return Shown(state, kind, icon, words, note, _tint(state))


def summed(states: Mapping[UUID, Cell | None], topics: Sequence[Topic], note: Mapping[Cell | None, str]) -> Shown:
    """All topics of one person and one recipient in one cell.

    note: for a state that fills the whole cell, what to add (a date, who is missing).
    """
    by_state: dict[Cell | None, list[str]] = {}
    for topic in topics:
        by_state.setdefault(states.get(topic.pk), []).append(short(topic))
    if not by_state:
        return shown(None)
    if len(by_state) == 1:
        state = next(iter(by_state))
        if state is Cell.YES:
            return Shown(state, "ok", "check", "Ja til alt")
        return shown(state, note.get(state, ""))
    yes = by_state.get(Cell.YES, [])
    act = next((state for state in ACT if state in by_state), None)
    if not yes:
        leading = act or Cell.NO
        rest = _exceptions({state: names for state, names in by_state.items() if state is not leading})
        first = shown(leading, " · ".join(filter(None, [note.get(leading, ""), rest])))
        return first if len(by_state[leading]) > 1 or act else shown(leading, rest)
    kind, icon, words = SOME
    if len(yes) <= len(topics) // 2 and act is None:
        exceptions = listed(yes).capitalize()
    else:
        exceptions = _exceptions({state: names for state, names in by_state.items() if state is not Cell.YES})
    return Shown(act or Cell.YES, kind, icon, words.format(len(yes), len(topics)), exceptions, _tint(act))


def of_adults(rows: Sequence[tuple[str, Shown]]) -> Shown:
    """The other adults of the family in one cell: who gets a yes, then the exceptions."""
    if not rows:
        return NOBODY
    by_word: dict[tuple[Cell | None, bool], list[str]] = {}
    for name, one in rows:
        by_word.setdefault((one.state, one.kind == "ok"), []).append(name)
    partly = [f"{name}: {one.words.removeprefix('Ja til ')}" for name, one in rows if one.icon == "checklist"]
    yes = [name for name, one in rows if one.kind == "ok"]
    rest = ". ".join(
        f"{_to(word)} {listed(names)}"
        for state, word in EXCEPTIONS
        if (names := [name for name, one in rows if one.state is state and one.kind != "ok"])
    )
    if yes:
        act = next((one.state for _, one in rows if one.state in ACT), None)
        icon = "check" if len(yes) == len(rows) and not partly else "checklist"
        note = ". ".join(filter(None, [*partly, rest]))
        return Shown(act or Cell.YES, "ok", icon, f"Ja til {listed(yes)}", note, _tint(act))
    states = {one.state for _, one in rows}
    if len(states) == 1:
        first = rows[0][1]
        return Shown(first.state, first.kind, first.icon, first.words, first.note if len(rows) == 1 else "", first.tint)
    leading = next((state for state, _ in EXCEPTIONS if state in states), None)
    return shown(leading, rest)


def short(topic: Topic) -> str:
    """The topic's first word, as it stands in a list of exceptions: »økonomi«, »skole«."""
    return topic.name.split(" og ")[0].lower()


def _exceptions(by_state: Mapping[Cell | None, list[str]]) -> str:
    return ". ".join(f"{word}: {', '.join(by_state[state])}" for state, word in EXCEPTIONS if state in by_state)


def _to(word: str) -> str:
    return {"Nej": "Nej til", "Ikke spurgt": "Ikke spurgt om"}.get(word, f"{word}:")


def _tint(state: Cell | None) -> str:
    return {"late": "is-late", "soon": "is-soon"}.get(LOOK[state][0], "") if state in ACT else ""
