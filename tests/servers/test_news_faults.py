"""Sites that misbehave: every fault is what its name says."""

import gzip
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import feedparser
import pytest

from tests.servers.asking import ask
from tests.servers.news_web import NewsWeb


@pytest.fixture(scope="module")
def web():
    with NewsWeb(sites=3) as web:
        yield web


@pytest.fixture
def site(web):
    yield web.sites[0]
    web.sites[0].behave_well()


@pytest.mark.parametrize(("as_date", "code"), [(False, 429), (True, 503)])
def test_a_rest_is_asked_for_so_often_and_the_log_knows_how_long(web, site, as_date, code):
    site.behave("retry_after", seconds=3, as_date=as_date, code=code, count=2)
    answers = [ask(site.home_url) for _ in range(3)]
    assert [status for status, _, _ in answers] == [code, code, 200]
    told = answers[0][1]["Retry-After"]
    assert not as_date or 2 <= (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds() <= 4
    assert as_date or told == "3"
    assert [each.retry_after_seconds is not None for each in web.visits(site)[-3:]] == [True, True, False]
    assert 3 <= web.visits(site)[-3].retry_after_seconds <= 4
    site.behave("retry_after", seconds=None)
    assert "Retry-After" not in ask(site.home_url)[1]
    assert ask(site.robots_url)[0] == 200  # spoilt only where it is named


def test_statuses_and_headers(site):
    article = site.articles[0]
    for code in (404, 410, 451, 403, 500):
        site.behave("status", code=code, path=article, count=1)
        assert [ask(article)[0], ask(article)[0]] == [code, 200]
    site.behave("header", name="X-Robots-Tag", value="otherbot: noai", path=article)
    site.behave("header", name="Content-Type", value=None, path=article)
    site.behave("cookies", path=article)
    site.behave("meta_robots", content="noarchive", path=article)
    _, headers, body = ask(article)
    assert headers["X-Robots-Tag"] == "otherbot: noai"
    assert "Content-Type" not in headers
    assert "Set-Cookie" in headers
    assert b'<meta name="robots" content="noarchive">' in body
    assert "Set-Cookie" not in ask(site.home_url)[1]


@pytest.mark.parametrize("hops", [1, 3, 6])
@pytest.mark.parametrize("kind", ["own", "other", "private"])
def test_redirects_are_as_many_as_told(web, site, hops, kind):
    to = {"own": "", "other": web.sites[1].robots_url, "private": "http://10.0.0.1/"}[kind]
    site.behave("redirect", hops=hops, to=to, path=site.robots_url)
    url, ways = site.robots_url, list[str]()
    while "10.0.0.1" not in url and (answer := ask(url))[0] == 301:
        ways.append(url := answer[1]["Location"] if "//" in answer[1]["Location"] else site.url + answer[1]["Location"])
    assert len(ways) == hops
    assert kind == "private" or answer[2].decode() == (web.sites[1] if to else site).robots
    assert not to or url == to


def test_a_loop_and_a_target_of_another_scheme(site):
    site.behave("loop", path="/about.html")
    assert ask(site.url + "/about.html")[1]["Location"] == "/about.html?again=1"
    assert ask(site.url + "/about.html?again=1")[1]["Location"] == "/about.html"
    site.behave("redirect", to="file:///etc/hostname", path="/")
    assert ask(site.home_url)[1]["Location"] == "file:///etc/hostname"


def test_robots_in_every_shape(site):
    site.robots = "User-agent: *\nCrawl-delay: 1\n"
    assert ask(site.robots_url)[2].decode() == site.robots
    site.behave("bom", path=site.robots_url, count=1)
    assert ask(site.robots_url)[2].startswith(b"\xef\xbb\xbfUser-agent")
    site.behave("long_robots", path=site.robots_url, count=1)
    body = ask(site.robots_url)[2]
    assert abs(len(body) - 600 * 1024) < 100
    assert body.endswith(b"/late/\n")
    site.behave("html", path=site.robots_url, count=1)
    assert ask(site.robots_url)[1]["Content-Type"].startswith("text/html")
    site.robots = None
    assert ask(site.robots_url)[0] == 404
    site.robots = ""


def test_bodies_that_are_more_or_less_than_they_seem(site):
    plain = ask(site.articles[0])[2]
    for fault, options in [("chunked", {}), ("drip", {"seconds": 0.01}), ("latency", {"seconds": 0.01})]:
        site.behave(fault, **options)
        assert ask(site.articles[0])[2] == plain
        site.behave_well()
    site.behave("gzip", path=site.articles[0])
    assert gzip.decompress(ask(site.articles[0])[2]) == plain
    site.behave("gzip_bomb", path=site.articles[1], mebibytes=8)
    packed = ask(site.articles[1])[2]
    assert len(packed) < 20_000
    assert len(zlib.decompress(packed, 31)) == 8 << 20
    site.behave("huge", path=site.articles[2])
    assert len(ask(site.articles[2])[2]) == 20_000_000
    assert ask(site.articles[2], method="HEAD")[1]["Content-Length"] == "20000000"


@pytest.mark.parametrize(
    ("fault", "error", "status", "has_part"),
    [
        ("hang", TimeoutError, 0, False),
        ("reset", aiohttp.ClientConnectionError, 0, False),
        ("cut", aiohttp.ClientPayloadError, 200, True),
        ("stall", TimeoutError, 200, True),
        ("endless", TimeoutError, 200, True),
    ],
)
def test_answers_that_never_end_well(web, site, fault, error, status, has_part):
    site.behave(fault)
    with pytest.raises(error):
        ask(site.articles[0], seconds=0.5)
    deadline = time.monotonic() + 5
    while not (last := web.visits(site)[-1]).path.endswith("html") or last.is_whole:
        assert time.monotonic() < deadline
    assert (last.status, last.sent_bytes > 0, last.is_failure) == (status, has_part, not status)


def test_feeds_that_are_not_what_they_should_be(web, site):
    site.behave("not_modified", path=site.feed_url, count=1)
    assert ask(site.feed_url)[0] == 304
    site.behave("cut_off", path=site.feed_url, count=1)
    assert b"</rss>" not in ask(site.feed_url)[2]
    site.behave("bare_ampersands", path=site.feed_url, count=1)
    assert b"?page=1&part=2<" in ask(site.feed_url)[2]
    site.behave("foreign", other=web.sites[1], path=site.feed_url, count=1)
    assert {each.link for each in feedparser.parse(ask(site.feed_url)[2]).entries} == set(web.sites[1].articles)
    site.behave("tracking", path=site.feed_url, count=1)
    links = [each.link for each in feedparser.parse(ask(site.feed_url)[2]).entries]
    assert len(set(links)) == 3 * len(site.articles)
    assert {each.partition("?")[0] for each in links} == set(site.articles)
    web.sites[2].publish(5000)
    web.sites[2].feed_items = 5000
    assert ask(web.sites[2].feed_url)[2].count(b"<item>") == 5000
    with pytest.raises(AttributeError):
        site.behave("misspelt")
