"""The net at one look, and where it is unsure trafilatura's rules: the default."""

from lxml.html import HtmlElement

from tasks.extractors import fast, trafilatura
from tasks.facts import Extracted, Facts

VERSION = f"{fast.VERSION}+trafilatura-{trafilatura.VERSION}"
# Below this confidence trafilatura's text is the better one on pages of all kinds, and none worse on articles.
SURE = 0.75
# On larger pages trafilatura's time grows faster than the page: the net has the last word.
MOST_ELEMENTS = 20_000


def extract(tree: HtmlElement, facts: Facts, wants_markdown: bool) -> Extracted:
    """Return the article's text, a line a paragraph, empty when there is none; the tree is left as it was."""
    return ask_again(tree, fast.extract(tree, facts, wants_markdown), wants_markdown)


def ask_again(tree: HtmlElement, first: Extracted, wants_markdown: bool) -> Extracted:
    """The net's text if it is sure or the page is huge, or else trafilatura's, if it finds any."""
    is_sure = first.confidence is not None and first.confidence >= SURE
    if is_sure or any(number > MOST_ELEMENTS for number, _ in enumerate(tree.iter())):
        return first
    second = trafilatura.extract(tree, Facts(), wants_markdown)
    return Extracted(second.text, second.markdown, first.confidence, second.source) if second.text else first
