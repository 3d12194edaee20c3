"""Measuring: the pages and the PDFs against something trivial of the same app, and a large municipality against a small.

Ratios, because times differ from machine to machine. Runs on a database that was made for it (`manage.py bench`).
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import weasyprint
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from consent.models import GuidanceRead
from consent.sharing import load_basis
from documents import actions as documents
from documents import pdf as papers
from insight import synthetic
from organisation.models import User
from plans import front, pdf
from plans.models import PlanCopy, PlanVersion
from plans.readers import addressees

WARM_UP = 2
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Measured:
    """One page or paper: the median of the processor's time in milliseconds, and the number of database statements.

    The processor's own time, because SQLite works in this process and the machine may have other things to do.
    """

    name: str
    milliseconds: float
    queries: int


class NotMeasured(Exception):
    """A page did not answer as it should; its name and status."""


def measure(number: int, turns: int) -> list[dict[str, Any]]:
    """Make `number` forløb and measure. In: an empty, migrated database with the municipality. Out: rows of `Measured`."""
    synthetic.make(number)
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    with override_settings(STORAGES=storages, ALLOWED_HOSTS=["testserver"]):
        draft = _draft()
        rows = [_page(*page, turns) for page in _pages(draft)]
        rows += _papers(draft, turns)
    return [asdict(row) for row in rows]


def _draft() -> PlanVersion:
    """A version being written in a forløb that is led by a colleague with an ordinary number of forløb."""
    drafts = PlanVersion.objects.drafts().filter(plan__forloeb__state="active", meeting__state="held")
    return drafts.select_related("plan__forloeb__family", "meeting").order_by("plan__forloeb__number")[0]


def _pages(draft: PlanVersion) -> list[tuple[str, User, str]]:
    forloeb = draft.plan.forloeb
    leader = forloeb.participations.get(role="tovholder", to_date=None).user
    assert leader is not None
    koordinator = User.objects.koordinators().order_by("username")[0]
    for_all = GuidanceRead.objects.first()
    if for_all:
        GuidanceRead.objects.get_or_create(user=koordinator, guidance=for_all.guidance)
    return [
        ("Tilgængelighed (det mindste)", leader, reverse("web:accessibility")),
        ("Min dag", leader, reverse("desk:my_day")),
        ("Forløb", leader, reverse("desk:forloeb", args=[forloeb.pk])),
        ("Tavlen, der skrives på", leader, reverse("meetings:board", args=[draft.meeting_id])),
        ("Én Plan, der skrives i", leader, reverse("plans:edit", args=[draft.pk])),
        ("Overblik", koordinator, reverse("insight:overview")),
    ]


def _page(name: str, user: User, url: str, turns: int) -> Measured:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise NotMeasured(f"{name}: {url} svarede {answer.status_code}")

    return _timed(name, get, turns)


def _timed(name: str, act: Callable[[], Any], turns: int) -> Measured:
    for _ in range(WARM_UP):
        act()
    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += sql.lstrip(" (").upper().startswith(STATEMENTS)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        act()
    times = []
    for _ in range(turns):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return Measured(name, 1000 * statistics.median(times), statements)


def _papers(draft: PlanVersion, turns: int) -> list[Measured]:
    """Én Plan as a PDF, the same HTML by WeasyPrint alone with the same kind of PDF, and a frozen one served."""
    basis = load_basis(draft.plan.forloeb)
    items = list(draft.items.with_sources())
    page = front.compose(draft, items)
    reader = addressees(draft.plan.forloeb, basis)[0]
    paper, html = _caught(lambda: pdf.render(draft, items, page, reader, basis))
    turns = max(1, turns // 3)
    return [
        _timed("Én Plan som PDF", lambda: pdf.render(draft, items, page, reader, basis), turns),
        _timed("WeasyPrint alene, samme HTML", lambda: _bare(html), turns),
        _page("Frosset PDF, sendt som fil", *_frozen(draft, paper.content), 3 * turns),
    ]


def _caught(render: Callable[[], Any]) -> tuple[Any, str]:
    """Render, and keep the HTML that was written."""
    write = papers._write
    caught: list[str] = []

    def catch(html: str, code: str) -> bytes:
        caught.append(html)
        return write(html, code)

    papers._write = catch
    try:
        return render(), caught[-1]
    finally:
        papers._write = write


def _bare(html: str) -> bytes:
    """The least that gives the same paper: the same HTML, style sheet, fonts and kind of PDF, nothing of ours around."""
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(string=papers._style_sheet(), font_config=fonts, url_fetcher=papers._font_fetcher())
    page = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    return page.write_pdf(font_config=fonts, stylesheets=[sheet], pdf_variant="pdf/a-3a", pdf_tags=True)


def _frozen(draft: PlanVersion, content: bytes) -> tuple[User, str]:
    """Who fetches, and from where: a copy frozen for the tovholder's department."""
    leader = draft.plan.forloeb.participations.select_related("user").get(role="tovholder", to_date=None)
    assert leader.user is not None
    file = documents.freeze(
        by=leader.user,
        kind="en-plan",
        title="Én Plan",
        filename="plan.pdf",
        content=content,
        forloeb=draft.plan.forloeb,
    )
    copy = PlanCopy.objects.create(version=draft, recipient=leader.recipient, recipient_label=leader.home, file=file)
    return leader.user, reverse("plans:copy", args=[copy.pk])
