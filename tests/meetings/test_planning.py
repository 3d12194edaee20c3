"""Planning, roles, agenda, attendance and the checks around a meeting (M1, M3, M4, M10, M12, F7, F11)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases import actions as cases
from cases.models import ForloebState, ParticipationRole
from consent import actions as consent_actions
from consent.basis import load_basis
from meetings import actions
from meetings.models import Attendance, Meeting, MeetingState, Presence, RoleKind
from meetings.readiness import checklist, suggested_day
from tests.consent.factories import key_of
from tests.meetings.factories import attendance_of, refuse, seat, sitting
from tests.organisation.factories import UserFactory
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db


def checks(s):
    rows = list(Attendance.objects.filter(meeting=s.meeting).for_list())
    return {one.text: one for one in checklist(s.meeting, rows, load_basis(s.case.forloeb), tells_names=True)}


def test_M1_a_new_meeting_invites_everybody_ticked_and_begins_with_the_models_phases(client, s):
    client.force_login(s.tovholder)
    page = client.get(reverse("meetings:new", args=[s.case.forloeb.pk])).content.decode()
    assert page.count("checked") == len(s.case.people) + len(s.members) + 1  # and the board's variant
    assert [point.text for point in s.meeting.agenda.all()][0] == "Velkommen og runde"
    assert s.meeting.attendance.count() == len(s.case.people) + len(s.members)


def test_M1_the_form_plans_a_meeting_and_says_what_is_missing_above_the_field(client, s):
    client.force_login(s.tovholder)
    url = reverse("meetings:new", args=[s.case.forloeb.pk])
    fields = {"day": "5.11.2027", "starts": "14", "ends": "15.30", "pre_meeting": "13.30", "board_key": "loeft"}
    answer = client.post(url, fields | {"place": ""})
    assert answer.status_code == 422
    assert "Skriv, hvor mødet er." in answer.content.decode()
    assert "5.11.2027" in answer.content.decode()
    assert client.post(url, fields | {"place": "Skolen"}).status_code == 302
    meeting = Meeting.objects.get(number=2)
    assert meeting.board_key == "loeft"
    assert timezone.localtime(meeting.starts_at).hour == 14


def test_M1_only_the_tovholder_plans_and_the_message_says_who(client, s):
    client.force_login(s.teacher)
    answer = client.get(reverse("meetings:new", args=[s.case.forloeb.pk]))
    assert answer.status_code == 403
    assert s.tovholder.name in answer.content.decode()


def test_F4_no_meeting_before_consent_stands(s):
    forloeb = s.case.forloeb
    forloeb.state, forloeb.activated_on = ForloebState.CONSENT, None
    forloeb.save()
    with pytest.raises(Refused, match="ikke i gang"):
        actions.plan_meeting(
            by=s.tovholder, forloeb=forloeb, starts_at=s.meeting.starts_at, ends_at=s.meeting.ends_at, place="Her"
        )


def test_M3_the_board_is_for_somebody_from_an_authority_department(s):
    with pytest.raises(ValidationError, match="myndighedsafdeling") as refused:
        actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.TAVLE, participation=s.members["teacher"])
    assert s.tavle.name in str(refused.value)
    with pytest.raises(ValidationError):
        actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["psyk"])


def test_M3_one_of_each_role_and_the_same_person_may_hold_two(s):
    actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["unge"])
    actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["teacher"])
    assert [role.participation for role in s.meeting.roles.filter(role=RoleKind.REFERENT)] == [s.members["teacher"]]


def test_M3_roles_are_set_by_tovholder_and_moedeleder_only(s):
    with pytest.raises(Refused, match="mødelederen"):
        actions.set_role(by=s.teacher, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["teacher"])
    actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.MOEDELEDER, participation=s.members["teacher"])
    actions.set_role(by=s.teacher, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["teacher"])


def test_M1_anyone_may_raise_a_point_and_the_family_too(s):
    point = actions.add_agenda_point(
        by=s.teacher, meeting=s.meeting, text="Skolevejen", raised_by_person=s.person("freja"), minutes=5
    )
    with pytest.raises(Refused):
        actions.remove_agenda_point(by=s.teacher, point=point)
    actions.move_agenda_point(by=s.tovholder, point=point, step=-1)
    assert [one.text for one in s.meeting.agenda.all()][-2] == "Skolevejen"
    mine = actions.add_agenda_point(by=s.teacher, meeting=s.meeting, text="Mit", raised_by=s.members["teacher"])
    actions.remove_agenda_point(by=s.teacher, point=mine)
    with pytest.raises(ValidationError, match="handler om"):
        actions.add_agenda_point(by=s.teacher, meeting=s.meeting, text="  ")


def test_M1_the_agenda_is_moved_by_plain_buttons(client, s):
    client.force_login(s.tovholder)
    second = s.meeting.agenda.all()[1]
    client.post(reverse("meetings:point_move", args=[second.pk]), {"step": "-1"})
    assert s.meeting.agenda.first() == second


def test_M10_attendance_by_one_tap(client, s):
    client.force_login(s.tavle)
    row = attendance_of(s, "freja")
    answer = client.post(
        reverse("meetings:presence", args=[s.meeting.pk]), {"attendance": row.pk, "presence": Presence.PARTLY}
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.presence == Presence.PARTLY
    client.force_login(s.teacher)
    answer = client.post(
        reverse("meetings:presence", args=[s.meeting.pk]), {"attendance": row.pk, "presence": Presence.ABSENT}
    )
    assert answer.status_code == 403


def test_F7_a_meeting_is_held_with_the_family_and_not_before_its_day(s):
    with pytest.raises(ValidationError, match="fra familien"):
        actions.hold(by=s.tovholder, meeting=s.meeting)
    seat(s, "unge", "job", "anna")
    with pytest.raises(ValidationError, match="fremtiden"):
        actions.hold(by=s.tovholder, meeting=s.meeting, on=timezone.localdate() + datetime.timedelta(days=1))
    held = actions.hold(by=s.tavle, meeting=s.meeting)
    assert held.state == MeetingState.HELD
    assert Meeting.objects.held_count(s.case.forloeb) == 1
    with pytest.raises(Refused, match="holdt"):
        actions.cancel_meeting(by=s.tovholder, meeting=held, reason="Sygdom")


def test_F7_a_held_meeting_without_a_next_is_a_warning_until_one_is_booked(client, s):
    seat(s, "unge", "anna")
    assert not Meeting.objects.without_next().exists()
    actions.hold(by=s.tovholder, meeting=s.meeting)
    assert [one.pk for one in Meeting.objects.without_next()] == [s.meeting.pk]
    client.force_login(s.tovholder)
    assert "Intet næste møde er aftalt" in client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    later = s.meeting.starts_at + datetime.timedelta(weeks=6)
    booked = actions.plan_meeting(
        by=s.tovholder,
        forloeb=s.case.forloeb,
        starts_at=later,
        ends_at=later + datetime.timedelta(hours=1),
        place="Skolen",
    )
    assert not Meeting.objects.without_next().exists()
    assert Meeting.objects.next_meeting(s.case.forloeb) == booked
    assert Meeting.objects.last_held(s.case.forloeb) == s.meeting


def test_M12_the_next_day_is_suggested_by_the_models_cadence(s):
    seat(s, "unge", "anna")
    held = actions.hold(by=s.tovholder, meeting=s.meeting)
    day = suggested_day(s.case.forloeb)
    assert day.weekday() < 5
    assert 0 <= (day - held.held_on).days - 42 <= 2


def test_F11_management_missing_is_a_warning_that_stops_nothing(s):
    area = s.members["teacher"].department.area.name
    assert checks(s)[f"Ledelsen fra {area} er ikke med"].is_warning
    seat(s, "unge", "anna", "teacher")
    s.members["teacher"].role = ParticipationRole.MANAGEMENT
    s.members["teacher"].save()
    assert checks(s)[f"Ledelsen fra {area}"].done
    actions.hold(by=s.tovholder, meeting=s.meeting)


def test_M4_the_next_step_asks_with_the_sheets_own_question(client):
    s = sitting(yes=("anna",), starts=datetime.timedelta(days=3))
    actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["teacher"])
    client.force_login(s.tovholder)
    page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    assert '<p class="ff-next">Gør mødet klar: Må det siges her?</p>' in page


def test_M4_the_checklist_names_what_is_missing():
    s = sitting(yes=("anna",))
    person = s.person("anna")
    person.interpreter = "arabisk"
    person.save()
    found = checks(s)
    assert found["Roller"].hint == "Mangler: referent."
    assert "Freja til" in found["Må det siges her?"].hint
    assert found["Tolk"].is_warning
    assert "arabisk" in found["Tolk"].hint


def test_M4_F10_F13_an_invitation_of_somebody_who_has_left_is_told(s):
    assert "Inviterede" not in checks(s)
    teacher = s.members["teacher"]
    cases.bar(by=s.tovholder, forloeb=s.case.forloeb, user=teacher.user, reason="nabo")
    assert checks(s)["Inviterede"].hint == f"{teacher.name} er ikke med i forløbet mere. Fjern invitationen."


def test_M4_C4_a_no_is_not_called_a_missing_consent(s):
    """Nobody is led to ask again: it is told as it is, and is no step on the way to the meeting."""
    for member in s.members.values():
        refuse(s, "freja", member)
    said = checks(s)["Må det siges her?"]
    assert said.hint == "Har sagt nej: Freja til alle. Det er frivilligt."
    assert (said.done, said.is_warning, said.url_name) == (False, True, "")


def test_M4_C4_a_no_a_withdrawal_and_what_is_missing_stand_apart():
    s = sitting(yes=("anna", "bo", "freja", "viggo"))
    school = s.members["teacher"]
    refuse(s, "freja", school)
    consent_actions.withdraw(
        by=s.tovholder, forloeb=s.case.forloeb, person=s.person("anna"), recipients=[key_of(school)]
    )
    said = checks(s)["Må det siges her?"]
    assert said.hint == (
        f"Samtykke mangler: Carl til alle. Har sagt nej: Freja til {school.home}. "
        f"Har tilbagekaldt samtykket: Anna til {school.home}."
    )
    assert said.url_name == "consent:matrix"


def test_M4_a_no_to_some_and_the_rest_not_asked_can_still_be_asked():
    s = sitting(yes=("anna", "bo", "carl", "viggo"))
    refuse(s, "freja", s.members["teacher"], "helbred")
    assert checks(s)["Må det siges her?"].hint == "Samtykke mangler: Freja til alle."


def test_M4_C5_whoever_is_not_told_names_reads_the_same_for_a_no_and_for_what_is_missing(s):
    def told(sitting):
        rows = list(Attendance.objects.filter(meeting=sitting.meeting).for_list())
        found = checklist(sitting.meeting, rows, load_basis(sitting.case.forloeb), tells_names=False)
        return next(check for check in found if check.text == "Må det siges her?")

    for member in s.members.values():
        refuse(s, "freja", member)
    assert told(s) == told(sitting(yes=("anna",)))


def test_F7_a_day_that_lies_ahead_is_said_to_and_a_planned_day_is_moved(s):
    ahead = timezone.localdate() + datetime.timedelta(days=40)
    seat(s, "unge", "anna")
    with pytest.raises(ValidationError, match="Datoen ligger i fremtiden") as refused:
        actions.hold(by=s.tovholder, meeting=s.meeting, on=ahead)
    assert set(refused.value.message_dict) == {"on"}
    assert "Flyt mødet" not in str(refused.value)
    later = sitting(starts=datetime.timedelta(days=40))
    with pytest.raises(ValidationError, match="Flyt mødet"):
        actions.hold(by=later.tovholder, meeting=later.meeting)


def test_change_and_cancel(client, s):
    with pytest.raises(Stale):
        actions.change_meeting(by=s.tovholder, meeting=s.meeting, row_version=99, place="Biblioteket")
    moved = actions.change_meeting(by=s.tovholder, meeting=s.meeting, place="Biblioteket")
    assert moved.place == "Biblioteket"
    with pytest.raises(ValidationError, match="hvorfor"):
        actions.cancel_meeting(by=s.tovholder, meeting=s.meeting, reason=" ")
    client.force_login(s.tovholder)
    assert client.post(reverse("meetings:cancel", args=[s.meeting.pk]), {"reason": "Sygdom"}).status_code == 302
    s.meeting.refresh_from_db()
    assert s.meeting.state == MeetingState.CANCELLED
    assert "Planlæg et nyt møde" in client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()


def test_F10_invisible_is_404_on_every_address(client, s):
    client.force_login(UserFactory())
    point = s.meeting.agenda.first()
    row = attendance_of(s, "freja")
    urls = [
        reverse(f"meetings:{name}", args=[s.meeting.pk])
        for name in ("page", "change", "cancel", "wall", "board", "smileys", "agenda_pdf", "smiley_thanks")
    ]
    urls += [reverse("meetings:point", args=[point.pk]), reverse("meetings:new", args=[s.case.forloeb.pk])]
    urls += [
        reverse("meetings:wall_state", args=[s.meeting.pk, "x"]),
        reverse("meetings:board_state", args=[s.meeting.pk, "x"]),
    ]
    from consent.actions import read_guidance
    from organisation.models import User

    read_guidance(by=User.objects.get(pk=client.session["_auth_user_id"]))
    assert {client.get(url).status_code for url in urls} == {404}
    posts = [
        reverse(f"meetings:{name}", args=[s.meeting.pk])
        for name in ("roles", "presence", "invite", "hold", "undo", "scaling")
    ]
    posts += [reverse("meetings:uninvite", args=[row.pk])]
    assert {client.post(url).status_code for url in posts} == {404}


def test_C5_a_participant_without_consent_sees_no_names_on_the_page_or_the_agenda(client):
    s = sitting(yes=("anna",))
    actions.add_agenda_point(by=s.tovholder, meeting=s.meeting, text="Viggo og børnehaven")
    client.force_login(s.teacher)
    page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    assert "Anna Bæk" in page
    assert "Viggo" not in page
    assert "Freja Bæk" not in page
    assert "4 personer er udeladt: samtykke mangler" in page
    assert "1 punkt er udeladt: samtykke mangler" in page


def test_C12_a_place_that_gives_a_protected_address_away_is_told_when_it_is_saved(client, s) -> None:
    """All who are invited read the place and the purpose; a CPR number is not taken there at all."""
    anna = s.case.people["anna"]
    anna.address, anna.protected_address, anna.protected_name = "Kanariehøj 17, 5800 Storebælt", True, "Anna Holmgård"
    anna.save()
    client.force_login(s.tovholder)
    url = reverse("meetings:new", args=[s.case.forloeb.pk])
    fields = {
        "day": "1.3.2027",
        "starts": "14.00",
        "ends": "15.00",
        "place": "Hos Anna, Kanariehøj 17",
        "purpose": "Fru Holmgård",
        "board_key": s.meeting.board_key,
    }
    page = client.post(url, fields, follow=True).content.decode()
    assert "»Kanariehøj 17« er adressen for Anna og er beskyttet." in page
    assert "»Holmgård« er det beskyttede navn for Anna" in page
    meeting = Meeting.objects.order_by("-number")[0]
    mended = {**fields, "place": "Rådhuset", "purpose": "", "row_version": meeting.row_version}
    page = client.post(reverse("meetings:change", args=[meeting.pk]), mended, follow=True).content.decode()
    assert "er beskyttet" not in page
    refused = client.post(url, {**fields, "purpose": "Om 740375-1234"})
    assert refused.status_code == 422
    assert "740375-1234" in refused.content.decode(), "what was typed is kept"


def frame(s, day, **more):
    """What the form of a new meeting posts."""
    return {
        "day": f"{day:%d.%m.%Y}", "starts": "14.00", "ends": "15.30", "place": "Rådhuset", "board_key": s.meeting.board_key,
        "participations": [str(one.pk) for one in s.members.values()], **more,
    }  # fmt: skip


def test_M1_a_meeting_before_its_forloeb_is_refused_and_a_day_that_is_gone_is_told(client, s):
    client.force_login(s.tovholder)
    url = reverse("meetings:new", args=[s.case.forloeb.pk])
    began = s.case.forloeb.start_checked_on
    answer = client.post(url, frame(s, began - datetime.timedelta(days=1)))
    assert answer.status_code == 422
    assert "Dagen ligger før forløbet, som begyndte" in answer.content.decode()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    assert yesterday >= began
    page = client.post(url, frame(s, yesterday), follow=True).content.decode()
    assert "Dagen er gået. Ret den under »Ret tid og sted«, hvis mødet ikke er holdt." in page
    with pytest.raises(ValidationError, match="før forløbet"):
        actions.change_meeting(
            by=s.tovholder,
            meeting=s.meeting,
            starts_at=s.meeting.starts_at - datetime.timedelta(days=4000),
            ends_at=s.meeting.ends_at,
        )


def test_C12_no_cpr_number_is_taken_as_a_meetings_language_or_the_reason_it_is_called_off(client, s):
    client.force_login(s.tovholder)
    url = reverse("meetings:new", args=[s.case.forloeb.pk])
    answer = client.post(url, frame(s, timezone.localdate(), interpreter="til 010190-1234"))
    assert "Der står et CPR-nummer i teksten" in answer.content.decode()
    answer = client.post(reverse("meetings:cancel", args=[s.meeting.pk]), {"reason": "010190-1234 er syg"})
    assert "Der står et CPR-nummer i teksten" in answer.content.decode()


def test_M10_when_the_time_is_over_the_next_step_is_to_close_the_meeting_and_who_is_not_registered_is_told(client):
    s = sitting(starts=datetime.timedelta(hours=-3))
    url = reverse("meetings:page", args=[s.meeting.pk])
    client.force_login(s.tovholder)
    act = client.get(url).context["act"]
    assert (act.text, act.url) == ("Afslut mødet", "#holdt")
    for name in ("anna", "job"):
        row = attendance_of(s, name)
        actions.set_presence(
            by=s.tovholder,
            meeting=s.meeting,
            person=row.person,
            participation=row.participation,
            presence=Presence.PRESENT,
        )
    left = s.meeting.attendance.filter(presence=Presence.INVITED).count()
    assert "er ikke registreret. Var de med?" not in client.get(url).content.decode()
    actions.hold(by=s.tovholder, meeting=s.meeting)
    assert f"{left} er ikke registreret. Var de med?" in client.get(url).content.decode()


def test_M1_a_moved_point_is_where_the_tab_key_goes_on(client, s):
    client.force_login(s.tovholder)
    point = s.meeting.agenda.first()
    answer = client.post(reverse("meetings:point_move", args=[point.pk]), {"step": "1"})
    assert answer["Location"] == f"{reverse('meetings:page', args=[s.meeting.pk])}#punkt-{point.pk}"
    assert f'id="punkt-{point.pk}"' in client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
