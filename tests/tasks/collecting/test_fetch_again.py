"""What is not fetched now: when it is asked for again, and when never."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tasks.collecting import stages
from tasks.collecting.ledger import Fate
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    check,
    fates_in,
    feed_runs,
    lines_in,
    listed,
    pages_in,
    waiting_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "pauses"),
    [(404, [DAY]), (410, []), (451, []), (403, []), (500, [HOUR, 6 * HOUR, 48 * HOUR])],
)
def test_what_fails_is_asked_again_so_often_and_then_never(web, site, folder, code, pauses):
    bad = site.articles[1]
    site.behave("status", path=bad, code=code)
    runs = feed_runs(folder, site)
    runs.run()
    for pause in pauses:
        target = waiting_in(folder)[bad]
        assert abs(target.not_before - runs.now() - pause) < timedelta(minutes=1)
        assert target.why == f"status {code}"
        runs.later += pause - timedelta(minutes=2)
        assert runs.fetch()[-1].run["requests"] == 0  # not yet
        runs.later += timedelta(minutes=4)
        runs.fetch()
    assert not waiting_in(folder)
    asked = [each for each in web.visits(site) if each.url == bad]
    assert len(asked) == len(pauses) + 1
    runs.later += 10 * DAY
    runs.run()
    assert len([each for each in web.visits(site) if each.url == bad]) == len(asked)
    assert [line.fate for line in lines_in(folder) if line.url == bad] == [Fate.FAILED] * len(asked)
    check(web, runs, "robots.txt too old")


def test_a_page_that_comes_back_is_kept(web, site, folder):
    bad = site.articles[1]
    site.behave("status", path=bad, code=503, count=0)
    site.behave("status", path=bad, code=500, count=1)
    runs = feed_runs(folder, site)
    runs.run()
    runs.later += HOUR + timedelta(minutes=1)
    assert runs.fetch()[-1].outcomes["site 0"] == {Fate.FETCHED: 1}
    assert fates_in(folder)[bad] == Fate.FETCHED


@pytest.mark.parametrize(("code", "as_date"), [(429, False), (503, True)])
def test_a_rest_that_is_asked_for_holds_for_the_whole_domain_and_the_next_runs(web, site, folder, code, as_date):
    second = site.articles[2]
    site.behave("retry_after", path=second, seconds=7200, code=code, as_date=as_date)
    runs = feed_runs(folder, site, web.sites[1])
    outcome = runs.run()
    assert (outcome[Fate.FETCHED], outcome[Fate.FAILED], outcome[Fate.DEFERRED]) == (5, 1, 2)
    asked_until = datetime.now(UTC) + timedelta(seconds=7200)
    assert all(abs(target.not_before - asked_until) < timedelta(seconds=20) for target in waiting_in(folder).values())
    deferred = [line for line in lines_in(folder) if line.fate == Fate.DEFERRED]
    assert {(line.why, line.until is not None) for line in deferred} == {(f"answered {code} with Retry-After", True)}
    before = len(web.visits(site))
    for site_or_not in (site, web.sites[1]):
        site_or_not.publish(1)
    runs.change(all_before=(datetime.now(UTC)).isoformat())
    runs.run()
    assert len(web.visits(site)) == before
    # What is found for it meanwhile waits as long.
    leave = Runs(folder, agenda_of(listed(site, feeds=(), urls=(site.url + "/about.html",))))
    leave.run()
    assert len(web.visits(site)) == before
    target = waiting_in(folder)[site.url + "/about.html"]
    assert (target.why, abs(target.not_before - asked_until) < timedelta(seconds=20)) == (f"answered {code} with Retry-After", True)
    check(web, runs)


def test_what_does_not_fit_the_time_is_deferred_and_fetched_by_the_next_run(web, site, folder):
    site.publish(36)
    runs = feed_runs(folder, site)
    runs.seconds = 1.0
    outcome = runs.run()
    assert 0 < outcome[Fate.FETCHED] <= 20
    assert outcome[Fate.FETCHED] + outcome[Fate.DEFERRED] == 40
    assert {line.until is not None for line in lines_in(folder) if line.fate == Fate.DEFERRED} == {True}
    runs.seconds, runs.later = 60.0, timedelta(minutes=5)
    assert runs.run()[Fate.FETCHED] == outcome[Fate.DEFERRED]
    assert pages_in(folder) == dict.fromkeys(site.articles, 1)
    check(web, runs)


def test_robots_txt_that_cannot_be_had_puts_off_and_says_until_when(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, feeds=(), urls=site.articles)))
    site.behave("status", path=site.robots_url, code=500, count=1)
    outcome = runs.run()
    assert outcome[Fate.DEFERRED] == 4
    assert {line.why for line in lines_in(folder)} == {"robots.txt could not be read (status 500)"}
    runs.later = timedelta(minutes=6)
    assert runs.run()[Fate.FETCHED] == 4
    check(web, runs)


def test_a_run_that_nobody_wants_any_more_puts_off(web, site, folder):
    runs = feed_runs(folder, site)
    runs.discover()
    runs.is_wanted = lambda: False
    (receipt,) = runs.fetch()
    assert receipt.outcomes["site 0"] == {Fate.DEFERRED: 4}
    runs.is_wanted = lambda: True
    assert runs.fetch()[0].outcomes["site 0"] == {Fate.FETCHED: 4}
    check(web, runs)


def test_what_cannot_be_fetched_does_not_wait_for_ever(web, site, folder):
    site.behave("status", path=site.robots_url, code=500)
    lists = listed(site, feeds=(), urls=(site.url + "/about.html",))
    runs = Runs(folder, agenda_of(lists, listed(web.sites[1])))
    web.sites[1].behave("foreign", path=web.sites[1].feed_url, other=site)
    assert runs.run()[Fate.DEFERRED] == 5
    runs.later = 31 * DAY
    runs.fetch()
    assert set(waiting_in(folder)) == {site.url + "/about.html"}  # who lists an address wants it
    (why,) = {line.why for line in lines_in(folder) if line.fate == Fate.LEFT_OUT}
    assert why == "not fetched in 30 days: robots.txt could not be read (status 500)"
    check(web, runs)


@pytest.mark.parametrize("fault", ["cut", "hang"])
def test_a_page_that_does_not_come_is_tried_again_later(web, site, folder, monkeypatch, fault):
    monkeypatch.setattr(stages, "FetchLimits", partial(stages.FetchLimits, read_seconds=0.4))
    newest, bad, *_ = reversed(site.articles)
    site.behave(fault, path=bad, count=1)
    runs = feed_runs(folder, site)
    runs.run()
    assert fates_in(folder)[newest] == Fate.FETCHED
    assert fates_in(folder)[bad] == (Fate.FETCHED if fault == "cut" else Fate.FAILED)
    runs.later = HOUR + timedelta(minutes=1)
    runs.fetch()
    assert set(fates_in(folder).values()) == {Fate.FETCHED}
    check(web, runs)
