"""Paper: archive-fit (PDF/A-3a), accessible (PDF/UA-1), in Danish, with its fonts, fetching nothing, bounded."""

import io
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.template import engines

from documents import pdf

pytestmark = [pytest.mark.usefixtures("samples"), pytest.mark.real_papers]
ON = date(2026, 12, 8)
PLAN = {"family": "Anton, Ida, Jens og Sofie"}
TEMPLATES = Path(__file__).parent / "templates"


def made(name: str = "plan", **context: Any) -> bytes:
    return pdf.render(
        f"sample_{name}.html",
        {**PLAN, **context},
        title="Fælles Familier – Én Plan",
        version_label="Version 2",
        on=ON,
        reference="Forløb 2026-0147",
    )


def text_of(content: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()


def code_in(content: bytes) -> str:
    found = re.search(r"Kontrolkode ((?:[0-9a-f]{4} ?){3})", text_of(content))
    assert found
    return found[1].strip()


def elements(node: Any) -> Iterator[Any]:
    for kid in node.get("/K", []) if isinstance(node.get("/K"), pikepdf.Array) else [node.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def from_text(monkeypatch: pytest.MonkeyPatch, body: str) -> bytes:
    template = engines["django"].from_string(
        '{% extends "documents/print.html" %}{% block content %}' + body + "{% endblock %}"
    )
    monkeypatch.setattr(pdf, "get_template", lambda name: template)
    return pdf.render("x", {}, title="Fælles Familier – Prøve", on=ON)


def test_P1_the_text_is_text_with_danish_letters():
    text = text_of(made())
    for words in (
        "Én Plan",
        "Anton Østergård Mikkelsen",
        "Ida Østergård-Åkjær",
        "»Jeg vil gerne være med",
        "Smiley-lineal",
    ):
        assert words in text


def test_every_page_carries_title_version_date_number_code_and_page():
    pages = text_of(made()).split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "Fælles Familier – Én Plan · Version 2 · 8. december 2026" in page
        assert re.search(r"Forløb 2026-0147 · Kontrolkode [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}", page)
        assert f"Side {number} af {len(pages)}" in page


def test_the_marks_of_pdf_a_3a_and_pdf_ua_1_stand_together():
    with pikepdf.open(io.BytesIO(made())) as document:
        with document.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Fælles Familier – Én Plan"
        xmp = document.Root.Metadata.read_bytes()
        # PDF/A wants the foreign mark described in the file itself.
        assert b"pdfaExtension:schemas" in xmp
        assert xmp.count(b"<rdf:RDF") == 1
        assert document.Root.MarkInfo.Marked is True or bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "da"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(document.docinfo["/Title"]) == "Fælles Familier – Én Plan"
        assert str(document.docinfo["/Author"]) == "Storebælt Kommune"


@pytest.mark.parametrize("name", ["plan", "letter", "fridge"])
def test_the_structure_can_be_read_aloud(name):
    with pikepdf.open(io.BytesIO(made(name))) as document:
        tags = list(elements(document.Root.StructTreeRoot))
        kinds = [str(tag.S) for tag in tags]
        headings = [tag for tag in tags if re.fullmatch(r"/H\d", str(tag.S))]
        assert kinds.count("/H1") == 1
        assert not any(re.fullmatch(r"/H\d", str(inner.S)) for tag in headings for inner in elements(tag))
        levels = [int(str(tag.S)[2]) for tag in headings]
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
        # Marks and faces are backgrounds: no picture without words.
        assert "/Figure" not in kinds
        for page in document.pages:
            assert page.obj.get("/StructParents") is not None


def test_qpdf_finds_nothing_wrong(tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(made())
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)


def test_the_fonts_are_plex_and_all_embedded(tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(made())
    lines = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert lines
    for line in lines:
        assert "Plex" in line
        assert re.search(r" yes yes yes ", line)


def test_without_plex_dejavu_is_used_and_embedded(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "_FONTS", tmp_path)
    pdf._font.cache_clear()
    path = tmp_path / "plan.pdf"
    path.write_bytes(made())
    fonts = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True).stdout
    pdf._font.cache_clear()
    assert "DejaVu" in fonts
    assert " no " not in fonts


def test_an_emoji_in_the_words_of_the_family_is_drawn_by_an_embedded_font_and_no_box(tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(made(family="Anton 😀 og Sofie 👍"))
    fonts = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True).stdout
    assert "Symbola" in fonts
    assert " no " not in fonts
    words = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    assert "😀" in words
    assert "👍" in words


def test_P5_same_input_same_bytes_and_same_code():
    first, again, other = made(), made(), made(family="Anton og Sofie")
    assert first == again
    assert code_in(first) == code_in(again) != code_in(other)
    assert code_in(first) == pdf.control_code(
        "sample_plan.html",
        PLAN,
        title="Fælles Familier – Én Plan",
        version_label="Version 2",
        on=ON,
        reference="Forløb 2026-0147",
    )


def test_the_fridge_plan_is_one_page_with_nothing_under_14_pt():
    content = made("fridge")
    assert text_of(content).count("\f") == 1
    boxes = subprocess.run(
        ["pdftotext", "-bbox-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    words = re.findall(r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">', boxes)
    assert min(float(bottom) - float(top) for top, bottom in words) >= 14


def test_the_letter_is_one_page():
    assert text_of(made("letter")).count("\f") == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "https://example.dk/x.png", "ftp://x/y"]
)
def test_nothing_is_fetched(monkeypatch, url):
    """An address in the content is neither opened nor attached; the same page without it is the same size."""
    opened: list[object] = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda *args, **kwargs: opened.append(args))
    content = from_text(
        monkeypatch,
        f'<h1>Prøve</h1><img src="{url}" alt="x"><p style="background-image:url({url})">Hej</p>'
        f'<link rel="attachment" href="{url}"><link rel="stylesheet" href="{url}"><style>@import url({url});</style>',
    )
    assert opened == []
    with pikepdf.open(io.BytesIO(content)) as document:
        assert not document.attachments


def test_what_people_write_stays_text():
    nasty = '<script>x</script><img src="file:///etc/passwd"> {{ pdf }} "'
    text = text_of(made(family=nasty))
    assert "<script>x</script>" in text
    assert "{{ pdf }}" in text
    assert "root:" not in text


def test_a_word_of_any_length_stays_on_the_page():
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=made(family="å" * 600), capture_output=True, check=True
    ).stdout.decode()
    assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)) <= 595


def test_too_much_text_is_refused_in_danish(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 1000)
    with pytest.raises(pdf.PdfTooLarge) as refused:
        made()
    assert "for stort" in refused.value.message


def test_too_many_pages_are_refused_while_they_are_laid_out(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(pdf.PdfTooLarge) as refused:
        made()
    assert "mere end 2 sider" in refused.value.message
    monkeypatch.undo()


def test_too_long_a_time_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_SECONDS", -1.0)
    with pytest.raises(pdf.PdfTooLarge) as refused:
        made()
    assert "for lang tid" in refused.value.message


def test_without_pango_the_page_can_say_so(monkeypatch):
    import builtins

    plain = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert pdf.available() is False
    with pytest.raises(pdf.PdfUnavailable) as missing:
        made()
    assert "Pango mangler" in missing.value.message


def test_threads_do_not_disturb_each_other():
    expected = {name: made(name) for name in ("letter", "fridge")}
    found: list[bool] = []

    def work(name: str) -> None:
        found.extend(made(name) == expected[name] for _ in range(3))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("letter", "fridge") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 12
