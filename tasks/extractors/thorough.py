"""Best text: the net at two looks, and where it is unsure trafilatura's rules."""

from lxml.html import HtmlElement

from tasks.blocks.net import net_version
from tasks.extractors import balanced, fast, trafilatura
from tasks.facts import Extracted, Facts

VERSION = f"{net_version('first_look', 'second_look')}+trafilatura-{trafilatura.VERSION}"


def extract(tree: HtmlElement, facts: Facts, wants_markdown: bool) -> Extracted:
    """Return the article's text, a line a paragraph, empty when there is none; the tree is left as it was."""
    return balanced.ask_again(tree, fast.extract_by_looks(tree, facts, 2, wants_markdown), wants_markdown)
