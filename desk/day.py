"""What Min dag is made of (U6): its rows in groups, and what they are gathered from."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from cases.models import Forloeb, Participation, ParticipationRole
from consent.sharing import Basis, Reader
from meetings.models import Meeting
from organisation.models import User


@dataclass(frozen=True, slots=True)
class Row:
    """What, why and whose, by when, and the one act. early: told before the week it is due in, so that there is time.
    posts: the act is done with the press itself."""

    what: str
    whose: str
    label: str
    url: str
    due: date | None = None
    waits: bool = False
    early: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Lookout:
    """A number that somebody looks after, without taking part: how many, of what, for how long, and the rows behind it."""

    count: int
    what: str
    age: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What waits outside the user's own forløb, told by an app above (`register`). calm: said when no line has a number."""

    heading: str
    calm: str
    lines: list[Lookout]
    label: str
    url: str


@dataclass(slots=True)
class Day:
    """The page's groups; empty groups vanish."""

    today: date
    overdue: list[Row] = field(default_factory=list)
    due_today: list[Row] = field(default_factory=list)
    this_week: list[Row] = field(default_factory=list)
    in_good_time: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    next_up: Meeting | None = None
    next_family: str = ""
    next_role: str = ""
    mine: list[tuple[Forloeb, Meeting | None, bool]] = field(default_factory=list)
    persons: set[UUID] = field(default_factory=set)
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return [*self.overdue, *self.due_today, *self.this_week, *self.in_good_time, *self.waiting]

    @property
    def groups(self) -> list[tuple[str, str, list[Row]]]:
        """(anchor, heading, rows), the empty ones left out."""
        all_groups = [
            ("over", "Over tiden", self.overdue),
            ("idag", "I dag", self.due_today),
            ("uge", "Senere i ugen", self.this_week),
            ("tid", "I god tid", self.in_good_time),
            ("vent", "Venter på andre", self.waiting),
        ]
        return [group for group in all_groups if group[2]]

    @property
    def tallies(self) -> list[tuple[str, str, str, str]]:
        """(kind of state, icon, words, link) of each group: the counts in the band."""
        looks = {
            "over": ("late", "warning", "over tiden"),
            "idag": ("soon", "time", "i dag"),
            "uge": ("none", "calendar-month", "senere i ugen"),
            "tid": ("none", "calendar-month", "i god tid"),
            "vent": ("none", "hourglass", "venter på andre"),
        }
        return [
            (looks[key][0], looks[key][1], f"{len(rows)} {looks[key][2]}", f"#{key}") for key, _, rows in self.groups
        ]

    def add(self, row: Row) -> None:
        """Put a row in its group. Later than this week is not today's business, but for what needs a meeting first."""
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        if row.waits:
            self.waiting.append(row)
        elif row.due is not None and row.due < self.today:
            self.overdue.append(row)
        elif row.due is None or row.due == self.today:
            self.due_today.append(row)
        elif row.due <= sunday:
            self.this_week.append(row)
        elif row.early:
            self.in_good_time.append(row)


@dataclass(slots=True)
class Gathered:
    """What every group is made from, fetched once for all the user's forløb.

    here: those that run; everywhere: also the ended ones in which somebody still must be told of a withdrawal."""

    user: User
    today: date
    here: dict[UUID, Participation]
    everywhere: dict[UUID, Participation]
    bases: dict[UUID, Basis]
    readers: dict[UUID, Reader]
    meetings: dict[UUID, list[Meeting]]

    def leads(self, forloeb_id: UUID) -> bool:
        return self.here[forloeb_id].role == ParticipationRole.TOVHOLDER

    def forloeb(self, forloeb_id: UUID) -> Forloeb:
        return self.here[forloeb_id].forloeb

    def reader(self, forloeb_id: UUID) -> Reader:
        return self.readers[self.here[forloeb_id].pk]
