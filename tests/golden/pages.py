"""Golden pages: invented news pages in the manner of real content systems, with the text and the facts that a careful reader marks.

Each page is two files in ``pages/``: the bytes as a server sent them (``<name>.html``) and what is expected (``<name>.toml``).
The expected text has one line per block, in page order: paragraphs, subheadings and quotes as they stand, list items as
"- item" or "1. item", rows of data tables as "cell | cell". A standfirst within the article is its first line. Headline, byline,
date line, captions, boxes, labels, tags, comments and copyright lines are not part of it; nor is a pull quote that repeats
a sentence. Soft hyphens and zero-width characters are removed, white space is collapsed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

PAGES = Path(__file__).with_name("pages")


@dataclass(frozen=True, slots=True)
class GoldenPage:
    """One page and what is expected of it; ``facts`` by the names of the article columns, times in UTC."""

    name: str
    trap: str
    url: str
    captured_at: datetime
    body: bytes
    text: str
    absent: tuple[str, ...]
    facts: Mapping[str, Any]
    is_article: bool


def golden_pages() -> list[GoldenPage]:
    """All pages, by name."""
    return [_read_page(path) for path in sorted(PAGES.glob("*.toml"))]


def _read_page(path: Path) -> GoldenPage:
    expected = tomllib.loads(path.read_text(encoding="utf-8"))
    return GoldenPage(
        name=path.stem,
        trap=expected["trap"],
        url=expected["url"],
        captured_at=expected["captured_at"],
        body=path.with_suffix(".html").read_bytes(),
        text=expected.get("text", ""),
        absent=tuple(expected["absent"]),
        facts=expected.get("facts", {}),
        is_article=expected.get("article", True),
    )
