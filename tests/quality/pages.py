"""The collections of pages to measure with: one JSON object a line, the page's bytes in ``html_base64``."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from tasks.pages.charset import decode_text
from tasks.pages.tree import parse_html

COLLECTIONS = ("articles_body", "articles_news", "articles_segments")
SHARED = Path(__file__).parents[3] / "shared/data"


def collection(name: str) -> Path:
    """Where a collection of this name lies beside the checkout."""
    return SHARED / "pages" / f"{name}.jsonl.gz"


def read_pages(path: Path) -> Iterator[dict[str, Any]]:
    """The pages of a collection, with what is known of them."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def page_bytes(page: dict[str, Any]) -> bytes:
    """The body of a page as it was captured."""
    return base64.b64decode(page["html_base64"])


def page_tree(page: dict[str, Any]) -> HtmlElement:
    """The page parsed, its charset found without help of HTTP."""
    return parse_html(decode_text(page_bytes(page), None).text)
