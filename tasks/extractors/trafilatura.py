"""trafilatura as it comes, without comments: thorough rules for all kinds of pages."""

import logging
from importlib.metadata import version

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document, Extractor

VERSION = version("trafilatura")

# It warns about each page that it finds nothing on; that is a rejection with a reason here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# deduplicate stays off: it is a process-global cache that makes the output depend on the order (trafilatura #778).
_OPTIONS = Extractor(output_format="python", comments=False, dedup=False, with_metadata=False)


def extract_text(tree: HtmlElement, url: str) -> str:  # noqa: ARG001  (every extractor is given the address)
    """Return the article's text, a line a paragraph, empty when there is none; the tree is left as it was."""
    found = trafilatura.bare_extraction(tree, options=_OPTIONS)
    return (found.text or "").strip() if isinstance(found, Document) else ""
