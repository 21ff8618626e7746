"""Home pages and the feeds and sitemaps that they link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.discovery.home_pages import MAX_BYTES, read_home, robots_sitemaps
from tasks.discovery.items import Child

URL = "https://www.news.example/start/"


def children(page: str | bytes) -> list[str]:
    return [child.url for child in read_home(page if isinstance(page, bytes) else page.encode(), URL).children]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed/">', ["/feed/"]),
        ("<LINK REL='Alternate Feed' TYPE='application/atom+xml; charset=utf-8' HREF='atom'>", ["/start/atom"]),
        ('<link rel="alternate" type="application/feed+json" href="/feed.json">', ["/feed.json"]),
        ('<base href="/b/"><link rel="sitemap" type="application/xml" href="map.xml">', ["/b/map.xml"]),
        ('<link rel="alternate" type="application/rss+xml" title="T &raquo; Comments Feed" href="/c/">', []),
        ('<link rel="alternate" type="application/rss+xml" href="/comments/feed/">', []),
        ('<link rel="alternate" type="application/rss+xml" title="Kommentare" href="/kommentare/rss">', ["/kommentare/rss"]),
        ('<a href="/commentisfree/rss">x</a><a href="/commentary/feed">x</a>', ["/commentisfree/rss", "/commentary/feed"]),
        ('<a href="/2026/11/a/comments/feed">x</a><a href="/comments.rss">x</a><a href="/user-comments.rss">x</a>', []),
        ('<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">', []),
        ('<link rel="alternate" type="application/json+oembed" href="/x">', []),
        ('<link rel="alternate" hreflang="en" href="/en/">', []),
        ('<link rel="stylesheet" type="application/rss+xml" href="/s">', []),
        (
            '<a href="/rss">x</a><a href="/politics/feed/">x</a><a href="//news.example/a.rss?x=1#y">x</a>',
            ["/rss", "/politics/feed/", "//news.example/a.rss?x=1"],
        ),
        ('<a href="https://other.example/rss">x</a><a href="/rss-help">x</a><a href="http://[bad/rss">x</a><a>x</a>', []),
        (
            '<a href="/rss">x</a><link rel="alternate" type="application/rss+xml" href="/feed"><a href="/feed">x</a>',
            ["/feed", "/rss"],
        ),
        ('<link rel="alternate" type="application/rss+xml" href="/%C3%BC/ü">', ["/%C3%BC/%C3%BC"]),
    ],
)
def test_what_is_linked(page: str, found: list[str]) -> None:
    absolute = [f"https:{each}" if each.startswith("//") else f"https://www.news.example{each}" for each in found]
    assert children(f"<html><head>{page}</head><body>x</body></html>") == absolute


def test_what_lies_beyond_the_bound_is_not_read() -> None:
    feed = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    assert children(feed + b" " * MAX_BYTES + b'<a href="/rss">') == ["https://www.news.example/feed"]


@pytest.mark.parametrize(
    "page", [b"", b" ", b"\x00", b"<!-- -->", b"<div>" * 50_000, b"\xff\xfe\x00", b'<?xml version="1.0" encoding="utf-16"?><p>']
)
def test_no_page_is_a_problem(page: bytes) -> None:
    assert read_home(page, URL).problems


@given(st.binary(max_size=200))
def test_any_bytes(page: bytes) -> None:
    read_home(page, URL)


def test_sitemaps_of_robots() -> None:
    found = robots_sitemaps(("https://www.news.example/a.xml", "/b.xml", "https://www.news.example/a.xml", "junk:", ""), URL)
    assert found == (Child("https://www.news.example/a.xml"), Child("https://www.news.example/b.xml"))
