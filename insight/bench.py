"""Measuring: the pages and the PDFs against something trivial of the same app, and a large municipality against a small.

Ratios, because times differ from machine to machine. Runs on a database that was made for it (`manage.py bench`).
"""

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import weasyprint
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from cases.models import Participation
from consent.models import GuidanceRead
from consent.sharing import load_basis
from documents import actions as documents
from documents import pdf as papers
from insight import synthetic
from meetings.models import Attendance, BoardNote, Presence
from organisation.models import Employment, User
from plans import front, pdf
from plans.models import PlanCopy, PlanVersion
from plans.readers import addressees

WARM_UP = 2
NOTES, RECIPIENTS = 300, 8
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
        pages = _pages(draft)
        rows = [_page(*page, turns) for page in pages]
        rows.append(_page("Overblik, talt på ny", *pages[-1][1:], max(1, turns // 3), before=cache.clear))
        rows.append(_timed("Deletjekket", lambda: load_basis(draft.plan.forloeb), turns))
        rows.append(_crowded(draft, *pages[3][1:], turns))
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


def _page(name: str, user: User, url: str, turns: int, before: Callable[[], Any] | None = None) -> Measured:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise NotMeasured(f"{name}: {url} svarede {answer.status_code}")

    return _timed(name, get, turns, before)


def _timed(name: str, act: Callable[[], Any], turns: int, before: Callable[[], Any] | None = None) -> Measured:
    """before: what makes each turn like the first; neither timed nor counted."""
    before = before or (lambda: None)
    for _ in range(WARM_UP):
        act()
    before()
    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += sql.lstrip(" (").upper().startswith(STATEMENTS)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        act()
    times = []
    for _ in range(turns):
        before()
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return Measured(name, 1000 * statistics.median(times), statements)


def _crowded(draft: PlanVersion, user: User, url: str, turns: int) -> Measured:
    """The same board with 300 notes and 8 departments at the table."""
    meeting, forloeb = draft.meeting, draft.plan.forloeb
    here = list(forloeb.participations.open())
    taken = {one.department_id for one in here}
    free = Employment.objects.current().exclude(department__in=taken).exclude(user__participations__forloeb=forloeb)
    for job in {one.department_id: one for one in free.order_by("pk")}.values():
        if len(taken) >= RECIPIENTS:
            break
        taken.add(job.department_id)
        new = Participation.objects.create(
            forloeb=forloeb, user_id=job.user_id, department_id=job.department_id, from_date=here[0].from_date
        )
        Attendance.objects.create(meeting=meeting, participation=new, presence=Presence.PRESENT)
    like = list(BoardNote.objects.filter(meeting=meeting).with_marks())
    new_notes = [
        BoardNote(
            meeting=meeting,
            column=one.column,
            text=one.text,
            said_by=one.said_by,
            position=place,
            topic=one.topic,
            author=one.author,
            contributed_by=one.contributed_by,
        )
        for place, one in zip(range(len(like), NOTES), itertools.cycle(like), strict=False)
    ]
    BoardNote.objects.bulk_create(new_notes)
    through = BoardNote.about.through._default_manager
    through.bulk_create(
        through.model(boardnote=note, person=person)
        for note, one in zip(new_notes, itertools.cycle(like), strict=False)
        for person in one.about.all()
    )
    return _page(f"Tavlen, {NOTES} punkter, {len(taken)} modtagere", user, url, turns)


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
