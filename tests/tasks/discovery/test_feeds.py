"""Feeds as they come: RSS, RDF, Atom, JSON; whole, broken, hostile."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.discovery.feeds import MAX_BYTES, read_feed
from tasks.discovery.items import Announced, Item
from tasks.urls import clean_url

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:media="http://search.yahoo.com/mrss/"'
)


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"></channel>'
)


def rss(items: str, head: str = "", declaration: str = '<?xml version="1.0"?>') -> str:
    return (
        f'{declaration}\n<rss version="2.0" {NAMESPACES}><channel><title>T</title><link>https://news.example/</link>'
        f'<atom:link rel="self" href="https://news.example/feeds/all.xml"/>{head}{items}</channel></rss>'
    )


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><link rel="self" href="/f"/>{entries}</feed>'


def read(feed: str | bytes, content_type: str | None = None) -> Announced:
    return read_feed(feed if isinstance(feed, bytes) else feed.encode(), URL, content_type, NOW)


def urls(feed: str | bytes) -> list[str]:
    return [item.url for item in read(feed).items]


def test_a_whole_feed() -> None:
    feed = rss(
        "<item><title>War &amp;amp; &lt;b&gt;Peace&lt;/b&gt;</title><link>https://news.example/a</link><guid>x</guid>"
        "<pubDate>Wed, 25 Nov 2026 10:00:00 +0100</pubDate></item><item><link>/b</link><dc:language>en</dc:language></item>",
        "<language>de_DE</language><ttl>30</ttl>",
    )
    assert read(feed) == Announced(
        (
            Item("https://news.example/a", NOW - timedelta(hours=3), "War & Peace", "de-DE"),
            Item("https://news.example/b", None, "", "en"),
        ),
        ttl_seconds=1_800.0,
    )


@pytest.mark.parametrize(
    ("item", "links"),
    [
        ("<link>https://news.example/a</link><guid isPermaLink='true'>https://news.example/g</guid>", ["a"]),
        ("<guid>https://news.example/g</guid>", ["g"]),
        ("<guid isPermaLink='false'>https://news.example/g</guid>", []),
        ("<guid>12345</guid>", []),
        ("<guid isPermaLink='true'>tag:news.example,2026:1</guid>", []),
        ("<link>https://f.example/x</link><feedburner:origLink>https://news.example/o</feedburner:origLink>", ["o"]),
        ("<link><![CDATA[ https://news.example/c?a=1&b=2 ]]></link>", ["c?a=1&b=2"]),
        ("<link>https://news.example/c?a=1&b=2&copy=3</link>", ["c?a=1&b=2&copy=3"]),
        ("<link>https://news.example/c?a=1&amp;b=2</link>", ["c?a=1&b=2"]),
        ("<link>\n  ../rel.html#x\n</link>", ["rel.html"]),
        ("<atom:link href='https://news.example/at'/>", ["at"]),
        ("<enclosure url='https://m.example/a.mp3' length='1' type='audio/mpeg'/><comments>https://news.example/k</comments>", []),
        ("<media:content url='https://m.example/a.jpg'/><link>https://news.example/m</link><comments>/k</comments>", ["m"]),
        ("<link>javascript:void(0)</link><guid>https://news.example/g</guid>", []),
        ("<link/><guid>https://news.example/g</guid>", ["g"]),
        ("<source url='https://other.example/rss'>Other</source><link>https://news.example/s</link>", ["s"]),
        ("<link>https://news.example/w</link><title>a &#xfffffff; &nbsp; \x01 b</title>", ["w"]),
    ],
)
def test_the_link_of_an_item(item: str, links: list[str]) -> None:
    assert urls(rss(f"<item>{item}</item>")) == [f"https://news.example/{link}" for link in links]


@pytest.mark.parametrize(
    ("entry", "links"),
    [
        ("<link href='a.html'/>", ["https://base.example/x/sub/a.html"]),
        (
            "<link rel='enclosure' href='a.mp3'/><link rel='replies' href='r'/><link rel='alternate' href='/b'/>",
            ["https://base.example/b"],
        ),
        (
            "<link type='application/json' href='/j'/><link type='text/html' hreflang='en' href='/e'/><link href='/d'/>",
            ["https://base.example/e"],
        ),
        ("<id>https://news.example/id</id>", ["https://news.example/id"]),
        ("<id>tag:news.example,2026:1</id>", []),
        ("<link rel='self' href='/s'/>", []),
    ],
)
def test_the_link_of_an_entry(entry: str, links: list[str]) -> None:
    assert urls(atom(f"<entry xml:base='sub/'>{entry}</entry>", "xml:base='https://base.example/x/'")) == links


def test_rdf() -> None:
    feed = RDF + '<item rdf:about="https://news.example/r"><title>R</title><dc:date>2026-11-25</dc:date></item></rdf:RDF>'
    assert read(feed).items == (Item("https://news.example/r", datetime(2026, 11, 25, tzinfo=UTC), "R"),)


def test_rdf_that_was_cut_off() -> None:
    found = read(RDF + "<item><link>https://news.example/a</link></item><item><link>https://news.example/b")
    assert [item.url for item in found.items] == ["https://news.example/a"]
    assert found.problems == ("cut off",)


@pytest.mark.parametrize(
    ("dates", "at"),
    [
        ("<pubDate>25.11.2026 09:30</pubDate>", NOW - timedelta(hours=2.5)),
        ("<pubDate>Tue Nov 24 12:00:00 2026</pubDate>", NOW - timedelta(days=1)),
        ("<pubDate>junk</pubDate><dc:date>2026-11-25T10:00:00Z</dc:date>", NOW - timedelta(hours=2)),
        ("<pubDate>Wed, 25 Nov 2026 20:00:00 GMT</pubDate>", NOW),
        ("<pubDate>Fri, 27 Nov 2026 12:00:00 GMT</pubDate>", None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate/>", None),
    ],
)
def test_dates(dates: str, at: datetime | None) -> None:
    assert [item.published_at for item in read(rss(f"<item><link>/a</link>{dates}</item>")).items] == [at]


TITLED = "<item><title>Grüße €</title><link>/a</link></item>"


@pytest.mark.parametrize(
    ("declared", "encoding", "content_type"),
    [
        ("utf-8", "utf-8", None),
        ("iso-8859-1", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", "windows-1252", None),
        ("iso-8859-1", "windows-1252", None),
        ("nonsense", "windows-1252", "text/xml"),
        ("utf-8", "iso-8859-15", "application/rss+xml; charset=iso-8859-15"),
        ("utf-16", "utf-16", None),
        ("utf-16", "utf-8", None),
        ("utf-16le", "utf-16-le", "text/xml; charset=utf-8"),
        ("utf-8", "utf-8-sig", "text/xml; charset=us-ascii"),
    ],
)
def test_encodings(declared: str, encoding: str, content_type: str | None) -> None:
    body = rss(TITLED, declaration=f'<?xml version="1.0" encoding="{declared}"?>').encode(encoding)
    assert [item.title for item in read(body, content_type).items] == ["Grüße €"]


def test_japanese_escapes() -> None:
    body = rss("<item><title>ニュース</title><link>/a</link></item>", declaration='<?xml version="1.0" encoding="iso-2022-jp"?>')
    assert [item.title for item in read(body.encode("iso-2022-jp")).items] == ["ニュース"]


@given(st.integers(0, 600))
def test_a_feed_that_was_cut_off_keeps_its_whole_items(at: int) -> None:
    feed = rss(
        "".join(f"<item><title>ü{number}</title><link>https://news.example/item/{number}</link></item>" for number in range(5))
    )
    body = feed.encode()[:-at] if at else feed.encode()
    found = read(body)
    whole = body.decode("utf-8", "ignore").count("</item>")
    assert [item.url for item in found.items] == [f"https://news.example/item/{number}" for number in range(whole)]
    assert bool(found.problems) == (at > 0)


ENTITY = '<!DOCTYPE rss [{}]><rss version="0.91"><channel><item><title>&a;</title><link>/a</link></item></channel></rss>'


@pytest.mark.parametrize(
    ("feed", "says"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("<!DOCTYPE html><html><body><item><link>/a</link></item></body></html>", "'html'"),
        ("Not found", "no element"),
        ("<?xml version='1.0'?><!-- <rss> -->", "no element"),
        (ENTITY.format('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">'), "grows"),
        (ENTITY.format(f'<!ENTITY a "{"a" * 1_000}">'), "grows"),
        (ENTITY.format('<!ENTITY % a "x">'), "grows"),
        (ENTITY.format('<!ENTITY a SYSTEM "file:///etc/hostname">'), "outside"),
        (ENTITY.format('<!ENTITY a PUBLIC "x" "http://127.0.0.1/">'), "outside"),
        (ENTITY.format("".join(f'<!ENTITY a{number} "x">' for number in range(21))), "more than 20"),
        (ENTITY.format('<!-- <x> --><!ENTITY a "&a;">').encode("utf-16"), "grows"),
        (b" " * (MAX_BYTES + 1), "longer"),
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "no JSON Feed"),
        ('{"items": []}', "no JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 1}', "no JSON Feed"),
    ],
)
def test_what_is_not_read(feed: str | bytes, says: str) -> None:
    found = read(feed)
    assert not found.items
    assert says in found.problems[0]


def test_harmless_declarations() -> None:
    netscape = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    assert urls(netscape + '<rss version="0.91"><channel><item><link>/a</link></item></channel></rss>') == [
        "https://news.example/a"
    ]
    assert read(ENTITY.format('<!ENTITY a "&#8212;">')).items[0].title == "\u2014"
    assert urls(rss('<item><description><![CDATA[<!ENTITY a SYSTEM "x">]]></description><link>/a</link></item>')) == [
        "https://news.example/a"
    ]


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "items": [
            {
                "id": "1",
                "url": "/a",
                "title": " A\nb ",
                "date_published": "2026-11-25T11:00:00Z",
                "attachments": [{"url": "/x.mp3"}],
            },
            {"id": "https://news.example/b", "date_modified": "2026-11-25T11:00:00Z", "language": "de"},
            {"id": 3, "title": 4},
            {"url": "/a"},
            5,
        ],
    }
    found = read("\ufeff" + json.dumps(feed), "application/feed+json")
    hour_ago = NOW - timedelta(hours=1)
    assert found.items == (
        Item("https://news.example/a", hour_ago, "A b", "en"),
        Item("https://news.example/b", hour_ago, "", "de"),
    )
    assert found.problems == ("2 of 5 entries have no link",)


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3_600),
        ("<ttl> 15 </ttl><sy:updatePeriod>daily</sy:updatePeriod>", 900),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1_800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>always</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3_600),
        *((f"<ttl>{wrong}</ttl>", None) for wrong in ("", "0", "-5", "x", "nan", "inf", "1e99")),
    ],
)
def test_when_to_come_back(head: str, seconds: float | None) -> None:
    assert read(rss("<item><link>/a</link></item>", head)).ttl_seconds == seconds


def test_ten_thousand_items() -> None:
    found = read(rss("".join(f"<item><link>https://news.example/{number}?a=1&amp;b=2</link></item>" for number in range(10_000))))
    assert len(found.items) == 10_000
    assert not found.problems


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for body in (
        b"http://127.0.0.1:9/feed",
        b"file:///etc/hostname",
        b"/etc/hostname",
        rss("<item><link>http://127.0.0.1:9/</link></item>").encode(),
    ):
        read_feed(body, "http://127.0.0.1:9/", None, NOW)


BITS = [
    "&#99999999;", "&", "<", "<!", "<![CDATA[", "]]>", "<item>", "</item>", "<link>", "<link href=''/>", "<guid/>", "<entry>", "<width>1</width>",
    "<image>", "<source>", "</category>", "<a:b:c>", "\x00", "'", "http://[", "<!--", "<?x", "<content>", "<georss:point>", "</channel>", "<gml:pos>",
]  # fmt: skip
WHOLE = rss("<item><title>A</title><link>/a</link><category>c</category><description>&lt;p&gt;</description></item>")


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(BITS), st.integers(0, 10)), max_size=6))
def test_any_damage(edits: list[tuple[int, str, int]]) -> None:
    feed = WHOLE
    for at, bit, lost in edits:
        feed = feed[:at] + bit + feed[at + lost :]
    found = read(feed)
    assert all(clean_url(item.url) == item.url for item in found.items)
    assert len({item.url for item in found.items}) == len(found.items)
