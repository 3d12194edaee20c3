"""Scans that come in: only what is allowed, and nothing active stays in them."""

import io
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from documents import uploads


def upload(content: bytes, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def a_pdf(pages: int = 1, **save: Any) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
        pdf.attachments["x.exe"] = b"MZ"
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x.exe"))
        pdf.docinfo["/Author"] = "Anton"
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, **save)
        return out.getvalue()


def an_image(kind: str, size: tuple[int, int] = (40, 20), **save: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **save)
    return out.getvalue()


def refused(content: bytes, name: str = "scan.pdf") -> str:
    with pytest.raises(ValidationError) as error:
        uploads.clean_scan(upload(content, name))
    return str(error.value.code)


def test_a_pdf_loses_its_scripts_actions_files_and_author():
    scan = uploads.clean_scan(upload(a_pdf(3)))
    assert (scan.content_type, scan.extension) == ("application/pdf", "pdf")
    with pikepdf.open(io.BytesIO(scan.content)) as pdf:
        assert len(pdf.pages) == 3
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.pages[0].obj
        assert not pdf.attachments
    for trace in (b"JavaScript", b"Launch", b"x.exe", b"Anton"):
        assert trace not in scan.content


def test_a_photo_stands_upright_and_does_not_tell_where_it_was_taken():
    exif = Image.Exif()
    exif[274] = 6  # lies on its side
    exif[271] = "Kamera-Anton"
    scan = uploads.clean_scan(upload(an_image("JPEG", exif=exif), "foto.pdf"))
    assert (scan.content_type, scan.extension) == ("image/jpeg", "jpg")
    with Image.open(io.BytesIO(scan.content)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()
    assert b"Kamera" not in scan.content


def test_a_png_is_taken_by_its_bytes_whatever_its_name():
    assert uploads.clean_scan(upload(an_image("PNG"), "x.exe")).content_type == "image/png"


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a....",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"MZ\x90",
        b"PK\x03\x04",
        b" %PDF-1.7",
        b"\x00",
    ],
)
def test_other_kinds_are_refused(content):
    assert refused(content) == "kind"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 nothing more",
        b"\xff\xd8\xff\xe0 broken",
        b"\x89PNG\r\n\x1a\n broken",
        an_image("PNG")[:45],
        an_image("JPEG")[:300],
    ],
)
def test_damaged_files_are_refused(content):
    assert refused(content) in {"damaged", "pages"}


def test_half_a_photo_is_refused_also_after_a_paper_was_printed(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as importing WeasyPrint leaves it
    assert refused(an_image("PNG")[:45]) == "damaged"


def test_the_bounds(monkeypatch):
    assert refused(b"") == "empty"
    assert refused(a_pdf(uploads.MAX_PAGES + 1)) == "pages"
    assert refused(a_pdf(encryption=pikepdf.Encryption(owner="a", user="b"))) == "locked"
    monkeypatch.setattr(uploads, "MAX_PIXELS", 100)
    assert refused(an_image("PNG")) == "pixels"
    monkeypatch.setattr(uploads, "MAX_BYTES", 50)
    assert refused(an_image("PNG")) == "size"


def test_the_words_are_danish_and_say_what_to_do():
    with pytest.raises(ValidationError, match="Vælg en PDF eller et billede"):
        uploads.clean_scan(upload(b"GIF89a"))
