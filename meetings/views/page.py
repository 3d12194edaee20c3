"""The meeting page and what is done on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from cases.access import demand_tovholder, loads
from meetings import actions
from meetings.access import MeetingRequest, demand_framer, demand_worker, meeting_view
from meetings.forms import HoldForm, PointForm, PresenceForm, RoleForm
from meetings.models import Attendance, Meeting
from meetings.page import page_of
from meetings.views.answers import tell
from web.access import route
from web.forms import FFForm
from web.told import fragment


def show(request: MeetingRequest, meeting: Meeting, form: FFForm | None = None) -> HttpResponse:
    """The page; a form that was refused stands above it with its messages."""
    context = page_of(meeting, request.standing)
    is_point = isinstance(form, PointForm)
    context["problem"] = form
    context["point_form"] = form if is_point else PointForm(raisers=context["raisers"])
    context["hold_form"] = form if isinstance(form, HoldForm) else HoldForm(initial={"on": _held_day(meeting)})
    request.told_about = [one.person.pk for one in context["members"]]
    return render(request, "meetings/page.html", context, status=422 if form else 200)


def _held_day(meeting: Meeting) -> Any:
    return min(timezone.localdate(meeting.starts_at), timezone.localdate())


@route("forloeb.read")
@meeting_view
def page(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Where are we, what is next, who comes, what is on the agenda."""
    return show(request, meeting)


@route("meeting.frame", methods=("POST",))
@meeting_view
def roles(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Give one role, or take it back (M3)."""
    demand_framer(request.user, meeting)
    staff = meeting.forloeb.participations.open().filter(user__isnull=False)
    form = RoleForm(request.POST, staff=staff)
    if form.is_valid():
        try:
            actions.set_role(by=request.user, meeting=meeting, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{url_of(meeting)}#roller")
    return show(request, meeting, form)


@route("meeting.work", methods=("POST",))
@meeting_view
def presence(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """One tap: did they come (M10)? htmx takes the row from the page it is led to, so that nothing moves under the hand."""
    demand_worker(request.user, meeting)
    form = PresenceForm(request.POST)
    if form.is_valid():
        row = _attendance(request, meeting, form.cleaned_data["attendance"])
        try:
            actions.set_presence(
                by=request.user,
                meeting=meeting,
                participation=row.participation,
                person=row.person,
                presence=form.cleaned_data["presence"],
                note=form.cleaned_data["note"],
            )
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{url_of(meeting)}#inviteret-{row.pk}")
    if request.headers.get("HX-Request") == "true":
        return fragment(request, 409, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return show(request, meeting, form)


def _attendance(request: MeetingRequest, meeting: Meeting, pk: UUID) -> Attendance:
    """An invitation of this meeting to somebody whom the employee may know of."""
    context = page_of(meeting, request.standing)
    for came in [*context["family"], *context["staff"]]:
        if came.attendance.pk == pk:
            return came.attendance
    raise Http404


@route("tovholder", methods=("POST",))
@meeting_view
def invite(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Invite one more of the forløb."""
    demand_tovholder(request.user, meeting.forloeb)
    chosen = request.POST.get("hvem", "")
    context = page_of(meeting, request.standing)
    if chosen in dict(context["not_invited"]):
        pk = UUID(chosen[1:])
        if chosen[0] == "p":
            person = next(one.person for one in context["members"] if one.person.pk == pk)
            actions.invite(by=request.user, meeting=meeting, person=person)
        else:
            actions.invite(by=request.user, meeting=meeting, participation=meeting.forloeb.participations.get(pk=pk))
    else:
        messages.error(request, "Vælg en på listen. Andre skal først med i forløbet.")
    return redirect(f"{url_of(meeting)}#inviterede")


attendance_view = loads(
    lambda pk: Attendance.objects.select_related("meeting__forloeb__family").get(pk=pk),
    lambda attendance: attendance.meeting.forloeb,
)


@route("tovholder", methods=("POST",))
@attendance_view
def uninvite(request: MeetingRequest, attendance: Attendance) -> HttpResponse:
    """Take an invitation back."""
    actions.uninvite(by=request.user, attendance=attendance)
    return redirect(f"{url_of(attendance.meeting)}#inviterede")


@route("meeting.work", methods=("POST",))
@meeting_view
def hold(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """»Mødet er holdt«."""
    demand_worker(request.user, meeting)
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            actions.hold(by=request.user, meeting=meeting, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Mødet er holdt. Skriv Én Plan, og aftal det næste møde.")
            return redirect("meetings:page", meeting.pk)
    return show(request, meeting, form)


def url_of(meeting: Meeting) -> str:
    return reverse("meetings:page", args=[meeting.pk])
