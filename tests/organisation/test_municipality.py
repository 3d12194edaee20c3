"""One file sets up a municipality: loaded twice it changes nothing, and its faults are told with their place."""

import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from organisation import demo_users
from organisation.models import Area, Department, Employment, ExternalParty, User
from organisation.municipality import SetupError, load, read

pytestmark = pytest.mark.django_db
SMALL = """
name = "Lillekommune"
[[area]]
short_name = "SF"
name = "Social og Familie"
may_start = true
may_send = true
[[department]]
name = "Myndighed børn"
area = "SF"
authority = true
phone = "09 31 26 00"
[[employee]]
username = "ida"
name = "Ida Holm"
[[employee.employment]]
department = "Myndighed børn"
title = "rådgiver"
from = 2024-01-01
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "kommune.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_O1_O2_O3_the_demo_municipality_has_its_areas_and_its_seven_that_always_assess():
    load(read(demo_users.DEMO_FILE))
    seven = Department.objects.filter(always_assesses=True)
    assert seven.count() == 7
    assert all(department.may_drive for department in seven.select_related("area"))
    systems = dict(seven.values_list("name", "record_system__name"))
    assert (systems["Myndighed børn"], systems["Myndighed voksen"], systems["KUI"]) == ("DUBU", "Nexus", "Fasit")
    assert User.objects.koordinators().get().name == "Birgit Ørsted"
    assert ExternalParty.objects.filter(kind="psychiatry").get().name == "Psykiatrien (ekstern)"
    assert not Department.objects.without_leader().exists()


def test_loading_twice_changes_nothing():
    first = load(read(demo_users.DEMO_FILE))
    histories = User.history.count(), Department.history.count(), Employment.history.count()
    second = load(read(demo_users.DEMO_FILE))
    assert first.created
    assert (second.created, second.changed) == ([], [])
    assert (User.history.count(), Department.history.count(), Employment.history.count()) == histories


def test_a_change_in_the_file_is_made_and_told(tmp_path):
    load(read(written(tmp_path, SMALL)))
    report = load(read(written(tmp_path, SMALL.replace("09 31 26 00", "09 31 26 09"))))
    assert report.changed == ["afdeling Myndighed børn (telefon)"]
    assert Department.objects.get().phone == "09 31 26 09"


def test_loading_again_never_gives_back_an_access_taken_away(tmp_path):
    load(read(written(tmp_path, SMALL)))
    job = Employment.objects.get()
    job.to_date, job.user.is_active = datetime.date(2026, 1, 1), False
    job.save()
    job.user.save()
    load(read(written(tmp_path, SMALL)))
    assert Employment.objects.get().to_date == datetime.date(2026, 1, 1)
    assert not User.objects.get().is_active


def test_what_has_a_new_name_is_the_same_row(tmp_path):
    """`was` says the old name; the file may then be loaded again, and anywhere else."""
    load(read(written(tmp_path, SMALL)))
    before = [row.pk for row in (Area.objects.get(), Department.objects.get(), User.objects.get())]
    renamed = (
        SMALL.replace('name = "Social og Familie"', 'name = "Børn og Familie"\nwas = "Social og Familie"')
        .replace(
            '[[department]]\nname = "Myndighed børn"', '[[department]]\nname = "Børnemyndighed"\nwas = "Myndighed børn"'
        )
        .replace('department = "Myndighed børn"', 'department = "Børnemyndighed"')
        .replace('username = "ida"', 'username = "ida.holm"\nwas = "ida"')
    )
    report = load(read(written(tmp_path, renamed)))
    assert report.changed == [
        "forvaltningsområde Børn og Familie (navn)",
        "afdeling Børnemyndighed (navn)",
        "bruger Ida Holm (brugernavn)",
    ]
    assert report.created == []
    assert [row.pk for row in (Area.objects.get(), Department.objects.get(), User.objects.get())] == before
    assert Employment.objects.count() == 1
    again = load(read(written(tmp_path, renamed)))
    assert (again.created, again.changed) == ([], [])


def test_a_new_name_without_the_old_one_is_told(tmp_path):
    load(read(written(tmp_path, SMALL)))
    report = load(read(written(tmp_path, SMALL.replace('"Myndighed børn"', '"Børnemyndighed"'))))
    assert report.lines()[-2:] == [
        "Står ikke i filen, men er i brug: afdeling Myndighed børn",
        "2 nye, 0 ændrede, 2 uændrede.",
    ]
    with pytest.raises(
        SetupError, match="har allerede den forkortelse. Har det fået et nyt navn, så skriv det gamle: was"
    ):
        load(read(written(tmp_path, SMALL.replace('"Social og Familie"', '"Børn og Familie"'))))
    assert Area.objects.count() == 1


def test_O1_O2_what_the_file_closes_gets_today_as_its_day_and_can_be_opened_again(tmp_path):
    """An area closes with its departments, wherever they stand in the file; not while one of them is in use."""
    load(read(written(tmp_path, SMALL)))
    area_too = SMALL.replace("may_start = true", "may_start = true\nactive = false")
    with pytest.raises(SetupError, match="kan ikke lukkes. Disse afdelinger bruger det: Myndighed børn."):
        load(read(written(tmp_path, area_too)))
    assert Area.objects.get().closed_on is None
    load(read(written(tmp_path, area_too.replace("authority = true", "authority = true\nactive = false"))))
    today = timezone.localdate()
    assert (Area.objects.get().closed_on, Department.objects.get().closed_on) == (today, today)
    assert not Department.objects.get().is_active
    load(read(written(tmp_path, SMALL)))
    assert Area.objects.get().closed_on == today, "a key that the file does not hold is left as it is"
    opened = area_too.replace("active = false", "active = true")
    load(read(written(tmp_path, opened.replace("authority = true", "authority = true\nactive = true"))))
    assert (Area.objects.get().closed_on, Department.objects.get().is_active) == (None, True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('area = "SF"', 'area = "XX"', "Linje 10, [[department]] Myndighed børn, area: området “XX” findes ikke"),
        ('title = "rådgiver"', "", "Linje 16, [[employee.employment]] Myndighed børn: nøglen title mangler."),
        ("authority = true", 'authority = "ja"', "authority: skriv true eller false"),
        ("from = 2024-01-01", 'from = "i går"', "from: skriv en dato som 2026-11-05"),
        ('phone = "', 'fone = "', "fone: ukendt nøgle. Kendte nøgler: name, was, area"),
        ('name = "Lillekommune"', "", "mangler kommunens navn"),
        ("[[area]]", "[[omraade]]", "ukendt afsnit: omraade"),
        ("[[area]]", "[area]", "to kantede parenteser"),
        ('name = "Ida Holm"', 'name = "Ida', "ikke gyldig TOML: se linje 15"),
        ('name = "Ida Holm"', 'name = "Ida Holm"\nissuer = "https://x"', "issuer og subject skal stå begge to"),
        ("authority = true", "always_assesses = true", "Kun en myndighedsafdeling"),
        ('name = "Ida Holm"', 'name = "Ida Holm"\nemail = "ida@"', "Linje 16, [[employee]] Ida Holm, email: Indtast en gyldig"),
        ('name = "Ida Holm"', f'name = "{"x" * 151}"', "xxx…, name: Denne værdi må højst have 150 tegn"),
        ("[[employee.employment]]", '[[employee]]\nusername = "ida"\nname = "Ib"\n[[employee.employment]]', "står to gange"),
        ("[[employee.employment]]", '[[employee]]\nusername = "IDA"\nname = "Ib"\n[[employee.employment]]',
         "Linje 17, [[employee]] Ib, username: “IDA” står to gange. Store og små bogstaver er det samme."),
        ("[[employee]]", '[[department]]\nname = "myndighed Børn"\narea = "SF"\n[[employee]]', "Linje 14, [[department]]"),
        ('name = "Ida Holm"', 'name = "Ida\\nHolm"', "Linje 15, [[employee]] Ida Holm, name: skriv det på én linje."),
        ('name = "Ida Holm"', 'name = " Ida Holm"', "name: der er et mellemrum for meget, først eller sidst."),
        ('name = "Ida Holm"', 'name = "Ida Holm\\u0000"', "kommune.toml: linje 15 har et usynligt tegn"),
        ('username = "ida"', f'username = "{"x" * 151}"', "Linje 14, [[employee]] Ida Holm, username: Denne værdi må højst"),
        ("from = 2024-01-01", 'from = 2024-01-01\n[[employee]]\nusername = "bo"\nname = "Bo"\nemployment = ["Myndighed børn"]',
         "Linje 23, [[employee]] Bo, employment: skriv hver som [[employee.employment]]."),
        ("from = 2024-01-01", 'from = 2024-01-01\n[[employee.employment]]\ndepartment = "Myndighed børn"\ntitle = "leder"\nfrom = 2024-01-01',
         "Linje 23, [[employee.employment]] Myndighed børn, from: ansættelsen fra den dag står to gange."),
        ("from = 2024-01-01", 'from = 2024-01-01\n[[external]]\n"navn på den" = 1\nname = "X"', "[[external]] X, navn på den: ukendt nøgle"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_nothing_is_loaded(tmp_path, old, new, message):
    path = written(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(SetupError) as fault:
        load(read(path))
    assert message in str(fault.value)
    assert not User.objects.exists()


def test_a_fault_in_a_row_without_a_line_of_its_own_names_the_row(tmp_path):
    """Rows written as `area = [{…}]` stand in no table header."""
    text = 'name = "Lillekommune"\narea = [{ short_name = "SF", name = "Social og Familie", farve = 1 }]'
    with pytest.raises(SetupError, match=r"^\[\[area\]\] Social og Familie, farve: ukendt nøgle"):
        read(written(tmp_path, text))


def test_the_command_tells_faults_without_a_traceback(tmp_path, capsys):
    call_command("indlaes_kommune", str(written(tmp_path, SMALL)))
    assert "4 nye, 0 ændrede, 0 uændrede." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Intet er indlæst"):
        call_command("indlaes_kommune", str(tmp_path / "findes-ikke.toml"))


def test_every_demo_user_on_the_sign_in_page_exists():
    load(read(demo_users.DEMO_FILE))
    shown = [person.user.username for group in demo_users.groups() for person in group.people]
    assert len(shown) == 12
    assert all(demo_users.find(username) for username in shown)
    assert demo_users.find("finn.lauge") is None  # loaded, but not shown
