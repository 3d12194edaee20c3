"""The papers: readable (LIX ≤ 35), whole, and about nobody but the person."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from django.template.loader import get_template
from django.utils import timezone

from consent import actions, pdf
from consent.models import ConsentText, Guidance, InformationLeaflet, Topic
from consent.texts import compared, months_after, paragraphs
from tests.consent.factories import case, consented, key_of
from web.danish import genitive, listed

pytestmark = [pytest.mark.django_db, pytest.mark.real_papers]


def lix(text: str) -> float:
    """Words per sentence plus the share of words over six letters, in percent (Björnsson 1968)."""
    words = re.findall(r"[A-Za-zÆØÅæøåéÉü]+(?:-[A-Za-zÆØÅæøå]+)*", text)
    sentences = sum(bool(re.search(r"\w", part)) for part in re.split(r"[.!?:](?=\s|$)|\n", text))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def words_of(template: str) -> str:
    source = Path(get_template(template).origin.name).read_text(encoding="utf-8")
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " x ", source, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "\n", source)


def test_lix_counts_as_it_should():
    assert lix("Du er her. Vi er her.") == 3
    assert lix("Samtykkeerklæring udfyldes.") == 102


@pytest.mark.parametrize("model", [ConsentText, InformationLeaflet])
def test_texts_for_families_have_a_lix_of_35_or_less(model):
    text = model.objects.get(number=1)
    body = "\n".join(line for part in paragraphs(text.body) for line in part.lines)
    assert lix(f"{getattr(text, 'purpose', '')}\n{body}") <= 35


def test_the_guidance_for_staff_has_a_lix_of_45_or_less():
    assert lix("\n".join(line for part in paragraphs(Guidance.objects.get(number=1).body) for line in part.lines)) <= 45


def test_the_receipt_has_a_lix_of_35_or_less():
    paragraphs_only = [line for line in words_of("consent/pdf/receipt.html").splitlines() if len(line.split()) > 4]
    assert lix("\n".join(paragraphs_only)) <= 35


def read(content: bytes) -> tuple[pikepdf.Pdf, int]:
    opened = pikepdf.open(io.BytesIO(content))
    return opened, len(opened.pages)


@pytest.fixture
def family(db):
    return case()


def text_of(content: bytes, tmp_path) -> str:
    import subprocess

    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", told.stdout)


def test_C3_the_filled_declaration_says_answers_text_version_and_expiry(family, tmp_path):
    made = consented(family.forloeb, family.anna, family.departments, ["fritid"])
    content = pdf.declaration(made, actions.allowed_signers(family.anna, made.informed_on)).made()
    opened, pages = read(content)
    assert pages == 3
    assert str(opened.docinfo["/Title"]).startswith("Fælles Familier – Samtykkeerklæring")
    words = text_of(content, tmp_path)
    for expected in (
        "Anna Bæk",
        "Tekst version 1",
        "Samtykket udløber",
        family.departments[0].name,
        "Ja",
        "Ikke spurgt",
    ):
        assert expected in words
    assert "Viggo" not in words


def test_C1_the_blank_declaration_has_a_line_for_each_custody_holder(family, tmp_path):
    text = ConsentText.objects.current()
    signers = actions.allowed_signers(family.viggo, timezone.localdate())
    words = text_of(pdf.blank(family.forloeb, family.viggo, text, signers).made(), tmp_path)
    assert words.count("for Viggo Bæk Ærø") == 2
    assert "Freja" not in words
    assert "Anna Bæk ja" not in words, "a custody holder of a young child is not asked about"


def test_C3_C9_the_blank_declaration_has_room_for_who_explained_it_and_gave_the_leaflet(family, tmp_path):
    text = ConsentText.objects.current()
    words = text_of(pdf.blank(family.forloeb, family.bo, text, [family.bo]).made(), tmp_path)
    assert "Forklaret af" in words
    assert "Navn, afdeling og dato" in words
    assert "oplysninger« er givet" in words
    consented(family.forloeb, family.bo, family.departments)
    given = pdf.declaration(family.bo.declarations.get(), [family.bo]).made()
    assert "Navn, afdeling og dato" not in text_of(given, tmp_path), "who explained it is printed there"


def test_C7_the_receipt_says_from_when_and_what_stays(family, tmp_path):
    consented(family.forloeb, family.anna, family.departments)
    made = actions.withdraw(by=family.tovholder, forloeb=family.forloeb, person=family.anna)
    content = made.receipt.content
    assert read(content)[1] == 1
    words = text_of(content, tmp_path)
    assert "Du har taget dit samtykke tilbage. Det gælder det hele." in words
    assert "bliver det der" in words
    assert "Bo" not in words.replace("Børn", "").split()


def test_C9_the_leaflet_is_one_page_with_the_tovholders_number(family, tmp_path):
    content = pdf.leaflet(InformationLeaflet.objects.get(number=1), family.forloeb)
    assert read(content)[1] == 1
    assert family.tovholder.name in text_of(content, tmp_path)


def test_small_words():
    import datetime

    assert (genitive("Anna"), genitive("Mads"), listed(["a", "b", "c"]), listed([])) == (
        "Annas",
        "Mads'",
        "a, b og c",
        "",
    )
    assert months_after(datetime.date(2028, 2, 29), 12) == datetime.date(2029, 2, 28)
    assert months_after(datetime.date(2026, 8, 31), 6) == datetime.date(2027, 2, 28)
    kinds = [line.kind for line in compared(["a", "b"], ["a", "c"])]
    assert kinds == ["same", "gone", "new"]


def test_C3_the_paper_of_an_oral_consent_says_who_heard_it_and_what_was_asked(family, tmp_path):
    """Nobody has signed, and no paper says so."""
    note = "Hørt af Mette Lindskov. I telefonen. Spørgsmål: Må skolen få alt at vide om Anna?"
    actions.read_guidance(by=family.tovholder)
    today = timezone.localdate()
    given = actions.register_declaration(
        by=family.tovholder,
        forloeb=family.forloeb,
        person=family.anna,
        answers={(key_of(family.departments[0]), Topic.objects.get(key="skole")): "yes"},
        way="oral",
        oral_note=note,
        signatures=[(family.anna, today)],
    )
    words = text_of(pdf.declaration(given, [family.anna]).made(), tmp_path)
    assert note in words
    assert "Sagt mundtligt" in words
    assert "Registreret" not in words


def test_C3_a_paper_says_what_was_signed_also_when_a_department_is_renamed_and_a_topic_goes_out_of_use(
    family, tmp_path
):
    home = family.departments[0]
    was = home.name
    made = consented(family.forloeb, family.anna, [home], ["fritid"])
    home.name = "Det nye center"
    home.save()
    Topic.objects.filter(key="fritid").update(is_active=False)
    assert not Topic.objects.in_use().filter(key="fritid").exists()
    words = text_of(pdf.declaration(made, [family.anna]).made(), tmp_path)
    assert was in words
    assert "Det nye center" not in words, "nobody said yes to a paper with that word on it"
    assert "Fritid Ja" in words
