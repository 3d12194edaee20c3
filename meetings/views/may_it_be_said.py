"""»Må det siges her?«: the page, the sheet, and the fragment beside the board (M4); Kontaktliste of a meeting (C10)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.access import demand_tovholder, loads
from consent import contact_list
from consent.access import guided
from consent.basis import load_basis
from consent.network_views import hand_out
from consent.sharing import Reader
from documents.pdf import PdfError
from meetings import may_it_be_said
from meetings.access import MeetingRequest, board_view, demand_worker, guidance_read, load_meeting
from meetings.models import Attendance, Meeting, MeetingState
from meetings.views.papers import _file
from web.access import route

STOP_POLLING = 286
sheet_view = loads(load_meeting, lambda meeting: meeting.forloeb, guidance_read, channel="pdf")


@route("board")
@guided
@board_view
def page(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Invited × persons × topics, red where consent is missing. For the staff of the forløb."""
    found = may_it_be_said.sheet(meeting, request.standing)
    request.told_about = found.persons
    context = {
        "meeting": meeting,
        "forloeb": meeting.forloeb,
        "sheet": found,
        "is_tovholder": request.standing.is_tovholder,
    }
    return render(request, "meetings/may_it_be_said.html", context)


@route("board")
@guided
@sheet_view
def sheet_pdf(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """The same on one page of paper, for the formøde."""
    found = may_it_be_said.sheet(meeting, request.standing)
    request.told_about = found.persons
    try:
        name, content = may_it_be_said.paper(meeting, found)
    except PdfError as error:
        messages.error(request, error.message)
        return redirect("meetings:may_it_be_said", meeting.pk)
    return _file(name, content)


@route("board")
@board_view
def state(request: MeetingRequest, meeting: Meeting, stamp: str) -> HttpResponse:
    """The poll beside the board: 204 while nobody has come or gone, 286 when the meeting is over."""
    demand_worker(request.user, meeting, request.standing)
    found = may_it_be_said.now(meeting, request.standing)
    if found.stamp == stamp and meeting.state == MeetingState.PLANNED:
        return HttpResponse(status=204)
    request.told_about = found.persons
    status = 200 if meeting.state == MeetingState.PLANNED else STOP_POLLING
    return render(request, "meetings/_said_now.html", {"meeting": meeting, "now": found}, status=status)


@route("forloeb.read", methods=("GET", "POST"))
@guided
@sheet_view
def contacts_pdf(request: MeetingRequest, meeting: Meeting, to: str) -> HttpResponse:
    """Kontaktliste of those invited, for one reader."""
    basis = load_basis(meeting.forloeb)
    own = request.standing.recipient
    one = next((one for one in contact_list.addressees(meeting.forloeb, basis) if one.slug == to), None)
    if one is None:
        raise Http404
    if one.key != own:
        demand_tovholder(request.user, meeting.forloeb)
    rows = list(Attendance.objects.filter(meeting=meeting))
    leads = meeting.forloeb.participations.open().tovholder().values_list("pk", flat=True)
    found = contact_list.build(
        meeting.forloeb,
        one.reader,
        Reader(own),
        basis=basis,
        # The tovholder too, who may be new since the invitations: the list says »Ring til tovholderen«.
        participations={row.participation_id for row in rows if row.participation_id} | set(leads),
        persons={row.person_id for row in rows if row.person_id},
    )
    request.told_about = found.persons
    back = reverse("meetings:page", args=[meeting.pk])
    label = f"Møde {meeting.number}"
    return hand_out(request, meeting.forloeb, found, one, basis.on, back, label, meeting=label)
