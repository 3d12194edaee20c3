"""What a collaboration model consists of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the board. becomes: what a note there is first offered as in the plan (an item's kind), or nothing."""

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

    call: the department whose number is shown. yes, no: when to answer so.
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
    """The model's own words for something the app watches (`watching.py`)."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the model. purpose: what it is for, and who gets it."""

    key: str
    title: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class GoalHelp:
    """One line of help when a goal is written; never a demand (P8)."""

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

    def task(self, role: str) -> str:
        """What whoever holds that role does, in the model's words; "" when the model says nothing of it."""
        return next((one.task for one in self.roles if one.key == role), "")
