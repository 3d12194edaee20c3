"""What a collaboration model consists of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the board. becomes: what a note there turns into in one step (a plan item's kind), or nothing."""

    key: str
    title: str
    is_goal: bool = False
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    key: str
    name: str
    columns: tuple[BoardColumn, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step in the life of a forløb, as the model tells it."""

    key: str
    title: str
    hint: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a meeting: the agenda it begins with. Every phase can be skipped (M5)."""

    title: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Role:
    key: str
    name: str
    task: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the start check (F3): "yes" stops the start and says what to do instead.

    key: `underretning` and `other_track` are those the start action knows; call: the department whose number is shown.
    yes, no: when to answer so.
    """

    key: str
    question: str
    hint: str
    stop: str
    why: str
    instead: tuple[str, ...]
    call: str = ""
    yes: str = ""
    no: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check that is made by code; the model says whether it applies and how strongly (`stop` or `warning`)."""

    key: str
    text: str
    level: str = "stop"


@dataclass(frozen=True, slots=True)
class Document:
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class GoalHelp:
    """One line of help when a goal is written; never a demand. Read and checked; no page shows it yet."""

    letter: str
    word: str
    ask: str


@dataclass(frozen=True, slots=True)
class CollaborationModel:
    key: str
    name: str
    summary: str
    order: int
    cadence_weeks: int
    boards: tuple[Board, ...]
    steps: tuple[Step, ...]
    phases: tuple[Phase, ...]
    roles: tuple[Role, ...]
    situations: tuple[Situation, ...]
    start_check: tuple[Question, ...]
    checks: tuple[Check, ...]
    documents: tuple[Document, ...]
    goal_help: tuple[GoalHelp, ...]

    def board(self, key: str) -> Board:
        """The board of that key, else the first: the model's default."""
        return next((board for board in self.boards if board.key == key), self.boards[0])

    def situation_texts(self, keys: list[str]) -> list[str]:
        """The texts of the chosen situations, in the model's order; unknown keys are left out."""
        return [situation.text for situation in self.situations if situation.key in keys]
