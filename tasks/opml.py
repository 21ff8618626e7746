"""OPML: lists of feeds as feed readers write and read them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from tasks.errors import FixTheRun
from tasks.urls import clean_url

MAX_BYTES = 10 * 2**20
MAX_TITLE_CHARS = 500
MAX_LANGUAGE_CHARS = 35
LANGUAGE = re.compile(r"[A-Za-z0-9-]+")
NOT_XML = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Outline:
    """One source of a list, its addresses cleaned; either may be empty, not both."""

    title: str = ""
    feed_url: str = ""
    home_url: str = ""
    language: str = ""


def read_opml(data: bytes, left_out: Callable[[str], None] = lambda _: None) -> list[Outline]:
    """The sources of a list, of all its folders, in its order; raises FixTheRun for what is no OPML.

    ``left_out`` is called for each address that cannot be fetched, with the reason.
    """
    if len(data) > MAX_BYTES:
        raise FixTheRun(f"the OPML list is longer than {MAX_BYTES} bytes: divide it")
    root = _parse(data)
    if _local_name(root) != "opml":
        raise FixTheRun(f"the list is no OPML: its first element is {_local_name(root)!r}")
    elements = (element for element in root.iter("{*}*") if _local_name(element) == "outline")
    return [outline for element in elements if (outline := _outline(element, left_out))]


def write_opml(outlines: Iterable[Outline]) -> bytes:
    """A list that feed readers can import."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources"
    body = etree.SubElement(root, "body")
    for outline in outlines:
        named = {
            "text": outline.title or outline.feed_url or outline.home_url,
            "title": outline.title,
            "type": "rss" if outline.feed_url else "link",
        }
        named |= {"xmlUrl": outline.feed_url, "htmlUrl": outline.home_url, "language": outline.language}
        etree.SubElement(body, "outline", {name: NOT_XML.sub(" ", value) for name, value in named.items() if value})
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _parse(data: bytes) -> etree._Element:
    # Without its zeros UTF-16 reads like ASCII.
    if b"<!ENTITY" in data.replace(b"\x00", b""):
        raise FixTheRun("the OPML list declares entities, which a list of feeds does not need: take its DOCTYPE out")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FixTheRun(f"the OPML list is not well formed XML: {str(error)[:200]}") from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and list(cast(Any, declared).iterentities()):
        raise FixTheRun("the OPML list declares entities, which a list of feeds does not need: take its DOCTYPE out")
    return root


def _outline(element: etree._Element, left_out: Callable[[str], None]) -> Outline | None:
    named = {str(name).lower(): " ".join(str(value).split()) for name, value in element.attrib.items()}
    feed_url = _fetchable(named.get("xmlurl", ""), left_out)
    home = named.get("htmlurl") or (named.get("url", "") if named.get("type", "").lower() == "link" else "")
    home_url = _fetchable(home, left_out)
    if not feed_url and not home_url:
        return None
    title = (named.get("title") or named.get("text", ""))[:MAX_TITLE_CHARS]
    # Readers want a text; where there is none, the address stands for it.
    title = "" if title in (named.get("xmlurl"), home) else title
    language = named.get("language", "")[:MAX_LANGUAGE_CHARS]
    return Outline(title, feed_url, home_url, language if LANGUAGE.fullmatch(language) else "")


def _fetchable(address: str, left_out: Callable[[str], None]) -> str:
    """The address cleaned; empty, and told without its user and password, where it cannot be fetched."""
    cleaned = clean_url(address)
    if address and cleaned is None:
        scheme, sign, rest = address.partition("://")
        if "@" in rest:
            left_out("an address takes no user or password")
        elif sign and scheme.lower() not in {"http", "https"}:
            left_out("only http and https are fetched")
        else:
            left_out("it is no address such as https://example.org/rss")
    return cleaned or ""


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
