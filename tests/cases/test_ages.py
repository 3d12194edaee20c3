"""C1: the ages are a table, and a municipality's own file takes the place of ours, line by line."""

from uuid import uuid4

import pytest

from cases.ages import OURS, BadAges, ages, check_ages, read_ages
from consent.sharing import required_signers
from web.toml import read_toml


@pytest.fixture
def own(tmp_path, settings):
    """Write the municipality's file, and point at it. A file of its own for each test: what is read is kept."""

    def write(text: str) -> None:
        file = tmp_path / "aldre.toml"
        file.write_text(text, encoding="utf-8")
        settings.AGES_FILE = str(file)

    return write


def test_C1_without_a_file_the_ages_are_ours(settings) -> None:
    assert settings.AGES_FILE == ""
    assert (ages().signs_self, ages().custody_sees_until, ages().adult, ages().warn_days_before) == (15, 15, 18, 60)


def test_C1_the_municipalitys_lines_stand_and_the_rest_is_ours(own) -> None:
    own("signs_self = 14\nwarn_days_before = 90\n")
    assert check_ages() == []
    assert (ages().signs_self, ages().custody_sees_until, ages().adult, ages().warn_days_before) == (14, 15, 18, 90)


def test_C1_who_signs_follows_the_municipalitys_age(own) -> None:
    child, mother = uuid4(), uuid4()
    assert required_signers(child, 14, frozenset({mother})) == {mother}
    own("signs_self = 14\n")
    assert required_signers(child, 14, frozenset({mother})) == {child}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("signs_selv = 15", "signs_selv: kendes ikke. Brug en af: signs_self, custody_sees_until, adult, warn_days_before."),
        ('signs_self = "15"', "signs_self: skriv et helt tal mellem 10 og 18."),
        ("signs_self = true", "signs_self: skriv et helt tal mellem 10 og 18."),
        ("adult = 181", "adult: skriv et helt tal mellem 15 og 21."),
        ("adult = 15\nsigns_self = 16", "signs_self: er højere end adult."),
        ("signs_self = ", "ikke gyldig TOML: den slutter midt i noget i linje 1: »signs_self =«."),
    ],
)  # fmt: skip
def test_a_fault_in_the_file_stops_the_start_with_what_to_mend(own, text: str, told: str) -> None:
    own(text)
    (fault,) = check_ages()
    assert fault.id == "cases.E002"
    assert fault.msg.startswith("aldre.toml: ")
    assert told in fault.msg


def test_a_file_that_is_not_there_is_told(settings, tmp_path) -> None:
    settings.AGES_FILE = str(tmp_path / "findes-ikke.toml")
    assert [fault.msg for fault in check_ages()] == ["findes-ikke.toml: filen findes ikke."]


def test_every_fault_is_told_at_once(tmp_path) -> None:
    file = tmp_path / "aldre.toml"
    file.write_text("adult = 1\nhund = 2\n", encoding="utf-8")
    with pytest.raises(BadAges) as bad:
        read_ages(file, ages())
    assert len(bad.value.faults) == 2
    assert read_toml(OURS).keys() == {"signs_self", "custody_sees_until", "adult", "warn_days_before"}
