"""Dagsorden and Tavlen for a young child: a custody holder reads what the child brings home (C5, C12, M8)."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.access import Standing
from cases.models import Household, Residence
from consent.models import Topic
from meetings import actions, pdf
from meetings.board import board_for, reader_of_attendance
from meetings.readers import reader_of
from tests.consent.factories import START
from tests.meetings.factories import attendance_of, note, refuse, seat, sitting

pytestmark = pytest.mark.django_db


def on_the_board(s, name):
    """The words on the child's own Tavlen, made by the tovholder."""
    written = board_for(s.meeting, reader_of_attendance(attendance_of(s, name)), reader_of(s.members["unge"]))
    return {line.note.text for column in written.columns for line in column.lines}


def agenda_of(s, name):
    """The points on the child's own Dagsorden."""
    made_by = Standing(s.members["unge"])
    paper = pdf.AgendaPaper(s.meeting, pdf.Addressee.of(attendance_of(s, name)), made_by)
    return {line.point.text for line in paper.agenda.lines}


def point(s, text, **more):
    names = {name: [s.person(one) for one in more.pop(name)] for name in ("about", "kept_from") if name in more}
    topic = Topic.objects.get(key=more.pop("topic"))
    return actions.add_agenda_point(by=s.tovholder, meeting=s.meeting, text=text, topic=topic, **names, **more)


def test_M8_what_is_kept_from_far_is_not_on_the_paper_his_child_brings_home():
    s = sitting()
    note(s, "Viggo sover bedst hos mor", about=["viggo"], kept_from=["carl"], topic="familie")
    note(s, "Viggo er glad for at tegne", about=["viggo"], topic="fritid")
    point(s, "Viggos nætter", about=["viggo"], kept_from=["carl"], topic="familie")
    point(s, "Viggos tegninger", about=["viggo"], topic="fritid")
    seat(s, "unge", "job", "anna", "carl", "viggo")
    assert on_the_board(s, "viggo") == {"Viggo er glad for at tegne"}
    assert "Viggos tegninger" in agenda_of(s, "viggo")
    assert "Viggos nætter" not in agenda_of(s, "viggo")


def test_C5_what_mor_has_said_no_to_does_not_reach_far_by_the_child_who_was_in_the_room():
    """Viggo heard it at the meeting, where Carl was not: it is no more Carl's for that."""
    s = sitting()
    refuse(s, "anna", s.person("carl"), "oekonomi")
    note(s, "Anna har gæld", about=["anna"], topic="oekonomi")
    seat(s, "unge", "job", "anna", "viggo")
    assert on_the_board(s, "anna") == {"Anna har gæld"}
    assert on_the_board(s, "viggo") == set()


def test_C5_where_both_holders_may_have_it_the_child_has_it_too():
    s = sitting()
    note(s, "Anna har et nyt job", about=["anna"], topic="beskaeftigelse")
    seat(s, "unge", "job", "anna", "carl", "viggo")
    assert on_the_board(s, "viggo") == {"Anna har et nyt job"}


def test_C1_who_signs_for_themselves_has_a_paper_of_their_own():
    """Freja is 15: what is kept from her father stands on her paper, which is hers."""
    s = sitting()
    note(s, "Freja vil bo hos mor", about=["freja"], kept_from=["bo"], topic="familie")
    seat(s, "unge", "job", "anna", "freja")
    assert on_the_board(s, "freja") == {"Freja vil bo hos mor"}
    young = s.person("freja")
    young.birth_date = timezone.localdate() - datetime.timedelta(days=12 * 366)
    young.save()
    assert on_the_board(s, "freja") == set()


@pytest.mark.parametrize("paper", ["agenda_for_pdf", "board_pdf"])
def test_C12_a_clue_on_the_childs_paper_is_asked_about_when_the_other_parent_holds_it(client, paper):
    """Viggo lives with Anna, whose address is protected; Carl, who has custody too, must not get it by Viggo's paper."""
    s = sitting()
    home = Household.objects.create(family=s.case.forloeb.family, label="Hos mor")
    for name in ("anna", "viggo"):
        Residence.objects.create(household=home, person=s.person(name), from_date=START)
    anna = s.person("anna")
    anna.address, anna.protected_address = "Kanariehøj 17, 5800 Storebælt", True
    anna.save()
    point(s, "Hvem henter på Kanariehøj 17?", about=["viggo"], topic="familie")
    note(s, "Viggo hentes på Kanariehøj 17", about=["viggo"], topic="familie")
    seat(s, "unge", "job", "anna", "carl", "viggo")
    client.force_login(s.tavle)
    answer = client.get(reverse(f"meetings:{paper}", args=[s.meeting.pk, attendance_of(s, "viggo").pk]))
    assert "er ikke lavet endnu" in answer.content.decode(errors="replace")


def test_C5_a_young_childs_paper_names_nobody_that_a_custody_holder_may_not_know_of():
    s = sitting()

    def named():
        made_by = Standing(s.members["unge"])
        return {
            one.first_name
            for one in pdf.AgendaPaper(s.meeting, pdf.Addressee.of(attendance_of(s, "viggo")), made_by).family
        }

    refuse(s, "bo", s.person("viggo"), answer="yes")
    assert "Bo" in named()
    refuse(s, "bo", s.person("carl"))
    assert "Bo" not in named()
    assert "Viggo" in named()
