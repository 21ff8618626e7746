"""The news web: what its sites publish is what readers of feeds find, and its log tells who asked."""

import gzip
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import aiohttp
import feedparser
import pytest
import trafilatura
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.servers.asking import ask
from tests.servers.news_texts import paragraphs, write_article
from tests.servers.news_web import NewsWeb
from tests.servers.visits import read_visits


@pytest.fixture(scope="module")
def web():
    with NewsWeb(sites=3) as web:
        yield web


@pytest.fixture
def site(web):
    yield web.sites[0]
    web.sites[0].behave_well()


def locations(body: bytes) -> list[str]:
    return [each.text for each in etree.fromstring(body).iter("{*}loc")]


def lists_of(site) -> list[set[str]]:
    """The URLs of articles in every kind of list."""
    feeds = [{each.link for each in feedparser.parse(ask(url)[2]).entries} for url in (site.feed_url, site.atom_url)]
    items = {each["url"] for each in json.loads(ask(site.json_feed_url)[2])["items"]}
    links = {each.get("href") for each in etree.HTML(ask(site.home_url)[2]).iter("a")}
    news, *children = locations(ask(site.index_url)[2])
    assert news == site.sitemap_url
    texts = [(url, ask(url)[2]) for url in children]
    below = {found for url, body in texts for found in locations(gzip.decompress(body) if url.endswith(".gz") else body)}
    return [*feeds, items, {each for each in links if each.startswith("http")}, set(locations(ask(news)[2])), below]


def test_what_a_site_publishes_is_in_every_list_and_can_be_read(site):
    site.child_items = 4
    before = set(site.articles)
    new = site.publish(6, at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert len(new) == 6
    assert all(each == set(site.articles) == before | set(new) for each in lists_of(site))
    texts = [trafilatura.bare_extraction(ask(url)[2].decode(), url=url, with_metadata=True) for url in new]
    assert len({each.text for each in texts}) == 6
    assert all(len(each.text) > 1000 and each.date == "2026-03-01" for each in texts)
    assert ask(new[0] + "?utm_source=x")[2] == ask(new[0])[2]
    assert ask(site.url + "/town/nothing-77.html")[0] == 404


def test_validators_hold_until_something_is_published(site):
    urls = (site.feed_url, site.atom_url, site.json_feed_url, site.sitemap_url, site.index_url)
    for url in urls:
        _, headers, body = ask(url)
        etag, modified = headers["ETag"], headers["Last-Modified"]
        assert ask(url, If_None_Match=etag)[::2] == (304, b"")
        assert ask(url, If_Modified_Since=modified)[::2] == (304, b"")
        site.publish(1)
        is_index = url == site.index_url  # it names its children, and those are the same still
        expected = (304, b"") if is_index else (200, ask(url)[2])
        assert ask(url, If_None_Match=etag)[::2] == expected
        assert ask(url, If_Modified_Since=modified)[::2] == expected
        assert ask(url, If_None_Match='"other"', If_Modified_Since=modified)[0] == 200
        assert ask(url, If_Modified_Since="yesterday")[0] == 200
        assert is_index or body != ask(url)[2]


@given(st.tuples(st.integers(0, 999), st.integers(0, 9999)), st.tuples(st.integers(0, 999), st.integers(0, 9999)))
def test_texts_are_the_same_for_the_same_number_and_no_other(one, other):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert write_article(*one, at) == write_article(*one, at)
    assert (paragraphs(*one) == paragraphs(*other)) == (one == other)


def test_a_web_in_a_process_of_its_own_leaves_its_log(tmp_path):
    log = tmp_path / "visits.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.servers.news_web",
        "--sites",
        "300",
        "--log",
        str(log),
        "--page-bytes",
        "30000",
        "--gzip",
    ]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        urls = json.loads(served.stdout.readline())["sites"]
        bodies = [ask(url + "/rss.xml", User_Agent="test (+http://t.example)")[2] for url in (urls[0], urls[299])]
        first = feedparser.parse(gzip.decompress(bodies[0])).entries[0].link
        assert len(gzip.decompress(ask(first)[2])) == 30_000
        served.send_signal(signal.SIGTERM)
        assert served.wait(10) == 0
    visits = read_visits(log)
    assert [each.url for each in visits] == [urls[0] + "/rss.xml", urls[299] + "/rss.xml", first]
    assert visits[0].user_agent == "test (+http://t.example)"
    assert begun < visits[0].begun <= visits[0].ended < visits[1].begun < time.monotonic()


def test_sites_of_one_domain_and_the_log_of_what_was_asked():
    with NewsWeb(sites=3, domains={0: "paper.example", 1: "paper.example"}) as web:
        for site in web.sites:
            ask(site.home_url)
        ask(web.sites[2].url + "/nothing", method="HEAD")
        log = web.log
    assert [each.domain for each in log] == ["paper.example"] * 2 + [web.sites[2].address] * 2
    assert (log[3].method, log[3].status, log[3].path) == ("HEAD", 404, "/nothing")
    assert len({each.connection for each in log}) == 4
    assert web.log == log


def test_nothing_is_served_at_any_other_address(web):
    with pytest.raises(aiohttp.ClientError):
        ask(f"http://127.0.0.1:{web.port}/")
