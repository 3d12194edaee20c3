"""Collaboration models as data: ours are whole, and a fault names file, key and what is expected (F2, F3, M6, M12)."""

from pathlib import Path

import pytest

from cases import collaboration
from cases.collaboration import OURS, BadModel
from cases.collaboration.checks import check_models
from cases.collaboration.reading import read_model
from cases.collaboration.watching import watched

GOOD = """key = "vores"
name = "Vores model"
summary = "Vores egen."
cadence_weeks = 4
[[board]]
key = "b"
name = "Tavle"
[[board.column]]
key = "a"
title = "A"
[[board.column]]
key = "c"
title = "C"
becomes = "goal"
"""


@pytest.fixture(autouse=True)
def _read_again():
    collaboration.forget()
    yield
    collaboration.forget()


def write(folder: Path, text: str) -> Path:
    file = folder / "vores.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_M6_the_three_boards_of_faelles_familier() -> None:
    model = collaboration.models()["faelles_familier"]
    boards = {board.key: [column.title for column in board.columns] for board in model.boards}
    assert boards == {
        "ff": ["Hvad fungerer?", "Hvad udfordrer?", "Familiens mål"],
        "sos": ["Hvad fungerer godt?", "Hvad er vi bekymrede for?", "Hvad skal der ske?"],
        "loeft": ["Bekymringer", "Fungerer", "Skal ske", "Aftaler"],
    }
    assert [column.becomes for column in model.board("loeft").columns] == ["", "", "goal", "agreement"]
    assert all(sum(column.is_goal for column in board.columns) == 1 for board in model.boards)


def test_F2_F3_M12_what_faelles_familier_says() -> None:
    model = collaboration.models()["faelles_familier"]
    assert (model.cadence_weeks, len(model.situations)) == (6, 6)
    assert [question.key for question in model.start_check] == ["underretning", "other_track"]
    assert all(question.stop and len(question.instead) == 3 for question in model.start_check)
    assert "".join(row.letter for row in model.goal_help) == "SMARTE"


def test_the_first_model_is_faelles_familier_and_a_lost_one_falls_back_to_it() -> None:
    class Gone:
        model_key = "findes_ikke_mere"

    assert next(iter(collaboration.models())) == "faelles_familier"
    assert collaboration.model_for(Gone()).key == "faelles_familier"


def test_a_municipality_adds_and_replaces(tmp_path: Path, settings) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "egen.toml").write_text(GOOD.replace('"vores"', '"faelles_familier"'), encoding="utf-8")
    settings.COLLABORATION_DIR = str(tmp_path)
    assert collaboration.models()["vores"].cadence_weeks == 4
    assert collaboration.models()["faelles_familier"].name == "Vores model"
    assert check_models() == []


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("cadence_weeks = 4", "cadence_weeks = 0", "cadence_weeks: skriv et helt tal mellem 1 og 52"),
        ("cadence_weeks = 4", 'cadence_weeks = "fire"', "cadence_weeks: skriv et helt tal"),
        ('name = "Vores model"', "", "name: mangler"),
        ('key = "vores"', 'key = "Vores Egen"', "key: skriv højst 40 små bogstaver"),
        ('becomes = "goal"', 'becomes = "drøm"', "c: becomes: vælg en af: goal"),
        ('title = "C"', "titel = 3", "column nr. 2: title: mangler"),
        ('[[board.column]]\nkey = "a"\ntitle = "A"\n', "", "en tavle har fra 2 til 5 kolonner"),
        ('key = "c"', 'key = "a"', "»a« står to gange"),
        ("cadence_weeks = 4", 'cadence_weeks = 4\nfarve = "blå"', "farve: kendes ikke"),
        ('summary = "Vores egen."', "summary = ", "ikke gyldig TOML: se linje 3, tegn 11: »summary =«"),
        ('name = "Tavle"', 'name = "Tavle', "ikke gyldig TOML: se linje 7"),
        ('name = "Tavle"', 'name = "Tavle"\nname = "To"', "Nøglen eller afsnittet står to gange"),
        ('title = "C"', 'title = ""', "column nr. 2: title: er tom"),
        ('title = "C"', 'title = "To\\nlinjer"', "title: skal stå på én linje"),
        ('title = "C"', f'title = "{"x" * 81}"', "title: er på 81 tegn. Skriv højst 80"),
        ('summary = "Vores egen."', f'summary = "{"x" * 601}"', "summary: er på 601 tegn. Skriv højst 600"),
        ("cadence_weeks = 4", "cadence_weeks = 4\nboard = []", "ikke gyldig TOML"),
        (
            'becomes = "goal"',
            'becomes = "goal"\n[[check]]\nkey = "maane"\ntext = "Fuldmåne"',
            "»maane« kendes ikke. Vælg en",
        ),
        ('becomes = "goal"', 'becomes = "goal"\n[[phase]]\ntitle = "Runde"\nminutes = -5', "mellem 1 og 480"),
        ('becomes = "goal"', 'becomes = "goal"\n[role]\nkey = "tavle"', "role: skriv hver som [[role]]"),
        (
            'becomes = "goal"',
            'becomes = "goal"\n[[start_check]]\nkey = "x"\nquestion = "?"',
            "start_check nr. 1: hint: mangler",
        ),
        ('key = "c"', f'key = "{"c" * 41}"', "key: skriv højst 40"),
    ],
)
def test_a_fault_names_file_key_and_what_is_expected(was, becomes, expected, tmp_path, settings) -> None:
    file = write(tmp_path, GOOD.replace(was, becomes, 1))
    with pytest.raises(BadModel) as bad:
        read_model(file)
    assert str(bad.value).startswith("vores.toml: ")
    assert expected in str(bad.value)
    settings.COLLABORATION_DIR = str(tmp_path)
    assert check_models()[0].id == "cases.E001"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (GOOD.replace("Vores", "Årets").encode("latin-1"), "ikke gemt som UTF-8: se linje 2"),
        (GOOD.encode("utf-16"), "men som UTF-16"),
        (b"", "key: mangler"),
        ((GOOD.split("[[board]]")[0] + "board = []").encode(), "board: mangler. Skriv mindst en tavle"),
    ],
)
def test_a_file_that_is_not_text_or_holds_nothing_is_told(written, told, tmp_path) -> None:
    file = tmp_path / "vores.toml"
    file.write_bytes(written)
    with pytest.raises(BadModel) as bad:
        read_model(file)
    assert told in str(bad.value)


def test_a_file_as_windows_saves_it_is_read(tmp_path) -> None:
    file = tmp_path / "vores.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_model(file).name == "Vores model"


def test_every_fault_of_a_file_is_told_at_once(tmp_path) -> None:
    with pytest.raises(BadModel) as bad:
        read_model(write(tmp_path, GOOD.replace('"goal"', '"drøm"').replace("cadence_weeks = 4", "farve = 1")))
    assert len(bad.value.faults) == 3


def test_two_files_of_one_folder_with_the_same_key_are_a_fault(tmp_path, settings) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "to.toml").write_text(GOOD, encoding="utf-8")
    settings.COLLABORATION_DIR = str(tmp_path)
    assert [fault.msg for fault in check_models()] == [
        "vores.toml: key: »vores« står også i to.toml. Giv hver sin egen key."
    ]


def test_what_the_app_watches_is_said_in_the_models_words_and_never_left_out(tmp_path) -> None:
    """A file can reword them; it cannot take one away, nor say that it stops nothing."""
    own = GOOD + '[[check]]\nkey = "consent"\ntext = "Først ja, så snak."\n'
    told = watched(read_model(write(tmp_path, own)))
    assert [one.text for one in told][:2] == ["Mindst to forskellige afdelinger er med.", "Først ja, så snak."]
    assert [one.stops for one in told] == [True, True, True, True, False, False, True]


def test_F2_F3_what_is_asked_before_a_model_is_chosen_comes_from_all_of_them(tmp_path, settings) -> None:
    question = '[[start_check]]\nkey = "hast"\nquestion = "Haster det?"\nhint = "?"\nstop = "Ring"\nwhy = "."\n'
    more = question + 'instead = ["Ring"]\n[[situation]]\nkey = "flytning"\ntext = "Flytning"\n'
    write(tmp_path, GOOD + more)
    settings.COLLABORATION_DIR = str(tmp_path)
    assert [one.key for one in collaboration.questions()] == ["underretning", "other_track", "hast"]
    assert "Flytning" in collaboration.situation_texts(["flytning", "borte", "omsorg"])
    keys = [one.key for one in collaboration.situations()]
    assert len(keys) == len(set(keys)) == 12


def test_a_folder_that_is_not_there_is_told(settings, tmp_path) -> None:
    settings.COLLABORATION_DIR = str(tmp_path / "mangler")
    assert "mappen findes ikke" in check_models()[0].msg


def test_no_code_asks_for_a_model_by_name() -> None:
    """Code asks the model; the key of one stands in data, in defaults and in tests only."""
    apps = ("cases", "consent", "meetings", "plans", "desk", "insight")
    root = OURS.parent.parent
    hits = [
        f"{file.relative_to(root)}:{number}"
        for app in apps
        for file in (root / app).rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if "model_key ==" in line or "model.key ==" in line
    ]
    assert hits == []
