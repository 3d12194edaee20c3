"""Dagsorden and Tavlen as PDF. The employee's own, or the paper of one of the invited by their own rights."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from cases.access import loads
from consent.clue_asking import ask
from documents.pdf import PdfError
from meetings import pdf
from meetings.access import MeetingRequest, demand_worker, guidance_read, load_meeting
from meetings.board import reader_here
from meetings.models import Attendance, Meeting
from meetings.page import page_of
from web.access import route

paper_view = loads(load_meeting, lambda meeting: meeting.forloeb, channel="pdf")
board_paper_view = loads(load_meeting, lambda meeting: meeting.forloeb, guidance_read, channel="pdf")


@route("forloeb.read")
@paper_view
def agenda_pdf(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Dagsorden, with the points this employee may have."""
    page = page_of(meeting, request.standing)
    request.told_about = [one.person.pk for one in page["members"]]
    try:
        name, content = pdf.agenda(meeting, page)
    except PdfError as error:
        messages.error(request, error.message)
        return redirect("meetings:page", meeting.pk)
    return _file(name, content)


@route("board", methods=("GET", "POST"))
@board_paper_view
def board_pdf(request: MeetingRequest, meeting: Meeting, attendance: UUID) -> HttpResponse:
    """Tavlen for one of the invited. Somebody else's paper is made by those with a role at the meeting."""
    page = page_of(meeting, request.standing)
    row = next(
        (came.attendance for came in [*page["family"], *page["staff"]] if came.attendance.pk == attendance), None
    )
    if row is None:
        raise Http404
    if row.participation_id != request.standing.participation.pk:
        demand_worker(request.user, meeting)
    paper = Attendance.objects.for_list().select_related("meeting").get(pk=row.pk)
    handed_by = reader_here(request.standing)
    back = reverse("meetings:page", args=[meeting.pk])
    found = pdf.board_clues(meeting, paper, handed_by)
    asked = ask(request, found, forloeb=meeting.forloeb, document="Tavlen", back=back, back_label="Mødet")
    if asked is not None:
        return asked
    try:
        name, content = pdf.board(meeting, paper, handed_by)
    except PdfError as error:
        messages.error(request, error.message)
        return redirect(back)
    return _file(name, content)


def _file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
