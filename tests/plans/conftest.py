"""Papers that cost nothing, for tests that are not about paper."""

from types import SimpleNamespace

import pytest

from plans import pdf


@pytest.fixture
def light_papers(monkeypatch):
    """Én Plan is rendered to HTML and kept as such, without the second that WeasyPrint takes for each reader."""
    from django.template.loader import get_template

    def render(template, context, **facts):
        shown = {"municipality": "Storebælt Kommune", "title": facts["title"], "lang": "da"}
        blank = dict.fromkeys(("subject", "author", "created", "footer_first", "footer_second"), "")
        return get_template(template).render({**context, "pdf": {**blank, **shown}}).encode()

    monkeypatch.setattr(pdf, "pdf", SimpleNamespace(render=render, words=pdf.pdf.words))
