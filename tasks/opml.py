"""OPML: lists of feeds as feed readers write and read them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from tasks.errors import FixTheRun
from tasks.urls import clean_url

MAX_BYTES = 10 * 2**20
MAX_TITLE_CHARS = 500
MAX_LANGUAGE_CHARS = 35
NOT_XML = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Outline:
    """One source of a list, its addresses cleaned; either may be empty, not both."""

    title: str = ""
    feed_url: str = ""
    home_url: str = ""
    language: str = ""


def read_opml(data: bytes) -> list[Outline]:
    """The sources of a list, of all its folders, in its order; raises FixTheRun for what is no OPML."""
    if len(data) > MAX_BYTES:
        raise FixTheRun(f"the OPML list is longer than {MAX_BYTES} bytes: divide it")
    root = _parse(data)
    if _local_name(root) != "opml":
        raise FixTheRun(f"the list is no OPML: its first element is {_local_name(root)!r}")
    return [outline for element in root.iter("{*}*") if _local_name(element) == "outline" and (outline := _outline(element))]


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


def _outline(element: etree._Element) -> Outline | None:
    named = {str(name).lower(): " ".join(str(value).split()) for name, value in element.attrib.items()}
    feed_url = clean_url(named.get("xmlurl", "")) or ""
    home = named.get("htmlurl") or (named.get("url", "") if named.get("type", "").lower() == "link" else "")
    home_url = clean_url(home) or ""
    if not feed_url and not home_url:
        return None
    title = (named.get("title") or named.get("text", ""))[:MAX_TITLE_CHARS]
    # Readers want a text; where there is none, the address stands for it.
    title = "" if title in (named.get("xmlurl"), home) else title
    return Outline(title, feed_url, home_url, named.get("language", "")[:MAX_LANGUAGE_CHARS])


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
