"""C2, C5: whose names stand on a declaration that somebody takes home, and how the others are asked about."""

from copy import deepcopy

import pytest
from django.urls import reverse

from cases.models import Custody, Household, Residence
from consent import actions, pdf
from consent.basis import load_basis
from consent.models import Consent, ConsentText
from consent.recipients import acquaintance_of, recipients_of
from tests.consent.factories import Case, case, consented, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lasting_family(lasting: None) -> Case:
    """Anna has custody of Freja with Bo, of Viggo with Carl. Nobody lives with anybody, nobody has answered."""
    made = case()
    actions.read_guidance(by=made.tovholder)
    return made


@pytest.fixture
def family(db: None, lasting_family: Case) -> Case:
    return deepcopy(lasting_family)


def adults_on(family: Case, name: str) -> set[str]:
    """First names of the adults on the person's blank paper, which the page and the withdrawal must agree with."""
    person, text = family.people[name], ConsentText.objects.current()
    paper = pdf.blank(family.forloeb, person, text, actions.allowed_signers(person, load_basis(family.forloeb).on))
    columns = {one for table in paper.context["tables"] for one in table["recipients"]}
    return {one.name.split()[0] for one in columns if one.is_adult}


def live_together(family: Case, *names: str) -> None:
    home = Household.objects.create(family=family.forloeb.family, label=f"Hos {names[0]}")
    for name in names:
        Residence.objects.create(household=home, person=family.people[name])


def test_C5_an_adult_stands_on_the_paper_of_those_who_know_them_anyway(family: Case) -> None:
    assert adults_on(family, "anna") == {"Bo", "Carl"}, "custody together"
    assert adults_on(family, "bo") == {"Anna"}, "of Carl he may know nothing"
    assert adults_on(family, "carl") == {"Anna"}
    assert adults_on(family, "freja") == {"Anna", "Bo"}, "her own parents"
    live_together(family, "freja", "carl")
    assert adults_on(family, "freja") == {"Anna", "Bo", "Carl"}
    consented(family.forloeb, family.carl, [family.bo], ["fritid"])
    assert adults_on(family, "bo") == {"Anna", "Carl"}, "Carl has said yes to him"
    assert adults_on(family, "carl") == {"Anna", "Bo"}, "and has answered about him before"


def test_C5_a_young_childs_paper_names_only_whom_all_who_sign_it_know(family: Case) -> None:
    """Viggo's goes home with Anna and with Carl, who may not know of Bo."""
    assert adults_on(family, "viggo") == set()
    live_together(family, "viggo", "bo")
    assert adults_on(family, "viggo") == set()
    live_together(family, "carl", "bo")
    assert adults_on(family, "viggo") == {"Bo"}
    Residence.objects.filter(person=family.bo).update(to_date=load_basis(family.forloeb).on)
    assert adults_on(family, "viggo") == set(), "who has moved out is not at home"


def test_C2_departments_and_externals_stand_on_every_paper(family: Case) -> None:
    basis = load_basis(family.forloeb)
    known = acquaintance_of(family.forloeb, basis)
    Custody.objects.all().delete()
    for one in recipients_of(family.forloeb, basis):
        if not one.is_adult:
            assert all(known.stands(one, person.pk) for person in family.people.values())


def test_C5_the_page_asks_about_no_more_than_the_paper_until_one_is_named(family: Case, client) -> None:
    client.force_login(family.tovholder)
    url = reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk])
    page = client.get(url).content.decode()
    assert "Må Anna Bæk få noget at vide om Bo?" in page
    assert "Carl" not in page
    choose = client.get(reverse("consent:withdraw", args=[family.forloeb.pk, family.bo.pk])).content.decode()
    assert "Anna Bæk" in choose
    assert "Carl" not in choose


def test_C2_C5_an_adult_whom_the_person_names_is_asked_about_and_nothing_typed_is_lost(family: Case, client) -> None:
    client.force_login(family.tovholder)
    url = reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk])
    job = key_of(family.departments[1])
    typed = {f"r_{job}": "some", "way": "oral", "heard_by": "Mette", "leaflet": "on", "signers": [str(family.bo.pk)]}
    topic = Consent._meta.get_field("topic").related_model.objects.get(key="skole")
    typed |= {f"t_{job}_{topic.pk}": "yes", f"n_{job}": "on", "informed_on": "1.11.2026", "signed_on": "1.11.2026"}

    wrong = client.post(url, {**typed, "navn": "Ulla", "ogsaa": "1"})
    assert wrong.status_code == 422
    assert "Det navn kan ikke vælges." in wrong.content.decode()
    assert client.post(url, {**typed, "navn": "", "ogsaa": "1"}).status_code == 422
    assert "Skriv navnet på den voksne." in client.post(url, {**typed, "navn": "", "ogsaa": "1"}).content.decode()

    answer = client.post(
        url, {**typed, "navn": "carl", "naeste": "1"}
    )  # Enter, or the wrong button: the name is not lost
    assert answer.status_code == 200
    page, form = answer.content.decode(), answer.context["form"]
    assert "Må Carl Ærø få noget at vide om Bo?" in page
    assert form[f"r_{job}"].value() == "some"
    assert form[f"t_{job}_{topic.pk}"].value() == "yes"
    assert form[f"n_{job}"].value() is True
    assert (form["way"].value(), form["heard_by"].value(), form["leaflet"].value()) == ("oral", "Mette", True)
    assert form["signers"].value() == [str(family.bo.pk)]
    assert not form.errors
    carl = key_of(family.carl)
    assert f'name="navngivet" value="{carl}"' in page

    sent = {**typed, "way": "paper", "navngivet": carl, f"r_{carl}": "no"}
    assert client.post(url, sent).status_code == 302
    assert set(Consent.objects.filter(adult=family.carl).values_list("answer", flat=True)) == {"no"}
    assert "Carl" in client.get(url).content.decode(), "answered about, he stands there"


def test_C2_a_name_that_fits_two_is_asked_for_whole_and_nobody_outside_can_be_named(family: Case, client) -> None:
    client.force_login(family.tovholder)
    family.anna.first_name = "Carl"
    family.anna.save()
    Custody.objects.all().delete()
    url = reverse("consent:declare", args=[family.forloeb.pk, family.bo.pk])
    page = client.post(url, {"navn": "Carl", "ogsaa": "1"}).content.decode()
    assert "Det navn passer på flere. Skriv hele navnet." in page
    assert "Må Carl Ærø få" in client.post(url, {"navn": "carl ærø", "ogsaa": "1"}).content.decode()
    for outside in ("Bo", "Freja"):  # oneself, and a child
        assert client.post(url, {"navn": outside, "ogsaa": "1"}).status_code == 422


def test_C2_the_blank_paper_has_room_for_whom_the_person_names(family: Case) -> None:
    text = ConsentText.objects.current()
    paper = pdf.blank(family.forloeb, family.bo, text, [family.bo])
    assert "Må en anden voksen i familien få noget at vide om Bo?" in paper.words()


def test_C2_the_tovholders_matrix_says_that_nobody_else_is_asked_about(family: Case, client) -> None:
    client.force_login(family.tovholder)
    Custody.objects.all().delete()
    page = client.get(reverse("consent:matrix", args=[family.forloeb.pk])).content.decode()
    assert page.count('<span class="ff-muted">Ingen at spørge om</span>') >= len(family.people)
