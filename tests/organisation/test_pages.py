"""Find afdeling (O5) for everybody; Drift for the system administrator, who sees no family."""

import datetime

import pytest
from django.urls import URLPattern, reverse
from django.utils import timezone

from organisation import access, signin_urls
from organisation import urls as organisation_urls
from organisation.models import Area, Department, Employment, ExternalParty, RecordSystem, User
from tests.organisation.factories import (
    AreaFactory,
    DepartmentFactory,
    EmploymentFactory,
    ExternalPartyFactory,
    RecordSystemFactory,
    UserFactory,
)
from web.dates import long_date

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def colleague(client) -> User:
    user = EmploymentFactory().user
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def administrator(client) -> User:
    user = UserFactory(system_admin=True, name="Aase Friis")
    client.force_login(user, backend=BACKEND)
    return user


def text_of(answer) -> str:
    return answer.content.decode()


# --- Find afdeling


def test_O5_each_department_shows_its_leader_and_whom_to_call(client, colleague):
    department = DepartmentFactory(
        name="Myndighed børn", phone="09 31 26 00", what_to_call_about="Bekymring for et barn"
    )
    EmploymentFactory(department=department, leader=True, user__name="Søren Dalgaard", user__phone="09 31 26 01")
    EmploymentFactory(department=department, leader=True, user__name="Tidligere Leder", to_date=timezone.localdate())
    page = text_of(client.get("/afdelinger/"))
    for told in ("Myndighed børn", "Søren Dalgaard", "tel:+4509312600", "tel:+4509312601", "Bekymring for et barn"):
        assert told in page
    assert "Tidligere Leder" not in page


@pytest.mark.parametrize("words", ["børn", "BØRN", "dalgaard", "bekymring børn", "SF"])
def test_O5_a_department_is_found_by_name_leader_area_or_errand(client, colleague, words):
    area = AreaFactory(short_name="SF")
    found = DepartmentFactory(area=area, name="Myndighed børn", what_to_call_about="Bekymring")
    EmploymentFactory(department=found, leader=True, user__name="Søren Dalgaard")
    DepartmentFactory(name="Økonomi")
    page = text_of(client.get("/afdelinger/", {"q": words}))
    assert "Myndighed børn" in page
    assert "Økonomi" not in page


def test_O5_departments_stand_in_danish_order_and_closed_ones_are_left_out(client, colleague):
    area = AreaFactory(name="Fælles område")
    for name in ("Åben skole", "Ældre", "Zoneteam", "Økonomi"):
        DepartmentFactory(area=area, name=name)
    DepartmentFactory(area=area, name="Nedlagt", closed=True)
    page = text_of(client.get("/afdelinger/"))
    places = [page.index(name) for name in ("Zoneteam", "Ældre", "Økonomi", "Åben skole")]
    assert places == sorted(places)
    assert "Nedlagt" not in page


@pytest.mark.parametrize("words", ["a\x00b", "x" * 5000, "%", "_", "'", "\u202e", "😀", "a " * 50, "<b>"])
def test_no_search_gives_a_server_error(client, colleague, administrator, words):
    for address in ("/afdelinger/", reverse("organisation:admin_users")):
        answer = client.get(address, {"q": words, "page": "-1"})
        assert answer.status_code in (200, 422)
        assert words != "<b>" or "&lt;b&gt;" in text_of(answer)


def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    client, colleague, administrator, django_assert_max_num_queries
):
    names = ("admin_departments", "admin_areas", "admin_systems", "admin_users", "admin")
    addresses = ["/afdelinger/", *(reverse(f"organisation:{name}") for name in names)]

    def most() -> list[int]:
        counted = []
        for address in addresses:
            with django_assert_max_num_queries(12) as queries:
                client.get(address)
            counted.append(len(queries))
        return counted

    EmploymentFactory(leader=True)
    most()  # the first request also saves the session
    few = most()
    for _ in range(12):
        EmploymentFactory(leader=True)
    assert most() == few


# --- Drift


def addresses_of_drift() -> list[tuple[str, str]]:
    person, job = UserFactory(), EmploymentFactory()
    keys = {
        "department_edit": DepartmentFactory().pk,
        "department_close": DepartmentFactory().pk,
        "department_open": DepartmentFactory(closed=True).pk,
        "area_edit": AreaFactory().pk,
        "area_close": AreaFactory().pk,
        "area_open": AreaFactory().pk,
        "system_edit": RecordSystemFactory().pk,
        "system_close": RecordSystemFactory().pk,
        "system_open": RecordSystemFactory().pk,
        "employment_edit": job.pk,
        "employment_end": job.pk,
        "external_edit": ExternalPartyFactory().pk,
    }
    found = []
    for pattern in organisation_urls.urlpatterns:
        if pattern.callback.access_rule == "system-admin":
            args = [keys.get(pattern.name, person.pk)] if "<uuid" in str(pattern.pattern) else []
            found += [
                (method, reverse(f"organisation:{pattern.name}", args=args)) for method in pattern.callback.methods
            ]
    return found


def test_drift_is_refused_to_everybody_else(client):
    addresses = addresses_of_drift()
    assert len(addresses) > 20
    for user in (EmploymentFactory(leader=True).user, UserFactory(koordinator=True)):
        client.force_login(user, backend=BACKEND)
        answers = {address: client.generic(method, address).status_code for method, address in addresses}
        assert set(answers.values()) == {403}, answers
    client.logout()
    assert {client.get(address).status_code for method, address in addresses if method == "GET"} == {302}


def test_every_page_of_drift_opens_for_the_administrator(client, administrator):
    for method, address in addresses_of_drift():
        if method == "GET":
            assert client.get(address).status_code == 200, address


def test_the_administrator_comes_home_to_drift(client, administrator):
    """Their menu has no Min dag, and a page of no families would be the first they see."""
    assert client.get(reverse("desk:my_day"))["Location"] == reverse("organisation:admin")
    client.force_login(EmploymentFactory().user, backend=BACKEND)
    assert client.get(reverse("desk:my_day")).status_code == 200


def test_every_address_declares_its_rule():
    for pattern in [*organisation_urls.urlpatterns, *signin_urls.urlpatterns]:
        assert isinstance(pattern, URLPattern)
        assert pattern.callback.access_rule in {"public", "signed-in", "system-admin"}


def test_a_department_is_made_and_changed(client, administrator):
    area = AreaFactory(is_start_allowed=True)
    typed = {"name": "Myndighed børn", "area": area.pk, "is_authority": "on", "phone": "0931 2600"}
    assert client.post(reverse("organisation:department_new"), typed).status_code == 302
    department = Department.objects.get(name="Myndighed børn")
    assert department.may_drive
    assert department.phone == "09 31 26 00"
    address = reverse("organisation:department_edit", args=[department.pk])
    assert client.post(address, {**typed, "what_to_call_about": "Børn", "row_version": 1}).status_code == 302
    assert department.history.count() == 2
    assert department.history.first().history_user == administrator


def test_O2_a_department_is_closed_with_its_day_and_opened_again(client, administrator):
    job = EmploymentFactory(department__name="Myndighed børn")
    address = reverse("organisation:department_close", args=[job.department.pk])
    assert "1 medarbejder er ansat i afdelingen i dag." in text_of(client.get(address))
    late = timezone.localdate() + datetime.timedelta(days=1)
    answer = client.post(address, {"on": late.strftime("%d.%m.%Y")})
    assert answer.status_code == 422
    assert "Vælg i dag eller en dag, der er gået." in text_of(answer)
    assert "Lukket fra" in text_of(answer)
    assert access.may_start(job.user)
    assert client.post(address, {"on": "1.2.2026"}).status_code == 302
    department = Department.objects.get(pk=job.department.pk)
    assert (department.is_active, department.closed_on) == (False, datetime.date(2026, 2, 1))
    assert not access.may_start(job.user)
    page = text_of(client.get(reverse("organisation:department_edit", args=[department.pk])))
    assert f"Lukket {long_date(department.closed_on)}." in page
    assert Employment.objects.get() == job, "what stood there stands there"
    client.post(address, {"on": "1.3.2026"})
    department.refresh_from_db()
    assert department.closed_on == datetime.date(2026, 2, 1), "closed already: the day it was closed stays"
    client.post(reverse("organisation:department_open", args=[department.pk]))
    assert access.may_start(job.user)
    assert department.history.first().history_user == administrator


def test_O1_an_area_is_made_changed_and_closed_when_its_departments_are(client, administrator):
    typed = {"name": "Kultur og Fritid", "short_name": "KF", "can_send": "on", "order": "5"}
    assert client.post(reverse("organisation:area_new"), typed).status_code == 302
    area = Area.objects.get()
    assert (area.can_send, area.is_start_allowed, area.order) == (True, False, 5)
    edit = reverse("organisation:area_edit", args=[area.pk])
    assert client.post(edit, {**typed, "is_start_allowed": "on", "row_version": 1}).status_code == 302
    assert client.post(edit, {**typed, "row_version": 1}).status_code == 409
    department = DepartmentFactory(area=area, name="Bibliotek")
    close = reverse("organisation:area_close", args=[area.pk])
    answer = client.post(close, {"on": "1.2.2026"})
    assert answer.status_code == 422
    assert "Disse afdelinger bruger det: Bibliotek. Luk dem, eller flyt dem først." in text_of(answer)
    client.post(reverse("organisation:department_close", args=[department.pk]), {"on": "1.2.2026"})
    assert client.post(close, {"on": "1.2.2026"}).status_code == 302
    area.refresh_from_db()
    assert area.closed_on == datetime.date(2026, 2, 1)
    assert [row.history_type for row in area.history.all()] == ["~", "~", "+"]
    answer = client.post(reverse("organisation:department_open", args=[department.pk]), follow=True)
    assert "Kultur og Fritid er lukket. Vælg et andet område" in text_of(answer)
    assert "Kultur og Fritid" not in text_of(client.get(reverse("organisation:department_new")))
    client.post(reverse("organisation:area_open", args=[area.pk]))
    assert "Kultur og Fritid" in text_of(client.get(reverse("organisation:department_new")))


def test_O3_a_record_system_in_use_is_not_closed_and_a_closed_one_is_not_chosen(client, administrator):
    assert client.post(reverse("organisation:system_new"), {"name": "DUBU"}).status_code == 302
    system = RecordSystem.objects.get()
    department = DepartmentFactory(record_system=system, name="Myndighed børn")
    close = reverse("organisation:system_close", args=[system.pk])
    answer = client.post(close, {"on": ""})
    assert "Skriv den dag, der lukkes fra." in text_of(answer)
    assert "Disse afdelinger bruger det: Myndighed børn." in text_of(client.post(close, {"on": "1.2.2026"}))
    department.record_system = None
    department.save()
    assert client.post(close, {"on": "1.2.2026"}).status_code == 302
    typed = {"name": "Myndighed børn", "area": department.area.pk, "record_system": system.pk, "row_version": 2}
    answer = client.post(reverse("organisation:department_edit", args=[department.pk]), typed)
    assert answer.status_code == 422
    department.refresh_from_db()
    assert department.record_system is None


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("area_new", {"name": "", "short_name": "", "order": ""}, ["Skriv områdets navn.", "Skriv en forkortelse", "Skriv et tal"]),
        ("area_new", {"name": "Ny", "short_name": "sf", "order": "-1"}, ["Skriv et tal fra 0 og op."]),
        ("area_new", {"name": "Ny", "short_name": "SF", "order": "1"}, ["Et andet område har allerede den forkortelse."]),
        ("area_new", {"name": "Social", "short_name": "S", "order": "999999"}, ["allerede et område med det navn", "Skriv et mindre tal"]),
        ("system_new", {"name": ""}, ["Skriv fagsystemets navn."]),
        ("system_new", {"name": "DUBU"}, ["Der findes allerede et fagsystem med det navn."]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_area_or_a_system_is_said(client, administrator, name, typed, told):
    AreaFactory(name="Social", short_name="SF")
    RecordSystemFactory(name="DUBU")
    answer = client.post(reverse(f"organisation:{name}"), typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert [words for words in told if words not in page] == []
    assert all(value in page for value in typed.values())


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, administrator):
    answer = client.post(
        reverse("organisation:department_new"), {"name": "", "what_to_call_about": "Noget langt", "phone": "abc"}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for told in ("Der er problemer", "Skriv afdelingens navn.", "Vælg det område", "Noget langt", "abc"):
        assert told in page
    assert "Dette felt" not in page


def test_words_of_single_sign_on_are_asked_for_where_there_is_one(client, administrator, settings):
    address = reverse("organisation:user_new")
    assert "issuer" not in text_of(client.get(address))
    known = UserFactory(external_issuer="https://login.example", external_subject="7")
    assert "https://login.example" in text_of(client.get(reverse("organisation:user_edit", args=[known.pk])))
    typed = {"name": "Ny Mand", "username": known.username, "row_version": 1}
    assert client.post(reverse("organisation:user_edit", args=[known.pk]), {**typed, "external_issuer": "https://login.example", "external_subject": "7"}).status_code == 302  # fmt: skip
    known.refresh_from_db()
    assert (known.name, known.external_subject) == ("Ny Mand", "7")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "issuer" in text_of(client.get(address))


def test_a_stale_save_shows_both_texts_and_may_then_be_repeated(client, administrator):
    department = DepartmentFactory(name="Skole", phone="09 31 30 00")
    address = reverse("organisation:department_edit", args=[department.pk])
    typed = {"name": "Skole", "area": department.area.pk, "phone": "09 31 30 22", "row_version": 1}
    department.phone = "09 31 30 11"
    department.save()
    answer = client.post(address, typed)
    assert answer.status_code == 409
    assert "09 31 30 11" in text_of(answer)
    assert "09 31 30 22" in text_of(answer)
    department.refresh_from_db()
    assert department.phone == "09 31 30 11"
    assert client.post(address, {**typed, "row_version": 2}).status_code == 302


def test_a_page_without_its_version_overwrites_nothing(client, administrator):
    department = DepartmentFactory(name="Skole")
    typed = {"name": "Ny skole", "area": department.area.pk}
    assert client.post(reverse("organisation:department_edit", args=[department.pk]), typed).status_code == 409
    department.refresh_from_db()
    assert department.name == "Skole"


def test_F5_an_ended_employment_takes_the_right_away_on_the_next_request(client, administrator):
    job = EmploymentFactory()
    assert access.may_start(job.user)
    client.post(reverse("organisation:employment_end", args=[job.pk]))
    assert not access.may_start(job.user)
    assert Employment.objects.get().to_date == timezone.localdate()


def test_a_double_submit_makes_one_employment(client, administrator):
    person, department = UserFactory(), DepartmentFactory()
    typed = {"department": department.pk, "title": "lærer", "from_date": "1.8.2026", "_once": "k" * 32}
    address = reverse("organisation:employment_new", args=[person.pk])
    assert {client.post(address, typed).status_code for _ in range(2)} == {302}
    assert person.employments.count() == 1


def test_a_second_open_employment_in_the_department_is_refused_in_words(client, administrator):
    job = EmploymentFactory()
    typed = {"department": job.department.pk, "title": "rådgiver", "from_date": "1.8.2026"}
    answer = client.post(reverse("organisation:employment_new", args=[job.user.pk]), typed)
    assert answer.status_code == 422
    assert "allerede en åben ansættelse" in text_of(answer)


def test_a_closed_user_is_out_and_can_be_let_in_again(client, administrator):
    person = UserFactory(name="Pia Holst")
    client.post(reverse("organisation:user_close", args=[person.pk]))
    assert not User.objects.get(pk=person.pk).is_active
    assert "Adgangen er lukket" in text_of(client.get(reverse("organisation:user_page", args=[person.pk])))
    client.post(reverse("organisation:user_open", args=[person.pk]))
    assert User.objects.get(pk=person.pk).is_active


def test_an_administrator_cannot_shut_the_door_behind_themselves(client, administrator):
    assert client.post(reverse("organisation:user_close", args=[administrator.pk])).status_code == 403
    typed = {"name": "Aase Friis", "username": administrator.username, "row_version": 1}
    answer = client.post(reverse("organisation:user_edit", args=[administrator.pk]), typed)
    assert answer.status_code == 422
    assert "Du kan ikke tage din egen rolle" in text_of(answer)


def test_a_link_for_a_password_is_shown_once(client, administrator):
    person = UserFactory()
    page = text_of(client.post(reverse("organisation:user_link", args=[person.pk])))
    assert "http://testserver/konto/adgangskode/link/" in page
    assert "/konto/adgangskode/link/" not in text_of(client.get(reverse("organisation:user_page", args=[person.pk])))


def test_a_closed_user_gets_no_link(client, administrator):
    person = UserFactory(is_active=False)
    answer = client.post(reverse("organisation:user_link", args=[person.pk]))
    assert answer.status_code == 403
    assert "/konto/adgangskode/link/" not in text_of(answer)


def test_an_external_party_and_an_employee_are_made(client, administrator):
    client.post(reverse("organisation:external_new"), {"name": "Psykiatrien", "kind": "psychiatry", "phone": ""})
    assert ExternalParty.objects.get().name == "Psykiatrien"
    answer = client.post(reverse("organisation:user_new"), {"name": "Ida Holm", "username": "ida.holm"})
    made = User.objects.get(username="ida.holm")
    assert answer["Location"] == reverse("organisation:user_page", args=[made.pk])
    assert not made.has_usable_password()


@pytest.mark.any_database
def test_pages_have_no_fault_that_axe_finds(signed_in_page, axe, transactional_db):
    job = EmploymentFactory(leader=True)
    ExternalPartyFactory()
    RecordSystemFactory()
    closed = AreaFactory(closed_on=timezone.localdate())
    page = signed_in_page(UserFactory(system_admin=True))
    person = reverse("organisation:user_page", args=[job.user.pk])
    for address in (
        "/afdelinger/",
        "/drift/",
        "/drift/afdelinger/",
        "/drift/omraader/",
        "/drift/omraader/ny/",
        "/drift/fagsystemer/",
        reverse("organisation:department_edit", args=[job.department.pk]),
        reverse("organisation:department_close", args=[job.department.pk]),
        reverse("organisation:area_edit", args=[closed.pk]),
        "/drift/medarbejdere/",
        "/drift/afdelinger/ny/",
        person,
        person + "ret/",
    ):
        page.goto(address)
        axe(page)
