"""How long data is kept is the municipality's to say, within limits, in a file of its own (B10)."""

import datetime

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from drafts.models import Draft
from privacy import erasure
from privacy.register import register
from tests.organisation.factories import UserFactory


@pytest.fixture
def own(tmp_path, settings):
    def write(text: str) -> None:
        file = tmp_path / "opbevaring.toml"
        file.write_text(text, encoding="utf-8")
        settings.PERIODS_FILE = str(file)

    return write


def told() -> list[str]:
    return [str(fault.msg) for fault in run_checks() if fault.id == "privacy.E006"]


def test_the_municipalitys_days_stand_and_the_rest_is_ours(own) -> None:
    assert (register().days("forloeb"), register().days("henvendelse")) == (1826, 180)
    own("forloeb = 3653\n")
    assert told() == []
    assert (register().days("forloeb"), register().days("henvendelse")) == (3653, 180)


@pytest.mark.django_db
def test_erasing_follows_the_municipalitys_days(own) -> None:
    by = UserFactory()
    old = timezone.now() - datetime.timedelta(days=40)
    kept = Draft.objects.create(user=by, key="start:behov", content="{}", updated_at=old)
    assert erasure.due().alone["draft"] == ("drafts.Draft", {kept.pk})
    own("draft = 90\n")
    assert erasure.due().alone["draft"] == ("drafts.Draft", set())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("forloebet = 30", "forloebet: kendes ikke. Brug en af: forloeb, forloeb_no_consent, henvendelse, draft."),
        ("log = 30", "log: kendes ikke."),
        ("once = 0", "once: kendes ikke."),
        ('forloeb = "fem år"', "forloeb: skriv et antal dage mellem 365 og 10958."),
        ("forloeb = 5", "forloeb: skriv et antal dage mellem 365 og 10958."),
        ("draft = false", "draft: skriv et antal dage mellem 7 og 365."),
        ("draft = 30\ndraft = 40", "ikke gyldig TOML: se linje 2. Nøglen eller afsnittet står to gange: »draft = 40«."),
    ],
)
def test_a_fault_stops_the_start_with_what_to_mend(own, text: str, fault: str) -> None:
    own(text)
    assert len(told()) == 1
    assert told()[0].startswith("opbevaring.toml: ")
    assert fault in told()[0]
