"""What an answer changes in what is known of a source: looks and answers in, looks and items out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.collecting import looking
from tasks.discovery.items import Announced, Item
from tasks.fetching.answers import Answer
from tasks.lanes.looks import Look
from tasks.pages.decoding import BodyTooBig, Undecodable
from tasks.sites import Agenda, Agent, Limits, Site
from tasks.urls import domain_of, key_hash, url_key
from tests.servers.news_lists import Entry, rss, sitemap_index, url_set

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = Look("https://a.example/rss", "feed", "A")


def answer(body: bytes = b"", status: int = 200, truncated: str | None = None, **headers: str) -> Answer:
    head = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(FEED.url, status, "OK", head, body, truncated, None, NOW, 0.1, ())


def entries(*hours_ago: float) -> list[Entry]:
    return [Entry(f"https://a.example/{hours}", "Ferry", NOW - hours * HOUR) for hours in hours_ago]


def test_roots_are_cleaned_and_what_is_none_is_left_out():
    site = Site(
        "A",
        feeds=("https://A.example:443/rss#top", "ftp://a.example/"),
        sitemaps=("https://a.example/s.xml",),
        home="https://a.example",
    )
    roots = looking.roots_of(Agenda(Agent("p", "c"), Limits(), (site,)))
    assert [(root.url, root.kind) for root in roots] == [
        ("https://a.example/rss", "feed"),
        ("https://a.example/s.xml", "sitemap"),
        ("https://a.example/", "home"),
    ]


def test_validators_are_those_of_the_last_answer():
    assert looking.validators(FEED) == ()
    known = looking.read(FEED, answer(ETag='W/"1"', Last_Modified="Tue, 05 May 2026 12:00:00 GMT"), Announced(), NOW)
    assert looking.validators(known) == (("If-None-Match", 'W/"1"'), ("If-Modified-Since", "Tue, 05 May 2026 12:00:00 GMT"))
    assert looking.validators(looking.read(known, answer(), Announced(), NOW)) == ()


def test_a_part_of_a_source_has_no_validators():
    cut = looking.read(FEED, answer(ETag='"1"', Last_Modified="x", truncated="length"), Announced(), NOW)
    assert looking.validators(cut) == ()


def test_a_feed_becomes_addresses_to_fetch():
    site = Site("A", include=(r"/\d",), exclude=(r"/3",))
    body = rss("A", "https://a.example/", [*entries(1, 3, 900), Entry("https://b.example/x", "x", NOW)]).encode()
    haul = looking.haul(FEED, answer(body), site, Limits(), NOW)
    assert len(haul.announced.items) == 4
    (target,) = haul.targets
    assert (target.url, target.domain, target.site, target.found_in, target.found_as) == (
        "https://a.example/1",
        domain_of("https://a.example/"),
        "A",
        FEED.url,
        "feed",
    )
    assert (target.key, target.published_at, target.found_at) == (key_hash(url_key(target.url)), NOW - HOUR, NOW)


def test_each_kind_is_read_as_what_it_is():
    def announced(kind: str, text: str) -> Announced:
        return looking.haul(replace(FEED, kind=kind), answer(text.encode()), Site("A"), Limits(), NOW).announced

    assert [item.url for item in announced("sitemap", url_set(entries(1))).items] == ["https://a.example/1"]
    assert [child.url for child in announced("sitemap", sitemap_index(["https://a.example/s"])).children] == ["https://a.example/s"]
    assert [child.url for child in announced("home", '<a href="/feed">x</a>').children] == ["https://a.example/feed"]
    assert announced("feed", "<html>").problems


def test_what_cannot_be_unpacked_raises():
    with pytest.raises(Undecodable):
        looking.haul(FEED, answer(b"\x1f\x8b\x08\x00garbage" * 9, Content_Encoding="gzip"), Site("A"), Limits(), NOW)
    with pytest.raises((BodyTooBig, Undecodable)):
        looking.haul(FEED, answer(b"x" * (looking.MOST_SOURCE_BYTES + 1)), Site("A"), Limits(), NOW)


@pytest.mark.parametrize(
    ("published_hours_ago", "include", "exclude", "is_wanted"),
    [
        (None, (), (), True),
        (23, (), (), True),
        (25, (), (), False),
        (1, ("/sport/",), (), False),
        (1, ("/sport/", "/local/"), (), True),
        (1, (), ("local",), False),
        (1, ("/local/",), ("[0-9]$",), False),
    ],
)
def test_wanted(published_hours_ago, include, exclude, is_wanted):
    published = None if published_hours_ago is None else NOW - published_hours_ago * HOUR
    item = Item("https://a.example/local/7", published)
    assert looking.is_wanted(item, Site("A", include=include, exclude=exclude), NOW - DAY) == is_wanted


def test_ttl_and_max_age_are_kept_to_the_longer_one():
    def interval(ttl: float | None, **headers: str) -> float:
        return looking.read(FEED, answer(**headers), Announced(ttl_seconds=ttl), NOW).interval_seconds

    assert interval(None) == 2520
    assert interval(7200) == 7200
    assert interval(7200, Cache_Control="max-age=10800") == 10800
    assert interval(7200, Cache_Control="max-age=60") == 7200
    assert interval(10**7) == 86_400


def test_no_news_is_seen_as_such():
    item = Item("https://a.example/1", NOW - HOUR)
    first = looking.read(FEED, answer(), Announced((item,)), NOW)
    again = looking.read(first, answer(), Announced((item,)), NOW + HOUR)
    assert (first.seen_items, again.seen_items) == (1, 1)
    assert first.interval_seconds < again.interval_seconds
    news = looking.read(again, answer(), Announced((item, Item("https://a.example/2", NOW))), NOW + 2 * HOUR)
    assert (news.seen_items, news.newest_at, news.gap_seconds) == (2, NOW, 3600.0)


def test_what_was_wrong_with_access_is_over_with_the_next_answer_and_what_is_wrong_with_the_text_is_not():
    odd = looking.read(FEED, answer(), Announced(problems=("cut off",)), NOW)
    assert looking.complaint(looking.unchanged(odd, answer(status=304), NOW), NOW) == "cut off"
    for bad in (looking.failed(replace(odd, status=503), NOW, "status 503"), looking.put_off(odd, NOW, "robots.txt disallows it")):
        assert looking.complaint(bad, NOW)
        assert looking.complaint(looking.unchanged(bad, answer(status=304), NOW), NOW) == ""


@given(st.integers(0, 50))
def test_pauses_after_failures(failures):
    look = looking.failed(replace(FEED, failures=failures), NOW, "status 500")
    assert HOUR <= look.next_at - NOW <= DAY
    assert look.failures == failures + 1
    assert looking.unchanged(look, answer(status=304), NOW).failures == 0


def test_silence_is_told_when_all_else_is_well():
    look = replace(FEED, newest_at=NOW - 3 * DAY, gap_seconds=7200.0, seen_items=9, status=200)
    assert looking.complaint(look, NOW) == "silent: nothing new since 2026-05-02 12:00 UTC, usually every 2.0 hours"
    assert looking.complaint(replace(look, seen_items=2), NOW) == ""
    assert looking.complaint(replace(look, problem="cut off"), NOW) == "cut off"
