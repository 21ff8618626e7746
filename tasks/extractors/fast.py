"""Most pages per core: the net decides alone, block by block, at the first look."""

from lxml.html import HtmlElement

from tasks.blocks.choice import choose_lines
from tasks.blocks.net import net_version
from tasks.blocks.rendering import to_markdown, to_text
from tasks.facts import Extracted, Facts

VERSION = net_version("first_look")


def extract(tree: HtmlElement, facts: Facts, wants_markdown: bool) -> Extracted:
    """Return the article's text, a line a paragraph, empty when there is none; the tree is left as it was."""
    return extract_by_looks(tree, facts, 1, wants_markdown)


def extract_by_looks(tree: HtmlElement, facts: Facts, looks: int, wants_markdown: bool) -> Extracted:
    """The text that one or two looks find."""
    choice = choose_lines(tree, facts, looks)
    markdown = to_markdown(choice.lines) if wants_markdown else None
    return Extracted(to_text(choice.lines), markdown, choice.confidence, choice.source)
