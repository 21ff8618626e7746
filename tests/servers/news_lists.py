"""Feeds and sitemaps of invented articles, written by hand."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list; ``url`` is absolute."""

    url: str
    title: str
    published_at: datetime

    @property
    def when(self) -> str:
        """The time of publication, ISO 8601."""
        return self.published_at.isoformat(timespec="seconds")


def rss(title: str, home_url: str, entries: Iterable[Entry]) -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(each.title)}</title><link>{escape(each.url)}</link><guid>{escape(each.url)}</guid>"
        f"<pubDate>{format_datetime(each.published_at)}</pubDate></item>\n"
        for each in entries
    )
    return f'{XML}<rss version="2.0"><channel><title>{escape(title)}</title><link>{home_url}</link>\n{items}</channel></rss>\n'


def atom(title: str, home_url: str, entries: list[Entry]) -> str:
    """Atom 1.0."""
    items = "".join(
        f'<entry><title>{escape(each.title)}</title><link rel="alternate" href="{escape(each.url)}"/><id>{escape(each.url)}</id>'
        f"<published>{each.when}</published><updated>{each.when}</updated></entry>\n"
        for each in entries
    )
    newest = f"<updated>{entries[0].when}</updated>" if entries else ""
    return f'{XML}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title><id>{home_url}</id>{newest}\n{items}</feed>\n'


def json_feed(title: str, home_url: str, entries: Iterable[Entry]) -> str:
    """JSON Feed 1.1."""
    items = [{"id": each.url, "url": each.url, "title": each.title, "date_published": each.when} for each in entries]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home_url, "items": items})


def news_sitemap(title: str, entries: Iterable[Entry]) -> str:
    """A sitemap with the fields for news."""
    items = "".join(
        f"<url><loc>{escape(each.url)}</loc><news:news><news:publication><news:name>{escape(title)}</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{each.when}</news:publication_date>"
        f"<news:title>{escape(each.title)}</news:title></news:news></url>\n"
        for each in entries
    )
    return f'{XML}<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}">\n{items}</urlset>\n'


def url_set(entries: Iterable[Entry]) -> str:
    """A plain sitemap."""
    items = "".join(f"<url><loc>{escape(each.url)}</loc><lastmod>{each.when}</lastmod></url>\n" for each in entries)
    return f'{XML}<urlset xmlns="{SITEMAP}">\n{items}</urlset>\n'


def sitemap_index(urls: Iterable[str]) -> str:
    """An index that tells no dates: it stays the same while its children change."""
    items = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return f'{XML}<sitemapindex xmlns="{SITEMAP}">\n{items}</sitemapindex>\n'
