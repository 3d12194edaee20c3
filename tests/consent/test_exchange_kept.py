"""M8, C11: what a child told at school, kept from the parents in an exchange, in Indsigt and on Min dag."""

import json
from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from consent import actions
from consent.basis import load_basis
from consent.kept import to_tell
from consent.models import Exchange
from consent.sharing import Facts
from desk.my_day import build
from privacy import subject
from tests.meetings.factories import Sitting, refuse, sitting
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db

SAID = "Viggo fortalte klasselæreren, at far slår ham"


@pytest.fixture(scope="module")
def lasting_sitting(lasting: None) -> Sitting:
    return sitting()


@pytest.fixture
def s(db: None, lasting_sitting: Sitting) -> Sitting:
    return deepcopy(lasting_sitting)


def log(s: Sitting, what: str = SAID, **more: object) -> Exchange:
    values = {"with_participation": s.members["job"], **more}
    return actions.log_exchange(by=s.teacher, forloeb=s.case.forloeb, what=what, **values)  # type: ignore[arg-type]


def kept(row: Exchange) -> set[str]:
    return {one.first_name for one in row.kept_from.all()}


def indsigt(s: Sitting, name: str) -> str:
    return json.dumps(subject.as_data(subject.sections(s.case.forloeb, s.person(name))), ensure_ascii=False)


def page(s: Sitting, client, user) -> str:
    client.force_login(user)
    return client.get(reverse("consent:exchanges", args=[s.case.forloeb.pk])).content.decode()


@pytest.mark.parametrize(
    "what",
    [
        SAID,
        "I skolen fortalte Viggo, at han sover dårligt hos far",
        "Ifølge Viggo råber far om aftenen",
        "Talte om Viggo. Han siger, at far slår",
        "Det blev fortalt af Viggo, at far slår",
        "Viggo er bange for far",
        "Viggo: far slår mig",
    ],
)
def test_M8_a_childs_own_words_are_kept_from_the_parents_from_the_start(s: Sitting, what: str) -> None:
    assert kept(log(s, what)) == {"Anna", "Bo", "Carl"}
    for name in ("anna", "bo", "carl", "viggo"):  # Viggo's paper is handed to a parent
        assert what not in indsigt(s, name)


@pytest.mark.parametrize(
    "what",
    [
        "Viggo har fået en ny klasselærer",
        "Anna fortalte, at Viggo er begyndt til svømning",
        "Viggos mor siger, at han sover godt",
        "Klasselæreren fortalte, at Viggo er glad",
        "Jeg fortalte Viggo om turen",
        "Aftale: Viggo begynder til svømning",
    ],
)
def test_M8_C11_what_no_child_has_told_is_kept_from_nobody(s: Sitting, what: str) -> None:
    assert kept(log(s, what)) == set()


def test_M8_who_writes_chooses_and_an_empty_choice_is_one(s: Sitting) -> None:
    assert kept(log(s, kept_from=[s.person("carl")])) == {"Carl"}
    assert kept(log(s, kept_from=[])) == set()
    with pytest.raises(ValidationError):
        log(s, kept_from=[sitting().person("carl")])


def test_M8_C11_the_form_keeps_it_and_says_so(s: Sitting, client) -> None:
    client.force_login(s.teacher)
    url = reverse("consent:exchanges", args=[s.case.forloeb.pk])
    data = {"other": s.members["job"].pk, "what": SAID, "on": timezone.localdate().isoformat()}
    told = client.post(url, data, follow=True).content.decode()
    assert "Det holdes fra Anna, Bo og Carl" in told
    assert "Holdes fra Anna, Bo og Carl" in told
    client.post(url, {**data, "what": "Carl kom ikke", "kept_from": [str(s.person("anna").pk)]})
    assert kept(Exchange.objects.exclude(what=SAID).latest("created_at")) == {"Anna"}


def test_M8_C5_a_name_the_reader_may_not_know_does_not_stand_beside_it(client) -> None:
    s = sitting(yes=("freja", "viggo"))
    log(s)
    client.force_login(s.teacher)
    shown = client.get(reverse("consent:exchanges", args=[s.case.forloeb.pk])).content.decode()
    assert "Holdes fra nogen i familien" in shown
    assert not [name for name in ("Anna", "Carl") if f"{name} " in shown]


def test_M8_C11_min_dag_asks_nobody_to_tell_the_one_it_is_kept_from(s: Sitting) -> None:
    row = log(s, kept_from=[s.person("carl")], about=[s.person("viggo")])
    for user in (s.tovholder, s.teacher):
        assert f"Skal fortælles, men ikke til Carl: {SAID}" in [one.what for one in build(user).rows]
    everybody = to_tell(Facts.of(log(s, kept_from=[], about=[s.person("viggo")])), load_basis(s.case.forloeb))
    actions.keep_exchange(
        by=s.tovholder, exchange=row, kept_from=[one for one in s.case.people.values() if one.pk in everybody]
    )
    assert SAID not in " ".join(one.what for one in build(s.tovholder).rows if "ikke til" in one.what)


def test_M8_the_page_where_it_is_told_says_to_whom_not(s: Sitting, client) -> None:
    row = log(s, kept_from=[s.person("carl")])
    client.force_login(s.tovholder)
    assert "Fortæl det ikke til Carl." in client.get(reverse("consent:told", args=[row.pk])).content.decode()


def test_M8_it_is_corrected_afterwards_by_who_wrote_it_or_the_tovholder(s: Sitting, client) -> None:
    row = log(s, "Carl hentede Viggo for sent")
    assert "Carl hentede Viggo" in indsigt(s, "carl")
    actions.keep_exchange(by=s.teacher, exchange=row, kept_from=[s.person("carl")], row_version=row.row_version)
    assert "Carl hentede Viggo" not in indsigt(s, "carl")
    with pytest.raises(Stale):
        actions.keep_exchange(by=s.teacher, exchange=row, kept_from=[], row_version=row.row_version)
    with pytest.raises(Refused, match="tovholderen"):
        actions.keep_exchange(by=s.tavle, exchange=row, kept_from=[])
    client.force_login(s.tovholder)
    url = reverse("consent:exchange_kept", args=[row.pk])
    assert "checked" in client.get(url).content.decode()
    row.refresh_from_db()
    assert client.post(url, {"kept_from": [], "row_version": row.row_version}).status_code == 302
    assert kept(Exchange.objects.get(pk=row.pk)) == set()
    client.force_login(s.tavle)
    assert client.get(url).status_code == 403


def test_M8_C5_a_correction_drops_nobody_the_writer_may_not_know_of(client) -> None:
    s = sitting(yes=("freja", "viggo"))
    row = log(s)
    before = kept(row)
    client.force_login(s.teacher)
    url = reverse("consent:exchange_kept", args=[row.pk])
    assert client.post(url, {"kept_from": [], "row_version": row.row_version}).status_code == 302
    assert kept(Exchange.objects.get(pk=row.pk)) == before


def test_M8_C5_the_tovholder_changes_nothing_in_what_the_tovholder_may_not_read(s: Sitting) -> None:
    row, lead = log(s), s.case.forloeb.participations.get(user=s.tovholder)
    for name in ("viggo", "bo", "carl", "anna"):
        actions.withdraw(by=s.tovholder, forloeb=s.case.forloeb, person=s.person(name), recipients={lead.recipient})
    before = kept(row)
    with pytest.raises(Refused, match="Du må ikke se, hvad der blev talt om"):
        actions.keep_exchange(by=s.tovholder, exchange=row, kept_from=[])
    assert kept(Exchange.objects.get(pk=row.pk)) == before


def test_M8_C5_min_dag_says_from_whom_it_is_kept_in_names_the_reader_may_know(s: Sitting) -> None:
    log(s, "Talte om Viggos skole", kept_from=[s.person("carl")])

    def told() -> str:
        rows = [row for _, _, rows in build(s.teacher).groups for row in rows]
        return next(row.what for row in rows if "Viggos skole" in row.what)

    assert told() == "Skal fortælles, men ikke til Carl: Talte om Viggos skole"
    refuse(s, "carl", s.members["teacher"])
    assert told() == "Skal fortælles, men ikke til nogen i familien: Talte om Viggos skole"
