"""From decoded HTML to the one lxml tree that facts and text are read from."""

import re
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from tasks.reasons import Reason

XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*>", re.IGNORECASE)
# XML 1.0, section 2.2: what is not a Char. libxml2 ends a document at some of these. The short ones are removed as bytes, at
# a tenth of a pattern's cost, the others as characters: most texts cannot even hold them, and know it.
NOT_XML = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
NOT_XML_LONG = ("\ufffe", "\uffff")
# The stubs of lxml lack default_doctype; trafilatura parses with the same options.
PARSER_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
    "default_doctype": False,
    "collect_ids": False,
}
# lxml's own look-up asks Python for the class of every element that is touched, which costs more than the touch: one class
# for all of them. Forms lose what only they can do, and nobody here fills in forms.
ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


class Unparsable(Exception):
    """No tree, or not the whole of it, could be made of a page."""

    def __init__(self, reason: Reason, detail: str | None = None) -> None:
        """``reason`` and ``detail``: what the page is rejected with."""
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def parse_html(text: str) -> HtmlElement:
    """Parse a page into a tree whose root is ``html``; raises Unparsable and nothing else.

    libxml2 does not recurse, and ends a document at 256 elements of depth or 10 MB in one text node. It keeps what came
    before, which looks like a whole page with little text: so its own word on these limits is asked for.
    """
    for character in NOT_XML_LONG:
        # Looking is ten times as fast as replacing nothing.
        text = text.replace(character, "") if character in text else text
    # Half of a surrogate pair has no bytes.
    clean = XML_DECLARATION.sub("", text, count=1).encode("utf-8", "ignore").translate(None, NOT_XML)
    # A declared charset is over-ruled by the parser's own: the text is decoded already.
    parser = HTMLParser(**PARSER_OPTIONS)
    parser.set_element_class_lookup(ONE_CLASS)
    try:
        tree = etree.fromstring(clean, parser)
    except etree.LxmlError as error:
        raise Unparsable(Reason.UNPARSABLE, str(error)) from error
    for fatal in parser.error_log.filter_from_fatals():
        if fatal.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise Unparsable(Reason.TOO_DEEP if "depth" in fatal.message else Reason.HUGE_TEXT_NODE, fatal.message)
    if tree is None or tree.tag != "html":
        raise Unparsable(Reason.UNPARSABLE)
    return tree
