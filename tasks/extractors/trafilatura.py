"""trafilatura as it comes, without comments: thorough rules for all kinds of pages."""

import logging
from importlib.metadata import version

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document, Extractor

from tasks.facts import Extracted, Facts

VERSION = version("trafilatura")

# It warns about each page that it finds nothing on; that is a rejection with a reason here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


# deduplicate stays off: it is a process-global cache that makes the output depend on the order (trafilatura #778).
_TEXT = Extractor(output_format="python", comments=False, dedup=False, with_metadata=False)
_MARKDOWN = Extractor(output_format="markdown", comments=False, dedup=False, with_metadata=False, formatting=True)


def extract(tree: HtmlElement, facts: Facts, wants_markdown: bool) -> Extracted:  # noqa: ARG001  (every extractor is given them)
    """Return the article's text, a line a paragraph, empty when there is none; the tree is left as it was."""
    found = trafilatura.bare_extraction(tree, options=_TEXT)
    text = (found.text or "").strip() if isinstance(found, Document) else ""
    markdown = trafilatura.extract(tree, options=_MARKDOWN) if text and wants_markdown else None
    return Extracted(text, markdown, None, "trafilatura")
