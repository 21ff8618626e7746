"""Articles that stand only in a page's scripts, as HTML in a string of JSON, for the browser to write."""

import json
import re
from collections.abc import Iterator

from lxml import etree, html
from lxml.html import HtmlElement

MIN_CHARS = 500
MAX_SCRIPT_CHARS = 4_000_000
MAX_STRINGS = 200
# Frameworks put JSON into strings of JSON.
MAX_NESTING = 3
MIN_TAGS = 3
STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
BLOCK_TAG = re.compile(r"<(?:p|br|div|h[2-6]|li)\b", re.IGNORECASE)


def read_embedded(tree: HtmlElement) -> HtmlElement | None:
    """The longest HTML that a script of the page holds, as a page of its own; None where there is none."""
    found = [
        text for script in _scripts(tree) for text in _strings(script, 0) if len(BLOCK_TAG.findall(text, 0, 100_000)) >= MIN_TAGS
    ]
    if not found:
        return None
    try:
        return html.document_fromstring(f"<html><body><article>{max(found, key=len)}</article></body></html>")
    except (etree.LxmlError, ValueError):
        # Bytes that are no characters of XML.
        return None


def _scripts(tree: HtmlElement) -> Iterator[str]:
    left = MAX_SCRIPT_CHARS
    for script in tree.iter("script"):
        text = script.text or ""
        if MIN_CHARS <= len(text) <= left:
            left -= len(text)
            yield text


def _strings(text: str, depth: int) -> Iterator[str]:
    """Long strings of JSON in a script, and in those strings again."""
    long = (match[1] for match in STRING.finditer(text) if match.end() - match.start() > MIN_CHARS)
    for quoted, _ in zip(long, range(MAX_STRINGS), strict=False):
        try:
            decoded = json.loads(f'"{quoted}"', strict=False)
        except ValueError:
            # A string of JavaScript that is none of JSON.
            continue
        if BLOCK_TAG.search(decoded):
            # Half of a surrogate pair is no character.
            yield decoded.encode("utf-8", "ignore").decode()
        elif depth < MAX_NESTING and '"' in decoded:
            yield from _strings(decoded, depth + 1)
