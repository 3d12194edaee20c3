"""HTML to PDF: A4, tagged (PDF/UA-1), fit for archives (PDF/A-3a), fonts embedded, nothing fetched, bounded.

Apps build a context in their own `pdf.py` and a template that extends `documents/print.html`; `render` does the rest.
"""

from __future__ import annotations

import base64
import hashlib
import html as html_text
import logging
import re
import threading
import time
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from web.dates import long_date

MAX_CHARACTERS = 1_000_000
MAX_PAGES = 80
MAX_SECONDS = 30.0

_FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "dkfds" / "fonts"
_CODE = "\ue000KONTROLKODE\ue000"  # stands where the code goes until the content has been hashed
_FONT_SCHEME = "faelles-font:"

# PDF/A lets XMP hold only what it knows or what is described beside it; PDF/UA's mark is of the latter kind.
_UA_MARK = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


class PdfError(Exception):
    """A PDF could not be made. `message` says why, in Danish, for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class PdfUnavailable(PdfError):
    """This machine cannot make PDFs: Pango is not installed."""


class PdfTooLarge(PdfError):
    """The content is more than one document may hold, or takes too long to set."""


def available() -> bool:
    """Whether this machine can make PDFs, so that a page can say so before anyone asks for one."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


def render(
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    version_label: str = "",
    on: date | None = None,
    reference: str = "",
    subject: str = "",
    author: str = "",
    lang: str = "da",
) -> bytes:
    """A PDF of `template` (which extends "documents/print.html") with `context`.

    title: as in the footer and the PDF's title, e.g. "Fælles Familier – Én Plan". version_label: e.g. "Version 2".
    on: the document's date (today without it). reference: e.g. "Forløb 2026-0147". subject, author: metadata; the
    author is the municipality unless said. The template gets these as `pdf` beside `context`.

    Same input, same content, same kontrolkode (see `control_code`). The caller has decided what the reader may have
    (consent), and logs the delivery after this call. Raises PdfUnavailable, or PdfTooLarge above MAX_CHARACTERS,
    MAX_PAGES or MAX_SECONDS; both carry a Danish message. Source: domain/documents.md.
    """
    facts = _facts(title, version_label, on or timezone.localdate(), reference, subject, author, lang)
    html, code = _compose(template, context, facts)
    return _write(html, code)


def control_code(
    template: str, context: dict[str, Any], *, title: str, version_label: str = "", on: date, reference: str = ""
) -> str:
    """The code that `render` prints for the same arguments, as "xxxx xxxx xxxx": what a reader reads out on the phone."""
    facts = _facts(title, version_label, on, reference, "", "", "da")
    return _spaced(_compose(template, context, facts)[1])


def words(
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    version_label: str = "",
    on: date | None = None,
    reference: str = "",
) -> str:
    """Everything a reader could read in what `render` would make of the same arguments, as plain text. Nothing is made."""
    facts = _facts(title, version_label, on or timezone.localdate(), reference, "", "", "da")
    body = _compose(template, context, facts)[0].partition("<body")[2].partition(">")[2]
    return " ".join(html_text.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def _facts(
    title: str, version_label: str, on: date, reference: str, subject: str, author: str, lang: str
) -> dict[str, str]:
    municipality = settings.MUNICIPALITY["name"]
    code = f"Kontrolkode {_CODE}"
    return {
        "title": title,
        "version_label": version_label,
        "date": long_date(on),
        "created": on.isoformat(),
        "reference": reference,
        "subject": subject or title,
        "author": author or municipality,
        "municipality": municipality,
        "lang": lang,
        "control_code": _CODE,
        "footer_first": " · ".join(part for part in (title, version_label, long_date(on)) if part),
        "footer_second": " · ".join(part for part in (reference, code) if part),
        "fridge_footer": " · ".join(part for part in (long_date(on), version_label, _CODE) if part),
    }


def _compose(template: str, context: dict[str, Any], facts: dict[str, str]) -> tuple[str, str]:
    """The finished HTML, and its code: twelve hex digits of SHA-256 over the HTML before the code is put in."""
    html = get_template(template).render({**context, "pdf": facts})
    if len(html) > MAX_CHARACTERS:
        raise PdfTooLarge("Dokumentet er for stort til én PDF. Del indholdet op.")
    # Metadata is not content: a new author name or subject does not change what the reader was given.
    body = html[html.find("<body") :]
    code = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return html.replace(_CODE, _spaced(code)), code


def _spaced(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _write(html: str, code: str) -> bytes:
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    # A shared font configuration corrupts memory when two threads use it.
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(string=_style_sheet(), font_config=fonts, url_fetcher=_font_fetcher())
    page = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    options = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "pdf_identifier": code.encode()}
    with _Bounds():
        document = page.render(font_config=fonts, stylesheets=[sheet], **options)
        plain = document.metadata.generate_rdf_metadata

        def with_ua_mark(*args: Any) -> bytes:
            return plain(*args).replace(b"</rdf:RDF>", _UA_MARK + b"</rdf:RDF>")

        document.metadata.generate_rdf_metadata = with_ua_mark
        return document.write_pdf(**options)


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable(
            "PDF kan ikke laves på denne maskine: Pango mangler. Bed den, der driver systemet, om at installere "
            "libpango-1.0-0, libpangoft2-1.0-0 og libharfbuzz-subset0."
        ) from error
    _listen()
    return weasyprint


@lru_cache(maxsize=1)
def _style_sheet() -> str:
    """print.css with its marks as data: addresses and its fonts under a scheme only our own fetcher knows."""
    folder = Path(settings.BASE_DIR) / "templates" / "documents"
    css = (folder / "print.css").read_text(encoding="utf-8")

    def mark(match: re.Match[str]) -> str:
        svg = base64.b64encode((folder / "marks" / match[1]).read_bytes()).decode()
        return f"url(data:image/svg+xml;base64,{svg})"

    css = re.sub(r"url\(marks/([a-z0-9-]+\.svg)\)", mark, css)
    return re.sub(r"url\(fonts/([A-Za-z-]+\.ttf)\)", rf"url({_FONT_SCHEME}\1)", css)


def _font_fetcher() -> Any:
    """The style sheet's fetcher: our fonts by name and data:, never a path. Without the fonts DejaVu Sans is used."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FontFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(_FONT_SCHEME):
                return URLFetcherResponse(url, _font(url.removeprefix(_FONT_SCHEME)))
            return super().fetch(url, headers)

    return FontFetcher(allowed_protocols={"data"})


@lru_cache(maxsize=8)
def _font(name: str) -> bytes:
    return (_FONTS / name).read_bytes()


class _Limits(threading.local):
    until: float | None = None


_limits = _Limits()


class _Bounds:
    """Within it, WeasyPrint's own progress messages are the moments when time and pages are counted."""

    def __enter__(self) -> None:
        _limits.until = time.monotonic() + MAX_SECONDS

    def __exit__(self, *exception: object) -> None:
        _limits.until = None


class _Stop(logging.Filter):
    """Reads the progress messages of the thread that renders, and lets none of them through to a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _limits.until is None:
            return False
        page = record.args[0] if "Page %d" in record.msg and isinstance(record.args, tuple) else 0
        if time.monotonic() > _limits.until:
            raise PdfTooLarge("Det tager for lang tid at lave PDF'en. Del indholdet op.")
        if isinstance(page, int) and page > MAX_PAGES:
            raise PdfTooLarge(f"Dokumentet er på mere end {MAX_PAGES} sider. Del indholdet op.")
        return False


@lru_cache(maxsize=1)
def _listen() -> None:
    logger = logging.getLogger("weasyprint.progress")
    logger.setLevel(logging.INFO)
    logger.addFilter(_Stop())
