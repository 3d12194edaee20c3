"""F12: disagreement is the staff's own log; leaders of those involved see theirs, the family and the papers never."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from audit.models import AccessLog, Event
from cases import actions
from cases.models import Barred, Escalation, Participation
from organisation.models import Employment, User
from privacy import subject
from tests.consent.factories import START
from tests.meetings.factories import Sitting, refuse, sitting
from tests.organisation.factories import EmploymentFactory
from web.errors import Refused

pytestmark = pytest.mark.django_db
CANARY = "Kanariefugl: vi ser forskelligt på skoletilbuddet"


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()


def log(s: Sitting, *names: str) -> Escalation:
    involved = [s.members[name] for name in names or ("unge", "job")]
    return actions.log_escalation(
        by=s.tavle, forloeb=s.case.forloeb, what=CANARY, involved=involved, settled="Ny aftale"
    )


def test_F12_the_staff_of_the_forloeb_write_and_read_it(s: Sitting, client: Client) -> None:
    client.force_login(s.teacher)
    url = reverse("cases:escalations", args=[s.case.forloeb.pk])
    data = {"what": CANARY, "involved": [s.members["job"].pk], "on": "1.11.2026"}
    assert client.post(url, {**data, "involved": []}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert CANARY in client.get(url).content.decode()
    assert "Ikke afklaret endnu" in client.get(url).content.decode()
    client.force_login(EmploymentFactory().user)
    assert client.get(url).status_code == 404


def shown(s: Sitting, client: Client, user: User) -> str:
    client.force_login(user)
    return client.get(reverse("cases:escalations", args=[s.case.forloeb.pk])).content.decode()


def test_F12_C5_who_was_not_part_of_it_reads_it_by_the_consents(s: Sitting, client: Client) -> None:
    """It is on Freja's school. Nobody of the teacher's department wrote it or is named in it."""
    log(s)
    assert CANARY in shown(s, client, s.teacher), "Freja has said yes"
    refuse(s, "freja", s.members["teacher"], "skole")
    left = shown(s, client, s.teacher)
    assert "Kanariefugl" not in left
    assert "Ny aftale" not in left
    assert "Udeladt: samtykke mangler" in left
    assert s.tavle.name in left, "whom to ask"
    told = AccessLog.objects.filter(kind="cases:escalations", actor=s.teacher).latest("seq")
    assert told.subjects == "[]", "nothing was told of anybody"


def test_F12_C5_the_tovholder_the_writer_the_involved_and_their_leaders_read_it_without_consent(client: Client) -> None:
    s = sitting(yes=())
    row = log(s, "unge")  # written by tavle, of »job«
    leader = leader_of(s, "teacher")
    Participation.objects.create(
        forloeb=s.case.forloeb, user=leader.user, department=leader.department, from_date=START
    )
    assert "Kanariefugl" in shown(s, client, s.tovholder)
    assert "Kanariefugl" in shown(s, client, s.tavle)
    for user in (s.teacher, leader.user):
        assert "Kanariefugl" not in shown(s, client, user)
    row.involved.add(s.members["teacher"])
    for user in (s.teacher, leader.user):
        assert "Kanariefugl" in shown(s, client, user)


def test_F12_C5_a_colleague_of_the_writers_department_reads_what_it_wrote_until_somebody_says_no(
    client: Client,
) -> None:
    s = sitting(yes=())
    log(s, "unge")
    home = s.members["job"].department
    colleague = EmploymentFactory(department=home).user
    Participation.objects.create(forloeb=s.case.forloeb, user=colleague, department=home, from_date=START)
    assert "Kanariefugl" in shown(s, client, colleague)
    refuse(s, "freja", s.members["job"], "skole")
    assert "Kanariefugl" not in shown(s, client, colleague)
    assert "Kanariefugl" in shown(s, client, s.tavle), "one's own words"


def test_F12_only_participants_write_and_only_about_participants(s: Sitting) -> None:
    with pytest.raises(Refused):
        actions.log_escalation(
            by=EmploymentFactory().user, forloeb=s.case.forloeb, what="x", involved=[s.members["job"]]
        )
    with pytest.raises(ValidationError):
        actions.log_escalation(by=s.tavle, forloeb=s.case.forloeb, what="x", involved=[])


def leader_of(s: Sitting, name: str) -> Employment:
    return EmploymentFactory(department=s.members[name].department, is_leader=True)


def test_F12_F13_leaders_see_their_own_departments_and_no_more(s: Sitting, client: Client) -> None:
    log(s)
    url = reverse("cases:escalations_led")
    leader = leader_of(s, "job").user
    client.force_login(leader)
    page = client.get(url).content.decode()
    assert CANARY in page
    assert "Frejas familie" not in page
    assert AccessLog.objects.filter(kind="cases:escalations_led").count() == 1
    client.force_login(leader_of(s, "teacher").user)
    assert CANARY not in client.get(url).content.decode()
    client.force_login(s.members["job"].user)  # an employee, no leader
    assert CANARY not in client.get(url).content.decode()
    Barred.objects.create(forloeb=s.case.forloeb, user=leader, reason="nabo", by=s.tovholder)
    client.force_login(leader)
    assert CANARY not in client.get(url).content.decode()


def test_F12_it_reaches_no_board_plan_timeline_or_indsigt(s: Sitting, client: Client) -> None:
    log(s)
    assert not Event.objects.filter(text__contains="enighed").exists()
    for person in s.case.people.values():
        told = json.dumps(subject.as_data(subject.sections(s.case.forloeb, person)), ensure_ascii=False)
        assert "Kanariefugl" not in told
        assert "Ny aftale" not in told
    client.force_login(s.tovholder)
    for url in (
        reverse("meetings:board", args=[s.meeting.pk]),
        reverse("meetings:wall", args=[s.meeting.pk]),
        reverse("meetings:page", args=[s.meeting.pk]),
        reverse("desk:forloeb", args=[s.case.forloeb.pk]),
    ):
        assert "Kanariefugl" not in client.get(url).content.decode()
