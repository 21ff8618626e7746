"""Sources are asked when they are due, conditionally, and what is wrong with them is said."""

from datetime import timedelta

import pytest

from tasks.collecting import rounds
from tasks.reasons import Reason
from tasks.records import Capture
from tests.servers.visits import Visit
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    captures_in,
    check,
    fates_in,
    listed,
    looks_in,
    pages_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(web, url) -> list[Visit]:
    return [each for each in web.log if each.url == url]


def noted(runs: Runs) -> dict[str, str]:
    """What the last visit had to say of sources."""
    return {note.url: note.what for note in runs.receipts[-1].notes}


def test_a_source_that_is_as_it_was_is_asked_conditionally_and_leaves_a_revisit(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    runs.later = 2 * HOUR
    (receipt,) = runs.discover()
    first, second = asked(web, site.feed_url)
    assert (first.status, second.status) == (200, 304)
    assert second.headers["if-none-match"]
    assert second.headers["if-modified-since"]
    assert receipt.outcomes["site 0"] == {"sources unchanged": 1}
    revisits = [one for one in captures_in(folder, "signs") if getattr(one, "reason", None) is Reason.REVISIT]
    assert [(one.url, one.http_status) for one in revisits] == [(site.feed_url, 304)]
    look = looks_in(folder)[site.feed_url]
    assert revisits[0].detail == f"{site.feed_url} {look.captured_at:%Y-%m-%dT%H:%M:%SZ}"
    check(web, runs)


def test_the_same_bytes_with_status_200_leave_a_revisit_too(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, feeds=(site.url + "/about.html",))))
    runs.discover()
    assert looks_in(folder)[site.url + "/about.html"].problem.startswith("no feed")
    runs.later = DAY
    (receipt,) = runs.discover()
    assert receipt.outcomes["site 0"] == {"sources unchanged": 1}
    assert {one.http_status for one in captures_in(folder, "signs") if getattr(one, "reason", None) is Reason.REVISIT} == {200}
    assert "no feed" in noted(runs)[site.url + "/about.html"]  # it is still none
    check(web, runs)


def test_a_source_is_asked_when_it_is_due_and_not_before(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site)))
    for later, times in [(timedelta(), 1), (timedelta(minutes=30), 1), (timedelta(minutes=45), 2), (timedelta(minutes=50), 2)]:
        runs.later = later
        receipt = runs.discover()[-1]
        assert len(asked(web, site.feed_url)) == times
    assert receipt.outcomes["site 0"] == {"sources not due": 1}
    runs.change(all_before=runs.now().isoformat())
    runs.discover()
    assert len(asked(web, site.feed_url)) == 3
    check(web, runs)


def test_the_interval_follows_the_news(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site)))
    seconds = []
    for has_news in (True, True, True, False, False):
        if has_news:
            site.publish(1, at=runs.now())
        runs.discover()
        seconds.append(round(looks_in(folder)[site.feed_url].interval_seconds))
        runs.later += DAY
    assert seconds == [2520, 1764, 1235, 1852, 2778]


@pytest.mark.parametrize(("value", "hours"), [("public, max-age=14400", 4), ("max-age=99999999", 24), ("no-store", 0.7)])
def test_a_source_is_not_asked_sooner_than_it_wants(web, site, folder, value, hours):
    site.behave("header", path=site.feed_url, name="Cache-Control", value=value)
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    assert looks_in(folder)[site.feed_url].interval_seconds == hours * 3600


@pytest.mark.parametrize(
    ("fault", "options", "says"),
    [
        ("html", {}, "no feed: its first element is 'html'"),
        ("status", {"code": 404}, "status 404"),
        ("status", {"code": 500}, "status 500"),
        ("loop", {}, "which is not followed"),
        ("redirect", {"hops": 9}, "which is not followed"),
        ("gzip_bomb", {"mebibytes": 64}, ""),
        ("cut_off", {}, "cut off"),
    ],
)
def test_a_source_that_is_none_is_named_and_named_no_more_when_it_is_well_again(web, site, folder, fault, options, says):
    site.behave(fault, path=site.feed_url, **options)
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    assert says in noted(runs)[site.feed_url]
    site.behave_well()
    site.publish(1)
    runs.later = DAY
    runs.run()
    assert set(pages_in(folder)) == set(site.articles)
    assert noted(runs) == {}
    check(web, runs)


@pytest.mark.parametrize("fault", [("status", {"code": 500}), ("retry_after", {"seconds": 1})])
def test_a_complaint_ends_with_an_answer_that_nothing_has_changed(web, site, folder, fault):
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    name, options = fault
    site.behave(name, path=site.feed_url, count=1, **options)
    runs.later = DAY
    runs.discover()
    assert "status" in noted(runs)[site.feed_url]
    runs.later = 3 * DAY
    runs.discover()
    assert asked(web, site.feed_url)[-1].status == 304
    assert noted(runs) == {}


def test_robots_txt_that_is_out_of_reach_puts_a_source_off_and_is_no_complaint_for_ever(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    site.behave("status", path=site.robots_url, code=503, count=1)
    runs.later = 2 * DAY
    runs.discover()
    assert "robots.txt could not be read" in noted(runs)[site.feed_url]
    assert len(asked(web, site.feed_url)) == 1
    runs.later = 4 * DAY
    runs.discover()
    assert noted(runs) == {}


def test_pauses_after_failures_grow_to_a_day(web, site, folder):
    site.behave("status", path=site.feed_url, code=404)
    runs = Runs(folder, agenda_of(listed(site)))
    hours = []
    for _ in range(7):
        runs.discover()
        look = looks_in(folder)[site.feed_url]
        hours.append(round((look.next_at - look.asked_at) / HOUR))
        runs.later += 2 * DAY
    assert hours == [1, 2, 4, 8, 16, 24, 24]


def test_a_source_that_robots_txt_disallows_is_left_alone_for_a_day(web, site, folder):
    site.robots = "User-agent: *\nDisallow: /rss\n"
    runs = Runs(folder, agenda_of(listed(site)))
    (receipt,) = runs.discover()
    assert receipt.outcomes["site 0"] == {"sources disallowed": 1}
    assert noted(runs) == {site.feed_url: "robots.txt disallows it"}
    site.robots, runs.later = "", 25 * HOUR
    runs.discover()
    assert len(asked(web, site.feed_url)) == 1
    assert noted(runs) == {}
    check(web, runs)


def test_a_silent_source_is_named(web, folder):
    site = web.sites[2]
    runs = Runs(folder, agenda_of(listed(site)))
    for _ in range(3):
        site.publish(3)
        runs.discover()
        runs.later += HOUR
    assert noted(runs) == {}
    runs.later = 3 * DAY
    runs.discover()
    assert noted(runs)[site.feed_url].startswith("silent: nothing new since")


def test_a_source_that_was_cut_is_read_again_whole(web, site, folder):
    site.behave("cut", path=site.feed_url, count=1)
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    runs.later = 2 * HOUR
    runs.run()
    assert asked(web, site.feed_url)[-1].status == 200
    assert set(fates_in(folder)) == set(site.articles)


def test_found_addresses_lie_there_before_the_source_counts_as_read(web, site, folder):
    order = []

    class Noting(type(folder)):
        def write(self, key, data):
            order.append(key)
            super().write(key, data)

    folder.__class__ = Noting
    runs = Runs(folder, agenda_of(listed(site)))
    runs.discover()
    found, looks = (next(place for place, key in enumerate(order) if word in key) for word in ("/found/", "looks.parquet"))
    signs = next(place for place, key in enumerate(order) if "-signs.warc.gz" in key)
    assert signs < found < looks
    assert order[-1].startswith("runs/")


def test_an_order_for_lanes_without_sources_is_a_receipt_all_the_same(web, folder):
    runs = Runs(folder, agenda_of())
    receipt = runs.visit(runs.begin(), rounds.DISCOVER, 0, (3, 4))
    assert (receipt.outcomes, receipt.archives, receipt.busy) == ({}, (), ())
    assert not list(folder.list("state/leases/"))


def test_private_addresses_are_refused_where_they_are_not_allowed(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site), allow_networks=()))
    runs.discover()
    assert web.log == []
    assert "refused_address" in noted(runs)[site.feed_url]


def test_both_tapes_are_read_by_everybody(web, site, folder):
    Runs(folder, agenda_of(listed(site))).run()
    signs = [one for one in captures_in(folder, "signs") if isinstance(one, Capture)]
    assert {one.url for one in signs} == {site.robots_url, site.feed_url}
