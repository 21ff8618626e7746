"""Home pages: the feeds and sitemaps that they link, and those that robots.txt names."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree, html

from tasks.discovery.documents import decode
from tasks.discovery.items import Announced, Child, unique
from tasks.urls import clean_url, domain_of

MAX_BYTES = 2_000_000
MAX_CHILDREN = 500
FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/json text/rss+xml".split()
)
FEED_PATH = re.compile(r"(?:/rss|/feed|\.rss|/rss\.xml|/feed\.xml|/atom\.xml)/?$", re.IGNORECASE)
# Not the sections of opinion: /commentisfree/rss, /commentary/feed, /kommentare/rss.
COMMENT_PATH = re.compile(r"[/_-]comments?(?:[/.]|$)", re.IGNORECASE)
COMMENT_TITLE = re.compile(
    r"\bcomments? (?:feed|on|for|rss)\b|kommentar-feed|flux des commentaires|feed dei commenti|feed de los comentarios",
    re.IGNORECASE,
)
# WordPress announces each page's own record as JSON.
NO_FEED_PATH = re.compile(r"/wp-json/|/oembed", re.IGNORECASE)


def read_home(body: bytes, url: str) -> Announced:
    """The feeds and sitemaps that a page links, the declared ones first; never raises."""
    text = decode(body[:MAX_BYTES]).replace("\x00", "")
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):
        return Announced(problems=("no page",))
    base = next((joined for node in page.iter("base") if (joined := clean_url(node.get("href") or "", url))), url)
    children = unique([*_declared(page, base), *_linked(page, base, url)])
    return Announced(children=children[:MAX_CHILDREN], problems=() if children else ("no feed and no sitemap is linked",))


def robots_sitemaps(urls: Iterable[str], base: str) -> tuple[Child, ...]:
    """The sitemaps that a robots.txt at ``base`` names."""
    return unique(Child(url) for raw in urls if (url := clean_url(raw, base)))[:MAX_CHILDREN]


def _declared(page: html.HtmlElement, base: str) -> Iterator[Child]:
    for link in page.iter("link"):
        rels = (link.get("rel") or "").lower().split()
        mime = (link.get("type") or "").partition(";")[0].strip().lower()
        is_feed = "alternate" in rels and mime in FEED_TYPES and not COMMENT_TITLE.search(link.get("title") or "")
        found = clean_url(link.get("href") or "", base) if is_feed or "sitemap" in rels else None
        if found and ("sitemap" in rels or _is_feed_path(found)):
            yield Child(found)


def _linked(page: html.HtmlElement, base: str, url: str) -> Iterator[Child]:
    domain = domain_of(url)
    for anchor in page.iter("a"):
        href = (anchor.get("href") or "").strip()
        if FEED_PATH.search(href.partition("#")[0].partition("?")[0]):
            found = clean_url(href, base)
            if found and domain_of(found) == domain and _is_feed_path(found):
                yield Child(found)


def _is_feed_path(url: str) -> bool:
    path = urlsplit(url).path
    return not COMMENT_PATH.search(path) and not NO_FEED_PATH.search(path)
