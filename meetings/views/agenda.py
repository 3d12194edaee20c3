"""The points on the agenda: raise, mend with their marks, move, take off. Each answers with the meeting's page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.models import Person
from consent.basis import load_basis
from consent.labels import Labels
from consent.models import Topic
from consent.sharing import Facts, may_see
from meetings import actions
from meetings.access import MeetingRequest, demand_framer, meeting_view, point_view
from meetings.board import known_members, members_in, reader_here
from meetings.forms import ChangePointForm, PointForm
from meetings.models import AgendaPoint, Meeting
from meetings.page import raisers
from meetings.views.answers import tell, with_unseen
from meetings.views.page import show, url_of
from organisation.models import in_danish
from web.access import route


def _sees(request: MeetingRequest, point: AgendaPoint) -> bool:
    return may_see(reader_here(request.standing), Facts.of(point), load_basis(point.meeting.forloeb))


@route("forloeb.read", methods=("POST",))
@meeting_view
def point_add(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """A point at the end of the agenda; the family's own too (M1). It tells when the writer may not see it (C6)."""
    form = PointForm(request.POST, raisers=raisers(meeting, *_known(request, meeting)))
    if form.is_valid():
        try:
            point = actions.add_agenda_point(by=request.user, meeting=meeting, **form.point)
        except ValidationError as error:
            tell(form, error)
        else:
            if not _sees(request, point):
                messages.warning(request, "Punktet er gemt. Du må ikke selv se det igen: samtykke mangler.")
            return redirect(f"{url_of(meeting)}#dagsorden")
    return show(request, meeting, form)


def _known(request: MeetingRequest, meeting: Meeting) -> tuple[list[Any], Labels]:
    """Whom of the family, and what externals are called, as the employee may know it."""
    basis, keeps_all = load_basis(meeting.forloeb), request.standing.is_tovholder
    reader = reader_here(request.standing)
    members = known_members(members_in(basis), reader, basis, keeps_all=keeps_all)
    return members, Labels([reader], basis, keeps_all=keeps_all)


def _may_have(request: MeetingRequest, point: AgendaPoint) -> None:
    """A point that the page leaves out for this employee is not found here either."""
    if not _sees(request, point):
        raise Http404


def _change_form(request: MeetingRequest, point: AgendaPoint) -> ChangePointForm:
    members, labels = _known(request, point.meeting)
    about, kept_from = list(point.about.all()), list(point.kept_from.all())
    known = {one.person.pk for one in members}
    raised = f"p{point.raised_by_person_id}" if point.raised_by_person_id else f"d{point.raised_by_id}"
    return ChangePointForm(
        request.POST or None,
        raisers=raisers(point.meeting, members, labels),
        people=Person.objects.filter(pk__in=known).order_by(in_danish("first_name"), "pk"),
        topics=Topic.objects.in_use_or(point.topic_id),
        hidden={person.pk for person in [*about, *kept_from]} - known,
        initial={
            "text": point.text,
            "raised": raised,
            "minutes": point.minutes,
            "about": about,
            "topic": point.topic_id,
            "kept_from": kept_from,
            "row_version": point.row_version,
        },
    )


@route("meeting.frame", methods=("GET", "POST"))
@point_view
def point(request: MeetingRequest, point: AgendaPoint) -> HttpResponse:
    """Mend one point and its marks: who raised it, or who frames the meeting."""
    _may_have(request, point)
    if point.raised_by_id != request.standing.participation.pk:
        demand_framer(request.user, point.meeting)
    form = _change_form(request, point)
    if form.is_bound and form.is_valid():
        try:
            chosen = with_unseen(point, form.hidden, form.point)
            version = form.cleaned_data["row_version"]
            actions.change_agenda_point(by=request.user, point=point, row_version=version, **chosen)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{url_of(point.meeting)}#dagsorden")
    request.told_about = [person.pk for person in form.fields["about"].queryset]  # type: ignore[attr-defined]
    context = {"form": form, "point": point, "meeting": point.meeting, "forloeb": point.meeting.forloeb}
    return render(request, "meetings/point.html", context, status=422 if form.is_bound else 200)


@route("meeting.frame", methods=("POST",))
@point_view
def point_move(request: MeetingRequest, point: AgendaPoint) -> HttpResponse:
    """One step up or down among the points that the mover sees, by a button."""
    _may_have(request, point)
    basis, reader = load_basis(point.meeting.forloeb), reader_here(request.standing)
    points = AgendaPoint.objects.filter(meeting=point.meeting_id).seen_by(reader, basis)
    seen = set(points.values_list("pk", flat=True))
    step = -1 if request.POST.get("step") == "-1" else 1
    actions.move_agenda_point(by=request.user, point=point, step=step, seen=seen)
    return redirect(f"{url_of(point.meeting)}#punkt-{point.pk}")  # its buttons are the next stop of the Tab key


@route("meeting.frame", methods=("POST",))
@point_view
def point_remove(request: MeetingRequest, point: AgendaPoint) -> HttpResponse:
    """Take a point off the agenda."""
    _may_have(request, point)
    actions.remove_agenda_point(by=request.user, point=point)
    messages.success(request, "Punktet er taget af dagsordenen.")
    return redirect(f"{url_of(point.meeting)}#dagsorden")
