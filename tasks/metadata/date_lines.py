"""The date that a page shows beside its headline, for pages that declare none."""

import re
from collections import deque

from lxml.html import HtmlElement

from tasks.metadata.evidence import clean_text

MAX_ELEMENTS = 10_000
MAX_ABOVE = 20
MAX_BELOW = 40
MAX_CHILDREN = 4
MAX_PART_CHARS = 200
MAX_LINE_CHARS = 90
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
CHANGED = re.compile(
    r"updat|aktualis|modif|actuali[sz]|mis à jour|aggiorna|atualiza|bijgewerkt|zmian|обновл|güncelle|©|copyright|comment|kommentar",
    re.IGNORECASE,
)
BLOCKS = (
    "h1",
    "h2",
    "p",
    "div",
    "span",
    "li",
    "small",
    "em",
    "strong",
    "b",
    "i",
    "td",
    "dd",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "section",
)
ELSEWHERE = {"nav", "footer", "aside", "select", "form"}


def read_date_lines(tree: HtmlElement) -> tuple[str, ...]:
    """Short lines with a year in them that speak of no change: below the first h1, then above it, the nearest first."""
    above: deque[str] = deque(maxlen=MAX_ABOVE)
    below: list[str] = []
    has_headline = False
    for _, element in zip(range(MAX_ELEMENTS), tree.iter(*BLOCKS), strict=False):
        has_headline = has_headline or element.tag == "h1"
        lines = below if has_headline else above
        line = _own_line(element)
        if line:
            lines.append(line if _is_dated(line) and not _is_elsewhere(element) else "")
        if len(below) >= MAX_BELOW:
            break
    nearest = (*below, *reversed(above)) if has_headline else ()
    return tuple(line for line in nearest if line)


def _own_line(element: HtmlElement) -> str:
    """The text in an element whose children are few and inline, as date lines are; empty for others."""
    if len(element) > MAX_CHILDREN:
        return ""
    parts = (
        element.text,
        *(part for child in element for part in (child.text if isinstance(child.tag, str) else None, child.tail)),
    )
    return clean_text(" ".join(part[:MAX_PART_CHARS] for part in parts if part))


def _is_dated(line: str) -> bool:
    return len(line) <= MAX_LINE_CHARS and YEAR.search(line) is not None and CHANGED.search(line) is None


def _is_elsewhere(element: HtmlElement) -> bool:
    return any(above.tag in ELSEWHERE for above in element.iterancestors())
