"""Feeds: RSS 0.9 to 2.0, RDF, Atom and JSON Feed, as broken as they come."""

import html
import io
import math
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from tasks.discovery.dates import FIRST_YEAR, read_date
from tasks.discovery.documents import decode, first_element, refusal
from tasks.discovery.items import Announced, Item, not_ahead, one_line, unique
from tasks.discovery.json_feeds import read_json_feed
from tasks.discovery.references import mend_references
from tasks.urls import clean_url

MAX_BYTES = 10 * 2**20
PERIOD_SECONDS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
MAX_RAW_TITLE_CHARS = 4_000
TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# An empty link keeps feedparser from taking the guid.
EMPTY_LINK = re.compile(r"<link\s*/>|<link>\s*</link\s*>")
# What is no letter of XML stops the strict parser; the loose one takes many times as long.
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ROOTS = ("rss", "feed", "rdf", "channel")
END = re.compile(r"</(?:[\w.-]{1,40}:)?(rss|feed|rdf|channel)\s*>", re.IGNORECASE)
# Seen on feeds with elements where they do not belong.
FAULTS_OF_FEEDPARSER = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
LAST_ENTRY = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)


def read_feed(body: bytes, url: str, content_type: str | None, now: datetime) -> Announced:
    """What a feed announces; ``url`` is where it was, for its relative links. Never raises: what is wrong is a problem."""
    if len(body) > MAX_BYTES:
        return Announced(problems=(f"not read: longer than {MAX_BYTES} bytes",))
    text = NOT_XML.sub("", decode(body, content_type)).strip()
    if not text:
        return Announced(problems=("empty",))
    if text[0] in "{[":
        return read_json_feed(text, url, now)
    if refused := refusal(text):
        return Announced(problems=(f"not read: {refused}",))
    root = first_element(text)
    if root not in ROOTS:
        return Announced(problems=(f"no feed: its first element is {root!r}" if root else "no feed: it has no element",))
    whole, problems = _whole_entries(text, root)
    mended = EMPTY_LINK.sub("", mend_references(whole))
    return _read_xml(mended, url, now, problems)


def _whole_entries(text: str, root: str) -> tuple[str, tuple[str, ...]]:
    """A feed that was cut off, up to its last whole entry."""
    # In RDF the channel ends before the items begin.
    ends = ("rss", "channel") if root == "rss" else (root,)
    if any(found[1].lower() in ends for found in END.finditer(text, max(0, len(text) - 2_000))):
        return text, ()
    last = max((found.end() for found in LAST_ENTRY.finditer(text)), default=0)
    return text[:last], ("cut off",)


def _read_xml(text: str, url: str, now: datetime, problems: tuple[str, ...]) -> Announced:
    try:
        # Wrapped, as feedparser opens strings that look like files; and without an address, so that it leaves links as written.
        feed = feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False)
    except FAULTS_OF_FEEDPARSER as error:
        return Announced(problems=(*problems, f"not read: feedparser gave up ({type(error).__name__}: {str(error)[:100]})"))
    language = _language(feed.feed.get("language"))
    items = [item for entry in feed.entries if (item := _item(entry, url, language, now))]
    if feed.bozo and not problems:
        problems += (f"not well formed: {str(feed.bozo_exception)[:200]}",)
    if len(items) < len(feed.entries):
        problems += (f"{len(feed.entries) - len(items)} of {len(feed.entries)} entries have no link",)
    return Announced(unique(items), ttl_seconds=_ttl_seconds(feed.feed), problems=problems)


def _item(entry: Mapping[str, Any], url: str, language: str, now: datetime) -> Item | None:
    link = next((link for raw in _links(entry) if (link := clean_url(raw, url))), None)
    if link is None:
        return None
    title = one_line(html.unescape(TAG.sub("", _text(entry.get("title"))[:MAX_RAW_TITLE_CHARS])))
    return Item(link, not_ahead(_published_at(entry), now), title, _language(entry.get("language")) or language)


def _links(entry: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of the article itself, the best first; never those of enclosures and comments."""
    yield _text(entry.get("feedburner_origlink"))
    links = [link for link in entry.get("links", ()) if link.get("rel") == "alternate" and link.get("href")]
    yield from (link["href"] for link in links if "html" in link.get("type", "html"))
    guid = _text(entry.get("link"))
    # A number is often said to be a permalink.
    if guid and (guid != entry.get("id") or guid.lower().startswith(("http://", "https://"))):
        yield guid
    yield from (link["href"] for link in links)
    # RDF names an item by its address; an RSS guid that stands here was said to be none.
    about = _text(entry.get("id"))
    if "guidislink" not in entry and about.lower().startswith(("http://", "https://")):
        yield about


def _published_at(entry: Mapping[str, Any]) -> datetime | None:
    for name in ("published", "updated", "created"):
        moment = read_date(_text(entry.get(name)))
        # feedparser knows the dates of some countries that we do not.
        parsed = entry.get(f"{name}_parsed")
        if moment is None and parsed and parsed[0] >= FIRST_YEAR:
            moment = datetime.fromtimestamp(timegm(parsed), UTC)
        if moment:
            return moment
    return None


def _ttl_seconds(feed: Mapping[str, Any]) -> float | None:
    minutes = _number(feed.get("ttl"))
    if minutes:
        return minutes * 60
    period = PERIOD_SECONDS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    return period / (_number(feed.get("sy_updatefrequency")) or 1) if period else None


def _number(value: Any) -> float | None:
    try:
        number = float(_text(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 < number <= 1e9 else None


def _text(value: Any) -> str:
    # An element with attributes of its own is a mapping to feedparser.
    return value if isinstance(value, str) else ""


def _language(value: Any) -> str:
    found = LANGUAGE.fullmatch(_text(value).strip().replace("_", "-"))
    return found[0] if found else ""
