"""Papers that cost nothing. Laying a page out takes half a second, and few tests are about how a paper looks: in all others
it is kept as the HTML that it would be laid out from. A test that reads a real PDF is marked `real_papers`."""

import documents.pdf

WORDS = b"%PDF-1.7\n<!-- words -->"  # what a paper begins with that was never laid out

laid_out = documents.pdf._write


def words_only(html: str, code: str) -> bytes:
    return WORDS + html.encode()
