"""Who still must be told of a withdrawal, for the pages (C7): fetched along with rows of another kind, no query of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, F, JSONField, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from cases.models import Participation, ParticipationRole
from consent.models import WithdrawalNotice


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that nobody has confirmed. home: name of the department or external party; person: who withdrew, on which
    day; is_manned: an employee of the department takes part who can confirm it."""

    pk: UUID
    recipient: str
    home: str
    person: UUID
    first_name: str
    on: date
    is_manned: bool


class _Rows(Aggregate):
    """The JSON objects of a group as one list; both databases."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, function="JSONB_AGG", **more)


def waiting_in(forloeb: str) -> Subquery:
    """What waits in the forløb that this field of the outer query names; to be annotated, and read by `waiting`."""
    told = JSONObject(
        pk="pk",
        department="department",
        external="external",
        home=Coalesce("department__name", "external__name"),
        person="withdrawal__person",
        first_name="withdrawal__person__first_name",
        on="withdrawal__told_on",
        is_manned="is_manned",
    )
    rows = WithdrawalNotice.objects.waiting().with_readers().filter(withdrawal__forloeb=OuterRef(forloeb))
    return Subquery(rows.order_by().values(all=F("withdrawal__forloeb")).annotate(rows=_Rows(told)).values("rows"))


def waiting(fetched: Iterable[dict[str, Any]] | None) -> list[Waiting]:
    """The notices from what `waiting_in` fetched."""
    return [
        Waiting(
            pk=UUID(one["pk"]),
            recipient=f"d:{UUID(one['department'])}" if one["department"] else f"x:{UUID(one['external'])}",
            home=one["home"],
            person=UUID(one["person"]),
            first_name=one["first_name"],
            on=date.fromisoformat(one["on"]),
            is_manned=bool(one["is_manned"]),
        )
        for one in fetched or ()
    ]


def may_confirm(participation: Participation, recipient: str, is_manned: bool) -> bool:
    """Who says that a recipient knows: an employee of the department who takes part; for an external party, and for a
    department from which nobody takes part any more, the tovholder, who tells them."""
    if participation.role == ParticipationRole.TOVHOLDER:
        return not is_manned
    return recipient == participation.recipient
