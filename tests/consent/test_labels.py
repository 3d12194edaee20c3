"""C5: what an external is called is free text; it is shown to those who may have what it tells, in every place."""

from copy import deepcopy

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions as cases
from consent import actions, contact_list
from consent.basis import load_basis
from consent.labels import Labels
from consent.models import Exchange
from consent.sharing import Reader
from documents import pdf as print_pdf
from meetings import actions as meetings
from meetings import pdf
from meetings.models import Attendance
from tests.consent.factories import consented
from tests.meetings.factories import Sitting, refuse, sitting

pytestmark = pytest.mark.django_db
CALLED = "Annas misbrugskonsulent"


def called(s: Sitting, name: str) -> None:
    s.members["psyk"].external_name = name
    s.members["psyk"].save()


@pytest.fixture(scope="module")
def lasting_sitting(lasting: None) -> Sitting:
    made = sitting(yes=("freja",))
    called(made, CALLED)
    return made


@pytest.fixture
def s(db: None, lasting_sitting: Sitting) -> Sitting:
    return deepcopy(lasting_sitting)


def may(s: Sitting, name: str, member: str = "teacher") -> bool:
    return Labels([Reader(s.members[member].recipient)], load_basis(s.case.forloeb)).may_have_name(name)


def test_C5_a_name_that_names_somebody_needs_that_they_may_be_known_of_and_what_it_tells_of_them(s: Sitting) -> None:
    assert not may(s, CALLED)
    consented(s.case.forloeb, s.person("anna"), [s.members["teacher"]], ["skole"])
    assert not may(s, CALLED), "that she is known is no leave to know of that"
    assert may(s, "Annas vejleder")
    consented(s.case.forloeb, s.person("anna"), [s.members["teacher"]], ["misbrug"])
    assert may(s, CALLED)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Signe Holm", True),
        ("Anna Holm", True),  # a colleague of the same first name
        ("Bo Madsen", True),
        ("Anna Bæk", False),  # the mother herself
        ("Annas Konsulent", False),
        ("Anna Mors Konsulent", False),
        ("anna holm", False),  # could be anything: the safe side
        ("Anna", False),
        ("Mors konsulent", False),
        ("Misbrugskonsulent", True),  # of nobody
        ("Freja Bæks psykolog", False),  # she is known, but not that
    ],
)
def test_C5_a_colleague_who_is_called_the_same_is_not_the_familys(s: Sitting, name: str, shown: bool) -> None:
    refuse(s, "freja", s.members["teacher"], "helbred")
    assert may(s, name) is shown


def pages(s: Sitting) -> list[str]:
    """Every page that tells who takes part."""
    forloeb, meeting = s.case.forloeb.pk, s.meeting.pk
    point = meetings.add_agenda_point(by=s.tovholder, meeting=s.meeting, text="Skolevejen", raised_by=s.members["psyk"])
    point.about.clear()
    cases.log_escalation(
        by=s.teacher, forloeb=s.case.forloeb, what="Hvem ringer?", involved=[s.members["teacher"], s.members["psyk"]]
    )
    actions.log_exchange(
        by=s.teacher, forloeb=s.case.forloeb, what="Freja spiller fodbold", with_participation=s.members["psyk"]
    )
    one = Exchange.objects.get()
    return [
        reverse("cases:participants", args=[forloeb]),
        reverse("desk:forloeb", args=[forloeb]),
        reverse("cases:escalations", args=[forloeb]),
        reverse("consent:exchanges", args=[forloeb]),
        reverse("consent:told", args=[one.pk]),
        reverse("meetings:page", args=[meeting]),
        reverse("meetings:may_it_be_said", args=[meeting]),
    ]


def read(s: Sitting, user: object, urls: list[str]) -> dict[str, bool]:
    client = Client()
    client.force_login(user)
    found = {}
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert s.members["psyk"].home in text, f"{url} does not show who takes part"
        found[url] = CALLED in text
    return found


def test_C5_every_page_names_an_external_to_those_who_may_have_the_name(s: Sitting) -> None:
    urls = pages(s)
    assert set(read(s, s.teacher, urls).values()) == {False}
    assert set(read(s, s.tovholder, urls).values()) == {True}
    consented(s.case.forloeb, s.person("anna"), [s.members["teacher"]], ["misbrug", "familie"])
    assert set(read(s, s.teacher, urls).values()) == {True}


def test_C5_a_leader_who_takes_no_part_is_told_of_nobody_by_an_externals_name(s: Sitting, client: Client) -> None:
    pages(s)
    employment = s.teacher.employments.get()
    employment.is_leader = True
    employment.save()
    client.force_login(s.teacher)
    page = client.get(reverse("cases:escalations_led")).content.decode()
    assert s.members["psyk"].home in page
    assert CALLED not in page


def test_C5_the_papers_name_an_external_to_whom_and_by_whom_they_may_have_the_name(s: Sitting) -> None:
    pages(s)
    forloeb = s.case.forloeb

    def contacts(reader: Reader, by: Reader) -> str:
        found = contact_list.build(forloeb, reader, by)
        context = {"list": found, "reader": "x", "meeting_label": ""}
        return print_pdf.words(contact_list.TEMPLATE, context, title=contact_list.TITLE)

    teacher, unge = (Reader(s.members[name].recipient) for name in ("teacher", "unge"))
    consented(forloeb, s.person("anna"), [s.members["unge"]], ["misbrug"])
    assert CALLED in contacts(unge, unge)
    assert CALLED not in contacts(teacher, unge)
    assert CALLED not in contacts(unge, teacher)
    assert "En ekstern" in contacts(teacher, unge)

    row = Attendance.objects.for_list().select_related("meeting").get(participation=s.members["psyk"])
    for name in ("unge", "job"):
        standing = s.members[name]
        paper = pdf.AgendaPaper(s.meeting, pdf.Addressee.of(row), _standing(s, standing.user))
        text = print_pdf.words(paper.template, paper._context(), **paper._facts())
        assert CALLED not in text, "not to the external, who may not know of her"
    shown = pdf._board(s.meeting, row, Reader(s.members["job"].recipient))
    assert shown["reader"] == "En ekstern"


def _standing(s: Sitting, user: object):
    from cases.access import standing_of

    return standing_of(user, s.case.forloeb)


def test_the_label_costs_one_query_at_most_and_none_when_nobody_is_named(s: Sitting, django_assert_num_queries) -> None:
    basis = load_basis(s.case.forloeb)
    labels = Labels([Reader(s.members["teacher"].recipient)], basis)
    with django_assert_num_queries(0):
        assert labels.may_have_name("Signe Holm")
    with django_assert_num_queries(1):
        for _ in range(9):
            labels.may_have_name(CALLED)
