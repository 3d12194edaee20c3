"""What the bench measures on: the forløb it looks at, its crowded board, its paper, and frozen copies of it."""

import itertools
from typing import Any

import weasyprint
from django.urls import reverse
from django.utils import timezone
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from cases.models import FamilyRelation, Participation, Person, Residence
from consent.basis import load_basis
from documents import pdf as papers
from meetings.models import Attendance, BoardNote, Presence
from organisation.models import Employment, User
from plans import actions, front, pdf
from plans.models import PlanCopy, PlanVersion
from plans.readers import addressees

NOTES, RECIPIENTS = 300, 8


def draft() -> PlanVersion:
    """A version being written, of a family with two adults and a small child in focus: both adults get papers about it."""
    drafts = PlanVersion.objects.drafts().filter(plan__forloeb__state="active", meeting__state="held")
    rows = drafts.select_related("plan__forloeb__family", "meeting").order_by("plan__forloeb__number")
    return next(one for one in rows if len(_adults(one)) > 1 and (_child(one).age_on(timezone.localdate()) or 0) < 14)


def _adults(version: PlanVersion) -> list[Person]:
    members = version.plan.forloeb.family.members.filter(kind=FamilyRelation.PARENT)
    return [one.person for one in members.select_related("person").order_by("pk")]


def _child(version: PlanVersion) -> Person:
    return version.plan.forloeb.persons.select_related("person").get(is_focus=True).person


def lead_of(version: PlanVersion) -> Participation:
    """The tovholder, who has an ordinary number of forløb."""
    leads = version.plan.forloeb.participations.select_related("user", "department")
    return leads.get(role="tovholder", to_date=None)


def crowd(version: PlanVersion) -> str:
    """Fill the board with notes and put more departments at the table. Returns what is there, in words."""
    meeting, forloeb = version.meeting, version.plan.forloeb
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
    return f"{NOTES} punkter, {len(taken)} modtagere"


class Paper:
    """Én Plan for the tovholder's department, as the app makes it, and the least that gives the same paper."""

    def __init__(self, version: PlanVersion) -> None:
        basis = load_basis(version.plan.forloeb)
        items = list(version.items.with_sources())
        page, own = front.compose(version, items), lead_of(version).recipient
        reader = next(one for one in addressees(version.plan.forloeb, basis) if one.reader.recipient == own)
        self.render = lambda: pdf.render(version, items, page, reader, basis)
        self.html = _html_of(self.render)
        self.pages = len(self._bare("render").pages)

    def bare(self) -> bytes:
        """The same HTML, style sheet, fonts and kind of PDF; nothing of ours around."""
        content: bytes = self._bare("write_pdf", pdf_variant="pdf/a-3a", pdf_tags=True)
        return content

    def _bare(self, what: str, **options: Any) -> Any:
        fonts = FontConfiguration()
        sheet = weasyprint.CSS(string=papers._style_sheet(), font_config=fonts, url_fetcher=papers._font_fetcher())
        page = weasyprint.HTML(string=self.html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
        return getattr(page, what)(font_config=fonts, stylesheets=[sheet], **options)


def _html_of(render: Any) -> str:
    """Render, and keep the HTML that was written."""
    write = papers._write
    caught: list[str] = []

    def catch(html: str, code: str) -> bytes:
        caught.append(html)
        return write(html, code)

    papers._write = catch
    try:
        render()
    finally:
        papers._write = write
    return caught[-1]


def frozen(version: PlanVersion) -> tuple[tuple[User, str], tuple[User, str]]:
    """Finish the version. Returns who fetches which of two copies: the tovholder that of their department; and the referent
    that of an adult who has moved away from a child whose address is protected since."""
    lead, away, child = lead_of(version), _adults(version)[-1], _child(version)
    referent = version.meeting.roles.select_related("participation__user").get(role="referent").participation
    assert lead.user is not None
    assert referent.user is not None
    done = actions.finish(by=lead.user, version=version)
    home = Residence.objects.get(person=away)
    home.to_date = timezone.localdate()
    home.save()
    child.protected_address, child.address = True, "Kanariehøj 17, 4000 Storebælt"
    child.save()
    copies = {one.recipient: one for one in done.copies.all()}
    return (lead.user, _address(copies[lead.recipient])), (referent.user, _address(copies[f"p:{away.pk}"]))


def _address(copy: PlanCopy) -> str:
    assert copy.items.exists()
    return reverse("plans:copy", args=[copy.pk])
