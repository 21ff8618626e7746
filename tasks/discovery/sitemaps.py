"""Sitemaps and their indexes, of XML or a line an address, packed or not."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from lxml import etree

from tasks.discovery.dates import read_date
from tasks.discovery.documents import decode, escape_ampersands, first_element, refusal
from tasks.discovery.feeds import ROOTS, read_feed
from tasks.discovery.items import Announced, Child, Item, not_ahead, one_line, unique
from tasks.discovery.unpacking import MAX_UNPACKED_BYTES, unpack_gzip
from tasks.discovery.url_lists import read_url_list
from tasks.urls import clean_url

MAX_ITEMS = 50_000
MAX_CHILDREN = 500
TOO_MANY = f"more than {MAX_ITEMS} addresses: the rest is left out"
HEAD_BYTES = 262_144
ENTRY_TAGS = ("{*}url", "{*}sitemap")
OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    items: list[Item] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_sitemap(body: bytes, url: str, now: datetime, since: datetime | None = None) -> Announced:
    """What a sitemap or an index of sitemaps announces; entries that are dated before ``since`` are left out.

    A feed is read as one. Never raises: what is wrong is a problem.
    """
    unpacked, wrong = unpack_gzip(body)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        unpacked, wrong = unpacked[:MAX_UNPACKED_BYTES], (f"longer than {MAX_UNPACKED_BYTES} bytes",)
    head = decode(unpacked[:HEAD_BYTES]).lstrip()
    if not head:
        return Announced(problems=(*wrong, "empty"))
    if not head.startswith("<"):
        return _read_lines(unpacked, wrong)
    if refused := refusal(head):
        return Announced(problems=(*wrong, f"not read: {refused}"))
    root = first_element(head)
    if root in ROOTS:
        return read_feed(unpacked, url, None, now)
    if root not in ("urlset", "sitemapindex"):
        return Announced(problems=(*wrong, f"no sitemap: its first element is {root!r}"))
    found = _read_xml(unpacked.lstrip(), url, now)
    found.problems[:0] = wrong
    return _announced(found, since)


def _read_lines(unpacked: bytes, wrong: tuple[str, ...]) -> Announced:
    lines = unpacked.split(b"\n", MAX_ITEMS)
    found = read_url_list(b"\n".join(lines[:MAX_ITEMS]))
    too_many = (TOO_MANY,) if b"".join(lines[MAX_ITEMS:]).strip() else ()
    return Announced(found.items, problems=(*wrong, *too_many, *found.problems))


def _read_xml(xml: bytes, url: str, now: datetime) -> _Found:
    found = _read_entries(xml, url, now)
    escaped = escape_ampersands(xml) if found.problems else xml
    if escaped == xml:
        return found
    again = _read_entries(escaped, url, now)
    again.problems[:0] = found.problems
    return again if len(again.items) + len(again.children) > len(found.items) + len(found.children) else found


def _read_entries(xml: bytes, url: str, now: datetime) -> _Found:
    found = _Found()
    try:
        for count, entry in enumerate(_entries(xml)):
            if count >= MAX_ITEMS:
                found.problems.append(TOO_MANY)
                break
            _take(entry, found, url, now)
    except etree.XMLSyntaxError as error:
        # What was whole before the fault is good.
        found.problems.append(f"not well formed: {str(error)[:200]}")
    return found


def _entries(xml: bytes) -> Iterator[etree._Element]:
    """One entry after the other; each is gone when the next is asked for, so that memory stays flat."""
    parsed = etree.iterparse(
        io.BytesIO(xml), events=("end",), tag=ENTRY_TAGS, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    for _, entry in parsed:
        parent = entry.getparent()
        # Other vocabularies have elements of these names further down.
        if parent is None or parent.getparent() is not None:
            continue
        yield entry
        entry.clear()
        while entry.getprevious() is not None:
            del parent[0]


def _take(entry: etree._Element, found: _Found, url: str, now: datetime) -> None:
    texts = _texts(entry)
    address = clean_url(texts.get("loc", ""), url)
    if address is None:
        return
    modified_at = read_date(texts.get("lastmod", ""))
    if _local_name(entry) == "sitemap":
        found.children.append(Child(address, not_ahead(modified_at, now)))
        return
    published_at = read_date(texts.get("publication_date", "")) or modified_at
    found.items.append(
        Item(address, not_ahead(published_at, now), one_line(texts.get("title", "")), texts.get("language", "")[:35].strip())
    )


def _texts(entry: etree._Element) -> dict[str, str]:
    """The texts that count, by local name: direct children, and all in the news element."""
    texts: dict[str, str] = {}
    for child in entry.iterchildren(etree.Element):
        name = _local_name(child)
        if name in ("loc", "lastmod"):
            texts.setdefault(name, child.text or "")
        elif name == "news":
            for part in child.iter(etree.Element):
                texts.setdefault(_local_name(part), part.text or "")
    return texts


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _announced(found: _Found, since: datetime | None) -> Announced:
    items = unique(item for item in found.items if _is_recent(item.published_at, since))
    children = unique(child for child in found.children if _is_recent(child.modified_at, since))
    if len(children) > MAX_CHILDREN:
        found.problems.append(f"{len(children)} sitemaps: {len(children) - MAX_CHILDREN} of them are left out")
        children = _chosen(children)
    if not found.items and not found.children:
        found.problems.append("no entries")
    return Announced(items, children, problems=tuple(found.problems))


def _is_recent(moment: datetime | None, since: datetime | None) -> bool:
    if since is None or moment is None:
        return True
    # A day without a time lasts until its end.
    return moment >= since or (moment.time() == time() and moment + timedelta(days=1) > since)


def _chosen(children: tuple[Child, ...]) -> tuple[Child, ...]:
    """The most recent, in their order. Without dates from both ends: some begin with the newest, some end with it."""
    places = sorted(range(len(children)), key=lambda at: (children[at].modified_at or OLDEST, -min(at, len(children) - 1 - at)))
    keep = set(places[-MAX_CHILDREN:])
    return tuple(child for at, child in enumerate(children) if at in keep)
