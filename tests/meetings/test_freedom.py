"""The method never stands in the way of a meeting (M5), and the mødeleder steers it (M7)."""

import pytest

from meetings import actions
from meetings.models import Meeting, MeetingState
from tests.meetings.factories import seat
from web.errors import Refused

pytestmark = pytest.mark.django_db


def test_M5_a_meeting_is_held_without_agenda_board_scaling_or_smileys(s) -> None:
    """Every step can be skipped: one of the family was there, and that is enough."""
    for point in list(s.meeting.agenda.all()):
        actions.remove_agenda_point(by=s.tovholder, point=point, row_version=point.row_version)
    seat(s, "anna")
    actions.hold(by=s.tovholder, meeting=s.meeting)
    assert Meeting.objects.get(pk=s.meeting.pk).state == MeetingState.HELD
    assert not s.meeting.notes.exists()
    assert not s.meeting.scaling.exists()


def test_M7_the_moedeleder_steers_roles_and_agenda_and_a_teacher_does_not(s) -> None:
    moedeleder = s.members["unge"].user
    actions.add_agenda_point(by=moedeleder, meeting=s.meeting, text="Hvad aftalte vi sidst?")
    actions.set_role(by=moedeleder, meeting=s.meeting, role="referent", participation=s.members["job"])
    with pytest.raises(Refused):
        actions.set_role(by=s.teacher, meeting=s.meeting, role="referent", participation=s.members["teacher"])
