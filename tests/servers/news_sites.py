"""One invented news site: what it has published, its feeds and sitemaps, its robots.txt, and how it misbehaves."""

import gzip
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers import news_faults, news_lists
from tests.servers.news_lists import Entry
from tests.servers.news_replies import Reply, Request, page, validated
from tests.servers.news_texts import Article, article_html, home_html, write_article

FEEDS = {"/rss.xml": "application/rss+xml", "/atom.xml": "application/atom+xml", "/feed.json": "application/feed+json"}
CHILD = re.compile(r"/sitemap-(\d+)\.xml(\.gz)?")
ARTICLE = re.compile(r"/.+-(\d+)\.html")


@dataclass
class Fault:
    """One way to misbehave. ``path``: of one resource, or a beginning that ends with ``*``; empty for all but robots.txt."""

    name: str
    path: str
    left: int
    options: dict[str, Any]

    def meets(self, path: str) -> bool:
        """Whether this request is met by it; counts down."""
        is_met = path == self.path or (self.path.endswith("*") and path.startswith(self.path[:-1]))
        if not (is_met or (not self.path and path != "/robots.txt")) or not self.left:
            return False
        self.left -= 1
        return True


class Site:
    """``robots``: the text of robots.txt, None for 404. ``feed_items``: how many articles a feed lists, newest first.

    ``latency_seconds``: before every answer. ``child_items``: articles in one sitemap; every second one is packed.
    """

    def __init__(self, number: int, address: str, domain: str) -> None:
        self.number, self.address, self.domain, self.url = number, address, domain, f"http://{address}"
        self.title = f"Newsroom {number}"
        self.robots: str | None = f"User-agent: *\nDisallow: /private/\nSitemap: {self.url}/sitemap-index.xml\n"
        self.feed_items, self.child_items, self.latency_seconds = 50, 500, 0.0
        self.targets = dict[str, tuple[str, int]]()
        self.faults = list[Fault]()
        # Articles and the time of the last one, as one value: the server reads it while a test publishes.
        self._published: tuple[tuple[Article, ...], int] = ((), int(time.time()) - 3600)
        self._listed = dict[str, tuple[object, Reply]]()
        self.home_url, self.robots_url, self.feed_url = (self.url + path for path in ("/", "/robots.txt", "/rss.xml"))
        self.atom_url, self.json_feed_url = f"{self.url}/atom.xml", f"{self.url}/feed.json"
        self.sitemap_url, self.index_url = f"{self.url}/news-sitemap.xml", f"{self.url}/sitemap-index.xml"

    @property
    def articles(self) -> tuple[str, ...]:
        """The absolute URLs of all articles, the oldest first."""
        return tuple(self.url + each.path for each in self._published[0])

    def publish(self, count: int, at: datetime | None = None) -> tuple[str, ...]:
        """New articles in every list, now; the last of them has the time ``at`` (now), each before it is a second older."""
        before, modified_at = self._published
        at, last = at or datetime.now(UTC), len(before) + count - 1
        new = tuple(write_article(self.number, last - age, at - timedelta(seconds=age)) for age in range(count - 1, -1, -1))
        # Two states within one second would look the same to If-Modified-Since.
        self._published = before + new, max(modified_at + 1, int(time.time()))
        return tuple(self.url + each.path for each in new)

    def behave(self, fault: str, *, path: str = "", count: int = 10**9, **options: Any) -> None:
        """Misbehave for the next ``count`` requests of a path (see Fault); faults add up in the order they were told."""
        getattr(news_faults, fault)  # a wrong name shows here, not in the server
        self.faults.append(Fault(fault, path.removeprefix(self.url), count, options))

    def behave_well(self) -> None:
        """Forget all misbehaviour."""
        self.faults.clear()

    def answer(self, request: Request) -> Reply:
        """The reply to a request: the resource, spoilt by every fault that meets it."""
        way = news_faults.next_hop(self, request.path)
        reply = way if isinstance(way, Reply) else self._resource(way)
        if not request.path.startswith("/hops/"):
            for fault in [each for each in self.faults if each.meets(request.path)]:
                reply = getattr(news_faults, fault.name)(self, request, reply, **fault.options)
        if self.latency_seconds:
            reply = news_faults.latency(self, request, reply, max(self.latency_seconds, reply.wait_seconds))
        return validated(request, reply)

    def entries(self) -> list[Entry]:
        """All articles as lines of a list, newest first."""
        return [Entry(self.url + each.path, each.title, each.published_at) for each in reversed(self._published[0])]

    def listing(self, path: str, entries: list[Entry]) -> Reply:
        """The feed or sitemap of that path, of these entries; robots.txt and the front page too."""
        child = CHILD.fullmatch(path)
        if child:
            start = len(entries) - (int(child[1]) - 1) * self.child_items
            return self._child(entries[max(0, start - self.child_items) : max(0, start)], bool(child[2]))
        text = self._text(path, entries)
        return page("Not found", status=404) if text is None else page(text, _mime(path), self._published[1])

    def _text(self, path: str, entries: list[Entry]) -> str | None:
        few = entries[: self.feed_items]
        writers: dict[str, Callable[[], str | None]] = {
            "/": lambda: home_html(self.number, [(each.url, each.title) for each in few]),
            "/robots.txt": lambda: self.robots,
            "/rss.xml": lambda: news_lists.rss(self.title, self.home_url, few),
            "/atom.xml": lambda: news_lists.atom(self.title, self.home_url, few),
            "/feed.json": lambda: news_lists.json_feed(self.title, self.home_url, few),
            "/news-sitemap.xml": lambda: news_lists.news_sitemap(self.title, entries[:1000]),
            "/sitemap-index.xml": lambda: news_lists.sitemap_index([self.sitemap_url, *self._children(len(entries))]),
        }
        return writers[path]() if path in writers else None

    def _child(self, entries: list[Entry], is_packed: bool) -> Reply:
        text = news_lists.url_set(entries)
        if not is_packed:
            return page(text, "application/xml", self._published[1])
        return page(gzip.compress(text.encode(), mtime=0), "application/gzip", self._published[1])

    def _children(self, articles: int) -> list[str]:
        numbers = range(1, (articles - 1) // self.child_items + 2)
        return [f"{self.url}/sitemap-{number}.xml{'' if number % 2 else '.gz'}" for number in numbers]

    def _resource(self, path: str) -> Reply:
        article = ARTICLE.fullmatch(path)
        if article:
            return self._page(int(article[1]), path)
        if path in {"/about.html", "/private/drafts.html"}:
            return page(
                f"<html><head><title>{self.title}</title></head><body><p>We write the news of {self.url}.</p></body></html>"
            )
        # The state is read before the entries: what is published meanwhile makes the next listing.
        state = (self.robots, self.feed_items, self.child_items, self._published[1])
        known, reply = self._listed.get(path, (None, None))
        if known != state or reply is None:
            new = self.listing(path, self.entries())
            is_same = reply is not None and (reply.status, reply.body) == (new.status, new.body)
            reply = reply if is_same and reply else new
            self._listed[path] = (state, reply)
        return reply

    def _page(self, number: int, path: str) -> Reply:
        published, _ = self._published
        if number >= len(published) or published[number].path != path:
            return page("<html><body><h1>Not found</h1></body></html>", status=404)
        return page(article_html(published[number], self.url + path))


def _mime(path: str) -> str:
    others = "text/plain" if path == "/robots.txt" else "text/html; charset=utf-8" if path == "/" else "application/xml"
    return FEEDS.get(path, others)
