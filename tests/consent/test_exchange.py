"""C11, M11: what was talked about without the family is told to them afterwards, and stands on Min dag until it is."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from consent import actions
from consent.models import Exchange
from desk.my_day import build
from tests.consent.factories import consented
from tests.meetings.factories import Sitting, refuse, sitting
from tests.organisation.factories import EmploymentFactory
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()


def log(s: Sitting, what: str = "Freja har fået en ny klasselærer", **kwargs: object) -> Exchange:
    values = {"with_participation": s.members["job"], **kwargs}
    return actions.log_exchange(by=s.teacher, forloeb=s.case.forloeb, what=what, **values)  # type: ignore[arg-type]


def rows(s: Sitting) -> list[str]:
    return [row.what for row in build(s.tovholder).rows]


def test_C11_M11_an_exchange_stands_on_min_dag_until_it_is_told(s: Sitting) -> None:
    row = log(s)
    assert [person.first_name for person in row.about.all()] == ["Freja"]
    assert row.topic.key == "skole"
    assert "Skal fortælles: Freja har fået en ny klasselærer" in rows(s)
    assert "Skal fortælles: Freja har fået en ny klasselærer" in [one.what for one in build(s.teacher).rows], (
        "who talked"
    )
    assert not [what for what in (one.what for one in build(s.tavle).rows) if "fortælles" in what]
    told = actions.mark_told(by=s.tovholder, exchange=row, way="phone")
    assert (told.told_by, told.told_on, told.told_way) == (s.tovholder, timezone.localdate(), "phone")
    assert not [what for what in rows(s) if "fortælles" in what]
    assert actions.mark_told(by=s.tovholder, exchange=row, way="talk").told_way == "phone"


def test_C11_C5_the_tovholder_without_consent_learns_only_that_somebody_has_to_tell(s: Sitting, client) -> None:
    row = log(s)
    refuse(s, "freja", s.members["unge"])
    assert not [what for what in rows(s) if "klasselærer" in what]
    assert [what for what in rows(s) if "skal fortælle familien" in what]
    client.force_login(s.tovholder)
    page = client.get(reverse("consent:exchanges", args=[s.case.forloeb.pk])).content.decode()
    assert "klasselærer" not in page
    assert "samtykke mangler" in page
    assert client.get(reverse("consent:told", args=[row.pk])).status_code == 403
    with pytest.raises(Refused, match="fortæller familien"):
        actions.mark_told(by=s.tovholder, exchange=row, way="talk")
    assert actions.mark_told(by=s.teacher, exchange=row, way="talk").told_by == s.teacher


def test_C11_who_did_not_talk_and_does_not_lead_does_not_tell(s: Sitting) -> None:
    with pytest.raises(Refused):
        actions.mark_told(by=s.tavle, exchange=log(s), way="talk")


def test_C11_it_must_be_said_with_whom_and_told_after_it_was_said(s: Sitting) -> None:
    with pytest.raises(ValidationError) as asked:
        log(s, with_participation=None)
    assert "with_participation" in asked.value.message_dict
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError):
        log(s, on=tomorrow)
    row = log(s)
    with pytest.raises(ValidationError):
        actions.mark_told(by=s.tovholder, exchange=row, way="talk", on=row.on - datetime.timedelta(days=1))
    with pytest.raises(ValidationError):
        actions.mark_told(by=s.tovholder, exchange=row, way="røgsignal")
    row.told_on = row.on
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def posted(s: Sitting, client, what: str = "Freja er i skole igen", to: str = "job") -> str:
    """The page after an exchange is logged by the short form."""
    data = {"other": s.members[to].pk, "what": what, "on": timezone.localdate().isoformat()}
    return client.post(reverse("consent:exchanges", args=[s.case.forloeb.pk]), data, follow=True).content.decode()


def test_C11_one_short_form_logs_it(s: Sitting, client) -> None:
    client.force_login(s.teacher)
    url = reverse("consent:exchanges", args=[s.case.forloeb.pk])
    assert client.post(url, {"other": "", "what": "", "on": ""}).status_code == 422
    assert client.post(url, {"other": "andre", "what": "x", "on": "i dag"}).status_code == 422
    assert "Det er skrevet" in posted(s, client)
    row = Exchange.objects.get()
    told = reverse("consent:told", args=[row.pk])
    assert client.post(told, {"way": "", "on": ""}).status_code == 422
    assert client.post(told, {"way": "talk", "on": timezone.localdate().isoformat()}).status_code == 302
    row.refresh_from_db()
    assert row.told_by == s.teacher


def test_C11_C5_the_tovholder_is_told_who_has_not_said_yes(s: Sitting, client) -> None:
    client.force_login(s.tovholder)
    assert "har ikke sagt ja" not in posted(s, client)
    refuse(s, "freja", s.members["job"], "skole")
    page = posted(s, client)
    assert f"Freja har ikke sagt ja til at dele skole og dagtilbud med {s.members['job'].home}." in page


def test_C11_C5_C6_to_the_others_the_answer_is_the_same_whatever_was_answered_and_names_nobody(client) -> None:
    """A log that told names and answers was a way to ask for both: »mor« in the text gave the mother's."""
    s = sitting(yes=("freja",))
    client.force_login(s.teacher)
    asked = f"Er der samtykke til at dele det med {s.members['job'].home}? Spørg tovholderen."
    before = posted(s, client)
    refuse(s, "freja", s.members["job"], "skole")
    for page in (before, posted(s, client), posted(s, client, "Talte om far og hans helbred")):
        assert asked in page
        assert "har ikke sagt ja" not in page
        assert not [name for name in ("Anna", "Bo ", "Carl", "Viggo") if name in page]


def test_C11_C6_a_line_that_is_left_out_says_only_which_department_or_another(s: Sitting, client) -> None:
    log(s, with_participation=None, with_name="Bo, Jens' misbrugsbehandler")
    log(s)
    refuse(s, "freja", s.members["unge"])
    client.force_login(s.tovholder)
    page = client.get(reverse("consent:exchanges", args=[s.case.forloeb.pk])).content.decode()
    assert page.count("Udeladt: samtykke mangler") == 2
    assert f"{s.teacher.name} talte med en anden." in page
    assert f"{s.teacher.name} talte med {s.members['job'].home}." in page
    assert "misbrugsbehandler" not in page
    assert s.tavle.name not in page.split('id="talt"')[1].split("</section>")[0]


def test_C11_C5_a_typed_name_stands_for_those_who_may_know_whom_it_names(client) -> None:
    """What it is about, Freja's school, all three may have; of Bo and Carl only the tovholder knows."""
    s = sitting(yes=("freja",))
    row = log(s, with_participation=None, with_name="Bo, Carls misbrugsbehandler")
    urls = (
        reverse("consent:exchanges", args=[s.case.forloeb.pk]),
        reverse("consent:told", args=[row.pk]),
    )

    def told(user) -> list[str]:
        client.force_login(user)
        return [client.get(url).content.decode() for url in urls]

    for page in told(s.tavle):
        assert "Freja har fået en ny klasselærer" in page
        assert "talte med en anden" in page
        assert "misbrugsbehandler" not in page
    for user in (s.teacher, s.tovholder):  # who wrote it, and who gathers the consents
        assert all("Carls misbrugsbehandler" in page for page in told(user))
    for name in ("bo", "carl"):
        consented(s.case.forloeb, s.person(name), [s.members["job"]], ["fritid"])
    assert all("Carls misbrugsbehandler" in page for page in told(s.tavle))


def test_C11_who_is_outside_the_forloeb_finds_nothing(s: Sitting, client) -> None:
    row = log(s)
    client.force_login(EmploymentFactory().user)
    assert client.get(reverse("consent:told", args=[row.pk])).status_code == 404
    assert client.get(reverse("consent:exchanges", args=[s.case.forloeb.pk])).status_code == 404
