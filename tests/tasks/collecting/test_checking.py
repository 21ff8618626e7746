"""A person who checks sources sees each of them, with what is wrong with it."""

from datetime import UTC, datetime, timedelta

from tasks.collecting.checking import Checked, check_sources
from tasks.storage.base import Store
from tests.tasks.collecting.runs import Runs, agenda_of, check, listed


def checked(store: Store, *sites, minutes: float = 1.0) -> dict[str, Checked]:
    found = check_sources(store, agenda_of(*sites), datetime.now(UTC) + timedelta(minutes=minutes))
    assert len({source.url for source in found}) == len(found)
    return {source.url: source for source in found}


def test_sources_and_those_that_they_name(web, site, folder):
    other = web.sites[1]
    other.robots = "User-agent: *\nDisallow: /atom.xml\n"
    other.behave("status", path=other.feed_url, code=404)
    found = checked(folder, listed(site, feeds=(), home=site.home_url), listed(other, feeds=(other.feed_url, other.atom_url)))
    assert set(found) >= {site.home_url, site.feed_url, site.atom_url, site.index_url, site.sitemap_url}
    feed = found[site.feed_url]
    assert (feed.site, feed.kind, feed.robots, feed.problem, feed.seen_items) == ("site 0", "feed", "allowed", "", 4)
    assert feed.newest_at
    assert feed.items_a_day > 0
    assert (found[other.feed_url].problem, found[other.feed_url].robots) == ("status 404", "allowed")
    assert (found[other.atom_url].problem, found[other.atom_url].robots) == ("robots.txt disallows it", "disallowed")
    check(web, Runs(folder, agenda_of()))


def test_a_feed_that_moved_to_another_domain_is_there_too(web, site, folder):
    there = web.sites[1]
    site.behave("redirect", path=site.feed_url, to=there.feed_url)
    found = checked(folder, listed(site))
    assert found[site.feed_url].problem == f"moved to {there.feed_url}"
    assert found[there.feed_url].problem == ""


def test_robots_txt_that_is_not_to_be_had(web, site, folder):
    site.behave("status", path=site.robots_url, code=503)
    (found,) = checked(folder, listed(site)).values()
    assert found.robots == "not to be had (status 503)"
    assert "robots.txt could not be read" in found.problem


def test_who_has_no_time_asks_nobody(web, site, folder):
    (found,) = checked(folder, listed(site), minutes=0).values()
    assert found.robots == "not asked yet"
    assert "time" in found.problem
    assert web.log == []


def test_a_check_of_a_corpus_leaves_what_it_found_to_be_fetched(web, site, folder):
    checked(folder, listed(site))
    runs = Runs(folder, agenda_of(listed(site)))
    (receipt,) = runs.fetch()
    assert receipt.outcomes == {"site 0": {"fetched": 4}}
    assert not list(folder.list("state/leases/"))
    check(web, runs)
