"""Every address that is announced has one outcome, and the one that it should have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tasks.collecting.ledger import Fate
from tasks.records import Capture
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    captures_in,
    check,
    fates_in,
    feed_runs,
    lines_in,
    listed,
    pages_in,
    waiting_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_is_announced_is_fetched_once_and_known_from_then_on(web, folder):
    runs = Runs(folder, agenda_of(*(listed(site, feeds=(site.feed_url, site.atom_url)) for site in web.sites)))
    first = runs.run()
    everything = {url for site in web.sites for url in site.articles}
    assert pages_in(folder) == dict.fromkeys(everything, 1)
    assert (first["announced"], first[Fate.FETCHED], first[Fate.SEEN]) == (24, 12, 12)
    assert fates_in(folder) == dict.fromkeys(everything, Fate.FETCHED)
    assert not waiting_in(folder)
    (new,) = web.sites[1].publish(1)
    runs.later = 3 * HOUR
    second = runs.run()
    assert (second[Fate.FETCHED], second[Fate.SEEN]) == (1, 9)
    assert pages_in(folder) == dict.fromkeys({*everything, new}, 1)
    check(web, runs)


def test_every_line_says_where_its_page_lies(web, site, folder):
    feed_runs(folder, site).run()
    offsets = {one.url: (one.at.warc_file, one.at.warc_offset) for one in captures_in(folder)}
    assert {line.url: (line.warc_file, line.warc_offset) for line in lines_in(folder)} == offsets
    assert all((line.http_status, line.site, line.found_in) == (200, "site 0", site.feed_url) for line in lines_in(folder))


def test_the_newest_come_first(web, site, folder):
    feed_runs(folder, site).run()
    asked = [each.url for each in web.visits(site) if each.url in site.articles]
    assert asked == list(reversed(site.articles))


def test_no_more_than_most_urls_of_a_domain(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, most_urls=3)))
    outcome = runs.run()
    assert (outcome[Fate.FETCHED], outcome[Fate.DEFERRED]) == (3, 1)
    check(web, runs)


def test_what_robots_txt_disallows_is_never_asked_for(web, site, folder):
    site.robots = f"User-agent: pressrun\nDisallow: {site.articles[0].removeprefix(site.url)}\n"
    runs = feed_runs(folder, site)
    outcome = runs.run()
    assert (outcome[Fate.FETCHED], outcome[Fate.DISALLOWED]) == (3, 1)
    site.robots, runs.later = "", 2 * DAY
    runs.run()
    assert fates_in(folder)[site.articles[0]] == Fate.DISALLOWED
    assert site.articles[0] not in pages_in(folder)
    check(web, runs)


@pytest.mark.parametrize(
    ("name", "value", "is_kept"),
    [
        ("X-Robots-Tag", "noai", False),
        ("X-Robots-Tag", "noarchive", False),
        ("X-Robots-Tag", "max-snippet:-1, max-image-preview:large, noarchive", False),
        ("X-Robots-Tag", "pressrun: noai", False),
        ("TDM-Reservation", "1", False),
        ("X-Robots-Tag", "otherbot: noai", True),
        ("X-Robots-Tag", "noindex", True),
        ("TDM-Reservation", "0", True),
    ],
)
def test_the_body_of_a_page_that_opts_out_is_nowhere(web, site, folder, name, value, is_kept):
    page = site.articles[0]
    site.behave("header", path=page, name=name, value=value)
    runs = feed_runs(folder, site)
    runs.run()
    assert fates_in(folder)[page] == (Fate.FETCHED if is_kept else Fate.OPTED_OUT)
    assert (page in {one.url for one in captures_in(folder)}) == is_kept
    assert runs.receipts[-1].archives[0].captures == (4 if is_kept else 3)
    runs.later = 5 * HOUR
    runs.run()
    assert len([each for each in web.visits(site) if each.url == page]) == 1
    check(web, runs)


def test_who_does_not_honour_opt_outs_keeps_the_page(web, site, folder):
    site.behave("header", path=site.articles[0], name="X-Robots-Tag", value="noai, noarchive")
    runs = feed_runs(folder, site)
    runs.change(honours_opt_outs=False)
    assert runs.run()[Fate.FETCHED] == 4
    assert site.articles[0] in pages_in(folder)
    assert runs.receipts[-1].run["honours_opt_outs"] is False


def test_a_page_of_another_type_is_not_read(web, site, folder):
    page = site.articles[0]
    site.behave("header", path=page, name="Content-Type", value="application/pdf")
    runs = feed_runs(folder, site)
    runs.run()
    (capture,) = [one for one in captures_in(folder) if one.url == page]
    assert isinstance(capture, Capture)
    assert (capture.payload, capture.truncated) == (b"", "unspecified")
    assert fates_in(folder)[page] == Fate.FETCHED
    check(web, runs)


@pytest.mark.parametrize(("fault", "options", "told"), [("huge", {"size_bytes": 300_000}, "length"), ("cut", {}, "disconnect")])
def test_a_page_that_is_cut_is_kept_and_says_so(web, site, folder, fault, options, told):
    page = site.articles[0]
    site.behave(fault, path=page, **options)
    runs = feed_runs(folder, site, max_page_mb=0.1)
    runs.run()
    (capture,) = [one for one in captures_in(folder) if one.url == page]
    assert isinstance(capture, Capture)
    assert capture.truncated == told
    assert b"This is report 0" in capture.payload
    check(web, runs)


def test_patterns_and_age_choose(web, site, folder):
    site.publish(1, at=datetime.now(UTC) - 40 * DAY)
    old = site.articles[-1]
    kept, *_ = site.articles
    exact = kept.removeprefix(site.url).replace(".", r"\.")
    runs = Runs(folder, agenda_of(listed(site, include=(exact, r"-[12]\.html", r"-4\.html"), exclude=(r"-1\.html$",))))
    outcome = runs.run()
    assert set(pages_in(folder)) == {kept, site.articles[2]}
    assert (outcome[Fate.FETCHED], outcome[Fate.LEFT_OUT]) == (2, 3)
    assert old not in fates_in(folder)
    check(web, runs)


def test_listed_addresses_are_fetched_once(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, feeds=(), urls=site.articles)))
    assert runs.run()[Fate.FETCHED] == 4
    requests = len(web.log)
    runs.later = 2 * HOUR
    runs.run()
    assert len(web.log) == requests
    check(web, runs)


def test_spellings_of_one_address_are_fetched_once(web, site, folder):
    site.behave("tracking", path=site.feed_url)
    runs = feed_runs(folder, site)
    outcome = runs.run()
    assert (outcome["announced"], outcome[Fate.FETCHED], outcome[Fate.SEEN]) == (12, 4, 8)
    check(web, runs)


def test_addresses_of_other_sites_are_fetched_there(web, site, folder):
    site.behave("foreign", path=site.feed_url, other=web.sites[2])
    runs = feed_runs(folder, site)
    runs.run()
    assert set(pages_in(folder)) == set(web.sites[2].articles)
    check(web, runs)


def test_a_delay_of_its_own_is_kept(web, site, folder):
    runs = Runs(folder, replace(agenda_of(listed(site, delay_seconds=0.15))))
    runs.run()
    visits = web.visits(site)
    assert min(after.begun - before.ended for before, after in pairwise(visits)) >= 0.14
