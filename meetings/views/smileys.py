"""The smiley ruler on a tablet: nothing but the question, and never anybody else's answer (M9)."""

from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.models import Person
from consent.basis import load_basis
from meetings import actions
from meetings.access import MeetingRequest, meeting_view
from meetings.board import known_members, members_in, reader_here
from meetings.forms import SmileyForm
from meetings.kiosk import asked, hand_over, note_asked, take_chosen
from meetings.models import Meeting, MeetingState, SmileyRating
from meetings.page import FACES
from meetings.views.answers import tell
from web.access import route


def _present(request: MeetingRequest, meeting: Meeting) -> list[Person]:
    """Those of the family who were there, whom this employee may know of."""
    standing = request.standing
    there = set(meeting.attendance.present().filter(person__isnull=False).values_list("person_id", flat=True))
    basis = load_basis(meeting.forloeb)
    members = known_members(members_in(basis), reader_here(standing), basis, keeps_all=standing.is_tovholder)
    people = [one.person for one in members if one.person.pk in there]
    request.told_about = [person.pk for person in people]
    return people


@route("forloeb.read")
@meeting_view
def smileys(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """Who answers now? Only names; who has answered is not asked again, nor who would rather not, while the screen goes
    round. From here on the screen is the family's (M9)."""
    hand_over(request, meeting.pk)
    answered = set(SmileyRating.objects.filter(meeting=meeting).values_list("person_id", flat=True))
    people = _present(request, meeting)
    waiting = [one for one in people if one.pk not in answered and str(one.pk) not in asked(request)]
    context = {
        "meeting": meeting,
        "waiting": [] if meeting.state == MeetingState.CANCELLED else waiting,
        "anybody": bool(people),
    }
    return render(request, "meetings/smileys.html", context)


@route("forloeb.read", methods=("GET", "POST"))
@meeting_view
def smiley(request: MeetingRequest, meeting: Meeting, person: UUID) -> HttpResponse:
    """The question to one person. Skipping stores nothing about the person (M9)."""
    who = next((one for one in _present(request, meeting) if one.pk == person), None)
    if who is None:
        raise Http404
    if SmileyRating.objects.filter(meeting=meeting, person=who).exists():
        return redirect("meetings:smiley_thanks", meeting.pk)
    if request.method == "POST" and "skip" in request.POST:
        note_asked(request, who.pk, named=False)
        return redirect("meetings:smiley_thanks", meeting.pk)
    form = SmileyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.give_smiley(by=request.user, meeting=meeting, person=who, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            note_asked(request, who.pk, named=form.cleaned_data["may_be_named"])
            return redirect("meetings:smiley_thanks", meeting.pk)
    context = {"meeting": meeting, "person": who, "form": form, "faces": FACES.items()}
    return render(request, "meetings/smiley.html", context, status=422 if form.is_bound else 200)


@route("forloeb.read")
@meeting_view
def smiley_thanks(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """»Tak«, and who sees the answer as it was chosen, once (M9). The same for an answer without a name and for none."""
    request.told_about = []
    return render(request, "meetings/smiley_thanks.html", {"meeting": meeting, "named": take_chosen(request)})


@route("forloeb.read", methods=("POST",))
@meeting_view
def smileys_unlock(request: MeetingRequest, meeting: Meeting) -> HttpResponse:
    """The screen comes back: whoever goes on signs in, and stands at the meeting again."""
    logout(request)
    return redirect_to_login(reverse("meetings:page", args=[meeting.pk]))
