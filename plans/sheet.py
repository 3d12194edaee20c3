"""The sheet that the referent writes on: from posted fields to changes, so that two who write at once lose nothing.

A field is compared with what stood there when the page was made (the row's history knows). Fields that only one of the
two has touched are merged; a field that both have touched is told with both texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Participation, Person
from organisation.models import User
from plans import actions
from plans.models import Outcome, PlanItem
from web.cpr import NO_CPR_HELP, holds_cpr
from web.dates import clock, long_date, parse_date
from web.forms import MESSAGES

LONGEST = 2000  # as on the board
FIELDS = ("text", "who", "due", "outcome", "note")
Values = dict[str, Any]


@dataclass(slots=True)
class Clash:
    """Two have written in the same field: both texts, and who wrote the other one when."""

    item: UUID
    field: str
    yours: str
    theirs: str
    who: str
    when: str


@dataclass(slots=True)
class Saved:
    """What came of a save. `typed`: field name → what was posted, to be shown again when it was not saved."""

    errors: dict[str, str] = field(default_factory=dict)
    clashes: dict[UUID, list[Clash]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        return not (self.errors or self.clashes)

    @property
    def status(self) -> int:
        return 409 if self.clashes else 422 if self.errors else 200


def save(*, by: User, items: Sequence[PlanItem], data: Mapping[str, str]) -> Saved:
    """Save what was posted for these items (those the writer may see). See the module.

    data: `text-<id>`, `who-<id>`, `due-<id>` with the seen row version as `v-<id>`; `outcome-<id>`, `note-<id>` with
    `w-<id>`; after a clash `keep` or `take` names the field whose own, or whose other text, shall stand.
    """
    result = Saved()
    people = _Choices()
    for item in items:
        people.forloeb = item.version.plan.forloeb_id
        # What became of it first: a new text can take the item out of the writer's sight.
        for name, fields in (("w", ("outcome", "note")), ("v", ("text", "who", "due"))):
            seen = data.get(f"{name}-{item.pk}", "")
            names = {key: f"{key}-{item.pk}" for key in fields}
            posted = {key: data[name] for key, name in names.items() if name in data and data.get("take") != name}
            if seen.isdigit() and posted:
                item = _save_one(by, item, int(seen), posted, people, result, data.get("keep", ""))
    return result


def unsaved(items: Iterable[PlanItem], data: Mapping[str, str]) -> bool:
    """Is there a field in what was posted whose text stands nowhere in these items?"""
    fields = ((f"{key}-{item.pk}", key, text) for item in items for key, text in shown(item).items())
    return any(name in data and not _same(key, data[name].strip(), text) for name, key, text in fields)


def _save_one(
    by: User, item: PlanItem, seen: int, posted: Mapping[str, str], people: "_Choices", result: Saved, keep: str
) -> PlanItem:
    now = shown(item)
    before = now if seen == item.row_version else _as_it_was(item, seen)
    wanted: dict[str, str] = {}
    for key, raw in posted.items():
        text = raw.replace("\r\n", "\n").strip()
        if _same(key, text, before[key]) or _same(key, text, now[key]):
            continue
        if _same(key, now[key], before[key]) or keep == f"{key}-{item.pk}":
            wanted[key] = text
        else:
            result.clashes.setdefault(item.pk, []).append(_clash(item, key, text, now[key], people))
            result.typed[f"{key}-{item.pk}"] = raw
    return _apply(by, item, wanted, people, result) if wanted else item


def _apply(by: User, item: PlanItem, wanted: Mapping[str, str], people: "_Choices", result: Saved) -> PlanItem:
    changes: Values = {}
    for key, text in wanted.items():
        try:
            changes |= people.read(key, text)
        except ValueError as problem:
            result.errors[f"{key}-{item.pk}"] = str(problem)
            result.typed[f"{key}-{item.pk}"] = text
    outcome = {key: changes.pop(key) for key in ("outcome", "note") if key in changes}
    if outcome:
        answer = {"outcome": item.outcome, "note": item.outcome_note} | outcome
        item = actions.set_outcome(by=by, item=item, row_version=item.row_version, **answer)
    if changes:
        try:
            item = actions.change_item(by=by, item=item, row_version=item.row_version, **changes)
        except ValidationError as problem:
            if "responsible_person" not in getattr(problem, "error_dict", {}):
                raise
            result.errors[f"who-{item.pk}"] = problem.messages[0]
            result.typed[f"who-{item.pk}"] = wanted["who"]
            rest = {key: value for key, value in changes.items() if not key.startswith("responsible")}
            if rest:
                item = actions.change_item(by=by, item=item, row_version=item.row_version, **rest)
    return item


def shown(item: Any) -> dict[str, str]:
    """The fields of an item, or of its row in the history, as the sheet shows them."""
    return {
        "text": item.text,
        "who": who_key(item),
        "due": long_date(item.due_on).replace("\u00a0", " ") if item.due_on else "",
        "outcome": item.outcome,
        "note": item.outcome_note,
    }


def who_key(item: Any) -> str:
    if item.responsible_id:
        return f"s:{item.responsible_id}"
    return f"p:{item.responsible_person_id}" if item.responsible_person_id else ""


def _as_it_was(item: PlanItem, row_version: int) -> dict[str, str]:
    row = item.history.filter(row_version=row_version).order_by("-history_date", "-history_id").first()
    return shown(row) if row else dict.fromkeys(FIELDS, "")


def _same(key: str, one: str, other: str) -> bool:
    if key == "due":
        return _day(one) == _day(other)
    return " ".join(one.split()) == " ".join(other.split())


def _day(text: str) -> date | str | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return text


def _clash(item: PlanItem, key: str, yours: str, theirs: str, people: "_Choices") -> Clash:
    row = item.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    name = row.history_user.name.split()[0] if row and row.history_user else "En kollega"
    return Clash(
        item.pk, key, people.word(key, yours), people.word(key, theirs), name, ago(row.history_date) if row else ""
    )


def ago(moment: datetime) -> str:
    """»for 2 minutter siden«, »kl. 15.12«."""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return "for et øjeblik siden"
    if minutes < 60:
        return f"for {minutes} {'minut' if minutes == 1 else 'minutter'} siden"
    return f"kl. {clock(moment)}" if timezone.localdate(moment) == timezone.localdate() else long_date(moment)


class _Choices:
    """Reads the posted text of a field into what the actions take. Raises ValueError with a Danish sentence.

    forloeb: whoever is not in it is not on the list, and is neither named nor told apart from nobody.
    """

    forloeb: UUID | None = None

    def read(self, key: str, text: str) -> Values:
        if key == "due":
            return {"due_on": parse_date(text) if text else None}
        if key == "who":
            return self._who(text)
        if key == "outcome" and text and text not in Outcome.values:
            raise ValueError("Vælg, hvad der blev af det.")
        if key in ("text", "note"):
            _readable(text)
        return {key: text}

    def _who(self, text: str) -> Values:
        kind, _, pk = text.partition(":")
        if not text:
            return {"responsible": None, "responsible_person": None}
        here: dict[str, Any] = {
            "s": Participation.objects.filter(forloeb=self.forloeb),
            "p": Person.objects.filter(in_forloeb__forloeb=self.forloeb).distinct(),
        }
        one = _found(here[kind], pk) if kind in here else None
        if one is None:
            raise ValueError("Vælg, hvem der gør det, på listen.")
        return {"responsible": one} if kind == "s" else {"responsible_person": one}

    def word(self, key: str, text: str) -> str:
        """A value as people read it."""
        if key == "outcome":
            return str(Outcome(text).label) if text in Outcome.values else "ikke besvaret"
        if key == "who" and text:
            try:
                found = self._who(text)
            except ValueError:
                return "en, der ikke står på listen"
            one = found.get("responsible") or found.get("responsible_person")
            return one.name if one else ""
        return text or "tomt"


def _readable(text: str) -> None:
    """A line that everybody at the table can read, and that holds on paper. Raises ValueError with what to do (C12)."""
    if "\x00" in text:
        raise ValueError(MESSAGES["null_characters_not_allowed"])
    if len(text) > LONGEST:
        raise ValueError(MESSAGES["max_length"] % {"show_value": len(text), "limit_value": LONGEST})
    if holds_cpr(text):
        raise ValueError(NO_CPR_HELP)


def _found(rows: Any, pk: str) -> Any:
    try:
        return rows.filter(pk=UUID(pk)).first()
    except ValueError:
        return None
