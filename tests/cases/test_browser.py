"""The main path in a browser, as a person clicks it, with axe on every page."""

import pytest

from cases.models import Forloeb, Henvendelse
from tests.cases.factories import (
    ForloebFactory,
    ForloebPersonFactory,
    ParticipationFactory,
    PersonFactory,
    tovholder_of,
)
from tests.organisation.factories import DepartmentFactory, EmploymentFactory


def test_O4_F2_F3_F9_from_henvendelse_to_a_family_written_on(signed_in_page, axe) -> None:
    teacher = EmploymentFactory(department=DepartmentFactory(name="Skole"), title="Klasselærer")
    leader = EmploymentFactory(leader=True)
    page = signed_in_page(teacher.user)
    page.goto("/henvendelser/ny/")
    axe(page)
    page.get_by_label("Hvem drejer det sig om?").fill("Anton på 10 år og hans mor")
    page.get_by_role("button", name="Send henvendelsen").click()
    page.get_by_role("heading", name="Der er problemer").wait_for()
    axe(page)
    assert page.get_by_label("Hvem drejer det sig om?").input_value() == "Anton på 10 år og hans mor"
    page.get_by_label("Hvad er der brug for?").fill("Anton har ikke været i skole i ti uger.")
    page.get_by_label("Send til").select_option(label=leader.department.name)
    page.get_by_role("button", name="Send henvendelsen").dblclick()
    page.get_by_text(f"Den ligger hos lederen af {leader.department.name}").wait_for()
    axe(page)
    assert Henvendelse.objects.count() == 1

    page = signed_in_page(leader.user)
    page.goto("/henvendelser/")
    axe(page)
    page.get_by_role("link", name="Anton på 10 år og hans mor").click()
    page.get_by_role("button", name="Tag imod, og gå til startcheck").click()
    page.get_by_label("Ja").first.check()
    page.get_by_role("button", name="Videre til familien").click()
    page.get_by_text("Stop her, og lav underretningen").wait_for()
    axe(page)
    for number in (0, 1):
        page.get_by_label("Nej").nth(number).check()
    page.get_by_role("button", name="Tjek svarene igen").click()
    page.get_by_label("CPR-nummer").fill("740316-4567")
    page.get_by_role("button", name="Søg").click()
    page.get_by_text("Personen kendes ikke i Fælles Familier.").wait_for()
    axe(page)
    page.get_by_label("Hvad kalder I familien?").fill("Antons familie")
    page.get_by_role("button", name="Videre til behovet").click()
    page.get_by_role("heading", name="Hvad har familien brug for?").wait_for()
    axe(page)
    assert "ti uger" in page.get_by_label("Hvad skal koordineres?").input_value()
    page.get_by_role("button", name="Se efter, før du starter").click()
    page.get_by_role("heading", name="Start Antons familie").wait_for()
    axe(page)
    page.get_by_role("button", name="Start forløbet").click()
    page.get_by_role("link", name="Tilføj en person").click()
    page.get_by_role("heading", name="Tilføj en person").wait_for()
    axe(page)
    page.get_by_label("Fornavn").fill("Anton")
    page.get_by_label("CPR-nummer").fill("7403164567")
    page.get_by_label("Barn", exact=True).check()
    page.get_by_label("Ny husstand").fill("Hos Sofie")
    page.get_by_label("Forløbet handler især om denne person").check()
    page.get_by_role("button", name="Gem", exact=True).click()
    page.get_by_text("Anton er skrevet på.").wait_for()
    axe(page)
    assert "7403164567" not in page.content()
    forloeb = Forloeb.objects.get()
    assert forloeb.henvendelse == Henvendelse.objects.get()
    assert forloeb.persons.get().is_focus


@pytest.mark.any_database
def test_F5_F10_pages_of_a_forloeb_at_three_widths(signed_in_page, axe) -> None:
    forloeb = ForloebFactory(active=True)
    ParticipationFactory(forloeb=forloeb, title="klasselærer")
    hidden = PersonFactory(cpr="7403164567", address="Vej 1", protected_address=True)
    ForloebPersonFactory(forloeb=forloeb, person=hidden)
    at = f"/forloeb/{forloeb.pk}"
    page = signed_in_page(tovholder_of(forloeb))
    key = forloeb.family.members.get().pk
    paths = [
        "/familie/",
        "/deltagere/",
        "/deltagere/ny/?q=kollega",
        "/handlinger/",
        "/familie/cpr/",
        f"/familie/{key}/",
    ]
    ForloebFactory(ended=True, tovholder=tovholder_of(forloeb))
    lists = ["/forloeb/", "/forloeb/overlevering/", "/forloeb/overlevering/afsluttede/"]
    for path in [*lists, *(f"{at}{one}" for one in paths)]:
        page.goto(path)
        axe(page)
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider == 0, (path, width)


def test_two_editors_in_two_browsers_lose_nothing(signed_in_page, axe) -> None:
    forloeb = ForloebFactory()
    ForloebPersonFactory(forloeb=forloeb, person__first_name="Sofie")
    url = f"/forloeb/{forloeb.pk}/familie/{forloeb.family.members.get().pk}/"
    first, second = (signed_in_page(tovholder_of(forloeb)) for _ in range(2))
    for page, text in ((first, "mor til Anton"), (second, "mor til Ida")):
        page.goto(url)
        page.get_by_label("Relation").fill(text)
    first.get_by_role("button", name="Gem", exact=True).click()
    first.get_by_text("er gemt").wait_for()
    second.get_by_role("button", name="Gem", exact=True).click()
    second.get_by_text("Intet er tabt").wait_for()
    axe(second)
    assert "mor til Anton" in second.content()
    second.get_by_role("button", name="Gem", exact=True).click()
    second.get_by_text("er gemt").wait_for()
    assert forloeb.family.members.get().relation == "mor til Ida"
