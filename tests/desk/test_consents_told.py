"""C2: what the forløb page says of the consents is true, also when one who was refused has left."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from tests.cases.factories import ParticipationFactory
from tests.meetings.factories import refuse, sitting
from tests.organisation.factories import EmploymentFactory

pytestmark = pytest.mark.django_db


def test_C2_all_have_said_yes_is_not_said_when_somebody_has_said_no_to_one_who_left(client: Client) -> None:
    s = sitting()
    refuse(s, "anna", s.members["teacher"], "helbred")
    client.force_login(s.tovholder)
    url = reverse("desk:forloeb", args=[s.case.forloeb.pk])
    yes = "Familien har sagt ja til alt det, de er spurgt om for dem, der er med nu."
    assert yes not in client.get(url).content.decode()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(pk=s.members["teacher"].pk).update(to_date=yesterday)
    page = client.get(url).content.decode()
    assert yes in page
    assert "Alle har sagt ja" not in page


def test_C2_two_colleagues_of_one_department_are_one_recipient(client: Client) -> None:
    s = sitting()
    teacher = s.members["teacher"]
    colleague = EmploymentFactory(department=teacher.department).user
    ParticipationFactory(forloeb=s.case.forloeb, user=colleague, department=teacher.department)
    refuse(s, "anna", teacher, "helbred")
    client.force_login(s.tovholder)
    page = client.get(reverse("desk:forloeb", args=[s.case.forloeb.pk])).content.decode()
    told = page.split("Samtykker, du skal kende")[1].split("</section>")[0]
    assert told.count(teacher.department.name) == 1
