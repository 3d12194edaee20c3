"""Whatever is typed: a clear message or a kept text, never a server error."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Forloeb, Henvendelse, Participation, Person
from organisation.models import User
from tests.cases.factories import ForloebFactory, HenvendelseFactory, receiver_of, tovholder_of
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory

pytestmark = pytest.mark.django_db
ODD = [
    "\x00",
    "x" * 1_000_000,
    "🙂" * 50,
    "\u202egnitirw",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "' OR 1=1 --",
    "   ",
]
IDS = ["nul", "1 MB", "emoji", "right to left", "markup", "template", "sql", "spaces"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("odd", ODD, ids=IDS)
def test_henvendelse_takes_or_tells(odd: str) -> None:
    employment = EmploymentFactory(department=DepartmentFactory())
    to = EmploymentFactory(leader=True).department
    client = signed_in(employment.user)
    for wrong in ("family_text", "need", "situations", "to_department", "to_colleague", "sender_department"):
        fields = {"family_text": "A", "need": "B", "to_department": str(to.pk)}
        fields |= {"sender_department": str(employment.department.pk), wrong: odd}
        answer = client.post(reverse("cases:henvendelse_new"), fields)
        assert answer.status_code in (302, 422), wrong
        if answer.status_code == 302:
            row = Henvendelse.objects.latest("sent_at")
            assert wrong not in ("family_text", "need") or getattr(row, wrong) == odd
            page = client.get(answer["Location"]).content.decode()
            assert "<script>alert" not in page
        else:
            assert "Der er problemer" in answer.content.decode()


@pytest.mark.parametrize("odd", [*ODD, "31-02-2016", "1.1.9999", "00000000000", "310216-1234"])
def test_a_person_takes_or_tells(odd: str) -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    url = reverse("cases:person_new", kwargs={"pk": forloeb.pk})
    names = ("first_name", "cpr", "birth_date", "kind", "new_household", "phone", "email", "address", "custody")
    for wrong in names:
        answer = client.post(url, {"first_name": "Anton", "kind": "parent", wrong: odd})
        assert answer.status_code in (302, 422), wrong
    assert client.get(reverse("cases:people", kwargs={"pk": forloeb.pk})).status_code == 200
    for person in Person.objects.all():
        assert person.cpr == ""


@pytest.mark.parametrize("odd", [*ODD, "31-02-2016", "9" * 5000], ids=[*IDS, "no day", "a huge number"])
def test_the_acts_take_or_tell(odd: str) -> None:
    forloeb = ForloebFactory(active=True)
    client = signed_in(tovholder_of(forloeb))
    url = {"pk": forloeb.pk}
    sent = [
        ("participant_new", {"employment": odd, "role": odd, "from_date": odd}),
        ("external_new", {"external": odd, "name": odd, "role": "professional", "phone": odd}),
        ("end", {"reason": odd, "text": odd, "row_version": odd}),
        ("pause", {"row_version": odd}),
        ("hand_over", {"to-to": odd, "to-reason": odd, "to-on": odd}),
        ("bar", {"bar-user": odd, "bar-reason": odd}),
    ]
    for name, fields in sent:
        assert client.post(reverse(f"cases:{name}", kwargs=url), fields).status_code == 422, name
    assert client.get(reverse("cases:participant_new", kwargs=url), {"q": odd[:2000]}).status_code in (200, 422)
    row = HenvendelseFactory()
    receiver = signed_in(receiver_of(row))
    for name in ("henvendelse_accept", "henvendelse_decline", "henvendelse_pass_on"):
        fields = {"row_version": odd, "reason": odd, "to_department": odd, "note": odd}
        assert receiver.post(reverse(f"cases:{name}", kwargs={"pk": row.pk}), fields).status_code == 422, name
    assert receiver.get(reverse("cases:start"), {"henvendelse": odd[:2000]}).status_code in (200, 404)


def test_a_double_submit_has_one_effect() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    person = {"first_name": "Anton", "kind": "child", "_once": "en"}
    outside = {"external": str(ExternalPartyFactory().pk), "name": "Ebbe", "role": "professional", "_once": "to"}
    for name, fields in (("person_new", person), ("external_new", outside)):
        for _ in range(2):
            assert client.post(reverse(f"cases:{name}", kwargs={"pk": forloeb.pk}), fields).status_code == 302
    assert Person.objects.count() == 1
    assert Participation.objects.filter(user__isnull=True).count() == 1


def test_a_start_is_sent_twice_and_begins_once() -> None:
    employment = EmploymentFactory()
    client = signed_in(employment.user)
    client.post(reverse("cases:start"), {"underretning": "nej", "other_track": "nej"})
    client.post("/forloeb/start/familien/", {"family_name": "Antons familie"})
    fields = {"need": "Skole", "model_and_board": "faelles_familier:ff", "department": str(employment.department.pk)}
    client.post("/forloeb/start/behov/", fields)
    first, second = (client.post("/forloeb/start/se-efter/", {"_once": "en"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Forloeb.objects.count() == 1
