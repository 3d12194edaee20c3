"""What the overview is asked for: period, area, department and model from the address, and the rows inside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from cases.collaboration import models as collaboration_models
from cases.models import Barred, ForloebState, Participation, ParticipationRole
from insight.small_groups import shown
from organisation.models import Area, Department, User
from web import dates

RowsT = TypeVar("RowsT", bound="QuerySet[Any]")
IN_PROGRESS = (ForloebState.ACTIVE, ForloebState.PAUSED)
YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Period:
    """A year or one of its quarters. `until` is the last day that has come."""

    year: int
    quarter: int | None
    today: date

    @property
    def key(self) -> str:
        return f"{self.year}-{self.quarter}" if self.quarter else str(self.year)

    @property
    def start(self) -> date:
        return date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def end(self) -> date:
        last_month = 3 * (self.quarter or 4)
        return date(self.year + (last_month == 12), last_month % 12 + 1, 1) - timedelta(days=1)

    @property
    def until(self) -> date:
        return min(self.end, self.today)

    @property
    def year_until(self) -> date:
        """The last day of the whole year that has come."""
        return min(date(self.year, 12, 31), self.today)

    @property
    def is_over(self) -> bool:
        return self.end < self.today

    @property
    def elapsed(self) -> float:
        """How much of the period has gone, 0–1."""
        return ((self.until - self.start).days + 1) / ((self.end - self.start).days + 1)

    @property
    def label(self) -> str:
        if self.quarter and self.is_over:
            return f"{self.quarter}. kvartal {self.year}"
        if self.quarter:
            return f"{self.quarter}. kvartal {self.year}, indtil nu"
        if self.is_over:
            return f"Hele {self.year}"
        first = dates.long_date(self.start).rsplit(" ", 1)[0]
        return f"{first}–{dates.long_date(self.until)}"

    @property
    def words(self) -> str:
        """As it stands in a heading: »i år«, »i 2025«, »i 3. kvartal 2026«."""
        if self.quarter:
            return f"i {self.quarter}. kvartal {self.year}"
        return "i år" if self.year == self.today.year else f"i {self.year}"

    def months(self) -> list[date]:
        """The first of each month of the year that has begun."""
        return [day for month in range(1, 13) if (day := date(self.year, month, 1)) <= self.today]


def periods(today: date) -> list[Period]:
    """This year so far and its quarters, newest first; then the years before."""
    found = []
    for year in range(today.year, today.year - YEARS_BACK, -1):
        found.append(Period(year, None, today))
        found += [Period(year, quarter, today) for quarter in (4, 3, 2, 1) if date(year, 3 * quarter - 2, 1) <= today]
    return found


class Cell(NamedTuple):
    """One family's place in the groups that the filters choose among."""

    family: UUID
    area: UUID | None
    home: UUID | None
    model: str
    quarter: int


@dataclass(slots=True)
class Scope:
    """One asking: who asks, and the filters. A forløb the asker is barred from is in no count (F13)."""

    user: User
    today: date
    period: Period
    departments: dict[UUID, Department]
    area: Area | None = None
    department: Department | None = None
    model: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrow(self) -> bool:
        """Less than the whole municipality."""
        return bool(self.area or self.model)

    @property
    def place(self) -> str:
        """»i kommunen«, »i Myndighed børn«."""
        return f"i {self.department or self.area or 'kommunen'}"

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return "&".join(f"{name}={value}" for name, value in self.asked.items())

    def within(self, rows: RowsT, path: str = "", *, are_few: bool = False) -> RowsT:
        """Rows that reach a forløb by `path` ("" = they are forløb), for what is asked.

        are_few: each is asked for its home, which is dearer by the row than finding all the forløb of a department first.
        """
        rows = self.everywhere(rows, path)
        if self.model:
            rows = rows.filter(**{f"{path}__model_key" if path else "model_key": self.model})
        if self.area and are_few:
            rows = rows.annotate(home=home_department(f"{path}_id" if path else "pk")).filter(home__in=self.home_ids)
        elif self.area:
            rows = rows.filter(**{f"{path or 'pk'}__in": _led_from(self.home_ids)})
        return rows

    def everywhere(self, rows: RowsT, path: str = "") -> RowsT:
        """The same for the whole municipality."""
        return rows.exclude(**{f"{path or 'pk'}__in": Barred.objects.filter(user=self.user).values("forloeb")})

    @property
    def home_ids(self) -> list[UUID]:
        if self.department:
            return [self.department.pk]
        return [pk for pk, one in self.departments.items() if self.area and one.area_id == self.area.pk]

    @property
    def is_part(self) -> bool:
        """Something is asked for whose neighbours can be asked for too."""
        return bool(self._asked(by_day=True))

    def cell(self, family: UUID, home: UUID | None, model: str, when: date | None = None) -> Cell:
        area = self.departments[home].area_id if home in self.departments else None
        return Cell(family, area, home, model, (when.month + 2) // 3 if when else 0)

    def holds(self, cell: Cell) -> bool:
        """Is it of what is asked for? The period apart."""
        asked = self._asked(by_day=False)
        return all(getattr(cell, name) == value for name, value in asked.items())

    def may_show(self, found: Iterable[Cell], *, by_day: bool = False) -> bool:
        """May a figure be shown for what is asked, when all its neighbours can be asked for too (U3)?

        In: the cells it counts in the whole municipality and the whole year; by_day: does the period cut it, or is it a
        figure of today? For each filter, the groups it chooses among are laid side by side, the other filters as they are,
        and the chosen one must be one that may be shown. A quarter of the whole municipality is no group of families: the
        months beside it tell it anyway.
        """
        asked, cells = self._asked(by_day), set(found)
        return all(self._may_show_along(name, asked, cells) for name in asked)

    def _asked(self, by_day: bool) -> dict[str, Any]:
        chosen = {
            "area": self.area.pk if self.area else None,
            "home": self.department.pk if self.department else None,
            "model": self.model or None,
            "quarter": self.period.quarter if by_day and self.is_narrow else None,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def _may_show_along(self, name: str, asked: dict[str, Any], cells: set[Cell]) -> bool:
        fixed = {other: value for other, value in asked.items() if other != name and (name, other) != ("area", "home")}
        line: dict[Any, set[UUID]] = {asked[name]: set()}
        for cell in cells:
            if all(getattr(cell, other) == value for other, value in fixed.items()):
                line.setdefault(getattr(cell, name), set()).add(cell.family)
        return asked[name] in shown({key: len(families) for key, families in line.items()})


def home_department(forloeb: str = "pk") -> Subquery:
    """The department where the forløb's tovholder is employed; for an ended forløb, the last one."""
    return Subquery(_leads(forloeb).values("department")[:1], output_field=models.UUIDField())


def _led_from(departments: list[UUID]) -> "QuerySet[Any]":
    """The forløb that have their home in these departments. From the departments: few are looked at, of all there are."""
    newest = Subquery(_leads("forloeb").values("pk")[:1])
    return Participation.objects.filter(department__in=departments, pk=newest).values("forloeb")


def _leads(forloeb: str) -> "QuerySet[Participation]":
    """Its tovholdere, the newest first."""
    leads = Participation.objects.filter(forloeb=OuterRef(forloeb), role=ParticipationRole.TOVHOLDER)
    return leads.order_by(F("to_date").desc(nulls_first=True), "-from_date", "pk")


def read(user: User, today: date, asked: Mapping[str, Any]) -> Scope:
    """The scope of an address. What does not exist is left out, so an old link still answers. One query."""
    departments = {one.pk: one for one in Department.objects.by_area().select_related("area")}
    period = next((one for one in periods(today) if one.key == asked.get("periode")), Period(today.year, None, today))
    department = next((one for pk, one in departments.items() if str(pk) == asked.get("afdeling")), None)
    areas = {str(one.area_id): one.area for one in departments.values()}
    area = department.area if department else areas.get(str(asked.get("omraade")))
    model = str(asked.get("model", ""))
    scope = Scope(user, today, period, departments, area, department, model if model in collaboration_models() else "")
    chosen = {
        "periode": period.key if period.key != str(today.year) else "",
        "omraade": str(area.pk) if area else "",
        "afdeling": str(department.pk) if department else "",
        "model": scope.model,
    }
    scope.asked = {name: value for name, value in chosen.items() if value}
    return scope


def choices(scope: Scope) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """(name, label, [(value, words, chosen)]) of each select: only departments whose people may be tovholder."""
    drives = [one for one in scope.departments.values() if one.may_drive]
    areas = {one.area_id: one.area for one in drives}
    models_ = [(key, model.name) for key, model in collaboration_models().items()]
    fields: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("periode", "Periode", scope.period.key, [(one.key, one.label) for one in periods(scope.today)]),
        ("omraade", "Område", str(scope.area.pk) if scope.area else "",
         [("", "Alle områder"), *((str(pk), area.name) for pk, area in areas.items())]),
        ("afdeling", "Afdeling", str(scope.department.pk) if scope.department else "",
         [("", "Alle afdelinger"), *((str(one.pk), one.name) for one in drives)]),
        ("model", "Samarbejdsmodel", scope.model, [("", "Alle modeller"), *models_]),
    ]  # fmt: skip
    return [
        (name, label, [(value, words, value == chosen) for value, words in options])
        for name, label, chosen, options in fields
    ]


def in_progress(path: str = "") -> Q:
    """I gang: active or on pause."""
    return Q(**{f"{path}__state__in" if path else "state__in": IN_PROGRESS})
