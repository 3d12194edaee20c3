"""Planning, changing and cancelling a meeting."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cases import collaboration
from cases.access import demand_open, demand_tovholder, forloeb_view
from cases.models import Forloeb, Person, oldest_first
from consent.basis import load_basis
from consent.clues import found_in, guards_of
from consent.models import ClueKind
from meetings import actions
from meetings.access import MeetingRequest, demand_may_meet, demand_planned, meeting_view
from meetings.board import reader_here
from meetings.forms import CancelForm, ChangeMeetingForm, NewMeetingForm, first_values
from meetings.models import Meeting
from meetings.page import purpose_for
from meetings.readiness import suggested_day
from meetings.views.answers import tell
from organisation.models import in_danish
from web.access import route
from web.danish import danish_sorted
from web.errors import Refused, Stale

SHOWN_ON_A_CLICK = (ClueKind.ADDRESS, ClueKind.NAME)


def _warn_of_clues(request: MeetingRequest, forloeb: Forloeb, form: NewMeetingForm | ChangeMeetingForm) -> None:
    """All who are invited read where a meeting is and why; a protected address or name is one logged click away (C12).

    The tovholder, who alone writes these, may know what is protected.
    """
    clues = [one for guard in guards_of(forloeb) for one in guard.clues if one.kind in SHOWN_ON_A_CLICK]
    for clue in found_in(f"{form.cleaned_data['place']}\n{form.cleaned_data['purpose']}", clues):
        messages.warning(
            request,
            f"»{clue.word}« er {clue.label} for {clue.name} og er beskyttet. Alle inviterede læser sted og formål. Ret det, "
            "fx til »Rådhuset« eller »hjemme hos familien«.",
        )


def _warn_of_past(request: MeetingRequest, form: NewMeetingForm | ChangeMeetingForm) -> None:
    """A meeting may be written down after it was held; more often the month is wrong."""
    if form.cleaned_data["day"] < timezone.localdate():
        messages.warning(request, "Dagen er gået. Ret den under »Ret tid og sted«, hvis mødet ikke er holdt.")


def _new_form(forloeb: Forloeb, data: Any = None) -> NewMeetingForm:
    people = Person.objects.filter(in_forloeb__forloeb=forloeb, in_forloeb__to_date__isnull=True).order_by(
        oldest_first(""), "pk"
    )
    staff = (
        forloeb.participations.open()
        .select_related("user", "department", "external")
        .order_by(in_danish("department__name"), "pk")
    )
    model = collaboration.model_for(forloeb)
    languages = danish_sorted({person.interpreter for person in people if person.interpreter})
    first = first_values(suggested_day(forloeb), ", ".join(languages)[:60])
    board = forloeb.board_key or model.boards[0].key
    return NewMeetingForm(
        data,
        people=people,
        staff=staff,
        boards=[(one.key, one.name) for one in model.boards],
        initial={**first, "persons": list(people), "participations": list(staff), "board_key": board},
    )


@route("tovholder", methods=("GET", "POST"))
@forloeb_view(demand_tovholder)
def new(request: MeetingRequest, forloeb: Forloeb) -> HttpResponse:
    """Plan a meeting; the day is suggested from the model's cadence (M1, M12). An ended forløb is told at once (F4)."""
    demand_open(forloeb)
    if request.method == "GET" and forloeb.is_running:
        try:
            demand_may_meet(forloeb)
        except Refused as stopped:  # told where it is mended
            messages.warning(request, stopped.message)
            return redirect("consent:matrix", forloeb.pk)
    form = _new_form(forloeb, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = actions.plan_meeting(
                by=request.user,
                forloeb=forloeb,
                persons=form.cleaned_data["persons"],
                participations=form.cleaned_data["participations"],
                board_key=form.cleaned_data.get("board_key", ""),
                **form.frame,
            )
        except ValidationError as error:
            tell(form, error)
        except Refused as stopped:  # said above the form, so that nothing written is lost
            form.add_error(None, stopped.message)
        else:
            messages.success(request, f"Møde {meeting.number} er planlagt. Fordel rollerne, før I mødes.")
            _warn_of_past(request, form)
            _warn_of_clues(request, forloeb, form)
            return redirect("meetings:page", meeting.pk)
    weeks = collaboration.model_for(forloeb).cadence_weeks
    last = Meeting.objects.last_held(forloeb)
    context = {"form": form, "forloeb": forloeb, "last": last, "weeks": weeks}
    return render(request, "meetings/new.html", context, status=422 if form.is_bound else 200)


@route("tovholder", methods=("GET", "POST"))
@meeting_view
def change(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Move a planned meeting, or mend its place and purpose."""
    demand_tovholder(request.user, meeting.forloeb)
    demand_open(meeting.forloeb)
    demand_planned(meeting)
    purpose = purpose_for(meeting, reader_here(request.standing), load_basis(meeting.forloeb))
    form = ChangeMeetingForm(request.POST or None, meeting=meeting, purpose=purpose)
    stale, status = None, 200
    if form.is_bound and form.is_valid():
        try:
            version = form.cleaned_data["row_version"]
            actions.change_meeting(by=request.user, meeting=meeting, row_version=version, **form.frame)
        except Stale as error:
            stale, status = error.current, 409
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Mødet er ændret. Husk at sige det til familien.")
            _warn_of_past(request, form)
            _warn_of_clues(request, meeting.forloeb, form)
            return redirect("meetings:page", meeting.pk)
    status = 422 if form.is_bound and status == 200 else status
    context = {"form": form, "meeting": meeting, "forloeb": meeting.forloeb, "stale": stale}
    return render(request, "meetings/change.html", context, status=status)


@route("tovholder", methods=("GET", "POST"))
@meeting_view
def cancel(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Call a meeting off. It says what follows before it is done."""
    demand_tovholder(request.user, meeting.forloeb)
    demand_open(meeting.forloeb)
    demand_planned(meeting)
    form = CancelForm(request.POST or None, initial={"row_version": meeting.row_version})
    if form.is_bound and form.is_valid():
        try:
            actions.cancel_meeting(by=request.user, meeting=meeting, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Møde {meeting.number} er aflyst. Sig det til familien og deltagerne.")
            return redirect("meetings:page", meeting.pk)
    context = {"form": form, "meeting": meeting, "forloeb": meeting.forloeb}
    return render(request, "meetings/cancel.html", context, status=422 if form.is_bound else 200)
