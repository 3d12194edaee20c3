"""Measuring: the pages and the PDFs against something trivial of the same app, and a large municipality against a small.

Ratios, because times differ from machine to machine. Runs on a database that was made for it (`manage.py bench`).
A page is asked for as a web server does it, and the clock stops when its last byte is there.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from consent.basis import load_basis
from consent.models import GuidanceRead
from insight import bench_ground, synthetic
from insight.inside import HOST, inside
from organisation.models import User
from plans.models import PlanVersion

WARM_UP = 2
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
PAPER, BARE = "Én Plan som PDF", "WeasyPrint alene, samme HTML"
OLD, FRESH = 0.001, 3600  # seconds the overview's counts are kept: every look finds them old, or none does


@dataclass(frozen=True, slots=True)
class Measured:
    """One page, paper or piece of work: the median of the processor's time in milliseconds, and how many statements.

    The processor's own time, because the machine may have other things to do; on PostgreSQL with that of the server's
    process. aim: what is asked of it; "page", "file", or "" for what is only told.
    """

    name: str
    milliseconds: float
    queries: int
    aim: str = ""


class NotMeasured(Exception):
    """A page did not answer as it should; its name and status."""


def measure(number: int, turns: int) -> dict[str, Any]:
    """Make `number` forløb and measure. In: an empty, migrated database with the municipality.

    Out: "made": seconds of the processor to make them; "rows": of `Measured`, as dicts.
    """
    began = time.process_time()
    synthetic.make(number)
    made = time.process_time() - began
    settle()
    with inside(OVERVIEW_KEPT_SECONDS=FRESH):
        rows = _rows(turns)
    return {"made": made, "rows": [asdict(row) for row in rows]}


def settle() -> None:
    """What PostgreSQL does by itself soon after many new rows: look at them, so that it plans well (autovacuum)."""
    connection.settings_dict["CONN_MAX_AGE"] = None if connection.vendor == "postgresql" else 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _rows(turns: int) -> list[Measured]:
    draft = bench_ground.draft()
    forloeb = draft.plan.forloeb
    leader = bench_ground.lead_of(draft).user
    assert leader is not None
    few = max(1, turns // 3)
    board = reverse("meetings:board", args=[draft.meeting_id])
    rows = [
        _page("Tilgængelighed (det mindste)", leader, reverse("web:accessibility"), turns),
        _page("Min dag", leader, reverse("desk:my_day"), turns),
        _page("Forløb", leader, reverse("desk:forloeb", args=[forloeb.pk]), turns),
        _page("Tavlen, der skrives på", leader, board, turns),
        _page("Én Plan, der skrives i", leader, reverse("plans:edit", args=[draft.pk]), turns),
        *_overview(draft, turns, few),
        _timed("Deletjekket", lambda: load_basis(forloeb), turns),
    ]
    rows += _paper(draft, turns)
    crowd = bench_ground.crowd(draft)
    rows.append(_page(f"Tavlen, {crowd}", leader, board, turns))
    own, guarded = bench_ground.frozen(draft)
    rows.append(_page("Frosset PDF, sendt som fil", *own, turns, aim="file"))
    rows.append(_page("Frosset PDF, adresse beskyttet siden", *guarded, turns, aim="file"))
    return rows


def _overview(draft: PlanVersion, turns: int, few: int) -> list[Measured]:
    """Kept and new; kept and old, when it is counted again after the answer; with nothing kept; and the counting itself."""
    koordinator = _koordinator()
    url = reverse("insight:overview")
    narrow = f"{url}?afdeling={bench_ground.lead_of(draft).department_id}"
    rows = [
        _page("Overblik", koordinator, url, turns),
        _page("Overblik, én afdeling", koordinator, narrow, turns),
    ]
    with override_settings(OVERVIEW_KEPT_SECONDS=OLD):
        rows.append(_page("Overblik, tallene er gamle", koordinator, url, few))
        rows.append(_afterwards("Optællingen efter svaret", koordinator, url, few))
    first = partial(_page, turns=few, before=cache.clear)
    rows.append(first("Overblik, intet er talt", koordinator, url))
    rows.append(first("Overblik, én afdeling, intet er talt", koordinator, narrow))
    return rows


def _koordinator() -> User:
    koordinator = User.objects.koordinators().order_by("username")[0]
    for_all = GuidanceRead.objects.first()
    if for_all:
        GuidanceRead.objects.get_or_create(user=koordinator, guidance=for_all.guidance)
    return koordinator


def _paper(draft: PlanVersion, turns: int) -> list[Measured]:
    """Én Plan as a PDF, and the same HTML by WeasyPrint alone."""
    paper = bench_ground.Paper(draft)
    ours, bare = _beside(paper.render, paper.bare, turns)
    return [Measured(f"{PAPER}, {paper.pages} sider", ours, 0), Measured(BARE, bare, 0)]


# --- the clock -----------------------------------------------------------------------------------------------------------
def _page(
    name: str, user: User, url: str, turns: int, before: Callable[[], Any] | None = None, aim: str = "page"
) -> Measured:
    return _timed(name, _asker(name, user, url), turns, before, aim)


def _asker(name: str, user: User, url: str) -> Callable[[], HttpResponseBase]:
    """Asks for the page as this user, and has the answer's last byte; closing it is for the caller, as for a server."""
    client, ask, app = Client(HTTP_HOST=HOST), RequestFactory(HTTP_HOST=HOST), WSGIHandler()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    ask.cookies = client.cookies

    def get() -> HttpResponseBase:
        answer: Any = app(ask.get(url).environ, _heard)
        b"".join(answer)
        if answer.status_code != 200:
            raise NotMeasured(f"{name}: {url} svarede {answer.status_code}")
        return answer  # type: ignore[no-any-return]

    return get


def _heard(*status: Any) -> Callable[[bytes], object]:
    return lambda content: None


def _afterwards(name: str, user: User, url: str, turns: int) -> Measured:
    """What is done after the answer, alone."""
    get = _asker(name, user, url)
    waiting: list[HttpResponseBase] = []
    return _timed(name, lambda: waiting.pop().close(), turns, before=lambda: waiting.append(get()))


def _timed(
    name: str, act: Callable[[], Any], turns: int, before: Callable[[], Any] | None = None, aim: str = ""
) -> Measured:
    """before: what makes each turn like the first. Neither that nor what is done after an answer is timed or counted."""
    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += sql.lstrip(" (").upper().startswith(STATEMENTS)
        return execute(sql, params, many, context)

    def turn() -> float:
        if before:
            before()
        connection.ensure_connection()
        began = _spent()
        done = act()
        spent = _spent() - began
        if isinstance(done, HttpResponseBase):
            done.close()
        return spent

    for _ in range(WARM_UP):
        turn()
    if before:
        before()
    with connection.execute_wrapper(count):
        done = act()
    if isinstance(done, HttpResponseBase):
        done.close()
    return Measured(name, 1000 * statistics.median(turn() for _ in range(turns)), statements, aim)


def _beside(one: Callable[[], Any], other: Callable[[], Any], turns: int) -> tuple[float, float]:
    """Medians of two acts turn by turn, so that what else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns + 1):
        for act, spent in zip((one, other), times, strict=True):
            began = _spent()
            act()
            spent.append(_spent() - began)
    ours, theirs = (1000 * statistics.median(spent[1:]) for spent in times)
    return ours, theirs


def _spent() -> float:
    """The processor's seconds so far of this process, and of the database server's process that works for it."""
    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return time.process_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
