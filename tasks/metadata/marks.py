"""The elements of a page that carry facts, gathered in one walk of the tree."""

from collections import defaultdict

from lxml import etree
from lxml.html import HtmlElement

from tasks.metadata.evidence import MAX_TEXT_CHARS

TAGS = ("html", "base", "title", "meta", "link", "script", "h1", "time")
MAX_OF_EACH = 2_000
MAX_TEXT_NODES = 200

Marks = dict[str, list[HtmlElement]]


def gather_marks(tree: HtmlElement) -> Marks:
    """Elements by tag name in the order of the page, at most 2,000 of each."""
    marks: Marks = defaultdict(list)
    for element in tree.iter(*TAGS):
        found = marks[element.tag]
        if len(found) < MAX_OF_EACH:
            found.append(element)
    return marks


def inner_text(element: HtmlElement, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Text within an element, its parts joined as they stand; bounded."""
    parts: list[str] = []
    for _, text in zip(range(MAX_TEXT_NODES), element.itertext(), strict=False):
        parts.append(text[:max_chars])
        max_chars -= len(text)
        if max_chars <= 0:
            break
    return "".join(parts)


def select(path: etree.XPath, element: HtmlElement) -> list[HtmlElement]:
    """Elements that a path finds; a path that yields anything else is a mistake in this package."""
    found = path(element)
    return found if isinstance(found, list) else []
