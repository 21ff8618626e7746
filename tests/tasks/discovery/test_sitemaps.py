"""Sitemaps and their indexes: XML, text, packed, cut off, hostile."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.discovery.items import Announced, Child, Item
from tasks.discovery.sitemaps import MAX_CHILDREN, MAX_ITEMS, read_sitemap
from tasks.discovery.unpacking import MAX_MEMBERS, unpack_gzip

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://news.example/maps/index.xml"
OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
NEWS = (
    "<url><loc> https://news.example/a?x=1&amp;y=2 </loc><lastmod>2026-11-25T11:00:00Z</lastmod>"
    "<image:image><image:loc>https://i.example/i.jpg</image:loc><image:title>Image</image:title></image:image>"
    "<news:news><news:publication><news:name>News</news:name><news:language>de</news:language></news:publication>"
    "<news:publication_date>2026-11-25T10:00:00+01:00</news:publication_date><news:title>Auf &amp; ab</news:title></news:news></url>"
)
A = Item("https://news.example/a?x=1&y=2", NOW - timedelta(hours=3), "Auf & ab", "de")


def urlset(entries: str) -> str:
    return f"{OPEN}{entries}</urlset>"


def index(entries: str) -> str:
    return f'<sitemapindex xmlns="http://www.google.com/schemas/sitemap/0.84">{entries}</sitemapindex>'


def read(body: str | bytes, since: datetime | None = None) -> Announced:
    return read_sitemap(body if isinstance(body, bytes) else body.encode(), URL, NOW, since)


def test_a_news_sitemap() -> None:
    body = urlset(
        NEWS
        + "<url><loc><![CDATA[b]]></loc><lastmod>2026-11-24</lastmod></url><url><loc>/c</loc></url><url><loc>/c</loc></url><url/>"
    )
    yesterday = datetime(2026, 11, 24, tzinfo=UTC)
    assert read(body) == Announced((A, Item("https://news.example/maps/b", yesterday), Item("https://news.example/c")))


@pytest.mark.parametrize(
    "body",
    [
        urlset(NEWS).encode("utf-8-sig"),
        b"\n\n" + urlset(NEWS).encode(),
        urlset(NEWS).replace("UTF-8", "utf-16").encode("utf-16"),
        gzip.compress(urlset(NEWS).encode(), mtime=0),
        gzip.compress(urlset(NEWS).encode()[:200], mtime=0) + gzip.compress(urlset(NEWS).encode()[200:], mtime=0),
        urlset(NEWS).replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "").encode(),
        urlset(NEWS)
        .replace("urlset", "s:urlset")
        .replace("<url>", "<s:url>")
        .replace("</url>", "</s:url>")
        .replace("xmlns=", "xmlns:s=")
        .replace("loc>", "loc>")
        .encode(),
        urlset(NEWS).replace("\n", '\n<?xml-stylesheet href="x.xsl"?><!-- <feed> -->').encode(),
    ],
    ids=["bom", "blank lines", "utf-16", "gzip", "two members", "no namespace", "prefix", "comments"],
)
def test_dresses(body: bytes) -> None:
    assert read(body) == Announced((A,))


def test_a_bare_ampersand_costs_no_entries() -> None:
    found = read(urlset("<url><loc>/a?x=1&y=2</loc></url><url><loc>/b</loc></url>"))
    assert [item.url for item in found.items] == ["https://news.example/a?x=1&y=2", "https://news.example/b"]
    assert "not well formed" in found.problems[0]


@given(st.integers(1, 400))
def test_a_sitemap_that_was_cut_off_keeps_its_whole_entries(cut: int) -> None:
    body = urlset("".join(f"<url><loc>https://news.example/page/{number}</loc></url>" for number in range(8)))[:-cut]
    found = read(body)
    assert [item.url for item in found.items] == [f"https://news.example/page/{number}" for number in range(body.count("</url>"))]
    assert found.problems


def test_packed_and_cut_off() -> None:
    body = urlset("".join(f"<url><loc>https://news.example/page/{number * 7919}</loc></url>" for number in range(5_000)))
    found = read(gzip.compress(body.encode())[:-1_000])
    assert 4_000 < len(found.items) < 5_000
    assert found.problems[0] == "its gzip is cut off"


def test_unpacking_is_bounded() -> None:
    bomb = gzip.compress(b"a" * 1_000_000)
    assert unpack_gzip(bomb, 1_000) == (b"a" * 1_000, ("longer than 1000 bytes when unpacked",))
    assert unpack_gzip(bomb + bomb, 1_000_000)[0] == b"a" * 1_000_000
    many, problems = unpack_gzip(gzip.compress(b"a") * (MAX_MEMBERS + 5))
    assert (len(many), len(problems)) == (MAX_MEMBERS, 1)
    assert unpack_gzip(b"\x1f\x8bjunk") == (b"", ("its gzip is broken",))
    assert unpack_gzip(gzip.compress(b"a") + b"junk") == (b"a", ())


@given(st.binary(max_size=100))
def test_packed_or_not(data: bytes) -> None:
    assert unpack_gzip(gzip.compress(data)) == (data, ())
    read(data)
    read(b"\x1f\x8b" + data)
    read(b"<urlset>" + data)


def test_what_is_older_is_left_out() -> None:
    entries = "".join(
        f"<url><loc>/{number}</loc>{date}</url>"
        for number, date in enumerate(
            ["", "<lastmod>2026-11-20</lastmod>", "<lastmod>2026-11-24</lastmod>", "<lastmod>2026-11-24T10:00Z</lastmod>"]
        )
    )
    since = datetime(2026, 11, 24, 12, tzinfo=UTC)
    # The 24th without a time lasts until its end.
    assert [item.url[-1] for item in read(urlset(entries), since).items] == ["0", "2"]
    children = index(entries.replace("url>", "sitemap>"))
    assert [child.url[-1] for child in read(children, since).children] == ["0", "2"]
    old_news = NEWS.replace("2026-11-25T10", "2026-11-20T10")
    assert not read(urlset(old_news), since).items


def test_an_index() -> None:
    found = read(
        index("<sitemap><loc>a.xml.gz</loc><lastmod>2026-11-25T11:00:00Z</lastmod></sitemap><sitemap><loc>/b.xml</loc></sitemap>")
    )
    assert found == Announced(
        children=(Child("https://news.example/maps/a.xml.gz", NOW - timedelta(hours=1)), Child("https://news.example/b.xml"))
    )


def test_of_too_many_sitemaps_the_recent_ones_stay() -> None:
    day = datetime(2024, 1, 1, tzinfo=UTC)
    dated = [(f"/{number}.xml", (day + timedelta(days=number)).date()) for number in range(MAX_CHILDREN + 100)]
    found = read(index("".join(f"<sitemap><loc>{path}</loc><lastmod>{date}</lastmod></sitemap>" for path, date in dated)))
    assert [child.url for child in found.children] == [
        f"https://news.example/{number}.xml" for number in range(100, MAX_CHILDREN + 100)
    ]
    assert found.problems == ("600 sitemaps: 100 of them are left out",)
    undated = read(index("".join(f"<sitemap><loc>{path}</loc></sitemap>" for path, _ in dated))).children
    assert (len(undated), undated[0].url, undated[-1].url) == (
        MAX_CHILDREN,
        "https://news.example/0.xml",
        "https://news.example/599.xml",
    )


def test_no_more_addresses_than_a_sitemap_may_have() -> None:
    entries = [f"https://news.example/{number}" for number in range(MAX_ITEMS + 1)]
    for body in (urlset("".join(f"<url><loc>{url}</loc></url>" for url in entries)), "\n".join(entries)):
        found = read(body)
        assert len(found.items) == MAX_ITEMS
        assert "the rest is left out" in found.problems[0]


def test_lines() -> None:
    found = read("\ufeffhttps://news.example/1\r\n\nhttps://news.example/2\nnonsense\n")
    assert [item.url for item in found.items] == ["https://news.example/1", "https://news.example/2"]
    assert found.problems == ("line 4 is no address: 'nonsense'",)


def test_a_feed_given_as_sitemap() -> None:
    found = read("<rss><channel><item><link>r</link></item></channel></rss>")
    assert found.items == (Item("https://news.example/maps/r"),)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "empty"),
        ("<html><body>Not found</body></html>", "'html'"),
        ("<!-- x -->", "no sitemap"),
        ("<urlset/>", "no entries"),
        ('<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>&a;</loc></url></urlset>', "outside"),
        ('<!DOCTYPE urlset [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>/&b;</loc></url></urlset>', "grows"),
        ("<urlset>" + "<url>" * 10_000, "not well formed"),
    ],
)
def test_what_is_no_sitemap(body: str, says: str) -> None:
    found = read(body)
    assert not found.items
    assert says in found.problems[0]
