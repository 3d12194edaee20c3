"""M4: »Må det siges her?« says for everybody invited what may not be said about whom, and follows who comes and goes."""

import io
import re

import pikepdf
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.access import standing_of
from cases.models import Participation
from consent.actions import read_guidance
from documents import pdf
from meetings import actions, may_it_be_said
from meetings.models import Attendance, Presence
from tests.consent.factories import START, consented
from tests.meetings.factories import Sitting, refuse, seat, sitting
from tests.organisation.factories import EmploymentFactory

pytestmark = pytest.mark.django_db
TOPICS = ("helbred", "beskaeftigelse", "oekonomi", "skole", "social", "misbrug", "familie", "fritid")


def sheet(s: Sitting, user: object = None) -> may_it_be_said.Sheet:
    return may_it_be_said.sheet(s.meeting, standing_of(user or s.tovholder, s.case.forloeb))  # type: ignore[arg-type]


def said(s: Sitting, person: str, to: str, user: object = None) -> list[str]:
    row = next(row for row in sheet(s, user).rows if row.member.name == person)
    cell = next(cell for cell in row.cells if cell.listener.name.startswith(to))
    return [f"{one.word}: {one.topics}" for one in cell.missing]


def now(s: Sitting) -> may_it_be_said.Now:
    return may_it_be_said.now(s.meeting, standing_of(s.tavle, s.case.forloeb))  # type: ignore[arg-type]


def test_M4_each_reason_is_a_word_with_its_topics() -> None:
    s = sitting(yes=("anna", "bo", "carl"))
    assert said(s, "Anna", "Skole") == []
    refuse(s, "anna", s.members["teacher"], "misbrug", "oekonomi")
    (told,) = said(s, "Anna", "Skole")
    assert told.startswith("Nej: ")
    assert "misbrug" in told
    assert said(s, "Viggo", "Skole") == ["Ikke spurgt: alle emner"]
    assert said(s, "Viggo", "Anna") == []  # custody of a child of four
    assert said(s, "Viggo", "Bo") == ["Ikke spurgt: alle emner"]
    assert said(s, "Anna", "Anna") == []


def test_M4_most_topics_are_said_by_those_that_are_left() -> None:
    s = sitting(yes=())
    job = s.members["job"]
    consented(s.case.forloeb, s.person("anna"), [job], ["skole", "fritid"])
    assert said(s, "Anna", job.home) == ["Ikke spurgt: alt undtagen skole og fritid"]
    refuse(s, "anna", job, "misbrug")
    told = said(s, "Anna", job.home)
    assert "Nej: misbrug" in told
    assert "undtagen" not in str(told), "with two reasons, the rest of one is not what may be said"


def test_M4_the_line_names_those_who_may_hear_nothing_before_those_who_lack_a_little() -> None:
    s = sitting(yes=("anna", "bo", "carl"))
    row = lambda name: next(row for row in sheet(s).rows if row.member.name == name)  # noqa: E731
    refuse(s, "anna", s.members["teacher"], "misbrug")
    assert (row("Anna").together, row("Anna").because) == ("misbrug", s.members["teacher"].home)
    assert row("Viggo").together == "alle emner"
    refuse(s, "anna", s.members["job"], *TOPICS)
    assert (row("Anna").together, row("Anna").because) == ("alle emner", s.members["job"].home)


def test_M4_a_young_person_who_has_not_signed_is_named_so() -> None:
    s = sitting(yes=("anna",))
    consented(s.case.forloeb, s.case.people["freja"], [s.members["teacher"]], signed=False)
    assert said(s, "Freja", "Skole") == ["15+ ikke underskrevet: alle emner"]


def kinds(s: Sitting, person: str, to: str, user: object = None) -> list[str]:
    row = next(row for row in sheet(s, user).rows if row.member.name == person)
    return [one.kind for cell in row.cells if cell.listener.name.startswith(to) for one in cell.missing]


def test_M4_a_no_is_grey_and_what_can_still_be_got_is_red() -> None:
    s = sitting(yes=("anna",))
    refuse(s, "anna", s.members["teacher"], "misbrug")
    assert kinds(s, "Anna", "Skole") == ["none"]
    assert kinds(s, "Viggo", "Skole") == ["late"]


def test_M4_who_is_not_told_why_sees_one_neutral_colour(client: Client) -> None:
    """A colour would tell a no from a consent that nobody has asked for."""
    s = sitting(yes=("anna",))
    refuse(s, "anna", s.members["teacher"], "misbrug")
    assert kinds(s, "Anna", "Skole", s.tavle) == ["none"]
    read_guidance(by=s.tavle)
    client.force_login(s.tavle)
    page = client.get(reverse("meetings:may_it_be_said", args=[s.meeting.pk])).content.decode()
    assert "Må ikke siges" in page
    assert "is-late" not in page
    assert "Rødt" not in page


def test_M4_C6_who_may_not_know_of_a_person_gets_a_count_and_no_reasons() -> None:
    s = sitting(yes=("anna",))
    refuse(s, "anna", s.members["psyk"], "helbred")
    assert said(s, "Anna", "Psykiatrien")[0].startswith("Nej")
    theirs = sheet(s, s.teacher)
    assert [row.member.name for row in theirs.rows] == ["Anna"]
    assert theirs.left_out == 4
    assert said(s, "Anna", "Psykiatrien", s.teacher)[0].startswith("Må ikke siges: ")


def test_M4_children_are_no_recipients(s) -> None:
    assert not {"Freja", "Viggo"} & {one.name for one in sheet(s).listeners}


@pytest.mark.real_papers
def test_M4_the_sheet_is_one_page_and_the_page_says_it_first_in_words(client) -> None:
    s = sitting(yes=("anna", "carl", "freja"))
    refuse(s, "anna", s.members["psyk"], "helbred")
    client.force_login(s.tovholder)
    page = client.get(reverse("meetings:may_it_be_said", args=[s.meeting.pk])).content.decode()
    assert "Må ikke siges:" in page
    assert "Ikke spurgt" in page
    paper = client.get(reverse("meetings:said_pdf", args=[s.meeting.pk]))
    assert paper["Content-Type"] == "application/pdf"
    found = sheet(s)
    text = pdf.words(
        "meetings/print_may_it_be_said.html", {"meeting": s.meeting, "sheet": found}, title=may_it_be_said.TITLE
    )
    assert "✕ Ikke spurgt:" in text
    assert len(pikepdf.open(io.BytesIO(paper.content)).pages) == 1


def test_F5_the_meetings_contact_list_has_the_tovholder_also_when_not_invited(client, s, monkeypatch) -> None:
    lead = s.case.forloeb.participations.get(role="tovholder")
    Attendance.objects.filter(meeting=s.meeting, participation=lead).delete()
    made = []
    monkeypatch.setattr(
        "meetings.views.may_it_be_said.hand_out",
        lambda request, forloeb, found, *rest, **more: made.append(found) or HttpResponse(),
    )
    client.force_login(s.tavle)
    own = s.members["job"].recipient.replace(":", "-", 1)
    client.get(reverse("meetings:contacts_pdf", args=[s.meeting.pk, own]))
    assert s.tovholder.name in [line.name for line in made[0].staff]


def test_M4_it_is_for_the_staff_of_the_forloeb_who_have_read_the_guidance(client, s) -> None:
    outside = EmploymentFactory().user
    read_guidance(by=outside)
    for name in ("may_it_be_said", "said_pdf"):
        client.force_login(outside)
        assert client.get(reverse(f"meetings:{name}", args=[s.meeting.pk])).status_code == 404
        client.force_login(s.teacher)
        assert client.get(reverse(f"meetings:{name}", args=[s.meeting.pk])).status_code == 200


def test_M4_beside_the_board_it_follows_who_comes_and_goes(client) -> None:
    s = sitting(yes=("anna", "bo", "carl", "freja", "viggo"))
    refuse(s, "anna", s.members["psyk"], "helbred")
    seat(s, "unge", "job", "anna")
    assert not now(s).lines
    client.force_login(s.tavle)
    board = client.get(reverse("meetings:board", args=[s.meeting.pk])).content.decode()
    assert "Alt må siges til dem, der er her." in board
    assert "Registrér fremmøde" not in board
    url = reverse("meetings:said_state", args=[s.meeting.pk, now(s).stamp])
    assert client.get(url, headers={"X-FF-Poll": "1"}).status_code == 204
    actions.set_presence(by=s.tovholder, meeting=s.meeting, participation=s.members["psyk"], presence=Presence.PRESENT)
    late = client.get(url, headers={"X-FF-Poll": "1", "HX-Request": "true"})
    assert late.status_code == 200
    text = late.content.decode()
    assert "Må ikke siges nu" in text
    assert "Anna" in text
    assert "helbred" in text
    assert "Signe Holm" in text
    client.force_login(s.teacher)
    assert client.get(url).status_code == 403
    actions.hold(by=s.tovholder, meeting=s.meeting)
    client.force_login(s.tavle)
    assert client.get(url).status_code == 286


def test_M10_what_stands_of_who_is_not_registered_follows_with_the_rest(client, s) -> None:
    """One count, in the part of the page that is fetched anew; a second one beside it stood still and was wrong."""
    actions.set_presence(by=s.tovholder, meeting=s.meeting, person=s.person("anna"), presence=Presence.PRESENT)
    client.force_login(s.tavle)
    board = client.get(reverse("meetings:board", args=[s.meeting.pk])).content.decode()
    waiting = now(s).waiting
    assert waiting > 1
    assert board.count("Registrér fremmøde") == 1
    seat(s, "unge", "job", "anna")
    url = reverse("meetings:said_state", args=[s.meeting.pk, "x"])
    later = client.get(url, headers={"X-FF-Poll": "1", "HX-Request": "true"}).content.decode()
    assert f"{waiting} er ikke registreret." in board
    assert "ikke registreret" not in later
    assert "Registrér fremmøde" not in later
    page = board[: board.index('id="said"')] + board[board.index("</section>", board.index('id="said"')) :]
    assert "ikke registreret" not in page


def test_M10_of_two_from_one_department_only_the_one_who_came_is_named_as_present(s) -> None:
    seat(s, "teacher", "anna")
    home = s.members["teacher"].department
    leader = EmploymentFactory(department=home, leader=True).user
    second = Participation.objects.create(forloeb=s.case.forloeb, user=leader, department=home, from_date=START)
    Attendance.objects.create(meeting=s.meeting, participation=second, presence=Presence.ABSENT_NOTIFIED)
    assert now(s).here == ["Anna", s.teacher.name]


def test_M10_a_child_at_the_table_is_named_as_present_to_who_may_know_of_it(s) -> None:
    seat(s, "anna", "viggo", "job")
    assert set(now(s).here) == {"Anna", "Viggo", s.tavle.name}
    quiet = sitting(yes=("anna",))
    seat(quiet, "anna", "viggo", "job")
    assert "Viggo" not in now(quiet).here


def test_M4_C5_beside_the_board_nobody_is_named_as_present_whom_the_reader_may_not_know_of(client) -> None:
    """Bo sits there and has said yes to nobody: the one at the board is told of an adult, the tovholder of Bo."""
    s = sitting(yes=("anna",))
    seat(s, "job", "anna", "bo")
    assert set(now(s).here) == {"Anna", may_it_be_said.UNKNOWN, s.tavle.name}
    client.force_login(s.tavle)
    board = client.get(reverse("meetings:board", args=[s.meeting.pk])).content.decode()
    assert not re.search(r"\bBo\b", board.split('id="said"')[1].split("</section>")[0])
    assert "Bo" in may_it_be_said.now(s.meeting, standing_of(s.tovholder, s.case.forloeb)).here  # type: ignore[arg-type]


def test_M4_the_number_of_queries_does_not_grow_with_the_family(django_assert_max_num_queries, s) -> None:
    standing = standing_of(s.tovholder, s.case.forloeb)
    with django_assert_max_num_queries(10):
        may_it_be_said.sheet(s.meeting, standing)  # type: ignore[arg-type]
