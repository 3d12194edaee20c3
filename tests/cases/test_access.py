"""Invisible is 404 everywhere, searching leaks nothing, and lists cost the same at 3 and at 30 rows."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from audit.models import AccessLog
from cases.models import Barred, Forloeb
from cases.searching import is_known
from cases.urls import urlpatterns
from organisation.models import User
from tests.cases.factories import (
    ForloebFactory,
    ForloebPersonFactory,
    HenvendelseFactory,
    ParticipationFactory,
    PersonFactory,
    receiver_of,
    tovholder_of,
)
from tests.organisation.factories import EmploymentFactory, UserFactory

pytestmark = pytest.mark.django_db
INSIDE = [one for one in urlpatterns if "pk" in one.pattern.converters and "forloeb/" in str(one.pattern)]
LEAD_ONLY = {"forloeb.lead"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, pattern, pk, key):
    names = pattern.pattern.converters
    url = reverse(f"cases:{pattern.name}", kwargs={"pk": pk, **({"key": key} if "key" in names else {})})
    if "GET" in pattern.callback.methods:
        return client.get(url)
    return client.post(url, {})


def body(answer) -> str:
    """The page without the token that is drawn for each request."""
    return re.sub(r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def outsiders(forloeb: Forloeb) -> dict[str, User]:
    ended = ParticipationFactory(forloeb=forloeb)
    ended.to_date = ended.from_date
    ended.save()
    barred = ParticipationFactory(forloeb=forloeb)
    Barred.objects.create(forloeb=forloeb, user=barred.user, reason="nabo", by=barred.user)
    gone = ParticipationFactory(forloeb=forloeb)
    gone.user.employments.update(to_date=gone.from_date)
    return {
        "a stranger": EmploymentFactory(leader=True).user,
        "ended": ended.user,
        "barred": barred.user,
        "left the department": gone.user,
        "administrator": UserFactory(system_admin=True),
        "koordinator": UserFactory(koordinator=True),
        "tovholder of another": tovholder_of(ForloebFactory()),
    }


@pytest.mark.parametrize("pattern", INSIDE, ids=lambda one: one.name)
def test_F13_invisible_is_404_like_what_does_not_exist(pattern) -> None:
    """F10, F13: each page and act of a forløb, for everybody who may not know of it."""
    forloeb = ForloebFactory()
    ForloebPersonFactory(forloeb=forloeb)
    key = forloeb.family.members.get().pk
    for who, user in outsiders(forloeb).items():
        client = signed_in(user)
        here, nowhere = ask(client, pattern, forloeb.pk, key), ask(client, pattern, uuid.uuid4(), key)
        assert (here.status_code, nowhere.status_code) == (404, 404), who
        assert body(here) == body(nowhere), who
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    "pattern", [one for one in INSIDE if one.callback.access_rule in LEAD_ONLY], ids=lambda one: one.name
)
def test_F6_a_participant_is_told_who_leads(pattern) -> None:
    forloeb = ForloebFactory()
    ForloebPersonFactory(forloeb=forloeb)
    client = signed_in(ParticipationFactory(forloeb=forloeb).user)
    answer = ask(client, pattern, forloeb.pk, forloeb.family.members.get().pk)
    assert answer.status_code == 403
    assert f"Tovholder er {tovholder_of(forloeb).name}" in answer.content.decode()


def test_C12_a_participant_without_the_persons_case_sees_no_number_phone_or_address() -> None:
    forloeb = ForloebFactory()
    hidden = PersonFactory(cpr="7403164567", phone="09 31 77 77", address="Hemmelig Vej 9", accessibility="kørestol")
    ForloebPersonFactory(forloeb=forloeb, person=hidden)
    client = signed_in(ParticipationFactory(forloeb=forloeb).user)
    url = {"pk": forloeb.pk}
    page = client.get(reverse("cases:people", kwargs=url)).content.decode()
    assert not [word for word in ("740316", "09 31 77", "Hemmelig", "kørestol") if word in page]
    assert client.get(reverse("cases:show_cpr", kwargs=url)).status_code == 403
    key = forloeb.family.members.get().pk
    assert (
        client.get(reverse("cases:show_address", kwargs={**url, "key": key})).status_code == 404
    )  # not one the participant may know of (C5)


def test_O4_a_henvendelse_is_for_its_sender_and_receiver_only() -> None:
    row = HenvendelseFactory()
    strangers = [EmploymentFactory(leader=True).user, EmploymentFactory(department=row.to_department).user]
    for user in strangers:
        client = signed_in(user)
        for name in ("henvendelse", "henvendelse_accept", "henvendelse_decline", "henvendelse_pass_on"):
            url = reverse(f"cases:{name}", kwargs={"pk": row.pk})
            assert (client.get(url) if name == "henvendelse" else client.post(url, {})).status_code == 404
    refused = signed_in(row.sender).post(reverse("cases:henvendelse_accept", kwargs={"pk": row.pk}), {"row_version": 1})
    assert refused.status_code == 422
    assert "Kun modtageren kan svare" in refused.content.decode()
    start = f"{reverse('cases:start')}?henvendelse={row.pk}"
    assert signed_in(receiver_of(row)).get(start).status_code == 404


class TestSearch:
    """F9: search before create warns, and leaks neither names, departments nor forløb."""

    def found(self, client: Client, **fields: str) -> str:
        client.post(reverse("cases:start"), {"underretning": "nej", "other_track": "nej"})
        answer = client.post("/forloeb/start/familien/", {"search": "1", **fields})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_F9_known_elsewhere_says_only_whom_to_call(self) -> None:
        UserFactory(koordinator=True, name="Birgit Ørsted", phone="09 31 20 80")
        known = ForloebPersonFactory(person__cpr="7403164567", person__first_name="Anton", person__last_name="Åkjær")
        client = signed_in(EmploymentFactory().user)
        lead = tovholder_of(known.forloeb)
        secrets = [
            known.forloeb.family.name,
            known.forloeb.number,
            lead.name,
            lead.departments.get().name,
            str(known.pk),
        ]
        for fields in ({"cpr": "740316-4567"}, {"name": "anton ÅKJÆR"}):
            page = self.found(client, **fields)
            assert "Personen kendes allerede i Fælles Familier." in page
            assert "Ring til koordinator Birgit Ørsted, 09 31 20 80." in page
            assert not [word for word in secrets if word in page]
        assert AccessLog.objects.filter(kind="cases:search", channel="search").count() == 2

    def test_F9_C13_who_is_told_to_be_known_elsewhere_stands_in_the_log(self) -> None:
        """That somebody is known is told of them, whoever asks: the rest of the family is not told of."""
        known = ForloebPersonFactory(person__cpr="7403164567", person__first_name="Anton", person__last_name="Åkjær")
        sister = ForloebPersonFactory(forloeb=known.forloeb)
        employment = EmploymentFactory()
        assert "kendes allerede" in self.found(signed_in(employment.user), name="Anton Åkjær")
        assert AccessLog.objects.about(known.person).get().actor == employment.user
        assert not AccessLog.objects.about(sister.person).exists()
        Barred.objects.create(
            forloeb=known.forloeb, user=employment.user, reason="nabo", by=tovholder_of(known.forloeb)
        )
        assert "hedder præcis det" in self.found(signed_in(employment.user), name="Anton Åkjær")
        assert AccessLog.objects.about(known.person).count() == 1, "F13: nothing was told"

    def test_F9_unknown_is_answered_and_logged_alike(self) -> None:
        ForloebPersonFactory(person__cpr="7403164567")
        employment = EmploymentFactory()
        counts = []
        for cpr in ("740316-4567", "740316-4568"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                is_known(employment.user, cpr=cpr.replace("-", ""))
            counts.append(len(queries))
        assert counts[0] == counts[1]
        page = self.found(signed_in(employment.user), cpr="740316-4568")
        assert "Personen kendes ikke i Fælles Familier." in page
        assert AccessLog.objects.get().kind == "cases:search"

    def test_F13_who_is_barred_finds_nothing(self) -> None:
        known = ForloebPersonFactory(person__cpr="7403164567")
        user = EmploymentFactory().user
        Barred.objects.create(forloeb=known.forloeb, user=user, reason="nabo", by=tovholder_of(known.forloeb))
        answer = is_known(user, cpr="7403164567")
        assert (answer.mine, answer.known_elsewhere) == ((), ())

    def test_F9_ones_own_forloeb_is_shown(self) -> None:
        known = ForloebPersonFactory(person__cpr="7403164567")
        answer = is_known(tovholder_of(known.forloeb), cpr="7403164567")
        assert (answer.mine, answer.elsewhere) == ((known.forloeb,), False)

    @pytest.mark.parametrize("cpr", ["", "1", "310216-1234", "\x00", "x" * 1_000_000, "٠١٠٢٠٣١٢٣٤", "🙂", "‮1234"])
    def test_F9_bad_input_is_told(self, cpr: str) -> None:
        client = signed_in(EmploymentFactory().user)
        client.post(reverse("cases:start"), {"underretning": "nej", "other_track": "nej"})
        answer = client.post("/forloeb/start/familien/", {"search": "1", "cpr": cpr})
        assert answer.status_code == 422
        assert "Der er problemer" in answer.content.decode()
        assert not AccessLog.objects.exists()


def queries_of(client: Client, url: str) -> int:
    client.get(url)  # the session's first act is written once a minute
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.any_database
def test_lists_cost_the_same_at_three_and_at_thirty() -> None:
    employment = EmploymentFactory(leader=True)
    user = employment.user
    client = signed_in(user)

    def more(number: int) -> None:
        for _ in range(number):
            forloeb = ForloebFactory(tovholder=user)
            ParticipationFactory(forloeb=forloeb)
            ForloebPersonFactory(forloeb=forloeb)
            HenvendelseFactory(to_department=employment.department)

    more(3)
    urls = [reverse("cases:forloeb_list"), reverse("cases:henvendelse_list"), reverse("cases:hand_over_many")]
    few = [queries_of(client, url) for url in urls]
    more(27)
    assert [queries_of(client, url) for url in urls] == few
    page = client.get(urls[0]).content.decode()
    assert "30 forløb" in page
    assert "Side 1 af 2" in page


def test_pages_of_a_forloeb_cost_the_same_at_three_and_at_thirty() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    urls = [reverse(f"cases:{name}", kwargs={"pk": forloeb.pk}) for name in ("people", "participants", "show_cpr")]
    ForloebPersonFactory(forloeb=forloeb, person__cpr="7403164567")

    def more(number: int) -> None:
        for _ in range(number):
            ForloebPersonFactory(forloeb=forloeb)
            ParticipationFactory(forloeb=forloeb)

    more(2)
    few = [queries_of(client, url) for url in urls]
    more(27)
    assert [queries_of(client, url) for url in urls] == few


def test_F13_the_list_and_its_count_know_only_what_is_visible() -> None:
    mine, other = ForloebFactory(), ForloebFactory()
    user = tovholder_of(mine)
    page = signed_in(user).get(reverse("cases:forloeb_list")).content.decode()
    assert mine.family.name in page
    assert other.family.name not in page
    assert "1 forløb" in page
    row = AccessLog.objects.get()
    assert (row.channel, row.kind) == ("list", "cases:forloeb_list")


def test_the_list_sorts_in_danish_and_filters_by_its_address() -> None:
    user = EmploymentFactory().user
    for name in ("Åses familie", "Zitas familie", "Æbles familie", "Aagots familie", "Bos familie"):
        ForloebFactory(tovholder=user, family__name=name)
    client = signed_in(user)
    page = client.get(reverse("cases:forloeb_list")).content.decode()
    places = [page.index(name) for name in ("Bos", "Zitas", "Æbles", "Aagots", "Åses")]
    assert places == sorted(places)
    assert "1 forløb" in client.get(reverse("cases:forloeb_list") + "?q=zita&rolle=tovholder").content.decode()
    for bad in ("?tilstand=x", "?q=%00", "?rolle=%F0%9F%99%82", f"?q={'x' * 200}"):
        assert client.get(reverse("cases:forloeb_list") + bad).status_code == 422
    for odd in ("?side=99", "?side=-1", "?side=%00", "?side=x"):
        assert client.get(reverse("cases:forloeb_list") + odd).status_code == 200
    assert client.get(reverse("cases:forloeb_list") + "?q=findesikke").status_code == 200


def test_every_route_of_the_cases_names_its_rule() -> None:
    assert get_resolver()
    assert all(one.callback.access_rule and one.callback.methods for one in urlpatterns)
