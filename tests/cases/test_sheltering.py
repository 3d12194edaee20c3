"""A protected address is protected in whoever lives there: nobody reads it through a housemate (C12)."""

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AccessLog
from cases.models import DepartmentCase, Household, Residence
from privacy import subject
from tests.plans import factories
from tests.plans.factories import Anton

pytestmark = pytest.mark.django_db
STREET = "Kanariehøj 17"
PHONE = "09 31 61 44"


@pytest.fixture(scope="module")
def lasting_family(lasting: None) -> Anton:
    """Mor's address is protected. Anton lives with her, and with far; Ida lives with her alone. PPR has Anton's case."""
    made = factories.anton()
    for name in ("mor", "anton", "ida"):
        made.people[name].address, made.people[name].phone = f"{STREET}, 5800 Storebælt", PHONE
        made.people[name].protected_address = name == "mor"
        made.people[name].save()
    made.far.address = "Lærkevej 2, 5800 Storebælt"
    made.far.save()
    for label, names in (("Hos Sofie", ("mor", "anton", "ida")), ("Hos Jens", ("far", "anton"))):
        home = Household.objects.create(family=made.forloeb.family, label=label)
        for name in names:
            Residence.objects.create(household=home, person=made.people[name])
    DepartmentCase.objects.create(person=made.anton, department=made.staff["louise"].department)
    return made


@pytest.fixture
def family(db: None, lasting_family: Anton) -> Anton:
    return deepcopy(lasting_family)


def asked(client: Client, family: Anton, by: str, name: str = "people", person: str = "") -> Any:
    client.force_login(family.user(by))
    key = [family.forloeb.family.members.get(person=family.people[person]).pk] if person else []
    return client.get(reverse(f"cases:{name}", args=[family.forloeb.pk, *key]))


def line(client: Client, family: Anton, by: str, person: str) -> Any:
    lines = asked(client, family, by).context["family"].lines
    return next(one for one in lines if one.member.person == family.people[person])


def test_C12_a_department_with_a_housemates_case_does_not_read_the_protected_address_there(
    client: Client, family: Anton
) -> None:
    assert line(client, family, "louise", "anton").contact
    page = asked(client, family, "louise").content.decode()
    assert STREET not in page
    assert "Vis adresse" not in page
    assert "Vis beskyttet adresse" not in page
    assert "Beskyttet adresse" in page, "the mark stands at Anton"
    refused = asked(client, family, "louise", "show_address", "anton")
    assert refused.status_code == 403
    assert STREET not in refused.content.decode()
    assert "Mette Lindskov" in refused.content.decode(), "whom to ring"
    assert "Sofie" not in refused.content.decode()


def test_C12_whoever_may_see_the_protected_address_sees_it_and_the_mark_at_the_housemate_and_both_are_logged(
    client: Client, family: Anton
) -> None:
    DepartmentCase.objects.create(person=family.mor, department=family.staff["louise"].department)
    for by in ("louise", "mette"):
        page = asked(client, family, by).content.decode()
        assert page.count("Vis beskyttet adresse") == (4 if by == "mette" else 3), "Anton stands in two homes"
        shown = asked(client, family, by, "show_address", "anton").content.decode()
        assert STREET in shown
        assert "Adressen er beskyttet for en, der bor her." in shown
        row = AccessLog.objects.latest("seq")
        told = set(row.subject_rows.values_list("subject", flat=True))
        assert (row.kind, told) == ("cases:show_address", {family.anton.pk, family.mor.pk})


def test_C12_the_address_of_somebody_in_another_home_is_as_before(client: Client, family: Anton) -> None:
    page = asked(client, family, "mette").content.decode()
    assert page.count("Vis adresse") == 1
    shown = asked(client, family, "mette", "show_address", "far").content.decode()
    assert "Lærkevej 2" in shown
    assert "beskyttet" not in shown
    Residence.objects.filter(person=family.mor).update(to_date="2026-01-01")
    assert not line(client, family, "louise", "anton").sheltered, "mor has moved"
    assert STREET in asked(client, family, "louise", "show_address", "anton").content.decode()


def test_C12_one_protected_by_themselves_is_seen_by_their_own_department_also_when_a_housemate_is_protected_too(
    client: Client, family: Anton
) -> None:
    family.anton.protected_address = True
    family.anton.save()
    assert STREET in asked(client, family, "louise", "show_address", "anton").content.decode()


def test_C12_the_form_of_a_housemate_neither_shows_nor_loses_the_protected_address(
    client: Client, family: Anton
) -> None:
    page = asked(client, family, "mette", "person", "ida")
    assert STREET not in page.content.decode()
    fields = {"first_name": "Ida", "last_name": family.ida.last_name, "kind": "child", "households": "Hos Sofie",
              "birth_date": "1.1.2018", "in_forloeb": "on", "row_version": str(family.ida.row_version)}  # fmt: skip
    key = family.forloeb.family.members.get(person=family.ida).pk
    assert client.post(reverse("cases:person", args=[family.forloeb.pk, key]), fields).status_code == 302
    family.ida.refresh_from_db()
    assert family.ida.address.startswith(STREET)


def test_C12_the_forloeb_page_marks_the_housemates_and_shows_no_telephone_of_the_home(
    client: Client, family: Anton
) -> None:
    client.force_login(family.user("mette"))
    page = client.get(reverse("desk:forloeb", args=[family.forloeb.pk]))
    marked = {one.person.first_name for one in page.context["family"].lines if one.sheltered}
    assert marked == {"Sofie", "Anton", "Ida"}
    assert page.content.decode().count("Beskyttet adresse") == 3
    assert PHONE not in page.content.decode().replace("\u00a0", " ")


def test_C12_a_young_childs_indsigt_does_not_hold_the_address_of_the_parent_they_live_with(
    client: Client, family: Anton
) -> None:
    """Far has custody of Anton too, so the paper comes into his hands. Mor's own paper holds her address."""
    assert STREET not in str(subject.as_data(subject.sections(family.forloeb, family.anton)))
    assert STREET in str(subject.as_data(subject.sections(family.forloeb, family.mor)))
    client.force_login(family.user("mette"))
    page = client.get(reverse("privacy:subject_access", args=[family.forloeb.pk, family.anton.pk])).content.decode()
    assert "Adresse, telefon, mail og navnet på husstanden står ikke på papiret." in page


def test_C12_nor_the_telephone_the_mail_and_the_name_of_the_home_on_paper_and_in_the_file(
    client: Client, family: Anton
) -> None:
    """The paper holds what the page says it does, also when the clues were confirmed."""
    anton = family.anton
    anton.email = "tove@egely.example"
    anton.save()
    Household.objects.filter(label="Hos Sofie").update(label="Plejehjemmet Egely")
    Household.objects.filter(label="Hos Jens").update(label="Lærkehuset")
    found = str(subject.as_data(subject.sections(family.forloeb, anton)))
    assert not [word for word in (STREET, PHONE, "egely", "Egely", "09316144") if word in found]
    assert "En husstand" in found
    assert "Lærkehuset" in found, "the other home is not a protected one"
    client.force_login(family.user("mette"))
    for name in ("subject_access_pdf", "subject_access_json"):
        url = reverse(f"privacy:{name}", args=[family.forloeb.pk, anton.pk])
        made = client.get(url)
        if made.context and "confirmed" in made.context:
            made = client.post(url, {"spor": made.context["confirmed"]})
        assert "text/html" not in made["Content-Type"]
    assert "Egely" not in made.content.decode()
    family.mor.email = "sofie@egely.example"
    family.mor.save()
    own = str(subject.as_data(subject.sections(family.forloeb, family.mor)))
    assert "Plejehjemmet Egely" in own, "the person's own paper holds it"
    assert "sofie@egely.example" in own


def test_C12_the_name_of_a_protected_home_is_shown_only_where_the_address_is(client: Client, family: Anton) -> None:
    Household.objects.filter(label="Hos Sofie").update(label="Krisecenter Nord")
    for by in ("mette", "louise", "thomas"):
        assert "Krisecenter" not in asked(client, family, by).content.decode()
        page = client.get(reverse("desk:forloeb", args=[family.forloeb.pk])).content.decode()
        assert "Krisecenter" not in page
        if by == "mette":
            assert "Hos Jens" in page, "the other home keeps its name"
    shown = asked(client, family, "mette", "show_address", "mor").content.decode()
    assert "Krisecenter Nord" in shown
    assert AccessLog.objects.latest("seq").kind == "cases:show_address"
    assert "Krisecenter" not in asked(client, family, "mette", "show_address", "far").content.decode()
