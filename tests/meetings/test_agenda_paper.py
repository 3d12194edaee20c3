"""Dagsorden on paper: one for each who is invited, by their rights and no more than its maker's (C5, C6, C12, M8)."""

import io
import re

import pikepdf
import pytest
from django.urls import reverse

from audit.models import AccessLog, Event
from cases import actions as cases
from cases.models import Person
from consent import actions as consent_actions
from meetings import actions
from meetings.models import RoleKind
from tests.consent.factories import consented
from tests.meetings.factories import attendance_of, refuse, sitting

pytestmark = pytest.mark.django_db


def paper(client, s, user, name=""):
    """The answer for somebody's paper; without a name for one's own."""
    client.force_login(user)
    if not name:
        return client.get(reverse("meetings:agenda_pdf", args=[s.meeting.pk]))
    return client.get(address(s, name))


def address(s, name):
    return reverse("meetings:agenda_for_pdf", args=[s.meeting.pk, attendance_of(s, name).pk])


def words(answer):
    assert answer["Content-Type"] == "application/pdf"
    return re.sub(r"<[^>]*>", " ", answer.content.decode().partition("<body")[2])


def point(s, text, **more):
    return actions.add_agenda_point(by=s.tovholder, meeting=s.meeting, text=text, **more)


@pytest.mark.real_papers
def test_the_agenda_is_a_pdf_with_the_documents_name(client, s):
    answer = paper(client, s, s.teacher)
    assert answer["Content-Type"] == "application/pdf"
    assert "Dagsorden" in answer["Content-Disposition"] or "utf-8''" in answer["Content-Disposition"]
    assert pikepdf.open(io.BytesIO(answer.content)).pages


@pytest.mark.real_papers
def test_the_agenda_of_a_meeting_with_a_purpose_a_pre_meeting_and_all_roles_is_one_page(client, s):
    for role in RoleKind:
        actions.set_role(by=s.tovholder, meeting=s.meeting, role=role, participation=s.members["job"])
    actions.change_meeting(
        by=s.tovholder,
        meeting=s.meeting,
        purpose="Én vej for Freja og Viggo",
        pre_meeting_at=s.meeting.pre_meeting_at,
        interpreter="tyrkisk",
    )
    refuse(s, "carl", s.members["teacher"])
    answer = paper(client, s, s.tovholder)
    assert len(pikepdf.open(io.BytesIO(answer.content)).pages) == 1


class TestEachTheirOwn:
    def test_C5_C6_a_family_member_gets_what_they_may_have_and_no_hint_of_the_rest(self, client, s):
        refuse(s, "anna", s.person("bo"), "oekonomi")
        refuse(s, "carl", s.person("bo"))
        point(s, "Annas gæld")
        point(s, "Frejas skolevej", raised_by_person=s.person("freja"))
        actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Annas gæld skal ned")
        his = words(paper(client, s, s.tovholder, "bo"))
        assert "Frejas skolevej" in his
        assert "Velkommen og runde" in his
        assert "Til Bo Aagaard" in his
        for hidden in ("gæld", "Carl", "udeladt", "samtykke"):
            assert hidden not in his, hidden
        assert "gæld" in words(paper(client, s, s.tovholder, "anna"))

    def test_F10_F13_nobody_is_told_to_meet_a_colleague_who_has_left(self, client, s):
        teacher = s.members["teacher"]
        assert teacher.name in words(paper(client, s, s.tovholder, "anna"))
        cases.bar(by=s.tovholder, forloeb=s.case.forloeb, user=teacher.user, reason="nabo")
        hers, own = words(paper(client, s, s.tovholder, "anna")), words(paper(client, s, s.tovholder))
        assert teacher.name not in hers
        assert teacher.name not in own
        assert "udeladt" not in own, "no consent is missing for that"

    def test_C6_an_employee_is_told_that_something_is_left_out(self, client, s):
        refuse(s, "anna", s.members["teacher"], "oekonomi")
        point(s, "Annas gæld")
        theirs = words(paper(client, s, s.tovholder, "teacher"))
        assert "gæld" not in theirs
        assert "Noget er udeladt: samtykke mangler." in theirs

    def test_C5_whom_the_reader_may_not_know_of_is_not_named(self, client):
        s = sitting(yes=("anna",))
        own = words(paper(client, s, s.teacher))
        assert "Anna Bæk" in own
        for name in ("Viggo", "Carl", "Bo Aagaard"):
            assert name not in own
        hers = words(paper(client, s, s.tovholder, "anna"))
        assert "Viggo" in hers, "her own young child"
        assert "Carl" not in hers

    def test_C5_the_familys_name_names_nobody_whom_the_reader_may_not_know_of(self, client):
        """»Frejas familie« tells of Freja: to who may know of her only."""
        s = sitting(yes=("anna",))
        hers = words(paper(client, s, s.tovholder, "carl"))
        assert "Freja" not in hers
        assert "med familien" in hers
        assert "med Frejas familie" not in words(paper(client, s, s.teacher))
        assert "med Frejas familie" in words(paper(client, s, s.tovholder, "freja"))

    def test_C5_who_makes_anothers_paper_gets_no_more_than_their_own(self, client, s):
        point(s, "Annas gæld")
        actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Annas gæld skal ned")
        refuse(s, "anna", s.members["job"])
        for name in ("bo", "teacher"):
            made = words(paper(client, s, s.tavle, name))
            assert "gæld" not in made
            assert "Anna" not in made
            assert "gæld" in words(paper(client, s, s.tovholder, name))

    def test_C5_the_tovholder_hands_on_their_own_purpose_until_a_no_closes_it(self, client, s):
        """A no always wins, over what one's own department wrote too."""
        actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Annas gæld skal ned")
        assert "gæld" in words(paper(client, s, s.tovholder, "anna"))
        refuse(s, "anna", s.members["unge"], "oekonomi")
        assert "gæld" not in words(paper(client, s, s.tovholder, "anna"))

    def test_M8_what_a_child_kept_from_a_parent_is_not_in_the_parents_paper(self, client, s):
        point(s, "Viggo vil bo et andet sted", raised_by_person=s.person("viggo"), kept_from=[s.person("carl")])
        assert "Viggo vil bo" not in words(paper(client, s, s.tovholder, "carl"))
        assert "Viggo vil bo" in words(paper(client, s, s.tovholder, "anna"))

    def test_M3_the_formoede_stands_on_the_employees_paper_only(self, client, s):
        assert "Formøde" in words(paper(client, s, s.teacher))
        for name in ("anna", "psyk"):
            assert "Formøde" not in words(paper(client, s, s.tovholder, name))

    def test_C13_the_log_is_told_about_those_in_the_paper(self, client):
        s = sitting(yes=("anna",))
        consented(s.case.forloeb, s.person("freja"), [s.members["teacher"]], ["skole"])
        words(paper(client, s, s.teacher))
        row = AccessLog.objects.filter(kind="meetings:agenda_pdf").get()
        told = {one.subject for one in row.subject_rows.all()}
        assert told == {s.person("anna").pk, s.person("freja").pk}


def test_C5_only_who_has_a_role_makes_another_ones_paper(client, s):
    assert paper(client, s, s.teacher, "anna").status_code == 403
    assert paper(client, s, s.teacher, "teacher").status_code == 200
    assert paper(client, s, s.tavle, "anna").status_code == 200


def test_C5_an_invitation_to_somebody_the_maker_may_not_know_of_is_not_found(client):
    s = sitting(yes=("anna",))
    assert paper(client, s, s.tavle, "carl").status_code == 404
    assert paper(client, s, s.tovholder, "carl").status_code == 200


def test_C5_the_page_offers_each_paper_to_who_may_make_it(client, s):
    client.force_login(s.tavle)
    page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    assert address(s, "anna") in page
    client.force_login(s.teacher)
    page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
    assert address(s, "anna") not in page
    assert reverse("meetings:agenda_pdf", args=[s.meeting.pk]) in page


# --- clues to a protected address ----------------------------------------------------------------------------------------------
@pytest.fixture
def protected():
    """Anna's address is protected from Bo."""
    s = sitting()
    anna = s.person("anna")
    anna.address, anna.protected_address = "Kanariehøj 17, 5800 Storebælt", True
    anna.save()
    return s


def add_word(s, word, kind="institution"):
    given = {"forloeb": s.case.forloeb, "person": s.person("anna")}
    return consent_actions.add_clue(by=s.tovholder, kind=kind, word=word, **given)


def _place(s):
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, place="Kanariehøj 17")


def _purpose(s):
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Hvem henter på Kanariehøj?")


def _point(s):
    point(s, "Freja hentes på Kanariehøj", raised_by_person=s.person("freja"))


def _department(s):
    add_word(s, s.members["teacher"].department.name)


def _role(s):
    actions.set_role(by=s.tovholder, meeting=s.meeting, role=RoleKind.REFERENT, participation=s.members["teacher"])
    add_word(s, s.teacher.name, "other")


@pytest.mark.parametrize("tells", [_place, _purpose, _point, _department, _role])
def test_C12_a_clue_anywhere_in_the_other_parents_agenda_is_named_before_it_is_made(client, protected, tells):
    tells(protected)
    answer = paper(client, protected, protected.tovholder, "bo")
    page = answer.content.decode()
    assert "text/html" in answer["Content-Type"]
    assert "Dagsorden er ikke lavet endnu" in page
    assert "Det ville komme til Bo Aagaard." in page
    assert client.post(address(protected, "bo"), {"spor": "0" * 16}).status_code == 422
    made = client.post(address(protected, "bo"), {"spor": answer.context["confirmed"]})
    assert made["Content-Type"] == "application/pdf"
    assert Event.objects.filter(kind="paper.clues_confirmed").count() == 1


def test_C12_the_warning_says_into_whose_hands_a_young_childs_paper_may_come(client, protected):
    """Freja lives with Anna and knows the place; Bo, who has custody too, does not."""
    freja = protected.person("freja")
    freja.birth_date = freja.birth_date.replace(year=freja.birth_date.year + 5)
    freja.save()
    _place(protected)
    page = paper(client, protected, protected.tovholder, "freja").content.decode()
    assert "Det ville komme til Freja Bæk Aagaard eller en, der har forældremyndigheden." in page


def test_C12_nobody_is_protected_from_oneself_nor_from_a_department(client, protected):
    _place(protected)
    assert paper(client, protected, protected.tovholder, "anna")["Content-Type"] == "application/pdf"
    assert paper(client, protected, protected.tovholder, "teacher")["Content-Type"] == "application/pdf"
    assert paper(client, protected, protected.tovholder)["Content-Type"] == "application/pdf"
    assert "text/html" in paper(client, protected, protected.tovholder, "psyk")["Content-Type"], "an external party"


@pytest.mark.parametrize("route", ["agenda_for_pdf", "board_pdf"])
def test_C5_C12_a_maker_who_may_not_know_of_the_protected_is_not_told_whose_clue_it_is(client, route):
    s = sitting(yes=("bo", "freja"))
    anna = s.person("anna")
    anna.address, anna.protected_address = "Kanariehøj 17, 5800 Storebælt", True
    anna.save()
    _place(s)
    given = {"about": [s.person("bo")], "said_by": s.person("bo")}
    actions.add_note(by=s.tavle, meeting=s.meeting, column="fungerer", text="Jeg henter på Kanariehøj 17", **given)
    client.force_login(s.tavle)
    page = client.get(reverse(f"meetings:{route}", args=[s.meeting.pk, attendance_of(s, "bo").pk])).content.decode()
    assert "er ikke lavet endnu" in page
    for hidden in ("Anna", "Kanariehøj"):
        assert hidden not in page, hidden
    assert Person.objects.filter(first_name="Anna").exists()
