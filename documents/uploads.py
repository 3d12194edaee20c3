"""A scan that someone hands in (a signed declaration): taken apart, checked and written anew before it is kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from PIL import Image, ImageFile, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 30
MAX_PIXELS = 40_000_000
ACCEPT = ".pdf,.jpg,.jpeg,.png"  # for the file field's accept attribute; what counts is looked for in the bytes

_WHAT = "Vælg en PDF eller et billede (JPG eller PNG)."
_DAMAGED = "Filen kan ikke læses. Prøv at scanne den igen."
_HARMFUL_ROOT = ("/OpenAction", "/AA", "/AcroForm", "/Names", "/Collection", "/AF", "/Perms", "/Metadata")
_HARMFUL_PAGE = ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/AF")


@dataclass(frozen=True)
class Scan:
    """A cleaned file: its bytes, type and the ending a file name must have."""

    content: bytes
    content_type: str
    extension: str


def clean_scan(upload: Any) -> Scan:
    """The uploaded file (Django's UploadedFile) as a file that is safe to keep and to hand out as an attachment.

    The type is read from the bytes, never from the name. PDFs lose scripts, actions, forms, annotations and attached
    files; images are written anew, upright and without what the camera noted (place, owner).
    Raises ValidationError, in Danish, when it is empty, too large, of another kind, locked, damaged, or has too many
    pages or pixels. Source: trust.md "Input", rules.md C3.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(f"Filen er for stor. Den må højst fylde {MAX_BYTES // 1024 // 1024} MB.", code="size")
    upload.seek(0)
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(f"Filen er for stor. Den må højst fylde {MAX_BYTES // 1024 // 1024} MB.", code="size")
    if not content:
        raise ValidationError("Filen er tom. Vælg en anden fil.", code="empty")
    if content.startswith(b"%PDF-"):
        return Scan(_clean_pdf(content), "application/pdf", "pdf")
    if content.startswith(b"\xff\xd8\xff"):
        return Scan(_clean_image(content, "JPEG"), "image/jpeg", "jpg")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Scan(_clean_image(content, "PNG"), "image/png", "png")
    raise ValidationError(f"Den slags fil kan ikke bruges her. {_WHAT}", code="kind")


def _clean_pdf(content: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise ValidationError("PDF'en er låst med en kode. Gem den uden kode, og prøv igen.", code="locked")
            if not 0 < len(pdf.pages) <= MAX_PAGES:
                raise ValidationError(f"PDF'en må højst have {MAX_PAGES} sider.", code="pages")
            for name in _HARMFUL_ROOT:
                if name in pdf.Root:
                    del pdf.Root[name]
            for page in pdf.pages:
                for name in _HARMFUL_PAGE:
                    if name in page.obj:
                        del page.obj[name]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            cleaned = io.BytesIO()
            pdf.save(cleaned, deterministic_id=True)
            return cleaned.getvalue()
    except pikepdf.PasswordError:
        raise ValidationError("PDF'en er låst med en kode. Gem den uden kode, og prøv igen.", code="locked") from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(_DAMAGED, code="damaged") from None


def _clean_image(content: bytes, kind: str) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = (
        False  # WeasyPrint sets it for the whole process: half a scan would pass as a whole
    )
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(
                    "Billedet har for mange billedpunkter. Scan det i mindre opløsning.", code="pixels"
                )
            if getattr(image, "n_frames", 1) > 1:
                raise ValidationError(f"Filen er et bevægeligt billede. {_WHAT}", code="kind")
            upright = ImageOps.exif_transpose(image)
            # A new image takes the pixels and nothing else along.
            plain = upright.convert("L" if upright.mode in ("1", "L") else "RGB")
            plain.info = {}
            cleaned = io.BytesIO()
            plain.save(cleaned, kind, **({"quality": 90} if kind == "JPEG" else {"optimize": False}))
            return cleaned.getvalue()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_DAMAGED, code="damaged") from None
