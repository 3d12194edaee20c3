"""Dagsorden and Tavlen as PDF: one's own, or the paper of one of the invited by their rights. Clues are asked about (C12)."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from cases.access import loads
from consent.access import guided
from consent.clue_asking import ask
from documents.pdf import PdfError
from meetings import pdf
from meetings.access import MeetingRequest, demand_worker, guidance_read, load_meeting
from meetings.board import reader_here
from meetings.models import Attendance, Meeting
from meetings.page import knows_invited
from web.access import route

BOTH = ("GET", "POST")
paper_view = loads(load_meeting, lambda meeting: meeting.forloeb, channel="pdf")
board_paper_view = loads(load_meeting, lambda meeting: meeting.forloeb, guidance_read, channel="pdf")


@route("forloeb.read", methods=BOTH)
@paper_view
def agenda_pdf(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """One's own Dagsorden; also who is not invited may have it."""
    return _agenda(request, meeting, pdf.Addressee.of_participation(request.standing.participation))


@route("forloeb.read", methods=BOTH)
@paper_view
def agenda_for_pdf(request: MeetingRequest, meeting: Meeting, attendance: UUID) -> HttpResponse:
    """Dagsorden for one of the invited. Somebody else's paper is made by those with a role at the meeting."""
    return _agenda(request, meeting, pdf.Addressee.of(_invited(request, meeting, attendance)))


def _agenda(request: MeetingRequest, meeting: Meeting, to: pdf.Addressee) -> HttpResponse:
    paper = pdf.AgendaPaper(meeting, to, request.standing)
    request.told_about = paper.persons
    back = reverse("meetings:page", args=[meeting.pk])
    asked = ask(request, paper.clues(), forloeb=meeting.forloeb, document="Dagsorden", back=back, back_label="Mødet")
    return asked or _made(request, back, paper.pdf)


@route("board", methods=BOTH)
@guided
@board_paper_view
def board_pdf(request: MeetingRequest, meeting: Meeting, attendance: UUID) -> HttpResponse:
    """Tavlen for one of the invited. Somebody else's paper is made by those with a role at the meeting."""
    row = _invited(request, meeting, attendance)
    back = reverse("meetings:page", args=[meeting.pk])
    found = pdf.board_clues(meeting, row, request.standing)
    asked = ask(request, found, forloeb=meeting.forloeb, document="Tavlen", back=back, back_label="Mødet")
    return asked or _made(request, back, lambda: pdf.board(meeting, row, reader_here(request.standing)))


def _invited(request: MeetingRequest, meeting: Meeting, attendance: UUID) -> Attendance:
    """An invitation of this meeting to somebody whom the employee may know of; another's is for who works at the meeting.

    Raises Http404, Refused.
    """
    row = Attendance.objects.for_list().select_related("meeting").filter(meeting=meeting, pk=attendance).first()
    if row is None or not knows_invited(request.standing, row, meeting):
        raise Http404
    if row.participation_id != request.standing.participation.pk:
        demand_worker(request.user, meeting)
    return row


def _made(request: MeetingRequest, back: str, make: Callable[[], tuple[str, bytes]]) -> HttpResponse:
    try:
        name, content = make()
    except PdfError as error:
        messages.error(request, error.message)
        return redirect(back)
    return _file(name, content)


def _file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
