"""Collaboration models as data: ours are whole, and a fault names file, key and what is expected (F2, F3, M6, M12)."""

from pathlib import Path

import pytest

from cases import collaboration
from cases.collaboration import OURS, BadModel
from cases.collaboration.checks import check_models
from cases.collaboration.reading import read_model

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
        ('key = "vores"', 'key = "Vores Egen"', "key: skriv små bogstaver"),
        ('becomes = "goal"', 'becomes = "drøm"', "c: becomes: vælg en af: goal"),
        ('title = "C"', "titel = 3", "column nr. 2: title: mangler"),
        ('[[board.column]]\nkey = "a"\ntitle = "A"\n', "", "en tavle har fra 2 til 5 kolonner"),
        ('key = "c"', 'key = "a"', "»a« står to gange"),
        ("cadence_weeks = 4", 'cadence_weeks = 4\nfarve = "blå"', "farve: kendes ikke"),
        ('summary = "Vores egen."', "summary = ", "ikke gyldig TOML"),
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
