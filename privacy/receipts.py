"""The receipts of the erasures, for the system administrator: when, by which rule, how many rows; never whose."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from privacy.erasure import RULES, WORDS
from privacy.models import ErasureReceipt

NEWEST = 10  # runs


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    rows: int
    history: int


@dataclass(frozen=True, slots=True)
class Run:
    at: datetime
    lines: list[Line]


def newest() -> list[Run]:
    """The newest runs that erased something, with a line for each rule. Two queries."""
    runs = ErasureReceipt.objects.values("run").annotate(at=Max("at")).order_by("-at", "run")[:NEWEST]
    found = {row["run"]: Run(row["at"], []) for row in runs}
    rules = ErasureReceipt.objects.filter(run__in=list(found), rule__in=RULES).values("run", "rule").order_by()
    for row in sorted(rules.annotate(n=Sum("rows"), past=Sum("history")), key=lambda row: RULES.index(row["rule"])):
        found[row["run"]].lines.append(Line(WORDS[row["rule"]], row["n"], row["past"]))
    return list(found.values())
