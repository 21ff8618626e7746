"""From decoded HTML to the one lxml tree that facts and text are read from."""

import re
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*>", re.IGNORECASE)
# XML 1.0, section 2.2: what is not a Char. libxml2 ends a document at some of these.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]+")
# The stubs of lxml lack default_doctype; trafilatura parses with the same options.
PARSER_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
    "default_doctype": False,
    "collect_ids": False,
}


def parse_html(text: str) -> HtmlElement | None:
    """Parse a page into a tree whose root is ``html``; None where there is nothing to parse. Raises nothing."""
    clean = NOT_XML.sub("", XML_DECLARATION.sub("", text, count=1))
    # A declared charset is over-ruled by the parser's own: the text is decoded already.
    parser = HTMLParser(**PARSER_OPTIONS)
    try:
        tree = etree.fromstring(clean.encode("utf-8"), parser)
    except etree.LxmlError:
        return None
    if tree is None or tree.tag != "html":
        return None
    return tree
