"""What a municipality wrote is read, or refused in one Danish line that says where."""

import pytest

from web.toml import BadToml, parse_toml


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('a = 1\nname = "Skole\\u0000"', "linje 2 har et usynligt tegn, som ikke kan gemmes: »name = \"Skole\\u0000\"«"),
        ('a = 1\n[[b]]\nc = ["x", { d = "\\b" }]', "linje 3 har et usynligt tegn, som ikke kan gemmes"),
        ('a = 1\n"n\\u0007" = 2', "linje 2 har et usynligt tegn, som ikke kan gemmes"),
        ("a = 1\nb = " + "9" * 5000, "linje 2 har et tal, der er for langt"),
        ("a = 1\n" + "x" * 1_000_000 + " = 2", "nøglen i linje 2 er på 1000000 tegn: »xxx"),
        ("a = 2026-02-30", "filen er ikke gyldig TOML: se linje 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(BadToml) as bad:
        parse_toml(text)
    assert told in str(bad.value)
    assert len(str(bad.value)) < 200


def test_lines_and_tabs_in_a_text_are_words_of_it() -> None:
    assert parse_toml('a = """\r\nen\r\n\tto"""') == {"a": "en\n\tto"}
